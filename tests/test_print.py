"""The book on paper and in e-readers, made from the same executed notebooks as the site."""

import re
import sys
from contextlib import contextmanager
from unicodedata import normalize
from xml.etree import ElementTree
from zipfile import ZIP_STORED, ZipFile

import nbformat
import pytest
from click.testing import CliRunner
from inference_economics import questions
from inference_economics.book import chromium as browser
from inference_economics.book import epub, paper, pdf, site
from inference_economics.cli import main
from inference_economics.scenarios import Scenario
from pypdf import PdfReader

XHTML = "{http://www.w3.org/1999/xhtml}"
SHEET = {"width": 642, "height": 979}  # A4 less the margins, in pixels
POINTS = (595, 842)  # A4


@pytest.fixture(scope="module")
def whole(stage):
    return paper.book(stage, Scenario(), quiet=True)


@pytest.fixture(scope="module")
def printed(whole, chromium, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdf")
    return PdfReader(pdf.make(whole, folder / "draft.pdf", folder / "book.pdf", chromium))


@pytest.fixture(scope="module")
def packed(whole, tmp_path_factory):
    folder = tmp_path_factory.mktemp("epub")
    with ZipFile(epub.make(whole, folder / "draft.epub", folder / "book.epub")) as archive:
        yield archive


@pytest.fixture
def small():
    """A book of two pages that have everything in common but their names."""
    body = (
        '<section id="one"><h1>{0} &amp; co.</h1><h2>“Quoted"</h2><p id="here">Here</p>'
        '<p><a href="#here">here</a> <a href="{1}.xhtml#here">there</a> '
        '<a href="{1}.xhtml">all</a></p></section>'
    )
    pages = [
        paper.Page(name, f'{name} & "co."', "Part", [("one", name)], body.format(name, other))
        for name, other in [("first", "second"), ("second", "first")]
    ]
    return paper.Book("A title", "Some & others", "Not the book's own: x < 1.", pages)


def titles() -> list[str]:
    """The first heading of every notebook, as typeset."""
    notebooks = (nbformat.read(path, as_version=4) for path in site.pages())
    found = (re.search("^# (.*)", book.cells[0].source, re.M)[1] for book in notebooks)
    return [title.replace("'", "’") for title in found]


def words(page) -> str:
    """What stands on a sheet of the PDF, without ligatures."""
    return " ".join(normalize("NFKC", page.extract_text()).split())


def test_the_pdf_is_a_bound_book(printed):
    sizes = {(round(page.mediabox.width), round(page.mediabox.height)) for page in printed.pages}
    assert sizes == {POINTS}
    top = [item for item in printed.outline if not isinstance(item, list)]
    assert [item.title for item in top][2:-1] == titles()  # after contents and preface
    listed = words(printed.pages[1])
    for item in top[2:]:
        sheet = printed.get_destination_page_number(item)
        assert f"{item.title} {sheet + 1}" in listed
        assert words(printed.pages[sheet]).count(item.title) == 2  # its head, and its title
    (first,) = (n for n, item in enumerate(top) if item.title == "Glossary")
    glossary = [printed.get_destination_page_number(item) for item in top[first : first + 2]]
    text = " ".join(words(printed.pages[sheet]) for sheet in range(*glossary))
    assert "Weight A number that a model learned" in text


def test_every_link_of_the_pdf_leads_somewhere(printed, whole):
    numbers = dict.fromkeys((page.name.rpartition("/")[2] for page in whole.pages), 0)
    targets = set(re.findall(r' href="#([^"]+)"', pdf.document(whole, numbers)))
    assert len(targets) > 200
    assert {name.removeprefix("/") for name in printed.named_destinations} == targets


def test_charts_of_the_pdf_are_drawings_on_one_sheet_with_their_words(printed, whole):
    kinds = {
        item.get_object()["/Subtype"]
        for page in printed.pages
        for item in page["/Resources"].get("/XObject", {}).values()
    }
    assert "/Image" not in kinds
    chapter = whole.pages[1]
    begin, end = (
        printed.get_destination_page_number(printed.named_destinations[f"/{page.name[9:]}"])
        for page in whole.pages[1:3]
    )
    sheets = [words(page) for page in printed.pages[begin:end]]
    figures = ElementTree.fromstring(f"<x>{chapter.body}</x>").iter("figure")
    for figure in figures:
        caption = "".join(figure.find("figcaption").itertext())
        source = "".join(figure.find("div[@class='source']/p").itertext())
        drawn = [item.text for item in figure.iter("{http://www.w3.org/2000/svg}text") if item.text]
        needed = [normalize("NFKC", part) for part in (caption, source, drawn[0], drawn[-1])]
        assert [sheet for sheet in sheets if all(part in sheet for part in needed)], caption


def test_nothing_is_wider_or_higher_than_a_sheet(whole, chromium, tmp_path):
    numbers = dict.fromkeys((page.name.rpartition("/")[2] for page in whole.pages), 0)
    (tmp_path / "book.xhtml").write_text(pdf.document(whole, numbers), encoding="utf-8")
    page = chromium.new_page(viewport=SHEET)
    page.emulate_media(media="print")
    page.goto((tmp_path / "book.xhtml").as_uri())
    found = page.evaluate(
        """sheet => [...document.querySelectorAll('table, math, pre, figure, svg, p, dt')]
        .filter(item => item.getBoundingClientRect().right > sheet.width + 1
          || item.matches('figure') && item.offsetHeight > sheet.height)
        .map(item => item.textContent.slice(0, 80))""",
        SHEET,
    )
    page.close()
    assert found == []


def test_solutions_are_open_and_what_needs_a_script_is_gone(whole):
    text = " ".join(page.body for page in whole.pages)
    for gone in ("<script", "<style", "<details", "<button", "var(--", "cell_input", '="controls'):
        assert gone not in text, gone
    solutions = sum(
        cell.source.count("{dropdown}")
        for path in site.pages()
        for cell in nbformat.read(path, as_version=4).cells
    )
    assert text.count(">Solution<") == solutions + len(questions.questions)


def test_paper_has_the_charts_and_equations_of_the_site(whole, book):
    for page in whole.pages:
        shown = (book / f"{page.name}.html").read_text(encoding="utf-8")
        for mark in ('<figure class="chart"', "<math", 'class="marks"'):
            assert page.body.count(mark) == shown.count(mark), page.name


def test_the_epub_is_whole_and_well_formed(packed):
    assert packed.testzip() is None
    first = packed.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
    assert packed.read("mimetype") == b"application/epub+zip"
    package = ElementTree.fromstring(packed.read("book.opf"))
    listed = {item.get("href") for item in package.iter("{http://www.idpf.org/2007/opf}item")}
    ours = {"mimetype", "META-INF/container.xml", "book.opf"}
    assert listed == set(packed.namelist()) - ours
    sheets = {
        name: ElementTree.fromstring(packed.read(name)) for name in listed if ".xhtml" in name
    }
    identifiers = {
        name: {item.get("id") for item in sheet.iter()} for name, sheet in sheets.items()
    }
    for name, sheet in sheets.items():
        for plot in sheet.iter(f"{XHTML}div"):
            assert plot.get("class") != "plot" or plot.get("aria-label"), name
        for link in sheet.iter(f"{XHTML}a"):
            file, _, anchor = link.get("href").partition("#")
            if ":" not in file:
                folder = name.rpartition("/")[0] if not file.startswith("../") else ""
                place = f"{folder}/{file.removeprefix('../')}".lstrip("/") if file else name
                assert not anchor or anchor in identifiers[place], (name, link.get("href"))
                assert place in sheets, (name, link.get("href"))


def test_the_contents_of_the_epub_name_every_chapter(packed):
    contents = ElementTree.fromstring(packed.read("nav.xhtml"))
    entries = {link.get("href"): link.text for link in contents.iter(f"{XHTML}a")}
    assert [entries[f"chapters/{path.stem}.xhtml"] for path in site.pages()] == titles()
    order = re.findall(r'idref="([^"]+)"', packed.read("book.opf").decode())
    assert order[:3] == ["title", "nav", "index"]
    assert order[3:-1] == [f"chapters-{path.stem}" for path in site.pages()]


def test_a_scenario_and_marks_of_markup_reach_both_forms(small, chromium, tmp_path):
    reader = PdfReader(pdf.make(small, tmp_path / "x.pdf", tmp_path / "book.pdf", chromium))
    assert "Not the book's own: x < 1." in words(reader.pages[0])
    assert 'first & "co."' in words(reader.pages[2])
    places = reader.named_destinations.items()
    sheets = {name: reader.get_destination_page_number(place) for name, place in places}
    assert sheets == {"/first": 2, "/first.here": 2, "/second": 3, "/second.here": 3}
    with ZipFile(epub.make(small, tmp_path / "x.epub", tmp_path / "book.epub")) as archive:
        assert "x &lt; 1" in archive.read("title.xhtml").decode()
        ElementTree.fromstring(archive.read("book.opf"))


def test_a_build_is_repeatable(small, chromium, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    made = []
    for name in ("first", "second"):
        draft, output = tmp_path / "draft", tmp_path / name
        made.append(
            pdf.make(small, draft, output, chromium).read_bytes()
            + epub.make(small, draft, output).read_bytes()
        )
    assert made[0] == made[1]
    assert b"D:20010909014640" in made[0]


def test_the_command_makes_an_epub(stage, tmp_path, monkeypatch):
    @contextmanager
    def staged(scenario, output, jobs, quiet):
        yield stage

    monkeypatch.setattr(site, "staged", staged)
    output = tmp_path / "mine.epub"
    done = CliRunner().invoke(main, ["build", "--to", "epub", "--quiet", "--output", str(output)])
    assert done.output.strip().endswith(f"open {output}")
    assert output.read_bytes().startswith(b"PK")


@pytest.mark.parametrize(("form", "said"), [("pdf", "is a folder"), ("epub", "is a folder")])
def test_a_folder_is_not_written_over(form, said, tmp_path):
    done = CliRunner().invoke(main, ["build", "--to", form, "--output", str(tmp_path)])
    assert done.exit_code == 1
    assert said in done.output


def test_without_a_browser_printing_says_what_to_install(monkeypatch, tmp_path):
    command = ["build", "--to", "pdf", "--output", str(tmp_path / "book.pdf")]
    monkeypatch.setattr(browser, "find", lambda: None)
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert "install Chromium" in done.output
    monkeypatch.setattr(browser, "find", lambda: "chromium")
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert "pip install playwright" in done.output
