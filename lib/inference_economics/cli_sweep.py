"""``inference-economics sweep``: headline numbers and verdicts over many worlds, into a folder."""

import json
import os
import sys
from pathlib import Path

import click
from tqdm import tqdm

from . import grid, scenarios, workers
from . import sweep as pieces
from .scenarios import MOST


@click.command("sweep")
@click.argument("asked", metavar="GRID.yaml", type=click.Path(path_type=Path))
@click.option(
    "--output",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    default="_build/sweep",
    show_default=True,
    help="Where the pieces go; a sweep that was begun there goes on.",
)
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count(), help="Pieces at a time.")
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster that computes the pieces.")
@click.option("--json", "as_json", is_flag=True, help="A summary for a program to read.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def command(asked, output, jobs, scheduler, as_json, quiet):
    """Every headline number and verdict over a grid, or a sample, of assumptions.

    GRID.yaml holds either values, whose product is taken:

    \b
      scenario: search_engine        # optional: what all worlds share, by name or file
      grid:
        electricity_price: [0.05, 0.10, 0.20 EUR/kWh]
        rental: {from: 1, to: 10, steps: 200, scale: log}
      rates: {EUR: 1.1}              # optional: USD for one of another currency

    or how many worlds to draw from the plausible ranges, as `uncertainty` does:

    \b
      sample: {count: 10000, seed: 1, assumptions: [rental, utilisation]}

    The folder is one Parquet table in pieces, which pandas.read_parquet(FOLDER) reads; _sweep.json
    there says what its columns are. Start a sweep again to go on where it ended.
    """
    wanted = grid.read(asked)
    scenarios.prepare(wanted.scenario)
    folder = pieces.Folder(output, wanted)
    with folder.held():
        missing = folder.open()
        opened = workers.chosen(scheduler, min(jobs, len(missing)))
        failed = _fill(folder, missing, opened, quiet)
        _say(folder, missing, failed, as_json)


def _fill(folder: pieces.Folder, missing: list[int], opened, quiet: bool) -> list[dict]:
    """Computes the ``missing`` pieces into the folder; what failed."""
    asked, failed = folder.asked, []
    total = asked.varied.rows
    kept = total - sum(len(asked.rows(number)) for number in missing)
    with tqdm(total=total, initial=kept, unit="row", unit_scale=True, disable=quiet) as bar:
        for number, found in pieces.run(asked, missing, opened):
            if isinstance(found, bytes):
                folder.keep(number, found)
            else:
                failed.append(_failure(asked.rows(number), found))
            bar.update(len(asked.rows(number)))
    return failed


def _failure(rows: range, error: Exception) -> dict:
    return {"first_row": rows[0], "last_row": rows[-1], "error": workers.said(error)}


def _say(folder: pieces.Folder, missing: list[int], failed: list[dict], as_json: bool) -> None:
    about = folder.about()
    if as_json:
        counts = {"kept": about["pieces"] - len(missing), "computed": len(missing) - len(failed)}
        keys = ("title", "digest", "rows", "pieces")
        summary = {key: about[key] for key in keys} | counts
        click.echo(json.dumps(summary | {"failed": failed, "folder": str(folder.path)}, indent=1))
    else:
        click.echo(f"{about['title']}: {about['rows']:,} rows in {folder.path}")
    for each in failed[:MOST]:
        rows = f"rows {each['first_row']:,} to {each['last_row']:,}"
        click.echo(f"Error: {rows} are missing: {each['error']}", err=True)
    if len(failed) > MOST:
        click.echo(f"and {len(failed) - MOST} more pieces", err=True)
    if failed:
        sys.exit(1)
