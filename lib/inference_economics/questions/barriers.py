"""Questions on who can pay."""

import numpy as np

from ..formulas import lifecycle, unit_economics
from .bank import question

CHAPTER = "04_barriers_to_entry"
MACHINES = "The machines"
PEOPLE = "The people"


@question(
    CHAPTER,
    unit="USD/krequest",
    level=2,
    mistakes={
        "That is one request; a thousand were asked for.": 1e-3,
        "The question is billed too.": lambda given: given.output_tokens * given.api_output_price,
        "Prices of question and answer are swapped.": lambda given: unit_economics.priced_query(
            given.input_tokens, given.output_tokens, given.api_output_price, given.api_input_price
        ),
    },
)
def bill_of_an_api(given):
    """A question has {input_tokens} at {api_input_price}, its answer {output_tokens} at
    {api_output_price}. What do a thousand such requests cost?

    Tokens of the question times their price, plus tokens of the answer times theirs.
    """
    return unit_economics.priced_query(
        given.input_tokens, given.output_tokens, given.api_input_price, given.api_output_price
    )


@question(
    CHAPTER,
    unit="GUSD",
    level=2,
    mistakes={
        "The research around the run is missing.": lambda given: (
            given.frontier_run_cost / given.purse_share
        ),
        "That is all that is staked; only a part of the purse is.": lambda given: (
            given.frontier_run_cost / given.share_of_final_runs
        ),
        "That is in millions of USD; billions were asked for.": 1e3,
    },
)
def purse_for_the_frontier(given):
    """A frontier model's final run costs {frontier_run_cost}, which is {share_of_final_runs} of
    what the research around it costs in all. Somebody stakes {purse_share} of what they spend in a
    year. How much must they spend?

    The run over its share is the whole research; that over the share staked is the purse.
    """
    research = lifecycle.research_budget(given.frontier_run_cost, given.share_of_final_runs)
    return research / given.purse_share


@question(
    CHAPTER,
    unit="1",
    mistakes={
        "Yearly factors multiply; they don't add.": lambda given: 2 * given.capability_decline,
        "That is one year.": lambda given: given.capability_decline,
    },
)
def two_years_later(given):
    """Each year, training to a given capability gets cheaper by a factor of {capability_decline}.
    By what factor is it cheaper after two years?

    The factor times itself.
    """
    return given.capability_decline**2


@question(
    CHAPTER,
    unit="1",
    mistakes={
        "It is the peaks that size a fleet: divide one by the other.": lambda given: (
            given.office_peak - given.world_peak
        ),
        "The other way round.": lambda given: given.world_peak / given.office_peak,
    },
)
def fuller_in_company(given):
    """One firm's busiest hour has {office_peak} times its mean load; a service that all the world
    uses has {world_peak} times. Fleets are sized for their busiest hour. By what factor is the
    service's fleet fuller on average?

    A fleet's mean use is one over its peak over mean; divide the two.
    """
    return given.office_peak / given.world_peak


@question(
    CHAPTER,
    level=2,
    choices={
        MACHINES: "Eight accelerators a copy, around the clock, against the pay of the posts.",
        PEOPLE: "The pay of the posts, against eight accelerators a copy, around the clock.",
    },
)
def machines_or_people(given):
    """A small fleet keeps {least_replicas} copies of a model, on eight accelerators each, rented
    for {rental}. Its engineers fill {operators} posts at {operator_pay}. Which costs more in a
    year?

    Accelerators times rent times 8,766 hours, against posts times pay.
    """
    machines = 8 * given.least_replicas * given.rental
    people = given.operators * given.operator_pay
    return np.where(machines > people, MACHINES, PEOPLE)
