"""A Chromium for the page tests: the machine's own, or else the one that Playwright can fetch.

``python -m tests.browser`` makes sure that there is one. ``BROWSER`` names a particular one.
"""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

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
    found = [shutil.which(name) for name in NAMES]
    found += [place for place in PLACES if Path(place).exists()]
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    found += [own] if Path(own).exists() else []
    return next((path for path in found if path), None)


@contextmanager
def launched():
    """A running headless browser."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    path = find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=QUIET + (["--no-sandbox"] if root else [])
        )
        yield browser
        browser.close()


def main() -> None:
    if find():
        return
    print("No Chromium, Chrome or Edge on this machine: fetching one for the page tests.")
    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"]).returncode:
        sys.exit(
            "The page tests need a browser. Install Chromium, Chrome or Edge,"
            " or set BROWSER to the path of one."
        )


if __name__ == "__main__":
    main()
