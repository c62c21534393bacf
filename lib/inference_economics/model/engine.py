"""From a set-up to the time of a step, and from there to speed, power and energy.

The only composition of the formulas in ``step``, ``experts``, ``communication``, ``speculation``
and ``power``. ``setup`` comes from :func:`setup.resolve`, ``given`` holds the constants of
``data/calibration.csv``; the attributes of both are numbers, columns or live numbers. No
iteration, no default.

Left out: the wait for room in memory, links between nodes, pipeline parallelism.
"""

from types import SimpleNamespace

import numpy as np

from ..formulas import (
    communication,
    experts,
    levers,
    power,
    roofline,
    serving,
    speculation,
    step,
    transformer,
)
from . import waiting
from .room import cached, memory

ACTIVATION = 2.0  # bytes of an activation between accelerators: bf16
PROMPTS = 1.0  # requests whose prompts a step computes together
NEVER_ZERO = 1e-9  # arrivals at a rank, so that a limit can be taken


def rates(setup, given) -> SimpleNamespace:
    """Achieved rates of a replica [FLOP/s], and seconds of arithmetic for each token."""

    def rate(peak):
        fill = step.tensor_core_fill(given.fill, given.falloff, given.reference_peak, peak)
        return step.achieved_rate(setup.accelerators, peak, fill, given.kernel_quality)

    # Kernels not tuned for a block-scaled model, and 4-bit weights widened before they are used:
    # both hold the arithmetic up, not the reading.
    tuned = 1 - setup.block_scaled * (1 - given.untuned_experts)
    widened = 1 - setup.dequantised * (1 - given.dequantised_rate)
    every = setup.attention_parameters + setup.dense_parameters + setup.shared_parameters
    chosen = setup.experts_per_token / setup.experts
    attention = rate(setup.attention_peak)
    through = rate(setup.expert_peak) * tuned * widened
    return SimpleNamespace(
        chosen=chosen,
        attention=attention,
        dense=step.arithmetic_per_token(every, rate(setup.dense_peak)),
        head=step.arithmetic_per_token(setup.head_parameters, attention),
        expert=step.arithmetic_per_token(setup.expert_parameters * chosen, through),
    )


def parts(setup, given, batch) -> SimpleNamespace:
    """The parts of a replica's average step that decodes ``batch`` requests [s].

    ``dense`` weights, ``experts``, ``cache``, ``prompts``, ``messages``, ``launches``,
    ``requests`` and ``admissions``; tokens ``yielded`` for a request; ``first_token``, the step
    that holds a prompt; and what the power depends on.
    """
    held, rate, per_token = memory(setup), rates(setup, given), cached(setup)
    bandwidth = setup.bandwidth * given.weight_bandwidth
    verified = setup.drafts + 1
    tokens = batch * verified
    context = serving.mean_context(setup.input_tokens, setup.output_tokens)
    context = step.attended_context(context, setup.window, setup.sliding)

    # Decoding: weights, experts, cache.
    dense = step.weights_step(held.dense, bandwidth, tokens, rate.dense + rate.head)
    touched = transformer.experts_touched(rate.chosen, tokens)
    imbalance = experts.expert_imbalance(setup.expert_parallel, touched, setup.experts)
    # Kernels that are not tuned pad each expert's few tokens to a whole tile.
    rows = given.tile_padding + setup.block_scaled * given.untuned_rows
    padding = experts.tile_padding(rows, touched, rate.chosen)
    routed = experts.expert_step(
        held.experts, touched, imbalance, bandwidth, tokens + padding, rate.expert
    )
    cache = serving.kv_cache_bytes(batch / setup.attention_ranks, context, per_token)
    attention = transformer.decode_attention_flops(
        setup.layers, setup.query_heads, setup.decode_head_dim, context
    )
    cache_time = step.cache_step(
        cache, setup.bandwidth * given.cache_bandwidth, tokens, attention, rate.attention
    )

    # Prompts of requests that arrive, in a step with decoding or in one of their own.
    yielded = speculation.accepted_per_pass(given.acceptance, setup.drafts)
    arriving = step.arriving_requests(batch, yielded, setup.output_tokens)
    uneven = experts.prompt_imbalance(
        1 + (setup.attention_ranks - 1) * (1 - setup.latent),
        np.maximum(arriving / setup.attention_ranks, NEVER_ZERO),
    )
    # What a prefix cache holds is attended to, but not computed again.
    computed = levers.computed_prompt(setup.input_tokens, setup.prefix_hits)
    kept = setup.input_tokens - computed
    heads = (setup.layers, setup.query_heads, setup.prompt_head_dim)
    causal = transformer.prefill_attention_flops(*heads, setup.input_tokens)
    causal = causal - transformer.prefill_attention_flops(*heads, kept)
    arithmetic = step.prompt_arithmetic(
        PROMPTS * computed,
        given.mixed * tokens,
        rate.dense,
        rate.expert,
        experts.tile_padding(rows, 1, rate.chosen),
        serving.prefill_time(causal * (1 - setup.sliding), rate.attention),
        uneven,
    )
    reading = (held.dense + held.experts) / bandwidth
    prompt_step = step.smooth_maximum(arithmetic, reading)
    prompts = given.interleaved * step.interleaved_prompts(
        arriving, PROMPTS, prompt_step, dense + routed, given.mixed
    )

    # Messages: two all-reduces a layer, or one exchange where attention isn't split.
    link = setup.link_bandwidth * given.link_efficiency
    rounds = setup.layers * np.where(setup.attention_ranks > 1, 1.0, 2.0)
    message = communication.message_size(tokens, setup.hidden_size, ACTIVATION)
    prompt = communication.message_size(computed, setup.hidden_size, ACTIVATION)
    decoding_messages = rounds * communication.collective_time(
        setup.accelerators, message, link, given.link_latency
    )
    prompt_messages = rounds * communication.prompt_collective_time(
        setup.accelerators, prompt, link
    )
    messages = decoding_messages + given.interleaved * arriving / PROMPTS * prompt_messages

    # The host: kernels, running requests, new requests.
    unfused = np.where(setup.block_scaled * given.untuned_rows > 0, 1.0, setup.unfused)
    kernels = setup.kernels + setup.quantising + given.routing_kernels * unfused
    launches = step.launch_overhead(setup.layers, kernels, given.kernel_time)
    handling = step.request_handling(
        given.request_time, setup.vocabulary, given.logit_bytes, setup.bandwidth
    )
    admission = setup.served * given.admission_time
    return SimpleNamespace(
        yielded=yielded,
        dense=dense,
        experts=routed,
        cache=cache_time,
        prompts=prompts,
        messages=messages,
        launches=launches,
        requests=batch * handling,
        admissions=given.interleaved * arriving * admission,
        first_token=prompt_step
        + cache_time * given.mixed
        + prompt_messages
        + launches
        + batch * handling
        + admission,
        bytes_read=held.dense
        + held.experts * touched
        + cache
        + given.interleaved * arriving * (held.dense + held.experts),
        flops=_flops(setup, rate.chosen, tokens, given.interleaved * arriving * computed, padding),
    )


def _flops(setup, chosen, tokens, prompts, padding):
    """Arithmetic of one accelerator in an average step, padding included [FLOP]."""
    every = setup.attention_parameters + setup.dense_parameters + setup.shared_parameters
    computed = tokens + prompts
    done = (
        transformer.forward_flops(every, computed)
        + transformer.forward_flops(setup.expert_parameters * chosen, computed + padding)
        + transformer.forward_flops(setup.head_parameters, tokens)
    )
    return done / setup.accelerators


def step_time(setup, given, found):
    """Time of the average step whose :func:`parts` were ``found`` [s]."""
    weights, rest = found.dense + found.experts, found.cache + found.messages
    host = found.launches + found.requests
    eager = step.overlapping_host(
        (weights + found.prompts) / given.eager_rate + rest,
        host * (1 + setup.slow_host * (given.slow_host - 1)),
    )
    modern = weights + rest + found.prompts + host + found.admissions
    return np.where(given.eager > 0, eager, modern)


def predict(setup, given, batch) -> SimpleNamespace:
    """What a set-up does that runs ``batch`` requests in each replica.

    ``time_per_output_token`` [s·request/token] and ``time_to_first_token`` [s] of a request;
    ``throughput`` of output tokens of all replicas [token/s]; ``power`` of one accelerator [W];
    ``energy_per_token`` of all of them [J/token]; and the ``parts`` of the step.
    """
    found = parts(setup, given, batch)
    total = step_time(setup, given, found)
    tpot = serving.time_per_output_token(total, found.yielded)
    throughput = setup.replicas * serving.throughput(batch, tpot)
    drawn = power.power_draw(
        setup.power,
        given.power_floor,
        given.memory_power,
        found.bytes_read / (setup.bandwidth * total),
        given.arithmetic_power,
        found.flops / (setup.expert_peak * total),
    )
    accelerators = setup.accelerators * setup.replicas
    return SimpleNamespace(
        parts=found,
        step_time=total,
        time_per_output_token=tpot,
        time_to_first_token=found.first_token
        + waiting.for_turn(found, total, batch)
        + setup.served * given.answer_time,
        throughput=throughput,
        power=drawn,
        energy_per_token=serving.energy_per_token(accelerators, drawn, throughput),
    )


def prompt_at_peak(setup):
    """Time to the first token at data-sheet peaks, as in the usual calculators [s]."""
    every = setup.attention_parameters + setup.dense_parameters + setup.shared_parameters
    chosen = setup.experts_per_token / setup.experts
    return setup.input_tokens * (
        step.arithmetic_per_token(every, setup.accelerators * setup.dense_peak)
        + step.arithmetic_per_token(
            setup.expert_parameters * chosen, setup.accelerators * setup.expert_peak
        )
    )


def at_peak(setup, batch, prompts):
    """Time per output token on a roofline of data-sheet peaks [s·request/token].

    ``prompts`` is 1 where the arithmetic of the arriving prompts counts, and 0 where it doesn't,
    as in the usual calculators.
    """
    held, chosen = memory(setup), setup.experts_per_token / setup.experts
    touched = transformer.experts_touched(chosen, batch)
    context = step.attended_context(
        serving.mean_context(setup.input_tokens, setup.output_tokens), setup.window, setup.sliding
    )
    cache = serving.kv_cache_bytes(batch / setup.attention_ranks, context, cached(setup))
    tokens = batch * (1 + prompts * setup.input_tokens / setup.output_tokens)
    every = setup.attention_parameters + setup.dense_parameters + setup.shared_parameters
    seconds = step.arithmetic_per_token(
        every + setup.head_parameters, setup.accelerators * setup.dense_peak
    ) + step.arithmetic_per_token(
        setup.expert_parameters * chosen, setup.accelerators * setup.expert_peak
    )
    return roofline.roofline_time(
        held.dense + held.experts * touched + cache, tokens * seconds, setup.bandwidth, 1.0
    )
