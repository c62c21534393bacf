"""The assumption table, and what a value of each may be; everything wrong, said in a line.

Values here are in the units of ``data/assumptions.csv``. :func:`in_base_units` hands them to the
formulas.
"""

import math
import reprlib
from functools import cache
from types import SimpleNamespace

import pandas as pd

from . import tables, units
from .tables import InputError, nearest

FAR = 1000  # times the plausible range
# What nothing can be below or above, by its meaning.
LEAST = dict.fromkeys(
    ("pue", "peak_over_mean", "world_peak", "reasoning_multiple", "task_calls"), 1.0
)
MOST = {"driving": 24.0}


@cache
def known() -> pd.DataFrame:
    """The assumption table, indexed by name, with the ``least`` and the ``most`` that are computed.

    A thousand times what is plausible: beyond it nothing comes out that would mean anything. What
    is ``whole`` is counted: a slider moves it from one whole number to the next.
    """
    table = tables.table("assumptions").set_index("name")
    most = FAR * table[["low", "high"]].abs().max(axis=1)
    least = (table["low"] / FAR).where(table["low"] >= 0, -most)
    least = least.combine(pd.Series(LEAST).reindex(least.index, fill_value=-math.inf), max)
    most = most.combine(pd.Series(MOST).reindex(most.index, fill_value=math.inf), min)
    counts = table["unit"].str.match(r"(1|request|token)\b")
    whole = counts & (table[["value", "low", "high"]] % 1 == 0).all(axis=1)
    return table.assign(least=least, most=most, whole=whole)


def check(name: str, value, where: str) -> float:
    """``value`` as a valid value of assumption ``name``; ``where`` it came from opens the error.

    Quantities that can't be negative are those whose plausible range isn't; a share stays within
    0 and 1. Values outside the plausible range are allowed, up to a point: that is what a scenario
    is for.
    """
    table = known()
    if name not in table.index:
        raise InputError(f"{where}: unknown assumption {name!r}{nearest(name, table.index)}")
    row = table.loc[name]
    expected = f"a number in {row.unit}" if row.unit != "1" else "a number"
    plausible = f"{row.low:g} to {row.high:g} is plausible"
    if isinstance(value, bool) or not isinstance(value, int | float):
        shown = reprlib.repr(value)
        raise InputError(f"{where}: {name} is {shown}; it must be {expected} ({plausible})")
    if (isinstance(value, int) and abs(value) > 2**1023) or not math.isfinite(value):
        raise InputError(f"{where}: {name} is {value}; it must be finite ({plausible})")
    if (row.low >= 0 and value < 0) or (row.low > 0 and value == 0):
        raise InputError(
            f"{where}: {name} is {value:g}; it must be {'above' if row.low > 0 else 'at least'} 0"
            f" ({plausible})"
        )
    if row.unit == "share" and value > 1:
        raise InputError(f"{where}: {name} is {value:g}; a share is at most 1 ({plausible})")
    if not row.least <= value <= row.most:
        raise InputError(
            f"{where}: {name} is {value:g}; it must be {row.least:g} to {row.most:g} ({plausible})"
        )
    return float(value)


def in_a_sentence(name: str, value):
    """An assumption's number and unit after "costs": ``value`` in base units; a share in per cent.

    >>> in_a_sentence("utilisation", 0.6), in_a_sentence("accelerator_life", 4 * 31557600.0)
    ((60.0, '%'), (4.0, 'years'))
    """
    unit = known().loc[name, "unit"]
    shown = {"share": "%"}.get(unit, unit)
    return units.to(value, shown), {"B/value": "B"}.get(unit) or units.spoken(shown)


def replace(given, **values) -> SimpleNamespace:
    """``given`` with some assumptions replaced by ``values`` in base units."""
    return SimpleNamespace(**{**vars(given), **values})


def bounds(given, *names: str) -> tuple[SimpleNamespace, SimpleNamespace]:
    """``given`` with all ``names`` at the low, and at the high end of their plausible ranges."""
    rows = known().loc[list(names)]
    low, high = (
        {name: float(units.base(row[end], row["unit"])) for name, row in rows.iterrows()}
        for end in ("low", "high")
    )
    return replace(given, **low), replace(given, **high)


def in_base_units(values: dict, wrap=lambda name, value: value) -> SimpleNamespace:
    """Assumption values as attributes in base units, each passed through ``wrap`` before.

    Values may be numbers or arrays: what is computed from the result follows.
    """
    unit = known()["unit"]
    return SimpleNamespace(
        **{name: units.base(wrap(name, value), unit[name]) for name, value in values.items()}
    )
