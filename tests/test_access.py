"""Everyone can use the pages: axe, the keyboard alone, narrow screens, no script, print."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from inference_economics.book import site

from .visit import Visit

CHAPTERS = [path.stem for path in site.chapters()]
PAGES = ["index", "search", "CHANGELOG"]
PAGES += [f"chapters/{path.stem}" for path in site.pages()]
NARROW = {"width": 320, "height": 640}


def opened(chromium, book, page: str, **options) -> Visit:
    return Visit(chromium, (book / f"{page}.html").as_uri(), **options)


OPEN = """() => [
  ...document.querySelectorAll('details:not(figure details)'),
  ...[...document.querySelectorAll('figure details')].slice(0, 1),
].forEach((details) => (details.open = true))"""
# What is far off is not painted; axe is to see all of it.
PAINT_ALL = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('article section > :not(section) { content-visibility: visible !important }');
  document.adoptedStyleSheets = [sheet];
}"""


@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing(book, chromium, page):
    """With charts awake, all but the other charts' tables open, and an assumption changed."""
    visit = opened(chromium, book, page)
    visit.wake_all()
    visit.page.evaluate(OPEN)
    field = visit.page.locator("[data-assumption] input[type=number]")
    if field.count():
        field.first.fill(visit.page.evaluate("() => String([...page.known.values()][0].high)"))
        visit.until("() => document.querySelector('.heard').textContent")
    assert visit.errors == []
    visit.page.evaluate(PAINT_ALL)
    whole = axe(visit.page, {})
    assert whole > 10
    visit.page.emulate_media(color_scheme="dark")
    assert axe(visit.page, {"runOnly": ["color-contrast"]}) == 1
    visit.context.close()


def axe(page, options: dict) -> int:
    """How many of axe's rules hold; none is broken."""
    quick = {"preload": False, "resultTypes": ["violations"]}  # the rest is counted, not described
    found = Axe().run(page, options=quick | options).response
    said = [f"{v['id']}: {n['html'][:200]}" for v in found["violations"] for n in v["nodes"]]
    assert said == []
    return len(found["passes"])


@pytest.mark.parametrize("page", PAGES)
def test_nothing_sticks_out_of_a_narrow_screen(book, chromium, page):
    visit = opened(chromium, book, page, viewport=NARROW).wake_all()
    visit.page.evaluate("() => document.querySelectorAll('details').forEach(d => d.open = true)")
    visit.page.evaluate(PAINT_ALL)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    visit.context.close()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_what_charts_say_is_readable_on_a_narrow_screen(book, chromium, chapter):
    """Letters of 11 pixels or more, none cut off by the edge of its chart."""
    visit = opened(chromium, book, f"chapters/{chapter}", viewport=NARROW).wake_all()
    found = visit.page.evaluate(
        """() => {
          const scale = ({ a, b }) => Math.hypot(a, b);
          const letters = (t) => parseFloat(getComputedStyle(t).fontSize) * scale(t.getScreenCTM());
          return [...document.querySelectorAll('figure.chart .plot svg text')]
            .filter((t) => t.textContent.trim() && t.getAttribute('opacity') !== '0')
            .map((t) => [t, t.getBoundingClientRect()])
            .filter(([t, b]) => b.left < 0 || b.right > innerWidth || letters(t) < 10.9)
            .map(([t, b]) => [t.closest('figure').id, t.textContent, b.left, b.right]);
        }"""
    )
    assert found == []
    visit.context.close()


def test_the_keyboard_alone_reads_moves_and_undoes(book, chromium):
    """From the top of a page: skip to the text, open the panel, change a value, take it back."""
    visit = opened(chromium, book, f"chapters/{CHAPTERS[0]}")
    keys = visit.page.keyboard
    focus = "() => document.activeElement.outerHTML"
    keys.press("Tab")
    assert "Skip to the text" in visit.page.evaluate(focus)
    keys.press("Enter")
    assert visit.page.evaluate("() => document.activeElement.id") == "main"
    panel = "() => document.activeElement.matches('details.assumptions > summary')"
    tab_until(visit, panel)
    keys.press("Enter")
    tab_until(visit, "() => document.activeElement.matches('[data-assumption] input[type=range]')")
    keys.press("End")
    visit.until("() => document.querySelector('.heard').textContent.includes('Changed')")
    tab_until(visit, "() => document.activeElement.textContent === 'Undo'", most=400)
    keys.press("Enter")
    visit.until(
        "() => document.querySelector('.heard').textContent.includes('As published') ||"
        " document.querySelector('.heard').textContent.includes('All as published')"
    )


def tab_until(visit, condition: str, most: int = 60):
    """Tabs on; every stop on the way can be seen to have the focus."""
    for _ in range(most):
        visit.page.keyboard.press("Tab")
        seen = visit.page.evaluate(
            """() => { const s = getComputedStyle(document.activeElement);
              return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 }"""
        )
        assert seen, visit.page.evaluate("() => document.activeElement.outerHTML.slice(0, 200)")
        if visit.page.evaluate(condition):
            return
    raise AssertionError(condition)


def test_the_menus_open_without_a_script_on_a_phone(book, chromium):
    visit = opened(
        chromium, book, f"chapters/{CHAPTERS[0]}", viewport=NARROW, java_script_enabled=False
    )
    link = visit.page.get_by_role("link", name="Glossary", exact=True)
    assert not link.is_visible()
    visit.page.get_by_role("button", name="Contents").press("Enter")
    link.click()
    assert visit.page.url.endswith("a6_glossary.html")


def test_colours_follow_the_system_or_the_reader_and_are_kept(book, chromium):
    visit = opened(chromium, book, f"chapters/{CHAPTERS[0]}", color_scheme="dark").wake_all()
    ground = "() => getComputedStyle(document.body).backgroundColor"
    line = "() => getComputedStyle(document.querySelector('.plot svg text')).fill"
    dark = visit.page.evaluate(ground), visit.page.evaluate(line)
    button = visit.page.get_by_role("button", name="Colours")
    button.press("Enter")
    assert button.inner_text() == "Colours: light"
    light = visit.page.evaluate(ground), visit.page.evaluate(line)
    assert all(a != b for a, b in zip(dark, light, strict=True))
    visit.page.goto((book / "chapters" / f"{CHAPTERS[1]}.html").as_uri())
    assert visit.page.evaluate(ground) == light[0]


def test_nothing_moves_by_itself(book):
    """No animation and no transition: there is nothing that a reader would have to switch off."""
    for style in (book / "_static").glob("*.css"):
        if style.name in ("page.css", "figures.css"):
            text = style.read_text(encoding="utf-8")
            assert "transition" not in text
            assert "animation" not in text
            assert "smooth" not in text


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_print_has_the_text_and_the_charts_alone(book, chromium, chapter):
    visit = opened(chromium, book, f"chapters/{chapter}")
    visit.page.emulate_media(media="print")
    shown = (
        "() => [...document.querySelectorAll('button, nav, form:not(.check), input')].filter(n =>"
        " n.checkVisibility()).map(n => n.outerHTML.slice(0, 100))"
    )
    assert visit.page.evaluate(shown) == []
    hidden = "() => [...document.querySelectorAll('.plot svg')].filter(n => !n.checkVisibility())"
    assert visit.page.evaluate(hidden) == []
    visit.context.close()
