"""The notebook that a student gets, in the format that nbgrader knows."""

import json
from dataclasses import dataclass
from string import ascii_uppercase

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from .. import __version__, teaching, units
from ..questions import Question
from ..tables import InputError
from .assignment import Assignment
from .roster import Student

OURS = "inference_economics"  # in a notebook's metadata
LARGEST = 2_000_000  # bytes of a notebook that comes back
HIDDEN = """### BEGIN HIDDEN TESTS
from inference_economics.classroom import points

points({chapter!r}, {term!r}, {number}, {name})
### END HIDDEN TESTS"""


def handout(assignment: Assignment, student: Student) -> nbformat.NotebookNode:
    """The notebook of one ``student``, with values of their own, executed nowhere yet."""
    asked = assignment.asked(student.key)
    head = f"For {student.name}. The values in the questions are yours alone."
    return _notebook(assignment, [_intro(assignment, head)], asked, "# Checked by your teacher.")


def source(assignment: Assignment) -> nbformat.NotebookNode:
    """The notebook that nbgrader releases to all: it asks each student by their key."""
    head = (
        "Write your key, as your teacher gave it to you, into the first cell, and run the second."
    )
    cells = [
        _intro(assignment, head),
        new_code_cell('student = ""', id="student"),
        _marked(
            new_code_cell(
                "from inference_economics import classroom\n\n"
                f"classroom.ask({assignment.chapter!r}, {assignment.term!r}, student)"
            ),
            "sheet",
        ),
    ]
    asked = [f"As asked above, in {_form(question)}." for question in assignment.questions]
    return _notebook(assignment, cells, asked, "")


def _notebook(assignment: Assignment, cells: list, asked: list[str], test: str):
    for number, (question, text) in enumerate(zip(assignment.questions, asked, strict=True), 1):
        name = f"answer_{number}"
        hidden = HIDDEN.format(
            chapter=assignment.chapter, term=assignment.term, number=number, name=name
        )
        cells += [
            _marked(new_markdown_cell(_text(number, question, text)), f"question_{number}"),
            _marked(new_code_cell(f"{name} = None  # {_form(question)}"), name, solution=True),
            _marked(new_code_cell(test or hidden), f"test_{number}", points=question.level),
        ]
    about = {"chapter": assignment.chapter, "term": assignment.term, "version": __version__}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, OURS: about})


def _intro(assignment: Assignment, head: str):
    title = teaching.title(assignment.chapter)
    text = (
        f"# {title}\n\n{head}\n\nWork each answer out below its question, by hand or with code, "
        "and give it to the name that stands there. A number is right within 2 %; a choice is its "
        "letter, in quotes. Save the notebook and hand it in under the name that it has."
    )
    return _marked(new_markdown_cell(text), "intro")


def _text(number: int, question: Question, text: str) -> str:
    pairs = zip(ascii_uppercase, question.choices, strict=False)
    choices = "".join(f"\n- {letter}. {choice}" for letter, choice in pairs)
    worth = "1 point" if question.level == 1 else f"{question.level} points"
    return f"**{number}.** {text} *({worth})*\n{choices}".rstrip()


def _form(question: Question) -> str:
    """How an answer is to be given."""
    return units.spoken(question.unit) or "a number" if question.unit else "a letter in quotes"


def _marked(cell, name: str, *, points: int | None = None, solution: bool = False):
    """The cell as nbgrader knows it: locked, but for a ``solution``; ``points`` are for a test."""
    cell.id = name
    cell.metadata["nbgrader"] = {
        "grade": points is not None,
        "grade_id": name,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    } | ({} if points is None else {"points": points})
    return cell


def written(notebook: nbformat.NotebookNode) -> str:
    """A notebook as text; the same one gives the same bytes."""
    return nbformat.writes(notebook) + "\n"


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook that came back, and what nbgrader calls it."""

    name: str
    is_code: bool
    locked: bool
    source: str


def cells(content: bytes) -> list[Cell]:
    """The cells of a notebook that came back; :class:`InputError` for what is none."""
    if len(content) > LARGEST:
        raise InputError(f"has {len(content) / 1e6:.0f} MB; {LARGEST / 1e6:.0f} MB is the most")
    try:
        found = []
        for cell in json.loads(content)["cells"]:
            known = cell.get("metadata", {}).get("nbgrader", {})
            name, locked = str(known.get("grade_id", "")), bool(known.get("locked"))
            found.append(Cell(name, cell["cell_type"] == "code", locked, "".join(cell["source"])))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError("is no notebook") from None
    return found


def altered(back: list[Cell], original: nbformat.NotebookNode) -> list[str]:
    """Names of the locked cells of ``original`` that are gone or changed in what came back."""
    now = {cell.name: cell.source for cell in back}
    locked = [cell for cell in original.cells if cell.metadata["nbgrader"]["locked"]]
    return [cell.id for cell in locked if now.get(cell.id) != cell.source]
