"""Plausible worlds: quantiles and sensitivities against what is known of simple functions."""

import json
import resource

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from inference_economics import assumptions, claims, cli, headlines, uncertainty

RANGES = ["pue", "rental", "utilisation"]


def run(*arguments):
    return CliRunner().invoke(cli.main, ["uncertainty", "--quiet", *map(str, arguments)])


def test_blocks_are_the_same_worlds():
    whole = uncertainty.worlds(256)
    parts = list(uncertainty.blocks(256, size=64))
    for name, column in vars(whole).items():
        assert np.array_equal(np.concatenate([getattr(part, name) for part in parts]), column)


def test_draws_stay_within_what_is_plausible_and_peak_at_the_value():
    table, worlds = assumptions.known(), uncertainty.worlds(4096)
    for name in RANGES:
        row = table.loc[name]
        drawn = getattr(worlds, name) / assumptions.in_base_units({name: 1.0}).__dict__[name]
        assert row.low <= drawn.min() <= drawn.max() <= row.high
    assert (worlds.rental == uncertainty.worlds(4096).rental).all()
    fixed = uncertainty.worlds(64, {"pue": 1.3})
    assert np.all(fixed.pue == 1.3)


@given(
    numbers=st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=300),
    share=st.floats(0.001, 1),
)
@settings(max_examples=300, deadline=None)
def test_quantiles_are_right_to_a_thousandth(numbers, share):
    sketch = uncertainty.Sketch()
    for part in np.array_split(np.array(numbers), 3):
        sketch.add(part)
    exact = np.quantile(numbers, share, method="inverted_cdf")
    assert sketch.quantile(share) == pytest.approx(exact, rel=1.1e-3, abs=1.1e-12)


def test_infinite_numbers_have_their_place_and_undefined_ones_none():
    sketch = uncertainty.Sketch()
    sketch.add([1.0, np.inf, np.nan, -np.inf, 2.0])
    assert sketch.quantile(0.2) == -np.inf
    assert sketch.quantile(0.5) == pytest.approx(1, rel=1e-3)
    assert sketch.quantile(1.0) == np.inf
    assert np.isnan(uncertainty.Sketch().quantile(0.5))


@pytest.fixture
def ishigami(monkeypatch):
    """Three assumptions between −π and π, evenly."""
    rows = {"low": -np.pi, "high": np.pi, "value": 0.0, "unit": "1"}
    table = pd.DataFrame([rows] * 3, index=pd.Index(["a", "b", "c"], name="name"))
    monkeypatch.setattr(assumptions, "known", lambda: table)

    def drawn_evenly(row, uniform):
        return row.low + (row.high - row.low) * uniform

    monkeypatch.setattr(uncertainty, "_drawn", drawn_evenly)
    return lambda g: np.sin(g.a) + 7 * np.sin(g.b) ** 2 + 0.1 * g.c**4 * np.sin(g.a)


def test_sensitivity_of_a_function_with_known_indices(ishigami):
    """The variance of Ishigami's function, sin a + 7 sin² b + 0.1 c⁴ sin a, has a closed form."""
    alone_a = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2
    alone_b, together = 7**2 / 8, 8 * 0.1**2 * np.pi**8 / 225
    whole = alone_a + alone_b + together
    indices = {
        "a": (alone_a / whole, (alone_a + together) / whole),
        "b": (alone_b / whole, alone_b / whole),
        "c": (0.0, together / whole),
    }

    def compute(view):
        return ishigami(view) + 1e-3 * (np.abs(view.a) + np.abs(view.b) + np.abs(view.c))  # moves

    found = uncertainty.sensitivity(compute, 4096)
    for name, pair in indices.items():
        assert found[name] == pytest.approx(pair, abs=0.03)


def test_only_what_moves_a_number_is_looked_at():
    moving = uncertainty.movers(headlines.HEADLINES["search_profit"].of)
    assert set(moving) == {"search_revenue", "search_operating_margin", "queries_per_year"}
    fixed = uncertainty.movers(headlines.HEADLINES["search_profit"].of, {"search_revenue": 1.0})
    assert "search_revenue" not in fixed


def test_the_command_reports_every_number_and_claim():
    said = run("--draws", 100).output
    assert "128 worlds" in said
    assert all(len(line) <= 100 for line in said.splitlines())
    report = json.loads(run("--draws", 128, "--json").output)
    assert report["numbers"].keys() == headlines.HEADLINES.keys()
    assert report["claims"].keys() == claims.tests.keys()
    for each in report["numbers"].values():
        low, middle, high = (
            float(q) if q != "infinite" else np.inf for q in each["quantiles"].values()
        )
        assert low <= middle <= high
    assert run("--scenario", "nope").exit_code == 1


def test_what_a_scenario_sets_is_known():
    report = json.loads(run("--draws", 128, "--scenario", "search_engine", "--json").output)
    for each in report["numbers"].values():
        assert "requests_per_day" not in each["total_indices"]


def test_many_draws_take_no_more_memory():
    """Three blocks more than one add less than a block would, had each been kept."""
    sketch = uncertainty.Sketch()
    size = 2**15

    def draw(count: int) -> int:
        for world in uncertainty.blocks(count, size=size):
            sketch.add(headlines.HEADLINES["owned_hour"].of(world))
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    before = draw(2 * size)
    block = size * len(assumptions.known()) * 8 / 1024  # kB
    assert draw(8 * size) - before < 2 * block
