"""Questions on the entry fee and the threshold."""

import numpy as np

from ..formulas import cost_structure, datacenter, levers, lifecycle, unit_economics
from ..units import base
from .bank import question

CHAPTER = "06_conclusion"
RISES = "It rises"
FALLS = "It falls"


@question(
    CHAPTER,
    unit="USD/krequest",
    level=3,
    mistakes={
        "The research around the run is missing.": lambda given: (
            (given.run_cost / given.retraining_interval + given.company_cost)
            / given.requests_per_day
        ),
        "The rest of the company is missing.": lambda given: (
            lifecycle.research_budget(given.run_cost, given.share_of_final_runs)
            / given.retraining_interval
            / given.requests_per_day
        ),
        "That is one request; a thousand were asked for.": 1e-3,
    },
)
def entry_fee(given):
    """A final run costs {run_cost}, which is {share_of_final_runs} of the research around it, and
    the next comes after {retraining_interval}. The rest of the company costs {company_cost}. Users
    ask {requests_per_day}. What is the entry fee in a thousand requests?

    Research a year is the run over its share, over the years until the next; add the company, and
    divide by the requests of a year.
    """
    research = lifecycle.research_budget(given.run_cost, given.share_of_final_runs)
    fixed = cost_structure.spread_cost(research, given.retraining_interval) + given.company_cost
    return unit_economics.served_query(fixed, given.requests_per_day)


@question(
    CHAPTER,
    unit="MUSD/year",
    mistakes={
        "That is a day.": base(1, "day") / base(1, "year"),
        "The revenue is for a thousand requests.": 1e3,
    },
)
def revenue_of_a_year(given):
    """A firm answers {requests_per_day} and earns {request_revenue}. What does it earn a year?

    Requests of a day, times 365.25 days, times the revenue of one.
    """
    return unit_economics.running_cost(given.request_revenue, given.requests_per_day)


@question(
    CHAPTER,
    unit="1",
    level=2,
    mistakes={
        "Room to spare divides: what is left of a machine carries the load.": lambda given: (
            given.peak_over_mean * (1 + given.headroom) * (1 + given.spare)
        ),
        "The machines kept ready for failures are missing.": lambda given: (
            given.peak_over_mean / (1 - given.headroom)
        ),
        "The peak is missing.": lambda given: (1 + given.spare) / (1 - given.headroom),
    },
)
def fleet_over_the_mean(given):
    """The busiest hour has {peak_over_mean} times the mean load; {headroom} of a machine's
    capacity stays free even then; {spare} more machines stand by for failures. How many times the
    machines that the mean load alone would fill does a fleet need?

    The peak, over the part of a machine that may be filled, times one and the spare.
    """
    return datacenter.fleet(given.peak_over_mean, 1, given.headroom, given.spare)


@question(
    CHAPTER,
    unit="J/token",
    mistakes={
        "Those are kilojoules: pico is a millionth of a millionth, giga a thousand million.": 1e-3,
        "That is in millijoules.": 1e3,
    },
)
def joules_on_a_phone(given):
    """A phone's model has {device_parameters}. Reading and using one of them takes
    {weight_energy}. What does a token take?

    Weights times the energy of one.
    """
    return levers.device_energy(given.device_parameters, given.weight_energy)


@question(
    CHAPTER,
    choices={
        RISES: "Only if tokens grow by more than their price falls.",
        FALLS: "Only if tokens grow by less than their price falls.",
    },
)
def spending_on_tokens(given):
    """For each per cent that tokens get cheaper, {price_elasticity} per cent more of them are
    bought. What happens to the money spent on tokens when they get cheaper?

    Spending is price times tokens: above one, the tokens grow by more than the price falls.
    """
    return np.where(given.price_elasticity > 1, RISES, FALLS)
