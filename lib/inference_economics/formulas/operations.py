"""How a cost answers to what is served, and what the loss of a whole site takes.

Sources: Varian, *Intermediate Microeconomics*, on elasticity and returns to scale; Barroso, Hölzle
and Ranganathan, *The Datacenter as a Computer*, on spare capacity over several sites.
"""

import numpy as np

from ..units import Number, Share, USDPerSecond


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


def arc_elasticity(cost_ratio: Number, growth: Number) -> Number:
    """Per cent that a cost rises for each per cent of size, between two sizes far apart.

    Parameters
    ----------
    cost_ratio : cost at the larger size over that at the smaller [1], above 0
    growth : how much larger, as a share of the smaller size [1], above 0

    What doubles while the size quadruples grows with the square root of the size:

    >>> round(float(arc_elasticity(2.0, 3.0)), 9)
    0.5
    """
    return np.log(cost_ratio) / np.log(1 + growth)


def site_spare(site_share: Share) -> Share:
    """Capacity to keep ready so that the other sites can do the work of one that is lost.

    Parameters
    ----------
    site_share : share of all capacity that stands at one site [share], below 1

    One of two sites is all spare; of five, each keeps a quarter more than it needs:

    >>> site_spare(0.5), site_spare(0.2)
    (1.0, 0.25)
    """
    return site_share / (1 - site_share)


def even_idle(utilisation: Share) -> Share:
    """Idle draw, as a share of the full one, at which half of the energy moves with use.

    Parameters
    ----------
    utilisation : share of the time that the machine is busy [share]

    A machine that is always busy must draw half of its power when idle:

    >>> even_idle(1.0), even_idle(0.25)
    (0.5, 0.2)
    """
    return utilisation / (1 + utilisation)
