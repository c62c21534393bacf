"""``inference-economics uncertainty``: how far the headline numbers and verdicts can be trusted."""

import json

import click
import numpy as np
from tqdm import tqdm

from . import claims, scenarios, uncertainty
from .claims import share
from .headlines import HEADLINES
from .scenarios import Scenario

QUANTILES = (0.05, 0.5, 0.95)
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
    found = report(chosen, 2 ** (draws - 1).bit_length(), quiet)
    click.echo(json.dumps(found, indent=1) if as_json else text(found))


def report(chosen: Scenario, draws: int, quiet: bool = False) -> dict:
    """Quantiles and leading assumptions of each headline number; shares of worlds of each claim."""
    sketches = {name: uncertainty.Sketch() for name in HEADLINES}
    blocks = uncertainty.blocks(draws, chosen.overrides)
    total = -(-draws // uncertainty.BLOCK)
    for world in tqdm(blocks, "Worlds", total, unit=" blocks", disable=quiet):
        size = len(next(iter(vars(world).values())))
        with np.errstate(all="ignore"):
            for name, headline in HEADLINES.items():
                sketches[name].add(np.broadcast_to(headline.of(world), size))
    numbers = {}
    for name, headline in tqdm(HEADLINES.items(), "Sensitivity", unit="", disable=quiet):
        leaders = uncertainty.sensitivity(headline.of, fixed=chosen.overrides)
        numbers[name] = {
            "said": headline.said,
            "unit": headline.unit,
            "quantiles": {str(q): _finite(sketches[name].quantile(q)) for q in QUANTILES},
            "total_indices": {key: round(pair[1], 3) for key, pair in [*leaders.items()][:LEADERS]},
        }
    worlds = uncertainty.worlds(2**12, chosen.overrides)
    with np.errstate(all="ignore"):
        holds = {name: share(name, worlds) for name in sorted(claims.tests)}
    return {"scenario": chosen.title, "draws": draws, "numbers": numbers, "claims": holds}


def _finite(number: float) -> float | str:
    return number if np.isfinite(number) else "infinite"


def text(found: dict) -> str:
    """The report as a terminal shows it."""
    lines = [f"{found['scenario']}: {found['draws']:,} worlds", ""]
    lines += [f"{'':55}{'5 %':>10}{'median':>10}{'95 %':>10}"]
    for each in found["numbers"].values():
        numbers = "".join(f"{_said(item):>10}" for item in each["quantiles"].values())
        lines.append(f"{each['said']:55}{numbers}  {'' if each['unit'] == '1' else each['unit']}")
        leaders = ", ".join(f"{name} {part:.0%}" for name, part in each["total_indices"].items())
        lines.append(f"    {leaders or 'infinite in some worlds: no indices'}")
    shares = found["claims"].values()
    most, few = sum(part >= 0.9 for part in shares), sum(part <= 0.1 for part in shares)
    said = f"Of {len(shares)} tested claims {most} hold in nine worlds of ten"
    lines += ["", f"{said}, {few} in one of ten or less:"]
    entries = [f"{name} {part:.0%}".ljust(12) for name, part in found["claims"].items()]
    lines += ["".join(entries[i : i + 8]) for i in range(0, len(entries), 8)]
    return "\n".join(line.rstrip() for line in lines)


def _said(number: float | str) -> str:
    if isinstance(number, str):
        return "∞"
    return f"{number:,.3g}" if 1e-3 < abs(number) < 1e3 else f"{float(f'{number:.3g}'):,g}"
