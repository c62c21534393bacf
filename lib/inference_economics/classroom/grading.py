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

from .. import __version__
from ..tables import InputError
from . import notebooks, report
from .assignment import Assignment
from .handouts import Folder
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


def run(content: bytes, limits: Limits, hidden: str) -> dict:
    """``answers`` and ``problems`` of a submission; ``hidden`` is a folder that it can't see."""
    try:
        cells = notebooks.code(content)
    except InputError as error:
        return {"answers": {}, "problems": [str(error)]}
    alone = isolated()
    wanted = {
        "cells": cells,
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
            _kill(process)
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
    ran = run(content, limits, hidden)
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
    changed = notebooks.altered(content, notebooks.handout(assignment, student))
    locked = [f"locked cells were changed: {', '.join(changed)}"] if changed else []
    problems = ran["problems"] + locked
    return {"name": student.name, "key": student.key, "answers": marks, "problems": problems}


class Class:
    """The submissions of a class in its folder, and the grades that are kept beside them."""

    def __init__(self, path: Path, limits: Limits):
        self.folder, self.limits = Folder(path), limits
        self.assignment, self.students = self.folder.read()
        self.notes: list[str] = []
        self.found = self._found()

    def _found(self) -> dict[str, Path]:
        """Each student's submission, by key; the rest is noted."""
        known = {student.key: student for student in self.students}
        back = defaultdict(list)
        for path in self.folder.submissions():
            base = self.folder.path / "submitted"
            names = [path.stem, *(part for part in path.relative_to(base).parts[:-1])]
            key = next((k for name in names for k in known if k == name or k in name), None)
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

    def _kept(self, key: str, content: bytes) -> Path:
        """Where the grade of this content is kept; another version or limit makes another."""
        meant = json.dumps([__version__, vars(self.assignment), asdict(self.limits), key])
        digest = sha256(meant.encode() + content).hexdigest()[:16]
        return self.folder.path / GRADED / f"{key}.{digest}.json"

    def missing(self) -> list[str]:
        """Keys of the students whose submission has no grade yet."""
        (self.folder.path / GRADED).mkdir(exist_ok=True)
        return [key for key in self.found if not self._kept(key, self.content(key)).exists()]

    def content(self, key: str) -> bytes:
        """What a student handed in."""
        try:
            return self.found[key].read_bytes()
        except OSError as error:
            return str(error).encode()  # is no notebook, and is graded as such

    def task(self, key: str) -> tuple:
        """What a worker needs to :func:`grade` a submission."""
        student = next(each for each in self.students if each.key == key)
        hidden = str(self.folder.path.resolve())
        return self.assignment, student, self.content(key), self.limits, hidden

    def keep(self, key: str, found: dict) -> None:
        """Writes a grade in one step."""
        path = self._kept(key, self.content(key))
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        draft.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
        os.replace(draft, path)

    def report(self) -> Path:
        """Writes the results; the page with their distribution."""
        graded = []
        for student in self.students:
            if student.key in self.found:
                path = self._kept(student.key, self.content(student.key))
                if path.exists():
                    graded.append(json.loads(path.read_text(encoding="utf-8")))
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
