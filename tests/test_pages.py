"""The built pages in a real browser, opened from disk as from a memory stick."""

import pytest
from inference_economics.book import run, site

from .visit import Visit, address

CHAPTERS = [path.stem for path in site.chapters()]


def used(chapter: str, values: dict) -> dict:
    names = run.parameters(site.ROOT / "chapters" / f"{chapter}.ipynb")
    return {name: values[name] for name in names}


@pytest.mark.parametrize("chapter", CHAPTERS)
@pytest.mark.parametrize("width", [1280, 360])
def test_every_chart_is_drawn_and_nothing_is_asked_of_another_host(book, chromium, chapter, width):
    visit = Visit(chromium, address(book, chapter), viewport={"width": width, "height": 800})
    visit.wake_all()
    assert all(visit.marks().values())
    assert visit.errors == []
    assert [url for url in visit.requests if not url.startswith("file:")] == []
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_moved_sliders_show_what_python_computes(book, altered_book, altered, chromium, chapter):
    """Typing values into the page gives the page that Python builds from those values."""
    built = Visit(chromium, address(altered_book, chapter)).wake_all()
    numbers, tables = built.numbers(), built.tables()  # as Python wrote them
    page = Visit(chromium, address(book, chapter)).wake_all()
    before = page.marks()
    page.assume(used(chapter, altered.overrides))
    assert page.numbers() == numbers
    assert numbers, "a page without a computed number"
    moving = page.page.evaluate(
        """() => [...document.querySelectorAll('figure.chart')].filter(f =>
        f.querySelector('.controls').dataset.sliders).map(f => f.id)"""
    )
    assert len(moving) >= 2
    found, wanted, drawn = page.marks(), built.marks(), page.tables()
    for chart in page.fixed(altered.overrides):  # only a build moves it, as it says
        for each in (found, wanted, drawn, tables):
            each.pop(chart)
    assert_tables_close(drawn, tables)
    assert found == wanted
    assert [chart for chart in moving if found[chart] == before[chart]] == []
    assert page.errors == []


def test_the_ledger_gives_the_verdicts_that_python_computes(book, altered_book, altered, chromium):
    built = Visit(chromium, address(altered_book, "a2_claims")).numbers()
    page = Visit(chromium, address(book, "a2_claims")).wake_all()
    before = page.numbers()
    page.assume(used("a2_claims", altered.overrides))
    assert page.numbers() == built
    assert built != before
    assert page.errors == []


def assert_tables_close(found: dict, expected: dict):
    assert found.keys() == expected.keys()
    for chart, rows in expected.items():
        for left, right in zip(found[chart], rows, strict=True):
            for a, b in zip(left, right, strict=True):
                try:
                    assert float(a) == pytest.approx(float(b), rel=2e-3, abs=1e-12), chart
                except ValueError:
                    assert a == b, chart


def test_a_chart_that_wakes_after_a_change_shows_the_change(book, chromium):
    """Table, download and drawing are of one world, whenever a chart is first looked at."""
    first = Visit(chromium, address(book, CHAPTERS[0]))
    before = first.tables()
    first.assume({"rental": 3.5})
    first.until("() => !document.querySelector('figure.chart:not([data-awake])')")
    second = Visit(chromium, address(book, CHAPTERS[0])).wake_all().assume({"rental": 3.5})
    assert first.tables() == second.tables() != before
    assert first.marks() == second.marks()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_slider_moves_by_keyboard_and_resets(book, chromium, chapter):
    visit = Visit(chromium, address(book, chapter)).wake_all()
    page = visit.page
    slider = page.locator("figure.chart .controls input[type=range]").first
    chart = slider.locator("xpath=ancestor::figure")
    name = chart.get_attribute("id")
    before = visit.marks()[name]
    for key in ["End", "ArrowLeft", "Home"]:
        slider.press(key)
    page.wait_for_timeout(300)
    assert visit.marks()[name] != before
    visit.until("() => document.querySelector('.heard').textContent.includes('Recomputed')")
    chart.locator("button.reset:visible").first.click()
    page.wait_for_timeout(300)
    assert visit.marks()[name] == before
    assert page.locator("data.live.changed").count() == 0


def test_a_wrong_value_is_refused_with_a_note_and_changes_nothing(book, chromium):
    page = Visit(chromium, address(book, CHAPTERS[0])).wake_all()
    before = page.numbers()
    page.page.evaluate("document.querySelector('details.assumptions').open = true")
    for wrong in ["-5", ""]:
        field = page.page.locator("[data-assumption] input[type=number]").first
        field.fill(wrong)
        assert field.get_attribute("aria-invalid") is not None
    page.page.wait_for_timeout(200)
    assert page.numbers() == before


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_page_reads_whole_without_javascript(book, chromium, chapter):
    visit = Visit(chromium, address(book, chapter), java_script_enabled=False)
    html = visit.page.content()
    assert html.count('<figure class="chart"') == html.count('class="marks"')
    assert "<math" in html
    assert "{glue:" not in html


@pytest.mark.parametrize("chapter", [*CHAPTERS, "a1_model_error"])
def test_no_series_is_told_by_its_colour_alone(book, chromium, chapter):
    """Lines of a legend differ in their dashes too, and dots in their shape."""
    page = Visit(chromium, address(book, chapter)).page
    alike = page.evaluate(
        """() => {
          const flat = (of) => of.flatMap((m) => (m.type === "group" ? flat(m.marks ?? []) : [m]));
          const second = (m) => m.encode.update[{ line: "strokeDash", symbol: "shape" }[m.type]];
          const series = ({ stroke, fill }) => stroke?.field ?? fill?.field;
          return Object.entries(page.data.charts).filter(([, c]) => c.legends?.length).flatMap(
            ([id, chart]) => {
              const drawn = flat(chart.marks).filter((m) => ["line", "symbol"].includes(m.type));
              const told = drawn.filter(second).map((m) => series(m.encode.update));
              return drawn.map((m) => series(m.encode.update))
                .filter((field) => field && !told.includes(field)).map((field) => [id, field]);
            });
        }"""
    )
    assert alike == []


def test_a_point_of_a_line_says_its_values_and_a_bar_its_own(book, chromium):
    visit = Visit(chromium, address(book, "04_barriers_to_entry")).wake_all()
    said = "() => { const t = document.querySelector('.tip'); return t.hidden ? '' : t.innerText }"
    for figure, words in [
        ("#pooled-demand", ("Firms that share a fleet: ", "Utilisation, %: ")),
        ("#trillion-weights", ("Trillion weights: ", "weights: open")),
    ]:
        plot = visit.page.locator(f"{figure} .plot")
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        found = set()
        for down in range(5, 95, 5):
            visit.page.mouse.move(
                box["x"] + 0.4 * box["width"], box["y"] + down / 100 * box["height"]
            )
            found.add(visit.page.evaluate(said))
        assert any(all(word in text for word in words) for text in found), found
        assert "" in found  # away from everything nothing is said
    visit.page.keyboard.press("Escape")
    assert visit.page.evaluate(said) == ""
    visit.context.close()
