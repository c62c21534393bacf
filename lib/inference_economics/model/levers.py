"""The levers on the cost of an answer, each alone and all together.

A large model answers as it was first served: 16 bits, a small fixed batch, no drafts, no cache of
prompts. Each lever is pulled alone and among all others, on the same engine, because levers share
a bottleneck and their gains don't multiply.
"""

from functools import reduce
from operator import mul
from types import SimpleNamespace

import numpy as np

from .. import tables
from ..assumptions import bounds, replace
from ..formulas import (
    efficiency,
    latency,
    levers,
    serving,
    speculation,
    unit_economics,
)
from . import engine
from . import serving as replicas

WIDE = 2.0  # bytes of a value at bf16
LARGE, SMALL = "llama-3.1-70b", "llama-3.1-8b"
BEFORE, AFTER = ("H100", 4), ("B200", 2)  # much the same memory
LEVERS = (
    "batching",
    "narrow numbers",
    "speculation",
    "cached prompts",
    "newer hardware",
    "a cascade",
    "night work",
)


def rental(given, part: str):
    """Rental price of an accelerator [USD/s]; that of the H100 is an assumption."""
    return given.rental if part == "H100" else tables.figure("accelerators", part, "rental")


def at_width(given, weights, cache=None):
    """``given`` with so many bytes a weight and a cached value; the page's cache unless given."""
    cache = given.bytes_per_cached_value if cache is None else cache
    return replace(given, bytes_per_weight=weights, bytes_per_cached_value=cache)


def serve(given, model, part, accelerators, batch=None, *, drafting=False, **options):
    """A replica with its ``batch``, its ``speed`` for a user and its ``cost`` if always busy.

    As :func:`serving.replica`, whose ``options`` it takes; with ``drafting`` it speculates. The
    cost is of a request [USD/request].
    """
    batch = given.batch if batch is None else batch
    found = replicas.replica(given, model, part, accelerators, batch=batch, **options)
    if drafting:
        found = _drafting(given, found, batch)
    found.batch, found.accelerators = batch, accelerators
    found.speed = serving.throughput(1, found.time_per_output_token)
    hired = accelerators * rental(given, part)
    found.cost = unit_economics.served_query(hired, found.capacity)
    found.token_cost = unit_economics.token_cost(
        accelerators, rental(given, part), found.throughput, 1
    )
    return found


def _drafting(given, plain, batch):
    """The replica ``plain``, with drafts that each pass verifies."""
    setup = SimpleNamespace(**vars(plain.setup) | {"drafts": given.drafts})
    fitted = vars(replicas.constants(given)) | {"acceptance": given.draft_acceptance}
    found = engine.predict(setup, SimpleNamespace(**fitted), batch)
    whole = efficiency.drafted_step(
        found.step_time, given.drafts, given.draft_cost, plain.step_time
    )
    yielded = speculation.accepted_per_pass(given.draft_acceptance, given.drafts)
    found.time_per_output_token = serving.time_per_output_token(whole, yielded)
    found.throughput = serving.throughput(batch, found.time_per_output_token)
    found.capacity = serving.request_capacity(found.throughput, given.output_tokens)
    found.largest_batch = plain.largest_batch
    return found


def at_speed(given, model, part, accelerators, **options):
    """The replica of :func:`serve` with the largest batch that gives each user ``user_speed``.

    No more than fits, and at least one request.
    """
    where, limit = (given, model, part, accelerators), 1 / given.user_speed
    few, many = (serve(*where, batch, **options) for batch in (8.0, 128.0))
    batch = latency.batch_at_latency(
        limit,
        few.time_per_output_token,
        few.batch,
        many.time_per_output_token,
        many.batch,
        few.largest_batch,
    )
    return serve(*where, np.maximum(batch, 1), **options)


def better(one, other) -> SimpleNamespace:
    """The cheaper of two replicas: a server drafts only where it pays."""
    names = ("cost", "speed", "batch")
    first = one.cost <= other.cost
    return SimpleNamespace(
        **{name: np.where(first, getattr(one, name), getattr(other, name)) for name in names}
    )


def answer(given, pulled=()) -> SimpleNamespace:
    """An answer of the large model with the ``pulled`` of :data:`LEVERS`.

    ``cost`` [USD/request], and the ``speed`` [token/s] and ``batch`` of the large model.
    """
    on = {name: name in pulled for name in LEVERS}
    view = given if on["narrow numbers"] else at_width(given, WIDE, WIDE)
    part, accelerators = AFTER if on["newer hardware"] else BEFORE
    hits = given.cache_hits if on["cached prompts"] else 0.0

    def run(model, count, drafting):
        options = {"cached": hits, "drafting": drafting}
        if on["batching"]:
            return at_speed(view, model, part, count, **options)
        return serve(view, model, part, count, given.static_batch, **options)

    found = run(LARGE, accelerators, False)
    if on["speculation"]:
        found = better(found, run(LARGE, accelerators, True))
    cost = found.cost
    if on["a cascade"]:
        small = run(SMALL, 1, False).cost
        cost = levers.cascade_cost(small, small * given.scorer_cost, given.small_model_share, cost)
    utilisation = given.filled_utilisation if on["night work"] else given.utilisation
    return SimpleNamespace(cost=cost / utilisation, speed=found.speed, batch=found.batch)


def pulled(given) -> SimpleNamespace:
    """Gains in cost: of each lever ``alone``, and as the ``last`` to be pulled [1].

    ``product`` of the first, and what they give ``together``; with the answers ``before`` and
    ``after``.
    """
    before, after = answer(given), answer(given, LEVERS)
    alone = [efficiency.gain(before.cost, answer(given, (name,)).cost) for name in LEVERS]
    last = [
        efficiency.gain(answer(given, set(LEVERS) - {name}).cost, after.cost) for name in LEVERS
    ]
    return SimpleNamespace(
        alone=alone,
        last=last,
        product=reduce(mul, alone),
        together=efficiency.gain(before.cost, after.cost),
        before=before,
        after=after,
    )


def together(given):
    """What all levers give together [1]."""
    return efficiency.gain(answer(given).cost, answer(given, LEVERS).cost)


def swings(given, names) -> tuple[list, list]:
    """:func:`together` with each of ``names`` at its low, then at its high."""
    return tuple([together(bounds(given, name)[end]) for name in names] for end in (0, 1))


def narrowed(given, part, accelerators, batch, weights) -> SimpleNamespace:
    """Gains of ``weights`` of so many bytes over bf16, at the same batch.

    In ``cost`` and in ``speed`` they are the same; in ``energy`` not.
    """
    wide, narrow = (
        serve(at_width(given, width), LARGE, part, accelerators, batch) for width in (WIDE, weights)
    )
    return SimpleNamespace(
        cost=efficiency.gain(wide.cost, narrow.cost),
        energy=efficiency.gain(wide.energy, narrow.energy),
    )


def narrow_cache(given, batch, input_tokens):
    """Gain in cost of a cache of one byte a value over two, at the page's weights [1]."""
    wide, narrow = (
        serve(
            at_width(given, given.bytes_per_weight, width),
            LARGE,
            *BEFORE,
            batch,
            input_tokens=input_tokens,
        )
        for width in (WIDE, WIDE / 2)
    )
    return efficiency.gain(wide.cost, narrow.cost)


def drafted(given, model, part, accelerators, batch):
    """Gain of speculation in cost and in speed, at the same batch [1]."""
    plain, drafting = (
        serve(given, model, part, accelerators, batch, drafting=on) for on in (False, True)
    )
    return efficiency.gain(plain.cost, drafting.cost)


def split(given, part, accelerators) -> SimpleNamespace:
    """Prompts on machines of their own, against a replica that does both at the page's batch.

    At the same batch, the ``cost`` over that replica's and its users' ``speed`` over theirs [1];
    with the batch that leaves users the same speed, the cost over that replica's, ``even`` [1].
    The step of the replica that holds a prompt over one that holds none: ``pause`` [1].
    """
    where = (LARGE, part, accelerators)
    both = serve(given, *where)
    writing = serve(given, *where, interleaved=0.0)
    fuller = at_speed(replace(given, user_speed=both.speed), *where, interleaved=0.0)
    # A prompt takes the machine for its step alone; the wait before it costs the user only.
    prompts = accelerators * rental(given, part) * serve(given, *where, 1.0).parts.first_token
    return SimpleNamespace(
        cost=(writing.cost + prompts) / both.cost,
        even=(fuller.cost + prompts) / both.cost,
        pause=efficiency.gain(both.parts.first_token, writing.step_time),
        speed=efficiency.gain(writing.speed, both.speed),
    )


def cascade(given, accepted=None) -> SimpleNamespace:
    """The small model first, on H100s at the page's batch, and the large one for the rest.

    ``cost`` over the large model's [1]; ``even`` is the accepted share from which on it saves,
    ``ratio`` how many times the large model costs.
    """
    accepted = given.small_model_share if accepted is None else accepted
    small, large = serve(given, SMALL, "H100", 1).cost, serve(given, LARGE, *BEFORE).cost
    scorer = small * given.scorer_cost
    return SimpleNamespace(
        cost=levers.cascade_cost(small, scorer, accepted, large) / large,
        even=levers.even_acceptance(small, scorer, large),
        ratio=large / small,
    )
