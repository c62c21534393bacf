"""Comparing ways to serve: gains, savings, lead times, and the step of a server that drafts."""

import numpy as np

from ..units import Number, Second, Share


def drafted_step(verifying: Second, drafts: Number, draft_cost: Share, plain: Second) -> Second:
    """Time of a step with speculation: the drafts are made first, one after the other.

    Parameters
    ----------
    verifying : of the pass of the model over all drafts [s]
    drafts : tokens that are drafted before each pass [1]
    draft_cost : time of a draft as a share of a step without any [share]
    plain : of a step without drafts [s]

    >>> round(drafted_step(0.012, 3, 0.05, 0.01), 9)
    0.0135
    """
    return verifying + drafts * draft_cost * plain


def gain(before: Number, after: Number) -> Number:
    """How many times cheaper, or faster, or leaner: the same quantity before over after.

    Parameters
    ----------
    before, after : of the same kind, the latter above 0 [1]

    >>> gain(3.0, 2.0)
    1.5
    """
    return before / after


def saving(ratio: Number) -> Share:
    """Share that is saved by whatever makes a thing so many times cheaper.

    Parameters
    ----------
    ratio : old cost over new [1], above 0

    >>> saving(4.0)
    0.75
    """
    return 1 - 1 / ratio


def yearly_factor(ratio: Number, years: Number) -> Number:
    """Steady yearly factor that makes ``ratio`` in so many ``years``.

    Parameters
    ----------
    ratio : last over first, or first over last [1], above 0
    years : between them [1], above 0

    >>> round(yearly_factor(1000.0, 3.0), 9)
    10.0
    """
    return ratio ** (1 / years)


def lead_time(ratio: Number, yearly: Number) -> Number:
    """Years that a steady trend takes to reach what ``ratio`` gives at once.

    Parameters
    ----------
    ratio : advantage over a rival [1], above 0
    yearly : factor by which the market moves each year [1], above 1

    An advantage of a hundred lasts for two years in a market that moves by ten a year:

    >>> round(lead_time(100.0, 10.0), 9)
    2.0
    """
    return np.log(ratio) / np.maximum(np.log(yearly), 1e-9)


def whole_group(accelerators: Number) -> Number:
    """Accelerators of the smallest group of 1, 2, 4, 8, … that has so many.

    Parameters
    ----------
    accelerators : needed [1], above 0

    >>> [float(whole_group(n)) for n in (1.0, 3.0, 4.0)]
    [1.0, 4.0, 4.0]
    """
    doublings = np.ceil(np.log(accelerators) / np.log(2) - 1e-9)
    return 2**doublings
