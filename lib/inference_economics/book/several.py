"""Several scenarios: a site each, and a page that sets their headline numbers side by side."""

import os
from html import escape
from pathlib import Path

from .. import units
from ..compare import Comparison
from ..headlines import HEADLINES
from ..page import text
from ..scenarios import Scenario
from ..tables import InputError
from . import site
from .sphinx_extension import POLICY

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Scenarios – The Economics of AI Inference</title>
<link rel="stylesheet" href="{first}/_static/page.css"></head>
<body><main id="main"><article><h1>The Economics of AI Inference, under {count} scenarios</h1>
<dl>{scenarios}</dl>
<h2>The headline numbers</h2>
<div class="scroll" role="region" tabindex="0" aria-label="The headline numbers">
<table><thead><tr><td></td><th scope="col">As published</th>{heads}</tr></thead>
<tbody>{rows}</tbody></table></div></article></main></body></html>
"""


def build(chosen: dict[str, Scenario], *, output: Path, jobs: int, quiet: bool = False) -> Path:
    """Builds a site of each of the ``chosen`` in a folder of its name within ``output``.

    Returns the page that links them. Where one fails the others are finished, and then it is said.
    """
    if (output / site.SIGN).exists():
        raise InputError(f"{output}: is one scenario's site; name another --output for several")
    built, failed = {}, []
    for name, scenario in chosen.items():
        try:
            site.build(scenario, output=output / name, jobs=jobs, quiet=quiet)
            built[name] = scenario
        except InputError as error:
            failed.append(f"{name}: {error}")
    if built:
        draft = output / f".index-{os.getpid()}.html"
        draft.write_text(index(built), encoding="utf-8")
        draft.replace(output / "index.html")
    if failed:
        raise InputError("\n".join(failed))
    return output / "index.html"


def index(chosen: dict[str, Scenario]) -> str:
    """The page that links the sites of the ``chosen``."""
    numbers = {name: Comparison(Scenario(), each).numbers() for name, each in chosen.items()}
    rows = ""
    for key, headline in HEADLINES.items():
        unit = f", {units.spoken(headline.unit)}".removesuffix(", ")
        published = next(iter(numbers.values()))[key][0]
        cells = "".join(_cell(each[key][1], published) for each in numbers.values())
        said = f'<th scope="row">{escape(headline.said + unit)}</th>'
        rows += f"<tr>{said}<td>{text(published)}</td>{cells}</tr>"
    return PAGE.format(
        policy=POLICY,
        first=next(iter(chosen)),
        count=len(chosen),
        scenarios="".join(_entry(name, each) for name, each in chosen.items()),
        heads="".join(f'<th scope="col">{escape(each.title)}</th>' for each in chosen.values()),
        rows=rows,
    )


def _cell(number: float, published: float) -> str:
    return f"<td>{text(number)}</td>" if number == published else f"<td><b>{text(number)}</b></td>"


def _entry(name: str, scenario: Scenario) -> str:
    set_to = ", ".join(f"{key} {value:g}" for key, value in scenario.overrides.items())
    note = escape(" ".join(scenario.note.split()))
    link = f'<a href="{escape(name)}/index.html">{escape(scenario.title)}</a>'
    return f"<dt>{link}</dt><dd>{note} Set: {escape(set_to) or 'nothing'}.</dd>"
