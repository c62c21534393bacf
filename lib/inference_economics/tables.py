"""Reads and checks ``data/*.csv``. A bad cell is named by file, row and column.

Most tables are long: one figure a row, each with its own unit, source, date and confidence.
:func:`wide` lays them out with a row for each item and a column for each property, in base units.
A figure that is missing stays missing (NaN); :func:`figure` refuses to use it.
"""

import json
import os
from difflib import get_close_matches
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from . import units
from .schemas import SCHEMAS

DATA = Path(__file__).parents[2] / "data"
OWN = "INFERENCE_ECONOMICS_TABLES"  # in the environment: a notebook's kernel must see it, too
MEANT = 4  # names that a hint lists at most
BEGUN = 3  # letters that begin a name rather than misspell a short one
LONG = [name for name, schema in SCHEMAS.items() if "property" in schema.columns]


class InputError(Exception):
    """What is wrong with somebody's input: where, what, and what would be right."""


def nearest(name: str, known) -> str:
    """A hint for a misspelt name; empty when nothing is close.

    A name that was not written to its end is taken for all that begin with it, up to four.

    >>> nearest("bandwith", ["bandwidth", "power"])
    "; did you mean 'bandwidth'?"
    >>> nearest("A100", ["V100", "A100-40GB", "A100-80GB"])
    "; did you mean 'A100-40GB' or 'A100-80GB'?"
    """
    names, written = {str(item).casefold(): item for item in known}, str(name).casefold()
    begun = [item for each, item in names.items() if each.startswith(written)]
    close = [names[found] for found in get_close_matches(written, names, 1, 0.5)]
    meant = begun if len(written) >= BEGUN and 0 < len(begun) <= MEANT else close
    return f"; did you mean {' or '.join(map(repr, meant))}?" if meant else ""


def by_commas(path: str | Path, header: list[str]) -> None:
    """:class:`InputError` if a table's ``header`` is one cell: something else separates."""
    for sign, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and sign in header[0]:
            raise InputError(f"{path}: its columns are separated by {called}; use commas")


def digest(words: list[str], files) -> str:
    """One digest of ``words`` and of the names and contents of ``files``, in any order."""
    found = sha256(json.dumps(words).encode())
    for path in sorted(files):
        found.update(f"{path.name}\n".encode() + path.read_bytes())
    return found.hexdigest()[:20]


def read(path: Path, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """The checked table in ``path``; :class:`InputError` names file, row and column."""
    try:
        table = pd.read_csv(path, keep_default_na=False, dtype=str)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"{path}: not a readable CSV table ({error})") from None
    try:
        return schema.validate(table, lazy=True)
    except pa.errors.SchemaErrors as error:
        raise InputError(_explain(path, table, error.failure_cases, list(schema.columns))) from None


def _explain(path: Path, table: pd.DataFrame, failures: pd.DataFrame, columns: list[str]) -> str:
    """The first failure in full, the rest counted. Rows are numbered as an editor shows them."""
    # A cell that is no number also fails the comparisons of its row: say the cause first.
    first = failures.sort_values("schema_context", kind="stable").iloc[0]
    unknown, missing = (
        [n for n in a if n not in b] for a, b in ((table, columns), (columns, table))
    )
    if unknown or missing:
        by_commas(path, list(table.columns))
        what = f"unknown column {unknown[0]!r}" if unknown else f"no column {missing[0]!r}"
        return f"{path}: {what}; columns must be {', '.join(columns)}"
    row = "" if pd.isna(first["index"]) else f" row {int(first['index']) + 2}"
    check = str(first["check"])
    reason = "must be a number" if "coerce" in check or "dtype" in check else check
    more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
    return f"{path}:{row}, column {first['column']}: {first['failure_case']!r} {reason}{more}"


@cache
def table(name: str) -> pd.DataFrame:
    """``data/<name>.csv``, checked, as it is written: a figure a row, in its own unit.

    Joined by the rows of the table of that name in the folder that :func:`use` was given.
    """
    rows = read(DATA / f"{name}.csv", SCHEMAS[name])
    paths = [path for path in own_files() if path.stem == name]
    for more in (read(path, SCHEMAS[name]) for path in paths):
        key = [more.columns[0], "property"]
        replaced = pd.MultiIndex.from_frame(rows[key]).isin(pd.MultiIndex.from_frame(more[key]))
        rows = pd.concat([rows[~replaced], more], ignore_index=True)
    return rows


def use(folder: str | Path) -> None:
    """From now on the rows in ``folder`` join those of ``data/``; "" for none of them.

    A row with an item and a property that are there already replaces theirs. To be called before
    anything is computed.
    """
    if folder:
        check_own(folder)
    os.environ[OWN] = str(folder)
    for each in (table, wide, figure):
        each.cache_clear()


def check_own(folder: str | Path) -> None:
    """Raises :class:`InputError` for a table in ``folder`` that :func:`use` can't take.

    A file is called like the table that it adds to, and has its columns.
    """
    paths = sorted(Path(folder).glob("*.csv"))
    if not paths:
        raise InputError(f"{folder}: holds no table; name them accelerators.csv, models.csv, …")
    for path in paths:
        if path.stem not in LONG:
            known = nearest(path.stem, LONG) or f"; there are {', '.join(LONG)}"
            raise InputError(f"{path}: no table of that name can be added to{known}")
        read(path, SCHEMAS[path.stem])


def own_files() -> list[Path]:
    """The tables in the folder that :func:`use` was given."""
    folder = os.environ.get(OWN, "")
    return sorted(Path(folder).glob("*.csv")) if folder else []


@cache
def wide(name: str) -> pd.DataFrame:
    """``data/<name>.csv`` with a row for each item and a column for each property, in base units.

    >>> float(wide("accelerators").loc["H100", "bandwidth"])
    3350000000000.0
    """
    long = table(name)
    item = long.columns[0]
    long = long.assign(value=long["value"] * long["unit"].map(units.factor))
    return long.pivot(index=item, columns="property", values="value").rename_axis(columns=None)


@cache
def figure(name: str, item: str, property: str) -> float:
    """One figure, in base units. Unknown or missing figures are errors, never 0.

    >>> figure("accelerators", "H100", "memory")
    80000000000.0
    """
    data = wide(name)
    if item not in data.index:
        raise InputError(f"data/{name}.csv has no {item!r}{nearest(item, data.index)}")
    if property not in data.columns:
        raise InputError(f"data/{name}.csv has no {property!r}{nearest(property, data.columns)}")
    if np.isnan(data.loc[item, property]):
        raise InputError(f"data/{name}.csv: {property} of {item} is not known")
    return float(data.loc[item, property])


def column(name: str, items: pd.Series, property: str) -> np.ndarray:
    """A figure of each of ``items``, in base units; NaN where it isn't known."""
    return items.map(wide(name)[property]).to_numpy(float, na_value=np.nan)


def complete(name: str, *properties: str) -> pd.DataFrame:
    """The items for which all ``properties`` are known, with only those columns."""
    return wide(name)[list(properties)].dropna()
