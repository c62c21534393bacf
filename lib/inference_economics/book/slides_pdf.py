"""Slides with a PDF of each deck beside it, printed by Chromium."""

from pathlib import Path

from tqdm import tqdm

from ..scenarios import Scenario
from . import chromium, paper, site, slides

READY = "html[data-printable]"  # deck.js has drawn all charts


def build(scenario: Scenario, *, output: Path, jobs: int, quiet: bool = False) -> Path:
    """Builds the decks and their PDFs as the folder ``output``; returns their index."""
    slides.refuse(output)
    with (
        chromium.launched() as browser,  # first, for without one all would be in vain
        site.staged(scenario, output, jobs, quiet) as stage,
    ):
        made = site.sphinx(stage, "html", quiet)
        folder = stage / "slides"
        slides.publish(decks(made, folder, site.banner(scenario), browser, quiet), output)
    return output / "index.html"


def decks(made: Path, folder: Path, banner: str, browser, quiet: bool = True) -> Path:
    """The decks of the site ``made`` with their PDFs, in the new ``folder``; returns it."""
    slides.make(made, folder, banner)
    for chapter in tqdm(site.chapters(), "Printing", unit="", disable=quiet):
        make(folder / f"{chapter.stem}.html", browser)
    slides.write_index(folder, banner)
    return folder


def make(deck: Path, browser) -> Path:
    """Prints a ``deck`` beside itself; returns the PDF."""
    # reveal.js says how large a sheet is in a style that it writes, which the policy forbids.
    context = browser.new_context(bypass_csp=True)
    sheet = context.new_page()
    sheet.emulate_media(media="print")
    sheet.goto(deck.resolve().as_uri() + "?print-pdf")
    sheet.locator(READY).wait_for(state="attached")
    printed = deck.with_suffix(".pdf")
    sheet.pdf(path=printed, prefer_css_page_size=True, print_background=True)
    context.close()
    printed.write_bytes(paper.dated(printed.read_bytes()))
    return printed
