"""The same chapters in plain Jupyter Book with Altair's own output: what our pages are held to."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import altair as alt
import nbformat
import yaml
from inference_economics import charts
from inference_economics.book import dataflow, run, site
from inference_economics.scenarios import Scenario

PACKAGES = Path(__file__).parents[1] / "node_modules"
NETWORK = re.compile(r"https://cdn\.jsdelivr\.net/npm/([a-z-]+)@([\d.]+)(?:\?noext|(/[\w./-]+))?")
FIRST_CELL = "from bench.pages import plain\nplain.show_drawings()"


def show_drawings() -> None:
    """In a notebook: a figure is its drawing alone, with the assumptions as its parameters."""
    charts.figure = _drawing


def _drawing(name, drawing, *, title, given=None, height=charts.HEIGHT, **_):
    spec = drawing.properties(width=charts.WIDTH, height=height, title=title).to_dict()
    spec = charts.with_parameters(spec, vars(given) if given else {})
    return charts.Figure(alt.renderers.get()(spec)["text/html"], title)


def build(folder: Path, jobs: int) -> Path:
    """Builds the plain book in ``folder``; returns its site."""
    sources, stage = folder / "sources", folder / "book"
    sources.mkdir(parents=True)
    (stage / "chapters").mkdir(parents=True)
    for path in site.chapters():
        notebook = nbformat.read(path, as_version=4)
        tags = {"tags": ["remove-cell"]}
        notebook.cells.insert(0, nbformat.v4.new_code_cell(FIRST_CELL, metadata=tags))
        nbformat.write(notebook, sources / path.name)
    chapters = sorted(sources.iterdir())
    run.execute_all(chapters, stage / "chapters", Scenario().values, jobs, quiet=True)
    for path in chapters:
        _only_altair(stage / "chapters" / path.name)
    for path in site.pages("Appendix"):
        shutil.copy(path, stage / "chapters")
    for path in [*site.ROOT.glob("*.md"), site.ROOT / "_toc.yml"]:
        shutil.copy(path, stage)
    config = {"only_build_toc_files": True, "execute": {"execute_notebooks": "off"}}
    (stage / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    jupyter_book = "import jupyter_book.cli.main as book; book.main()"
    command = [sys.executable, "-c", jupyter_book, "build", str(stage), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"the plain book could not be built: {done.stderr.strip()[-300:]}")
    built = stage / "_build" / "html"
    for page in built.rglob("*.html"):
        _bring_home(page, built)
    return built


def _only_altair(path: Path) -> None:
    """Leaves out the data of our own scripts, and equations in any form but LaTeX."""
    notebook = nbformat.read(path, as_version=4)
    outputs = [item for cell in notebook.cells for item in cell.get("outputs", [])]
    for data in (item.data for item in outputs if "data" in item):
        if "text/latex" in data:
            data.pop("text/html", None)
        elif "text/html" in data:
            data["text/html"], _ = dataflow.taken_out(data["text/html"])
    nbformat.write(notebook, path)


def _bring_home(page: Path, built: Path) -> None:
    """Serves from beside the ``page`` what it would ask a content network for."""

    def local(found):
        name, version, path = found.groups()
        package = json.loads((PACKAGES / name / "package.json").read_text(encoding="utf-8"))
        if not f"{package['version']}.".startswith(f"{version}."):
            sys.exit(f"bench/package.json has {name} {package['version']}, a page asks {version}")
        place = built / "npm" / name
        if not place.exists():
            shutil.copytree(PACKAGES / name, place)
        return f"/npm/{name}{path or '/' + package['jsdelivr']}"

    text = page.read_text(encoding="utf-8")
    page.write_text(NETWORK.sub(local, text), encoding="utf-8")
