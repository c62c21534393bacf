"""Papermill: every chapter executed with a scenario's values, in parallel, with progress."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import chdir
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError
from tqdm import tqdm

from ..scenarios import MEASURED
from ..tables import InputError, nearest
from . import store, warm

Values = dict[str, float | str]


def parameters(notebook: Path) -> list[str]:
    """The assumptions that a chapter's parameters cell sets."""
    return [name for name in papermill.inspect_notebook(str(notebook)) if name != MEASURED]


def execute(source: Path, target: Path, values: Values) -> list[str]:
    """Executes ``source`` into ``target`` with those of ``values`` that it has parameters for.

    Returns the book's files that it read. Raises :class:`InputError` naming chapter, cell and
    error. Values must have been checked.
    """
    own = _own(source, values)
    notebook = nbformat.read(source, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(store.WATCH))
    notebook.cells.append(nbformat.v4.new_code_cell(store.OPENED))
    try:
        notebook = papermill.execute_notebook(
            notebook,
            None,  # or else it is written again with each cell
            parameters=own,
            cwd=str(source.parent),
            progress_bar=False,
            log_output=False,
            extra_arguments=["--log-level=CRITICAL"],
        )
    except PapermillExecutionError as error:
        place = error.cell_index - bool(own)  # counted from 1, without papermill's and our first
        raise InputError(f"{source.name}, cell {place}: {error.ename}: {error.evalue}") from None
    except DeadKernelError:
        raise InputError(
            f"{source.name}: its kernel was killed, perhaps for want of memory"
        ) from None
    notebook.cells.pop(0)
    opened = json.loads(notebook.cells.pop().outputs[0].text)
    _hide_injected(notebook)
    nbformat.write(notebook, target)
    return store.read(opened)


def _own(source: Path, values: Values) -> Values:
    """The parameters of ``source`` with their values."""
    for name in parameters(source):
        if name not in values:
            where = f"{source.name}, parameters"
            raise InputError(f"{where}: unknown assumption {name!r}{nearest(name, values)}")
    names = papermill.inspect_notebook(str(source))
    return {name: values[name] for name in names if name in values}


def kept_as(source: Path, values: Values) -> str:
    """The name in :mod:`store` of ``source``, executed with ``values``."""
    return store.key(source, _own(source, values))


def bring(source: Path, target: Path, values: Values) -> None:
    """Puts ``source``, executed with ``values``, at ``target``: the kept one if nothing changed."""
    name = kept_as(source, values)
    if kept := store.find(name):
        shutil.copyfile(kept, target)
    else:
        store.keep(name, target, execute(source, target, values))


def execute_all(sources: list[Path], folder: Path, values: Values, jobs: int, quiet: bool) -> None:
    """Executes all ``sources`` into ``folder``, ``jobs`` at a time; the first failure ends it."""
    warm.use()
    folder = folder.resolve()
    longest_first = sorted(sources, key=lambda source: -source.stat().st_size)
    # papermill changes the folder of the whole process, threads beside it included. All notebooks
    # lie in one folder: where that is the process's already, nothing changes.
    with chdir(sources[0].parent), ThreadPoolExecutor(jobs) as pool:
        running = [
            pool.submit(bring, source, folder / source.name, values) for source in longest_first
        ]
        bar = tqdm(as_completed(running), "Chapters", len(running), unit="", disable=quiet)
        try:
            for done in bar:
                done.result()
        finally:
            for waiting in running:
                waiting.cancel()


def _hide_injected(notebook) -> None:
    """Papermill's own cell is not for the reader: the values stand in the assumptions' table."""
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.metadata.tags.append("remove-cell")
