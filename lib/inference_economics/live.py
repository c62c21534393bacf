"""The page's dataflow: live numbers as columns and tables, and what the browser must compute.

A :class:`tracing.Live` number is one number of the page (a Vega *signal*), unless it depends on
:func:`columns`: then it has a value for each row of a chart's data.
"""

import re
from functools import reduce
from types import SimpleNamespace

import numpy as np
import pandas as pd

from .tracing import Live, constant

# Every shared intermediate that has been written out, by the name it has on the page.
SIGNALS: dict[str, str] = {}


def columns(**arrays) -> SimpleNamespace:
    """Leaves that have a value for each row: fields of a chart's data, all of one length.

    >>> (columns(batch=[1, 2, 4]).batch * 2).value
    array([2, 4, 8])
    """
    if len({len(values) for values in arrays.values()}) > 1:
        raise ValueError("columns of one chart must have the same length")
    return SimpleNamespace(
        **{name: Live(np.asarray(item), "datum." + name, (), True) for name, item in arrays.items()}
    )


def grid(**axes) -> SimpleNamespace:
    """Columns for every combination of the ``axes``: arrays, or tables whose rows go together.

    >>> cells = grid(batch=[1, 2], part=pd.DataFrame({"name": ["x", "y"], "speed": [3, 5]}))
    >>> cells.batch.value, cells.speed.value
    (array([1, 1, 2, 2]), array([3, 5, 3, 5]))
    """
    tables = [
        axis if isinstance(axis, pd.DataFrame) else pd.DataFrame({name: axis})
        for name, axis in axes.items()
    ]
    product = reduce(lambda left, right: left.merge(right, how="cross"), tables)
    return columns(**{name: product[name].to_numpy() for name in product})


def stack(items) -> Live:
    """Several numbers of the page as one column, a row each.

    >>> from .tracing import assumption
    >>> price = assumption("price", 2.0)
    >>> stack([price, price * 3]).value
    array([2., 6.])
    """
    items = [constant(item) for item in items]
    rows = columns(row=range(len(items))).row
    template = "[" + ", ".join(f"{{{i}}}" for i in range(len(items))) + f"][{{{len(items)}}}]"
    return Live(np.array([item.value for item in items]), template, (*items, rows))


def assemble(outputs: dict[str, Live]) -> tuple[dict[str, str], dict[str, str]]:
    """What the browser must compute for ``outputs``: (signals, fields of each row), in order.

    What is used more than once, and what does not vary within an expression that does, is
    computed once, under a name made from its content: the same on every chart and page.
    """
    uses: dict[str, int] = {}
    hoisted: set[str] = set()
    order: list[Live] = []

    def visit(item: Live, varies: bool):
        uses[item.key] = uses.get(item.key, 0) + 1
        if item.inputs and varies and not item.varies:
            hoisted.add(item.key)
        if uses[item.key] == 1:
            for child in item.inputs:
                visit(child, item.varies)
            order.append(item)

    for item in outputs.values():
        visit(item, item.varies)
    signals, fields, text = {}, {}, {}
    for item in order:
        text[item.key] = item.template.format(*(text[child.key] for child in item.inputs))
        if item.inputs and (uses[item.key] > 1 or item.key in hoisted):
            (fields if item.varies else signals)[item.key] = text[item.key]
            text[item.key] = f"datum.{item.key}" if item.varies else item.key
    SIGNALS.update(signals)
    for name, item in outputs.items():
        (fields if item.varies else signals)[name] = text[item.key]
    return signals, fields


def needed(text: str) -> dict[str, str]:
    """The shared signals that ``text`` mentions, with all that they need, in order."""
    found: dict[str, str] = {}

    def add(text: str):
        for name in re.findall(r"(?<!datum\.)\b_[0-9a-f]{12}\b", text):
            if name in SIGNALS and name not in found:
                add(SIGNALS[name])
                found[name] = SIGNALS[name]

    add(text)
    return found


def table(**items) -> pd.DataFrame:
    """The values of Live columns and plain arrays as a DataFrame that remembers the traces.

    The leaves that the columns are computed from come first. ``.attrs["fields"]`` holds the
    expressions, for :func:`inference_economics.charts.chart`.
    """
    live = {name: item for name, item in items.items() if isinstance(item, Live)}
    fixed = {name: item for name, item in items.items() if not isinstance(item, Live)}
    seen: set[int] = set()
    for item in live.values():
        _leaves(item, fixed, seen)
    computed = {name: item for name, item in live.items() if item.inputs}
    _, fields = assemble(computed)
    data = pd.DataFrame(fixed)
    for name, item in computed.items():
        data[name] = item.value
    data.attrs["fields"] = fields
    return data


def _leaves(item: Live, found: dict, seen: set[int]):
    if id(item) in seen:  # a large model shares most of what it computes
        return
    seen.add(id(item))
    if item.varies and not item.inputs:
        name = item.template.removeprefix("datum.")
        if name in found and not np.array_equal(found[name], item.value):
            raise ValueError(f"two different columns are called {name!r}")
        found[name] = item.value
    for child in item.inputs:
        _leaves(child, found, seen)
