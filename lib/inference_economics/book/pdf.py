"""A PDF: the pages for paper as one document, printed by Chromium."""

import os
import re
from html import escape
from itertools import groupby
from pathlib import Path

from pypdf import PdfReader
from tqdm import tqdm

from ..scenarios import Scenario
from ..tables import InputError
from . import chromium, paper, site
from .paper import Book, Page

DOCUMENT = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><title>{title}</title>
<style>{style}</style></head><body>{body}</body></html>
"""


def build(scenario: Scenario, *, output: Path, jobs: int, quiet: bool = False) -> Path:
    """Builds the book under ``scenario`` as the PDF ``output``; returns its path."""
    if output.is_dir():
        raise InputError(f"{output}: is a folder; name a file")
    with (
        chromium.launched() as browser,  # first, for without one all would be in vain
        site.staged(scenario, output, jobs, quiet) as stage,
    ):
        book = paper.book(stage, scenario, quiet)
        return make(book, stage / output.name, output, browser, quiet)


def make(book: Book, draft: Path, output: Path, browser, quiet: bool = True) -> Path:
    """Prints ``book`` as ``draft``, which one rename then makes ``output``."""
    sheet = browser.new_page()
    numbers = dict.fromkeys(map(_own, book.pages), 0)
    # Where a chapter begins is known once it has been printed.
    for final in tqdm((False, True), "Printing", unit="", disable=quiet):
        source = draft.with_suffix(".xhtml")
        source.write_text(document(book, numbers), encoding="utf-8")
        sheet.goto(source.resolve().as_uri())
        sheet.pdf(path=draft, prefer_css_page_size=True, outline=final, tagged=final)
        numbers = _numbers(draft, numbers)
    sheet.close()
    draft.write_bytes(paper.dated(draft.read_bytes()))
    os.replace(draft, output)
    return output


def _numbers(printed: Path, names) -> dict[str, int]:
    """The sheet on which each of ``names`` begins."""
    reader = PdfReader(printed)
    places = reader.named_destinations
    return {name: reader.get_destination_page_number(places[f"/{name}"]) + 1 for name in names}


def document(book: Book, numbers: dict[str, int]) -> str:
    """The whole book as one page of XHTML; ``numbers`` tell where its pages begin."""
    style = paper.style("paper.css", "print.css")
    body = paper.title_page(book) + contents(book, numbers)
    for index, page in enumerate(book.pages):
        head = page.title.replace("\\", r"\\").replace('"', r"\"")
        style += f'@page sheets{index} {{ @top-right {{ content: "{head}"; }} }}\n'
        body += f'<article id="{_own(page)}" style="page: sheets{index}">{_whole(page)}</article>'
    return DOCUMENT.format(title=escape(book.title), style=escape(style, quote=False), body=body)


def contents(book: Book, numbers: dict[str, int]) -> str:
    """What is where, as links."""
    entries = ""
    for part, pages in groupby(book.pages, lambda page: page.part):
        entries += f"<p>{part}</p><ol>"
        for own, title in ((_own(page), escape(page.title)) for page in pages):
            entries += f'<li><a href="#{own}">{title}<span>{numbers[own]}</span></a></li>'
        entries += "</ol>"
    return f'<nav class="contents"><h1>Contents</h1>{entries}</nav>'


def _own(page: Page) -> str:
    return page.name.rpartition("/")[2]


def _whole(page: Page) -> str:
    """The page's body with identifiers of its own: many pages have a section *references*."""
    own = _own(page)
    body = re.sub(r' id="', f' id="{own}.', page.body)
    body = re.sub(r'( href="|url\()#', rf"\1#{own}.", body)
    return re.sub(
        r' href="(?:chapters/|\.\./)?(\w+)\.xhtml(#?)',
        lambda found: f' href="#{found[1]}' + ("." if found[2] else ""),
        body,
    )
