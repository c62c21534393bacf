"""How long a step takes: bytes against FLOPs. The memory wall.

Source: Williams, Waterman and Patterson, "Roofline: an insightful visual performance model for
multicore architectures", Communications of the ACM 52(4), 2009.
"""

import numpy as np

from ..units import Byte, BytePerSecond, Flop, FlopPerByte, FlopPerSecond, Second


def arithmetic_intensity(flops: Flop, bytes_moved: Byte) -> FlopPerByte:
    """FLOPs done for each byte that is moved from memory.

    Parameters
    ----------
    flops : arithmetic done [FLOP]
    bytes_moved : traffic to and from memory [B], above 0

    >>> arithmetic_intensity(2e9, 1e9)
    2.0
    """
    return flops / bytes_moved


def ridge_point(peak_flops: FlopPerSecond, bandwidth: BytePerSecond) -> FlopPerByte:
    """Intensity from which on arithmetic, not memory, is the limit.

    Parameters
    ----------
    peak_flops : peak arithmetic rate, dense [FLOP/s]
    bandwidth : peak memory bandwidth [B/s], above 0

    H100 at bf16: 989 TFLOP/s over 3.35 TB/s.

    >>> round(ridge_point(989e12, 3.35e12))
    295
    """
    return peak_flops / bandwidth


def attainable(
    intensity: FlopPerByte, peak_flops: FlopPerSecond, bandwidth: BytePerSecond
) -> FlopPerSecond:
    """The roofline: the arithmetic rate that memory and peak allow.

    Parameters
    ----------
    intensity : FLOPs for each byte moved [FLOP/B]
    peak_flops : peak arithmetic rate, dense [FLOP/s]
    bandwidth : peak memory bandwidth [B/s]

    >>> attainable(1.0, 989e12, 3.35e12) == 3.35e12
    True
    """
    return np.minimum(peak_flops, intensity * bandwidth)


def roofline_time(
    bytes_moved: Byte, flops: Flop, bandwidth: BytePerSecond, peak_flops: FlopPerSecond
) -> Second:
    """Time of a step that overlaps moving bytes with arithmetic perfectly.

    Parameters
    ----------
    bytes_moved : traffic to and from memory [B]
    flops : arithmetic done [FLOP]
    bandwidth : achieved memory bandwidth [B/s], above 0
    peak_flops : achieved arithmetic rate [FLOP/s], above 0

    Reading 140 GB of weights once at 3.35 TB/s, with next to no arithmetic:

    >>> round(roofline_time(140e9, 140e9, 3.35e12, 989e12) * 1e3, 1)
    41.8
    """
    return np.maximum(bytes_moved / bandwidth, flops / peak_flops)
