"""What each page weighs on opening, from the files on disk; ``make audit`` asks a browser too."""

import re

import yaml
from inference_economics.book import site

from bench.pages.server import wire

FILES = re.compile(r'<(?:script|link)\b[^>]*?\b(?:src|href)="([^"?#:]+\.(?:js|css))[?"]')


def test_no_page_weighs_more_than_its_budget(book):
    budget = yaml.safe_load((site.ROOT / "bench" / "budget.yaml").read_text(encoding="utf-8"))
    pages = [book / "index.html", *(book / "chapters").glob("*.html")]
    weights = {}
    for page in pages:
        named = {(page.parent / name).resolve() for name in FILES.findall(page.read_text("utf-8"))}
        assert named, page.stem
        weights[page.stem] = sum(len(wire(path)) for path in [page, *named]) / 1000
    assert {k: w for k, w in weights.items() if w > budget["most"]["file_kB"]} == {}
