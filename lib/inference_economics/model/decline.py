"""What the fall of a price is made of."""

from itertools import pairwise
from types import SimpleNamespace

from .. import tables
from ..assumptions import replace
from ..formulas import efficiency, serving, unit_economics
from . import serving as replicas
from .levers import WIDE, at_width

OLD, TINY = "gpt-3-175b", "llama-3.2-3b"
# First and last model of a quality, both in the table of prices.
QUALITIES = {"GPT-3": ("GPT-3 davinci", "llama-3.2-3b"), "GPT-4": ("gpt-4", "gpt-4o")}


def price_fall(first: str, last: str) -> SimpleNamespace:
    """How many times the price of a token fell from one model to another as good: ``ratio`` [1].

    With the ``years`` between, the ``yearly`` factor, and what was ``paid`` at last [USD/token].
    """
    prices = tables.wide("token_prices").loc[[first, last]]
    ratio = float(prices["output_price"].iloc[0] / prices["output_price"].iloc[1])
    years = float(prices["launch"].iloc[1] - prices["launch"].iloc[0])
    return SimpleNamespace(
        ratio=ratio,
        years=years,
        yearly=efficiency.yearly_factor(ratio, years),
        paid=float(prices["output_price"].iloc[1]),
        first=float(prices["output_price"].iloc[0]),
    )


def _filled(given, model, part, accelerators, price, *, batch, **options):
    """A replica with ``batch`` requests, or as many as fit; ``hired`` for so much [USD/s]."""
    found = replicas.replica(given, model, part, accelerators, batch=batch, fit=True, **options)
    found.hired = accelerators * price
    return found


def fall(given) -> SimpleNamespace:
    """What made a token of GPT-3's quality cheaper from 2021 to 2024.

    Each step changes one thing of the set-up before it. ``factors`` in the order of ``names``, the
    last being what is left of the fall in price: margin, and all that this leaves out. ``costs`` of
    a token, read or written, before and after each step [USD/token].
    """
    tokens = given.input_tokens + given.output_tokens
    old = at_width(given, WIDE, WIDE)
    untuned = replace(old)
    for name in replicas.TUNED:  # of today's software
        if hasattr(untuned, name):
            delattr(untuned, name)
    now = {"stack": replicas.STACK}
    then = {"stack": "vllm-2023", "interleaved": 1.0}  # measured without arriving prompts
    runs = [
        _filled(untuned, OLD, "A100-80GB", 8, given.a100_rental, batch=given.static_batch, **then),
        _filled(old, OLD, "A100-80GB", 8, given.a100_rental, batch=given.batch, **now),
        _filled(old, OLD, "H100", 8, given.h100_rental_then, batch=given.batch, **now),
        _filled(old, TINY, "H100", 1, given.h100_rental_then, batch=given.batch, **now),
        _filled(given, TINY, "H100", 1, given.h100_rental_then, batch=given.batch, **now),
    ]
    costs = [
        unit_economics.served_query(run.hired, run.capacity * given.utilisation) / tokens
        for run in runs
    ]
    factors = [efficiency.gain(a, b) for a, b in pairwise(costs)]
    found = price_fall(*QUALITIES["GPT-3"])
    return SimpleNamespace(
        names=["software", "hardware", "a smaller model", "narrow numbers", "margin and the rest"],
        factors=[*factors, found.ratio / (costs[0] / costs[-1])],
        costs=costs,
        explained=costs[0] / costs[-1],
        speeds=[serving.throughput(1, run.time_per_output_token) for run in runs],
        margins=[1 - costs[0] / found.first, 1 - costs[-1] / found.paid],
        price=found,
    )
