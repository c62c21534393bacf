"""Several scenarios: a site each, one page that compares them; one that fails stops no other."""

import shutil

import pytest
from click.testing import CliRunner
from inference_economics import cli
from inference_economics.book import site
from inference_economics.headlines import HEADLINES
from inference_economics.tables import InputError

from .visit import Visit

NAMES = ("frontier_lab", "expensive_power")


def run(*arguments):
    return CliRunner().invoke(cli.main, ["build", "--quiet", *map(str, arguments)])


@pytest.fixture
def copied(book, monkeypatch):
    """Sites are copied instead of built."""

    def build(scenario, *, output, **_):
        if scenario.title == "Expensive power":
            raise InputError("chapter.ipynb, cell 3: ValueError: no")
        shutil.copytree(book, output)
        return output / "index.html"

    monkeypatch.setattr(site, "build", build)


def test_the_page_links_the_sites_and_compares_their_numbers(copied, chromium, tmp_path):
    output = tmp_path / "out"
    chosen = ["--scenario", "frontier_lab", "--scenario", "search_engine", "--output", output]
    assert "2 scenarios: open" in run(*chosen).output
    visit = Visit(
        chromium, (output / "index.html").as_uri(), viewport={"width": 320, "height": 640}
    )
    assert visit.errors == []
    rows = visit.page.evaluate(
        "() => [...document.querySelectorAll('tbody tr')]"
        ".map((row) => [...row.cells].map((cell) => cell.innerText))"
    )
    assert len(rows) == len(HEADLINES)
    assert all(len(row) == 4 for row in rows)
    by_name = {row[0]: row[1:] for row in rows}
    owned = by_name["Cost of an hour of an H100 of one's own, USD/h"]
    assert owned == ["1.99", "1.99", owned[2]]
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320
    visit.page.get_by_role("link", name="Frontier lab").click()
    assert visit.page.url.endswith("frontier_lab/index.html")
    visit.context.close()


def test_one_that_fails_is_told_and_the_others_are_finished(copied, tmp_path):
    output = tmp_path / "out"
    found = run(*(part for name in NAMES for part in ("--scenario", name)), "--output", output)
    assert found.exit_code == 1
    assert found.output == "Error: expensive_power: chapter.ipynb, cell 3: ValueError: no\n"
    page = (output / "index.html").read_text(encoding="utf-8")
    assert "Frontier lab" in page
    assert "Expensive power" not in page


def test_what_does_not_go_together_is_told(copied, tmp_path):
    twice = tmp_path / "frontier_lab.yaml"
    twice.write_text("assumptions:\n  pue: 1.2\n")
    two = ["--scenario", "frontier_lab", "--scenario"]
    assert "two are called 'frontier_lab'" in run(*two, twice).output
    assert "takes one scenario" in run(*two, "search_engine", "--to", "pdf").output
    (tmp_path / site.SIGN).touch()
    found = run(*two, "search_engine", "--output", tmp_path)
    assert (found.exit_code, "name another --output" in found.output) == (1, True)
