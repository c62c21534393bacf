"""Machines that fail: how often, how many must stand by, and what a stopped run loses.

Sources: Barlow and Proschan, *Mathematical Theory of Reliability* (availability); Abramowitz and
Stegun, *Handbook of Mathematical Functions*, 26.2.23 and 26.2.49 (quantiles); Young, "A first order
approximation to the optimum checkpoint interval", Communications of the ACM, 1974.
"""

import numpy as np

from ..units import Number, Second, Share


def group_interval(interval: Second, machines: Number) -> Second:
    """Mean time between failures of a group that stops with any of its machines.

    Parameters
    ----------
    interval : between failures of one machine [s]
    machines : that must all work [1], above 0

    >>> group_interval(80.0, 16)
    5.0
    """
    return interval / machines


def availability(interval: Second, repair: Second) -> Share:
    """Share of the time that something works which fails and is repaired.

    Parameters
    ----------
    interval : between failures, repairs not counted [s]
    repair : from a failure until it works again [s]

    >>> availability(99.0, 1.0)
    0.99
    """
    return interval / (interval + repair)


def normal_quantile(tail: Share) -> Number:
    """Standard deviations above the mean that a normal variable exceeds with chance ``tail``.

    Within 0.00045 for a tail up to one half, by a rational approximation.

    Parameters
    ----------
    tail : chance to exceed it [share], above 0 and at most 0.5

    >>> round(float(normal_quantile(0.025)), 2), round(float(normal_quantile(0.001)), 2)
    (1.96, 3.09)
    """
    t = np.sqrt(-2 * np.log(tail))
    above = 2.51552 + 0.802853 * t + 0.010328 * t**2
    below = 1 + 1.43279 * t + 0.189269 * t**2 + 0.001308 * t**3
    return t - above / below


def replicas_to_own(needed: Number, availability: Share, quantile: Number) -> Number:
    """Replicas of which enough work with a given confidence; to be rounded up.

    They fail independently of one another, so that the number which works is binomial. It is taken
    as normal, with the corrections for whole numbers and for skewness (Cornish and Fisher): never
    too few and at most two too many for availabilities from 0.8 and chances from 1e-5 to 0.05.

    Parameters
    ----------
    needed : replicas that must work [1]
    availability : of one replica [share], above 0
    quantile : normal quantile of the chance that fewer work [1]

    1,000 must work and each does 99 % of the time; for a confidence of 99.9 %, 21 stand by:

    >>> round(float(replicas_to_own(1000, 0.99, 3.09)), 1)
    1020.9
    """
    spread = quantile * np.sqrt(availability * (1 - availability))
    skew = (quantile**2 - 1) * (2 * availability - 1) / 6
    least = np.maximum(needed - 0.5 + skew, 0)
    root = (spread + np.sqrt(spread**2 + 4 * availability * least)) / (2 * availability)
    return root**2


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


def checkpoint_interval(save: Second, interval: Second) -> Second:
    """Time between checkpoints at which a run loses least, to first order.

    Parameters
    ----------
    save : time that a checkpoint takes [s], far below ``interval``
    interval : between failures of the whole run [s]

    >>> round(float(checkpoint_interval(60, 3.1 * 3600)) / 60)
    19
    """
    return np.sqrt(2 * save * interval)


def lost_share(checkpoints: Second, save: Second, interval: Second, restart: Second) -> Share:
    """Share of a run's time that goes into checkpoints, lost work and restarts, to first order.

    Parameters
    ----------
    checkpoints : time between checkpoints [s], above 0
    save : time that a checkpoint takes [s]
    interval : between failures of the whole run [s], above 0
    restart : from a failure until the run goes on [s]

    A failure loses half of the time between checkpoints on average:

    >>> round(lost_share(100.0, 1.0, 1000.0, 10.0), 9)
    0.07
    """
    return save / checkpoints + (checkpoints / 2 + restart) / interval
