"""A class: who is in it, read from a CSV as teachers' programs write them."""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ..scenarios import complain
from ..tables import InputError, nearest

COLUMNS = ("name", "id")
ENCODINGS = ("utf-8-sig", "cp1252")


@dataclass(frozen=True)
class Student:
    """A student: the ``name``, and the ``key``, under which files of theirs are found.

    >>> Student.of("Zoë O'Hara/2", "").key[:-7]
    'zoe-o-hara-2'
    """

    name: str
    key: str

    @classmethod
    def of(cls, name: str, number: str) -> "Student":
        """The student of this ``name``, told apart by ``number`` where a roster has one."""
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]
        mark = sha256((number or _same(name)).encode()).hexdigest()[:6]
        return cls(name, f"{words}-{mark}".lstrip("-"))


def _same(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def read(path: Path) -> list[Student]:
    """The students in a CSV with a column ``name`` and, where names repeat, a column ``id``.

    Raises :class:`InputError` with a line for each problem.
    """
    rows = _rows(path)
    header = [cell.strip().casefold() for cell in rows[0]] if rows else []
    if "name" not in header:
        hint = nearest("name", header) if header else ""
        found = ", ".join(cell for cell in header if cell) or "nothing"
        raise InputError(f"{path}: needs a column 'name'; its first line has {found}{hint}")
    at = {column: header.index(column) for column in COLUMNS if column in header}
    students, seen, problems = [], {}, []
    for line, row in enumerate(rows[1:], 2):
        cells = {c: _clean(row[i]) if i < len(row) else "" for c, i in at.items()}
        if not any(cell.strip() for cell in row):
            continue
        if not cells["name"]:
            problems.append(f"{path}: line {line} has no name")
        elif "id" in at and not cells["id"]:
            problems.append(f"{path}: line {line}, {cells['name']!r}, has no id")
        else:
            who = cells.get("id") or _same(cells["name"])
            if who in seen:
                told = "give each an id" if "id" not in at else "an id belongs to one student"
                problems.append(f"{path}: lines {seen[who]} and {line} are both {who!r}; {told}")
            seen.setdefault(who, line)
            students.append(Student.of(cells["name"], cells.get("id", "")))
    complain(problems)
    if not students:
        raise InputError(f"{path}: lists no student")
    return students


def _clean(cell: str) -> str:
    """A cell without control characters, such as a line break would be in a table of results."""
    kept = "".join(" " if unicodedata.category(mark).startswith("C") else mark for mark in cell)
    return " ".join(kept.split())


def _rows(path: Path) -> list[list[str]]:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror.lower()}") from None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content:
        encodings = []
    else:
        encodings = ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        first = text.split("\n", 1)[0]
        separator = max(",;\t", key=first.count)
        try:
            return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        except csv.Error as error:
            raise InputError(f"{path}: not a readable CSV table ({error})") from None
    raise InputError(f"{path}: not a text file; save it as CSV in UTF-8")
