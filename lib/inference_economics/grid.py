"""Files that ask for many worlds: a grid of assumptions' values, or draws from their ranges.

Worlds come in pieces of at most :data:`PIECE` rows, each made without the others.
"""

from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np

from . import assumptions, scenarios, uncertainty
from .scenarios import Scenario, complain
from .tables import InputError, nearest

KEYS = ("title", "scenario", "rates", "grid", "sample")
SPAN = ("from", "to", "steps", "scale")
SAMPLE = ("count", "seed", "assumptions")
PIECE = 2**14  # rows
MOST = 10**8  # rows
STEPS = 10**6  # of one assumption


@dataclass(frozen=True)
class Grid:
    """The product of ``axes``, values in the table's units; the last one changes fastest."""

    axes: dict[str, np.ndarray]

    @property
    def rows(self) -> int:
        """How many worlds."""
        return prod(len(values) for values in self.axes.values())

    def piece(self, number: int) -> dict[str, np.ndarray]:
        """The varied assumptions in one piece, in the table's units.

        >>> Grid({"pue": np.array([1.1, 1.2]), "mfu": np.array([0.3, 0.4])}).piece(0)["pue"]
        array([1.1, 1.1, 1.2, 1.2])
        """
        rows = np.arange(number * PIECE, min((number + 1) * PIECE, self.rows))
        places = np.unravel_index(rows, [len(values) for values in self.axes.values()])
        pairs = zip(self.axes.items(), places, strict=True)
        return {name: values[place] for (name, values), place in pairs}

    def said(self) -> dict:
        """For a JSON file."""
        return {"grid": {name: values.tolist() for name, values in self.axes.items()}}


@dataclass(frozen=True)
class Sample:
    """``rows`` draws of the assumptions ``names`` from their plausible ranges.

    The first piece is that of ``uncertainty``; each piece is a Sobol sequence scrambled anew.
    """

    rows: int
    seed: int
    names: tuple[str, ...]

    def piece(self, number: int) -> dict[str, np.ndarray]:
        """The varied assumptions in one piece, in the table's units."""
        count = min(PIECE, self.rows - number * PIECE)
        return uncertainty.draws(count, self.names, (self.seed, number))

    def said(self) -> dict:
        """For a JSON file."""
        return {"sample": {"count": self.rows, "seed": self.seed, "assumptions": list(self.names)}}


@dataclass(frozen=True)
class Asked:
    """What a file asks for: ``varied`` worlds on top of a ``scenario``."""

    title: str
    scenario: Scenario
    varied: Grid | Sample

    @property
    def pieces(self) -> int:
        """How many pieces."""
        return -(-self.varied.rows // PIECE)

    def rows(self, number: int) -> range:
        """The rows of one piece, the first of all being 0."""
        return range(number * PIECE, min((number + 1) * PIECE, self.varied.rows))


def read(path: Path) -> Asked:
    """What the YAML file asks for; :class:`InputError` has a line for each problem."""
    content, problems = scenarios.read(path), []
    if not isinstance(content, dict) or not {"grid", "sample"} & set(content):
        found = [key for key in content if key not in KEYS] if isinstance(content, dict) else []
        hint = nearest(found[0], KEYS) if found else ""
        raise InputError(f"{path}: must hold 'grid:' or 'sample:'{hint}")
    _allow(content, KEYS, str(path), problems)
    title = scenarios.text_of(content, "title", path, problems)
    base = _base(scenarios.text_of(content, "scenario", path, problems), path, problems)
    rates = scenarios.exchange(content.get("rates") or {}, path, problems)
    if {"grid", "sample"} <= set(content):
        problems.append(f"{path}: holds 'grid' and 'sample'; it must hold one of them")
    varied = None
    if "grid" in content:
        varied = _grid(content["grid"], f"{path}: grid", rates, problems)
    if "sample" in content:
        varied = _sample(content["sample"], f"{path}: sample", base, problems)
    complain(problems)
    if varied.rows > MOST:
        raise InputError(f"{path}: asks for {varied.rows:,} rows; {MOST:,} are the most")
    return Asked(title or path.stem, base, varied)


def _allow(content: dict, keys: tuple[str, ...], where: str, problems: list[str]) -> None:
    for key in content:
        if key not in keys:
            allowed = f"{nearest(key, keys)}; allowed are {', '.join(keys)}"
            problems.append(f"{where}: unknown key {key!r}{allowed}")


def _base(name: str, path: Path, problems: list[str]) -> Scenario:
    if not name:
        return Scenario()
    try:
        beside = path.parent / name
        return scenarios.load(beside if beside.is_file() else name)
    except InputError as error:
        problems += [f"{path}: scenario: {line}" for line in str(error).splitlines()]
        return Scenario()


def _grid(content, where: str, rates: dict, problems: list[str]) -> Grid:
    if not isinstance(content, dict) or not content:
        problems.append(f"{where} must hold lines 'assumption: [value, value]'")
        return Grid({})
    axes = {}
    for name, given in content.items():
        here: list[str] = []
        axes[name] = _axis(name, given, where, rates, here)
        problems += here
    return Grid(axes)


def _axis(name: str, given, where: str, rates: dict, problems: list[str]) -> np.ndarray:
    """The values of one assumption; those that are wrong are told and left out."""
    if name not in assumptions.known().index:
        known = nearest(name, assumptions.known().index)
        problems.append(f"{where}: unknown assumption {name!r}{known}")
        return np.array([])
    if isinstance(given, dict):
        return _span(name, given, where, rates, problems)
    if not isinstance(given, list) or not given:
        problems.append(f"{where}: {name} must be a list of values, or have from, to and steps")
        return np.array([])
    values = []
    for text in given:
        number = _value(name, text, where, rates, problems)
        if number in values:
            problems.append(f"{where}: {name} has {text} twice")
        values += [] if number is None else [number]
    return np.array(values)


def _value(name: str, text, where: str, rates: dict, problems: list[str]) -> float | None:
    try:
        return scenarios.value(name, text, where, rates)
    except InputError as error:
        problems.append(str(error))
        return None


def _span(name: str, given: dict, where: str, rates: dict, problems: list[str]) -> np.ndarray:
    """From one value to another in steps that are even, or even on a logarithmic scale."""
    said = f"{where}: {name}"
    _allow(given, SPAN, said, problems)
    ends = []
    for key in ("from", "to"):
        if key in given:
            ends.append(_value(name, given[key], f"{where}: {key}", rates, problems))
        else:
            problems.append(f"{said} has no {key!r}; it must have from, to and steps")
    steps = _whole(given, "steps", 2, STEPS, said, problems)
    scale = given.get("scale", "linear")
    if scale not in ("linear", "log"):
        problems.append(f"{said}: scale is {scale!r}; it must be linear or log")
    if problems:
        return np.array([])
    low, high = ends
    if low == high:
        problems.append(f"{said}: from and to are the same")
    elif scale == "log" and min(ends) <= 0:
        problems.append(f"{said}: from and to must be above 0 for a logarithmic scale")
    else:
        return (np.geomspace if scale == "log" else np.linspace)(low, high, steps)
    return np.array([])


def _whole(
    given: dict, key: str, least: int, most: int, where: str, problems: list[str], default=None
) -> int:
    """The whole number that ``given`` has for ``key``."""
    text = given.get(key, default)
    found = scenarios.NUMBER.fullmatch(text) if isinstance(text, str) else None
    number = float(found[1]) if found and not found[2] else 0.5
    if not number.is_integer() or not least <= number <= most:
        shown = "missing" if text is None else repr(text)
        expected = f"a whole number from {least:,} to {most:,}"
        problems.append(f"{where}: {key} is {shown}; it must be {expected}")
        return least
    return int(number)


def _sample(content, where: str, base: Scenario, problems: list[str]) -> Sample:
    if not isinstance(content, dict):
        problems.append(f"{where} must hold 'count:', and may hold 'seed:' and 'assumptions:'")
        return Sample(1, 0, ())
    _allow(content, SAMPLE, where, problems)
    count = _whole(content, "count", 1, MOST, where, problems)
    seed = _whole(content, "seed", 0, 2**32 - 1, where, problems, str(uncertainty.SEED))
    known = assumptions.known().index
    names = content.get("assumptions", [name for name in known if name not in base.overrides])
    if not isinstance(names, list) or not names:
        problems.append(f"{where}: assumptions must be a list of names")
        names = []
    for place, name in enumerate(names):
        if not isinstance(name, str) or name not in known:
            problems.append(f"{where}: unknown assumption {name!r}{nearest(name, known)}")
        elif name in base.overrides:
            problems.append(f"{where}: {name} can't be drawn, since the scenario sets it")
        elif name in names[:place]:
            problems.append(f"{where}: {name} is named twice")
    return Sample(count, seed, tuple(name for name in known if name in names))
