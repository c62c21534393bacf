"""Questions on training against inference."""

import numpy as np

from ..formulas import cost_structure, datacenter, unit_economics
from ..units import base
from .bank import question

CHAPTER = "01_training_vs_inference"
INFERENCE = "The bill for inference"
TRAINING = "The bill for training"


@question(
    CHAPTER,
    unit="USD/krequest",
    level=2,
    mistakes={
        "That is one request's part; a thousand were asked for.": 1e-3,
        "That spreads the run over one day's requests, not over those until the next run.": (
            lambda given: given.run_cost / (given.requests_per_day * base(1, "day"))
        ),
        "That spreads the run over a year; the next one comes earlier or later.": lambda given: (
            given.run_cost / (given.requests_per_day * base(1, "year"))
        ),
    },
)
def run_in_a_request(given):
    """A final run costs {run_cost}, and the next comes after {retraining_interval}. Users ask
    {requests_per_day}. What do a thousand requests carry of the run?

    Divide the run by all requests that come before the next one: those of a day, times the days.
    """
    spread = cost_structure.spread_cost(given.run_cost, given.retraining_interval)
    return unit_economics.served_query(spread, given.requests_per_day)


@question(
    CHAPTER,
    unit="USD/krequest",
    mistakes={
        "That is an accelerator that is always busy.": lambda given: (
            given.rental / given.image_rate
        ),
        "Idle hours make a picture dearer, not cheaper.": lambda given: (
            given.rental * given.utilisation / given.image_rate
        ),
        "That is one picture; a thousand were asked for.": 1e-3,
    },
)
def pictures_in_an_hour(given):
    """A busy accelerator answers {image_rate}, a picture each. It rents for {rental} and is busy
    {utilisation} of the time. What do a thousand pictures cost?

    In an hour it makes 3,600 times its pictures a second, for as much of the hour as it is busy;
    its rent is divided by these.
    """
    return unit_economics.served_query(given.rental, given.image_rate * given.utilisation)


@question(
    CHAPTER,
    unit="%",
    level=2,
    mistakes={
        "That is electricity's part; the machine's was asked for.": lambda given: (
            _electricity(given) / (_electricity(given) + _machine(given))
        ),
        "That is the machine over the electricity, not over both.": lambda given: (
            _machine(given) / _electricity(given)
        ),
    },
)
def machine_in_the_bill(given):
    """A machine costs {accelerator_capital} and lasts {accelerator_life}; it draws {all_in_power}
    at {electricity_price}, day and night. Of machine and electricity together, how many per cent
    is the machine?

    The machine costs its price over its life, a year; the electricity its power times the 8,766
    hours of a year times the price. Interest, which comes on top, would make it more.
    """
    machine = _machine(given)
    return cost_structure.capital_share(machine, 0, machine + _electricity(given))


def _machine(given):
    return cost_structure.depreciation(given.accelerator_capital, 0, given.accelerator_life)


def _electricity(given):
    return datacenter.energy_cost(given.all_in_power, 1, given.electricity_price)


@question(
    CHAPTER,
    choices={
        INFERENCE: "Requests times the cost of each: the two factors multiply.",
        TRAINING: "Compare a run's growth with that of requests times the cost of each.",
    },
)
def faster_bill(given):
    """In a year requests grow by a factor of {request_growth} and the cost of each by
    {request_cost_growth}, the cost of a training run by {run_cost_growth}. Which bill grows
    faster?

    Multiply the two factors of inference, and compare the product with the factor of training.
    """
    inference = given.request_growth * given.request_cost_growth
    return np.where(inference > given.run_cost_growth, INFERENCE, TRAINING)
