"""A table of set-ups as people write it: read, and checked cell by cell.

What is wrong is said in a line, with row, column and what would be right.
"""

import csv
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from . import layout, measurements, tables
from .model import setup
from .model.architecture import architecture, architectures
from .tables import InputError, nearest

COUNTS = ("accelerators", "input_tokens", "output_tokens", "concurrency")
COLUMNS = ("model", "accelerator", "accelerators", "precision", *COUNTS[1:])
FULL_LOAD = "max load"  # another way to leave the concurrency open
LARGEST = 1e9  # tokens, requests or accelerators: beyond it, a slip of the keyboard


def read(path: str | Path) -> pd.DataFrame:
    """The set-ups in a CSV file, as text; rows are numbered as an editor shows them."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
            tables.by_commas(path, header)
            file.seek(0)
            rows = pd.read_csv(file, dtype=str, keep_default_na=False, skip_blank_lines=False)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror})") from None
    except (ValueError, csv.Error, pd.errors.ParserError) as error:
        reason = str(error).splitlines()[0].removeprefix("Error tokenizing data. C error: ")
        raise InputError(f"{path}: not a readable CSV table ({reason})") from None
    for name in header:
        if header.count(name) > 1:
            raise InputError(f"{path}: column {name!r} is there twice")
    if not isinstance(rows.index, pd.RangeIndex):
        raise InputError(f"{path}: row 2 has more cells than there are columns")
    rows.index += 2
    # A row that ends early has missing cells, which are as empty as empty ones.
    rows = rows.fillna("")
    return rows[(rows != "").any(axis=1)]


@dataclass(frozen=True)
class Setups:
    """Rows of text, and ``where`` they came from, which opens each error."""

    rows: pd.DataFrame
    where: str

    def refuse(self, column: str, wrong, why: str, **values) -> None:
        """Raises for the first row where ``wrong``.

        ``why`` may name ``cell`` and any of the ``values``, of which that row's is shown.
        """
        places = np.flatnonzero(np.asarray(wrong))
        if not len(places):
            return
        first = places[0]
        shown = {name: np.asarray(items)[first] for name, items in values.items()}
        cell = self.rows[column].iloc[first] if column in self.rows else ""
        more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
        raise InputError(
            f"{self.where}: row {self.rows.index[first]}, column {column}: "
            f"{why.format(cell=cell, **shown)}{more}"
        )

    def each(self, column: str, find, *others: str) -> tuple[list, np.ndarray]:
        """``find`` of each combination of cells that occurs, and which of them each row has.

        An :class:`InputError` of it is told with the first row that has this combination.
        """
        cells = [self.cells(name) for name in (column, *others)]
        joint = np.zeros(len(self.rows), np.int64)
        for item in cells:
            joint = joint * len(item.cat.categories) + item.cat.codes.to_numpy()
        codes, _ = pd.factorize(joint)
        _, places = np.unique(codes, return_index=True)
        found = []
        for code, place in enumerate(places):
            try:
                found.append(find(*(item.iloc[place] for item in cells)))
            except InputError as error:
                self.refuse(column, codes == code, "{error}", error=[error] * len(codes))
        return found, codes

    def cells(self, column: str) -> pd.Series:
        """A column without the blanks around its cells; an optional one is empty if absent.

        Categorical: what is done with names is done once for each different one.
        """
        if column not in self.rows:
            empty = pd.Categorical.from_codes(np.zeros(len(self.rows), int), [""])
            return pd.Series(empty, index=self.rows.index)
        codes, written = pd.factorize(self.rows[column].fillna("").astype(str))
        again, names = pd.factorize(pd.Index(written).str.strip())
        return pd.Series(pd.Categorical.from_codes(again[codes], names), index=self.rows.index)


def checked(setups: Setups) -> pd.DataFrame:
    """The columns that every set-up needs, with numbers for text; no ``concurrency`` is NaN."""
    for name in COLUMNS:
        if name not in setups.rows:
            others = [column for column in setups.rows if column not in COLUMNS]
            raise InputError(
                f"{setups.where}: column {name!r} is missing{nearest(name, others)}; "
                f"needed are {', '.join(COLUMNS)}"
            )
    found = {name: setups.cells(name) for name in ("model", "accelerator", "precision")}
    for name, cells in found.items():
        setups.refuse(name, cells == "", "is empty")
    setups.each("model", architecture)
    setups.each("accelerator", setup.accelerator)
    setups.each("precision", _peak, "accelerator")
    for name in COUNTS:
        text = setups.cells(name)
        optional = ("", FULL_LOAD) if name == "concurrency" else ()
        empty = text.isin(optional)
        setups.refuse(name, (text == "") & ~empty, "is empty")
        numbers = pd.to_numeric(text.cat.categories, errors="coerce").to_numpy(float)
        value = pd.Series(numbers[text.cat.codes], index=text.index)
        setups.refuse(name, ~empty & ~np.isfinite(value), "{cell!r} must be a number")
        outside = ~((value >= 1) & (value <= LARGEST))
        setups.refuse(name, ~empty & outside, "{cell!r} must be from 1 to a billion")
        found[name] = value
    whole = found["accelerators"] == np.floor(found["accelerators"])
    setups.refuse("accelerators", ~whole, "{cell!r} must be a whole number")
    return pd.DataFrame(found)


def _peak(precision: str, accelerator: str) -> None:
    """Refuses a precision that there isn't, or whose rate isn't known."""
    if precision not in setup.PRECISION:
        there = ", ".join(setup.PRECISION)
        raise InputError(
            f"no precision {precision!r}{nearest(precision, setup.PRECISION)}; there are {there}"
        )
    if precision == "int8":
        tables.figure("accelerators", accelerator, "int8")


def check_ranks(setups: Setups, asked: pd.DataFrame) -> None:
    """Refuses ranks that a model can't be split over; ``asked`` is checked, and laid out."""
    figures = architectures().loc[asked["model"].astype(str)]
    heads, shared, experts = figures[["query_heads", "kv_heads", "experts"]].to_numpy().T
    split, spread = asked["tensor_parallel"].to_numpy(), asked["expert_parallel"].to_numpy()
    uneven = (shared % split != 0) & (split % shared != 0)  # shared heads are split, or repeated
    setups.refuse(
        "parallelism",
        (heads % split != 0) | uneven,
        "{model}'s {heads:g} attention heads ({shared:g} of keys and values) can't be split over "
        "{split:g} accelerators",
        model=asked["model"],
        heads=heads,
        shared=shared,
        split=split,
    )
    setups.refuse(
        "parallelism",
        (figures["mixture"] == 0) & (spread > 1),
        "{cell!r} spreads experts over {spread:g} accelerators, and {model} has none; write TP",
        model=asked["model"],
        spread=spread,
    )
    setups.refuse(
        "parallelism",
        experts % spread != 0,
        "{model}'s {experts:g} experts can't be spread over {spread:g} accelerators",
        model=asked["model"],
        experts=experts,
        spread=spread,
    )


def stacks(setups: Setups) -> np.ndarray:
    """The stack of each row, by its name in ``data/calibration.csv``."""
    known = list(setup.constants().index)
    found, codes = setups.each("stack", partial(layout.stack, known=known), "accelerator")
    return pd.Categorical.from_codes(*_distinct(found, codes))


def unknown_versions(setups: Setups) -> dict[str, tuple[str, list[str]]]:
    """The versions of software of which no measurement is known.

    With the stack whose constants they are computed with, and the versions that were measured.
    """
    points, found = measurements.table("measurements"), {}
    for text, stack in dict(zip(setups.cells("stack"), stacks(setups), strict=True)).items():
        family = re.match(r"(vllm|trtllm|sglang)[ -]v?\d", text)
        versions = points["version"][points["stack"].str.startswith(family[1])] if family else []
        known = sorted({item for item in versions if re.search(r"\d\.\d", item)})
        if family and text not in [*known, stack]:
            found[text] = stack, known
    return found


def _distinct(names: list[str], codes: np.ndarray) -> tuple[np.ndarray, list[str]]:
    again, unique = pd.factorize(np.array(names, object))
    return again[codes], list(unique)
