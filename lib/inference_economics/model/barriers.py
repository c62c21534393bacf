"""Who can pay for training: what the frontier costs, and who has so much to spend."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from .. import tables, units
from ..formulas import barriers, lifecycle
from . import setup
from .lifecycle import grown

YEAR = units.factor("year")
KINDS = ("lab", "firm", "university", "state")
DATED = 2025.52  # calendar year of the run that ``frontier_run_cost`` is the cost of
FRONTIER, OPEN = "Grok 4", "Kimi K2"  # the dearest run of the table; open, a trillion weights


def organisations() -> pd.DataFrame:
    """Who might train: ``kind``, ``budget`` for a year [USD], whether the essay means it."""
    known = tables.wide("organisations")
    budgets = known[[f"{kind}_budget" for kind in KINDS]]
    found = pd.DataFrame(
        {
            "kind": budgets.notna().idxmax(axis=1).str.removesuffix("_budget"),
            "budget": budgets.max(axis=1) * YEAR,
            "named": known["named"].fillna(0) > 0,
        }
    )
    return found.sort_values("budget", ascending=False)


def concentration() -> float:
    """Herfindahl–Hirschman index of spending on models, from below: the known shares, squared."""
    return float((tables.wide("organisations")["spending_share"].dropna() ** 2).sum())


def frontier(given, time) -> SimpleNamespace:
    """The dearest run at ``time`` after mid-2025 [USD]: the final ``run``, and its ``programme``.

    ``older`` is a function: the same for what the frontier could do ``age`` before [s].
    """

    def priced(run):
        return SimpleNamespace(
            run=run, programme=lifecycle.research_budget(run, given.share_of_final_runs)
        )

    def older(age):
        before = grown(given.frontier_run_cost, given.run_cost_growth, time - age)
        return priced(grown(before, 1 / given.capability_decline, age))

    found = older(0.0)
    found.older = older
    return found


def frontier_of(given, year) -> SimpleNamespace:
    """:func:`frontier` of a calendar ``year`` with its fraction."""
    return frontier(given, (year - DATED) * YEAR)


def stake(given, kind: str, budget):
    """What an organisation would put into one model, of its ``budget`` for a year [USD].

    A lab has nothing else to do; the others stake a share.
    """
    return budget if kind == "lab" else budget * given.purse_share


def payers(given, cost, who=None):
    """How many of ``who``, or of all organisations, could stake ``cost`` [USD] on a model."""
    who = organisations() if who is None else who
    stakes = [stake(given, row.kind, row.budget) for row in who.itertuples()]
    return sum(np.where(item >= cost, 1, 0) for item in stakes)


def wait(given, cost, budget):
    """Time until a ``budget`` [USD] trains to what ``cost`` trains to now [s]."""
    decline = lifecycle.growth_rate(given.capability_decline, YEAR)
    return barriers.wait_until_affordable(cost, budget, decline)


def accelerators(given, flops, part: str = "H100"):
    """Accelerators that finish a run of ``flops`` within the page's days."""
    peak = setup.accelerator(part).bf16
    time = lifecycle.training_accelerator_time(flops, peak, given.training_utilisation)
    return time / given.training_days


def rented(given, flops):
    """Rent of the accelerators for a run of ``flops`` [USD]."""
    return accelerators(given, flops) * given.training_days * given.rental


def run(given, name: str, cost=None) -> SimpleNamespace:
    """What a run like ``name`` demands: ``tokens``, ``accelerators``, ``cost`` [USD], ``people``.

    It is rented at the page's price unless a ``cost`` is given. ``people`` are paid for a year.
    """
    flops = tables.figure("training_runs", name, "compute")
    cost = rented(given, flops) if cost is None else cost
    return SimpleNamespace(
        tokens=barriers.balanced_tokens(flops, given.tokens_per_parameter),
        accelerators=accelerators(given, flops),
        cost=cost,
        programme=lifecycle.research_budget(cost, given.share_of_final_runs),
        people=barriers.affordable_people(cost, given.staff_share, given.researcher_pay, YEAR),
    )
