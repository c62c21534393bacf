"""What keeping a serving fleet running costs: item by item, and how each answers to use."""

from functools import reduce
from types import SimpleNamespace

import numpy as np

from .. import tables, units
from ..assumptions import bounds, replace
from ..formulas import cost_structure, datacenter, pricing, unit_economics
from . import datacenter as building
from . import serving

YEAR = units.factor("year")
MODEL, PART = "llama-3.1-70b", "H100"

# The six that the essay lists, then what it leaves out; as attributes of :func:`hour`.
SIX = ("electricity", "cooling", "depreciation", "network", "maintenance", "redundancy")
ITEMS = (*SIX, "interest", "housing", "staff")
# What the owner's accountant books as running cost: the rest was bought once.
RUNNING = ("electricity", "cooling", "traffic", "maintenance", "staff")
NEVER_ZERO = 1e-9  # replicas that stand by, so that their growth has a logarithm


def replica(given) -> SimpleNamespace:
    """The page's replica, and ``rate``: output tokens a second of each busy accelerator."""
    found = serving.replica(given, MODEL, PART, given.replica_accelerators)
    found.rate = found.throughput / given.replica_accelerators
    return found


def hour(given, utilisation=None, rate=0.0) -> SimpleNamespace:
    """Cost of one accelerator that serves, busy for ``utilisation`` of the time [USD/s], by item.

    The :data:`ITEMS` and their ``total``; within them, ``fabric`` and ``traffic`` are the network,
    the latter at ``rate`` output tokens a second while busy. ``machine`` is what
    :func:`datacenter.accelerator` counts: neither spare, staff nor traffic.
    """
    used = given.utilisation if utilisation is None else utilisation
    machine, idle = building.accelerator(given, used), building.accelerator(given, 0.0)
    worn = cost_structure.depreciation(
        given.accelerator_capital, given.residual_value, given.accelerator_life
    )
    repaid = _recovery(given, given.accelerator_capital)
    staff = building.staff(given)
    found = SimpleNamespace(
        electricity=machine.energy / given.pue,
        cooling=machine.energy - machine.energy / given.pue,
        depreciation=worn,
        fabric=_recovery(given, given.network_capital),
        traffic=unit_economics.running_cost(building.traffic(given, 1.0), rate * used),
        maintenance=machine.maintenance,
        redundancy=given.spare * (idle.total + staff),
        interest=repaid - worn,
        housing=machine.building,
        staff=staff,
        machine=machine.total,
        energy=machine.energy,
    )
    found.network = found.fabric + found.traffic
    found.total = sum(getattr(found, item) for item in ITEMS)
    return found


def _recovery(given, price):
    return datacenter.capital_recovery(
        price, given.residual_value, given.cost_of_capital, given.accelerator_life, YEAR
    )


def per_token(given, cost, rate, utilisation=None):
    """What a ``cost`` of an accelerator [USD/s] adds to an output token [USD/token]."""
    used = given.utilisation if utilisation is None else utilisation
    return unit_economics.token_cost(1, cost, rate, used)


def shares(given, rate) -> SimpleNamespace:
    """Shares of an hour's cost: ``six`` of the essay's list, ``capital``, ``running``, ``moving``.

    ``running`` is what the owner's accountant calls running cost; ``moving`` falls away at once if
    nobody asks. ``energy`` is electricity with cooling.
    """
    used, idle = hour(given, None, rate), hour(given, 0.0, rate)
    capital = used.depreciation + used.interest + used.fabric + used.housing
    return SimpleNamespace(
        six=sum(getattr(used, item) for item in SIX) / used.total,
        capital=capital / used.total,
        depreciation=used.depreciation / used.total,
        running=sum(getattr(used, item) for item in RUNNING) / used.total,
        energy=used.energy / used.total,
        moving=cost_structure.moving_share(used.total, idle.total),
    )


def fleet(given) -> SimpleNamespace:
    """Replicas that serve ``requests_per_day``, and those that failures make stand by.

    ``needed`` and ``standby``, not rounded; ``doubled`` is what stands by for twice the load.
    """
    one = replica(given)
    needed = np.maximum(given.requests_per_day / (one.capacity * given.utilisation), 1)
    standby, doubled = (
        np.maximum(n * spare_share(given, n), NEVER_ZERO) for n in (needed, 2 * needed)
    )
    return SimpleNamespace(
        needed=needed,
        accelerators=needed * given.replica_accelerators,
        standby=standby,
        doubled=doubled,
        spare=standby / needed,
    )


def spare_share(given, needed):
    """What failures make stand by as a share of the replicas ``needed``; not rounded."""
    return building.standby(given, needed, given.replica_accelerators).spare


def staff_elasticity():
    """How staff grows with the size of a site, between a small and a very large one [1]."""
    small, large = (tables.wide("sites").loc[name] for name in ("Small site", "Meta Lebanon"))
    return pricing.arc_elasticity(small.staff, large.staff, np.log(large.power / small.power))


def elasticities(given, rate, fleet) -> tuple[dict, dict]:
    """Per cent that each item rises for a per cent of use: with this fleet, and as it grows.

    The second holds the load of each accelerator. Only staff, and of the spares those for single
    failures, then gain from size; for the rest the model knows no gain, so that it is 1.
    """
    used, idle = hour(given, None, rate), hour(given, 0.0, rate)
    short = {
        item: cost_structure.moving_share(getattr(used, item), getattr(idle, item))
        for item in ITEMS
    }
    short["cooling"] = short["electricity"]  # also where there is none to cool
    long = dict.fromkeys(ITEMS, 1.0)
    pooled = pricing.arc_elasticity(fleet.standby, fleet.doubled, np.log(2))
    for_failures = np.minimum(fleet.spare / given.spare, 1)
    long["redundancy"] = 1 - for_failures * (1 - pooled)
    long["staff"] = staff_elasticity()
    for found in (short, long):
        parts = [found[item] * getattr(used, item) for item in ITEMS]
        found["total"] = sum(parts) / used.total
    return short, long


def least(answers: dict):
    """The lowest of the six items' elasticities."""
    return reduce(np.minimum, [answers[item] for item in SIX])


def layers(given, rate, utilisation) -> SimpleNamespace:
    """Cost of an output token [USD/token]: ``working``, and ``busy`` and ``waiting`` hours.

    ``working`` is what answering adds to a machine that stands there anyway; the other two are
    the standing cost of the hours in which it answers, and of those in which it waits.
    """
    standing = hour(given, 0.0, rate).total
    working = hour(given, utilisation, rate).total - standing
    return SimpleNamespace(
        working=per_token(given, working, rate, utilisation),
        busy=per_token(given, standing * utilisation, rate, utilisation),
        waiting=per_token(given, standing * (1 - utilisation), rate, utilisation),
    )


def stepped(given, load, one) -> SimpleNamespace:
    """A service of ``load`` [request/s] with whole replicas of ``one`` kind, at least the fewest.

    ``replicas`` that serve, how busy each is (``used``), and the ``cost`` of a token [USD/token].
    """
    replicas = np.maximum(np.ceil(load / (one.capacity * given.utilisation)), given.least_replicas)
    used = load / (one.capacity * replicas)
    each = hour(given, used, one.rate)
    cost = per_token(given, each.total, one.rate, used)
    return SimpleNamespace(replicas=replicas, used=used, cost=cost)


def at_site(given, electricity_price, pue):
    """``given`` elsewhere: another price of electricity, other cooling, the same machines."""
    power = given.all_in_power / given.pue * pue
    return replace(given, electricity_price=electricity_price, pue=pue, all_in_power=power)


def written_off(given, life) -> SimpleNamespace:
    """An accelerator with its network over ``life`` [USD/s]: ``straight``, and ``recovery``."""
    price = given.accelerator_capital + given.network_capital
    return SimpleNamespace(
        straight=cost_structure.depreciation(price, given.residual_value, life),
        recovery=_recovery(replace(given, accelerator_life=life), price),
    )


def published(given) -> SimpleNamespace:
    """Our hour [USD/s] of each accelerator whose hour SemiAnalysis has published, and theirs.

    At the page's cost of capital, life and maintenance; price and power are each part's own.
    ``cheap`` is ours with the lowest cost of capital and of maintenance.
    """
    theirs = tables.wide("ownership_costs")
    parts = tables.wide("accelerators").loc[theirs.index]
    low = bounds(given, "cost_of_capital", "maintenance")[0]
    ours, cheap = (
        [
            building.accelerator(
                replace(each, accelerator_capital=row.price, all_in_power=row.all_in_power),
                each.utilisation,
            ).total
            for row in parts.itertuples()
        ]
        for each in (given, low)
    )
    return SimpleNamespace(
        parts=list(theirs.index),
        ours=ours,
        cheap=cheap,
        hyperscaler=theirs.hyperscaler.to_list(),
        neocloud=theirs.neocloud.to_list(),
    )


def inference_share(spending):
    """Inference as a share of what a :func:`lifecycle.programme` spends at one time."""
    return spending.inference / (spending.inference + spending.research)


def swings(given, names) -> tuple[list, list]:
    """Cost of an output token with each of ``names`` at its low, then at its high end."""

    def cost(changed):
        rate = replica(changed).rate
        return per_token(changed, hour(changed, None, rate).total, rate)

    return tuple([cost(bounds(given, name)[end]) for name in names] for end in (0, 1))
