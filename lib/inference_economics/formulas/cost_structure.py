"""How a cost behaves: fixed or growing with the load, paid at the start or as one goes.

Source: Varian, *Intermediate Microeconomics*, on fixed and variable cost and on elasticity.
"""

import numpy as np

from ..units import (
    USD,
    Number,
    RequestPerSecond,
    Second,
    SecondPerRequestToken,
    Share,
    TokenPerRequest,
    USDPerJoule,
    USDPerRequest,
    USDPerSecond,
)


def wait_for_answer(
    prefill_time: Second,
    time_per_output_token: SecondPerRequestToken,
    output_tokens: TokenPerRequest,
) -> Second:
    """Time from a question to the last token of its answer, without queueing.

    Parameters
    ----------
    prefill_time : to the first token [s]
    time_per_output_token : of a request [s·request/token]
    output_tokens : of a request [token/request]

    >>> wait_for_answer(0.5, 0.02, 200)
    4.5
    """
    return prefill_time + time_per_output_token * output_tokens


def spread_cost(price: USD, interval: Second) -> USDPerSecond:
    """A price paid once, spread evenly over the time until it is paid again.

    Parameters
    ----------
    price : [USD]
    interval : [s], above 0

    >>> spread_cost(100.0, 50.0)
    2.0
    """
    return price / interval


def depreciation(price: USD, residual: Share, life: Second) -> USDPerSecond:
    """Loss of value in a straight line over the life of a machine, without interest.

    Parameters
    ----------
    price : what was paid at the start [USD]
    residual : share of the price that is left at the end [share]
    life : economic life [s], above 0

    >>> depreciation(1000.0, 0.1, 10.0)
    90.0
    """
    return price * (1 - residual) / life


def serving_spend(
    load: RequestPerSecond,
    capacity: RequestPerSecond,
    utilisation: Share,
    least: Number,
    replica_cost: USDPerSecond,
) -> USDPerSecond:
    """Rate of spending on replicas: as many as the load needs, but never fewer than ``least``.

    Parameters
    ----------
    load : mean requests a second [request/s]
    capacity : of one busy replica [request/s]
    utilisation : share of that capacity that is used, over the day [share]
    least : replicas that run at any load [1]
    replica_cost : of one replica, used or not [USD/s]

    >>> serving_spend(1.0, 10.0, 0.5, 2, 3.0), serving_spend(100.0, 10.0, 0.5, 2, 3.0)
    (6.0, 60.0)
    """
    return replica_cost * np.maximum(least, load / (capacity * utilisation))


def marginal_cost(
    load: RequestPerSecond, least_load: RequestPerSecond, request_cost: USDPerRequest
) -> USDPerRequest:
    """What one more request costs: nothing while the smallest fleet has room.

    Parameters
    ----------
    load : mean requests a second [request/s]
    least_load : that the smallest fleet can bear [request/s]
    request_cost : of a request to a fleet that grows with the load [USD/request]

    >>> float(marginal_cost(5.0, 20.0, 0.001)), float(marginal_cost(50.0, 20.0, 0.001))
    (0.0, 0.001)
    """
    return request_cost * np.where(load > least_load, 1, 0)


def elasticity(marginal: USDPerRequest, average: USDPerRequest) -> Number:
    """Per cent that cost rises for each per cent of load: 0 is fixed, 1 is proportional.

    Parameters
    ----------
    marginal : cost of one more request [USD/request]
    average : cost of a request, everything counted [USD/request], above 0

    >>> elasticity(0.001, 0.004)
    0.25
    """
    return marginal / average


def moving_share(used: USDPerSecond, idle: USDPerSecond) -> Share:
    """Share of a cost that would fall away if the machines stood idle.

    For a cost that is a fixed part and a part in proportion to use, this is its elasticity: per
    cent that it rises for each per cent of use, with the same machines.

    Parameters
    ----------
    used : cost at the present use [USD/s], above 0
    idle : cost of the same machines without any use [USD/s]

    >>> moving_share(10.0, 7.5)
    0.25
    """
    return 1 - idle / used


def even_load(training: USDPerSecond, request_cost: USDPerRequest) -> RequestPerSecond:
    """Load at which serving costs as much as training.

    Parameters
    ----------
    training : rate of spending on training [USD/s]
    request_cost : of serving [USD/request], above 0

    >>> even_load(10.0, 0.01)
    1000.0
    """
    return training / request_cost


def even_utilisation(
    replica_cost: USDPerSecond, capacity: RequestPerSecond, price: USDPerRequest
) -> Share:
    """Utilisation from which on a replica of one's own costs less than buying each request.

    Parameters
    ----------
    replica_cost : used or not [USD/s]
    capacity : of the busy replica [request/s]
    price : of a request elsewhere [USD/request], above 0

    Above 1 it never does.

    >>> even_utilisation(0.004, 10.0, 0.001)
    0.4
    """
    return replica_cost / (capacity * price)


def capital_share(equipment: USDPerSecond, building: USDPerSecond, total: USDPerSecond) -> Share:
    """Share of a machine's cost that repays, with interest, what was paid at the start.

    Parameters
    ----------
    equipment, building : their capital recovery [USD/s]
    total : of the machine, with energy and upkeep [USD/s], above 0

    >>> capital_share(6.0, 1.0, 10.0)
    0.7
    """
    return (equipment + building) / total


def even_electricity_price(
    electricity_price: USDPerJoule,
    capital: USDPerSecond,
    energy: USDPerSecond,
    total: USDPerSecond,
) -> USDPerJoule:
    """Price of electricity at which capital is half of a machine's cost.

    Parameters
    ----------
    electricity_price : now [USD/J]
    capital : recovery of all that was paid at the start [USD/s]
    energy : at the price of now [USD/s], above 0
    total : of the machine, with energy and upkeep [USD/s]

    Negative where capital is less than half even with free electricity.

    >>> even_electricity_price(0.25, 8.0, 1.0, 10.0)
    1.75
    """
    return electricity_price * (2 * capital + energy - total) / energy
