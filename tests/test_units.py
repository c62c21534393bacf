"""Conversions: the closed list, and the quantities everybody knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inference_economics import schemas, tables, units


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("kWh", 3.6e6),
        ("USD/kWh", 1 / 3.6e6),
        ("USD/h", 1 / 3600),
        ("TB/s", 1e12),
        ("TFLOP/s", 1e12),
        ("USD/Mtoken", 1e-6),
        ("us", 1e-6),
        ("year", 365.25 * 24 * 3600),
        ("month", 365.25 / 12 * 24 * 3600),
        ("%", 0.01),
        ("value/token", 1.0),
        ("1", 1.0),
    ],
)
def test_factors(unit, factor):
    assert units.factor(unit) == pytest.approx(factor, rel=1e-14)


@pytest.mark.parametrize("unit", ["", "furlong", "USD/kW*", "__import__('os')", "1e400", "kg", " "])
def test_other_units_are_refused(unit):
    with pytest.raises(ValueError, match="unknown unit"):
        units.factor(unit)


@given(st.floats(1e-9, 1e9), st.sampled_from(["kWh", "USD/h", "TB/s", "month"]))
def test_there_and_back(value, unit):
    assert units.to(units.base(value, unit), unit) == pytest.approx(value, rel=1e-14)


def test_every_unit_in_the_data_is_known():
    for name in set(schemas.SCHEMAS) - {"claims", "lessons"}:  # which have no figures
        assert all(units.factor(unit) > 0 for unit in tables.table(name)["unit"].unique())
