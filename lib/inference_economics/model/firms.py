"""Firms from bytes to margin: a scenario's assumptions on a page's, and what comes of them."""

from dataclasses import dataclass
from dataclasses import replace as changed
from functools import cache
from types import SimpleNamespace

import numpy as np

from ..assumptions import bounds, in_base_units, replace
from ..formulas import cost_structure, datacenter, lifecycle, survival, unit_economics
from ..scenarios import load
from ..units import base
from . import datacenter as machines
from . import device, serving

NEVER = base(1e6, "Mrequest/day")  # a hundred requests a day from everyone on earth


@dataclass(frozen=True)
class Firm:
    """A firm: what it is called, its scenario, the model that it serves, and on whose machines.

    ``on`` is ``owned`` or ``rented`` machines, ``bought`` tokens or its users' ``devices``.
    """

    title: str
    scenario: str
    on: str
    model: str = ""
    accelerator: str = ""
    accelerators: int = 1


PAGE = Firm("This page's firm", "", "rented", "llama-3.1-70b", "H100", 8)
FIRMS = {
    "lab": Firm("Frontier lab", "frontier_lab", "rented", "deepseek-v3", "H200", 8),
    "startup": Firm("Startup", "open_weights_startup", "rented", "llama-3.1-70b", "H100", 2),
    "search": Firm("Search engine", "search_engine", "owned", "llama-3.1-70b", "H100", 2),
    "phone": Firm("Model on phones", "edge_device", "devices"),
    "reseller": Firm("Reseller", "api_reseller", "bought"),
}


@cache
def _overrides(scenario: str) -> dict[str, float]:
    return vars(in_base_units(load(scenario).overrides))


def under(given, scenario: str) -> SimpleNamespace:
    """``given`` with what a scenario sets in its place; the rest still follows the page.

    ``scenario`` is the name of a file in ``data/scenarios``; none leaves all as it is.
    """
    return replace(given, **_overrides(scenario)) if scenario else given


def fleet(given, firm: Firm, requests) -> SimpleNamespace:
    """A fleet for a mean load of so many ``requests`` a second, sized for its peak.

    ``cost`` of a request by part [USD/request]: ``capital``, ``running`` (energy and upkeep) and
    ``rent``; ``hour`` is the cost of one accelerator [USD/s], whoever owns it. At any load at least
    ``least_replicas`` run.
    """
    where = (given, firm.model, firm.accelerator, firm.accelerators)
    replica = serving.replica(*where, fit=True)
    peak = requests * given.peak_over_mean
    needed = datacenter.fleet(peak, replica.capacity, given.headroom, given.spare)
    replicas = np.maximum(needed, given.least_replicas)
    utilisation = datacenter.fleet_utilisation(requests, replica.capacity, replicas)
    each = machines.accelerator(given, utilisation)
    owned = firm.on == "owned"
    capital, running, rent = (
        unit_economics.served_query(replicas * firm.accelerators * part, requests)
        for part in (
            (each.equipment + each.building) if owned else 0.0,
            (each.energy + each.maintenance) if owned else 0.0,
            0.0 if owned else given.rental,
        )
    )
    return SimpleNamespace(
        replica=replica,
        batch=replica.batch,
        accelerators=replicas * firm.accelerators,
        utilisation=utilisation,
        hour=each.total if owned else given.rental,
        cost=SimpleNamespace(capital=capital, running=running, rent=rent),
    )


def bought(given, firm: Firm, requests) -> SimpleNamespace:
    """Tokens bought at an API, as the ``rent`` of a request."""
    price = unit_economics.priced_query(
        given.input_tokens, given.output_tokens, given.api_input_price, given.api_output_price
    )
    return SimpleNamespace(cost=SimpleNamespace(capital=0.0, running=0.0, rent=price))


def devices(given, firm: Firm, requests) -> SimpleNamespace:
    """A model on the users' phones, which are counted as if the firm paid for them."""
    token = device.token(given, given.device_parameters, given.device_speed)
    capital, running = (given.output_tokens * part for part in (token.capital, token.owned))
    return SimpleNamespace(
        utilisation=given.device_busy,
        cost=SimpleNamespace(capital=capital, running=running, rent=0.0),
    )


SERVED = {"owned": fleet, "rented": fleet, "bought": bought, "devices": devices}


def stand(given, firm: Firm, requests=None) -> SimpleNamespace:
    """Where a firm stands: its entry fee, its survival threshold, what it earns.

    ``requests`` a second are its own unless given. ``training`` and ``company`` add up to the
    ``entry`` fee [USD/s]. ``fee`` and ``serving`` of a request add up to the ``threshold``
    [USD/request]; ``parts`` are its five. ``serving_share`` is of the threshold; ``overtaking`` is
    the load at which serving costs as much as the entry fee, ``break_even`` the one from which on
    the firm earns it, at the cost of a request as it is [request/s].
    """
    here = under(given, firm.scenario)
    requests = here.requests_per_day if requests is None else requests
    served = SERVED[firm.on](here, firm, requests)
    serving_cost = served.cost.capital + served.cost.running + served.cost.rent
    training = here.own_training * cost_structure.spread_cost(
        lifecycle.research_budget(here.run_cost, here.share_of_final_runs),
        here.retraining_interval,
    )
    entry = training + here.company_cost
    threshold = survival.average_cost(entry, requests, serving_cost)
    revenue = here.request_revenue
    return SimpleNamespace(
        here=here,
        served=served,
        requests=requests,
        training=training,
        company=here.company_cost,
        entry=entry,
        fee=threshold - serving_cost,
        serving=serving_cost,
        token=serving_cost / here.output_tokens,
        threshold=threshold,
        revenue=revenue,
        margin=unit_economics.margin(revenue, threshold),
        profit=(revenue - threshold) * requests,
        parts=[
            unit_economics.served_query(training, requests),
            unit_economics.served_query(here.company_cost, requests),
            served.cost.capital,
            served.cost.running,
            served.cost.rent,
        ],
        serving_share=unit_economics.cost_share(threshold, serving_cost),
        capital_share=unit_economics.cost_share(serving_cost, served.cost.capital),
        overtaking=cost_structure.even_load(entry, serving_cost),
        break_even=survival.break_even_load(entry, revenue, serving_cost, NEVER),
    )


def stands(given) -> dict[str, SimpleNamespace]:
    """:func:`stand` of each of the five firms."""
    return {name: stand(given, firm) for name, firm in FIRMS.items()}


def changed_margin(firm: SimpleNamespace, serving=1.0, entry=1.0):
    """Margin of a firm that stands, with its costs multiplied [share]."""
    return unit_economics.margin(firm.revenue, firm.fee * entry + firm.serving * serving)


def surviving(firms: dict, serving=1.0, entry=1.0):
    """How many of the ``firms`` earn at least what they cost, with their costs multiplied [1]."""
    found = 0
    for firm in firms.values():
        found = found + np.where(changed_margin(firm, serving, entry) >= 0, 1, 0)
    return found


def mostly_serving(firms: dict):
    """At how many of the ``firms`` serving is more than half of the threshold [1]."""
    found = 0
    for firm in firms.values():
        found = found + np.where(firm.serving_share > 0.5, 1, 0)
    return found


def affordable_serving(firm: SimpleNamespace):
    """Multiple of its cost of serving at which a firm just survives; 0 or below where none does."""
    return (firm.revenue - firm.fee) / firm.serving


def affordable_entry(firm: SimpleNamespace):
    """Multiple of its entry fee at which a firm just survives; 0 or below where none does."""
    return (firm.revenue - firm.serving) / firm.fee


def with_answers(given, firm: Firm, times) -> SimpleNamespace:
    """:func:`stand` of a firm whose answers are ``times`` as long."""
    here = under(given, firm.scenario)
    other = replace(here, output_tokens=here.output_tokens * times)
    return stand(other, changed(firm, scenario=""))


def swings(given, names, firm: Firm = PAGE) -> tuple[list, list]:
    """Serving's share of a firm's threshold with each of ``names`` at its low, then at its high."""
    return tuple(
        [stand(bounds(given, name)[end], firm).serving_share for name in names] for end in (0, 1)
    )
