"""Jupyter Book: executed notebooks to a website that replaces the last one in one rename."""

import html
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import PIPE

import psutil
import yaml
from tqdm import tqdm

from .. import __version__
from ..scenarios import Scenario
from ..tables import DATA, InputError
from . import run, store

ROOT = DATA.parent
SIGN = ".buildinfo"  # what Sphinx leaves in every site
MADE_OF = ".made-of"  # a digest of what went into a site
LOOK = (".py", ".html", ".css", ".js", ".svg")
WORK = ".building-"
LOOK_AGAIN = 0.3  # seconds between two looks at how many pages there are


def parts() -> dict[str, list[str]]:
    """The pages of the table of contents in its order, by the captions of its parts."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return {
        part["caption"]: [entry["file"] for entry in part["chapters"]] for part in contents["parts"]
    }


def pages(part: str | None = None) -> list[Path]:
    """The notebooks of the table of contents in its order; of one ``part``, by its caption."""
    chosen = [names for caption, names in parts().items() if part in (None, caption)]
    paths = [ROOT / f"{name}.ipynb" for names in chosen for name in names]
    return [path for path in paths if path.exists()]


def chapters() -> list[Path]:
    """The chapters of the book proper."""
    return pages("Chapters")


def build(scenario: Scenario, *, output: Path, jobs: int, quiet: bool = False) -> Path:
    """Builds the book under ``scenario`` and publishes it as ``output``; returns its first page.

    Whatever fails before the end leaves the site that was there as it was. A folder that holds
    anything but a site is refused. A site that is made of the same things already is left alone.
    """
    if _is_made_of(output, made_of(scenario)):
        return output / "index.html"
    if output.exists() and not (output / SIGN).exists() and not _is_empty(output):
        raise InputError(f"{output}: exists and is not a built site; name another --output")
    with staged(scenario, output, jobs, quiet) as stage:
        return make(stage, output, quiet, made_of(scenario))


def made_of(scenario: Scenario) -> str:
    """A digest of what goes into the site of ``scenario``; "" while a chapter must be run."""
    words = [__version__, json.dumps(scenario.said())]
    for notebook in pages():
        name = run.kept_as(notebook, scenario.parameters)
        read = store.read_by(name)
        if read is None:
            return ""
        words += [name, json.dumps(read)]
    return store.digest(
        words, [*_sources(), *(p for p in store.BOOK.rglob("*") if p.suffix in LOOK)]
    )


def _is_made_of(output: Path, made_of: str) -> bool:
    try:
        return bool(made_of) and (output / MADE_OF).read_text(encoding="utf-8") == made_of
    except OSError:
        return False


def _sources() -> list[Path]:
    """The book's files that are not notebooks."""
    return [
        path
        for pattern in ("*.md", "_*.yml", "*.bib", "chapters/*.md")
        for path in ROOT.glob(pattern)
    ]


@contextmanager
def staged(scenario: Scenario, output: Path, jobs: int, quiet: bool) -> Iterator[Path]:
    """The book's sources with the notebooks executed under ``scenario``, for a while.

    The folder lies beside ``output``, so that one rename puts what is made of it into place.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    _sweep(output.parent)
    prefix = f"{WORK}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=output.parent) as folder:
        stage = Path(folder) / "book"
        _lay_out(stage, scenario)
        run.execute_all(pages(), stage / "chapters", scenario.parameters, jobs, quiet)
        yield stage


def make(stage: Path, output: Path, quiet: bool, made_of: str = "") -> Path:
    """The website of a :func:`staged` book, published as ``output``; returns its first page."""
    site = sphinx(stage, "html", quiet)
    (site / MADE_OF).write_text(made_of, encoding="utf-8")
    for notebook in pages():  # what a reader downloads is to be run, not read
        shutil.copy(notebook, site / "_sources" / "chapters")
    publish(site, output)
    return output / "index.html"


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _sweep(folder: Path) -> None:
    """Removes what builds that were killed have left behind."""
    for left in folder.glob(f"{WORK}*"):
        builder = left.name.removeprefix(WORK).partition("-")[0]
        if builder.isdecimal() and not psutil.pid_exists(int(builder)):
            shutil.rmtree(left, ignore_errors=True)


def _lay_out(stage: Path, scenario: Scenario) -> None:
    """The book's sources beside the place where the executed notebooks will be.

    Where assumptions are not those of the table, each page says so at its top.
    """
    (stage / "chapters").mkdir(parents=True)
    for page in _sources():
        shutil.copy(page, stage / page.relative_to(ROOT))
    config = yaml.safe_load((stage / "_config.yml").read_text(encoding="utf-8"))
    config["execute"] = {"execute_notebooks": "off"}
    config["sphinx"]["config"]["version"] = __version__  # a book for e-readers must have one
    if scenario.overrides:
        config["sphinx"]["config"]["book_assumptions"] = f"assumptions: {scenario.title}"
    if banner(scenario):
        config.setdefault("html", {})["announcement"] = html.escape(banner(scenario))
    (stage / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")


def banner(scenario: Scenario) -> str:
    """What a book built from a ``scenario`` says of itself."""
    said = []
    if scenario.overrides:
        set_to = ", ".join(f"{name} {value:g}" for name, value in scenario.overrides.items())
        note = " ".join(scenario.note.split())
        said += [f"Not the book's own assumptions: {scenario.title}. {note} Set: {set_to}."]
    if scenario.tables:
        said += [f"With the tables in {Path(scenario.tables).name}."]
    if scenario.measured:
        said += [f"With what was measured in {Path(scenario.measured).name}."]
    return " ".join(said)


def sphinx(stage: Path, builder: str, quiet: bool) -> Path:
    """The folder of what Sphinx's ``builder`` makes of a :func:`staged` book.

    Warnings are errors: a broken link or a missing number must not be published.
    """
    package = __package__.partition(".")[0]  # first, for what it spares those after it
    jupyter_book = f"import {package}, jupyter_book.cli.main as book; book.main()"
    command = [sys.executable, "-c", jupyter_book, "build", str(stage)]
    command += ["--builder", "custom", "--custom-builder", builder]
    command += ["--warningiserror", "--nitpick", "--keep-going", "--quiet"]
    total = 2 * sum(len(list(stage.rglob(f"*{kind}"))) for kind in (".md", ".ipynb"))
    with (
        tqdm(total=total, desc="Pages", unit="", disable=quiet) as bar,
        subprocess.Popen(command, stdout=PIPE, stderr=PIPE, text=True) as running,
    ):
        said = None
        while said is None:
            with suppress(subprocess.TimeoutExpired):
                said = running.communicate(timeout=None if quiet else LOOK_AGAIN)
            made = [*stage.rglob("*.doctree"), *stage.rglob("_build/**/*.*html")]
            done = total if said else min(len(made), total)
            bar.update(done - bar.n)  # each page is read, and then written
    if running.returncode:
        said = (said[1] or said[0]).replace(str(stage) + os.sep, "").splitlines()
        found = [line for line in said if "WARNING" in line or "ERROR" in line]
        raise InputError("the pages could not be built: " + "\n".join((found or said)[:5]))
    return stage / "_build" / builder


def publish(new: Path, output: Path, also: Iterable[str] = ()) -> None:
    """Puts the folder ``new`` in the place of ``output``, which may hold files named ``also`` too.

    ``output`` is a link to the newest site, so that one rename of a link replaces the site whole.
    Where links are not allowed (Windows), the old site steps aside by a rename of its own first.
    """
    foreign = {path.name for path in output.iterdir()} if output.exists() else set()
    foreign -= {path.name for path in new.iterdir()} | set(also)
    if foreign:
        raise InputError(
            f"{output}: holds {min(foreign)!r}, which no build made; move it away first"
        )
    sites = output.parent / f".{output.name}-sites"
    sites.mkdir(exist_ok=True)
    place = Path(tempfile.mkdtemp(dir=sites))
    place.chmod(0o755)  # a web server is somebody else
    site = place / "html"
    new.rename(site)
    old = output.resolve().parent if output.is_symlink() else place / "old"
    if output.exists() and not output.is_symlink():
        output.rename(old)
    try:
        link = place / "link"
        link.symlink_to(os.path.relpath(site, output.parent), target_is_directory=True)
        link.replace(output)
    except OSError:
        site.rename(output)
        old = place
    if old.resolve().is_relative_to(sites.resolve()):
        shutil.rmtree(old, ignore_errors=True)
