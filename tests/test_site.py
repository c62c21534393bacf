"""What the site's files say: policy, links, descriptions, citations, where to edit and run."""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from inference_economics import assumptions
from inference_economics.book import site

from .conftest import ADDRESS, REPOSITORY

NOTEBOOKS = [path.stem for path in site.pages()]


class Page(HTMLParser):
    """The tags of a page, and what is written between the ones of interest."""

    def __init__(self, path: Path):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.inline: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        if self.tags and self.tags[-1][0] in ("script", "style") and data.strip():
            self.inline.append(data)

    def meta(self, name: str) -> str | None:
        for tag, found in self.tags:
            if tag == "meta" and name in (found.get("name"), found.get("property")):
                return found["content"]
        return None


def pages(folder: Path) -> dict[str, Page]:
    return {str(path.relative_to(folder)): Page(path) for path in folder.rglob("*.html")}


@pytest.fixture(scope="module")
def published(altered_book) -> dict[str, Page]:
    """The pages of a book whose repository and address are configured."""
    return pages(altered_book)


@pytest.fixture(scope="module")
def private(book) -> dict[str, Page]:
    """The pages of a book of which neither is known."""
    return pages(book)


def test_every_page_allows_nothing_but_its_own_files(private):
    for name, page in private.items():
        (policy,) = (
            found["content"]
            for tag, found in page.tags
            if tag == "meta" and found.get("http-equiv") == "Content-Security-Policy"
        )
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "unsafe" not in policy
        assert page.inline == [], name
        loose = [
            (tag, key)
            for tag, found in page.tags
            for key in found
            if key[:2] == "on" or key == "style"
        ]
        assert loose == [], name


def test_every_link_within_the_site_leads_somewhere(private, book):
    places = {
        name: {found[key] for _, found in page.tags for key in ("id", "name") if key in found}
        for name, page in private.items()
    }
    for name, page in private.items():
        for tag, found in page.tags:
            link = found.get("href") or found.get("src")
            if not link or urlsplit(link).scheme or tag == "base":
                continue
            parts = urlsplit(link)
            target = (
                ((book / name).parent / unquote(parts.path)).resolve()
                if parts.path
                else book / name
            )
            assert target.exists(), (name, link)
            if parts.fragment and target.suffix == ".html":
                inside = str(target.relative_to(book.resolve())) if parts.path else name
                assert unquote(parts.fragment) in places[inside], (name, link)


def test_every_page_is_described_in_its_own_words(private):
    said = [page.meta("description") for name, page in private.items() if name not in ALONE]
    assert all(40 <= len(text) <= 165 for text in said), sorted(map(len, said))
    assert len(set(said)) == len(said)
    assert not any("<" in text or "{" in text for text in said)


ALONE = ("404.html", "search.html")


def test_every_page_says_which_edition_it_is_and_how_to_cite_it(book):
    newest = max(assumptions.known()["as_of"])
    for name in ["index", "CHANGELOG", *(f"chapters/{stem}" for stem in NOTEBOOKS)]:
        text = (book / f"{name}.html").read_text(encoding="utf-8")
        foot = text.partition('<footer class="site">')[2]
        assert f"data of {newest}" in foot
        assert "the book&#39;s own assumptions" in foot
        assert re.search(r"@incollection\{[\w-]+,\n  author = ", foot)
        assert "Cite this page" in foot


def test_nothing_is_invented_where_nothing_is_configured(private, book):
    for name, page in private.items():
        outside = [found["href"] for _, found in page.tags if "href" in found]
        for host in ("github.com/", "mybinder", "colab"):
            assert [link for link in outside if host in link and ".ipynb" in link] == [], name
        assert page.meta("og:image") is None
    assert not (book / "sitemap.xml").exists()


@pytest.mark.parametrize("stem", NOTEBOOKS)
def test_a_configured_repository_gives_links_to_edit_report_and_run(published, altered_book, stem):
    links = [
        found["href"] for tag, found in published[f"chapters/{stem}.html"].tags if "href" in found
    ]
    path = f"chapters/{stem}.ipynb"
    assert f"{REPOSITORY}/edit/main/{path}" in links
    assert any(link.startswith(f"{REPOSITORY}/issues/new?title=") for link in links)
    name = REPOSITORY.removeprefix("https://github.com/")
    assert f"https://mybinder.org/v2/gh/{name}/main?labpath={path}" in links
    assert f"https://colab.research.google.com/github/{name}/blob/main/{path}" in links
    assert (site.ROOT / path).exists()
    page = (altered_book / "chapters" / f"{stem}.html").read_text(encoding="utf-8")
    assert f"!git clone --quiet --depth 1 {REPOSITORY} book" in page


def test_a_configured_address_gives_pictures_and_a_map(published, altered_book):
    listed = re.findall(r"<loc>(.*?)</loc>", (altered_book / "sitemap.xml").read_text("utf-8"))
    assert {ADDRESS + name for name in published if name not in ALONE} == set(listed)
    assert f"Sitemap: {ADDRESS}sitemap.xml" in (altered_book / "robots.txt").read_text("utf-8")
    for name, page in published.items():
        if name in ALONE:
            continue
        canonical = [found["href"] for _, found in page.tags if found.get("rel") == "canonical"]
        assert canonical == [ADDRESS + name]
        picture = altered_book / page.meta("og:image").removeprefix(ADDRESS)
        head = picture.read_bytes()[:24]
        assert head.startswith(b"\x89PNG")
        assert (int.from_bytes(head[16:20]), int.from_bytes(head[20:24])) == (1200, 630)


def test_a_page_that_is_not_there_finds_its_style_from_any_depth(published):
    bases = [found["href"] for tag, found in published["404.html"].tags if tag == "base"]
    assert bases == [urlsplit(ADDRESS).path]


def test_the_page_has_no_data_of_its_own_that_its_script_has(book):
    for stem in NOTEBOOKS:
        page = (book / "chapters" / f"{stem}.html").read_text(encoding="utf-8")
        assert "application/json" not in page


def test_each_name_of_a_signal_is_known_to_the_page(book):
    """Every shared signal that a chart or a number needs is computed by the page."""
    for path in (book / "_static" / "pages" / "chapters").glob("*.js"):
        data = json.loads(
            path.read_text("utf-8").removeprefix("window.pageData=").removesuffix(";")
        )
        for name, chart in data["charts"].items():
            for signal in chart["signals"]:
                if re.fullmatch(r"_[0-9a-f]+", signal["name"]):
                    assert signal["name"] in data["signals"], (path.stem, name)
        assert {f"n_{name}" for name in data["numbers"]} <= set(data["signals"])


def test_the_workflow_configures_builds_and_publishes(tmp_path):
    path = site.ROOT / ".github" / "workflows" / "publish.yml"
    steps = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]["build"]["steps"]
    configure, *make = [step["run"] for step in steps if "run" in step]
    assert make == ["make test", "make book"]
    assert steps[-1]["with"]["path"] == "_build/html"
    known = {
        "github.server_url": "https://github.com",
        "github.repository": "example/book",
        "github.ref_name": "main",
        "steps.pages.outputs.base_url": ADDRESS.rstrip("/"),
    }
    command = re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda found: known[found[1]], configure)
    shutil.copy(site.ROOT / "_config.yml", tmp_path)
    subprocess.run(["bash", "-ec", command], cwd=tmp_path, check=True)
    config = yaml.safe_load((tmp_path / "_config.yml").read_text(encoding="utf-8"))
    assert config["repository"] == {"url": REPOSITORY, "branch": "main"}
    assert config["html"]["baseurl"] == ADDRESS
