"""The model against measurements: the goals, and that the stored figures are what a fit gives."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from inference_economics import (
    assumptions,
    calibration,
    cli,
    measurements,
    tables,
    units,
    validation,
)
from inference_economics.model import serving, setup


@pytest.fixture(scope="module")
def groups():
    return validation.summary(validation.errors(), "group")


@pytest.mark.parametrize("group", validation.GOALS)
def test_goals(groups, group):
    """At most 12 % of the time per output token, 20 % of throughput and of energy."""
    assert groups.loc[group, "error"] <= validation.GOALS[group]


def test_the_blind_set_and_the_worst_pair(groups):
    """Models that no constant was fitted to; no pair of the others is further off than asked."""
    assert groups.loc["time per output token, blind", "error"] <= 0.14
    assert groups.loc["time per output token", "worst"] <= validation.WORST_PAIR
    assert abs(groups.loc["time per output token", "bias"]) <= 0.02


@pytest.mark.parametrize("group", ["time to first token", "time to first token, blind"])
def test_waiting_makes_the_first_token_less_wrong(groups, group):
    """No goal is set for it; without any wait it was predicted 70 % too short."""
    assert groups.loc[group, "error"] <= 0.45
    assert abs(groups.loc[group, "bias"]) <= 0.35


def test_a_roofline_is_much_worse(groups):
    """It is too fast, on the very same points."""
    assert (groups["roofline"] > 2 * groups["error"]).all()
    rows = validation.errors()
    assert rows.loc[rows["group"] == "time per output token", "roofline"].mean() < -0.5


def test_every_measurement_is_there(groups):
    """1,365 points and 427 blind ones, and for 1,127 of these the time to the first token too.

    None is set apart because it fits badly: each says why.
    """
    rows = measurements.measured()
    first = rows["metric"] == "time_to_first_token"
    assert (~first).sum() == 1365 + 427
    assert first.sum() == 700 + 427
    apart = rows[rows["use"] == "apart"]
    assert len(apart) == 56 + 18
    assert apart["note"].str.contains("apart: ").all()
    assert groups["points"].sum() == len(rows) - len(apart)


@pytest.mark.parametrize("pair", ["qwen3-32b × B200", "deepseek-v3 × H200"])
def test_a_fit_without_a_pair_gives_the_stored_predictions(pair):
    constants, points = calibration.everything()
    found = calibration.fit(constants.column("value"), without=pair)
    stored = measurements.table("validation").set_index("point")["held_out"]
    for name, group in points.items():
        if name != "blind" and (group.pair == pair).any():
            mine = group.where(group.pair == pair)
            expected = stored[mine.rows["point"]]
            np.testing.assert_allclose(mine.predicted(found), expected, rtol=5e-3)


def test_stored_predictions_are_those_of_the_stored_constants():
    constants, points = calibration.everything()
    stored = measurements.table("validation").set_index("point")["in_sample"]
    for group in points.values():
        found = group.predicted(constants.column("value"))
        np.testing.assert_allclose(found, stored[group.rows["point"]], rtol=1e-4)


def test_a_calibration_is_written_as_it_is_stored(tmp_path, monkeypatch):
    """The same figures give the same bytes, so that a diff shows what a new fit changed."""
    files = {name: tables.DATA / f"{name}.csv" for name in ("calibration", "validation")}
    monkeypatch.setattr(tables, "DATA", tmp_path)
    calibration.write(*(measurements.table(name) for name in files))
    for name, stored in files.items():
        assert (tmp_path / f"{name}.csv").read_bytes() == stored.read_bytes()


def test_constants_are_plausible():
    """A share stays a share; a range holds its value; a guess says that it is one."""
    table = measurements.table("calibration")
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()
    shares = table[table["unit"] == "share"]
    assert ((shares["low"] >= 0) & (shares["high"] <= 1)).all()
    same = table["fitted_to"].str.removeprefix("same as ")
    known = {"time", "energy", "speculation", "first token", "set"} | set(setup.constants().index)
    assert set(same) <= known
    assert table.loc[table["constant"] == "slow_host", "confidence"].item() == "guess"


def test_validate_prints_it(groups):
    told = CliRunner().invoke(cli.main, ["validate"])
    assert told.exit_code == 0
    assert "Goal, time per output token: at most 12%; 8.1%, met" in told.output
    found = json.loads(CliRunner().invoke(cli.main, ["validate", "--json"]).output)
    assert found["errors"]["energy per token"]["points"] == 137
    assert found["goals"]["time per output token"]["met"]
    bands = found["cuts"]["time per output token"]["concurrency"]
    assert sum(band["points"] for band in bands.values()) == 816


def test_tables_of_the_page_say_what_validate_says(groups):
    rows, report = validation.errors(), validation.report()
    goals = validation.goals()
    assert [verdict == "met" for verdict in goals["verdict"]] == [
        goal["met"] for goal in report["goals"].values()
    ]
    assert goals.loc["time per output token, worst pair", "verdict"] == "met"
    assert validation.quantities(rows)["points"].sum() == len(rows)
    shown = validation.quantities(rows)["error"].astype(float)
    np.testing.assert_allclose(shown, groups.loc[shown.index, "error"] * 100, atol=0.05)
    stacks = validation.by(rows, "stack")
    assert ("energy", "sglang") not in stacks.index
    named = {name.split()[0]: name for name in validation.GOALS}
    for (group, stack), row in stacks.iterrows():
        cut = report["cuts"][named[group]]["stack"][stack]
        assert row["points"] == cut["points"]
        for name in ("error", "bias", "roofline"):
            assert float(row[name]) == pytest.approx(cut[name] * 100, abs=0.051)
        pair, error = row["worst pair"].split(":")
        assert (
            pair.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NON-BREAKING HYPHEN}", "-")
            == (cut["worst_pair"])
        )
        assert float(error) == pytest.approx(cut["worst"] * 100, abs=0.051)
    assert validation.sources(rows)["points"].sum() == len(rows)


def test_share_within_a_band():
    rows = pd.DataFrame({"held_out": [-0.3, -0.2, 0.1, 0.0]})
    assert validation.within(rows, 0.2) == 0.75
    assert validation.within(rows, 1) == 1


def test_points_are_thinned_without_regard_to_their_error():
    """Small pairs stay whole, the extremes of a large one stay in, and the mean hardly moves."""
    rows = validation.errors()
    rows = rows[rows["group"] == "time per output token"]
    all_of_them = validation.drawn(rows, most=1000)
    assert len(all_of_them) == len(rows)
    found = validation.drawn(rows, most=40)
    sizes = rows["pair"].value_counts()
    assert found["pair"].value_counts().to_dict() == sizes.clip(upper=40).to_dict()
    longest = all_of_them.groupby("pair")["ms"].max()
    assert (found.groupby("pair")["ms"].max() == longest).all()
    error = (found["model"] / found["ms"] - 1).abs().groupby(found["pair"]).mean()
    whole = rows["held_out"].abs().groupby(rows["pair"]).mean()
    np.testing.assert_allclose(error, whole, atol=0.03)


def test_spread_of_errors(groups):
    """Every point is counted once; a mean lies between the smallest and the largest."""
    rows = validation.errors()
    names = ["time per output token", "time per output token, blind"]
    found = validation.spread(rows, names)
    assert found["points"].sum() == groups.loc[names, "points"].sum()
    assert found["error"].is_monotonic_decreasing
    assert (found["low"] <= found["high"]).all()
    bands = validation.spread(rows, names[:1], "band")
    assert list(bands["band"]) == list(rows["band"].cat.categories)
    mean = np.average(bands["error"], weights=bands["points"])
    assert mean == pytest.approx(groups.loc[names[0], "error"] * 100, rel=1e-3)


def test_constants_beside_their_priors():
    """A range holds its value; what is only set is not shown as fitted."""
    found = validation.constants()
    assert found["constant"].is_unique
    assert "slow host" not in set(found["constant"])
    assert (found["low"] <= found["times"]).all()
    assert (found["times"] <= found["high"]).all()
    row = found.set_index("constant").loc["kernel time, sglang"]
    assert row["value"].endswith(" µs")
    assert row["meaning"] == "Time lost with each kernel"


def test_assumptions_that_are_constants_have_the_calibrated_values():
    """A page that nobody touched computes what ``predict`` does."""
    known, fitted = assumptions.known()["value"], setup.constants().loc[serving.STACK]
    unit = assumptions.known()["unit"].map(units.factor)
    for name in serving.TUNED:
        assert known[name] * unit[name] == pytest.approx(fitted[name], rel=0.005), name
