"""What it takes to enter: a training run within reach, a fleet that holds a model, a full fleet.

Sources: Hoffmann et al., "Training Compute-Optimal Large Language Models", arXiv 2203.15556 (tokens
for each weight); Ho et al., "Algorithmic progress in language models", arXiv 2403.05812 (a given
capability gets cheaper); Eppen, "Effects of centralization on expected costs in a multi-location
newsboy problem", Management Science, 1979 (the square-root law of pooled demand).
"""

import numpy as np

from ..units import (
    USD,
    Flop,
    Number,
    PerSecond,
    RequestPerSecond,
    Second,
    SecondPerRequest,
    Share,
    Token,
    TokenPerRequest,
    TokenPerSecond,
    TokenPerValue,
    USDPerRequest,
    USDPerSecond,
)


def wait_until_affordable(cost: USD, budget: USD, decline: PerSecond) -> Second:
    """How long a buyer waits until what the frontier can do now is within a budget; 0 if it is.

    Parameters
    ----------
    cost : of training to that capability now [USD]
    budget : that the buyer can spend on it, above 0 [USD]
    decline : continuous rate at which the cost of a given capability falls, above 0 [1/s]

    A budget of a hundredth, and a cost that falls to a tenth in a time of 5:

    >>> round(float(wait_until_affordable(100.0, 1.0, np.log(10) / 5)), 9)
    10.0
    """
    return np.log(np.maximum(cost / budget, 1)) / decline


def balanced_tokens(flops: Flop, tokens_per_parameter: TokenPerValue) -> Token:
    """Tokens of a training run that gives a dense model a fixed number of them for each weight.

    Parameters
    ----------
    flops : of the run, six for each weight and token [FLOP]
    tokens_per_parameter : training tokens for each weight [token/value]

    Chinchilla's 5.76e23 FLOP, 20 tokens for each of its 70 billion weights, in trillions:

    >>> round(float(balanced_tokens(5.76e23, 20)) / 1e12, 1)
    1.4
    """
    return np.sqrt(flops * tokens_per_parameter / 6)


def affordable_people(run_cost: USD, staff_share: Share, pay: USDPerSecond, time: Second) -> Number:
    """People whom a lab pays beside a run, if staff are a given share of the cost of both.

    Parameters
    ----------
    run_cost : of the accelerators [USD]
    staff_share : staff as a share of staff and accelerators [share], below 1
    pay : of one person [USD/s]
    time : that they are paid for [s]

    A run of 60 beside staff of 40, who cost 0.5 each:

    >>> round(affordable_people(60.0, 0.4, 0.1, 5.0), 9)
    80.0
    """
    return run_cost * staff_share / ((1 - staff_share) * pay * time)


def split_evenly(least: Number) -> Number:
    """Accelerators of a replica: 1, 2, 4, 8 and so on, so that the heads of a layer split evenly.

    Parameters
    ----------
    least : accelerators that hold the model [1], above 0

    >>> [float(split_evenly(n)) for n in (1, 2, 9)]
    [1.0, 2.0, 16.0]
    """
    return 2 ** np.ceil(np.log(np.maximum(least, 1)) / np.log(2))


def self_hosting_load(
    fleet: USDPerSecond,
    staff: USDPerSecond,
    marginal: USDPerRequest,
    price: USDPerRequest,
    never: RequestPerSecond,
) -> RequestPerSecond:
    """Load from which on a fleet of one's own costs less than an API; ``never`` if none does.

    The smallest fleet must earn its rent and its staff; past it, each request must leave enough of
    the price for the staff.

    Parameters
    ----------
    fleet : rent of the smallest fleet [USD/s]
    staff : whoever runs it, however large it is [USD/s]
    marginal : cost of a request once the fleet grows with the load [USD/request]
    price : of a request at the API [USD/request], above 0
    never : what to return where the API is cheaper at any load [request/s]

    >>> float(self_hosting_load(6.0, 2.0, 0.5, 1.0, 1e9))
    8.0
    >>> [round(float(self_hosting_load(6, 2, m, 1, 1e9)), 3) for m in (0.9, 2)]
    [20.0, 1000000000.0]
    """
    gain = np.maximum(1 - marginal / price, 1e-9)
    even = np.maximum((fleet + staff) / price, staff / (price * gain))
    return np.where(marginal < price, np.minimum(even, never), never)


def pooled_peak(common: Number, own: Number, customers: Number) -> Number:
    """Peak over mean of the requests of many customers together.

    What is peculiar to each averages out with the square root of their number; what all have in
    common, such as the hours in which people are awake, stays.

    Parameters
    ----------
    common : peak over mean of endlessly many [1], at least 1
    own : peak over mean of a single customer [1], no less than that
    customers : equal in size, independent but for what is common [1], at least 1

    >>> pooled_peak(1.25, 5.25, 1), pooled_peak(1.25, 5.25, 16)
    (5.25, 2.25)
    """
    return common + (own - common) / np.sqrt(customers)


def customers_for_peak(common: Number, own: Number, peak: Number) -> Number:
    """How many customers must share a fleet until their peak over mean falls to a given one.

    It inverts :func:`pooled_peak`.

    Parameters
    ----------
    common : peak over mean of endlessly many [1], at least 1
    own : peak over mean of a single customer [1], no less than that
    peak : peak over mean to reach [1], above that of endlessly many

    >>> float(customers_for_peak(1.25, 5.25, 2.25))
    16.0
    """
    return ((own - common) / np.maximum(peak - common, 1e-9)) ** 2


def machine_time(
    input_tokens: TokenPerRequest,
    output_tokens: TokenPerRequest,
    prompt_rate: TokenPerSecond,
    answer_rate: TokenPerSecond,
) -> SecondPerRequest:
    """Time that a request takes of machines, of which some compute prompts and others write.

    Parameters
    ----------
    input_tokens, output_tokens : of a request [token/request]
    prompt_rate : prompt tokens a second of a machine that computes prompts [token/s]
    answer_rate : tokens a second of a machine that writes answers [token/s]

    DeepSeek's day of February 2025 in node-days: 608 billion tokens in and 168 billion out, against
    226.75 nodes reported (DeepSeek-AI, 2025):

    >>> round(machine_time(608e9, 168e9, 73700, 14800) / 86400, 1)
    226.9
    """
    return input_tokens / prompt_rate + output_tokens / answer_rate
