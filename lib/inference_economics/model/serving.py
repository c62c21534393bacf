"""A model on accelerators: how fast a replica serves, and how many requests it can hold."""

from types import SimpleNamespace

import numpy as np

from ..formulas import roofline, serving, transformer


def kv_values(model):
    """Keys and values that a token leaves in the cache of ``model`` [value/token]."""
    if np.isfinite(getattr(model, "kv_rank", np.nan)):
        return transformer.latent_values_per_token(model.layers, model.kv_rank)
    return transformer.kv_values_per_token(model.layers, model.kv_heads, model.head_dim)


def read_parameters(model, tokens):
    """Weights of ``model`` that a step of so many tokens reads: all, but for untouched experts."""
    if not np.isfinite(getattr(model, "experts", np.nan)):
        return model.parameters
    chosen = model.experts_per_token / model.experts
    touched = transformer.experts_touched(chosen, tokens)
    return transformer.touched_parameters(
        model.parameters, model.active_parameters, chosen, touched
    )


def replica(
    given,
    model,
    accelerator,
    accelerators,
    peak_flops,
    *,
    batch=None,
    input_tokens=None,
    output_tokens=None,
    computed_tokens=None,
) -> SimpleNamespace:
    """A replica of ``model`` (a row of the table of models) on ``accelerators`` of one kind.

    ``peak_flops`` is one accelerator's dense peak at the precision that it computes in [FLOP/s].
    ``batch`` and the lengths are the page's own unless given here; ``computed_tokens`` are those
    of the prompt that are not found in a cache, all unless given. The step's parts are
    ``reading_weights``, ``arithmetic`` (the longer of these two counts), ``reading_cache`` and
    ``overhead`` [s].
    """
    batch = given.batch if batch is None else batch
    input_tokens = given.input_tokens if input_tokens is None else input_tokens
    output_tokens = given.output_tokens if output_tokens is None else output_tokens
    computed_tokens = input_tokens if computed_tokens is None else computed_tokens
    context = serving.mean_context(input_tokens, output_tokens)
    weights = transformer.weight_bytes(model.parameters, given.bytes_per_weight)
    kv_per_token = transformer.kv_bytes_per_token(kv_values(model), given.bytes_per_cached_value)
    kv_cache = serving.kv_cache_bytes(batch, context, kv_per_token)
    tokens = serving.step_tokens(batch, 1, computed_tokens, output_tokens)
    flops = transformer.forward_flops(model.active_parameters, tokens)
    read = transformer.weight_bytes(read_parameters(model, tokens), given.bytes_per_weight)
    bandwidth = accelerator.bandwidth * given.memory_efficiency
    peak = accelerators * peak_flops * given.compute_efficiency
    overhead = model.layers * given.layer_overhead + batch * given.request_overhead
    step = serving.step_time(read, kv_cache, flops, accelerators * bandwidth, peak, overhead)
    tpot = serving.time_per_output_token(step, 1)
    throughput = serving.throughput(batch, tpot)
    return SimpleNamespace(
        weights=weights,
        kv_per_token=kv_per_token,
        kv_cache=kv_cache,
        flops=flops,
        reading_weights=roofline.read_time(read, accelerators, bandwidth),
        arithmetic=serving.prefill_time(flops, peak),
        reading_cache=roofline.read_time(kv_cache, accelerators, bandwidth),
        overhead=overhead,
        step_time=step,
        time_per_output_token=tpot,
        throughput=throughput,
        capacity=serving.request_capacity(throughput, output_tokens),
        largest_batch=serving.largest_batch(
            accelerators, accelerator.memory, given.usable_memory, weights, context, kv_per_token
        ),
        prefill_time=serving.prefill_time(
            transformer.forward_flops(model.active_parameters, computed_tokens), peak
        ),
    )
