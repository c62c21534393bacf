"""``inference-economics scenario``: list, show, write and check scenario files."""

import json
from pathlib import Path

import click

from . import assumptions, scenarios
from .scenarios import Scenario
from .tables import InputError

as_json = click.option("--json", "as_json", is_flag=True, help="For a program to read.")


@click.group()
def scenario():
    """Sets of assumptions: those that come with the book, and your own."""


@scenario.command("list")
@as_json
def list_(as_json):
    """The scenarios that come with the book."""
    found = scenarios.shipped()
    if as_json:
        click.echo(json.dumps({name: item.said() for name, item in found.items()}, indent=1))
        return
    for name, item in found.items():
        click.echo(f"{name:22}{len(item.overrides):4} set  {item.title}")


@scenario.command()
@click.argument("given", metavar="NAME|FILE")
@as_json
def show(given, as_json):
    """What a scenario sets, beside the book's own values."""
    chosen = scenarios.load(given)
    if as_json:
        click.echo(json.dumps(chosen.said(), indent=1))
        return
    click.echo(f"{chosen.title}. {' '.join(chosen.note.split())}\n")
    for name, value in chosen.overrides.items():
        row = assumptions.known().loc[name]
        unit = "" if row.unit == "1" else row.unit
        beyond = "  beyond what is plausible" if _is_beyond(name, value) else ""
        click.echo(f"{name:28}{value:>12.6g}  was {row.value:<10.6g} {unit}{beyond}")


@scenario.command()
@click.argument("file", type=click.Path(path_type=Path))
def new(file):
    """Write a scenario file to fill in: every assumption, with unit and range, as a comment."""
    try:
        with file.open("x", encoding="utf-8") as target:
            target.write(scenarios.template())
    except FileExistsError:
        raise InputError(f"{file}: exists already; name another file") from None
    click.echo(f"Wrote {file}. Edit it, then: make book SCENARIO={file}")


@scenario.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@as_json
def check(files, as_json):
    """Say all that is wrong with scenario files; exit code 1 if anything is."""
    found = {file: _checked(file) for file in files}
    if as_json:
        click.echo(json.dumps(found, indent=1))
    else:
        for file, report in found.items():
            fine = [] if report["problems"] else [f"{file}: fine, {report['set']} set"]
            for line in [*report["problems"], *fine, *report["warnings"]]:
                click.echo(line)
    if any(report["problems"] for report in found.values()):
        raise click.exceptions.Exit(1)


def _checked(file: str) -> dict:
    try:
        chosen, problems = scenarios.load(file), []
    except InputError as error:
        chosen, problems = Scenario(), str(error).splitlines()
    warnings = []
    for name, value in chosen.overrides.items():
        if _is_beyond(name, value):
            row = assumptions.known().loc[name]
            plausible = f"{row.low:g} to {row.high:g} is plausible"
            warnings.append(f"{file}: note: {name} is {value:g}; {plausible}")
    return {"set": len(chosen.overrides), "problems": problems, "warnings": warnings}


def _is_beyond(name: str, value: float) -> bool:
    row = assumptions.known().loc[name]
    return not row.low <= value <= row.high
