"""One zip of everything: site, slides, PDF, EPUB, and the source that all of it is made from."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from .. import __version__, assumptions
from ..scenarios import Scenario
from ..tables import InputError
from . import chromium, epub, paper, pdf, site, slides_pdf

NAME = f"inference-economics-{__version__}"
SUMS = "SHA256SUMS"
# What the source is, beside the chapters of the table of contents; what a build leaves is not.
SOURCE = (
    *(".github/workflows", ".gitignore", ".pre-commit-config.yaml"),
    *("CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md"),
    *("_config.yml", "_toc.yml", "conftest.py", "index.md", "pyproject.toml", "requirements.lock"),
    *("bench", "binder", "data", "docs", "lib", "peers", "tests"),
)
MADE = {"__pycache__", "node_modules", ".ipynb_checkpoints"}
README = """The Economics of AI Inference, version {version}
{banner}
Open site/index.html first: the book, with sliders. It needs no network and no server.
slides/index.html has a deck of slides for each chapter, with the speaker's notes, each also as PDF.
book.pdf and book.epub are the same book for paper and for e-readers.
source/ holds notebooks (source/chapters), data, the library and the lock of all versions;
source/README.md says how to change something and build it again: make book, make test.

Is everything here as it was made?   sha256sum -c SHA256SUMS
"""


def build(scenario: Scenario, *, output: Path, jobs: int, quiet: bool = False) -> Path:
    """Builds every form of the book under ``scenario`` and packs them as ``output``, a zip."""
    if output.is_dir():
        raise InputError(f"{output}: is a folder; name a file")
    banner = site.banner(scenario)
    with (
        chromium.launched() as browser,
        site.staged(scenario, output, jobs, quiet) as stage,
        dated(),
    ):
        around = stage.parent
        made = site.make(stage, around / "site", quiet).parent.resolve()
        decks = slides_pdf.decks(made, around / "slides", banner, browser, quiet)
        whole = paper.book(stage, scenario, quiet)
        files = source(site.ROOT)
        files |= {f"site/{name}": path for name, path in within(made)}
        files |= {f"slides/{name}": path for name, path in within(decks)}
        for maker, name in ((pdf, "book.pdf"), (epub, "book.epub")):
            more = [browser, quiet] if maker is pdf else []
            files[name] = maker.make(whole, around / f"draft-{name}", around / name, *more)
        draft = around / output.name
        pack(files, draft, f"{banner}\n" if banner else "")
        os.replace(draft, output)
    return output


@contextmanager
def dated() -> Iterator[None]:
    """Lets everything be made on the day of the newest data, so that it is the same each time."""
    newest = datetime.fromisoformat(max(assumptions.known()["as_of"])).replace(tzinfo=UTC)
    own = "SOURCE_DATE_EPOCH" not in os.environ
    if own:
        os.environ["SOURCE_DATE_EPOCH"] = str(int(newest.timestamp()))
    try:
        yield
    finally:
        if own:
            del os.environ["SOURCE_DATE_EPOCH"]


def within(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files in a ``folder`` by their names seen from it, without what runs leave there."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        made = MADE.intersection(parts) or any(part.endswith(".egg-info") for part in parts)
        if path.is_file() and not made:
            yield "/".join(parts), path


def source(root: Path) -> dict[str, Path]:
    """The files that the book at ``root`` is made from, by their names in the zip."""
    found = {f"source/chapters/{path.name}": path for path in site.pages()}
    for name in SOURCE:
        path = root / name
        if path.is_dir():
            found |= {f"source/{name}/{inner}": file for inner, file in within(path)}
        elif path.exists():
            found[f"source/{name}"] = path
    return found


def pack(files: dict[str, Path], output: Path, banner: str = "") -> Path:
    """Writes a zip of ``files``, by name, with a README and the sums of all; same in, same out."""
    content = {name: path.read_bytes() for name, path in files.items()}
    content["README.txt"] = README.format(version=__version__, banner=banner).encode()
    sums = (f"{sha256(content[name]).hexdigest()}  {name}\n" for name in sorted(content))
    content[SUMS] = "".join(sums).encode()
    runs = {name for name, path in files.items() if os.access(path, os.X_OK)}
    with ZipFile(output, "w") as archive:
        for name in sorted(content):
            entry = ZipInfo(f"{NAME}/{name}", paper.built().timetuple()[:6])
            entry.create_system = 3  # the same from Windows
            entry.external_attr = (0o755 if name in runs else 0o644) << 16
            archive.writestr(entry, content[name], ZIP_DEFLATED)
    return output
