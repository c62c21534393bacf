"""A formula read as a Vega expression.

A :class:`Live` number knows its value and how it was computed. Formulas are plain NumPy, so
passing Live numbers through them computes the value and, in the same pass, the expression with
which the reader's browser computes it again. There is no second copy of the maths.
"""

import json
import sys
from hashlib import blake2b
from pathlib import Path

import numpy as np

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


def root(item: Live) -> Live:
    """The assumption that a converted assumption came from."""
    return root(item.inputs[0]) if item.inputs else item
