"""How long a step takes: bytes against FLOPs. The memory wall.

Sources: Williams, Waterman and Patterson, "Roofline: an insightful visual performance model for
multicore architectures", Communications of the ACM 52(4), 2009; Choi, Bedard, Fowler and Vuduc,
"A roofline model of energy", IPDPS 2013 (the same for joules).
"""

import numpy as np

from ..units import (
    Byte,
    BytePerSecond,
    BytePerValue,
    Flop,
    FlopPerByte,
    FlopPerSecond,
    Joule,
    JoulePerByte,
    JoulePerFlop,
    Number,
    Second,
    Token,
    Value,
)


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


def critical_tokens(
    peak_flops: FlopPerSecond,
    bandwidth: BytePerSecond,
    bytes_per_value: BytePerValue,
    parameters: Value,
    active_parameters: Value,
) -> Token:
    """Tokens in a step from which on its arithmetic takes longer than reading the weights.

    Parameters
    ----------
    peak_flops : arithmetic rate [FLOP/s]
    bandwidth : memory bandwidth [B/s], above 0
    bytes_per_value : of a stored weight [B/value]
    parameters : weights that a step reads [value]
    active_parameters : weights that a token passes through [value]

    Austin et al., *How to Scale Your Model*: 240 on a TPU v5e at bf16, for a dense model.

    >>> round(critical_tokens(1.97e14, 8.2e11, 2, 70e9, 70e9))
    240
    """
    return peak_flops * bytes_per_value * parameters / (2 * bandwidth * active_parameters)


def read_time(size: Byte, accelerators: Number, bandwidth: BytePerSecond) -> Second:
    """Time to read ``size`` once, spread over accelerators that all read at the same time.

    Parameters
    ----------
    size : what is read [B]
    accelerators : that hold a share of it each [1], above 0
    bandwidth : of one accelerator [B/s], above 0

    >>> round(read_time(140e9, 2, 3.35e12) * 1e3, 1)
    20.9
    """
    return size / (accelerators * bandwidth)


def layered_read_time(layers: Number, memory: Byte, bandwidth: BytePerSecond) -> Second:
    """Time to read a model that fills its chips, where each layer has chips of its own.

    One layer is read after the other: only the chips that hold it are at work.

    Parameters
    ----------
    layers : of the model [1]
    memory : of one chip, all of it filled [B]
    bandwidth : of one chip [B/s], above 0

    >>> round(layered_read_time(80, 230e6, 80e12) * 1e6)
    230
    """
    return layers * memory / bandwidth


def movement_energy(bytes_moved: Byte, energy_per_byte: JoulePerByte) -> Joule:
    """Energy of moving bytes between memory and arithmetic.

    Parameters
    ----------
    bytes_moved : traffic [B]
    energy_per_byte : of moving one [J/B]

    >>> round(movement_energy(1e12, 31e-12), 1)
    31.0
    """
    return bytes_moved * energy_per_byte


def arithmetic_energy(flops: Flop, energy_per_flop: JoulePerFlop) -> Joule:
    """Energy of arithmetic.

    Parameters
    ----------
    flops : arithmetic done [FLOP]
    energy_per_flop : of one operation [J/FLOP]

    >>> round(arithmetic_energy(1e12, 0.7e-12), 1)
    0.7
    """
    return flops * energy_per_flop
