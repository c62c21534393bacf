"""A chapter, executed in this process with values of one's own, and what it states."""

import contextlib
import io
import os
from functools import cache
from types import SimpleNamespace

import nbformat
import numpy as np
from inference_economics import charts, page
from inference_economics.book import site


@cache
def executed(chapter: str, values: tuple = (), code: str = "") -> SimpleNamespace:
    """``stated``: numbers and words by name; ``names``: all that the notebook's ``code`` left.

    ``values`` are pairs of an assumption and its value in the table's unit; ``code`` is run last.
    """
    notebook = nbformat.read(site.ROOT / "chapters" / f"{chapter}.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    names, stated = {}, {}
    here, stating, drawing = os.getcwd(), page.state, charts.figure
    page.state = lambda **said: stated.update(said)
    charts.figure = lambda *_, **__: None  # it takes most of the time, and states nothing
    try:
        os.chdir(site.ROOT / "chapters")
        with contextlib.redirect_stdout(io.StringIO()):
            for cell in cells:
                exec(compile(cell.source, f"{chapter}[{cell.id}]", "exec"), names)
                if "parameters" in cell.metadata.get("tags", []):
                    assert {name for name, _ in values} <= set(names)
                    names.update(values)
            exec(compile(code, f"{chapter}[solution]", "exec"), names)
    finally:
        page.state, charts.figure = stating, drawing
        os.chdir(here)
    return SimpleNamespace(stated={name: plain(said) for name, said in stated.items()}, names=names)


def plain(said):
    """A stated number without its digits and its expression; words as words."""
    value = said[0] if isinstance(said, tuple) else said
    value = np.asarray(getattr(value, "value", value)).item()
    return value if isinstance(value, str) else float(value)
