"""Memory against arithmetic: which of them limits a step, in time and in energy, and since when."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from .. import measurements, tables
from ..assumptions import bounds, replace
from ..formulas import roofline, serving, transformer
from . import engine, setup
from .serving import achieved, constants, kv_per_token, of_width, peak, replica, weights


def data_sheet_peak(given, part):
    """Dense peak of ``part``, a row of the table of accelerators or columns of it [FLOP/s]."""
    return of_width(given.bytes_per_weight, (part.bf16, part.fp8, part.fp8))


def break_even(given, model, part, accelerators):
    """Bandwidth from which on fetching a cache beats computing it on so many ``part``s [B/s]."""
    rate = accelerators * achieved(given, part)
    active = tables.figure("models", model, "active_parameters")
    return transformer.reload_break_even(kv_per_token(given, model), active, rate)


def prices(offers: pd.DataFrame) -> pd.Series:
    """Prices per output token over the median of all who sell the model."""
    return offers["output_price"] / offers.loc["Median seller", "output_price"]


def step(given, model, part, accelerators, **options) -> SimpleNamespace:
    """A :func:`replica`, with what its step is made of.

    With the share of its step in which it reads weights, ``weights_share``; how much of its peak
    it uses, ``peak_share``; the ``speed`` of a request [token/s], and the output of one
    accelerator, ``per_accelerator`` [token/s].
    """
    found = replica(given, model, part, accelerators, **options)
    found.weights_share = found.reading_weights / found.step_time
    found.peak_share = found.flops / (accelerators * peak(given, part) * found.step_time)
    found.speed = serving.throughput(1, found.time_per_output_token)
    found.per_accelerator = found.throughput / accelerators
    return found


def ideal(step, accelerators, batch) -> SimpleNamespace:
    """``step`` at the data sheet's peaks, without prompts: ``speed`` and ``per_accelerator``."""
    tpot = engine.at_peak(step.setup, batch, 0.0)
    return SimpleNamespace(
        speed=serving.throughput(1, tpot),
        per_accelerator=serving.throughput(batch, tpot) / accelerators,
    )


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
    size = tables.wide("models").loc[model]
    sheet = setup.accelerator(part)
    rates = (sheet.bandwidth * constants(given).weight_bandwidth, achieved(given, part))
    if context is None:
        context = serving.mean_context(given.input_tokens, given.output_tokens)
    sizes = (context, kv_per_token(given, model))
    tokens = serving.step_tokens(1, 1, computed, given.output_tokens)
    batch, alone = (
        serving.critical_batch(weights(given, model), size.active_parameters, each, *sizes, *rates)
        for each in (tokens, 1)
    )
    ridge = roofline.ridge_point(rates[1], rates[0])
    weight = (given.bytes_per_weight, size.parameters, size.active_parameters)
    return SimpleNamespace(
        batch=_or_never(batch),
        alone=_or_never(alone),
        longest_context=transformer.longest_context(size.active_parameters, 1, sizes[1], ridge),
        peak_tokens=roofline.critical_tokens(peak(given, part), sheet.bandwidth, *weight),
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
    warm = step(given, model, part, accelerators, cached=given.cache_hits)
    cold = step(given, model, part, accelerators)
    price = 1 - given.cache_hits * (1 - given.cached_price)
    return SimpleNamespace(step=warm, gain=warm.capacity / cold.capacity, price=price)


def against(part: str, other: str) -> SimpleNamespace:
    """``part`` over ``other``: ``bandwidth``, and dense 16-bit ``peak``."""
    part, other = setup.accelerator(part), setup.accelerator(other)
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
    flops = transformer.forward_flops(tables.figure("models", model, "active_parameters"), tokens)
    caches = serving.kv_cache_bytes(batch, context, kv_per_token(given, model))
    intensity = roofline.arithmetic_intensity(flops, weights(given, model) + caches)
    bandwidth = setup.accelerator(part).bandwidth
    rate = roofline.attainable(intensity, peak(given, part), bandwidth)
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
    ``drawn`` is what the fitted model of the power says for H100s.
    """
    lengths = {"input_tokens": input_tokens, "output_tokens": output_tokens}
    found = replica(given, model, "H100", accelerators, batch=batch, **lengths)
    moved = roofline.movement_energy(found.weights + found.kv_cache, given.energy_per_byte)
    computed = roofline.arithmetic_energy(found.flops, given.energy_per_flop)
    return SimpleNamespace(
        movement=moved / batch, arithmetic=computed / batch, drawn=found.energy_per_token
    )


def explained(given, row) -> SimpleNamespace:
    """What :func:`decode_energy` says, as a share of what was measured at the chips."""
    lengths = (row.concurrency, row.input_tokens, row.output_tokens)
    held = replace(given, bytes_per_weight=setup.PRECISION[row.precision])
    parts = decode_energy(held, row.model, row.accelerators, *lengths)
    return SimpleNamespace(
        movement=parts.movement / row.measured, arithmetic=parts.arithmetic / row.measured
    )


def measured(metric: str, **where) -> pd.DataFrame:
    """Measurements in base units of the set-up that ``where`` describes, by concurrency.

    Columns of ``data/measurements.csv``, each with its one value. Where the time per output token
    was measured, with the ``speed`` of a request and the output of an accelerator,
    ``per_accelerator`` [token/s].
    """
    rows = measurements.measured()
    for column, value in {"metric": metric, "replicas": 1, **where}.items():
        rows = rows[rows[column] == value]
    if rows.empty:
        raise tables.InputError(f"data/measurements.csv has no {metric} where {where}")
    if metric == "time_per_output_token":
        speed = serving.throughput(1, rows["measured"])
        output = serving.throughput(rows["concurrency"], rows["measured"])
        rows = rows.assign(speed=speed, per_accelerator=output / rows["accelerators"])
    return rows.sort_values("concurrency").reset_index(drop=True)


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
