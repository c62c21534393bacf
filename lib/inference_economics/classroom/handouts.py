"""A folder with a notebook for each student, and what the teacher needs to grade them."""

import csv
import json
from functools import partial
from pathlib import Path

from .. import __version__, units
from ..tables import InputError
from . import notebooks, report
from .assignment import Assignment
from .roster import Student

ABOUT, KEY = "assignment.json", "key.csv"
SUBMITTED = "submitted"
CONFIG = "c = get_config()\nc.CourseDirectory.course_id = {course!r}\n"


class Folder:
    """``handouts/`` for the students; for the teacher a key, an overview, and nbgrader's source."""

    def __init__(self, path: Path):
        self.path = path

    def write(self, assignment: Assignment, students: list[Student], each=None) -> None:
        """Writes all. :class:`InputError` if the folder holds something else.

        ``each`` takes a function and a list, and yields pairs of an item and the function's result
        in any order: somebody else may do the work.
        """
        if self.path.exists() and any(self.path.iterdir()) and not (self.path / ABOUT).exists():
            raise InputError(f"{self.path}: is neither empty nor a class's; give another --output")
        if (self.path / ABOUT).exists() and self.read()[0] != assignment:
            told = "holds another chapter or term"
            raise InputError(f"{self.path}: {told}; give another --output")
        (self.path / "handouts").mkdir(parents=True, exist_ok=True)
        (self.path / SUBMITTED).mkdir(exist_ok=True)
        about = {
            "chapter": assignment.chapter,
            "term": assignment.term,
            "version": __version__,
            "students": [vars(student) for student in students],
        }
        self._put(ABOUT, json.dumps(about, indent=1, ensure_ascii=False))
        rows = {}
        for student, (text, row) in (each or in_turn)(partial(made_for, assignment), students):
            self._put(f"handouts/{student.key}.ipynb", text)
            rows[student] = row
        rows = [_head(assignment), *(rows[student] for student in students)]
        with (self.path / KEY).open("w", newline="", encoding="utf-8-sig") as file:
            csv.writer(file).writerows(rows)
        self._put("overview.html", report.overview(assignment, students, rows))
        name = assignment.chapter
        (self.path / "nbgrader" / "source" / name).mkdir(parents=True, exist_ok=True)
        made = notebooks.source(assignment)
        self._put(f"nbgrader/source/{name}/{name}.ipynb", notebooks.written(made))
        self._put("nbgrader/nbgrader_config.py", CONFIG.format(course=assignment.term))

    def _put(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, encoding="utf-8", newline="\n")

    def read(self) -> tuple[Assignment, list[Student]]:
        """What was written here. :class:`InputError` where nothing was."""
        path = self.path / ABOUT
        try:
            about = json.loads(path.read_text(encoding="utf-8"))
            students = [Student(**each) for each in about["students"]]
            return Assignment(about["chapter"], about["term"]), students
        except FileNotFoundError:
            told = "holds no assignment.json; it is the folder that handouts wrote"
            raise InputError(f"{self.path}: {told}") from None
        except (ValueError, KeyError, TypeError):
            raise InputError(f"{path}: is damaged; write the handouts again") from None

    def submissions(self) -> list[Path]:
        """The notebooks that came back, in any folder below ``submitted/``."""
        found = (self.path / SUBMITTED).rglob("*.ipynb")
        return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def in_turn(make, students: list[Student]):
    """Each student with what ``make`` makes for them."""
    return ((student, make(student)) for student in students)


def made_for(assignment: Assignment, student: Student) -> tuple[str, list]:
    """A student's notebook, and their row of the key: name, key, values, right answers."""
    values, given = assignment.values(student.key), assignment.given(student.key)
    right = [
        str(answer) if question.choices else float(f"{answer:.5g}")
        for question in assignment.questions
        for answer in [question.answer(given)]
    ]
    row = [report.safe(student.name), student.key, *values.values(), *right]
    return notebooks.written(notebooks.handout(assignment, student)), row


def _head(assignment: Assignment) -> list[str]:
    asked = [(question.name, question.unit) for question in assignment.questions]
    heads = [f"{name} [{units.spoken(unit) or '1'}]" if unit else name for name, unit in asked]
    return ["name", "key", *assignment.inputs, *heads]
