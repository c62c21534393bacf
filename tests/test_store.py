"""Only what changed is executed again, and the result is the same as when all is."""

import filecmp
import json
import os
from pathlib import Path

import nbformat
import pytest
from inference_economics.book import run, site, store, warm
from inference_economics.scenarios import Scenario
from inference_economics.tables import InputError

VALUES = {"pue": 1.1}


@pytest.fixture
def own_store(tmp_path, monkeypatch):
    """A book of its own: a folder with data, and an empty store."""
    root = tmp_path / "book"
    (root / "data").mkdir(parents=True)
    (root / "chapters").mkdir()
    (root / "data" / "read.csv").write_text("1")
    (root / "data" / "other.csv").write_text("1")
    monkeypatch.setattr(store, "ROOT", root)
    monkeypatch.setattr(store, "FOLDER", tmp_path / "executed")
    warm.use()
    return root


def notebook(path: Path, *cells: str) -> Path:
    made = nbformat.v4.new_notebook()
    made.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "3"}
    first = nbformat.v4.new_code_cell("pue = 1.0", metadata={"tags": ["parameters"]})
    made.cells = [first, *map(nbformat.v4.new_code_cell, cells)]
    nbformat.write(made, path)
    return path


def printed(path: Path) -> str:
    cells = nbformat.read(path, as_version=4).cells
    return "".join(output.text for cell in cells for output in cell.get("outputs", []))


@pytest.fixture
def counted(own_store, tmp_path):
    """Brings a notebook that reads a table, and tells how often it has been executed."""
    source = own_store / "chapters" / "reads.ipynb"
    line = "open('../runs', 'a').write('x'); print(pue, open('../data/read.csv').read())"
    notebook(source, line)
    target = tmp_path / "out.ipynb"

    def bring(values=VALUES) -> int:
        run.bring(source, target, values)
        assert printed(target) == f"{values['pue']} {(own_store / 'data/read.csv').read_text()}\n"
        return len((own_store / "runs").read_text())

    bring.source = source
    return bring


def test_nothing_changed_nothing_runs(counted):
    assert [counted(), counted(), counted()] == [1, 1, 1]


def test_what_went_into_it_runs_it_again_and_nothing_else(counted, own_store):
    assert counted() == 1
    (own_store / "data" / "other.csv").write_text("2")
    assert counted() == 1
    (own_store / "data" / "read.csv").write_text("2")
    assert counted() == 2
    assert counted({"pue": 1.2}) == 3
    assert counted({"pue": 1.2, "rental": 3.0}) == 3  # which it has no parameter for
    assert counted() == 3  # as before
    source = nbformat.read(counted.source, as_version=4)
    source.cells[-1].source += "\n# more"
    nbformat.write(source, counted.source)
    assert counted() == 4


def test_a_changed_library_or_package_runs_it_again(counted, monkeypatch):
    assert counted() == 1
    monkeypatch.setattr(store, "_around", lambda: "another library")
    assert counted() == 2


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("*.json", lambda path: path.write_text("{")),
        ("*.json", lambda path: path.write_text("[]")),
        ("*.json", os.remove),
        ("*.ipynb", os.remove),
    ],
)
def test_a_store_that_was_harmed_costs_time_alone(counted, name, harm):
    assert counted() == 1
    for path in store.FOLDER.glob(name):
        harm(path)
    assert counted() == 2


def test_a_store_that_cannot_be_written_is_done_without(counted, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(store, "FOLDER", tmp_path / "file" / "executed")
    assert [counted(), counted()] == [1, 2]


def test_only_the_last_results_of_a_notebook_are_kept(counted):
    for number in range(store.KEPT + 3):
        counted({"pue": 1 + number / 100})
    assert len(list(store.FOLDER.glob("*.ipynb"))) == store.KEPT
    assert len(list(store.FOLDER.glob("*.json"))) == store.KEPT


def test_what_a_notebook_changes_stays_its_own(own_store, tmp_path):
    """The second is forked from the same process as the first."""
    start = "import os\nfrom inference_economics import tables\n"
    change = start + "tables.MARK = os.environ['MARK'] = '1'"
    look = start + "print(hasattr(tables, 'MARK'), 'MARK' in os.environ)"
    sources = [
        notebook(own_store / "chapters" / f"{name}.ipynb", cell)
        for name, cell in (("a", change), ("b", look))
    ]
    run.execute_all(sources, tmp_path, VALUES, jobs=1, quiet=True)
    assert printed(tmp_path / "b.ipynb") == "False False\n"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("1 / 0", "a.ipynb, cell 3: ZeroDivisionError: division by zero"),
        (
            "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
            "a.ipynb: its kernel was killed",
        ),
    ],
)
def test_what_goes_wrong_in_a_notebook_is_said_in_a_line(own_store, tmp_path, cell, said):
    source = notebook(own_store / "chapters" / "a.ipynb", "print(pue)", cell)
    with pytest.raises(InputError, match=said) as found:
        run.execute_all([source], tmp_path, VALUES, jobs=1, quiet=True)
    assert "\n" not in str(found.value)
    assert list(store.FOLDER.glob("*")) == []


def test_each_notebook_knows_the_tables_it_reads(stage):
    def read(page: str) -> set[str]:
        return set(
            store.read_by(run.kept_as(site.ROOT / f"chapters/{page}.ipynb", Scenario().values))
        )

    for chapter in site.chapters():
        assert "data/assumptions.csv" in read(chapter.stem)
    assert "data/measurements.csv" in read("a1_model_error")
    assert "data/organisations.csv" not in read("a1_model_error")
    assert {f"data/{path.name}" for path in (site.ROOT / "data").glob("*.csv")} <= read(
        "a5_sources"
    )


def test_the_same_inputs_give_the_same_bytes_somewhere_else(book, tmp_path, monkeypatch):
    """A second book, executed from nothing in another folder, is the same in every file."""
    monkeypatch.setattr(store, "FOLDER", tmp_path / "executed")
    output = tmp_path / "another" / "place" / "html"
    with site.staged(Scenario(), output, jobs=2, quiet=True) as stage:
        again = site.make(stage, output, quiet=True).parent
    names = {path.relative_to(book) for path in book.rglob("*") if path.is_file()}
    assert names == {path.relative_to(again) for path in again.rglob("*") if path.is_file()}
    same, different, odd = filecmp.cmpfiles(book, again, names, shallow=False)
    assert (different, odd) == ([], [])
    assert len(same) > 3 * len(site.pages())


def test_a_site_that_is_made_of_the_same_is_left_alone(stage, tmp_path, monkeypatch):
    mark = site.made_of(Scenario())
    assert mark
    assert site.made_of(Scenario(overrides={"pue": 1.2})) == ""  # must be executed
    assert site.made_of(Scenario("Another title")) not in ("", mark)
    output = tmp_path / "html"
    output.mkdir()
    (output / site.MADE_OF).write_text(mark)
    monkeypatch.setattr(run, "execute_all", lambda *_: pytest.fail("executed again"))
    page = site.build(Scenario(), output=output, jobs=1, quiet=True)
    assert page == output / "index.html"
    assert json.dumps(mark)


def test_a_folder_named_from_here_stays_here(own_store, tmp_path, monkeypatch):
    """Notebooks run in their own folder, several at once; the build goes on where it was begun."""
    sources = [
        notebook(own_store / "chapters" / f"{n}.ipynb", f"import time; time.sleep({n / 4})", "pue")
        for n in range(4)
    ]
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path)
    run.execute_all(sources, Path("out"), VALUES, jobs=2, quiet=True)
    assert Path.cwd() == tmp_path
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [s.name for s in sources]
