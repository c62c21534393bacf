"""What the essay concludes, and the two claims of its opening that the conclusion repeats."""

import numpy as np

from ..model import firms, lifecycle
from ..units import base
from .ledger import claim


@claim("C002")
def inference_takes_over(given):
    """A large lab's bill for inference passes that for all training within three years."""
    overtaking = lifecycle.programme(given, 0).overtaking
    ahead = "overstated: training stays ahead"
    return np.where(overtaking < base(3, "year"), "holds if growth lasts", ahead)


@claim("C005")
def inference_decides_alone(given):
    """At each of five firms, serving is more than half of what a request must earn."""
    mostly = firms.mostly_serving(firms.stands(given))
    some = np.where(mostly > 2, "overstated: true of most firms", "contradicted by most firms")
    return np.where(mostly > 4, "holds", some)


@claim("C080")
def training_admits_and_inference_selects(given):
    """Of five firms none lives without training; each lives if serving is free."""
    found = firms.stands(given)
    without = np.logical_or(found["startup"].margin >= 0, found["reseller"].margin >= 0)
    saved = firms.surviving(found, serving=0) > 4
    half = np.where(saved, "holds", "overstated: training also decides who survives")
    both = np.where(saved, "overstated: open weights let firms in", "overstated on both counts")
    return np.where(without, both, half)


@claim("C094")
def inference_is_decisive(given):
    """Of five firms, twice the cost of serving leaves fewer alive than twice the entry fee."""
    found = firms.stands(given)
    serving = firms.surviving(found, serving=2)
    entry = firms.surviving(found, entry=2)
    same = np.where(serving > entry, "contradicted: training is", "overstated: both alike")
    by_few = np.where(entry - serving > 1, "holds", "holds by a single firm")
    return np.where(serving < entry, by_few, same)


@claim("C095")
def all_depends_on_inference(given):
    """Each of five firms lives with free serving, and dies if serving costs ten times as much."""
    found = firms.stands(given)
    all_live = firms.surviving(found, serving=0) > 4
    all_die = firms.surviving(found, serving=10) < 1
    some = "overstated: adoption does, not all profit"
    return np.where(np.logical_and(all_live, all_die), "holds", some)


@claim("C096")
def a_fee_and_a_threshold(given):
    """Serving is more than half of what a request of the page's firm must earn."""
    share = firms.stand(given, firms.PAGE).serving_share
    return np.where(share > 0.5, "holds at this volume", "overstated: the fee weighs more here")
