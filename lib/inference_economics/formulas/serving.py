"""A replica at work: batching, the memory that bounds it, latency and throughput.

A replica runs ``batch`` requests at once. Every step reads the weights once, whatever the batch,
and gives each request its next token; prompts of arriving requests are interleaved.

Sources: Yu et al., "Orca", OSDI 2022 (continuous batching); Agrawal et al., "Sarathi-Serve",
OSDI 2024 (prompts interleaved with decoding); Pope et al., 2022 (what a step reads).
"""

import numpy as np

from ..units import (
    Byte,
    BytePerSecond,
    BytePerToken,
    Flop,
    FlopPerSecond,
    JoulePerToken,
    Number,
    Request,
    RequestPerSecond,
    Second,
    SecondPerRequestToken,
    Share,
    Token,
    TokenPerRequest,
    TokenPerSecond,
    Value,
    Watt,
)


def mean_context(input_tokens: TokenPerRequest, output_tokens: TokenPerRequest) -> TokenPerRequest:
    """Context of a request halfway through its answer.

    Parameters
    ----------
    input_tokens, output_tokens : of a request [token/request]

    >>> mean_context(1000, 400)
    1200.0
    """
    return input_tokens + output_tokens / 2


def step_tokens(
    batch: Request,
    tokens_per_pass: TokenPerRequest,
    input_tokens: TokenPerRequest,
    output_tokens: TokenPerRequest,
) -> Token:
    """Tokens that a step computes: decoded ones and, interleaved, those of arriving prompts.

    Parameters
    ----------
    batch : requests running at once [request]
    tokens_per_pass : tokens that a pass yields for a request, 1 without speculation [token/request]
    input_tokens, output_tokens : of a request [token/request]

    >>> step_tokens(64, 1, 1000, 500)
    192.0
    """
    return batch * tokens_per_pass * (1 + input_tokens / output_tokens)


def kv_cache_bytes(
    batch: Request, context: TokenPerRequest, kv_bytes_per_token: BytePerToken
) -> Byte:
    """Cache that a batch fills, and that every step reads.

    Parameters
    ----------
    batch : requests running at once [request]
    context : mean length of a request so far [token/request]
    kv_bytes_per_token : cache of one token [B/token]

    >>> kv_cache_bytes(16, 4000, 327680) / 1e9
    20.97152
    """
    return batch * context * kv_bytes_per_token


def critical_batch(
    weights: Byte,
    active_parameters: Value,
    tokens_per_step: TokenPerRequest,
    context: TokenPerRequest,
    kv_bytes_per_token: BytePerToken,
    bandwidth: BytePerSecond,
    peak_flops: FlopPerSecond,
) -> Request:
    """Requests from which on a step's arithmetic takes longer than reading weights and caches.

    Parameters
    ----------
    weights : read in a step [B]
    active_parameters : weights that a token passes through [value]
    tokens_per_step : tokens that a step computes for each request [token/request]
    context : mean length of a request so far [token/request]
    kv_bytes_per_token : cache of one token [B/token]
    bandwidth : achieved memory bandwidth [B/s]
    peak_flops : achieved arithmetic rate [FLOP/s], above 0

    Negative where no batch is enough: a request's own cache takes longer than its arithmetic.

    Without a cache and at the data sheet's peaks it is the ridge point, in tokens of two bytes:

    >>> round(critical_batch(140e9, 70e9, 1, 0, 327680, 8.2e11, 1.97e14))
    240
    """
    meanwhile = 2 * active_parameters * tokens_per_step * bandwidth / peak_flops
    return weights / (meanwhile - context * kv_bytes_per_token)


def accelerators_to_hold(weights: Byte, memory: Byte, usable: Share) -> Number:
    """Accelerators whose memory holds the weights.

    Parameters
    ----------
    weights : of the model [B]
    memory : of one accelerator [B]
    usable : share that weights may fill [share]

    >>> float(accelerators_to_hold(70e9, 0.23e9, 1))
    305.0
    """
    return np.ceil(weights / (memory * usable))


def largest_batch(
    accelerators: Number,
    memory: Byte,
    usable: Share,
    weights: Byte,
    context: TokenPerRequest,
    kv_bytes_per_token: BytePerToken,
) -> Request:
    """Requests whose caches fit beside the weights.

    Parameters
    ----------
    accelerators : that share the model [1]
    memory : of one accelerator [B]
    usable : share that weights and caches may fill [share]
    weights : of the model [B]
    context : mean length of a request [token/request]
    kv_bytes_per_token : cache of one token [B/token]

    Negative where not even the weights fit.

    >>> round(largest_batch(8, 80e9, 0.9, 140e9, 4000, 327680))
    333
    """
    return (accelerators * memory * usable - weights) / (context * kv_bytes_per_token)


def time_per_output_token(
    step_time: Second, tokens_per_pass: TokenPerRequest
) -> SecondPerRequestToken:
    """What a request waits for each of its tokens: not the inverse of the throughput.

    Parameters
    ----------
    step_time : of one step [s]
    tokens_per_pass : tokens that a pass yields for a request, 1 without speculation [token/request]

    >>> time_per_output_token(0.02, 1)
    0.02
    """
    return step_time / tokens_per_pass


def throughput(batch: Request, time_per_output_token: SecondPerRequestToken) -> TokenPerSecond:
    """Output tokens a second of the whole replica.

    Parameters
    ----------
    batch : requests running at once [request]
    time_per_output_token : of each request [s·request/token]

    >>> throughput(64, 0.02)
    3200.0
    """
    return batch / time_per_output_token


def request_capacity(
    throughput: TokenPerSecond, output_tokens: TokenPerRequest
) -> RequestPerSecond:
    """Requests a second that a replica can finish.

    Parameters
    ----------
    throughput : output tokens a second [token/s]
    output_tokens : of a request [token/request]

    >>> request_capacity(3200, 400)
    8.0
    """
    return throughput / output_tokens


def prefill_time(flops: Flop, peak_flops: FlopPerSecond) -> Second:
    """Least time to the first token: the arithmetic of the prompt, without queueing.

    Parameters
    ----------
    flops : of the whole prompt [FLOP]
    peak_flops : achieved, of all accelerators of the replica [FLOP/s]

    >>> prefill_time(1.4e14, 4e15)
    0.035
    """
    return flops / peak_flops


def energy_per_token(
    accelerators: Number, power: Watt, throughput: TokenPerSecond
) -> JoulePerToken:
    """Energy of the accelerators for each output token, at their full power.

    Parameters
    ----------
    accelerators : of the replica [1]
    power : drawn by one accelerator [W]
    throughput : output tokens a second [token/s]

    >>> energy_per_token(8, 700, 2800)
    2.0
    """
    return accelerators * power / throughput
