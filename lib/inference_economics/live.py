"""A formula read as a Vega expression; the page's dataflow.

A :class:`Live` number knows its value and how it was computed. Formulas are plain NumPy, so
passing Live numbers through them computes the value and, in the same pass, the expression with
which the reader's browser computes it again. There is no second copy of the maths.

A Live number is one number of the page (a Vega *signal*), unless it depends on :func:`columns`:
then it has a value for each row of a chart's data.
"""

import json
import re
import sys
from functools import reduce
from hashlib import blake2b
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

FORMULAS = str(Path(__file__).parent / "formulas")

# NumPy's name → Vega's. Whatever is not here can't reach the browser, and says so.
VEGA = {
    "add": "({0} + {1})",
    "subtract": "({0} - {1})",
    "multiply": "({0} * {1})",
    "divide": "({0} / {1})",
    "power": "pow({0}, {1})",
    "negative": "(-{0})",
    "absolute": "abs({0})",
    "maximum": "max({0}, {1})",
    "minimum": "min({0}, {1})",
    "exp": "exp({0})",
    "log": "log({0})",
    "sqrt": "sqrt({0})",
    "cbrt": "pow({0}, 1 / 3)",
    "ceil": "ceil({0})",
    "floor": "floor({0})",
    "less": "({0} < {1})",
    "less_equal": "({0} <= {1})",
    "greater": "({0} > {1})",
    "greater_equal": "({0} >= {1})",
    "equal": "({0} == {1})",
    "not_equal": "({0} != {1})",
    "logical_and": "({0} && {1})",
    "logical_or": "({0} || {1})",
    "logical_not": "(!{0})",
    "where": "({0} ? {1} : {2})",
    "clip": "min(max({0}, {1}), {2})",
}
FUNCTIONS = {np.where, np.clip}
NEAR = 5  # calls between an operation and the formula that it is written in


# Every shared intermediate that has been written out, by the name it has on the page.
SIGNALS: dict[str, str] = {}


class Live(np.lib.mixins.NDArrayOperatorsMixin):
    """A value together with the expression that computes it.

    >>> price = assumption("price", 0.08)
    >>> cost = np.maximum(price * 3, 0.1)
    >>> cost.value, cost.expression
    (0.24, 'max((price * 3), 0.1)')
    """

    __slots__ = ("fixed", "formula", "inputs", "key", "template", "value", "varies")

    def __init__(
        self, value, template: str, inputs: tuple = (), varies: bool = False, fixed: bool = False
    ):
        self.value = value  # what Python computed: a scalar, or an array over the rows
        self.template = template  # how Vega computes it from the inputs
        self.inputs = inputs
        self.varies = varies or any(item.varies for item in inputs)  # from row to row
        self.fixed = fixed  # a constant, that no reader can change
        self.formula = ""  # that it is computed in
        text = "\n".join([template, *(item.key for item in inputs)])
        self.key = "_" + blake2b(text.encode(), digest_size=6).hexdigest()

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if method != "__call__" or options:
            raise TypeError(f"{_where()}: np.{ufunc.__name__}.{method} can't be traced")
        return _apply(ufunc, inputs)

    def __array_function__(self, function, types, inputs, options):
        if function not in FUNCTIONS or options:
            raise TypeError(f"{_where()}: np.{function.__name__} can't be traced")
        return _apply(function, inputs)

    def __bool__(self):
        raise TypeError(f"{_where()}: a traced number has no truth value; use np.where")

    def __float__(self):
        raise TypeError(f"{_where()}: float() would cut the trace; use .value on purpose")

    @property
    def expression(self) -> str:
        """The whole expression, written out."""
        return self.template.format(*(item.expression for item in self.inputs))

    def __repr__(self):
        return f"Live({self.value!r})"


def _apply(function, inputs):
    name = function.__name__
    if name not in VEGA:
        raise TypeError(f"{_where()}: np.{name} has no counterpart in Vega")
    inputs = tuple(constant(item) for item in inputs)
    value = np.asarray(function(*(item.value for item in inputs)))[()]
    if all(item.fixed for item in inputs):
        return constant(value)
    if function is np.where and inputs[0].fixed:  # nobody can change which of the two it is
        return inputs[1] if inputs[0].value else inputs[2]
    found = Live(value, VEGA[name], inputs)
    found.formula = _formula(NEAR)
    return found


def _formula(depth: int = 1000) -> str:
    """The innermost formula that is being computed, if it is within ``depth`` calls."""
    frame = sys._getframe(2)
    for _ in range(depth):
        if frame is None or FORMULAS in frame.f_code.co_filename:
            break
        frame = frame.f_back
    return frame.f_code.co_name if frame and FORMULAS in frame.f_code.co_filename else ""


def _where() -> str:
    """The formula (or else the caller) in which a trace went wrong."""
    found = _formula()
    return f"formula {found}" if found else "outside the formulas"


def origin(item: Live) -> tuple[list[str], list[str]]:
    """The formulas that ``item`` went through, the last one first, and the assumptions it rests on.

    >>> from .formulas.roofline import ridge_point
    >>> ratio = ridge_point(assumption("peak", 989e12), assumption("bandwidth", 3.35e12))
    >>> origin(ratio)
    (['ridge_point'], ['peak', 'bandwidth'])
    """
    formulas, leaves = {}, {}
    waiting, seen = [item], set()
    for now in waiting:
        if now.key in seen:
            continue
        seen.add(now.key)
        if now.formula:
            formulas[now.formula] = None
        if not now.inputs and not now.fixed and not now.varies:
            leaves[now.template] = None
        waiting.extend(now.inputs)
    return list(formulas), list(leaves)


def constant(item) -> Live:
    """A plain number or text as a Live one; a Live one as it is."""
    if isinstance(item, Live):
        return item
    if isinstance(item, np.generic | np.ndarray) and item.ndim == 0:
        item = item.item()
    if not isinstance(item, bool | int | float | str):
        raise TypeError(f"{_where()}: a {type(item).__name__} must be named with live.columns")
    if isinstance(item, float) and not np.isfinite(item):
        raise ValueError(f"{_where()}: {item} is not a number that a page can show")
    return Live(item, json.dumps(item).replace("{", "{{").replace("}", "}}"), fixed=True)


def assumption(name: str, value: float) -> Live:
    """A leaf that the reader can change: the signal ``name``."""
    return Live(value, name)


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


def root(item: Live) -> Live:
    """The assumption that a converted assumption came from."""
    return root(item.inputs[0]) if item.inputs else item
