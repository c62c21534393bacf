"""What an accelerator of a replica holds, and how many requests fit beside it.

``setup`` and ``given`` are those of :mod:`engine`.
"""

from types import SimpleNamespace

import numpy as np

from ..formulas import serving, step, transformer


def memory(setup) -> SimpleNamespace:
    """What one accelerator holds [B]: ``dense`` weights, ``experts``, and all ``weights``.

    Accelerators that attend to requests of their own each hold all dense weights.
    """
    others = setup.dense_parameters + setup.shared_parameters
    head = transformer.weight_bytes(setup.head_parameters, setup.head_bytes)
    dense = transformer.weight_bytes(setup.attention_parameters + others, setup.dense_bytes) + head
    spread = transformer.weight_bytes(setup.expert_parameters, setup.expert_bytes)
    return SimpleNamespace(
        dense=dense / setup.tensor_parallel,
        experts=spread / setup.accelerators,
        weights=(dense + head) / setup.tensor_parallel + spread / setup.accelerators,
    )


def cached(setup):
    """Cache of one token on one accelerator [B/token]: heads are split, a latent is not."""
    split = np.minimum(setup.tensor_parallel, setup.kv_heads)
    return transformer.kv_bytes_per_token(setup.kv_values / split, setup.cache_bytes)


def capacity(setup, given):
    """Requests whose caches fit in a replica; below 0 where not even the weights do [request]."""
    reserved = setup.input_tokens + given.reserved_output * setup.output_tokens
    context = step.attended_context(reserved, setup.window, setup.sliding)
    weights = memory(setup).weights
    room = serving.largest_batch(
        1, setup.memory, given.usable_memory, weights, context, cached(setup)
    )
    return setup.attention_ranks * given.cache_share * room


def running(setup, given):
    """Requests that a replica runs at once: those that come, or those that fit [request]."""
    return np.minimum(setup.concurrency, capacity(setup, given))
