"""Scenario files: units, currencies, parents, and everything that can be wrong with them."""

import json
import math

import pint
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from inference_economics import assumptions, cli, scenarios
from inference_economics.tables import InputError

KNOWN = assumptions.known()


def load(folder, text: str, name: str = "my.yaml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return scenarios.load(path)


def problems(folder, text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        load(folder, text)
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{folder / 'my.yaml'}: ") for line in lines)
    return [line.partition("my.yaml: ")[2] for line in lines]


def run(*arguments):
    found = CliRunner().invoke(cli.main, ["scenario", *map(str, arguments)])
    assert "Traceback" not in found.output
    return found


@pytest.mark.parametrize(
    ("name", "text", "number"),
    [
        ("electricity_price", "0.2", 0.2),
        ("electricity_price", "90 USD/MWh", 0.09),
        ("electricity_price", "90USD/MWh", 0.09),
        ("electricity_price", "0.20 EUR/kWh", 0.20 * 1.25),
        ("retraining_interval", "18 months", 18),
        ("retraining_interval", "0.5 years", 6),
        ("utilisation", "60 %", 0.6),
        ("run_cost", "1.4e8 USD", 140),
        ("run_cost", "0.1 GEUR", 125),
        ("requests_per_day", "1e6 request/h", 24),
        ("input_tokens", "2000 tokens/request", 2000),
        ("pue", "1.2", 1.2),
    ],
)
def test_a_value_may_have_a_unit(tmp_path, name, text, number):
    found = load(tmp_path, f"rates: {{EUR: 1.25}}\nassumptions:\n  {name}: {text}\n").overrides
    assert found == {name: pytest.approx(number, rel=1e-12)}


@given(
    number=st.floats(0.06, 0.23),
    energy=st.sampled_from(["Wh", "kWh", "MWh", "J", "MJ", "GJ"]),
    money=st.sampled_from(["USD", "kUSD", "EUR"]),
)
@settings(max_examples=200, deadline=None)
def test_units_convert_as_pint_has_them(number, energy, money):
    """Independently, in a registry that pint comes with."""
    ureg = pint.UnitRegistry()
    ureg.define("USD = [currency]")
    ureg.define("EUR = 1.1 * USD")
    there = ureg.Quantity(number, "USD/kWh").to(ureg.parse_units(f"{money}/{energy}")).magnitude
    found = scenarios.value("electricity_price", f"{there!r} {money}/{energy}", "-p", {"EUR": 1.1})
    assert found == pytest.approx(number, rel=1e-9)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("electricity_price: 0.2 EUR/kWh", "must give the USD for one EUR under 'rates:'"),
        ("electricity_price: 90 USD/month", "USD/month can't become USD/kWh"),
        ("electricity_price: 90 dollars", "unknown unit 'dollars'; it must be USD/kWh"),
        ("electricity_price: 1:30", "must be a number in USD/kWh"),
        ("rental: 0x10", "unknown unit 'x10'"),
        ("batch: 0o17", "unknown unit 'o17'"),
        ("batch: 1_000", "must be a number in request"),
        ("batch: 1,000", "must be a number in request"),
        ("batch: yes", "must be a number in request"),
        ("batch: 64 request**2", "unknown unit"),
        ("retraining_interval: 2026-01-01", "must be a number in month"),
        ("pue: 0.9", "it must be 1 to 1540"),
        ("driving: 25", "it must be 0.0005 to 24"),
        ("utilisation: 120 %", "a share is at most 1"),
        ("electricity_price: -90 USD/MWh", "must be above 0"),
    ],
)
def test_a_wrong_value_is_told_with_what_would_be_right(tmp_path, line, said):
    (found,) = problems(tmp_path, f"assumptions:\n  {line}\n")
    assert said in found


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    text = (
        "extends: search_enginee\nrates: {EUR: x}\nnotes: a\n"
        "assumptions:\n  pue: 0.9\n  nope: 1\n  batch: [1]\n"
    )
    found = problems(tmp_path, text)
    for said in ("'search_engine'?", "rates: EUR", "'notes'", "pue is 0.9", "'nope'", "batch is"):
        assert sum(said in line for line in found) == 1, said
    assert len(found) == 6


def test_many_problems_are_counted(tmp_path):
    lines = "".join(f"  wrong{i}: 1\n" for i in range(50))
    with pytest.raises(InputError, match=r"and 30 more$"):
        load(tmp_path, f"assumptions:\n{lines}")


def test_a_scenario_extends_another(tmp_path):
    parent = scenarios.load("search_engine").overrides
    found = load(tmp_path, "extends: search_engine\nassumptions:\n  pue: 1.3\n", "a.yaml")
    assert found.overrides == parent | {"pue": 1.3}
    found = load(tmp_path, "extends: a.yaml\nassumptions:\n  electricity_price: 0.2\n")
    assert found.overrides == parent | {"pue": 1.3, "electricity_price": 0.2}
    assert load(tmp_path, "extends: a.yaml\n").overrides == parent | {"pue": 1.3}


def test_a_circle_is_named(tmp_path):
    (tmp_path / "b.yaml").write_text("extends: my.yaml\n")
    (found,) = problems(tmp_path, "extends: b.yaml\n")
    assert "extends itself: my.yaml → b.yaml → my.yaml" in found


def test_a_name_that_is_not_shipped_is_told():
    with pytest.raises(InputError, match="did you mean 'frontier_lab'"):
        scenarios.load("frontier_labs")


KEYS = ["title: ", "note: ", "extends: ", "rates: ", "assumptions:", "pue: ", "batch: ", "rental: "]
VALUES = ["1.2", "-3", "90 USD/MWh", "0.2 EUR/h", "60 %", "{EUR: 1.1}", "search_engine", "my.yaml"]
SIGNS = [
    "\n  ",
    "\n",
    "[",
    "]",
    "{",
    "}",
    "!!int ",
    "&a ",
    "*a",
    "'",
    '"',
    ": ",
    "- ",
    "#",
    "|",
    ">",
]
ODD = ["null", "yes", "1e999", ".nan", "0x1F", "1:30", "é", "\x00", "?", "%TAG"]
PIECES = [*KEYS, *VALUES, *SIGNS, *ODD]
MANY = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


def attempt(function, *arguments):
    """The result, or the lines of the :class:`InputError`; anything else is a failed test."""
    try:
        return function(*arguments)
    except InputError as error:
        return str(error).splitlines()


def assert_refused_or_within_bounds(outcome, start: str):
    if isinstance(outcome, list):
        assert outcome
        assert all(line.startswith((start, "and ")) for line in outcome)
        return
    for name, value in outcome.overrides.items():
        assert math.isfinite(value)
        assert KNOWN.loc[name, "least"] <= value <= KNOWN.loc[name, "most"]


@given(text=st.one_of(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), st.text()))
@settings(max_examples=2500, **MANY)
@example("assumptions:\n  pue: 1.2 \udc80")
def test_no_text_causes_a_traceback_or_is_accepted_silently(tmp_path, text):
    path = tmp_path / "fuzz.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert_refused_or_within_bounds(attempt(scenarios.load, path), str(path))


@given(content=st.binary(max_size=200))
@settings(max_examples=500, **MANY)
def test_no_file_causes_a_traceback(tmp_path, content):
    path = tmp_path / "fuzz.yaml"
    path.write_bytes(content)
    assert_refused_or_within_bounds(attempt(scenarios.load, path), str(path))


@given(name=st.sampled_from(list(KNOWN.index)), text=st.one_of(st.text(), st.sampled_from(PIECES)))
@settings(max_examples=1500, **MANY)
def test_what_p_takes_is_a_valid_number_or_refused(name, text):
    outcome = attempt(scenarios.override, scenarios.Scenario(), [(name, text)])
    assert_refused_or_within_bounds(outcome, "-p: ")


def test_a_new_file_loads_as_the_baseline_and_lists_every_assumption(tmp_path):
    path = tmp_path / "mine.yaml"
    assert run("new", path).exit_code == 0
    assert scenarios.load(path).overrides == {}
    text = path.read_text(encoding="utf-8")
    lines = [line.removeprefix("  # ") for line in text.splitlines()]
    given = dict(line.split(": ", 1) for line in lines if line.split(":")[0] in KNOWN.index)
    assert list(given) == list(KNOWN.index)
    text = text.replace("  # ", "  ").replace("  Take away", "  # Take away")
    body = "".join(f"  {name}: {value}\n" for name, value in given.items())
    found = load(tmp_path, f"assumptions:\n{body}").overrides
    assert found == pytest.approx(KNOWN["value"].to_dict(), rel=1e-12)
    again = run("new", path)
    assert (again.exit_code, "exists already" in again.output) == (1, True)


def test_list_show_and_check(tmp_path):
    listed = run("list").output
    assert all(name in listed for name in scenarios.shipped())
    assert json.loads(run("list", "--json").output)["search_engine"]["overrides"]
    shown = run("show", "expensive_power").output
    assert "electricity_price" in shown
    assert "was 0.083" in shown
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("assumptions:\n  electricity_price: 500 USD/MWh\n")
    bad.write_text("assumptions:\n  pue: 0.9\n  nope: 1\n")
    found = run("check", good)
    assert found.exit_code == 0
    assert "fine, 1 set" in found.output
    assert "electricity_price is 0.5; 0.06 to 0.23 is plausible" in found.output
    found = run("check", good, bad, "--json")
    assert found.exit_code == 1
    assert [len(item["problems"]) for item in json.loads(found.output).values()] == [0, 2]
