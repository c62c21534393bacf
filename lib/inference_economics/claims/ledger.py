"""Every claim of the essay, and what decides it.

``data/claims.csv`` restates the claims. The verdict on a computed one comes from a function that
:func:`claim` marks with its id: it takes ``given`` like any function of :mod:`model` and returns a
verdict made with ``np.where``, so that it follows the assumptions on a page, and is computed for
thousands of worlds in one call. The verdict on any other stands in the table, with its reasons.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from .. import tables
from ..tables import InputError, nearest

VERDICTS = ("holds", "overstated", "contradicted", "can't be known")  # how a verdict may begin

tests: dict[str, Callable] = {}


def claim(*ids: str):
    """Marks the function that decides the claims ``ids``; its docstring says what is tested."""

    def mark(function):
        for name in ids:
            if name in tests:
                raise ValueError(f"claim {name} is decided twice")
            tests[name] = function
        return function

    return mark


def table() -> pd.DataFrame:
    """The ledger, indexed by id."""
    return tables.table("claims").set_index("id")


def verdict(given, name: str):
    """The verdict on one claim: a text, live or an array as ``given`` is."""
    known = table()
    if name not in known.index:
        raise InputError(f"no claim {name!r}{nearest(name, known.index)}")
    return tests[name](given) if name in tests else known.loc[name, "verdict"]


def verdicts(given, *ids: str) -> dict:
    """Verdicts on the claims ``ids`` for :func:`page.state`, as ``c001`` and so on."""
    return {name.lower(): verdict(given, name) for name in ids}


def share(name: str, worlds) -> float:
    """Share of ``worlds`` (assumptions as arrays) in which a computed claim holds."""
    found = np.asarray(tests[name](worlds))
    return float(np.char.startswith(found.astype(str), "holds").mean())
