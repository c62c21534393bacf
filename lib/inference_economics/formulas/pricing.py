"""What users pay, what they use, and how a cost follows their number.

Usage of a flat rate differs by orders of magnitude between its users. It is taken to follow a
Weibull distribution of shape one half, whose only parameter is its mean. Of AI-written lines of
code at Cursor the heaviest tenth of users wrote at least 10 times, and the heaviest hundredth 46
times, the median, with a Gini coefficient of 0.77 (Spring 2026, via xeve.io): here 11, 44, 0.75.

Sources: Varian, *Intermediate Microeconomics*, on elasticity and on two-part tariffs; Weibull,
"A statistical distribution function of wide applicability", 1951.
"""

import numpy as np

from ..units import (
    USD,
    JoulePerRequest,
    Number,
    PerSecond,
    RequestPerSecond,
    Second,
    Share,
    USDPerRequest,
    USDPerSecond,
    Watt,
)


def mean_revenue(paying: Share, price: USDPerSecond, advertising: USDPerSecond) -> USDPerSecond:
    """What a user brings in on average, where some pay a flat rate and the others see advertising.

    Parameters
    ----------
    paying : share of the users that pay [share]
    price : of the flat rate [USD/s]
    advertising : shown to a user who does not pay [USD/s]

    >>> mean_revenue(0.05, 20.0, 0.2)
    1.19
    """
    return paying * price + (1 - paying) * advertising


def mean_usage(
    paying: Share, subscriber: RequestPerSecond, free: RequestPerSecond
) -> RequestPerSecond:
    """Requests of a user on average, where those who pay ask more.

    Parameters
    ----------
    paying : share of the users that pay [share]
    subscriber, free : requests of one who pays, and of one who does not [request/s]

    >>> round(mean_usage(0.05, 15.0, 3.0), 9)
    3.6
    """
    return paying * subscriber + (1 - paying) * free


def even_usage(price: USDPerSecond, cost: USDPerRequest) -> RequestPerSecond:
    """Requests from which on a flat rate no longer covers what they cost.

    Parameters
    ----------
    price : of the flat rate [USD/s]
    cost : of a request [USD/request], above 0

    >>> even_usage(20.0, 0.01)
    2000.0
    """
    return price / cost


def usage_at_rank(mean: RequestPerSecond, heavier: Share) -> RequestPerSecond:
    """Requests of the user whom a given share of all users exceeds.

    Parameters
    ----------
    mean : requests of a user on average [request/s]
    heavier : share of the users that ask more [share], above 0

    The heaviest tenth ask at least 11 times as much as the median:

    >>> round(float(usage_at_rank(1.0, 0.1) / usage_at_rank(1.0, 0.5)), 1)
    11.0
    """
    return mean / 2 * np.log(heavier) ** 2


def heavier_users(usage: RequestPerSecond, mean: RequestPerSecond) -> Share:
    """Share of the users that ask more than ``usage``; it inverts :func:`usage_at_rank`.

    Parameters
    ----------
    usage : [request/s]
    mean : requests of a user on average [request/s], above 0

    >>> round(float(heavier_users(usage_at_rank(3.0, 0.07), 3.0)), 9)
    0.07
    """
    return np.exp(-np.sqrt(2 * usage / mean))


def usage_of_heaviest(users: Share) -> Share:
    """Share of all requests that the heaviest users ask.

    Parameters
    ----------
    users : the heaviest ones, as a share of all [share], above 0

    The heaviest tenth ask six of ten requests:

    >>> round(float(usage_of_heaviest(0.1)), 2), float(usage_of_heaviest(1.0))
    (0.6, 1.0)
    """
    return users * (1 - np.log(users) + np.log(users) ** 2 / 2)


def growth_time(factor: Number, growth: PerSecond) -> Second:
    """Time in which something that grows steadily is multiplied by ``factor``.

    Parameters
    ----------
    factor : [1], above 0
    growth : continuous growth rate [1/s], not 0

    >>> round(float(growth_time(8.0, np.log(2))), 9)
    3.0
    """
    return np.log(factor) / growth


def compounding_spend(first: USDPerSecond, last: USDPerSecond, progress: Share) -> USDPerSecond:
    """A rate of spending that is multiplied by the same factor at each equal step of the way.

    Parameters
    ----------
    first, last : at the start and at the end of the way [USD/s], above 0
    progress : share of the way that is done [share]

    Halfway from 1 to 100 it is 10, where a proportional one is 50.5:

    >>> compounding_spend(1.0, 100.0, 0.5)
    10.0
    """
    return first * (last / first) ** progress


def arc_elasticity(first: USDPerSecond, last: USDPerSecond, growth: Number) -> Number:
    """Elasticity of a spending over a long way: 1 if it grows by as much as the users do.

    Parameters
    ----------
    first, last : spending at both ends [USD/s], above 0
    growth : natural logarithm of the users at the end over those at the start [1], not 0

    >>> round(float(arc_elasticity(1.0, 100.0, np.log(10_000))), 9)
    0.5
    """
    return np.log(last / first) / growth


def power_per_request(power: Watt, rate: RequestPerSecond) -> JoulePerRequest:
    """Energy of a request to a machine that draws a steady power.

    Parameters
    ----------
    power : [W]
    rate : requests a second [request/s], above 0

    72 W over 2,300 frames a second:

    >>> round(power_per_request(72.0, 2300.0) * 1000, 1)
    31.3
    """
    return power / rate


def wear_per_request(
    price: USD, life: Second, busy: Share, rate: RequestPerSecond
) -> USDPerRequest:
    """What a request takes of a machine that is bought for it, without interest.

    Parameters
    ----------
    price : of the machine [USD]
    life : until it is scrapped [s]
    busy : share of its life in which it works [share], above 0
    rate : requests a second while it works [request/s], above 0

    >>> wear_per_request(1000.0, 1e8, 0.05, 2000.0) * 1e9
    100.0
    """
    return price / (life * busy * rate)
