"""Headline numbers and verdicts over many worlds: made piece by piece, kept as Parquet.

A piece is computed by any process or machine that has this library, and written here under another
name before it gets its own: what has its name is whole. So a sweep that ends early goes on later.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from . import __version__, assumptions, claims, files, tables, workers
from .grid import PIECE, Asked
from .headlines import HEADLINES
from .tables import InputError

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None

ABOUT = "_sweep.json"  # who reads the folder as one table skips what begins with a line


@cache
def library() -> str:
    """A digest of all that rows rest on, but for what was asked: this library and its tables."""
    below = Path(__file__).parent
    data = [*tables.DATA.glob("*.csv"), *tables.own_files()]
    return tables.digest([__version__], [*below.rglob("*.py"), *data])


def table(asked: Asked, number: int) -> pa.Table:
    """One piece: the varied assumptions, every headline number, every claim's verdict.

    Assumptions are in the table's units, numbers in their own; NaN where one is undefined.
    """
    varied, size = asked.varied.piece(number), len(asked.rows(number))
    given = assumptions.in_base_units(asked.scenario.values | varied)
    with np.errstate(all="ignore"):
        numbers = {name: headline.of(given) for name, headline in HEADLINES.items()}
        verdicts = {name: test(given) for name, test in sorted(claims.tests.items())}
    columns = {name: _full(found, size).astype(float) for name, found in (varied | numbers).items()}
    texts = {name: pa.array(_full(found, size).astype(str)) for name, found in verdicts.items()}
    return pa.table(columns | {name: text.dictionary_encode() for name, text in texts.items()})


def _full(found, size: int) -> np.ndarray:
    return np.ascontiguousarray(np.broadcast_to(found, size))


def columns(asked: Asked) -> list[dict]:
    """What each column of a piece is: its name, kind, unit and meaning."""
    known, ledger = assumptions.known(), claims.table()
    varied = asked.varied.piece(0)
    return [
        *(
            _column(name, "assumption", known.unit[name], known.description[name])
            for name in varied
        ),
        *(_column(name, "number", each.unit, each.said) for name, each in HEADLINES.items()),
        *(_column(name, "verdict", None, ledger.claim[name]) for name in sorted(claims.tests)),
    ]


def _column(name: str, kind: str, unit: str | None, said: str) -> dict:
    return {"name": name, "kind": kind, "unit": unit, "said": said}


def piece(asked: Asked, number: int, wanted: str) -> bytes:
    """One piece as a Parquet file, computed with the library whose digest is ``wanted``."""
    if library() != wanted:
        raise InputError("a worker has another version of this library or of its tables")
    target = BytesIO()
    pq.write_table(table(asked, number), target, compression="zstd")
    return target.getvalue()


@dataclass(frozen=True)
class Folder:
    """Where the pieces of one sweep are."""

    path: Path
    asked: Asked

    def file(self, number: int) -> Path:
        """The Parquet file of one piece."""
        return self.path / f"part-{number:05}.parquet"

    def about(self) -> dict:
        """What the sweep is; its digest is that of all the rows rest on."""
        varied = self.asked.varied
        meant = varied.said() | {"base": self.asked.scenario.values, "library": library()}
        return {
            "title": self.asked.title,
            "digest": tables.digest([json.dumps(meant)], []),
            "version": __version__,
            "rows": varied.rows,
            "rows_of_a_piece": PIECE,
            "pieces": self.asked.pieces,
            "scenario": self.asked.scenario.overrides,
            **varied.said(),
            "columns": columns(self.asked),
        }

    @contextmanager
    def held(self) -> Iterator[None]:
        """Makes the folder, and keeps other sweeps out of it for a while.

        The system lets go of it if this process is killed. Windows can't hold a folder.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        if fcntl is None:
            yield
            return
        folder = os.open(self.path, os.O_RDONLY)
        try:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                why = "another sweep is writing here; let it end, or give another --output"
                raise InputError(f"{self.path}: {why}") from None
            yield
        finally:
            os.close(folder)

    def open(self) -> list[int]:
        """Begins in the folder, or goes on in it; the pieces that are missing.

        :class:`InputError` if it holds anything but this sweep.
        """
        about, known = self.about(), self.path / ABOUT
        if known.exists():
            try:
                other = json.loads(known.read_text(encoding="utf-8"))
                is_this = other["digest"] == about["digest"]
            except (ValueError, KeyError, TypeError):
                is_this = False
            if not is_this:
                why = "holds a sweep of other values, or by another version or with other tables"
                raise InputError(f"{self.path}: {why}; give another --output, or delete it")
        elif any(not path.name.endswith(".tmp") for path in self.path.iterdir()):
            raise InputError(f"{self.path}: is neither empty nor a sweep's; give another --output")
        for left in self.path.glob(".*.tmp"):
            left.unlink(missing_ok=True)
        files.put(known, json.dumps(about, indent=1).encode())
        return [number for number in range(self.asked.pieces) if not self._has(number)]

    def _has(self, number: int) -> bool:
        try:
            kept = pq.read_metadata(self.file(number))
        except (FileNotFoundError, pa.ArrowInvalid):
            return False
        return kept.num_rows == len(self.asked.rows(number))

    def keep(self, number: int, content: bytes) -> None:
        """Writes a piece, in one step for whoever looks."""
        files.put(self.file(number), content)


def run(asked: Asked, numbers: list[int], opened: workers.Workers) -> Iterator[tuple[int, object]]:
    """Each of the pieces ``numbers`` as it gets ready: its content, or the exception it raised."""
    wanted = library()
    return workers.run(
        lambda pool, number: pool.submit(piece, asked, number, wanted), numbers, opened
    )
