"""One formula, five readings: number, column, unit check, browser and equation are equal.

Every public formula is tested by its annotations alone, on random inputs.
"""

import importlib
import inspect
import pkgutil
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inference_economics import equations, formulas, live, tracing, units
from latex2mathml.converter import convert

from .latex import Reader
from .vega import evaluate

MODULES = [
    importlib.import_module(f"inference_economics.formulas.{info.name}")
    for info in pkgutil.iter_modules(formulas.__path__)
]
FORMULAS = [item for module in MODULES for item in formulas.public(module)]
ids = [f"{item.__module__.rpartition('.')[2]}.{item.__name__}" for item in FORMULAS]
every_formula = pytest.mark.parametrize("formula", FORMULAS, ids=ids)


def argument(annotation) -> st.SearchStrategy[float]:
    if annotation is units.Share:
        return st.floats(0.01, 0.99)
    return st.floats(-2, 2).map(lambda exponent: 10.0**exponent)


def arguments(formula) -> st.SearchStrategy[dict[str, float]]:
    parameters = inspect.signature(formula).parameters
    return st.fixed_dictionaries({n: argument(p.annotation) for n, p in parameters.items()})


def rows_of(formula):
    return st.lists(arguments(formula), min_size=5, max_size=20)


def as_columns(rows: list[dict]) -> dict[str, np.ndarray]:
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


@every_formula
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_column_equals_numbers(formula, data):
    rows = data.draw(rows_of(formula))
    with np.errstate(all="ignore"):
        column = formula(**as_columns(rows))
        one_by_one = [formula(**row) for row in rows]
    np.testing.assert_allclose(column, one_by_one, rtol=1e-9)


@every_formula
@given(data=st.data())
@settings(max_examples=5, deadline=None)
def test_result_has_the_unit_that_the_annotation_promises(formula, data):
    signature = inspect.signature(formula)
    row = data.draw(arguments(formula))
    with np.errstate(all="ignore"):
        result = formula(
            **{
                name: units.registry().Quantity(row[name], units.dimension(parameter.annotation))
                for name, parameter in signature.parameters.items()
            }
        )
        plain = formula(**row)
    result = units.registry().Quantity(result)
    promised = units.dimension(signature.return_annotation)
    assert result.is_compatible_with(promised), f"{result.units} is not {promised}"
    np.testing.assert_allclose(result.to(promised).magnitude, plain, rtol=1e-9)


@every_formula
@given(data=st.data())
@settings(max_examples=5, deadline=None)
def test_vega_computes_what_numpy_computes(formula, data):
    rows = data.draw(rows_of(formula))
    cells = live.columns(**as_columns(rows))
    with np.errstate(all="ignore"):
        result = formula(**vars(cells))
    _, fields = live.assemble({"result": result})
    found = evaluate(fields, rows)["result"]
    np.testing.assert_allclose(found, result.value, rtol=1e-9)


@every_formula
@given(data=st.data())
@settings(max_examples=2, deadline=None)
def test_vega_computes_scalars_and_constants_alike(formula, data):
    """Some arguments constants, some signals of the page: as they occur in a chart."""
    row = data.draw(arguments(formula))
    cut = data.draw(st.integers(0, len(row)))
    names = sorted(row)
    mixed = {n: tracing.assumption(n, row[n]) if n in names[:cut] else row[n] for n in names}
    with np.errstate(all="ignore"):
        result = tracing.constant(formula(**mixed))
        plain = formula(**row)
    signals, _ = live.assemble({"result": result})
    found = evaluate({"out": "result"}, [{}], row | signals)["out"]
    np.testing.assert_allclose(found, [plain], rtol=1e-9)


@every_formula
@given(data=st.data())
@settings(max_examples=5, deadline=None)
def test_equation_computes_what_the_code_computes(formula, data):
    """The typeset equation, read back symbol by symbol, has the value of the formula."""
    row = data.draw(arguments(formula))
    with np.errstate(all="ignore"):
        plain = formula(**row)
        found = Reader(equations.latex(formula), row).value()
    np.testing.assert_allclose(found, plain, rtol=1e-6)


@every_formula
def test_equation_becomes_maths_that_a_browser_shows(formula):
    """What the converter does not know it would print as text."""
    mathml = convert(equations.latex(formula))
    assert not re.search(r"&amp;|\\\\|<mi>(begin|end|text|left|right)", mathml), mathml


@every_formula
def test_docstring_gives_every_parameter_with_its_unit(formula):
    said = inspect.getdoc(formula)
    assert list(equations.meanings(formula)) == list(inspect.signature(formula).parameters)
    assert said.partition("Parameters\n-")[2].count("[") >= 1
    assert ">>>" in said, "an example that runs"


def test_names_are_unique():
    """A name in an equation means one formula."""
    names = [formula.__name__ for formula in FORMULAS]
    assert sorted(set(names)) == sorted(names)
