"""What the essay says of operating costs (its section 3.4)."""

import numpy as np

from ..model import lifecycle, operations
from .ledger import claim

HALF = 0.5


@claim("C062")
def electricity_follows_use(given):
    """With the fleet as it is, a per cent of use moves electricity by more than half a per cent."""
    moving = _answers(given)[0]["electricity"]
    return np.where(moving > HALF, "holds, above an idle floor", "overstated: mostly idle power")


@claim("C063")
def cooling_follows_use(given):
    """As electricity; and cooling takes at least a fiftieth of an accelerator's hour."""
    used = operations.hour(given)
    sized = np.where(used.cooling / used.total < 0.02, "holds, but is small", "holds")
    return np.where(_answers(given)[0]["cooling"] > HALF, sized, "overstated: mostly idle power")


@claim("C064")
def depreciation_is_an_operating_cost(given):
    """A per cent of use moves depreciation by more than half a per cent: at once, or over years."""
    at_once, in_time = (found["depreciation"] for found in _answers(given))
    years = np.where(in_time > HALF, "holds over years only", "overstated")
    return np.where(at_once > HALF, "holds", years)


@claim("C065")
def network_is_bandwidth(given):
    """Of the network's cost, traffic to users is more than the cluster's own fabric."""
    used = operations.hour(given, None, operations.replica(given).rate)
    return np.where(used.traffic > used.fabric, "holds", "overstated: mostly the cluster's own")


@claim("C067")
def redundancy_grows_in_proportion(given):
    """Over years the reserve grows by nine tenths of a per cent or more for a per cent of use."""
    grows = _answers(given)[1]["redundancy"]
    return np.where(grows < 0.9, "holds in part: grows more slowly", "holds over years only")


@claim("C068")
def all_six_grow_in_proportion(given):
    """Each of the six rises by nine tenths of a per cent or more for each per cent of use.

    Within the life of a fleet, or at least as the fleet grows with its use.
    """
    at_once, in_time = (operations.least(found) for found in _answers(given))
    years = np.where(in_time > 0.9, "holds over years only", "overstated: not all, and over years")
    return np.where(at_once > 0.9, "holds", years)


@claim("C069")
def inference_is_the_long_term_driver(given):
    """A lab's spending on inference passes that on research and training within ten years."""
    found = lifecycle.programme(given, 0.0)
    later = np.where(found.in_time, "holds if growth lasts", "overstated")
    return np.where(found.leads, "holds already", later)


def _answers(given):
    rate = operations.replica(given).rate
    return operations.elasticities(given, rate, operations.fleet(given))
