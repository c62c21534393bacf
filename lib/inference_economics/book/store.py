"""Executed notebooks, kept by all that went into them, so that only what changed runs again.

What goes in: the notebook, its parameters' values, the library below ``book/`` (each chapter
imports all of it), the packages installed, and the files of ``data/`` that it was seen to read.
The last are known only afterwards; they stand beside the kept notebook with their digests.
"""

import json
import os
import sys
import sysconfig
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from .. import files, tables
from ..tables import digest

ROOT = tables.DATA.parent
FOLDER = ROOT / "_build" / "executed"
KEPT = 6  # results of each notebook
LIBRARY = Path(tables.__file__).parent
BOOK = Path(__file__).parent
# A first and a last cell of each notebook as it is executed, which go no further.
WATCH = """import sys
_opened = set()
_reading = ("open", "os.listdir", "os.scandir")
sys.addaudithook(lambda event, args: event in _reading and _opened.add(str(args[0])))"""
OPENED = "import json\nprint(json.dumps(sorted(_opened)))"


def read(opened: list[str]) -> list[str]:
    """Of the paths that a notebook ``opened`` those of the book, named from its folder."""
    paths = {Path(os.path.normpath(ROOT / "chapters" / name)) for name in opened}
    within = [path.relative_to(ROOT).as_posix() for path in paths if path.is_relative_to(ROOT)]
    found = {name for name in within if name.startswith(("data", "chapters/"))}
    if any(name.startswith("chapters/") for name in found):  # or else Python looked for modules
        found.add("chapters")
    return sorted(found)


@cache
def _around() -> str:
    """A digest of the library and of what is installed."""
    library = [path for path in LIBRARY.rglob("*.py") if BOOK not in path.parents]
    packages = sorted(path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))
    return digest([sys.version, *packages], library)


def key(notebook: Path, values: dict[str, float | str]) -> str:
    """What ``notebook`` is kept under when executed with ``values``; texts are names of files."""
    given = json.dumps(sorted(values.items()))
    files = [Path(value) for value in values.values() if isinstance(value, str)]
    files += tables.own_files()
    return f"{notebook.stem}-{digest([_around(), given], [notebook, *files])}"


def digests(read: list[str]) -> dict[str, str]:
    """A digest of each of the files and folders ``read``, named from the book's folder."""
    return {name: _digest(ROOT / name) for name in read}


def _digest(path: Path) -> str:
    if path.is_dir():
        content = "\n".join(sorted(item.name for item in path.iterdir())).encode()
    else:
        content = path.read_bytes() if path.exists() else b""
    return sha256(content).hexdigest()[:20]


def read_by(name: str) -> dict[str, str] | None:
    """What the notebook kept as ``name`` has read, with digests, if all that is still the same."""
    try:
        read = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        return read if digests(list(read)) == read else None
    except (OSError, ValueError, TypeError):
        return None


def find(name: str) -> Path | None:
    """The notebook kept as ``name``, if what it read is still the same."""
    kept = FOLDER / f"{name}.ipynb"
    return kept if read_by(name) is not None and kept.exists() else None


def keep(name: str, executed: Path, read: list[str]) -> None:
    """Keeps the notebook ``executed``, which ``read`` these files."""
    put(FOLDER / f"{name}.ipynb", executed.read_bytes())
    put(FOLDER / f"{name}.json", json.dumps(digests(read)).encode())
    own = FOLDER.glob(f"{name.rpartition('-')[0]}-*.ipynb")
    for old in sorted(own, key=lambda path: path.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)
        old.with_suffix(".json").unlink(missing_ok=True)


def put(path: Path, content: bytes) -> None:
    """Keeps ``content`` at ``path``; nobody sees half of it.

    Where nothing can be written, nothing is kept, and nothing is lost.
    """
    with suppress(OSError):
        FOLDER.mkdir(parents=True, exist_ok=True)
        files.put(path, content)
