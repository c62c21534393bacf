"""Slides in a real browser: what they show, what they say, and that a slider moves both."""

import hashlib
import re
from types import SimpleNamespace

import pytest
from docutils import nodes
from inference_economics import assumptions, page, scenarios
from inference_economics.book import deck, site, slides, slides_pdf, tags
from inference_economics.model import search
from inference_economics.tables import InputError
from inference_economics.units import to
from pypdf import PdfReader

from .visit import Visit

CHAPTERS = [path.stem for path in site.chapters()]
SCREEN = {"width": 1280, "height": 720}
FIGURE = '<div class="cell"><div class="cell_output"><figure id="x"><figcaption>Up</figcaption>'
FIGURE += '<div class="controls" data-sliders=""/></figure></div></div>'
# Whatever of the present slide sticks out of it, or of its own box sideways.
STICKS_OUT = """() => {
  const slide = document.querySelector('section.present');
  const { right, bottom } = slide.getBoundingClientRect();
  return [slide, ...slide.querySelectorAll(':scope > :not(aside), :scope > figure > *, div.math')]
    .filter(n => n.getBoundingClientRect().right > right + 1 || n.scrollWidth > n.clientWidth + 1
      || n.getBoundingClientRect().bottom > bottom + 1 || n.scrollHeight > n.clientHeight + 1)
    .map(n => `${n.tagName}.${n.className}: ${n.scrollWidth}x${n.scrollHeight} in
      ${n.clientWidth}x${n.clientHeight}`) }"""


@pytest.fixture(scope="module")
def decks(book, tmp_path_factory):
    return slides.make(book, tmp_path_factory.mktemp("slides") / "decks")


def opened(chromium, decks, chapter, **options):
    visit = Visit(chromium, (decks / f"{chapter}.html").as_uri(), viewport=SCREEN, **options)
    visit.page.locator("section.present").wait_for()
    return visit


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_arrow_keys_show_every_slide_whole(decks, chromium, chapter):
    visit = opened(chromium, decks, chapter, color_scheme="dark")
    count, charts = visit.page.evaluate("Reveal.getTotalSlides()"), 0
    assert count >= 10
    for number in range(count):
        assert visit.page.evaluate("Reveal.getState().indexh") == number
        if visit.page.locator("section.present figure").count():
            visit.page.locator("section.present figure[data-awake]").wait_for()
            charts += 1
        assert visit.page.evaluate(STICKS_OUT) == []
        visit.page.keyboard.press("ArrowRight")
    assert visit.page.evaluate("Reveal.isLastSlide()")
    assert charts == len(re.findall("<figure", (decks / f"{chapter}.html").read_text()))
    assert visit.errors == []
    assert [url for url in visit.requests if not url.startswith("file:")] == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_deck_has_all_charts_of_its_chapter_and_something_to_say_of_most(book, decks, chapter):
    markup = (decks / f"{chapter}.html").read_text()
    source = (book / "chapters" / f"{chapter}.html").read_text()
    figures = r'<figure class="chart" id="([\w-]+)"'
    assert re.findall(figures, markup) == re.findall(figures, source)
    assert markup.count("<section class") <= 1.5 * markup.count('<aside class="notes">')
    assert f'href="{chapter}.html"' in (decks / "index.html").read_text()


def test_a_slider_moved_by_keyboard_shows_what_python_computes(decks, chromium):
    visit = opened(chromium, decks, "03_2_search_scale")
    number = visit.page.locator("section.present .takeaway [data-number=ss_early_one]")
    slider = visit.page.locator("section.present input[type=range]").first
    while not number.count():
        visit.page.keyboard.press("ArrowRight")
    at = visit.page.evaluate("Reveal.getState().indexh")
    slider.focus()
    for _ in range(20):
        visit.page.keyboard.press("ArrowRight")
    rental = float(visit.page.locator("section.present input[type=number]").first.input_value())
    visit.settled({"a100_rental": rental})
    given = assumptions.in_base_units(scenarios.Scenario().values | {"a100_rental": rental})
    cost = search.early(given, "gpt-3-175b", "A100-80GB", 8, 1).cost
    assert rental != assumptions.known().value["a100_rental"]
    assert number.text_content() == page.text(to(cost, "USD/krequest"))
    assert visit.page.evaluate("Reveal.getState().indexh") == at  # the keys moved the slider
    assert f"a100_rental={rental:g}" in visit.page.url
    assert visit.page.get_by_role("button", name="Reset: Rental price of one A100").is_visible()
    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("ArrowRight")
    assert visit.page.evaluate("Reveal.getState().indexh") == at + 1
    while not visit.page.evaluate("Reveal.isLastSlide()"):  # all charts have been drawn anew by now
        assert visit.page.evaluate(STICKS_OUT) == []
        visit.page.keyboard.press("ArrowRight")


def test_the_speakers_view_has_notes_and_what_comes_next_and_turns_the_slides(decks, chromium):
    visit = opened(chromium, decks, CHAPTERS[0])
    with visit.page.expect_popup() as popup:
        visit.page.keyboard.press("s")
    view = popup.value
    said = visit.page.locator("section.present aside.notes").text_content()
    assert view.locator("main").text_content() == said != ""
    following = view.locator("h2").text_content().removeprefix("Next: ")
    view.keyboard.press("ArrowRight")
    view.locator("h1").get_by_text(following, exact=True).wait_for()
    assert visit.page.locator("section.present h2").text_content() == following
    assert visit.errors == []


def test_a_deck_is_printed_a_slide_a_sheet(decks, chromium):
    chapter = CHAPTERS[3]
    printed = PdfReader(slides_pdf.make(decks / f"{chapter}.html", chromium))
    markup = (decks / f"{chapter}.html").read_text()
    assert len(printed.pages) == markup.count("<section class")
    assert {tuple(sheet.mediabox[2:]) for sheet in printed.pages} == {(960, 540)}  # 16 by 9
    for sheet, title in zip(
        printed.pages, re.findall(r"<h[12]>(.*?)</h[12]>", markup), strict=True
    ):
        assert title.split()[0] in sheet.extract_text()


def cells(*blocks: str) -> list[deck.Slide]:
    section = f"<section><h2>Part</h2>{''.join(blocks)}</section>"
    whole = f"<article><section><h1>T</h1><p>Lede.</p>{section}</section></article>"
    return deck.slides(whole)[1:]


def test_a_chart_shows_the_first_sentence_and_leaves_the_rest_to_the_speaker():
    (slide,) = cells("<p>Before.</p>", FIGURE, "<p>It costs 3.5 USD. So <b>it</b> is.</p>")
    assert (slide.kind, slide.title, slide.part) == ("chart", "Up", "Part")
    assert '<p class="takeaway">It costs 3.5 USD.</p>' in slide.body
    assert '<div class="controls" data-sliders=""></div>' in slide.body
    assert slide.notes == "<p>Before.</p><p>It costs 3.5 USD. So <b>it</b> is.</p>"


def test_tags_make_a_slide_leave_one_out_or_give_it_to_the_speaker():
    assert cells("<p>Text.</p>") == []
    (slide,) = cells('<p class="tag_slide">Shown.</p>', '<p class="tag_notes">Said.</p>')
    assert (slide.title, slide.body, slide.notes) == (
        "Part",
        '<p class="tag_slide">Shown.</p>',
        '<p class="tag_notes">Said.</p>',
    )
    assert cells(FIGURE.replace("cell", "cell tag_skip", 1)) == []


def test_a_table_and_a_list_of_exercises_take_as_many_slides_as_they_need():
    row = f"<tr><td>{'claim ' * 20}</td><td>holds</td><td>so</td></tr>"
    head = "<thead><tr><th>Claim</th><th>Verdict</th><th>Because</th></tr></thead>"
    table = f'<div class="scroll"><table>{head}<tbody>{row * 6}</tbody></table></div>'
    sheets = cells(table)
    assert [slide.body.count("<tr>") - 1 for slide in sheets] == [3, 3]
    answer = '<details class="sd-dropdown"><summary>Solution</summary><p>{}</p></details>'
    asked = "<ol><li><p>One?</p></li><li><p>Two?</p></li></ol>"
    exercises = cells(asked, answer.format("1"), answer.format("2"))
    assert [slide.body for slide in exercises] == ["<p>One?</p>", "<p>Two?</p>"]
    assert [slide.notes for slide in exercises] == ["<p>1</p>", "<p>2</p>"]


def test_tags_of_a_cell_of_text_reach_its_paragraphs(tmp_path):
    source = tmp_path / "page.ipynb"
    source.write_text(
        '{"cells": [{"cell_type": "markdown", "metadata": {}},'
        ' {"cell_type": "markdown", "metadata": {"tags": ["notes"]}}]}'
    )
    first, second = nodes.paragraph("", "one"), nodes.paragraph("", "two")
    first.line, second.line = 10_003, 20_001
    doctree = nodes.section("", nodes.title("", "T"), first, second)
    app = SimpleNamespace(env=SimpleNamespace(doc2path=lambda name: str(source)))
    tags.mark(app, doctree, "page")
    assert (first["classes"], second["classes"]) == ([], ["tag_notes"])


def test_what_is_no_deck_is_not_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="holds no slides"):
        slides.build(scenarios.Scenario(), output=tmp_path, jobs=1, quiet=True)


def test_reveal_is_the_release_that_it_is_said_to_be():
    said = re.findall(r"^    (\w{64})  (\S+)$", (slides.LOOK / "README.md").read_text(), re.M)
    assert [name for _, name in said] == ["reveal.js", "reveal.css"]
    for digest, name in said:
        assert hashlib.sha256((slides.LOOK / name).read_bytes()).hexdigest() == digest
