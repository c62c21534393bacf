"""The reader's own assumptions in a real browser: in links, on other pages, undone, saved."""

import math
import random
import re
from collections import Counter
from urllib.parse import quote, urlencode

import pytest
from inference_economics import assumptions, scenarios
from inference_economics.book import run, site
from inference_economics.tables import InputError

from .visit import Visit, address

CHAPTERS = [path.stem for path in site.chapters()]
CHAPTER = "03_2_search_scale"
BAR = ".your-assumptions"


@pytest.fixture
def visit(book, chromium):
    opened = []

    def go(query: str = "", chapter: str = CHAPTER) -> Visit:
        opened.append(Visit(chromium, address(book, chapter) + query, accept_downloads=True))
        return opened[-1]

    yield go
    for item in opened:
        assert item.errors == []
        item.context.close()


def test_a_link_carries_values_to_this_page_and_to_others(visit):
    first = visit()
    first.assume({"electricity_price": 0.2, "batch": 32})
    first.page.wait_for_timeout(400)
    again = visit("?" + first.page.url.partition("?")[2])
    again.settled({"electricity_price": 0.2, "batch": 32})
    assert again.numbers() == first.numbers()
    again.page.click("a[href*='03_3_memory_wall.html']")
    again.page.wait_for_load_state()
    again.settled({"batch": 32})  # that page has no price of electricity, and hands it on
    assert "electricity_price=0.2" in again.page.url
    assert "2 changed" in again.page.inner_text(BAR)


def test_what_was_reset_is_not_carried_on(visit):
    opened = visit().assume({"batch": 32})
    link = opened.page.locator("a[href*='03_3_memory_wall.html']").first
    link.focus()
    assert "batch=32" in link.get_attribute("href")
    opened.page.get_by_role("button", name="Reset", exact=True).click()
    link.focus()
    assert "?" not in link.get_attribute("href")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("pue=abc", "pue is “abc”: a number is needed"),
        ("pue=1e999", "a number is needed"),
        ("utilisation=3", "a share is at most 1"),
        ("batch=-1", "must not be below 0"),
        ("batch=0x10", "a number is needed"),
        ("batch=" + quote("1;alert(1)"), "a number is needed"),
        ("electricity_prise=1", "is no assumption of this book"),
        (quote("<img src=x onerror=alert(1)>") + "=1", "is no assumption of this book"),
        ("__proto__=1&constructor=2", "is no assumption of this book"),
        ("version=0.0.1&batch=32", "figures may differ"),
    ],
)
def test_nonsense_in_a_link_is_refused_with_a_note(visit, query, said):
    text = "() => document.querySelector('article').textContent"
    before = visit().page.evaluate(text)
    page = visit("?" + query).page
    note = page.locator(".link-note")
    assert said in note.inner_text()
    assert note.locator("img").count() == 0
    if "batch=32" not in query:
        assert page.evaluate(text).endswith(before)
        assert not page.locator(BAR).is_visible()


LINKS = 600
ODD = [
    *(
        "",
        " ",
        "abc",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "-1e999",
        "0x10",
        "1_000",
        "1,5",
        "１２",
    ),
    *(
        "1;alert(1)",
        "1e",
        "--1",
        "+1",
        "1 2",
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
    ),
    *(
        "${alert(1)}",
        "{{7*7}}",
        "datum.batch",
        "1)+alert(1",
        "%00",
        "\x00",
        "true",
        "null",
        "9" * 400,
    ),
    *(
        "1.",
        ".5",
        "-0",
        "0",
        "1e-300",
        "1e300",
        "-1",
        "1",
        "2",
        "1E2",
        " 3 ",
        "0.07",
        "\u202e1",
        "1\n2",
    ),
]
NAMES = [
    "__proto__",
    "constructor",
    "toString",
    "valueOf",
    "hasOwnProperty",
    "<script>",
    "",
    "q",
    "ba tch",
]
PLAIN = re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
BEGINS = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def rightly(name: str, text: str) -> str:
    """What becomes of a value in a link, by the rules for files: taken, refused or passed over."""
    if name in assumptions.known().index:
        try:
            number = float(text) if PLAIN.fullmatch(text.strip()) else math.nan
            assumptions.check(name, number, "link")
        except InputError:
            return "refused"
        return "taken"
    begins = BEGINS.match(text)  # words that others add to an address are none of ours
    return "refused" if begins and math.isfinite(float(begins[0])) else "passed over"


def test_hundreds_of_links_of_nonsense(visit):
    """Each value is taken or refused as a file's would be, one by one, and nothing else happens."""
    chance = random.Random(7)
    known, page = list(assumptions.known().index), visit().page
    letters = [*map(chr, range(32, 127)), "é", "\u2028", "😀"]
    odd = ODD + ["".join(chance.choices(letters, k=3)) for _ in range(200)]
    links = [
        {chance.choice([*known, *NAMES]): chance.choice(odd) for _ in range(chance.randint(1, 6))}
        for _ in range(LINKS)
    ]
    queries = ["?" + urlencode(link) for link in links]
    found = page.evaluate(
        """queries => queries.map(query => {
          const wrong = [];
          return [Object.fromEntries(window.page.read(query, wrong)), wrong];
        })""",
        queries,
    )
    counts = Counter()
    for link, (taken, wrong) in zip(links, found, strict=True):
        fates = {name: rightly(name, text) for name, text in link.items()}
        counts.update(fates.values())
        assert taken == {name: float(link[name]) for name in link if fates[name] == "taken"}
        assert len(wrong) == list(fates.values()).count("refused")
    assert min(counts[fate] for fate in ("taken", "refused", "passed over")) > LINKS / 20, counts
    values = "() => JSON.stringify([...window.page.values])"
    published = page.evaluate(values)
    for link in [each for each in links if len(each) > 3][:5]:
        bad = {name: text for name, text in link.items() if rightly(name, text) != "taken"}
        opened = visit("?" + urlencode(bad)).page
        assert opened.evaluate(values) == published
        refused = list(map(rightly, bad, bad.values())).count("refused")
        assert opened.locator(".link-note").is_visible() == (refused > 0)
        assert opened.locator(".link-note li").count() == min(refused, 6)
        assert opened.locator(".link-note :is(img, script)").count() == 0
        opened.context.close()


def test_changes_are_undone_step_by_step(visit):
    opened = visit()
    published = opened.numbers()
    opened.assume({"electricity_price": 0.2})
    once = opened.numbers()
    opened.assume({"batch": 32})
    undo = opened.page.get_by_role("button", name="Undo")
    undo.press("Enter")
    opened.settled({"batch": assumptions.known().loc["batch", "value"]})
    assert opened.numbers() == once
    undo.press("Enter")
    opened.settled({"electricity_price": 0.083})
    assert opened.numbers() == published


def test_what_is_saved_is_a_scenario_that_the_book_builds(visit, tmp_path):
    opened = visit("?price_elasticity=1.5")  # of another page
    opened.assume({"electricity_price": 0.2, "batch": 32})
    with opened.page.expect_download() as download:
        opened.page.get_by_role("button", name="Save").press("Enter")
    download.value.save_as(tmp_path / "mine.yaml")
    saved = scenarios.load(tmp_path / "mine.yaml")
    assert saved.overrides == {"electricity_price": 0.2, "batch": 32, "price_elasticity": 1.5}


@pytest.mark.parametrize(
    "scenario", scenarios.shipped().values(), ids=lambda scenario: scenario.title
)
def test_a_preset_sets_what_its_file_says(visit, scenario):
    opened = visit()
    page = opened.page
    page.click("details.assumptions summary")
    page.select_option("select.presets", label=scenario.title)
    published = assumptions.known()["value"]
    names = run.parameters(site.ROOT / "chapters" / f"{CHAPTER}.ipynb")
    values = published.to_dict() | scenario.overrides
    own = {name: values[name] for name in names}
    if own != published[names].to_dict():
        opened.settled(own)
    count = sum(value != published[name] for name, value in scenario.overrides.items())
    page.wait_for_timeout(300)
    assert page.inner_text(BAR).startswith(f"{count} changed")
    page.get_by_role("button", name="Reset", exact=True).click()
    page.wait_for_timeout(500)
    assert "?" not in page.url
    assert page.locator("data.live.changed").count() == 0


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_number_says_what_it_rests_on(visit, chapter):
    page = visit(chapter=chapter).page
    page.get_by_role("button", name="How each of the").press("Enter")
    entries = page.locator("dialog.origin li > button")
    assert entries.count() > 50
    entries.first.press("Enter")
    assert page.locator("dialog.origin ul > li").count() >= 1
    targets = page.evaluate("[...document.querySelectorAll('dialog.origin a')].map(a => a.href)")
    for target in targets:
        path, _, anchor = target.removeprefix("file://").partition("#")
        with open(path.partition("?")[0], encoding="utf-8") as file:
            assert f'id="{anchor}"' in file.read()
    page.keyboard.press("Escape")
    assert not page.locator("dialog.origin").is_visible()


def test_a_chart_is_taken_as_values_and_as_a_drawing(visit, tmp_path):
    opened = visit().wake_all()
    chart = opened.page.locator("figure.chart").first
    for kind, starts in [("CSV", b""), ("SVG", b"<svg"), ("PNG", b"\x89PNG")]:
        with opened.page.expect_download() as download:
            chart.get_by_role("button", name=kind).press("Enter")
        download.value.save_as(tmp_path / "chart")
        content = (tmp_path / "chart").read_bytes()
        assert content.startswith(starts)
        assert len(content) > 100
        assert b"var(--" not in content
