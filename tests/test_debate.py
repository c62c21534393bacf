"""Two worlds side by side: verdicts, numbers and what divides them, in Python and on the page."""

import json
from dataclasses import replace
from itertools import combinations

import pytest
from inference_economics import assumptions, claims, page, scenarios
from inference_economics.book import run, site
from inference_economics.compare import Comparison
from inference_economics.headlines import HEADLINES
from inference_economics.scenarios import Scenario

from .visit import Visit, address

CHAPTER = "a9_debate"
SHIPPED = scenarios.shipped()
BOTH = ("frontier_lab", "essay_2023")
ROWS = """kind => [...document.querySelectorAll(`.debate table.${kind} tbody tr`)].map(r =>
  [...r.cells].map(c => c.textContent))"""


def verdicts(scenario: Scenario) -> dict[str, str]:
    given = assumptions.in_base_units(scenario.values)
    return {name: str(claims.tests[name](given)) for name in claims.tests}


def moved(side: Scenario, other: Scenario, names) -> Scenario:
    """``side`` with the values of the ``other`` for ``names``."""
    return replace(side, overrides=side.overrides | {name: other.values[name] for name in names})


@pytest.fixture
def debate(book, chromium):
    visits = []

    def opened(rest: str = "", **options) -> Visit:
        visits.append(Visit(chromium, address(book, CHAPTER) + rest, **options))
        return visits[-1]

    yield opened
    for visit in visits:
        assert visit.errors == []
        visit.context.close()


def shown(visit: Visit, *sides: dict) -> Visit:
    """Waits until the page has compared these sides."""
    visit.until(
        """wanted => {
          const flat = sides => JSON.stringify(sides.map(side => Object.entries(side).sort()));
          const now = document.querySelector('.debate').dataset.shown;
          return now && flat(JSON.parse(now)) === flat(wanted) }""",
        list(sides),
    )
    return visit


def own(scenario: Scenario) -> dict[str, float]:
    """What differs from the published values."""
    published = Scenario().values
    return {k: v for k, v in scenario.overrides.items() if v != published[k]}


def test_both_sides_and_what_divides_them_are_as_python_has_them(debate):
    visit = debate()
    sides = [SHIPPED[name] for name in BOTH]
    for number, side in enumerate(sides):
        visit.page.locator("fieldset select").nth(number).select_option(label=side.title)
    shown(visit, *map(own, sides))
    first, second = map(verdicts, sides)
    parted = {row[0][:4]: row[1:] for row in visit.page.evaluate(ROWS, "parted")}
    agreed = {row[0][:4]: row[1] for row in visit.page.evaluate(ROWS, "agreed")}
    assert {name: row[0] for name, row in parted.items()} | agreed == first
    assert {name: row[1] for name, row in parted.items()} | agreed == second
    assert all(row[0] != row[1] for row in parted.values())
    names = assumptions.known().reset_index().set_index("description")["name"]
    flipped = 0
    for claim, (_, _, dividing) in parted.items():
        for way in dividing.split("; or "):
            if way == "only more than two together" or way.endswith("more pairs"):
                continue
            chosen = [names[said] for said in way.split(" with ")]
            forth = verdicts(moved(*sides, chosen))[claim] == second[claim]
            back = verdicts(moved(*reversed(sides), chosen))[claim] == first[claim]
            assert forth or back, (claim, way)
            flipped += 1
    assert flipped >= len(parted) / 2
    numbers = visit.page.evaluate(ROWS, "numbers")
    given = [assumptions.in_base_units(side.values) for side in sides]
    wanted = [[page.text(each.of(view)) for view in given] for each in HEADLINES.values()]
    assert [row[1:] for row in numbers] == wanted


def test_the_page_says_what_it_said_without_a_script(debate):
    """Python's own comparison of two scenarios, and the script's of the same two."""
    silent = debate(java_script_enabled=False).page
    tables = ("parted", "agreed", "differing", "numbers")
    rows = "rows => rows.map(r => [...r.cells].map(c => c.textContent))"
    built = [silent.locator(f".debate table.{kind} tbody tr").evaluate_all(rows) for kind in tables]
    assert all(built)
    live = debate()
    select = live.page.locator("fieldset select").first
    before = live.page.evaluate("document.querySelector('fieldset select').value")
    select.select_option(label="As published")
    select.select_option(before)
    shown(live, *(own(SHIPPED[name]) for name in ("patient_capital", "essay_2023")))
    assert [live.page.evaluate(ROWS, kind) for kind in tables] == built


def test_a_link_a_file_and_the_sliders_make_a_side_and_the_address_keeps_both(debate, tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text("title: Mine\nassumptions:\n  rental: 3.5  # USD/h\n  batch: 16\n")
    visit = debate()
    visit.page.locator("fieldset input[type=file]").first.set_input_files(mine)
    link = "https://example.org/chapters/x.html?version=0.1.0&electricity_price=0.2#there"
    field = visit.page.locator("fieldset input[type=text]").nth(1)
    field.fill(link)
    field.press("Enter")
    shown(visit, {"rental": 3.5, "batch": 16}, {"electricity_price": 0.2})
    assert "Mine" in visit.page.locator("[data-side=bulls]").text_content()
    assert not visit.page.locator(".debate .link-note").is_visible()
    address = visit.page.url
    again = debate("#" + address.partition("#")[2])
    shown(again, {"rental": 3.5, "batch": 16}, {"electricity_price": 0.2})
    again.assume({"pue": 1.4})
    again.page.get_by_role("button", name="Take this page's sliders").first.click()
    shown(again, {"pue": 1.4}, {"electricity_price": 0.2})
    assert "?version=" in again.page.url
    assert "#version=" in again.page.url


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("#bulls.rental=<img src=x onerror=alert(1)>", "a number is needed"),
        ("#bears.rental=-5", "must not be below 0"),
        ("#bears.pue=1e999", "a number is needed"),
        ("#version=0.1.0&bulls.__proto__=1", "is no assumption of this book"),
        ("#version=9.9.9", "figures may differ"),
    ],
)
def test_hostile_values_of_a_side_are_refused_with_a_note(debate, rest, said):
    visit = shown(debate(rest), {}, {})
    note = visit.page.locator(".debate .link-note")
    assert said in note.text_content()
    assert note.locator("img").count() == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("assumptions:\n  rental: 90 USD/MWh\n", "a number is needed"),
        ("extends: frontier_lab\nassumptions:\n", "command line only"),
        ("assumptions:\n  rentl: 3\n", "is no assumption"),
        ("shopping: eggs\n", "holds no lines"),
    ],
)
def test_a_file_that_is_no_scenario_is_refused_with_a_note(debate, tmp_path, content, said):
    file = tmp_path / "odd.yaml"
    file.write_text(content)
    page = debate().page
    before = page.locator("[data-side=bulls]").text_content()
    page.locator("fieldset input[type=file]").first.set_input_files(file)
    page.locator(".debate .link-note").get_by_text(said).wait_for()
    assert page.locator("[data-side=bulls]").text_content() == before


@pytest.mark.parametrize("names", list(combinations(("search_engine", *BOTH), 2)))
def test_what_divides_flips_the_verdict_and_what_does_not_is_not_named(names):
    sides = [SHIPPED[name] for name in names]
    pair = Comparison(*sides)
    first, second = map(verdicts, sides)
    assert pair.flipped() == {
        name: (first[name], second[name]) for name in sorted(first) if first[name] != second[name]
    }
    alone = {name: set() for name in pair.flipped()}
    for assumption in pair.changed:
        forth = verdicts(moved(*sides, [assumption]))
        back = verdicts(moved(*reversed(sides), [assumption]))
        for claim, found in alone.items():
            if forth[claim] == second[claim] or back[claim] == first[claim]:
                found.add((assumption,))
    assert any(alone.values())
    for claim, found in alone.items():
        dividing = pair.dividing(claim)
        if found:
            assert set(dividing) == found
        for both in dividing if not found else ():
            assert len(both) == 2
            forth = verdicts(moved(*sides, both))[claim] == second[claim]
            assert forth or verdicts(moved(*reversed(sides), both))[claim] == first[claim]


def test_nothing_divides_two_of_the_same_world():
    assert Comparison(Scenario(), Scenario()).dividing("C001") == []


def test_the_debate_has_every_assumption():
    """Of the ledger, whose verdicts it gives."""
    ledger, own = (
        json.loads((site.ROOT / "chapters" / f"{name}.ipynb").read_text())["cells"]
        for name in ("a2_claims", CHAPTER)
    )
    (first,), (second,) = (
        [cell["source"] for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
        for cells in (ledger, own)
    )
    assert first == second
    assert run.parameters(site.ROOT / "chapters" / f"{CHAPTER}.ipynb")
