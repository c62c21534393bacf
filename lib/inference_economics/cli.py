"""What a user types: ``inference-economics``."""

import os
import sys
from pathlib import Path

import click

from . import __version__, assumptions
from .assumptions import Scenario
from .tables import InputError


class Commands(click.Group):
    """Every error of the user's is a line or two and exit code 2; never a traceback."""

    def invoke(self, context):
        try:
            return super().invoke(context)
        except InputError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(2)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main():
    """The Economics of AI Inference: rebuild the book with your own assumptions."""


@main.command()
@click.option("--scenario", metavar="FILE", type=click.Path(path_type=Path), help="YAML overrides.")
@click.option(
    "-p", "overrides", nargs=2, multiple=True, metavar="NAME VALUE", help="Override one assumption."
)
@click.option("--output", type=click.Path(path_type=Path), default="_build/html", show_default=True)
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count(), help="Chapters at a time.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def build(scenario, overrides, output, jobs, quiet):
    """Execute the chapters and build the website."""
    from .book import site

    chosen = assumptions.load(scenario) if scenario else Scenario()
    chosen = assumptions.override(chosen, overrides)
    page = site.build(chosen, output=output, jobs=jobs, quiet=quiet)
    click.echo(f"{chosen.title}: open {page}")


if __name__ == "__main__":
    main()
