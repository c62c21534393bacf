"""What a teacher looks up: a plan for each chapter's lesson, and all exercises and questions."""

import ast
import html
import re
from functools import cache

import nbformat
import pandas as pd

from . import assumptions, questions, tables
from .reference import CHAPTERS

EXERCISE = re.compile(r"^(\d+)\. \*\*(Compute|Re-run|Criticise|Extend) \(([123])\)\.\*\*", re.M)
KINDS = ("Compute", "Re-run", "Criticise", "Extend")


@cache
def cells(chapter: str) -> list:
    """The cells of a chapter's notebook."""
    return nbformat.read(CHAPTERS / f"{chapter}.ipynb", as_version=4).cells


def title(chapter: str) -> str:
    """What a chapter is called.

    >>> title("06_conclusion")
    'Is training the entry fee and inference the survival threshold?'
    """
    return re.search(r"^# (.*)", cells(chapter)[0].source, re.M)[1]


@cache
def figures(chapter: str) -> dict[str, tuple[str, list[str]]]:
    """The charts of a chapter: title, and the assumptions that have a slider there, by id.

    >>> figures("06_conclusion")["co-parts"]
    ('What does a request pay for?', ['batch', 'rental'])
    """
    code = "\n".join(cell.source for cell in cells(chapter) if cell.cell_type == "code")
    found = {}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "figure":
            named = {word.arg: word.value for word in node.keywords}
            if "title" in named:
                sliders = named.get("sliders")
                moved = list(ast.literal_eval(sliders)) if sliders else []
                found[node.args[0].value] = (ast.literal_eval(named["title"]), moved)
    return found


def lesson(chapter: str) -> "Lesson":
    """The plan of a lesson on ``chapter``, of 50 or of 90 minutes, for a page."""
    return Lesson(tables.table("lessons").query("chapter == @chapter"))


class Lesson:
    """What a class does, for how long, at which chart and with which slider."""

    def __init__(self, rows: pd.DataFrame):
        self.rows = rows

    def _repr_mimebundle_(self, **_):
        rows = "".join(self._row(row) for row in self.rows.itertuples())
        lengths = [self.rows[column].sum() for column in ("short", "long")]
        head = "".join(f"<th>Of {minutes:g} minutes</th>" for minutes in lengths)
        return {
            "text/plain": f"{len(self.rows)} steps",
            "text/html": f"<table><thead><tr>{head}<th>What</th><th>Where, and what to move</th>"
            f"</tr></thead><tbody>{rows}</tbody></table>",
        }

    def _row(self, row) -> str:
        where = ""
        if row.figure:
            name = html.escape(figures(row.chapter)[row.figure][0])
            where = f'<a href="{row.chapter}.html#{row.figure}">{name}</a>'
        if row.slider:
            where += f"; move: {html.escape(assumptions.known().loc[row.slider, 'description'])}"
        minutes = "".join(f"<td>{f'{t:g}' if t else '–'}</td>" for t in (row.short, row.long))
        return f"<tr>{minutes}<td>{html.escape(row.activity)}</td><td>{where}</td></tr>"


def exercises() -> pd.DataFrame:
    """Every exercise: ``chapter``, ``number``, ``kind``, and ``level`` from 1 to 3."""
    found = [
        (path.stem, int(number), kind, int(level))
        for path in sorted(CHAPTERS.glob("0*.ipynb"))
        for cell in cells(path.stem)
        for number, kind, level in EXERCISE.findall(cell.source)
        if cell.cell_type == "markdown"
    ]
    return pd.DataFrame(found, columns=["chapter", "number", "kind", "level"])


def overview() -> pd.DataFrame:
    """The numbers of each chapter's exercises by kind, with their level, and of its questions.

    ``3 (2)`` is the third exercise, of the second level.
    """
    rows = exercises()
    rows["said"] = rows["number"].astype(str) + " (" + rows["level"].astype(str) + ")"
    table = rows.pivot_table(index="chapter", columns="kind", values="said", aggfunc=", ".join)
    table = table.reindex(columns=list(KINDS)).fillna("none").rename(index=title)
    asked = [[q.level for q in questions.of_chapter(name)] for name in rows["chapter"].unique()]
    table["Check yourself"] = [
        ", ".join(f"{levels.count(level)} ({level})" for level in sorted(set(levels)))
        for levels in asked
    ]
    return table.rename_axis(index="Chapter", columns=None).reset_index()
