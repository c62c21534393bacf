"""Slides: a deck of reveal.js for each chapter, with the charts and sliders of its page."""

import re
import shutil
from html import escape
from pathlib import Path

from .. import __version__
from ..scenarios import Scenario
from ..tables import InputError
from . import deck, site, store
from .sphinx_extension import POLICY

LOOK = store.BOOK / "theme" / "slides"
STYLES = ["page.css", "math.css", "figures.css", "reveal.css", "deck.css"]
# The page's own scripts, but those that save a chart or explain a number.
SCRIPTS = ["live.js", "tip.js", "scenario.js", "reveal.js", "deck.js", "speaker.js"]
HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="_static/icon.svg" type="image/svg+xml">
{links}</head>
"""
DECK = """<body class="deck"><main id="main" tabindex="-1">
<div class="reveal"><div class="slides">{slides}</div></div></main>
<nav class="deck" aria-label="Deck"><a href="index.html">All decks</a>
<button type="button" id="speaker">Speaker view</button>
<button type="button" data-choice="colours">Colours: auto</button></nav>
</body></html>
"""
INDEX = """<body><main id="main"><article><h1>{title}: slides</h1>
<p>Version {version}. {banner}A deck for each chapter. Arrow keys turn the slides, Escape shows
them all and leaves a slider, S opens the speaker's view with the notes, F fills the screen, ?
lists all keys. The charts follow their sliders; the link of a deck keeps what you set.</p>
<ul>{entries}</ul></article></main></body></html>
"""


def build(scenario: Scenario, *, output: Path, jobs: int, quiet: bool = False) -> Path:
    """Builds the decks under ``scenario`` as the folder ``output``; returns their index."""
    refuse(output)
    with site.staged(scenario, output, jobs, quiet) as stage:
        made = site.sphinx(stage, "html", quiet)
        publish(make(made, stage / "slides", site.banner(scenario)), output)
    return output / "index.html"


def publish(folder: Path, output: Path) -> None:
    """Puts the decks in ``folder`` in the place of ``output``, where PDFs of them may be."""
    site.publish(folder, output, also=[f"{chapter.stem}.pdf" for chapter in site.chapters()])


def refuse(output: Path) -> None:
    """Raises :class:`InputError` if ``output`` is something that must not be replaced."""
    if output.exists() and not (output / "_static" / "deck.js").exists() and any(output.iterdir()):
        raise InputError(f"{output}: exists and holds no slides; name another --output")


def make(made: Path, folder: Path, banner: str = "") -> Path:
    """The decks of the site ``made``, in the new ``folder``; returns it."""
    static = folder / "_static"
    pages = static / "pages"
    pages.mkdir(parents=True)
    for name in {*STYLES, *SCRIPTS, "reader.js", "vega.js", "icon.svg"}:
        own = LOOK / name
        shutil.copy(own if own.exists() else made / "_static" / name, static)
    shutil.copy(LOOK / "reveal-LICENSE", static)
    for chapter in (path.stem for path in site.chapters()):
        shutil.copy(made / "_static" / "pages" / "chapters" / f"{chapter}.js", pages)
        page = (made / "chapters" / f"{chapter}.html").read_text(encoding="utf-8")
        (folder / f"{chapter}.html").write_text(_deck(chapter, page, banner), encoding="utf-8")
    write_index(folder, banner)
    return folder


def _deck(chapter: str, page: str, banner: str) -> str:
    """The deck of a ``chapter`` from its ``page`` of the site."""
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1]
    article = page[page.index("<article>") : page.index("</article>")] + "</article>"
    found = deck.slides(article)
    book = f"{title.rpartition(' – ')[2]}, version {__version__}. {escape(banner)}"
    found[0].part = book
    links = "".join(f'<link rel="stylesheet" href="_static/{name}">\n' for name in STYLES)
    links += '<script src="_static/reader.js"></script>\n'
    links += "".join(
        f'<script defer src="_static/{name}"></script>\n'
        for name in (f"pages/{chapter}.js", *SCRIPTS)
    )
    head = HEAD.format(policy=POLICY, title=title, links=links)
    return head + DECK.format(slides="\n".join(slide.markup() for slide in found))


def write_index(folder: Path, banner: str = "") -> None:
    """Writes the page that links all decks of ``folder``, and their PDFs where they have one."""
    entries = ""
    for path in (folder / f"{chapter.stem}.html" for chapter in site.chapters()):
        page = path.read_text(encoding="utf-8")
        title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1].rpartition(" – ")[0]
        printed = path.with_suffix(".pdf")
        pdf = f' (<a href="{printed.name}">PDF</a>)' if printed.exists() else ""
        entries += f'<li><a href="{path.name}">{title}</a>{pdf}</li>\n'
    book = re.search(r"<title>.* – (.*?)</title>", page)[1]
    link = '<link rel="stylesheet" href="_static/page.css">\n'
    head = HEAD.format(policy=POLICY, title=f"{book}: slides", links=link)
    said = escape(f"{banner} ") if banner else ""
    body = INDEX.format(title=book, version=__version__, banner=said, entries=entries)
    (folder / "index.html").write_text(head + body, encoding="utf-8")
