"""What a user types: ``inference-economics``."""

import json
import os
import sys
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path

import click

from . import __version__, accelerator_runs, scenarios, tables
from .scenarios import Scenario
from .tables import InputError

FORMS = {
    "site": "_build/html",
    "pdf": "_build/book.pdf",
    "epub": "_build/book.epub",
    "slides": "_build/slides",
    "slides-pdf": "_build/slides",
    "bundle": f"_build/inference-economics-{__version__}.zip",
}
SEVERAL = "_build/scenarios"
# Commands of modules of their own, which are imported when asked for.
ELSEWHERE = {
    "scenario": "cli_scenario.scenario",
    "compare": "cli_compare.compare",
    "uncertainty": "cli_uncertainty.command",
    "sweep": "cli_sweep.command",
    "handouts": "cli_classroom.handouts",
    "grade": "cli_classroom.grade",
}


class Commands(click.Group):
    """Every error of the user's is a line or two and exit code 1; never a traceback.

    A command that is mistyped ends with 2, as Click does it.
    """

    def list_commands(self, context):
        return sorted([*self.commands, *ELSEWHERE])

    def get_command(self, context, name):
        if name in ELSEWHERE:
            module, function = ELSEWHERE[name].split(".")
            return getattr(import_module(f".{module}", __package__), function)
        return super().get_command(context, name)

    def invoke(self, context):
        try:
            return super().invoke(context)
        except InputError as error:
            click.echo(f"Error: {error}", err=True)
        except OSError as error:
            click.echo(f"Error: {error.filename or 'the disk'}: {error.strerror}", err=True)
        sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main():
    """The Economics of AI Inference: rebuild the book with your own assumptions."""


@main.command()
@click.option(
    "--scenario",
    "given",
    metavar="NAME|FILE",
    multiple=True,
    help="A shipped scenario, or a YAML file. Several make several sites, in folders of OUTPUT.",
)
@click.option(
    "-p",
    "overrides",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="Set one assumption, such as -p electricity_price '90 USD/MWh'.",
)
@click.option(
    "--measured",
    metavar="FILE",
    help="What bench/accelerator.py measured on your accelerator, to be drawn beside ours.",
)
@click.option(
    "--to", "form", type=click.Choice(list(FORMS)), default="site", show_default=True, help="Form."
)
@click.option(
    "--output", type=click.Path(path_type=Path), help=f"Instead of {', '.join(FORMS.values())}."
)
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count(), help="Chapters at a time.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def build(given, overrides, measured, form, output, jobs, quiet):
    """Execute the chapters and build the website, the book as a PDF or an EPUB, or slides.

    A bundle is a zip of all of these with their source."""
    chosen = {}
    if measured:
        accelerator_runs.read(measured)
    measured = str(Path(measured).resolve()) if measured else ""
    for each in given or [None]:
        name = Path(each).stem if each else "baseline"
        if name in chosen:
            raise InputError(f"--scenario: two are called {name!r}; give their files other names")
        scenario = scenarios.load(each) if each else Scenario()
        scenario = replace(scenario, measured=measured)
        chosen[name] = scenarios.override(scenario, overrides)
    scenarios.prepare(*chosen.values())
    if len(chosen) > 1:
        if form != "site":
            raise InputError(f"--to {form}: takes one scenario")
        from .book import several

        output = output or Path(SEVERAL)
        made = several.build(chosen, output=output, jobs=jobs, quiet=quiet)
        click.echo(f"{len(chosen)} scenarios: open {made}")
        return
    (scenario,) = chosen.values()
    maker = import_module(f".book.{form.replace('-', '_')}", __package__)
    output = output or Path(FORMS[form])
    made = maker.build(scenario, output=output, jobs=jobs, quiet=quiet)
    click.echo(f"{scenario.title}: open {made}")


@main.command()
@click.option("--scenario", "given", metavar="NAME|FILE", help="As for build.")
@click.option("-p", "overrides", nargs=2, multiple=True, metavar="NAME VALUE", help="As for build.")
@click.option("--measured", metavar="FILE", help="As for build.")
@click.option("--output", type=click.Path(path_type=Path), default=FORMS["site"], show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--quiet", is_flag=True, help="No progress bars.")
def serve(given, overrides, measured, output, port, quiet):
    """Show the website on this machine, and build it again when something is saved.

    Chapters, data, the library, the scenario's own file: whatever the site is made of is watched.
    A page in the browser loads itself again; if a build fails it says why, and the last good site
    stays.
    """
    from .book import serve

    options = [text for pair in overrides for text in ("-p", *pair)] + ["--quiet"] * quiet
    watched = []
    for name, value in (("--scenario", given), ("--measured", measured)):
        if value:
            options += [name, value]
            watched.append(Path(value))
    serve.serve(options, output, port, watched, click.echo)


@main.command()
@click.argument("points", required=False, type=click.Path(path_type=Path))
@click.option("--model", help="Name in data/models.csv.")
@click.option("--accelerator", help="Name in data/accelerators.csv.")
@click.option("--accelerators", help="How many.")
@click.option("--precision", help="bf16, fp8, fp4, int8; or int4, of weights only.")
@click.option("--input-tokens", help="Of each request.")
@click.option("--output-tokens", help="Of each request.")
@click.option("--concurrency", help="Requests at once; as many as memory holds unless given.")
@click.option("--stack", help="Software, such as 'vllm 0.18.0', trtllm or sglang.")
@click.option("--parallelism", help="Such as TP8, DEP8 or 'tp=8 adp=1 moe_tp=1 moe_ep=8'.")
@click.option("--usd-per-hour", type=float, help="Rental of one accelerator.")
@click.option("--tables", "folder", help="A folder with your own accelerators.csv or models.csv.")
@click.option("--output", type=click.Path(path_type=Path), help="Write here, not to the screen.")
@click.option("--json", "as_json", is_flag=True, help="A list of rows instead of a CSV table.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def predict(points, usd_per_hour, folder, output, as_json, quiet, **options):
    """Step time, throughput, cost and energy of the set-ups in the table POINTS, or of one.

    POINTS has columns model, accelerator, accelerators, precision, input_tokens, output_tokens,
    concurrency; stack and parallelism if they matter; others pass through. An empty concurrency
    means as much as memory holds.

    ttft_s is the mean time to the first token in a replica that stays full, the wait for other
    prompts included, for room in memory excluded. The column measured says whether a set-up lies
    within what the model was fitted to, and if not, why.
    """
    from . import predict

    tables.use(folder or "")
    said = predict.command(points, options, usd_per_hour, output, as_json=as_json, quiet=quiet)
    click.echo(said, nl=False)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
def validate(as_json):
    """The model's error against measurements that its constants were not fitted to."""
    from . import validation

    click.echo(json.dumps(validation.report(), indent=1) if as_json else validation.text())


@main.command()
@click.option("--quiet", is_flag=True, help="No progress bar.")
def calibrate(quiet):
    """Fit the constants again; rewrites data/calibration.csv and data/validation.csv."""
    from tqdm import tqdm

    from . import calibration

    bar = partial(tqdm, desc="Leaving out a pair", unit="pair", disable=quiet)
    calibration.write(*calibration.run(bar))
    click.echo("Wrote data/calibration.csv and data/validation.csv")


if __name__ == "__main__":
    main()
