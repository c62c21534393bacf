"""Memory against arithmetic: which of them limits a step, in time and in energy, and since when."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from .. import tables, units
from ..assumptions import bounds, replace
from ..formulas import roofline, serving, transformer
from .serving import kv_values, replica

FP8 = 1.0  # bytes of the widest weight that the fast units of today's accelerators take
PRECISION = {"bf16": 2.0, "fp8": 1.0, "fp4": 0.5}  # bytes of a weight
PERFECT = {
    "memory_efficiency": 1.0,
    "compute_efficiency": 1.0,
    "layer_overhead": 0.0,
    "request_overhead": 0.0,
}


def peak(given, part):
    """Dense peak of ``part`` at the precision that the weights are stored in [FLOP/s]."""
    return roofline.native_peak(given.bytes_per_weight, FP8, part.fp8, part.bf16)


def achieved(given, part):
    """Arithmetic rate that serving achieves on one ``part`` [FLOP/s]."""
    return peak(given, part) * given.compute_efficiency


def cache(given, model):
    """Memory that each token fills in the cache of ``model`` [B/token]."""
    return transformer.kv_bytes_per_token(kv_values(model), given.bytes_per_cached_value)


def break_even(given, model, part, accelerators):
    """Bandwidth from which on fetching a cache beats computing it on so many ``part``s [B/s]."""
    rate = accelerators * achieved(given, part)
    return transformer.reload_break_even(cache(given, model), model.active_parameters, rate)


def prices(offers: pd.DataFrame) -> pd.Series:
    """Prices per output token over the median of all who sell the model."""
    return offers["output_price"] / offers.loc["Median seller", "output_price"]


def step(given, model, part, accelerators, **options) -> SimpleNamespace:
    """A :func:`replica` that computes at the precision of its weights.

    With the share of its step in which it reads weights, ``weights_share``; how much of its peak
    it uses, ``peak_share``; the ``speed`` of a request [token/s], and the output of one
    accelerator, ``per_accelerator`` [token/s].
    """
    fastest = peak(given, part)
    found = replica(given, model, part, accelerators, fastest, **options)
    found.weights_share = found.reading_weights / found.step_time
    found.peak_share = found.flops / (accelerators * fastest * found.step_time)
    found.speed = serving.throughput(1, found.time_per_output_token)
    found.per_accelerator = found.throughput / accelerators
    return found


def trade(fast, slow) -> SimpleNamespace:
    """One ``step`` over another of a replica: ``speed`` of a request, ``cost`` of a token."""
    return SimpleNamespace(
        speed=fast.speed / slow.speed, cost=slow.per_accelerator / fast.per_accelerator
    )


def critical(given, model, part, hits=0.0, context=None) -> SimpleNamespace:
    """Where arithmetic takes over from reading weights and caches, on one ``part`` or many.

    ``batch`` where the prompts run beside the decoding, but for the share ``hits`` of their tokens
    that a cache holds; ``alone`` where only decoding runs; both ∞ where no batch is enough.
    The mean ``context`` is the page's own unless given here; beyond ``longest_context`` no batch
    is enough for decoding alone. ``peak_tokens`` is the number of tokens that, by the data sheet,
    takes as long to compute as the weights to read.
    """
    computed = given.input_tokens * (1 - hits)
    weights = transformer.weight_bytes(model.parameters, given.bytes_per_weight)
    rates = (part.bandwidth * given.memory_efficiency, achieved(given, part))
    if context is None:
        context = serving.mean_context(given.input_tokens, given.output_tokens)
    sizes = (context, cache(given, model))
    tokens = serving.step_tokens(1, 1, computed, given.output_tokens)
    batch, alone = (
        serving.critical_batch(weights, model.active_parameters, each, *sizes, *rates)
        for each in (tokens, 1)
    )
    ridge = roofline.ridge_point(rates[1], rates[0])
    weight = (given.bytes_per_weight, model.parameters, model.active_parameters)
    return SimpleNamespace(
        batch=_or_never(batch),
        alone=_or_never(alone),
        longest_context=transformer.longest_context(model.active_parameters, 1, sizes[1], ridge),
        peak_tokens=roofline.critical_tokens(peak(given, part), part.bandwidth, *weight),
    )


def _or_never(batch):
    """``batch``, or ∞ where it is negative."""
    with np.errstate(divide="ignore"):
        return 1 / np.maximum(1 / batch, 0)


def cached(given, model, part, accelerators) -> SimpleNamespace:
    """The ``step`` where a cache holds ``cache_hits`` of every prompt.

    Its ``gain`` is in requests a second over a replica that computes every prompt; ``price`` is
    what a prompt costs at the ``cached_price``, as a share of the full one.
    """
    computed = given.input_tokens * (1 - given.cache_hits)
    warm = step(given, model, part, accelerators, computed_tokens=computed)
    cold = step(given, model, part, accelerators)
    price = 1 - given.cache_hits * (1 - given.cached_price)
    return SimpleNamespace(step=warm, gain=warm.capacity / cold.capacity, price=price)


def against(part, other) -> SimpleNamespace:
    """``part`` over ``other``: ``bandwidth``, and dense 16-bit ``peak``."""
    return SimpleNamespace(bandwidth=part.bandwidth / other.bandwidth, peak=part.bf16 / other.bf16)


def history(since: float) -> pd.DataFrame:
    """Accelerators launched from the year ``since`` on.

    ``peak`` and ``bandwidth`` over those of the first part, their ``peak_line`` and
    ``bandwidth_line`` of steady growth, and the ``ridge`` [FLOP/B] with its own.
    """
    parts = tables.complete("hardware_history", "launch", "peak", "bandwidth")
    parts = parts[parts["launch"] >= since].sort_values("launch").reset_index()
    parts["ridge"] = roofline.ridge_point(parts["peak"], parts["bandwidth"])
    for name in ("peak", "bandwidth"):
        parts[name] = parts[name] / parts[name].iloc[0]
    for name in ("peak", "bandwidth", "ridge"):
        parts[f"{name}_line"] = trend(parts["launch"], parts[name]).line
    return parts


def _on_roofline(given, model, part, tokens, batch, context) -> SimpleNamespace:
    """``intensity`` of a pass [FLOP/B], and the ``rate`` that the roofline allows it [FLOP/s]."""
    weights = transformer.weight_bytes(model.parameters, given.bytes_per_weight)
    flops = transformer.forward_flops(model.active_parameters, tokens)
    moved = weights + serving.kv_cache_bytes(batch, context, cache(given, model))
    intensity = roofline.arithmetic_intensity(flops, moved)
    rate = roofline.attainable(intensity, peak(given, part), part.bandwidth)
    return SimpleNamespace(intensity=intensity, rate=rate, used=rate / peak(given, part))


def decoding(given, model, part, batch) -> SimpleNamespace:
    """A pass that adds a token to each request of ``batch``, without any prompt, on a roofline."""
    context = serving.mean_context(given.input_tokens, given.output_tokens)
    return _on_roofline(given, model, part, batch, batch, context)


def prompt(given, model, part) -> SimpleNamespace:
    """A pass that computes one prompt, on a roofline."""
    return _on_roofline(given, model, part, given.input_tokens, 1, given.input_tokens)


def decode_energy(
    given, model, accelerators, batch, input_tokens, output_tokens
) -> SimpleNamespace:
    """Energy of each output token [J]: ``movement`` of weights and cache, and ``arithmetic``.

    They must not be added where the energy of an operation comes from the power of a whole chip.
    """
    one = SimpleNamespace(bandwidth=1.0, memory=1.0)  # energy does not depend on the speed
    lengths = {"input_tokens": input_tokens, "output_tokens": output_tokens}
    step = replica(given, model, one, accelerators, 1.0, batch=batch, **lengths)
    moved = roofline.movement_energy(step.weights + step.kv_cache, given.energy_per_byte)
    computed = roofline.arithmetic_energy(step.flops, given.energy_per_flop)
    return SimpleNamespace(movement=moved / batch, arithmetic=computed / batch)


def explained(given, row) -> SimpleNamespace:
    """What :func:`decode_energy` says, as a share of what was measured at the chips."""
    lengths = (row.concurrency, row.input_tokens, row.output_tokens)
    held = replace(given, bytes_per_weight=PRECISION[row.precision])
    model = tables.wide("models").loc[row.model]
    parts = decode_energy(held, model, row.accelerators, *lengths)
    return SimpleNamespace(
        movement=parts.movement / row.value, arithmetic=parts.arithmetic / row.value
    )


def measured(property: str, model: str, accelerator: str, accelerators: int) -> pd.DataFrame:
    """Measurements of one set-up in ``data/measured.csv``, in base units.

    Where the time per output token was measured, with the ``speed`` of a request and the output
    of an accelerator, ``per_accelerator`` [token/s].
    """
    rows = tables.table("measured")
    rows = rows[
        (rows["property"] == property)
        & (rows["model"] == model)
        & (rows["accelerator"] == accelerator)
        & (rows["accelerators"] == accelerators)
    ]
    if rows.empty:
        raise tables.InputError(
            f"data/measured.csv has no {property} of {model} on {accelerators} {accelerator}"
        )
    rows = rows.assign(value=rows["value"] * rows["unit"].map(units.factor))
    if property == "time_per_output_token":
        rows = rows.assign(
            speed=serving.throughput(1, rows["value"]),
            per_accelerator=serving.throughput(rows["concurrency"], rows["value"]) / accelerators,
        )
    return rows.reset_index(drop=True)


def predicted(given, row):
    """The model's time per output token for a row of :func:`measured` [s·request/token]."""
    part = tables.wide("accelerators").loc[row.accelerator]
    return replica(
        replace(given, bytes_per_weight=PRECISION[row.precision]),
        tables.wide("models").loc[row.model],
        part,
        row.accelerators,
        part[row.precision],
        batch=row.concurrency,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
    ).time_per_output_token


def error(given, rows: pd.DataFrame):
    """Mean absolute error of :func:`predicted`, as a share of what was measured."""
    wrong = [np.abs(predicted(given, row) / row.value - 1) for row in rows.itertuples()]
    return sum(wrong[1:], wrong[0]) / len(wrong)


def trend(years, values) -> SimpleNamespace:
    """Steady growth fitted to ``values`` by least squares on their logarithm.

    ``factor`` a year, with the range ``low`` to ``high`` that holds it in 19 of 20 samples, and
    the ``line`` of the fit.
    """
    years, logs = np.asarray(years, float), np.log(np.asarray(values, float))
    centred = years - years.mean()
    slope = (centred @ logs) / (centred @ centred)
    line = logs.mean() + slope * centred
    spread = np.sqrt(((logs - line) ** 2).sum() / (len(logs) - 2) / (centred @ centred))
    return SimpleNamespace(
        factor=np.exp(slope),
        low=np.exp(slope - 1.96 * spread),
        high=np.exp(slope + 1.96 * spread),
        line=np.exp(line),
    )


def critical_range(given, model, part, names) -> SimpleNamespace:
    """Critical batch with each of the assumptions ``names`` at its ``low`` and its ``high`` end."""
    low, high = (
        [critical(bounds(given, name)[end], model, part).batch for name in names] for end in (0, 1)
    )
    return SimpleNamespace(low=low, high=high)


def full(given, model, part, accelerators, hosts, **lengths) -> SimpleNamespace:
    """The ``step`` at the largest batch that fits, and the ``throughput`` of ``hosts`` replicas."""
    batch = step(given, model, part, accelerators, batch=1, **lengths).largest_batch
    found = step(given, model, part, accelerators, batch=batch, **lengths)
    return SimpleNamespace(step=found, throughput=hosts * found.throughput)
