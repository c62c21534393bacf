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


def training_utilisation(flops: Flop, peak_flops: FlopPerSecond, accelerator_time: Second) -> Share:
    """Model FLOPs utilisation that a run's accelerator-hours imply.

    Parameters
    ----------
    flops : of the run [FLOP]
    peak_flops : of one accelerator [FLOP/s]
    accelerator_time : accelerator-seconds of the run [s]

    >>> training_utilisation(1e25, 1e15, 2e10)
    0.5
    """
    return flops / (peak_flops * accelerator_time)


def training_cost(accelerator_time: Second, accelerator_cost: USDPerSecond) -> USD:
    """What a run costs whoever rents its accelerators.

    Parameters
    ----------
    accelerator_time : accelerator-seconds of the run [s]
    accelerator_cost : of one accelerator [USD/s]

    DeepSeek-V3, 2.788 million hours at 2 USD (DeepSeek-AI, 2024: 5.576 million USD):

    >>> training_cost(2.788e6 * 3600, 2 / 3600)
    5576000.0
    """
    return accelerator_time * accelerator_cost


def final_run_cost(research: USDPerSecond, final_share: Share, interval: Second) -> USD:
    """What one final run costs, of a budget for training and the research around it.

    Parameters
    ----------
    research : rate of spending on research and training [USD/s]
    final_share : final runs as a share of it [share]
    interval : from one final run to the next [s]

    A tenth of 5 billion USD a year, in two runs: 250 million each (Epoch AI on OpenAI, 2026).

    >>> final_run_cost(5e9, 0.1, 0.5)
    250000000.0
    """
    return research * final_share * interval


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


def overtaking_time(
    leader: USDPerSecond,
    follower: USDPerSecond,
    leader_growth: PerSecond,
    follower_growth: PerSecond,
    horizon: Second,
) -> Second:
    """When the follower's growing spending passes the leader's; ``horizon`` if not before.

    Parameters
    ----------
    leader, follower : rates of spending at time 0 [USD/s]
    leader_growth, follower_growth : continuous growth rates [1/s]
    horizon : how far ahead to look [s]

    0 where the follower is not behind. It is the solution of equal spending,
    ``log(leader / follower) / (follower_growth - leader_growth)``, where that lies ahead:

    >>> round(float(overtaking_time(200.0, 100.0, 0.0, np.log(2), 10.0)), 9)
    1.0
    >>> float(overtaking_time(200.0, 100.0, 0.3, 0.2, 10.0))
    10.0
    """
    lead = np.maximum(np.log(leader / follower), 0)
    gain = np.maximum((follower_growth - leader_growth) * horizon, 1e-9)
    return horizon * (lead / np.maximum(lead, gain))
