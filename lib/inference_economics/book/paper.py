"""The book's pages as they are read on paper: what needs a script or a click is gone or open."""

import os
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from xml.dom.minidom import Document, Element, parseString

import yaml

from .. import __version__
from ..scenarios import Scenario
from . import colours, site

STYLES = Path(__file__).parent
MATH = STYLES / "theme" / "static" / "math.css"  # as on the site
LICENCE = "Text and figures: CC BY 4.0. Code: MIT."
GONE = {"above-input", "cell_input", "controls", "sd-summary-state-marker", "toctree-wrapper"}
GONE |= {"typed", "told", "mistake"}  # of a self-check
PRESSED = {"button", "input"}
SHORT = 14  # characters
OLD = {"tabindex", "border", "valign"}  # attributes: for a keyboard, or from before style sheets


@dataclass
class Page:
    """A page of the book."""

    name: str
    """Of its file, with the folder and without the ending."""
    title: str
    part: str
    sections: list[tuple[str, str]]
    """The identifier and the heading of each."""
    body: str
    """Well-formed XHTML; links go to other pages as ``chapters/NAME.xhtml#identifier``."""


@dataclass
class Book:
    """All that a book on paper is made from."""

    title: str
    author: str
    banner: str
    """What it says of assumptions that are not the book's own; empty if they are."""
    pages: list[Page]


def book(stage: Path, scenario: Scenario, quiet: bool) -> Book:
    """The pages of a :func:`site.staged` book, in their order."""
    made = site.sphinx(stage, "epub", quiet)
    config = yaml.safe_load((stage / "_config.yml").read_text(encoding="utf-8"))
    parts = {"index": ""} | {name: part for part, names in site.parts().items() for name in names}
    pages = [
        page(name, part, (made / f"{name}.xhtml").read_text(encoding="utf-8"))
        for name, part in parts.items()
    ]
    banner = site.banner(scenario) if scenario.overrides else ""
    return Book(config["title"], config["author"], banner, pages)


def page(name: str, part: str, markup: str) -> Page:
    """A page from the ``markup`` that Sphinx wrote for it."""
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", markup, flags=re.DOTALL)
    markup = colours.light(markup)  # few e-readers know variables
    document = parsed(markup)
    for element in list(document.getElementsByTagName("*")):
        _settle(element, part)
    for cell in list(document.getElementsByTagName("div")):
        if "cell" in classes(cell) and not text(cell).strip():
            cell.parentNode.removeChild(cell)
    (body,) = (item for item in document.getElementsByTagName("div") if "body" in classes(item))
    (title,) = body.getElementsByTagName("h1")
    if name == "index":  # the book's title stands on the sheet before
        title.firstChild.data = "About this book"
    sections = [
        (heading.parentNode.getAttribute("id"), text(heading))
        for heading in body.getElementsByTagName("h2")
    ]
    content = "".join(node.toxml() for node in body.childNodes)
    return Page(name, text(title), part, sections, content)


def parsed(markup: str) -> Document:
    """The tree of ``markup`` that is well-formed but for loose ampersands."""
    return parseString(re.sub(r"&(?!#?\w+;)", "&amp;", markup))


def dated(printed: bytes) -> bytes:
    """A PDF by Chromium as of :func:`built`, not of the clock, so that it is the same each time."""
    date = f"Date (D:{built():%Y%m%d%H%M%S}+00'00')".encode()
    return re.sub(rb"Date \(D:\d{14}\+00'00'\)", date, printed)


def _settle(element: Element, part: str) -> None:
    """Takes away what a reader on paper can't use, and opens what is folded."""
    kinds = classes(element)
    again = "assumptions" in kinds and part == "Appendix"  # which lists all of them
    if kinds & GONE or again or element.tagName in PRESSED:
        element.parentNode.removeChild(element)
    elif element.tagName == "details" and not kinds:
        _keep_example(element)
    elif element.tagName == "details":
        element.tagName = "div"
        (summary,) = element.getElementsByTagName("summary")
        summary.tagName = "p"
        summary.setAttribute("class", "summary")
        if "assumptions" in kinds:
            _shorten(element, summary)
    for name in list(element.attributes.keys()):
        if name in OLD or name.startswith("data-"):
            element.removeAttribute(name)
    if element.tagName == "td" and len(text(element)) < SHORT:
        element.setAttribute("class", "short")  # a date or a range is not broken at its hyphen
    if element.getAttribute("id").startswith("T_"):  # pandas names cells by chance
        element.removeAttribute("id")
    href = element.getAttribute("href")
    if re.match(r"\w+\.html", href):  # of a notebook's own making
        element.setAttribute("href", href.replace(".html", ".xhtml", 1))


def _keep_example(details: Element) -> None:
    """Leaves of a formula's code the example, which its text announces; no values of a chart."""
    _, prompt, example = text(details).partition(">>> ")
    if prompt:
        shown = details.ownerDocument.createElement("pre")
        shown.appendChild(details.ownerDocument.createTextNode(prompt + example))
        details.parentNode.insertBefore(shown, details)
    details.parentNode.removeChild(details)


def _shorten(assumptions: Element, summary: Element) -> None:
    """Leaves an assumption's source to the appendix, which its name then links to."""
    summary.firstChild.data = "The assumptions of this chapter"
    for row in assumptions.getElementsByTagName("tr"):
        row.removeChild(row.lastChild)
        if name := row.getAttribute("data-assumption"):
            link = row.ownerDocument.createElement("a")
            link.setAttribute("href", f"a3_assumptions.xhtml#{name}")
            link.appendChild(row.firstChild.firstChild)
            row.firstChild.appendChild(link)


def style(*names: str) -> str:
    """The style sheets ``names`` with that of equations; colours written out as on light ground."""
    sheets = [MATH, *(STYLES / name for name in names)]
    return colours.light("".join(sheet.read_text(encoding="utf-8") for sheet in sheets))


def classes(element: Element) -> set[str]:
    return set(element.getAttribute("class").split())


def text(element: Element) -> str:
    """All words within ``element``."""
    if element.nodeType == element.TEXT_NODE:
        return element.data
    return "".join(text(child) for child in element.childNodes)


def title_page(book: Book) -> str:
    """The markup of the first sheet."""
    banner = f'<p class="banner">{escape(book.banner)}</p>' if book.banner else ""
    return (
        f'<div class="title-page"><p class="book-title">{escape(book.title)}</p>'
        f"<p>{escape(book.author)}</p><p>Version {__version__}</p>{banner}<p>{LICENCE}</p></div>"
    )


def built() -> datetime:
    """When the book was made; ``SOURCE_DATE_EPOCH`` [s] makes a build repeatable."""
    return datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())), UTC)
