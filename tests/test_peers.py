"""What other calculators predicted: of known points, in seconds, and shown beside the model."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from inference_economics import cli, measurements, tables, validation
from inference_economics.model.setup import PRECISION

LOCK = Path(__file__).parents[1] / "peers" / "requirements.lock"


@pytest.fixture(scope="module")
def rows():
    """Each prediction beside its measurement, with the time of reading all weights once."""
    rows = measurements.table("peers").drop(columns="version").merge(validation.errors())
    weights = tables.column("models", rows["model"], "parameters") * rows["precision"].map(
        PRECISION
    )
    bandwidth = rows["accelerators"] * tables.column(
        "accelerators", rows["accelerator"], "bandwidth"
    )
    return rows.assign(reading=weights / bandwidth)


def test_every_prediction_is_of_a_known_point(rows):
    """Of a time per output token; each once, in order, by the locked version."""
    found = measurements.table("peers")
    assert len(rows) == len(found)
    assert set(rows["group"]) == {"time per output token"}
    keys = list(zip(found["point"], found["peer"], strict=True))
    assert keys == sorted(set(keys))
    locked = set(re.findall(r"^([\w.-]+)==([\w.-]+)", LOCK.read_text(encoding="utf-8"), re.M))
    assert set(zip(found["peer"], found["version"], strict=True)) <= locked


def test_predictions_are_in_seconds(rows):
    """With few requests and messages, about the time in which all weights are read once."""
    few = rows[(rows["concurrency"] <= 4) & (rows["accelerators"] <= 2)]
    assert set(few["peer"]) == set(rows["peer"])
    assert (few["predicted"] < 3 * few["reading"]).all()
    assert (few["predicted"] > few["reading"] / 3).all()


def test_no_calculator_is_faster_than_its_memory(rows):
    """Some count four bits without their scales, a ninth less, or no embeddings, less again."""
    assert (rows["predicted"] > 0.8 * rows["reading"]).all()


def test_errors_of_calculators(monkeypatch):
    """By hand: one is right and then half as slow again, the other is twice too fast."""
    points = ["a", "b", "a"]
    told = {"point": points, "peer": ["x", "x", "y"], "predicted": [1.0, 6.0, 0.5], "version": "1"}
    monkeypatch.setattr(measurements, "table", {"peers": pd.DataFrame(told)}.get)
    measured = {"measured": [1.0, 4.0], "held_out": [-0.1, 0.3], "roofline": [-0.6, -0.8]}
    found = validation.peers(pd.DataFrame({"point": ["a", "b"], **measured}))
    expected = pd.DataFrame(
        {
            "points": [2, 1],
            "error": [0.25, 0.5],
            "bias": [0.25, -0.5],
            "model": [0.2, 0.1],
            "roofline": [0.7, 0.6],
        },
        index=pd.Index(["x", "y"], name="peer"),
    )
    pd.testing.assert_frame_equal(found, expected)


def test_calculators_stand_between_the_roofline_and_the_model():
    """As the page's chart says in its title."""
    found = validation.peers(validation.errors())
    assert (found["roofline"] > found["error"]).all()
    assert (found["error"] > 4 * found["model"]).all()


def test_validate_prints_them():
    found = validation.peers(validation.errors())
    told = CliRunner().invoke(cli.main, ["validate"])
    assert told.exit_code == 0
    for peer, row in found.iterrows():
        line = re.search(rf"^{peer} .*$", told.output, re.M)[0].split()
        assert line[1:3] == [f"{row['points']:.0f}", f"{row['error'] * 100:.1f}"]
    report = json.loads(CliRunner().invoke(cli.main, ["validate", "--json"]).output)
    assert set(report["peers"]) == set(found.index)
