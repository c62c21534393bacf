"""What the essay says of training and inference (its opening and section 1)."""

import numpy as np

from .. import tables
from ..assumptions import bounds
from ..model import lifecycle, value
from ..units import base
from .ledger import claim


def _serving_elasticity(given, volume):
    return lifecycle.structure(given, value.chat(given), volume).serving_elasticity


@claim("C001")
def spending_grows(given):
    """A frontier run costs more than a tenth more than that of the year before."""
    return np.where(given.run_cost_growth > 1.1, "holds", "contradicted")


@claim("C003")
def two_structures(given):
    """Doubling the requests adds more than half to serving, and nothing to a run already made."""
    found = _serving_elasticity(given, given.requests_per_day)
    return np.where(found > 0.5, "holds", "overstated at this volume")


@claim("C004", "C010")
def training_is_finite(given):
    """Final runs are most of the compute for research and training."""
    return np.where(given.share_of_final_runs < 0.5, "overstated", "holds")


@claim("C007")
def training_takes_data(given):
    """The median run since 2024 saw more than a trillion tokens."""
    runs = tables.wide("training_runs")
    return np.where(runs[runs.date >= 2024].tokens.median() > 1e12, "holds", "overstated")


@claim("C008")
def training_takes_long(given):
    """The median run took more than a month."""
    days = tables.wide("training_runs").duration.median()
    return np.where(days > base(30, "day"), "holds", "overstated")


@claim("C011")
def trained_every_several_months(given):
    """From three to twelve months pass between final runs."""
    months = given.retraining_interval / base(1, "month")
    rarer = np.where(months > 12, "contradicted: it is rarer", "holds")
    return np.where(months < 3, "contradicted: it is more often", rarer)


@claim("C013")
def training_ignores_usage(given):
    """A small model, made to be served, saw no more than twice a large one's tokens per weight."""
    runs = tables.wide("training_runs")
    per_weight = runs.tokens / runs.parameters
    ratio = per_weight["Llama 3.1 8B"] / per_weight["Llama 3.1 405B"]
    return np.where(ratio > 2, "overstated", "holds")


@claim("C019")
def inference_is_fast(given):
    """A whole answer stands within a second.

    If only each token stands within a tenth of one, the claim is overstated.
    """
    chat = value.chat(given)
    token = np.where(chat.next_token < 0.1, "overstated: tokens, not answers", "contradicted")
    return np.where(chat.whole < 1, "holds", token)


@claim("C020")
def inputs_are_diverse(given):
    """One context in a hundred is more than twice as long as the median."""
    lengths = tables.wide("request_lengths").rename(index=float)["code_input"]
    return np.where(lengths[0.99] / lengths[0.5] > 2, "holds", "overstated")


@claim("C021")
def cost_is_linear(given):
    """Serving grows in proportion at the smallest and at the largest plausible volume."""
    small, large = (
        _serving_elasticity(given, end.requests_per_day)
        for end in bounds(given, "requests_per_day")
    )
    linear = 1 - 1e-9  # exactly 1 but for rounding, which differs in a browser
    above = np.where(large < linear, "overstated", "holds above the smallest fleet")
    return np.where(small >= linear, "holds", above)


@claim("C022")
def inference_is_operating_cost(given):
    """Most of an owner's cost of an accelerator is not capital."""
    share = lifecycle.ownership(given, value.chat(given)).capital_share
    return np.where(share > 0.5, "overstated: true for a tenant, not for an owner", "holds")
