"""Every notebook: its shape, its parameters, and that it runs at the defaults and elsewhere."""

import json
import re
import subprocess
import sys

import nbformat
import papermill
import pytest
from inference_economics import assumptions
from inference_economics.book import run, site

CHAPTERS = site.chapters()
every_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def cells(path, kind: str) -> list:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


@every_chapter
def test_parameters_equal_the_table(path):
    known = assumptions.known()
    found = papermill.inspect_notebook(str(path))
    assert run.parameters(path)
    for name in run.parameters(path):
        parameter = found[name]
        row = known.loc[name]
        assert float(parameter["default"]) == row.value, name
        assert parameter["help"] == f"{row.unit}: {row.description}", name


@every_chapter
def test_is_stored_without_outputs(path):
    for cell in cells(path, "code"):
        assert cell.outputs == []
        assert cell.execution_count is None


@every_chapter
def test_code_is_short_and_defines_nothing(path):
    for cell in cells(path, "code"):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if "parameters" not in cell.metadata.get("tags", []):
            assert len(lines) <= 40
        assert not re.search(r"^\s*(def|class|%|!)|lambda|import \*", cell.source, re.M)


@every_chapter
def test_has_the_parts_that_a_reader_counts_on(path):
    text = "\n\n".join(cell.source for cell in cells(path, "markdown"))
    headings = re.findall(r"^#+ .*", text, re.M)
    assert len([h for h in headings if h.startswith("# ")]) == 1
    assert not [h for h in headings if "{glue" in h], "a number in a heading repeats in the menu"
    for part in ("Where this is wrong", "Exercises", "References"):
        assert any(part in heading for heading in headings), part
    assert text.count("{dropdown}") >= 3
    assert "papermill" in text
    assert "inference-economics build" in text


NOT_PROSE = re.compile(
    r"```.*?```|:::\{dropdown\}[^\n]*|`[^`]*`|\{glue[^}]*\}|\]\([^)]*\)|\$[^$]*\$"  # code, maths
    r"|^#+[^\n]*|^\d+\. (?:\*\*[\w-]+ \(\d\)\.\*\*)?|^\([^\n]*\)=$"  # headings, numbers of a list
    r"|\b[A-Za-z]+[-‑ ]?\d[\w.\-]*|\b\d+(?:\.\d+)?[BKMT]\b"  # names: Llama 3.1, H100, 70B
    r"|\b(?:19|20)\d\d\b",  # years
    re.DOTALL | re.MULTILINE,
)


@pytest.mark.parametrize("path", site.pages(), ids=lambda path: path.stem)
def test_prose_has_no_number_typed_by_hand(path):
    """Digits in the prose come from the run; names, years, code and references aside."""
    text = "\n\n".join(cell.source for cell in cells(path, "markdown"))
    prose = NOT_PROSE.sub("", text.partition("## References")[0])
    assert re.findall(r"[^\n]*\d[^\n]*", prose) == []


@pytest.mark.parametrize("scenario", ["defaults", "altered"])
def test_every_chapter_runs_and_draws(scenario, request, tmp_path_factory):
    """Executed by the same code as the book, and every code cell ran without a warning."""
    folder = request.getfixturevalue("book" if scenario == "defaults" else "altered_book")
    for path in CHAPTERS:
        page = (folder / "chapters" / f"{path.stem}.html").read_text(encoding="utf-8")
        assert page.count('<figure class="chart"') >= 4
        download = re.search(r'href="(\S+)" download>Download as a notebook', page)[1]
        assert (folder / "chapters" / download).read_bytes() == path.read_bytes()
        assert page.count('class="marks"') == page.count('<figure class="chart"')
        assert 'class="output stderr' not in page
        script = (folder / "_static" / "pages" / "chapters" / f"{path.stem}.js").read_text("utf-8")
        data = json.loads(script.removeprefix("window.pageData=").removesuffix(";"))
        assert len(data["charts"]) == page.count('<figure class="chart"')


def test_every_page_of_a_scenario_says_whose_assumptions_they_are(book, altered_book, altered):
    name, value = next(iter(altered.overrides.items()))
    for page in altered_book.rglob("chapters/*.html"):
        said = page.read_text(encoding="utf-8").partition('class="announcement"')[2][:9000]
        assert altered.title in said, page.name
        assert f"{name} {value:g}" in said
    assert 'class="announcement"' not in (book / "index.html").read_text(encoding="utf-8")


@every_chapter
def test_runs_with_papermill_as_its_last_lines_say(path, tmp_path):
    name, row = next(iter(assumptions.known().loc[run.parameters(path)].iterrows()))
    out = tmp_path / "out.ipynb"
    papermill.execute_notebook(
        str(path), str(out), parameters={name: row.high}, progress_bar=False, log_output=False
    )
    assert out.exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("elecricity_price", "unknown assumption 'elecricity_price'; did you mean 'electricity_pr"),
        ("RENTAL", "unknown assumption 'RENTAL'; did you mean 'rental'?"),
        ("training_days", "this chapter doesn't use training_days: it would change nothing"),
    ],
)
def test_a_parameter_without_effect_ends_papermill(name, said, tmp_path):
    """As typed: Papermill itself only warns, and the result would be that of the defaults."""
    names = ["chapters/02_why_inference_costs_matter.ipynb", str(tmp_path / "out.ipynb")]
    command = [sys.executable, "-m", "papermill", *names, "-p", name, "0.2", "--no-progress-bar"]
    found = subprocess.run(command, capture_output=True, text=True, cwd=site.ROOT)
    assert found.returncode == 1
    assert said in found.stderr.splitlines()[-1] + found.stderr.splitlines()[-2]
