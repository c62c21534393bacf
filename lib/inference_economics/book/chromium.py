"""A Chromium for printing and for the page tests: the machine's own, or else Playwright's.

``BROWSER`` names a particular one.
"""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from ..tables import InputError

NAMES = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "msedge",
    "chrome",
]
PLACES = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
]
# A browser that talks to nobody: every request it makes is one that the page made.
QUIET = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def find() -> str | None:
    """Where a browser is, or ``None``."""
    if named := os.environ.get("BROWSER"):
        return named if Path(named).exists() else shutil.which(named)
    found = [path for name in NAMES if (path := shutil.which(name))]
    found += [place for place in PLACES if Path(place).exists()]
    if found:
        return found[0]
    with _playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


@contextmanager
def launched():
    """A running headless browser; an :class:`InputError` if there is none."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    path = find()
    if not path:
        raise InputError("no browser: install Chromium, Chrome or Edge, or set BROWSER to its path")
    with _playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=path, args=QUIET + (["--no-sandbox"] if root else [])
            )
        except Exception as error:  # of Playwright's own kind, with a page of advice
            raise InputError(f"{path}: {str(error).splitlines()[0]}") from None
        yield browser
        browser.close()


def _playwright():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise InputError("a browser is driven by Playwright: pip install playwright") from None
    return sync_playwright()
