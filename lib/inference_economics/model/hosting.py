"""Serving for oneself: the smallest fleet, when it beats an API, and what a large seller saves."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from .. import tables
from ..assumptions import bounds
from ..formulas import barriers, cost_structure, unit_economics
from ..formulas import serving as capacity
from . import engine, serving, setup

NODE = 8  # accelerators of a DeepSeek node
SMALL, FULL = 16, 512.0  # H100s that hold DeepSeek-V3; requests at which they write about as fast
ROOM = 16  # requests whose caches a replica of one's own holds at least
NEVER = 1e7  # requests a second: more than anybody serves
QUANTILES = {"cheap": 0.1, "usual": 0.5, "dear": 0.9}


def sellers(model: str) -> pd.DataFrame:
    """Prices of all who sell ``model`` [USD/token], by seller."""
    offers = tables.wide("seller_prices")
    names = offers.index.to_series().str.split(" @ ", n=1, expand=True)
    return offers[names[0] == model].set_axis(names[1][names[0] == model])


def request_prices(given, model: str, **lengths) -> SimpleNamespace:
    """A request of the page at ``cheap``, ``usual`` and ``dear`` sellers of ``model``.

    They are the first decile, the median and the last decile of both prices [USD/request].
    """
    known = sellers(model)[["input_price", "output_price"]]
    input_tokens = lengths.get("input_tokens", given.input_tokens)
    output_tokens = lengths.get("output_tokens", given.output_tokens)
    levels = {name: known.quantile(level) for name, level in QUANTILES.items()}
    return SimpleNamespace(
        **{
            name: unit_economics.priced_query(input_tokens, output_tokens, *map(float, level))
            for name, level in levels.items()
        }
    )


def own(given, model: str, part: str = "H100", **options) -> SimpleNamespace:
    """The smallest replica of ``model``, busy: what :func:`serving.replica` finds, and its rent.

    ``accelerators`` of it, ``cost`` [USD/s], the ``request`` of one that is always busy
    [USD/request]; and the smallest ``fleet`` that outlives a failure [USD/s].
    """
    usable = serving.constants(given).usable_memory
    alone = serving.replica(given, model, part, 1, batch=ROOM, **options)
    held = alone.weights + alone.kv_cache
    memory = setup.accelerator(part).memory
    count = barriers.split_evenly(capacity.accelerators_to_hold(held, memory, usable))
    found = serving.replica(given, model, part, count, batch=given.busy_batch, fit=True, **options)
    found.accelerators, found.cost = count, count * given.rental
    found.request = unit_economics.served_query(found.cost, found.capacity)
    found.fleet = given.least_replicas * found.cost
    return found


def average(given, replica, load, staff=0.0):
    """Cost of a request to a fleet of ``replica``s of one's own at ``load`` [USD/request]."""
    spend = cost_structure.serving_spend(
        load, replica.capacity, given.utilisation, given.least_replicas, replica.cost
    )
    return unit_economics.served_query(spend + staff, load)


def room(given, replica):
    """Requests a second that the smallest fleet of ``replica``s serves [request/s]."""
    return given.least_replicas * replica.capacity * given.utilisation


def even_utilisation(replica, price):
    """Utilisation at which a ``replica`` costs as much as ``price`` for each request."""
    return cost_structure.even_utilisation(replica.cost, replica.capacity, price)


def operators(given):
    """Pay of the engineers who run a fleet of one's own [USD/s]."""
    return given.operators * given.operator_pay


def even_load(given, replica, price):
    """Load from which on ``replica``s of one's own beat ``price`` [request/s]."""
    marginal = replica.request / given.utilisation
    return barriers.self_hosting_load(replica.fleet, operators(given), marginal, price, NEVER)


def page_price(given):
    """A request at the API prices of the page [USD/request]."""
    return unit_economics.priced_query(
        given.input_tokens, given.output_tokens, given.api_input_price, given.api_output_price
    )


def even_tokens(given, replica, price):
    """:func:`even_load` in tokens, in and out; ∞ where the API is cheaper at any load [token/s]."""
    load = even_load(given, replica, price)
    tokens = load * (given.input_tokens + given.output_tokens)
    with np.errstate(divide="ignore"):
        return tokens / np.where(load < NEVER, 1.0, 0.0)


def even_range(given, names, model: str) -> SimpleNamespace:
    """:func:`even_tokens` with each of ``names`` at its ``low`` and at its ``high`` end.

    A name may be a tuple of assumptions that move together.
    """
    found = SimpleNamespace(low=[], high=[])
    for name in names:
        together = (name,) if isinstance(name, str) else name
        for ends, view in zip((found.low, found.high), bounds(given, *together), strict=True):
            ends.append(even_tokens(view, own(view, model), page_price(view)))
    return found


def utilisation(given, customers):
    """Share of a fleet that so many ``customers`` fill, if it is sized for their busiest time."""
    return 1 / barriers.pooled_peak(given.world_peak, given.office_peak, customers)


def day() -> SimpleNamespace:
    """DeepSeek's day: lengths of its mean request, its ``output`` [token/s], its accelerators.

    The lengths follow from tokens in and out, and from the mean cache while an answer is written.
    """
    seen = tables.wide("published").loc["DeepSeek's day"]
    ratio = seen.input / seen.output
    output_tokens = seen.context / (ratio + 0.5)
    return SimpleNamespace(
        input_tokens=ratio * output_tokens,
        output_tokens=output_tokens,
        output=seen.output,
        accelerators=seen.accelerators,
    )


def large(given, input_tokens, output_tokens) -> SimpleNamespace:
    """A seller with DeepSeek's machines: cost of a ``request``, and its smallest fleet.

    The ``accelerators`` of that fleet are one unit that writes answers and what prompts need
    beside it; its ``capacity`` [request/s] and ``cost`` [USD/s].
    """
    rates = [
        tables.figure("published", f"DeepSeek node, {part}", "throughput") / NODE
        for part in ("prompts", "answers")
    ]
    units_of = [
        tables.figure("published", f"DeepSeek unit, {part}", "accelerators")
        for part in ("prompts", "answers")
    ]
    prompt = barriers.machine_time(input_tokens, 0, *rates)
    answer = barriers.machine_time(0, output_tokens, *rates)
    many = units_of[1] + units_of[0] * np.ceil(units_of[1] * prompt / answer / units_of[0])
    found = units_of[1] / answer
    return SimpleNamespace(
        request=(prompt + answer) * given.rental,
        accelerators=many,
        capacity=found,
        cost=many * given.rental,
    )


def sold(given, seller, load):
    """Cost of a request to a :func:`large` ``seller`` to the world at ``load`` [USD/request]."""
    spend = cost_structure.serving_spend(
        load, seller.capacity, 1 / given.world_peak, 1, seller.cost
    )
    return unit_economics.served_query(spend, load)


def spread(
    given, model: str, part: str, count: int, batch, cached=0.0, **lengths
) -> SimpleNamespace:
    """A replica of a model with experts in fp8, whose accelerators attend to requests of their own.

    Every accelerator holds the attention, and a part of the experts: the way in which such models
    are served to many. What :func:`engine.predict` finds, the ``cost`` [USD/s], ``capacity``
    [request/s], and the ``request`` of a replica that is always busy [USD/request].
    """
    layout = {"accelerators": count, "tensor_parallel": 1, "attention_ranks": count}
    load = {"input_tokens": 1.0, "output_tokens": 1.0, "concurrency": 1.0}
    figures = vars(
        setup.single(
            model=model,
            accelerator=part,
            precision="fp8",
            expert_parallel=count,
            **layout,
            **load,
        )
    )
    inputs = SimpleNamespace(**figures | {**lengths, "concurrency": batch, "prefix_hits": cached})
    found = engine.predict(inputs, serving.constants(given), batch)
    found.capacity = capacity.request_capacity(found.throughput, inputs.output_tokens)
    found.accelerators, found.cost = count, count * given.rental
    found.fleet = given.least_replicas * found.cost
    found.request = unit_economics.served_query(found.cost, found.capacity)
    return found


def scale(given, batch=FULL) -> SimpleNamespace:
    """DeepSeek-V3 at DeepSeek's lengths: a firm's ``small`` replica against a ``large`` seller.

    ``ratio`` is the small one's cost of a request over the large one's, both always busy;
    ``alone`` the same where the firm's own days fill the one, and the world's the other.
    """
    seen = day()
    lengths = {"input_tokens": seen.input_tokens, "output_tokens": seen.output_tokens}
    small = spread(given, "deepseek-v3", "H100", SMALL, batch, given.cache_hits, **lengths)
    big = large(given, **lengths)
    ratio = small.request / big.request
    filled = utilisation(given, 1) / (1 / given.world_peak)
    return SimpleNamespace(day=seen, small=small, large=big, ratio=ratio, alone=ratio / filled)
