"""``inference-economics compare``: what differs between two scenarios, and why."""

import csv
import json
from io import StringIO
from math import isfinite
from pathlib import Path

import click
from tqdm import tqdm

from . import scenarios
from .claims import table
from .compare import EXACT, Comparison, Parts
from .headlines import HEADLINES, shown
from .scenarios import Scenario

SHOWN = 4  # parts of a change that the terminal shows


@click.command()
@click.argument("given", metavar="SCENARIO", required=False)
@click.argument("base", metavar="[BASE]", required=False)
@click.option("-p", "overrides", nargs=2, multiple=True, metavar="NAME VALUE", help="On top of it.")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@click.option("--csv", "target", type=click.Path(path_type=Path), help="Write a table here.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def compare(given, base, overrides, as_json, target, quiet):
    """What a scenario changes: every headline number, the verdicts that flip, and why.

    SCENARIO and BASE are names of shipped scenarios or files; BASE is the book's own assumptions
    unless given. A change is divided among the assumptions that differ by Shapley's value: the mean
    of what each does over all orders of changing them. The parts add up, or where a number changes
    more than threefold multiply up, to the whole.
    """
    before = scenarios.load(base) if base else Scenario()
    after = scenarios.override(scenarios.load(given) if given else Scenario(), overrides)
    scenarios.prepare(*([before, after] if base else [after]))
    found = Comparison(before, after)
    few = len(found.changed) <= EXACT  # done at once
    bar = tqdm(HEADLINES, "Decomposing", unit="", disable=quiet or few, leave=False)
    parts = {name: found.parts(name) for name in bar}
    if target:
        target.write_text(_csv(found, parts), encoding="utf-8")
        click.echo(f"Wrote {target}", err=as_json)
    if as_json:
        click.echo(json.dumps(_report(found, parts), indent=1))
    elif not target:
        click.echo(text(found, parts))


def text(found: Comparison, parts: dict[str, Parts]) -> str:
    """The comparison as a terminal shows it."""
    lines = [f"{found.after.title}, beside {found.before.title.lower()}", ""]
    lines += [f"{'':55}{'before':>11}{'after':>11}  "]
    same = []
    for name, (before, after) in found.numbers().items():
        headline = HEADLINES[name]
        if before == after:
            same.append(headline.said)
            continue
        unit = "" if headline.unit == "1" else headline.unit
        lines.append(f"{headline.said:55}{shown(before):>11}{shown(after):>11}  {unit}")
        lines += [f"    {why}" for why in _why(parts[name])]
    if same:
        lines += ["", f"Unchanged: {len(same)} of {len(HEADLINES)} numbers."]
    known = table()
    lines += [""] + [
        f"{claim} {known.loc[claim, 'claim']}\n     {old} → {new}"
        for claim, (old, new) in found.flipped().items()
    ]
    return "\n".join([*lines, f"{len(found.flipped())} verdicts differ."]).replace("\n\n\n", "\n\n")


def _why(parts: Parts) -> list[str]:
    if not parts.of:
        return ["undefined on the way: no parts"]
    neutral = 1.0 if parts.are_factors else 0.0
    moved = {name: each for name, each in parts.of.items() if abs(each - neutral) > 1e-12}
    size = (lambda e: max(e, 1 / e)) if parts.are_factors else abs
    ranked = sorted(moved, key=lambda name: -size(moved[name]))
    sign = "×" if parts.are_factors else "+"
    said = [f"{sign}{shown(moved[name])} {name}".replace("+-", "−") for name in ranked[:SHOWN]]
    more = [f"{len(ranked) - SHOWN} more"] if len(ranked) > SHOWN else []
    error = [f"(± {shown(parts.error)})"] if parts.error else []
    return [", ".join([*said, *more]) + " ".join(["", *error])] if ranked else []


def _report(found: Comparison, parts: dict[str, Parts]) -> dict:
    numbers = {
        name: {
            "said": HEADLINES[name].said,
            "unit": HEADLINES[name].unit,
            "before": _finite(before),
            "after": _finite(after),
            "parts": parts[name].of,
            "parts_are_factors": parts[name].are_factors,
            "standard_error": parts[name].error,
        }
        for name, (before, after) in found.numbers().items()
    }
    return {
        "before": found.before.title,
        "after": found.after.title,
        "assumptions": found.changed,
        "numbers": numbers,
        "verdicts": found.flipped(),
    }


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None


def _csv(found: Comparison, parts: dict[str, Parts]) -> str:
    """A row for each headline number, a column for each assumption that differs."""
    target = StringIO()
    rows = csv.writer(target, lineterminator="\n")
    rows.writerow(["number", "said", "unit", "before", "after", "parts", *found.changed])
    for name, pair in found.numbers().items():
        headline, part = HEADLINES[name], parts[name]
        kind = "multiply" if part.are_factors else "add"
        own = [part.of.get(key, "") for key in found.changed]
        rows.writerow([name, headline.said, headline.unit, *pair, kind, *own])
    return target.getvalue()
