"""``inference-economics uncertainty``: how far the headline numbers and verdicts can be trusted."""

import json
from functools import partial

import click
from tqdm import tqdm

from . import scenarios, spread
from .headlines import shown
from .scenarios import Scenario

LEADERS = 3  # assumptions named for each number


@click.command("uncertainty")
@click.option("--scenario", metavar="NAME|FILE", help="What it sets is known; the rest is drawn.")
@click.option(
    "--draws",
    type=click.IntRange(64, 10**8),
    default=2**14,
    show_default=True,
    help="Worlds, rounded up to a power of 2.",
)
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def command(scenario, draws, as_json, quiet):
    """The spread of each headline number, what dominates it, and how often each claim holds.

    Every assumption is drawn from its plausible range, independently of the others: a triangle that
    is highest at its value, on a logarithmic scale where the range spans more than threefold.
    Whatever a scenario sets stays fixed. Dominating are the largest total Sobol' indices: the part
    of a number's variance that stays while that assumption alone is unknown.
    """
    chosen = scenarios.load(scenario) if scenario else Scenario()
    scenarios.prepare(chosen)
    bar = partial(tqdm, unit="", disable=quiet)
    found = spread.report(chosen, 2 ** (draws - 1).bit_length(), bar)
    click.echo(json.dumps(found, indent=1) if as_json else text(found))


def text(found: dict) -> str:
    """The report as a terminal shows it."""
    lines = [f"{found['scenario']}: {found['draws']:,} worlds", ""]
    lines += [f"{'':55}{'5 %':>10}{'median':>10}{'95 %':>10}"]
    for each in found["numbers"].values():
        numbers = "".join(f"{shown(float(item)):>10}" for item in each["quantiles"].values())
        lines.append(f"{each['said']:55}{numbers}  {'' if each['unit'] == '1' else each['unit']}")
        leaders = ", ".join(
            f"{name} {part:.0%}" for name, part in [*each["total_indices"].items()][:LEADERS]
        )
        lines.append(f"    {leaders or 'infinite in some worlds: no indices'}")
    shares = found["claims"].values()
    most, few = sum(part >= 0.9 for part in shares), sum(part <= 0.1 for part in shares)
    said = f"Of {len(shares)} tested claims {most} hold in nine worlds of ten"
    lines += ["", f"{said}, {few} in one of ten or less:"]
    entries = [f"{name} {part:.0%}".ljust(12) for name, part in found["claims"].items()]
    lines += ["".join(entries[i : i + 8]) for i in range(0, len(entries), 8)]
    return "\n".join(line.rstrip() for line in lines)
