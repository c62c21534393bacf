"""An EPUB: the pages for paper, and what an e-reader must know of them."""

import os
import textwrap
import uuid
from html import escape
from itertools import groupby
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import vl_convert

from ..scenarios import Scenario
from ..tables import InputError
from . import colours, paper, site
from .paper import Book, Page

CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>
<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>
"""
SHEET = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en"
 xml:lang="en"><head><title>{title}</title>
<link rel="stylesheet" href="{up}paper.css"/></head>
<body>{body}</body></html>
"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="book" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="book">urn:uuid:{identifier}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:language>en</dc:language>
<dc:creator>{author}</dc:creator>
<dc:rights>{licence}</dc:rights>
<dc:description>{banner}</dc:description>
<dc:date>{date:%Y-%m-%d}</dc:date>
<meta property="dcterms:modified">{date:%Y-%m-%dT%H:%M:%SZ}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
</metadata>
<manifest>
<item id="cover" href="cover.png" media-type="image/png" properties="cover-image"/>
<item id="style" href="paper.css" media-type="text/css"/>
{items}
</manifest>
<spine>
{spine}
</spine>
</package>
"""
COVER = """<svg xmlns="http://www.w3.org/2000/svg" width="800" height="1200">
<rect width="800" height="1200" fill="var(--chart-1)"/>
<path d="M80 1060 L470 700 L720 700" fill="none" stroke="var(--ground)" stroke-width="12"/>
<g fill="var(--ground)" font-family="sans-serif" font-size="84" font-weight="bold">{title}</g>
</svg>"""


def build(scenario: Scenario, *, output: Path, jobs: int, quiet: bool = False) -> Path:
    """Builds the book under ``scenario`` as the EPUB ``output``; returns its path."""
    if output.is_dir():
        raise InputError(f"{output}: is a folder; name a file")
    with site.staged(scenario, output, jobs, quiet) as stage:
        return make(paper.book(stage, scenario, quiet), stage / output.name, output)


def make(book: Book, draft: Path, output: Path) -> Path:
    """Writes ``book`` as ``draft``, which one rename then makes ``output``."""
    contents = SHEET.format(title="Contents", up="", body=navigation(book))
    front = SHEET.format(title=escape(book.title), up="", body=paper.title_page(book))
    sheets = {"title": front, "nav": contents}
    for page in book.pages:
        up = "../" * page.name.count("/")
        sheets[page.name] = SHEET.format(title=escape(page.title), up=up, body=page.body)
    with ZipFile(draft, "w") as archive:

        def add(name: str, content: str | bytes, how: int = ZIP_DEFLATED):
            archive.writestr(ZipInfo(name), content, how)  # dated 1980: made twice, the same

        add("mimetype", "application/epub+zip", ZIP_STORED)
        add("META-INF/container.xml", CONTAINER)
        add("book.opf", package(book, sheets))
        add("cover.png", cover(book.title))
        add("paper.css", paper.style("paper.css"))
        for name, sheet in sheets.items():
            add(f"{name}.xhtml", sheet)
    os.replace(draft, output)
    return output


def package(book: Book, sheets: dict[str, str]) -> str:
    """The list of the book's files, in order, with who made it, when, and of what."""
    items, spine = [], []
    for name, sheet in sheets.items():
        found = {"nav": name == "nav", "svg": "<svg" in sheet, "mathml": "<math" in sheet}
        marks = " ".join(kind for kind, there in found.items() if there)
        identifier = name.replace("/", "-")
        items.append(
            f'<item id="{identifier}" href="{name}.xhtml" media-type="application/xhtml+xml"'
            + (f' properties="{marks}"/>' if marks else "/>")
        )
        spine.append(f'<itemref idref="{identifier}"/>')
    date = paper.built()
    return PACKAGE.format(
        identifier=uuid.uuid5(uuid.NAMESPACE_URL, f"{book.title} {date} {book.banner}"),
        title=escape(book.title),
        author=escape(book.author),
        licence=paper.LICENCE,
        banner=escape(book.banner or "Computed from the book's own assumptions."),
        date=date,
        items="\n".join(items),
        spine="\n".join(spine),
    )


def navigation(book: Book) -> str:
    """The contents: parts, pages and their sections, as links."""
    entries = ""
    for part, pages in groupby(book.pages, lambda page: page.part):
        listed = "".join(map(_entry, pages))
        entries += f"<li><span>{part}</span><ol>{listed}</ol></li>" if part else listed
    return f'<nav epub:type="toc" class="contents"><h1>Contents</h1><ol>{entries}</ol></nav>'


def _entry(page: Page) -> str:
    address = f"{page.name}.xhtml"
    sections = "".join(
        f'<li><a href="{address}#{anchor}">{escape(heading)}</a></li>'
        for anchor, heading in page.sections
    )
    return f'<li><a href="{address}">{escape(page.title)}</a><ol>{sections}</ol></li>'.replace(
        "<ol></ol>", ""
    )


def cover(title: str) -> bytes:
    """A picture for the shelf, as PNG: the title over a roofline."""
    lines = enumerate(textwrap.wrap(title, 14))
    text = "".join(f'<text x="80" y="{200 + 100 * i}">{escape(line)}</text>' for i, line in lines)
    return vl_convert.svg_to_png(colours.light(COVER.format(title=text)))
