"""The same class by nbgrader itself: release, collect, autograde, feedback."""

import csv
import getpass
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from inference_economics import questions
from inference_economics.classroom.assignment import Assignment
from inference_economics.classroom.handouts import Folder
from inference_economics.classroom.roster import Student

from . import classroom

CHAPTER = "06_conclusion"
ASKED = questions.of_chapter(CHAPTER)
FULL = sum(question.level for question in ASKED)
NUMBERS = sum(question.level for question in ASKED if not question.choices)
STUDENTS = [Student.of(name, "") for name in ("Ann", "Bob", "Cy", "Di")]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The folder of a small class: released, handed in, collected, graded; and the scores."""
    place = tmp_path_factory.mktemp("course")
    folder = Folder(place / "c")
    folder.write(Assignment(CHAPTER, "term"), STUDENTS)
    exchange = place / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    root = folder.path / "nbgrader"
    with (root / "nbgrader_config.py").open("a") as file:
        file.write(f"c.Exchange.root = {str(exchange)!r}\n")
    nbgrader(root, "generate_assignment", CHAPTER, "--create")
    nbgrader(root, "release_assignment", CHAPTER)
    for number, student in enumerate(STUDENTS):
        hand_in(folder, student, number, place)
    nbgrader(root, "collect", CHAPTER)
    nbgrader(root, "autograde", CHAPTER)
    nbgrader(root, "generate_feedback", CHAPTER)
    nbgrader(root, "export")
    with (root / "grades.csv").open() as file:
        return root, {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def nbgrader(place: Path, *arguments: str) -> None:
    home = place / "home"
    home.mkdir(exist_ok=True)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # of its own tools
    own = {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home), "PATH": path}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(
        command, cwd=place, env=os.environ | own, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


def hand_in(folder: Folder, student: Student, number: int, place: Path) -> None:
    """Right; a wrong unit; right, in the notebook that nbgrader released; one cell that raises.

    The third fetches and submits by nbgrader; what the others sent by mail is put where nbgrader
    looks for it.
    """
    written = classroom.answers(folder, student)
    if number == 1:
        written = classroom.answers(folder, student, lambda right: right * 1000)
    if number == 3:
        written[1] = "1 / 0"
    if number != 2:
        content = classroom.filled(folder.path / "handouts" / f"{student.key}.ipynb", written)
        target = folder.path / "nbgrader" / "submitted" / student.key / CHAPTER
        target.mkdir(parents=True)
        (target / f"{CHAPTER}.ipynb").write_text(json.dumps(content))
        return
    desk = place / student.key
    desk.mkdir()
    shutil.copy(folder.path / "nbgrader" / "nbgrader_config.py", desk)
    nbgrader(desk, "fetch_assignment", CHAPTER)
    notebook = desk / CHAPTER / f"{CHAPTER}.ipynb"
    content = classroom.filled(notebook, written)
    for cell in content["cells"]:
        if cell["id"] == "student":
            cell["source"] = f"student = {student.key!r}"
    notebook.write_text(json.dumps(content))
    nbgrader(desk, "submit", CHAPTER)
    # The exchange goes by the user's name on this system, which is not the student's.
    (sent,) = (place / "exchange" / "term" / "inbound").glob(f"{getpass.getuser()}+{CHAPTER}+*")
    sent.rename(sent.with_name(f"{student.key}+{sent.name.partition('+')[2]}"))


def test_points_are_those_that_each_deserves(course):
    right, unit, released, raised = (course[1][student.key] for student in STUDENTS)
    assert right == released == FULL
    assert unit == NUMBERS / 2 + FULL - NUMBERS
    assert raised == FULL - ASKED[1].level


def test_the_student_reads_why(course):
    page = (course[0] / "feedback" / STUDENTS[1].key / CHAPTER / f"{CHAPTER}.html").read_text()
    assert "factor of a thousand" in page or "millijoules" in page
    assert len(re.findall(r"Right\.", page)) >= 1


def test_what_is_released_has_no_hidden_test(course):
    text = (course[0] / "release" / CHAPTER / f"{CHAPTER}.ipynb").read_text()
    assert "HIDDEN" not in text
    assert "classroom import points" not in text
