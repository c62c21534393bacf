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
    TokenPerSecond,
    USDPerSecond,
    USDPerToken,
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


def research_budget(run_cost: USD, final_share: Share) -> USD:
    """Everything spent on research and training for one final run.

    Parameters
    ----------
    run_cost : of the final run [USD]
    final_share : final runs as a share of all research and training [share], above 0

    It inverts :func:`final_run_cost`. Final runs of 0.5 billion USD in 2024, a tenth of
    everything (Epoch AI on OpenAI, 2026):

    >>> research_budget(0.5e9, 0.1) / 1e9
    5.0
    """
    return run_cost / final_share


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
    return initial * time * mean_growth(growth * time)


def mean_growth(exponent: Number) -> Number:
    """Mean of what grows steadily by a factor of e to the ``exponent``, over its start.

    Parameters
    ----------
    exponent : continuous growth rate times the time, may be negative or 0 [1]

    >>> float(mean_growth(0.0)), round(float(mean_growth(np.log(2))), 4)
    (1.0, 1.4427)
    """
    grown = np.where(np.abs(exponent) < 1e-6, 1e-6, exponent)
    return np.where(np.abs(exponent) < 1e-6, 1, (np.exp(grown) - 1) / grown)


def cost_of_runs(first: USD, growth: Number, runs: Number) -> USD:
    """Everything spent on a series of training runs, each dearer than the one before.

    The sum of a geometric series, ``first * (growth**runs - 1) / (growth - 1)``, written so that
    it holds for a growth of 1 as well.

    Parameters
    ----------
    first : cost of the first run [USD]
    growth : cost of a run over that of the one before [1], above 0
    runs : how many, may be a fraction on average [1]

    Three runs that double: 1 + 2 + 4. Three that stay the same:

    >>> round(float(cost_of_runs(1.0, 2.0, 3)), 9), float(cost_of_runs(1.0, 1.0, 3))
    (7.0, 3.0)
    """
    step = np.log(growth)
    return first * runs * mean_growth(runs * step) / mean_growth(step)


def served_tokens(rate: TokenPerSecond, growth: PerSecond, time: Second) -> Token:
    """Tokens that a model serves over its life, at a rate that grows steadily.

    Parameters
    ----------
    rate : tokens a second at the start [token/s]
    growth : continuous growth rate, may be negative or 0 [1/s]
    time : that the model is served [s]

    >>> float(served_tokens(100.0, 0.0, 50.0))
    5000.0
    """
    return rate * time * mean_growth(growth * time)


def lifetime_token_cost(training: USD, lifetime_tokens: Token, serving: USDPerToken) -> USDPerToken:
    """Cost of a served token with its part of the training.

    Parameters
    ----------
    training : everything spent before the first token is served [USD]
    lifetime_tokens : served over the model's life [token], above 0
    serving : cost of serving a token [USD/token]

    100 million USD over 100 trillion tokens add 1 USD to each million:

    >>> lifetime_token_cost(100e6, 100e12, 2e-6) * 1e6
    3.0
    """
    return training / lifetime_tokens + serving


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
