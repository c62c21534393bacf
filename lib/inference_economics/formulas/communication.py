"""Messages between the accelerators of a replica.

Source: one-shot and two-shot all-reduce as in TensorRT-LLM and NCCL: small messages go from each
to each at once; large ones are reduced in parts.
"""

import numpy as np

from ..units import Byte, BytePerSecond, BytePerValue, Number, Second, Token, ValuePerToken


def message_size(tokens: Token, hidden_size: ValuePerToken, bytes_per_value: BytePerValue) -> Byte:
    """What the accelerators exchange for the tokens of a step, once.

    Parameters
    ----------
    tokens : in the step [token]
    hidden_size : width of the model [value/token]
    bytes_per_value : of an activation [B/value]

    >>> message_size(64, 8192, 2)
    1048576
    """
    return tokens * hidden_size * bytes_per_value


def collective_time(
    ranks: Number, message: Byte, bandwidth: BytePerSecond, latency: Second
) -> Second:
    """Time of an all-reduce, or of sending tokens to their experts and back.

    Parameters
    ----------
    ranks : accelerators that take part [1], at least 1
    message : that each has to share [B]
    bandwidth : achieved, of one accelerator's links, one way [B/s], above 0
    latency : what the second round of a large message costs [s]

    >>> collective_time(1, 1e6, 450e9, 1e-5)
    0.0
    >>> round(collective_time(8, 1e6, 450e9, 1e-5) * 1e6, 1)
    12.2
    """
    once = message / bandwidth
    return np.minimum((ranks - 1) * once, once + latency)


def prompt_collective_time(ranks: Number, message: Byte, bandwidth: BytePerSecond) -> Second:
    """The same for the tokens of a prompt: large messages, next to no latency.

    Parameters
    ----------
    ranks : accelerators that take part [1], at least 1
    message : that each has to share [B]
    bandwidth : achieved, of one accelerator's links, one way [B/s], above 0

    >>> prompt_collective_time(1, 9e6, 450e9), prompt_collective_time(8, 9e6, 450e9) == 2e-5
    (0.0, True)
    """
    return np.minimum(ranks - 1, 1) * message / bandwidth
