"""A model on accelerators, as a page describes it: how fast a replica serves, what it can hold.

The same :mod:`engine` as behind ``predict``, with the fitted constants of one software stack; a
page may offer some of these constants as assumptions, and then its own count.
"""

from functools import cache
from types import SimpleNamespace

import numpy as np

from ..formulas import cost_structure, roofline, serving, step, transformer
from . import engine, room, setup
from .architecture import architecture

STACK = "vllm-0.15"  # the usual one of ``predict``
# Constants of the calibration that are assumptions as well, by the same names.
TUNED = ("weight_bandwidth", "fill", "kernel_time", "request_time", "usable_memory")
FORMATS = ("bf16", "fp8", "fp4")
BETWEEN = (1.5, 0.75)  # bytes a weight, between one format and the next


def constants(given, stack: str = STACK) -> SimpleNamespace:
    """The constants of ``stack``, with those that are assumptions of ``given``."""
    own = {name: getattr(given, name) for name in TUNED if hasattr(given, name)}
    return SimpleNamespace(**vars(setup.stack(stack)) | own)


def of_width(bytes_per_weight, formats):
    """That of the three ``formats`` (bf16, fp8, fp4) that is nearest to a weight's bytes."""
    wide, middle, narrow = formats
    inner = np.where(bytes_per_weight > BETWEEN[1], middle, narrow)
    return np.where(bytes_per_weight > BETWEEN[0], wide, inner)


def peak(given, accelerator: str):
    """Dense peak of one ``accelerator`` at the format of the weights [FLOP/s]."""
    part = setup.accelerator(accelerator)
    fp8 = part.fp8 if np.isfinite(part.fp8) else part.bf16
    fp4 = part.fp4 if np.isfinite(part.fp4) else part.bf16
    return of_width(given.bytes_per_weight, (part.bf16, fp8, fp4))


def achieved(given, accelerator: str, fitted=None):
    """Arithmetic rate that serving reaches on one ``accelerator`` [FLOP/s].

    With the constants ``fitted``, those of the usual stack unless given.
    """
    fitted, fastest = fitted or constants(given), peak(given, accelerator)
    fill = step.tensor_core_fill(fitted.fill, fitted.falloff, fitted.reference_peak, fastest)
    return step.achieved_rate(1.0, fastest, fill, fitted.kernel_quality)


def kv_per_token(given, model: str):
    """Memory that each token fills in the cache of ``model`` [B/token]."""
    values = architecture(model).kv_values
    return transformer.kv_bytes_per_token(values, given.bytes_per_cached_value)


def weights(given, model: str):
    """Bytes of all weights of ``model`` [B]."""
    alone = _setup(given, model, "H100", 1, 1.0, 1.0, 1.0, 0.0)  # the same on any accelerator
    return room.memory(alone).weights


@cache
def _formats(model: str, accelerator: str, alone: bool) -> list[dict]:
    """The figures of a set-up in each of :data:`FORMATS`; what is not a name is replaced."""
    named = {"model": model, "accelerator": accelerator, "accelerators": 1 if alone else 2}
    load = {"input_tokens": 1.0, "output_tokens": 1.0, "concurrency": 1.0}
    return [vars(setup.single(precision=name, **named, **load)) for name in FORMATS]


def _setup(given, model, accelerator, accelerators, batch, input_tokens, output_tokens, cached):
    """A set-up of :mod:`engine` whose figures may be live numbers or columns."""
    alone = isinstance(accelerators, int) and accelerators == 1
    formats = _formats(model, accelerator, alone)
    figures = dict(formats[0])
    for name in figures:
        found = [one[name] for one in formats]
        if len(set(found)) > 1 and np.isfinite(found).all():
            figures[name] = of_width(given.bytes_per_weight, found)
    return SimpleNamespace(
        **figures
        | {
            "accelerators": accelerators,
            "tensor_parallel": accelerators,
            "cache_bytes": given.bytes_per_cached_value,
            "input_tokens": input_tokens,
            "output_tokens": output_tokens,
            "concurrency": batch,
            "prefix_hits": cached,
        }
    )


def replica(
    given,
    model: str,
    accelerator: str,
    accelerators,
    *,
    batch=None,
    input_tokens=None,
    output_tokens=None,
    cached=0.0,
    fit: bool = False,
    stack: str = STACK,
    **changed,
) -> SimpleNamespace:
    """A replica of ``model`` on ``accelerators`` of one kind that split every layer.

    ``batch`` and the lengths are the page's own unless given here; ``cached`` is the share of a
    prompt that is found in a cache. To ``fit``, the batch is cut to what memory holds, and is at
    least one. ``changed`` constants replace those of the ``stack``.

    What :func:`engine.predict` finds, and: ``batch``, ``largest_batch`` that fits, ``capacity``
    [request/s], ``weights`` and ``kv_cache`` of the replica [B], ``kv_per_token`` [B/token],
    ``answer_time`` [s] and ``energy`` of a request [J/request]; of a mean step,
    ``reading_weights``, ``reading_cache`` and ``arithmetic`` at the achieved rates [s], and the
    ``flops`` of the replica.
    """
    batch = given.batch if batch is None else batch
    input_tokens = given.input_tokens if input_tokens is None else input_tokens
    output_tokens = given.output_tokens if output_tokens is None else output_tokens
    fitted = SimpleNamespace(**vars(constants(given, stack)) | changed)
    lengths = (input_tokens, output_tokens, cached)
    inputs = _setup(given, model, accelerator, accelerators, batch, *lengths)
    largest = room.capacity(inputs, fitted)
    batch = np.maximum(np.minimum(batch, largest), 1) if fit else batch
    found = engine.predict(inputs, fitted, batch)
    found.batch, found.largest_batch = batch, largest
    held, per_token = room.memory(inputs), kv_per_token(given, model)
    context = serving.mean_context(input_tokens, output_tokens)
    bandwidth = inputs.bandwidth * fitted.weight_bandwidth
    found.setup = inputs
    found.capacity = serving.request_capacity(found.throughput, output_tokens)
    found.weights = held.weights * accelerators
    found.kv_per_token = per_token
    found.kv_cache = serving.kv_cache_bytes(batch, context, per_token)
    found.reading_weights = roofline.read_time(held.dense + held.experts, 1.0, bandwidth)
    found.reading_cache = roofline.read_time(
        found.kv_cache, accelerators, inputs.bandwidth * fitted.cache_bandwidth
    )
    found.arithmetic = serving.prefill_time(found.parts.flops, achieved(given, accelerator, fitted))
    found.flops = found.parts.flops * accelerators
    found.answer_time = cost_structure.wait_for_answer(
        found.time_to_first_token, found.time_per_output_token, output_tokens
    )
    found.energy = found.energy_per_token * output_tokens
    return found
