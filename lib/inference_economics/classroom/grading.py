"""Grades what came back: each submission alone, in a sandbox, whatever it does."""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from .. import __version__, files
from ..tables import InputError
from . import notebooks, report
from .assignment import Assignment
from .handouts import SUBMITTED, Folder
from .marking import mark
from .roster import Student

GRADED = "graded"
RESULTS, PAGE = "results.csv", "results.html"
OUTPUT = 1_000_000  # bytes that a sandbox may say
SCRATCH = "100m"  # of files that a submission may write
# A network, processes and mounts of its own; all that is not its scratch folder can only be read,
# and the folder with the key can't be read either.
APART = ["unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork",
         "--kill-child", "--mount-proc"]  # fmt: skip
SETUP = """
while read -r _ place _; do mount -o remount,bind,ro "$place"; done < /proc/self/mounts 2> /dev/null
mount -t tmpfs -o ro,size=4k none "$1" && mount -t tmpfs -o size=$3 none "$2" || exit 97
cd "$2" && shift 3 && exec "$@"
"""


@dataclass(frozen=True)
class Limits:
    """What one submission may use: ``time`` [s] and ``memory`` [B]."""

    time: float = 60
    memory: int = 4 << 30


@cache
def isolated() -> bool:
    """Whether this machine lets a process be shut off from network, files and other processes."""
    if not shutil.which("unshare"):
        return False
    with tempfile.TemporaryDirectory() as place:
        probe = [*APART, "sh", "-c", SETUP, "sh", place, place, SCRATCH, "true"]
        return subprocess.run(probe, capture_output=True, timeout=30).returncode == 0


def isolation() -> str:
    """What the report says of how submissions were run."""
    if isolated():
        return "Each ran without network, with files that it could read only, and by itself."
    return "This machine can't shut a process off: sockets were blocked, files were not protected."


def run(code: list[str], limits: Limits, hidden: str) -> dict:
    """``answers`` and ``problems`` of a submission, whose ``code`` can't see ``hidden``."""
    alone = isolated()
    wanted = {
        "cells": code,
        "memory": limits.memory,
        "file_size": OUTPUT * 100,
        "block_sockets": not alone,
    }
    python = [sys.executable, "-m", "inference_economics.classroom.sandbox"]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        # A worker elsewhere has no key to hide.
        key = hidden if Path(hidden).is_dir() else scratch
        command = [*APART, "sh", "-c", SETUP, "sh", key, scratch, SCRATCH, *python]
        quiet = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "HOME": scratch}
        quiet |= {"IPYTHONDIR": scratch, "MPLCONFIGDIR": scratch}
        process = subprocess.Popen(
            command if alone else python,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=scratch,
            env=os.environ | quiet,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(json.dumps(wanted).encode(), limits.time)
        except subprocess.TimeoutExpired:
            return {"answers": {}, "problems": [f"ran longer than {limits.time:g} s"]}
        finally:
            _kill(process)
    return _outcome(process.returncode, said)


def _kill(process: subprocess.Popen) -> None:
    """The process and all that it has started."""
    try:
        os.killpg(process.pid, 9)
    except (OSError, AttributeError):
        process.kill()
    process.wait()


def _outcome(code: int, said: bytes) -> dict:
    try:
        found = json.loads(said[:OUTPUT])
        answers = {str(k): dict(v) for k, v in found["answers"].items()}
        return {"answers": answers, "problems": [str(each) for each in found["problems"]]}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        why = f"ended by itself (code {code})" if code >= 0 else f"was killed (signal {-code})"
        return {"answers": {}, "problems": [f"{why} before its answers could be read"]}


def grade(assignment: Assignment, student: Student, content: bytes, limits: Limits, hidden: str):
    """The marks for one submission, with what happened, as it is kept and reported."""
    try:
        back = notebooks.cells(content)
    except InputError as error:
        ran, changed = {"answers": {}, "problems": [str(error)]}, []
    else:
        code = [cell.source for cell in back if cell.is_code and not cell.locked]
        ran = run(code, limits, hidden)
        changed = notebooks.altered(back, notebooks.handout(assignment, student))
    given, marks = assignment.given(student.key), []
    for number, question in enumerate(assignment.questions, 1):
        found = mark(question, given, ran["answers"].get(f"answer_{number}", {}))
        marks.append(
            {
                "question": question.name,
                "points": found.share * question.level,
                "of": question.level,
                "said": found.said,
            }
        )
    locked = [f"locked cells were changed: {', '.join(changed)}"] if changed else []
    problems = ran["problems"] + locked
    return {"name": student.name, "key": student.key, "answers": marks, "problems": problems}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        return str(error).encode()  # is no notebook, and is graded as such


class Class:
    """The submissions of a class in its folder, and the grades that are kept beside them."""

    def __init__(self, path: Path, limits: Limits):
        self.folder, self.limits = Folder(path), limits
        self.assignment, students = self.folder.read()
        self.students = {student.key: student for student in students}
        self.notes: list[str] = []
        self.found = {key: _content(path) for key, path in self._paths().items()}

    def _paths(self) -> dict[str, Path]:
        """Where each student's submission is, by key; the rest is noted."""
        known = self.students
        back = defaultdict(list)
        for path in self.folder.submissions():
            base = self.folder.path / SUBMITTED
            names = [path.stem, *(part for part in path.relative_to(base).parts[:-1])]
            key = next((k for name in names for k in known if k in name), None)
            if key is None:
                self.notes.append(f"{path.relative_to(base)}: belongs to nobody on the list")
            else:
                back[key].append(path)
        for key, student in known.items():
            if key not in back:
                self.notes.append(f"{student.name}: nothing came back ({key})")
            elif len(back[key]) > 1:
                names = ", ".join(str(path.name) for path in back[key])
                self.notes.append(
                    f"{student.name}: {len(back[key])} came back, none graded: {names}"
                )
        return {key: paths[0] for key, paths in back.items() if len(paths) == 1}

    def _kept(self, key: str) -> Path:
        """Where a grade is kept; another content, version or limit makes another."""
        meant = json.dumps([__version__, vars(self.assignment), asdict(self.limits), key])
        digest = sha256(meant.encode() + self.found[key]).hexdigest()[:16]
        return self.folder.path / GRADED / f"{key}.{digest}.json"

    def missing(self) -> list[str]:
        """Keys of the students whose submission has no grade yet."""
        (self.folder.path / GRADED).mkdir(exist_ok=True)
        return [key for key in self.found if not self._kept(key).exists()]

    def task(self, key: str) -> tuple:
        """What a worker needs to :func:`grade` a submission."""
        hidden = str(self.folder.path.resolve())
        return self.assignment, self.students[key], self.found[key], self.limits, hidden

    def keep(self, key: str, found: dict) -> None:
        """Writes a grade in one step."""
        files.put(self._kept(key), json.dumps(found, indent=1, ensure_ascii=False).encode())

    def report(self) -> Path:
        """Writes the results; the page with their distribution."""
        paths = [self._kept(key) for key in self.students if key in self.found]
        graded = [json.loads(path.read_bytes()) for path in paths if path.exists()]
        with (self.folder.path / RESULTS).open("w", newline="", encoding="utf-8-sig") as file:
            table = csv.writer(file)
            table.writerow(["name", "key", "question", "points", "of", "feedback", "problems"])
            for one in graded:
                for a in one["answers"]:
                    problems = "; ".join(one["problems"])
                    row = [one["name"], one["key"], a["question"], a["points"], a["of"]]
                    texts = [a["said"], problems]
                    table.writerow([report.safe(str(cell)) for cell in row + texts])
        title = f"{self.assignment.chapter}, {self.assignment.term}"
        page = self.folder.path / PAGE
        page.write_text(report.results(title, graded, self.notes, isolation()), encoding="utf-8")
        return page
