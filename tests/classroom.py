"""A made-up class: what thirty students hand in, and what each should get."""

import json
from pathlib import Path

from inference_economics.classroom.handouts import Folder

NAMES = [f"Student {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
NAMES += ["Zoë O'Hara/..", '=cmd|"calc"', "李 雷", "🙂"]
FULL = "full"


def roster(path: Path) -> Path:
    lines = "".join(f'"{name.replace(chr(34), chr(34) * 2)}"\n' for name in NAMES)
    path.write_text(f"name\n{lines}", encoding="utf-8")
    return path


# What the students do, beside answering rightly: cells of their own, in front of all answers.
HOSTILE = {
    "hangs": "while True: pass",
    "sleeps": "import time; time.sleep(600)",
    "exits": "import os; os._exit(0)",
    "crashes": "import ctypes; ctypes.string_at(0)",
    "bomb": "x = bytearray(1 << 40)",
    "eats": "x = []\nwhile True: x.append(bytearray(1 << 26))",
}
# These can't do what they try, and their answers count.
TRIED = {
    "deletes": "import shutil; shutil.rmtree({folder!r})",
    "writes": "open({folder!r} + '/key.csv', 'w')",
    "looks": "open({folder!r} + '/key.csv').read()",
    "asks": "import socket; socket.create_connection(('127.0.0.1', 9), 1)",
    "leaves": "import sys; sys.exit()",
}
QUIET = {
    "talks": "print('x' * 10_000_000)",
    "shadows": "import json; json.dumps = lambda *a, **k: '{{}}'; answer_99 = 1",
}


def answers(folder: Folder, student, change=lambda right: right) -> list:
    """A student's right answers; ``change`` is made to the numbers."""
    assignment, _ = folder.read()
    given = assignment.given(student.key)
    found = []
    for question in assignment.questions:
        right = question.answer(given)
        found.append(repr(str(right)) if question.choices else repr(float(change(right))))
    return found


def filled(notebook: Path, written: list[str], first: str = "") -> dict:
    """The ``notebook`` with answers ``written`` into it, after a cell ``first``."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    places = [c for c in content["cells"] if c["metadata"].get("nbgrader", {}).get("solution")]
    for cell, text in zip(places, written, strict=True):
        cell["source"] = f"{cell['metadata']['nbgrader']['grade_id']} = {text}"
    if first:
        extra = {"cell_type": "code", "id": "mine", "metadata": {}, "outputs": []}
        content["cells"].insert(1, extra | {"execution_count": None, "source": first})
    return content
