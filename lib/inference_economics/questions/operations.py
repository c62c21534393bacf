"""Questions on the cost of running machines."""

import numpy as np

from ..formulas import cost_structure, datacenter
from ..units import base
from .bank import question

CHAPTER = "03_4_operating_costs"
INTEREST = "A year's interest on its price"
ELECTRICITY = "A year's electricity"


@question(
    CHAPTER,
    unit="USD/year",
    mistakes={
        "That is a day.": base(1, "day") / base(1, "year"),
        "That is an hour.": base(1, "h") / base(1, "year"),
        "A year has 8,766 hours, not 365.": 365.25 / 8766,
    },
)
def electricity_of_a_year(given):
    """An accelerator draws {all_in_power} with its share of server and cooling, at
    {electricity_price}. What does its electricity cost a year if it never rests?

    Power times the 8,766 hours of a year, times the price.
    """
    return datacenter.energy_cost(given.all_in_power, 1, given.electricity_price)


@question(
    CHAPTER,
    unit="USD/h",
    level=2,
    mistakes={
        "What the machine is worth at the end need not be written off.": lambda given: (
            given.accelerator_capital / given.accelerator_life
        ),
        "That is a day.": 24,
        "That is what it keeps; written off is the rest.": lambda given: (
            given.accelerator_capital * given.residual_value / given.accelerator_life
        ),
    },
)
def hour_written_off(given):
    """An accelerator costs {accelerator_capital}, and after {accelerator_life} it is still worth
    {residual_value} of that. Written off evenly, what does an hour of it cost?

    What it loses over its life, divided by the hours of its life, used or not.
    """
    price, residual, life = given.accelerator_capital, given.residual_value, given.accelerator_life
    return cost_structure.depreciation(price, residual, life)


@question(
    CHAPTER,
    unit="%",
    level=2,
    mistakes={
        "An idle machine draws something too.": lambda given: given.utilisation,
        "Only the idle time draws the idle power.": lambda given: (
            given.idle_power + given.utilisation
        ),
    },
)
def mean_draw(given):
    """An idle accelerator draws {idle_power} of its full power, a busy one all of it. It is busy
    {utilisation} of the time. How many per cent of its full power does it draw on average?

    Busy time at full power, the rest of the time at the idle power: weight and add.
    """
    return datacenter.mean_power(1, given.idle_power, given.utilisation)


@question(
    CHAPTER,
    level=2,
    choices={
        INTEREST: "Price times rate, against a year's kilowatt-hours times theirs.",
        ELECTRICITY: "Work out both: the price times the rate, and a year's kilowatt-hours times "
        "theirs.",
    },
)
def interest_or_electricity(given):
    """An accelerator costs {accelerator_capital}, and money costs {cost_of_capital} a year. It
    draws {all_in_power} day and night, at {electricity_price}. Which is more?

    The price times the rate, against power times 8,766 hours times the price of electricity. The
    interest is paid whether anybody asks or not.
    """
    interest = given.accelerator_capital * given.cost_of_capital / base(1, "year")
    electricity = datacenter.energy_cost(given.all_in_power, 1, given.electricity_price)
    return np.where(interest > electricity, INTEREST, ELECTRICITY)
