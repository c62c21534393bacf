"""What an accelerator draws while it serves."""

import numpy as np

from ..units import Number, Watt


def power_draw(
    limit: Watt,
    floor: Number,
    memory_power: Number,
    memory_use: Number,
    arithmetic_power: Number,
    arithmetic_use: Number,
) -> Watt:
    """Power of one accelerator: a floor, memory traffic and arithmetic, up to its limit.

    This book's term, fitted in data/calibration.csv. The floor is that of an accelerator at
    work, well above an idle one.

    Parameters
    ----------
    limit : its thermal design power [W]
    floor : drawn in any step, as a share of the limit [1]
    memory_power : drawn at the full memory bandwidth, as a share of the limit [1]
    memory_use : memory traffic over its peak [1]
    arithmetic_power : drawn at the peak arithmetic rate, as a share of the limit [1]
    arithmetic_use : arithmetic over its peak [1]

    >>> power_draw(700, 0.5, 0.4, 0.5, 1.5, 0.1), power_draw(700, 0.5, 0.4, 1, 1.5, 1)
    (595.0, 700.0)
    """
    drawn = floor + memory_power * memory_use + arithmetic_power * arithmetic_use
    return limit * np.minimum(1, drawn)
