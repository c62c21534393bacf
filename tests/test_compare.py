"""Comparisons: parts that add up, by a rule with known answers; what terminal and files say."""

import csv
import json
import math

import numpy as np
import pytest
from click.testing import CliRunner
from inference_economics import assumptions, cli, compare, headlines, scenarios, uncertainty
from inference_economics.compare import Comparison, shapley
from inference_economics.headlines import HEADLINES
from inference_economics.scenarios import Scenario

BASE = Scenario()


def run(*arguments):
    return CliRunner().invoke(cli.main, ["compare", *map(str, arguments)])


def test_factors_of_a_product_are_themselves():
    found = shapley(
        lambda masks: np.where(masks, [2.0, 5.0, 0.7], 1.0).prod(axis=1), ["a", "b", "c"]
    )
    assert found.are_factors
    assert found.of == pytest.approx({"a": 2.0, "b": 5.0, "c": 0.7})


def test_an_interaction_is_shared_equally():
    """x·y from (1, 1) to (1.5, 1.2): each has its own gain and half of what they gain together."""
    found = shapley(lambda masks: np.where(masks, [1.5, 1.2], 1.0).prod(axis=1), ["x", "y"])
    assert not found.are_factors
    assert found.of == pytest.approx({"x": 0.5 + 0.05, "y": 0.2 + 0.05})


def test_a_sum_of_many_is_exact_in_any_order():
    """More than are evaluated in full; without interactions each order gives the same parts."""
    steps = np.linspace(-1, 2, compare.EXACT + 5)
    found = shapley(lambda masks: 100 + masks @ steps, [f"n{i}" for i in range(len(steps))])
    assert list(found.of.values()) == pytest.approx(list(steps))
    assert found.error == pytest.approx(0, abs=1e-12)


def test_orders_come_near_to_all_subsets(monkeypatch):
    """The same decomposition by sampling and in full agree within four standard errors."""

    def product(masks):
        return np.where(masks, np.linspace(1.01, 1.2, 8), 1.0).prod(axis=1)

    names = [f"n{i}" for i in range(8)]
    exact = shapley(product, names)
    monkeypatch.setattr(compare, "EXACT", 2)
    sampled = shapley(product, names)
    assert 0 < sampled.error < 0.02
    for name in names:
        assert sampled.of[name] == pytest.approx(exact.of[name], abs=4 * sampled.error)
    assert sum(sampled.of.values()) == pytest.approx(sum(exact.of.values()), rel=1e-12)


@pytest.mark.parametrize("name", scenarios.shipped())
def test_parts_add_up_to_the_change(name):
    found = Comparison(BASE, scenarios.load(name))
    assert found.changed
    for headline, (before, after) in found.numbers().items():
        parts = found.parts(headline)
        if not parts.of:
            continue
        whole = (
            (before * math.prod(parts.of.values()))
            if parts.are_factors
            else (before + sum(parts.of.values()))
        )
        assert whole == pytest.approx(after, rel=1e-9, abs=1e-9), headline


def test_the_same_scenario_differs_in_nothing():
    found = Comparison(BASE, Scenario("Other", overrides={"rental": BASE.values["rental"]}))
    assert found.changed == found.flipped() == {}
    assert all(before == after for before, after in found.numbers().values())


def test_headlines_of_many_worlds_are_those_of_each():
    worlds = uncertainty.worlds(64)
    for headline in HEADLINES.values():
        many = np.broadcast_to(headline.of(worlds), 64)
        for i in (0, 17, 63):
            one = type(worlds)(**{name: each[i] for name, each in vars(worlds).items()})
            assert float(headline.of(one)) == pytest.approx(many[i], rel=1e-9, nan_ok=True)


STATED = {
    "chapters/01_training_vs_inference": {
        "answer_cost": "ti_chat_cost",
        "capital_share": "ti_capital_share",
    },
    "chapters/03_3_memory_wall": {"critical_batch": "mw_critical_batch"},
    "chapters/04_barriers_to_entry": {"frontier_programme": "ba_programme", "payers": "ba_payers"},
}


@pytest.mark.parametrize("page", STATED)
def test_headlines_are_the_numbers_that_the_chapters_state(altered_book, altered, chromium, page):
    """On pages built with every assumption moved."""
    from .visit import Visit

    given = assumptions.in_base_units(altered.values)
    opened = Visit(chromium, (altered_book / f"{page}.html").as_uri())
    stated = opened.page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('data.live')]"
        ".map(n => [n.dataset.number, n.value]))"
    )
    for headline, name in STATED[page].items():
        computed = float(headlines.HEADLINES[headline].of(given))
        assert float(stated[name]) == pytest.approx(computed, rel=1e-9), headline
    opened.context.close()


def test_terminal_json_and_csv_say_the_same(tmp_path):
    said = run("frontier_lab").output
    assert all(len(line) <= 100 for line in said.splitlines())
    assert "Frontier lab, beside baseline" in said
    report = json.loads(run("frontier_lab", "--json").stdout)
    assert report["assumptions"]["run_cost"] == [14.0, 388.0]
    assert set(report["numbers"]) == set(HEADLINES)
    assert report["verdicts"]
    assert all(f"{old} → {new}" in said for old, new in report["verdicts"].values())
    path = tmp_path / "out.csv"
    assert run("frontier_lab", "--csv", path).exit_code == 0
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["number"]: row for row in csv.DictReader(file)}
    for name, each in report["numbers"].items():
        assert float(rows[name]["before"]) == each["before"]
        assert each["after"] is None or float(rows[name]["after"]) == each["after"]


def test_two_scenarios_and_single_assumptions_can_be_compared():
    found = json.loads(run("search_engine", "frontier_lab", "--json").stdout)
    assert (found["before"], found["after"]) == ("Frontier lab", "Search engine")
    found = json.loads(run("-p", "electricity_price", "90 USD/MWh", "--json").stdout)
    assert found["assumptions"] == {"electricity_price": [0.083, 0.09]}
    assert found["numbers"]["owned_hour"]["parts"].keys() == {"electricity_price"}


def test_what_is_wrong_is_told_in_a_line(tmp_path):
    for arguments in (["nope"], ["frontier_lab", tmp_path / "none.yaml"], ["-p", "pue", "0.5"]):
        found = run(*arguments)
        assert found.exit_code == 1
        assert len(found.output.splitlines()) == 1
        assert found.output.startswith("Error: ")
