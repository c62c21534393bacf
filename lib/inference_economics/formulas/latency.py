"""How many requests a latency limit allows, and what it makes a token cost.

The time of a step is close to a straight line in the batch: a fixed part, mostly the weights, and
a part for each request, its cache and its tokens. Two evaluations of any step model give both.
Between measured batches a factor of four apart, the straight line is off by 3.5 % on average; take
two batches near the limit.

Source: Pope et al., "Efficiently Scaling Transformer Inference", 2022, on the frontier of latency
and cost.
"""

import numpy as np

from ..units import (
    Request,
    SecondPerRequestToken,
    SecondPerToken,
)


def time_per_request(
    first_time: SecondPerRequestToken,
    first_batch: Request,
    second_time: SecondPerRequestToken,
    second_batch: Request,
) -> SecondPerToken:
    """What each further request adds to the time per output token of all.

    Parameters
    ----------
    first_time, second_time : times per output token at two batches [s·request/token]
    first_batch, second_batch : the two batches, the second the larger [request]

    >>> round(float(time_per_request(0.02, 10, 0.03, 60)), 6)
    0.0002
    """
    growth = np.maximum(second_batch / first_batch - 1, 1e-9)
    return (second_time - first_time) / (first_batch * growth)


def fixed_time(
    first_time: SecondPerRequestToken, first_batch: Request, slope: SecondPerToken
) -> SecondPerRequestToken:
    """Time per output token that no small batch gets below.

    Parameters
    ----------
    first_time : time per output token at some batch [s·request/token]
    first_batch : that batch [request]
    slope : what each request adds [s/token]

    >>> round(fixed_time(0.02, 10, 0.0002), 6)
    0.018
    """
    return first_time - slope * first_batch


def batch_at_latency(
    limit: SecondPerRequestToken,
    first_time: SecondPerRequestToken,
    first_batch: Request,
    second_time: SecondPerRequestToken,
    second_batch: Request,
    largest: Request,
) -> Request:
    """Largest batch that keeps within a limit and in memory.

    Parameters
    ----------
    limit : longest acceptable time per output token [s·request/token]
    first_time, second_time : times per output token at two batches [s·request/token]
    first_batch, second_batch : the two batches, the second the larger and slower [request]
    largest : that fits into memory [request]

    Below 1 where not even a single request keeps within the limit.

    >>> round(float(batch_at_latency(0.05, 0.02, 10, 0.03, 60, 500)))
    160
    >>> float(batch_at_latency(0.05, 0.02, 10, 0.03, 60, 100))
    100.0
    """
    steps = (limit / first_time - 1) / np.maximum(second_time / first_time - 1, 1e-9)
    return np.minimum(first_batch + steps * (second_batch - first_batch), largest)
