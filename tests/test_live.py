"""The tracer: what it keeps, what it refuses, and what it hands to the page."""

import numpy as np
import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st
from inference_economics import charts, live, page, tracing

from .vega import evaluate

NUMBERS = st.floats(-1e12, 1e12, allow_nan=False, allow_subnormal=False)


def test_a_function_without_a_counterpart_is_an_error_that_names_the_formula(monkeypatch):
    from inference_economics.formulas import lifecycle

    monkeypatch.setattr(lifecycle.np, "exp", np.arctan)
    with pytest.raises(TypeError, match=r"formula growing_spend: np\.arctan has no counterpart"):
        lifecycle.growing_spend(1.0, tracing.assumption("growth", 1.0), 1.0)


@pytest.mark.parametrize(
    "misuse",
    [
        lambda x: np.add.accumulate(x),
        lambda x: np.sum(x),
        lambda x: float(x),
        lambda x: 1 if x > 0 else 2,
        lambda x: x * np.array([1.0, 2.0]),
        lambda x: np.maximum(x, 1.0, out=np.zeros(())),
    ],
)
def test_what_would_cut_the_trace_is_refused(misuse):
    with pytest.raises(TypeError):
        misuse(tracing.assumption("x", 2.0))


@pytest.mark.parametrize("name", ["training_cost", "false_start", "true", "f", "t"])
def test_an_assumption_stays_live_whatever_it_is_called(name):
    doubled = tracing.assumption(name, 2.0) * 2
    assert doubled.expression == f"({name} * 2)"


def test_infinite_constants_are_refused():
    with pytest.raises(ValueError, match="not a number that a page can show"):
        tracing.assumption("x", 1.0) * float("inf")


@given(value=NUMBERS, text=st.text(max_size=30).map("{}.".format))
@settings(max_examples=100, deadline=None)
def test_constants_survive_the_way_to_vega(value, text):
    chosen = np.where(live.columns(x=[1.0]).x > 0, value, 0.0)
    _, fields = live.assemble({"out": chosen})
    assert evaluate(fields, [{"x": 1.0}])["out"][0] == value
    quoted = np.where(live.columns(x=[1.0]).x > 0, text, "other")
    _, fields = live.assemble({"out": quoted == text})
    assert evaluate(fields, [{"x": 1.0}])["out"][0] == 1


def test_what_is_shared_is_computed_once():
    x = tracing.assumption("x", 3.0)
    shared = np.exp(x) + 1
    signals, _ = live.assemble({"a": shared * 2, "b": shared * 3})
    assert sum("exp" in expression for expression in signals.values()) == 1


def test_what_does_not_vary_is_not_computed_for_each_row():
    rows = live.columns(batch=[1.0, 2.0])
    cost = np.exp(tracing.assumption("x", 3.0)) * rows.batch
    signals, fields = live.assemble({"cost": cost})
    assert any("exp" in expression for expression in signals.values())
    assert not any("exp" in expression for expression in fields.values())


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two different columns"):
        live.table(y=live.columns(x=[1, 2]).x + live.columns(x=[3, 4]).x)


@given(
    value=st.one_of(st.floats(1e-12, 1e15), st.integers(1, 2**20).map(lambda n: n / 64)),
    digits=st.integers(2, 6),
)
@settings(max_examples=200, deadline=None)
def test_numbers_read_the_same_in_python_and_on_the_page(value, digits):
    written = page.text(value, digits)
    spec = {
        "signals": [{"name": "x", "value": value}],
        "marks": [
            {
                "type": "text",
                "encode": {"enter": {"text": {"signal": f"format(x, ',.{digits}~r')"}}},
            }
        ],
    }
    assert f">{written}</text>" in vl_convert.vega_to_svg(spec)


def test_a_chart_that_can_not_fit_a_phone_is_refused():
    data = live.table(x=[1, 2])
    bar = charts.chart(data).mark_bar()
    with pytest.raises(TypeError, match="use layers"):
        charts.figure("a", bar | bar, title="", description="", source="", data=data)


def test_a_slider_that_moves_nothing_is_refused():
    data = live.table(x=[1, 2])
    bar = charts.chart(data).mark_bar()
    with pytest.raises(ValueError, match="does not move this chart"):
        charts.figure("a", bar, title="", description="", source="", data=data, sliders=("pue",))


def test_text_can_not_leave_its_script():
    assert "</script" not in charts.embed({"title": "</script><script>alert(1)"})
