"""The bundle: all there, whole, and the same bytes each time. Its parts have tests of their own."""

import os
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from inference_economics.book import bundle, chromium, epub, paper, pdf, site, slides_pdf
from inference_economics.cli import main


@pytest.fixture
def small(tmp_path):
    """A few files, one of which runs."""
    script = tmp_path / "run"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    page = tmp_path / "page.html"
    page.write_text("<p>é")
    return {"site/index.html": page, "source/run": script}


def unpacked(archive, folder):
    """The bundle unpacked as most people do it."""
    subprocess.run([sys.executable, "-m", "zipfile", "-e", archive, folder], check=True)
    return folder / bundle.NAME


def test_the_same_files_give_the_same_bytes(small, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    first = bundle.pack(small, tmp_path / "first.zip").read_bytes()
    for path in small.values():
        os.utime(path, (0, 10**9))
    turned = dict(reversed(small.items()))
    assert bundle.pack(turned, tmp_path / "second.zip").read_bytes() == first


def test_the_sums_hold_after_unpacking_and_find_what_was_changed(small, tmp_path):
    with bundle.dated():
        made = bundle.pack(small, tmp_path / "made.zip", "With a banner.\n")
    folder = unpacked(made, tmp_path / "here")
    check = ["sha256sum", "--check", "--strict", "--quiet", bundle.SUMS]
    assert subprocess.run(check, cwd=folder).returncode == 0
    said = (folder / "README.txt").read_text()
    assert "With a banner." in said
    assert "Open site/index.html first" in said
    named = {line.split()[1] for line in (folder / bundle.SUMS).read_text().splitlines()}
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert named == present - {bundle.SUMS}
    with ZipFile(made) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert modes[f"{bundle.NAME}/source/run"] == 0o755
    assert modes[f"{bundle.NAME}/site/index.html"] == 0o644
    (folder / "site" / "index.html").write_text("changed")
    assert subprocess.run(check, cwd=folder, capture_output=True).returncode == 1


def test_the_source_is_all_that_a_build_needs(tmp_path):
    """The library of the bundle finds pages, claims and scenarios of the bundle."""
    with bundle.dated():
        made = bundle.pack(bundle.source(site.ROOT), tmp_path / "made.zip")
    source = unpacked(made, tmp_path / "here") / "source"
    assert not list(source.rglob("__pycache__"))
    code = (
        "from inference_economics import claims, scenarios\n"
        "from inference_economics.book import site, slides\n"
        "print(site.ROOT, len(site.pages()), len(claims.table()), len(scenarios.shipped()))"
    )
    here = os.environ | {"PYTHONPATH": str(source / "lib")}
    done = subprocess.run([sys.executable, "-c", code], env=here, capture_output=True, text=True)
    known = (len(site.pages()), len(list((site.ROOT / "data" / "scenarios").iterdir())))
    root, pages, _, shipped = done.stdout.split()
    assert (root, int(pages), int(shipped)) == (str(source), *known)
    for needed in ("Makefile", "requirements.lock", "_toc.yml", "LICENSE", "README.md"):
        assert (source / needed).read_bytes() == (site.ROOT / needed).read_bytes()
    assert (source / "lib/inference_economics/book/theme/slides/reveal.js").exists()


def test_the_command_packs_every_form(monkeypatch, tmp_path):
    """With stand-ins for the makers, each of which leaves a file."""
    made_on = []

    @contextmanager
    def staged(scenario, output, jobs, quiet):
        (tmp_path / "stage").mkdir()
        yield tmp_path / "stage"

    def folder(name):
        def make(*args):
            made_on.append(os.environ["SOURCE_DATE_EPOCH"])
            (tmp_path / name).mkdir()
            (tmp_path / name / "index.html").write_text(name)
            return tmp_path / name

        return make

    def file(book, draft, output, *browser):
        output.write_text(output.name)
        return output

    monkeypatch.setattr(chromium, "launched", nullcontext)
    monkeypatch.setattr(site, "staged", staged)
    monkeypatch.setattr(site, "make", lambda *args: folder("site")() / "index.html")
    monkeypatch.setattr(slides_pdf, "decks", folder("slides"))
    monkeypatch.setattr(paper, "book", lambda *args: None)
    monkeypatch.setattr(pdf, "make", file)
    monkeypatch.setattr(epub, "make", file)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    output = tmp_path / "all.zip"
    command = ["build", "--to", "bundle", "--quiet", "--output", str(output)]
    done = CliRunner().invoke(main, command)
    assert done.output.strip().endswith(f"open {output}")
    with ZipFile(output) as archive:
        names = {name.removeprefix(f"{bundle.NAME}/") for name in archive.namelist()}
        assert archive.read(f"{bundle.NAME}/book.pdf") == b"book.pdf"
    forms = {"site/index.html", "slides/index.html", "book.pdf", "book.epub", bundle.SUMS}
    assert names >= forms | {"README.txt", "source/chapters/03_2_search_scale.ipynb"}
    assert len(set(made_on)) == 1
    assert "SOURCE_DATE_EPOCH" not in os.environ


def test_a_folder_is_not_written_over(tmp_path):
    done = CliRunner().invoke(main, ["build", "--to", "bundle", "--output", str(tmp_path)])
    assert done.exit_code == 1
    assert "is a folder; name a file" in done.output
