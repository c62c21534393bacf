"""Models on machines: rented accelerators, SRAM, a computer at home, all that a service needs."""

from types import SimpleNamespace

from .. import tables
from ..formulas import efficiency, levers, serving
from . import serving as replicas
from .levers import BEFORE, LARGE, SMALL, WIDE, at_width, rental, serve


def fitting(given, part: str) -> SimpleNamespace:
    """The large model on the fewest accelerators that hold it and the page's batch.

    As :func:`serve`, with ``joules`` of an output token [J/token].
    """
    room = tables.figure("accelerators", part, "memory")
    context = serving.mean_context(given.input_tokens, given.output_tokens)
    per_token = replicas.kv_per_token(given, LARGE)
    held = replicas.weights(given, LARGE) + serving.kv_cache_bytes(given.batch, context, per_token)
    needed = serving.accelerators_to_hold(held, room, replicas.constants(given).usable_memory)
    found = serve(given, LARGE, part, efficiency.whole_group(needed))
    found.joules = found.energy_per_token
    return found


def sold(offer: str, part: str) -> SimpleNamespace:
    """A machine of SRAM: the ``price`` of an output token, and at most so many ``joules`` for one.

    The bound takes all its chips at full power for the one user whose speed is published.
    """
    speed, chips, price = (
        tables.figure("sold_speeds", offer, name) for name in ("speed", "chips", "output_price")
    )
    drawn = tables.figure("accelerators", part, "power")
    return SimpleNamespace(price=price, joules=serving.energy_per_token(chips, drawn, speed))


def at_home(given, part: str, model: str = SMALL) -> SimpleNamespace:
    """A small model with 4-bit weights on a computer of one's own, one request at a time.

    ``speed`` [token/s] and ``energy`` [J/token]; ``electricity`` and ``capital`` of an output
    token, and both, ``bought`` [USD/token].
    """
    narrow = at_width(given, 0.5, WIDE)
    found = replicas.replica(narrow, model, part, 1, batch=1.0)
    price = tables.figure("accelerators", part, "price")
    electricity = levers.charging_cost(
        found.energy_per_token, given.charging_efficiency, given.household_electricity_price
    )
    capital = levers.device_capital(price, given.device_life, found.throughput, given.device_busy)
    return SimpleNamespace(
        speed=found.throughput,
        energy=found.energy_per_token,
        electricity=electricity,
        capital=capital,
        bought=electricity + capital,
    )


def served(given, model: str = SMALL):
    """An output token of a small model on an H100 at the page's batch [USD/token]."""
    return serve(given, model, "H100", 1).token_cost / given.utilisation


def replicas_needed(given):
    """Replicas of :func:`levers.answer`, before any lever, for all ``requests_per_day`` [1]."""
    wide = at_width(given, WIDE, WIDE)
    before = serve(wide, LARGE, *BEFORE, given.static_batch)
    return given.requests_per_day / (before.capacity * given.utilisation)


def grid_power(given, cost, part: str):
    """Power for all ``requests_per_day`` of so much ``cost`` [USD/request] on rented parts [W]."""
    own = given.all_in_power
    drawn = own if part == "H100" else tables.figure("accelerators", part, "all_in_power")
    return given.requests_per_day * cost / rental(given, part) * drawn
