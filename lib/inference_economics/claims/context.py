"""What the essay says of long contexts and of what a request asks (its sections 3 and 3.1)."""

import numpy as np

from .. import tables
from ..model import context
from .ledger import claim

VASTLY = 100  # times


@claim("C043")
def requests_differ(given):
    """Of chat requests, the long ones of the trace cost ten times the short ones, or more."""
    return np.where(context.diversity(given) > 10, "holds", "overstated")


@claim("C044")
def answers_in_milliseconds(given):
    """A mean answer is complete within the second in which thought is not interrupted."""
    limit = tables.figure("published", "Thought is not interrupted", "time")
    whole = context.question(given).seconds
    return np.where(whole < limit, "holds", "overstated")


@claim("C045")
def a_task_is_no_hello(given):
    """A task of several steps over long documents costs a hundred times a Hello, or more."""
    return np.where(context.over_hello(given) > VASTLY, "holds", "overstated")


@claim("C047")
def cost_grows_with_length(given):
    """A document twice as long makes its request cost from twice to four times as much."""
    exponent = context.doubling(given, given.task_input_tokens).exponent
    steep = np.where(exponent < 1.75, "holds: between the two here", "holds: quadratic here")
    near = np.where(exponent < 1.25, "holds: linear here", steep)
    return np.where(exponent < 0.9, "overstated", near)
