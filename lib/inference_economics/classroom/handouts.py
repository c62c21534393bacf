"""A folder with a notebook for each student, and what the teacher needs to grade them."""

import csv
import json
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

    def write(self, assignment: Assignment, students: list[Student], progress=iter) -> None:
        """Writes all. :class:`InputError` if the folder holds something else."""
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
        for student in progress(students):
            made = notebooks.handout(assignment, student)
            self._put(f"handouts/{student.key}.ipynb", notebooks.written(made))
        rows = _key(assignment, students)
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


def _key(assignment: Assignment, students: list[Student]) -> list[list]:
    """A header, and each student's row: name, key, values, right answers."""
    asked = assignment.questions
    heads = [f"{q.name} [{units.spoken(q.unit) or '1'}]" if q.unit else q.name for q in asked]
    rows = [["name", "key", *assignment.inputs, *heads]]
    for student in students:
        values, given = assignment.values(student.key), assignment.given(student.key)
        right = [q.answer(given) for q in asked]
        said = [
            str(a) if q.choices else float(f"{a:.5g}") for q, a in zip(asked, right, strict=True)
        ]
        rows.append([report.safe(student.name), student.key, *values.values(), *said])
    return rows
