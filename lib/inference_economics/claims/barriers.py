"""What the essay says of barriers to entry (its section 4)."""

import numpy as np

from ..model import barriers, hosting
from ..units import base
from .ledger import claim

USUAL, LARGEST = "llama-3.3-70b", "kimi-k2"


def _frontier(given):
    return barriers.frontier(given, given.frontier_years)


@claim("C070")
def few_can_afford_a_trillion(given):
    """Under half of those whom the essay does not mean could pay for an open trillion weights."""
    others = barriers.organisations().query("not named")
    cost = barriers.run(given, barriers.OPEN).programme
    found = barriers.payers(given, cost, others)
    return np.where(
        found < len(others) / 2, "holds", "overstated: the frontier is dear, not the size"
    )


@claim("C071")
def training_takes_text(given):
    """A run like an open trillion-weight model's, if balanced, takes over a trillion tokens."""
    tokens = barriers.run(given, barriers.OPEN).tokens
    return np.where(tokens > base(1, "Ttoken"), "holds", "overstated")


@claim("C072")
def training_takes_thousands(given):
    """A run like the dearest of 2025 takes over a thousand H100s; so does an open trillion."""
    top, open_run = (
        barriers.run(given, name).accelerators for name in (barriers.FRONTIER, barriers.OPEN)
    )
    frontier = np.where(top > 1000, "holds at the frontier", "overstated")
    return np.where(open_run > 1000, "holds", frontier)


@claim("C073")
def training_takes_finance(given):
    """Half of all organisations could not pay a frontier model's research; nor an open one's."""
    half = len(barriers.organisations()) / 2
    top = barriers.payers(given, _frontier(given).programme)
    open_run = barriers.payers(given, barriers.run(given, barriers.OPEN).programme)
    frontier = np.where(top < half, "holds at the frontier", "overstated")
    return np.where(open_run < half, "holds", frontier)


@claim("C074")
def training_takes_teams(given):
    """Beside a run like the dearest of 2025, staff at their usual share are over a hundred."""
    cost = given.frontier_run_cost
    people = barriers.run(given, barriers.FRONTIER, cost).people
    return np.where(people > 100, "holds", "overstated")


@claim("C075")
def anybody_can_deploy(given):
    """The smallest fleets of Llama 3.3 70B and of Kimi K2 rent for less than an engineer costs."""
    small, large = (hosting.own(given, name).fleet for name in (USUAL, LARGEST))
    usual = np.where(small < given.operator_pay, "holds for smaller models", "overstated")
    return np.where(large < given.operator_pay, "holds", usual)


@claim("C076")
def training_has_high_barriers(given):
    """Fewer than half of the organisations can pay for the final run of the frontier."""
    found = barriers.payers(given, _frontier(given).run)
    research = barriers.payers(given, _frontier(given).programme)
    half = len(barriers.organisations()) / 2
    whole = np.where(research < half, "holds with the research around a run", "overstated")
    return np.where(found < half, "holds", whole)


@claim("C077")
def serving_is_pressed(given):
    """Serving Llama 3.3 70B oneself costs more than the cheapest tenth of its sellers ask."""
    cost = hosting.own(given, USUAL).request / given.utilisation
    cheap = hosting.request_prices(given, USUAL).cheap
    return np.where(cost > cheap, "holds", "overstated at this utilisation")


@claim("C078")
def serving_is_open_to_all(given):
    """A firm alone serves DeepSeek-V3 at no more than twice the cost of a seller to the world."""
    dear = "overstated: cheap to buy, dear to run alone"
    return np.where(hosting.scale(given).alone > 2, dear, "holds")


@claim("C079")
def cost_decides(given):
    """Spending on serving outgrows that on runs, and sellers of one model ask much the same."""
    faster = given.request_growth * given.request_cost_growth > given.run_cost_growth
    prices = hosting.request_prices(given, USUAL)
    alike = np.where(prices.dear / prices.cheap < 2, "holds", "holds in part: price is not all")
    return np.where(faster, alike, "overstated")
