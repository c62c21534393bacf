"""Questions on search with a language model."""

import numpy as np

from ..formulas import unit_economics
from ..units import base
from .bank import question

CHAPTER = "03_2_search_scale"
PROFIT_LEFT = "It leaves a profit"
PROFIT_GONE = "It takes all the profit, and less than the revenue"
REVENUE_GONE = "It takes more than the whole revenue"


@question(
    CHAPTER,
    unit="USD/krequest",
    mistakes={
        "That is what one search earns; a thousand were asked for.": 1e-3,
        "That is a thousand times too much: billions of USD, trillions of searches.": 1e3,
    },
)
def search_earns(given):
    """A search engine takes {search_revenue} and answers {queries_per_year}. What do a thousand
    searches earn?

    Divide the revenue of a year by the searches of a year; the year cancels.
    """
    return unit_economics.query_revenue(given.search_revenue, given.queries_per_year)


@question(
    CHAPTER,
    unit="GUSD/year",
    mistakes={
        "The searches are of a second, not of an hour.": 1 / 3600,
        "That is a day's bill, not a year's.": base(1, "day") / base(1, "year"),
        "That is in millions of USD; billions were asked for.": 1e3,
    },
)
def three_cents_for_all(given):
    """A query costs {gpt3_query_cost}, and users ask {queries_per_second}. What would GPT-3 cost a
    year if it answered them all?

    Multiply searches a second by the cost of one, then by the 31.6 million seconds of a year.
    """
    return unit_economics.running_cost(given.gpt3_query_cost, given.queries_per_second)


@question(
    CHAPTER,
    unit="%",
    level=2,
    mistakes={
        "That is the share of searches that show an answer; some of those are in a cache.": (
            lambda given: given.llm_share
        ),
        "The small model's share is wanted of all searches, not of the answers that are run.": (
            lambda given: given.small_model_share
        ),
        "Those are the answers that a cache holds; wanted are the others.": lambda given: (
            given.llm_share * given.answer_cache_hits * given.small_model_share
        ),
    },
)
def small_model_runs(given):
    """Of all searches {llm_share} show an answer of a model; a cache holds {answer_cache_hits} of
    those; a small model gives {small_model_share} of the rest. For how many per cent of all
    searches does the small model run?

    Multiply what shows an answer, what no cache holds, and the small model's part.
    """
    run = unit_economics.model_queries(given.llm_share, given.answer_cache_hits)
    return run * given.small_model_share


@question(
    CHAPTER,
    level=2,
    choices={
        PROFIT_LEFT: "Only if it costs less than what is left of the search's revenue.",
        PROFIT_GONE: "Machines, people and partners are paid first; an answer that costs "
        "more than the rest is a loss.",
        REVENUE_GONE: "Then an answer costs more than a search earns.",
    },
)
def room_for_gpt3(given):
    """A search engine takes {search_revenue} for {queries_per_year}, of which
    {search_operating_margin} is profit. An answer costs {gpt3_query_cost}. What becomes of the
    profit if each search gets one?

    Revenue over searches is what one earns; the margin's part of it is what an answer may cost.
    """
    earned = unit_economics.query_revenue(given.search_revenue, given.queries_per_year)
    left = unit_economics.query_profit(earned, given.search_operating_margin, given.gpt3_query_cost)
    part = np.where(earned > given.gpt3_query_cost, PROFIT_GONE, REVENUE_GONE)
    return np.where(left > 0, PROFIT_LEFT, part)
