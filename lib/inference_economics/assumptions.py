"""The assumption table, scenarios and overrides; everything wrong with them, said in a line.

Values here are in the units of ``data/assumptions.csv``. :func:`in_base_units` hands them to the
formulas.
"""

import math
import reprlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import yaml

from . import tables, units
from .tables import InputError, nearest

SCENARIOS = tables.DATA / "scenarios"
KEYS = ("title", "note", "assumptions")
FAR = 1000  # times the plausible range
LARGEST = 100_000  # bytes of a scenario file


@cache
def known() -> pd.DataFrame:
    """The assumption table, indexed by name, with the ``least`` and the ``most`` that are computed.

    A thousand times what is plausible: beyond it nothing comes out that would mean anything.
    """
    table = tables.table("assumptions").set_index("name")
    most = FAR * table[["low", "high"]].abs().max(axis=1)
    least = (table["low"] / FAR).where(table["low"] >= 0, -most)
    return table.assign(least=least, most=most)


@dataclass(frozen=True)
class Scenario:
    """Named overrides of the baseline: ``overrides`` maps an assumption to its value."""

    title: str = "Baseline"
    note: str = ""
    overrides: dict[str, float] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, float]:
        """Every assumption's value under this scenario, in the table's units."""
        return known()["value"].to_dict() | self.overrides


def check(name: str, value, where: str) -> float:
    """``value`` as a valid value of assumption ``name``; ``where`` it came from opens the error.

    Quantities that can't be negative are those whose plausible range isn't; a share stays within
    0 and 1. Values outside the plausible range are allowed, up to a point: that is what a scenario
    is for.
    """
    table = known()
    if name not in table.index:
        raise InputError(f"{where}: unknown assumption {name!r}{nearest(name, table.index)}")
    row = table.loc[name]
    expected = f"a number in {row.unit}" if row.unit != "1" else "a number"
    plausible = f"{row.low:g} to {row.high:g} is plausible"
    if isinstance(value, bool) or not isinstance(value, int | float):
        shown = reprlib.repr(value)
        raise InputError(f"{where}: {name} is {shown}; it must be {expected} ({plausible})")
    if (isinstance(value, int) and abs(value) > 2**1023) or not math.isfinite(value):
        raise InputError(f"{where}: {name} is {value}; it must be finite ({plausible})")
    if (row.low >= 0 and value < 0) or (row.low > 0 and value == 0):
        raise InputError(
            f"{where}: {name} is {value:g}; it must be {'above' if row.low > 0 else 'at least'} 0"
            f" ({plausible})"
        )
    if row.unit == "share" and value > 1:
        raise InputError(f"{where}: {name} is {value:g}; a share is at most 1 ({plausible})")
    if not row.least <= value <= row.most:
        raise InputError(
            f"{where}: {name} is {value:g}; it must be {row.least:g} to {row.most:g} ({plausible})"
        )
    return float(value)


def load(path: str | Path) -> Scenario:
    """The scenario in a YAML file: optional ``title`` and ``note``, and ``assumptions``."""
    path = Path(path)
    content = _read_yaml(path)
    if not isinstance(content, dict):
        raise InputError(f"{path}: must hold 'assumptions:' with a line 'name: value' for each")
    for key in content:
        if key not in KEYS:
            raise InputError(
                f"{path}: unknown key {key!r}{nearest(key, KEYS)}; allowed are {', '.join(KEYS)}"
            )
    overrides = content.get("assumptions") or {}
    if not isinstance(overrides, dict):
        raise InputError(f"{path}: 'assumptions' must hold lines 'name: value'")
    for key in ("title", "note"):
        if not isinstance(content.get(key, ""), str):
            raise InputError(f"{path}: {key} is {content[key]!r}; it must be text")
    return Scenario(
        title=content.get("title", path.stem),
        note=content.get("note", ""),
        overrides={name: check(name, value, str(path)) for name, value in overrides.items()},
    )


def shipped() -> list[Scenario]:
    """The scenarios that come with the book, by their file's name."""
    return [load(path) for path in sorted(SCENARIOS.glob("*.yaml"))]


class _Unique(yaml.SafeLoader):
    """YAML without silent surprises: a key given twice is an error, ``1e6`` is a number."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key in (key.value for key, _ in node.value):
            if str(key) in seen:
                raise InputError(f"key {key!r} is given twice")
            seen.add(str(key))
        return super().construct_mapping(node, deep)

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            raise InputError("aliases (*name) are not allowed")
        return super().compose_node(parent, index)


def _exponent(loader, node):
    try:
        return float(node.value) if node.style is None else node.value
    except ValueError:
        return node.value


_Unique.add_constructor("tag:yaml.org,2002:str", _exponent)


def _read_yaml(path: Path):
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: is not a file")
    try:
        if path.stat().st_size > LARGEST:
            raise InputError("is larger than a scenario can be")
        return yaml.load(path.read_text(encoding="utf-8"), _Unique)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file; a scenario is YAML in UTF-8") from None
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "structure"
        raise InputError(f"{path}{line}: not valid YAML ({problem})") from None


def override(scenario: Scenario, pairs) -> Scenario:
    """``scenario`` with (name, text) ``pairs`` on top, as ``-p NAME VALUE`` gives them."""
    overrides = dict(scenario.overrides)
    for name, text in pairs:
        try:
            value = float(text)
        except ValueError:
            value = text
        overrides[name] = check(name, value, "-p")
    said = ", ".join(f"{name} {overrides[name]:g}" for name in dict(pairs))
    title = f"{scenario.title} with {said}" if said else scenario.title
    return Scenario(title, scenario.note, overrides)


def replace(given, **values) -> SimpleNamespace:
    """``given`` with some assumptions replaced by ``values`` in base units."""
    return SimpleNamespace(**{**vars(given), **values})


def bounds(given, *names: str) -> tuple[SimpleNamespace, SimpleNamespace]:
    """``given`` with all ``names`` at the low, and at the high end of their plausible ranges."""
    rows = known().loc[list(names)]
    low, high = (
        {name: float(units.base(row[end], row["unit"])) for name, row in rows.iterrows()}
        for end in ("low", "high")
    )
    return replace(given, **low), replace(given, **high)


def in_base_units(values: dict, wrap=lambda name, value: value) -> SimpleNamespace:
    """Assumption values as attributes in base units, each passed through ``wrap`` before.

    Values may be numbers or arrays: what is computed from the result follows.
    """
    unit = known()["unit"]
    return SimpleNamespace(
        **{name: units.base(wrap(name, value), unit[name]) for name, value in values.items()}
    )
