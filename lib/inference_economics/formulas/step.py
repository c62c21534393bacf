"""The parts of a serving step: weights, cache, prompts, launches and the host.

The terms are physical, their few constants are fitted to measurements: ``data/calibration.csv``.
A step is the sum of its parts, because a layer's matrices, its attention and its messages follow
one another on the same accelerator; within a part, memory and arithmetic overlap.
"""

import numpy as np

from ..units import (
    Byte,
    BytePerRequest,
    BytePerSecond,
    FlopPerSecond,
    FlopPerToken,
    Number,
    Request,
    Second,
    SecondPerRequest,
    SecondPerToken,
    Share,
    Token,
    TokenPerRequest,
    Value,
)


def matrix_parameters(rows: Value, columns: Number) -> Value:
    """Weights of a matrix.

    Parameters
    ----------
    rows : weights that make one value of the result [value]
    columns : values of the result [1]

    The output matrix of Llama-3-70B:

    >>> matrix_parameters(8192, 128256)
    1050673152
    """
    return rows * columns


def smooth_maximum(first: Second, second: Second) -> Second:
    """Time of two things that overlap, but not perfectly.

    The longer one where they differ, a quarter more where both take as long. This book's term;
    the exponent is fixed, not fitted.

    Parameters
    ----------
    first, second : time of each alone [s]

    >>> round(smooth_maximum(1.0, 0.1), 3), round(smooth_maximum(1.0, 1.0), 2)
    (1.0, 1.26)
    """
    return np.cbrt(first**2 * first + second**2 * second)  # faster than general powers


def tensor_core_fill(
    fill: Share, falloff: Number, reference: FlopPerSecond, peak: FlopPerSecond
) -> Number:
    """Share of its peak that an accelerator reaches in large matrix products.

    A faster peak is filled less. This book's term, fitted in data/calibration.csv.

    Parameters
    ----------
    fill : share reached at the reference and below it [share]
    falloff : how fast the share falls as the peak rises [1]
    reference : peak from which on it falls [FLOP/s]
    peak : dense peak at the precision in use [FLOP/s], above 0

    >>> round(tensor_core_fill(0.75, 0.28, 989.5e12, 4500e12), 2)
    0.49
    """
    return fill * np.minimum(1, reference / peak) ** falloff


def achieved_rate(
    accelerators: Number, peak: FlopPerSecond, fill: Number, kernel_quality: Number
) -> FlopPerSecond:
    """Arithmetic rate that a replica reaches.

    Parameters
    ----------
    accelerators : of the replica [1]
    peak : dense peak of one at the precision in use [FLOP/s]
    fill : share of the peak that the best kernels reach [1]
    kernel_quality : of this software's kernels, 1 for the best [1]

    >>> achieved_rate(8, 1e15, 0.5, 0.75)
    3000000000000000.0
    """
    return accelerators * peak * fill * kernel_quality


def arithmetic_per_token(active_parameters: Value, rate: FlopPerSecond) -> SecondPerToken:
    """Time of the arithmetic of a token: a multiplication and an addition for each weight.

    Source: Kaplan et al., "Scaling Laws for Neural Language Models", 2020, section 2.1.

    Parameters
    ----------
    active_parameters : weights that a token passes through [value]
    rate : achieved arithmetic rate [FLOP/s], above 0

    >>> arithmetic_per_token(70e9, 1e15) == 1.4e-4
    True
    """
    return 2 * active_parameters / rate


def weights_step(
    weights: Byte, bandwidth: BytePerSecond, tokens: Token, per_token: SecondPerToken
) -> Second:
    """Time in which a step passes its tokens through weights that it reads once.

    Parameters
    ----------
    weights : read by one accelerator [B]
    bandwidth : achieved memory bandwidth of one accelerator [B/s], above 0
    tokens : computed in the step [token]
    per_token : time of the arithmetic of one [s/token]

    >>> round(weights_step(70e9, 3e12, 1, 1e-4) * 1e3, 1)
    23.3
    """
    return smooth_maximum(weights / bandwidth, tokens * per_token)


def attended_context(
    context: TokenPerRequest, window: TokenPerRequest, sliding: Share
) -> TokenPerRequest:
    """Context that a layer attends to, averaged over layers with and without a window.

    Parameters
    ----------
    context : mean length of a request so far [token/request]
    window : most that a sliding layer keeps [token/request]
    sliding : layers with a window, as a share of all [share]

    gpt-oss has a window of 128 tokens in half of its layers:

    >>> attended_context(1000, 128, 0.5)
    564.0
    """
    return (1 - sliding) * context + sliding * np.minimum(context, window)


def cache_step(
    cache: Byte,
    bandwidth: BytePerSecond,
    tokens: Token,
    flops_per_token: FlopPerToken,
    rate: FlopPerSecond,
) -> Second:
    """Time of attention over the cache.

    Parameters
    ----------
    cache : keys and values that one accelerator reads [B]
    bandwidth : achieved memory bandwidth of one accelerator [B/s], above 0
    tokens : decoded in the step [token]
    flops_per_token : of attention over the whole context [FLOP/token]
    rate : achieved arithmetic rate of the replica [FLOP/s], above 0

    >>> round(cache_step(20e9, 3e12, 16, 1e10, 5e14) * 1e3, 2)
    6.67
    """
    return smooth_maximum(cache / bandwidth, tokens * flops_per_token / rate)


def arriving_requests(
    batch: Request, tokens_per_pass: TokenPerRequest, output_tokens: TokenPerRequest
) -> Request:
    """Requests that begin in a step of a replica that stays full: as many as end.

    Parameters
    ----------
    batch : requests running at once [request]
    tokens_per_pass : tokens that a step yields for a request [token/request]
    output_tokens : of a request [token/request], above 0

    >>> arriving_requests(64, 1, 512)
    0.125
    """
    return batch * tokens_per_pass / output_tokens


def prompt_arithmetic(
    tokens: Token,
    beside: Token,
    dense_per_token: SecondPerToken,
    expert_per_token: SecondPerToken,
    padding: Token,
    attention: Second,
    imbalance: Number,
) -> Second:
    """Time of the arithmetic of a step that holds a prompt.

    Parameters
    ----------
    tokens : of the prompt [token]
    beside : of requests that decode in the same step; all ranks have as many [token]
    dense_per_token : for the weights that every token passes through [s/token]
    expert_per_token : for the experts that a token chooses [s/token]
    padding : tokens' worth of rows that the experts' tiles add [token]
    attention : of the prompt to itself [s]
    imbalance : of prompts over ranks that serve requests of their own, 1 for none [1]

    >>> prompt_arithmetic(1000, 0, 2e-6, 1e-6, 0, 0, 1)
    0.003
    """
    experts = (tokens + beside + padding) * expert_per_token
    prompt = tokens * dense_per_token + attention
    return prompt * imbalance + beside * dense_per_token + experts


def interleaved_prompts(
    arriving: Request, prompts: Request, prompt_step: Second, decoding: Second, mixed: Share
) -> Second:
    """Time that prompts add to the average step.

    Prompts in a step of their own add all of it; those that share a step with decoding add what
    that step takes longer.

    Parameters
    ----------
    arriving : requests that begin in an average step [request]
    prompts : requests whose prompts a step computes together [request], above 0
    prompt_step : time of such a step [s]
    decoding : time that the decoding takes in it anyway [s]
    mixed : 1 where prompts and decoding share a step, 0 where they don't [share]

    >>> round(interleaved_prompts(0.1, 1, 0.05, 0.02, 1), 4)
    0.003
    """
    return arriving / prompts * np.maximum(prompt_step - mixed * decoding, 0)


def launch_overhead(layers: Number, kernels: Number, kernel_time: Second) -> Second:
    """Time in which nothing but the start and the ramp of kernels happens.

    This book's term, fitted in data/calibration.csv.

    Parameters
    ----------
    layers : of the model [1]
    kernels : launched in a layer [1]
    kernel_time : lost with each [s]

    >>> round(launch_overhead(80, 9, 5e-6) * 1e3, 1)
    3.6
    """
    return layers * kernels * kernel_time


def request_handling(
    per_request: SecondPerRequest,
    vocabulary: Number,
    bytes_per_logit: BytePerRequest,
    bandwidth: BytePerSecond,
) -> SecondPerRequest:
    """Time that a step takes longer for each running request: scheduling, sampling, text.

    This book's term, fitted in data/calibration.csv.

    Parameters
    ----------
    per_request : of the scheduler and the tokeniser [s/request]
    vocabulary : tokens among which sampling chooses [1]
    bytes_per_logit : moved by sampling for each of them [B/request]
    bandwidth : memory bandwidth of one accelerator [B/s], above 0

    >>> round(request_handling(15e-6, 128256, 50, 3.35e12) * 1e6, 1)
    16.9
    """
    return per_request + vocabulary * bytes_per_logit / bandwidth


def overlapping_host(device: Second, host: Second) -> Second:
    """Time of a step whose kernels the host starts one by one, while the device works.

    Nearly the longer of the two: sharper than :func:`smooth_maximum`. This book's term for the
    software of 2023; the exponent is fixed, not fitted.

    Parameters
    ----------
    device, host : time of each alone [s]

    >>> round(overlapping_host(0.01, 0.04), 3)
    0.04
    """
    return np.sqrt(np.sqrt((device**2) ** 2 + (host**2) ** 2))
