"""The appendix that writes itself leaves nothing out, and lists nothing that isn't used."""

import re

import nbformat
import pytest
from inference_economics import assumptions, claims, reference, tables
from inference_economics.book import run

EVERY = [formula for module in reference.MODULES for formula in reference.formulas(module)]


def markdown(stem: str) -> str:
    cells = nbformat.read(reference.CHAPTERS / f"{stem}.ipynb", as_version=4).cells
    return "\n\n".join(cell.source for cell in cells)


def test_every_module_of_formulas_has_its_section():
    shown = re.findall(r'^Formulas\("(\w+)"\)$', markdown("a4_formulas"), re.MULTILINE)
    assert sorted(shown) == reference.MODULES


@pytest.mark.parametrize("formula", EVERY, ids=lambda formula: formula.__name__)
def test_every_formula_is_used(formula):
    name = reference.full_name(formula)
    used = [user for where in reference.calls() for user in reference.users(name, where)]
    assert used, f"{name} is used by no model, chapter or formula"


@pytest.mark.parametrize("name", list(assumptions.known().index))
def test_every_assumption_moves_a_chapter(name):
    assert reference.users(name, "chapters")


def test_the_ledger_knows_every_assumption_and_shows_every_section():
    assert set(run.parameters(reference.CHAPTERS / "a2_claims.ipynb")) == set(
        assumptions.known().index
    )
    shown = re.findall(r"^Ledger\(given, shares, (.*)\)$", markdown("a2_claims"), re.MULTILINE)
    sections = [name for line in shown for name in re.findall(r'"([^"]+)"', line)]
    assert set(claims.table()["section"]) <= set(sections)
    assert len(set(sections)) == len(sections)


def test_sources_count_every_figure():
    counted = reference.sources()["figures"].sum()
    figures = sum(
        len(tables.table(name)) for name in ("accelerators", "models", "assumptions", "published")
    )
    assert counted > figures
    assert "Epoch AI, frontier models (CC BY)" in reference.sources().index


def test_every_chapter_cites_its_works():
    works = reference.cited()
    cited = {name for names in works["cited in"] for name in names.split(", ")}
    assert {path.stem for path in reference.CHAPTERS.glob("[0-9]*.ipynb")} <= cited


def test_each_chapter_links_the_terms_that_it_uses(book):
    """At their first mention, once each, to an entry that is there."""
    glossary = (book / "chapters" / "a6_glossary.html").read_text(encoding="utf-8")
    for path in reference.CHAPTERS.glob("[0-9]*.ipynb"):
        page = (book / "chapters" / f"{path.stem}.html").read_text(encoding="utf-8")
        linked = re.findall(r'a6_glossary\.html#(term-[\w-]+)"', page)
        assert len(linked) >= 5, path.stem
        assert len(set(linked)) == len(linked), path.stem
        assert all(f'id="{anchor}"' in glossary for anchor in linked)
