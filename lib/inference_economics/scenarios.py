"""Scenario files: named overrides of the assumptions, in YAML; all that is wrong is said at once.

A value is a number in the table's unit, or a number with a unit of its own (``90 USD/MWh``).
"""

import re
import reprlib
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from . import assumptions, tables, units, workload
from .tables import InputError, nearest

FOLDER = tables.DATA / "scenarios"
KEYS = ("title", "note", "extends", "rates", "workload", "tables", "assumptions")
SETTING = {"extends", "workload", "tables", "assumptions"}  # one of them at least
LARGEST = 100_000  # bytes of a file
MOST = 20  # problems that are told one by one
NUMBER = re.compile(
    r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?:\s*((?:(?<=\s)1/)?[A-Za-z%].*))?"
)
UNIT = re.compile(r"(?:1/)?[A-Za-z%]+(?:\s*[*/]\s*[A-Za-z%]+)*")
CURRENCY = re.compile(r"\b[kMGT]?([A-Z]{3})\b")


MEASURED = "measured"  # a notebook's only parameter that is no assumption: the name of a file
FILES = (MEASURED, "tables")


@dataclass(frozen=True)
class Scenario:
    """Named overrides of the baseline: ``overrides`` maps an assumption to its value.

    ``measured`` is the path of a file of :mod:`accelerator_runs`, of a reader's own accelerator,
    ``tables`` that of a folder for :func:`tables.use`.
    """

    title: str = "Baseline"
    note: str = ""
    overrides: dict[str, float] = field(default_factory=dict)
    measured: str = ""
    tables: str = ""

    def said(self) -> dict:
        """The scenario as a dictionary, without the files that it does not have."""
        return {key: item for key, item in vars(self).items() if item or key not in FILES}

    @property
    def values(self) -> dict[str, float]:
        """Every assumption's value under this scenario, in the table's units."""
        return assumptions.known()["value"].to_dict() | self.overrides

    @property
    def parameters(self) -> dict[str, float | str]:
        """What notebooks are executed with: the values, and the file of what was measured."""
        return self.values | ({"measured": self.measured} if self.measured else {})


def shipped() -> dict[str, Scenario]:
    """The scenarios that come with the book, by name."""
    return {path.stem: load(path) for path in sorted(FOLDER.glob("*.yaml"))}


def find(given: str | Path) -> Path:
    """The file of a scenario that is ``given`` by its path, or by its name if it is shipped."""
    path, names = Path(given), [item.stem for item in FOLDER.glob("*.yaml")]
    if path.suffix or path.exists() or len(path.parts) > 1:
        return path
    if path.name not in names:
        known = nearest(path.name, names) or f"; there are {', '.join(sorted(names))}"
        raise InputError(f"no scenario {path.name!r}{known}")
    return FOLDER / f"{path.name}.yaml"


def load(given: str | Path, below: tuple[Path, ...] = ()) -> Scenario:
    """The scenario in a file, or the shipped one of that name.

    Raises :class:`InputError` with a line for each problem. ``below`` are the files that extend it.

    >>> load("expensive_power").overrides["electricity_price"]
    0.23
    """
    path = find(given)
    content, problems = read(path), []
    if not isinstance(content, dict) or not SETTING & set(content):
        found = [key for key in content if key not in KEYS] if isinstance(content, dict) else []
        hint = nearest(found[0], KEYS) if found else ""
        raise InputError(f"{path}: must hold 'assumptions:' with lines 'name: value'{hint}")
    for key in content:
        if key not in KEYS:
            allowed = f"{nearest(key, KEYS)}; allowed are {', '.join(KEYS)}"
            problems.append(f"{path}: unknown key {key!r}{allowed}")
    title, note = (text_of(content, key, path, problems) for key in ("title", "note"))
    parent = _parent(content, path, below, problems)
    own_tables = _beside(content, "tables", path, problems) or parent.tables
    requests = _beside(content, "workload", path, problems)
    overrides = parent.overrides | _workload(requests, problems)
    rates = exchange(content.get("rates") or {}, path, problems)
    own = content.get("assumptions") or {}
    if not isinstance(own, dict):
        problems.append(f"{path}: 'assumptions' must hold lines 'name: value'")
        own = {}
    for name, text in own.items():
        try:
            overrides[name] = value(name, text, str(path), rates)
        except InputError as error:
            problems.append(str(error))
    complain(problems)
    return Scenario(title or path.stem, note, overrides, tables=own_tables)


def prepare(*chosen: Scenario) -> None:
    """Makes the tables of the ``chosen`` scenarios hold in this process and its notebooks."""
    folders = {each.tables for each in chosen}
    if len(folders) > 1:
        named = ", ".join(sorted(folder or "none" for folder in folders))
        raise InputError(f"scenarios with different tables ({named}) must be run one by one")
    tables.use(folders.pop())


def complain(problems: list[str]) -> None:
    """Raises :class:`InputError` with a line for each of ``problems``, the first :data:`MOST`."""
    if problems:
        more = [f"and {len(problems) - MOST} more"] if len(problems) > MOST else []
        raise InputError("\n".join(problems[:MOST] + more))


def text_of(content: dict, key: str, path: Path, problems: list[str]) -> str:
    """The text that a file gives for ``key``, empty if none; adds to ``problems``."""
    found = content.get(key, "")
    if not isinstance(found, str):
        problems.append(f"{path}: {key} is {reprlib.repr(found)}; it must be text")
        return ""
    return found


def _beside(content: dict, key: str, path: Path, problems: list[str]) -> str:
    """The absolute path that ``key`` gives, seen from the scenario's own folder; "" for none."""
    name = text_of(content, key, path, problems)
    found = (path.parent / name).resolve() if name else None
    if found and not (found.is_dir() if key == "tables" else found.is_file()):
        wanted = "a folder" if key == "tables" else "a file"
        problems.append(f"{path}: {key}: {name!r} is not {wanted} beside the scenario")
        return ""
    if found and key == "tables":
        try:
            tables.check_own(found)
        except InputError as error:
            problems.append(str(error))
    return str(found or "")


def _workload(path: str, problems: list[str]) -> dict[str, float]:
    try:
        found = workload.assumptions(path) if path else {}
        return {name: assumptions.check(name, number, path) for name, number in found.items()}
    except InputError as error:
        problems.append(str(error))
        return {}


def _parent(content: dict, path: Path, below: tuple[Path, ...], problems: list[str]) -> Scenario:
    """The scenario that this one extends."""
    name = text_of(content, "extends", path, problems)
    if not name:
        return Scenario()
    above = (*below, path.resolve())
    try:
        beside = path.parent / name
        parent = (beside if beside.is_file() else find(name)).resolve()
        if parent in above:
            chain = " → ".join(item.name for item in (*above[above.index(parent) :], parent))
            raise InputError(f"extends itself: {chain}")
        return load(parent, above)
    except InputError as error:
        problems += [f"{path}: extends: {line}" for line in str(error).splitlines()]
        return Scenario()


def exchange(given, path: Path, problems: list[str]) -> dict[str, float]:
    """Rates of exchange that a file gives: USD for one of each currency; adds to ``problems``."""
    if not isinstance(given, dict):
        problems.append(f"{path}: 'rates' must hold lines such as 'EUR: USD for one EUR'")
        return {}
    rates = {}
    for name, text in given.items():
        found = NUMBER.fullmatch(text) if isinstance(text, str) else None
        rate = float(found[1]) if found and not found[2] else 0.0
        if not re.fullmatch("[A-Z]{3}", name) or name == "USD" or not 1e-6 < rate < 1e6:
            said = f"rates: {name}: {reprlib.repr(text)}"
            problems.append(f"{path}: {said} must be a currency and the USD that one of it costs")
        else:
            rates[name] = rate
    return rates


def value(name: str, text, where: str, rates: dict[str, float] | None = None) -> float:
    """The value of assumption ``name`` that ``text`` gives, in the table's unit, checked.

    >>> value("electricity_price", "90 USD/MWh", "here")
    0.09
    """
    found = NUMBER.fullmatch(text.strip()) if isinstance(text, str) else None
    if name not in assumptions.known().index or not found:
        return assumptions.check(name, text, where)
    number, unit = float(found[1]), found[2]
    if unit:
        wanted, rates = assumptions.known().loc[name, "unit"], rates or {}
        try:
            if not UNIT.fullmatch(unit):
                raise ValueError(f"unknown unit {unit!r}; it must be {wanted}, or convert to it")
            number *= units.ratio(unit, wanted, tuple(sorted(rates.items())))
        except ValueError as error:
            other = [code for code in CURRENCY.findall(unit) if code not in ("USD", *rates)]
            hint = f"; a file must give the USD for one {other[0]} under 'rates:'" if other else ""
            raise InputError(f"{where}: {name} is {text!r}: {error}{hint}") from None
    return assumptions.check(name, float(f"{number:.15g}"), where)


def override(scenario: Scenario, pairs) -> Scenario:
    """``scenario`` with (name, text) ``pairs`` on top, as ``-p NAME VALUE`` gives them."""
    own = {name: value(name, text, "-p") for name, text in pairs}
    if not own:
        return scenario
    said = ", ".join(f"{name} {number:g}" for name, number in own.items())
    return replace(
        scenario, title=f"{scenario.title} with {said}", overrides=scenario.overrides | own
    )


def template() -> str:
    """A scenario file that changes nothing yet: every assumption as a comment."""
    lines = [
        "title: My scenario",
        "note: What it is for.",
        "# extends: search_engine  # begin with the values of another one, by its name or its file",
        "# workload: requests.csv  # your own requests: columns input_tokens and output_tokens",
        "# tables: mine  # a folder with your own accelerators.csv, models.csv, token_prices.csv",
        "# rates:",
        "#   EUR: 1.1  # USD for one EUR; needed before a value may be in EUR",
        "assumptions:",
        "  # Take away the # before a name. A value may have another unit: 90 USD/MWh, 18 months.",
    ]
    for name, row in assumptions.known().iterrows():
        unit = "" if row.unit == "1" else f" {row.unit}"
        lines.append(f"  # {row.description}; {row.low:g} to {row.high:g}{unit} is plausible")
        lines.append(f"  # {name}: {row.value:.15g}{unit}")
    return "\n".join(lines) + "\n"


class _Plain(yaml.BaseLoader):
    """YAML without silent surprises: a scalar is text, and a key given twice is an error."""

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
        event = self.peek_event()
        if getattr(event, "tag", None):
            raise InputError(f"tags ({event.tag}) are not allowed")
        return super().compose_node(parent, index)


def read(path: Path):
    """What a YAML file holds, every scalar as text; :class:`InputError` if it is no such file."""
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: is not a file")
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"is larger than {LARGEST // 1000} kB")
        return yaml.load(path.read_text(encoding="utf-8"), _Plain)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file; it must be YAML in UTF-8") from None
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "structure"
        raise InputError(f"{path}{line}: not valid YAML ({problem})") from None
