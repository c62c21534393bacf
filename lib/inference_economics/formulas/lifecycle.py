"""Training now and again, inference all the time: what each costs over a product's life.

Sources: Kaplan et al., 2020 (six FLOPs for each weight and token of training); Cottier et al.,
"The rising costs of training frontier AI models", 2024 (growth of the cost of a run).
"""

import numpy as np

from ..units import (
    USD,
    Flop,
    FlopPerSecond,
    Number,
    PerSecond,
    Second,
    Share,
    Token,
    USDPerSecond,
    Value,
)


def training_flops(active_parameters: Value, tokens: Token) -> Flop:
    """Arithmetic of a training run: forward once, backward twice as much.

    Parameters
    ----------
    active_parameters : weights that a token passes through [value]
    tokens : seen in training [token]

    Llama 3.1 405B saw 15.6 trillion tokens (Grattafiori et al., 2024: 3.8e25 FLOP):

    >>> f"{training_flops(405e9, 15.6e12):.1e}"
    '3.8e+25'
    """
    return 6 * active_parameters * tokens


def training_accelerator_time(flops: Flop, peak_flops: FlopPerSecond, utilisation: Share) -> Second:
    """Accelerator-seconds of a training run.

    Parameters
    ----------
    flops : of the run [FLOP]
    peak_flops : of one accelerator [FLOP/s]
    utilisation : model FLOPs utilisation, achieved over peak [share]

    >>> training_accelerator_time(1e25, 1e15, 0.5)
    20000000000.0
    """
    return flops / (peak_flops * utilisation)


def growing_spend(initial: USDPerSecond, growth: PerSecond, time: Second) -> USDPerSecond:
    """A rate of spending that grows steadily.

    Parameters
    ----------
    initial : at time 0 [USD/s]
    growth : continuous growth rate, may be negative [1/s]
    time : since the start [s]

    >>> growing_spend(100.0, 0.0, 5.0)
    100.0
    """
    return initial * np.exp(growth * time)


def cumulative_spend(initial: USDPerSecond, growth: PerSecond, time: Second) -> USD:
    """Everything spent since the start at a rate that grows steadily.

    Parameters
    ----------
    initial : rate of spending at time 0 [USD/s]
    growth : continuous growth rate, may be negative or 0 [1/s]
    time : since the start [s]

    >>> round(float(cumulative_spend(100.0, 0.0, 5.0)), 2)
    500.0
    """
    grown = np.where(np.abs(growth * time) < 1e-6, 1e-6, growth * time)
    return initial * time * (np.exp(grown) - 1) / grown


def growth_rate(factor: Number, period: Second) -> PerSecond:
    """Continuous growth rate of something that is multiplied by ``factor`` each ``period``.

    Parameters
    ----------
    factor : of a period, above 0; below 1 is decline [1]
    period : [s]

    >>> round(float(np.exp(growth_rate(2.4, 10.0) * 20.0)), 2)
    5.76
    """
    return np.log(factor) / period
