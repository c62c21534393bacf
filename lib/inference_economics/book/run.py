"""Papermill: every chapter executed with a scenario's values, in parallel, with progress."""

from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError
from tqdm import tqdm

from ..tables import InputError, nearest


def parameters(notebook: Path) -> list[str]:
    """The names that a chapter's parameters cell sets."""
    return list(papermill.inspect_notebook(str(notebook)))


def execute(source: Path, target: Path, values: dict[str, float]) -> None:
    """Executes ``source`` into ``target`` with those of ``values`` that it has parameters for.

    Raises :class:`InputError` naming chapter, cell and error. Values must have been checked.
    """
    names = parameters(source)
    for name in names:
        if name not in values:
            where = f"{source.name}, parameters"
            raise InputError(f"{where}: unknown assumption {name!r}{nearest(name, values)}")
    try:
        notebook = papermill.execute_notebook(
            str(source),
            None,  # or else it is written again with each cell
            parameters={name: values[name] for name in names},
            progress_bar=False,
            log_output=False,
            extra_arguments=["--log-level=CRITICAL"],
        )
    except PapermillExecutionError as error:
        raise InputError(
            f"{source.name}, cell {error.cell_index}: {error.ename}: {error.evalue}"
        ) from None
    _hide_injected(notebook)
    nbformat.write(notebook, target)


def execute_all(
    sources: list[Path], folder: Path, values: dict[str, float], jobs: int, quiet: bool
) -> None:
    """Executes all ``sources`` into ``folder``, ``jobs`` at a time; the first failure ends it."""
    with ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(execute, source, folder / source.name, values) for source in sources]
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
