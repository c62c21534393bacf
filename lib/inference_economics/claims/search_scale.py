"""What the essay says of search (its section 3.2)."""

import numpy as np

from .. import tables
from ..assumptions import replace
from ..formulas import unit_economics
from ..model import search
from ..units import base
from .ledger import claim

OWN = ("llama-3.1-70b", "H100", 2)
FAST = ("llama-3.1-70b", "H100", 8)
GPT3 = ("gpt-3-175b", "A100-80GB", 8)
FULL = 1024  # more than fit


def _prices(name: str):
    return tables.wide("token_prices").loc[name]


@claim("C048")
def every_fraction_of_a_cent_counts(given):
    """A tenth of a cent more on each search costs more than a billion USD a year."""
    more = unit_economics.running_cost(base(1, "USD/krequest"), given.queries_per_year)
    return np.where(more > base(1, "GUSD/year"), "holds", "overstated")


@claim("C049")
def search_has_the_load(given):
    """The announced searches of a year come to no more than a fifth above the claimed load."""
    over = search.earnings(given).load_over_claim
    past = tables.figure("published", "Google Search 2022", "queries")
    then = np.where(
        given.queries_per_second > 0.9 * past, "holds for 2022", "contradicted: too low"
    )
    return np.where(over > 1.2, then, "holds")


@claim("C050")
def a_search_has_a_ceiling(given):
    """A search that cost more than the claimed amount would leave no profit."""
    profit = search.earnings(given).profit
    return np.where(profit > given.search_cost, "contradicted", "holds")


@claim("C051")
def three_cents_are_the_price(given):
    """The claimed cost lies within a fifth of what the query cost at the list price of 2022."""
    plain = replace(given, search_input_tokens=given.input_tokens)
    listed = search.at_prices(plain, _prices("text-davinci-003"))
    gap = np.abs(unit_economics.margin(given.gpt3_query_cost, listed))
    return np.where(gap < 0.2, "holds as a price", "contradicted by the price list")


@claim("C052")
def ten_times_a_search(given):
    """GPT-3 costs ten times a search, at the claimed price and on a full machine of its day."""
    by_cost = search.early(given, *GPT3, FULL).over_search
    held = np.where(by_cost < 10, "holds by price, not by cost", "holds")
    return np.where(search.earnings(given).early_over_cost < 10, "contradicted", held)


@claim("C053")
def cost_keeps_models_out(given):
    """An answer takes more than a search's profit, from eight H100s a copy with eight requests.

    If not from two H100s with more requests, in part; if from neither, it is overstated where
    reasoning or the best model takes more.
    """
    profit = search.earnings(given).profit
    quick = search.service(replace(given, batch=8.0), *FAST).per_query.total
    slow = search.service(given, *OWN).per_query.total
    deep = search.service(search.reasoning(given), *OWN).per_query.total
    best = search.at_prices(given, _prices("gpt-5.5"))
    dear = np.logical_or(best > profit, deep > profit)
    some = np.where(dear, "overstated: true of some models and of reasoning", "contradicted")
    return np.where(quick < profit, some, np.where(slow < profit, "holds in part", "holds"))
