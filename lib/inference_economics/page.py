"""What a notebook puts on its page: the assumptions, the numbers in the prose, the verdicts."""

import html
import re
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite, isnan
from types import SimpleNamespace

from IPython.display import HTML, display
from myst_nb import glue

from . import __version__, assumptions, claims, live, scenarios, tracing, units
from .charts import embed
from .tables import InputError

TITLE = "The Economics of AI Inference"
INJECTED = "# Parameters\n"  # begins the cell that Papermill adds
SET = re.compile(r"^(\w+)\s*=", re.MULTILINE)


class Given(SimpleNamespace):
    """The page's assumptions as attributes: live numbers in base units. Shown as a table."""

    def _repr_mimebundle_(self, **_):
        known = assumptions.known()
        rows = known.loc[list(vars(self))].reset_index().to_dict("records")
        for row in rows:
            row["spoken"] = units.spoken(row["unit"])
            published = row["value"]
            row["value"] = tracing.root(getattr(self, row["name"])).value
            if row["value"] != published:
                was = f"the table has {text(published, 6)}, from {row['source']}"
                row["source"] = f"Set for this build; {was}"
        content = {
            "version": __version__,
            "title": TITLE,
            "assumptions": rows,
            "published": known[["value", "low", "least", "most", "unit"]].to_dict("index"),
            "presets": [item.said() for item in scenarios.shipped().values()],
        }
        markup = "".join(_row(row) for row in rows)
        return {
            "text/plain": f"{len(rows)} assumptions",
            "text/html": '<details class="assumptions"><summary>The assumptions of this page: '
            f"{len(rows)}, each with its source, each yours to change</summary>"
            "<table><thead><tr><th>Assumption</th><th>Value</th><th>Unit</th><th>Plausible</th>"
            f"<th>Source</th></tr></thead><tbody>{markup}</tbody></table></details>"
            f'<script type="application/json" class="assumptions">{embed(content)}</script>',
        }


def _row(row: dict) -> str:
    cells = {key: html.escape(str(value)) for key, value in row.items()}
    unit = f'<span class="unit">{cells["spoken"]}</span>'  # where there is no room for a column
    return (
        f'<tr data-assumption="{cells["name"]}"><th scope="row">{cells["description"]}</th>'
        f'<td class="value">{text(row["value"], 6)} {unit}</td>'
        f"<td>{cells['spoken']}</td>"
        f"<td>{text(row['low'], 6)}–{text(row['high'], 6)}</td>"
        f"<td>{cells['source']}, {cells['locator']}, {cells['as_of']} ({cells['confidence']})"
        "</td></tr>"
    )


def assume(notebook: dict) -> Given:
    """The assumptions among a notebook's names: ``given = assume(locals())``.

    Each is checked like any other input, and becomes a live number in base units. A parameter that
    is no assumption, or none that this chapter uses, would change nothing: that is an error, too.
    """
    _check_parameters(notebook)
    names = [name for name in assumptions.known().index if name in notebook]
    values = {name: assumptions.check(name, notebook[name], "parameters") for name in names}
    return Given(**vars(assumptions.in_base_units(values, tracing.assumption)))


def _check_parameters(notebook: dict) -> None:
    """Refuses what Papermill was told to set and no cell of the notebook itself sets."""
    injected, own = {}, {}
    for cell in notebook.get("In", []):
        into = injected if cell.startswith(INJECTED) else own
        into |= dict.fromkeys(SET.findall(cell))
    for name in injected:
        if name not in own:
            assumptions.check(name, notebook[name], "parameters")
            raise InputError(
                f"parameters: this chapter doesn't use {name}: it would change nothing"
            )


def text(number: float, digits: int = 3) -> str:
    """``number`` to so many significant digits, as the page's script writes it too.

    >>> text(1234.5), text(0.00012345), text(2.0), text(158548.9, 6)
    ('1,230', '0.000123', '2', '158,549')
    """
    if not isfinite(number):
        return "undefined" if isnan(number) else "∞" if number > 0 else "−∞"
    exact = Decimal(float(number))  # a tie goes away from 0, as it does in the browser
    rounded = exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1), ROUND_HALF_UP)
    written = f"{rounded:,f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return written.replace("-", "−")


def state(**numbers) -> None:
    """Gives numbers to the prose, which names them with ``{glue:}`` and follows the sliders.

    Each is a live number (in the unit that the prose speaks), a text made with ``np.where``, or
    a pair of such a number and how many significant digits to show (3 unless told).
    """
    for name, stated in announced(numbers).items():
        glue(name, stated, display=False)


def built(**numbers) -> None:
    """Gives numbers to the prose as :func:`state` does, such as no slider moves."""
    for name, item in numbers.items():
        written = text(*item) if isinstance(item, tuple) else text(item)
        glue(name, Stated(written, written), display=False)


def announced(numbers: dict) -> "dict[str, Stated]":
    """``numbers`` as they are written into the page, whose script is told how to compute them."""
    shown = {name: item if isinstance(item, tuple) else (item, 3) for name, item in numbers.items()}
    traced = {name: tracing.constant(item) for name, (item, _) in shown.items()}
    signals, _ = live.assemble({f"n_{name}": item for name, item in traced.items()})
    formats, found, origins = {}, {}, {}
    for name, item in traced.items():
        formulas, leaves = tracing.origin(item)
        if leaves:
            origins[name] = [" ".join(formulas), " ".join(leaves)]
        digits = shown[name][1]
        is_text = isinstance(item.value, str)
        written = str(item.value) if is_text else text(item.value, digits)
        formats[name] = "" if is_text else f",.{digits}~r"
        markup = f'<data class="live" data-number="{name}" value="{item.value}">{written}</data>'
        found[name] = Stated(markup, written)
    content = {"signals": list(signals.items()), "numbers": formats, "origins": origins}
    display(HTML(f'<script type="application/json" class="numbers">{embed(content)}</script>'))
    return found


class Ledger:
    """Claims of some sections of the essay with their verdicts, live where they are computed."""

    def __init__(self, given, shares: dict[str, float], *sections: str):
        self.rows = claims.table().query("section in @sections")
        self.verdicts = announced(claims.verdicts(given, *self.rows.index))
        self.shares = shares

    def _repr_mimebundle_(self, **_):
        entries = "".join(self._entry(row) for row in self.rows.itertuples())
        return {
            "text/plain": f"{len(self.rows)} claims",
            "text/html": f'<dl class="claims">{entries}</dl>',
        }

    def _entry(self, row) -> str:
        test = claims.tests.get(row.Index)
        if test:
            share = text(100 * self.shares[row.Index], 2)
            said = " ".join(test.__doc__.split())
            why = f"Tested: {said} The claim holds in {share} % of plausible worlds."
            why += f" {row.because}." if row.because else ""
        else:
            why = f"Judged: {row.because}."
        source = f" {row.source}." if row.source else ""
        return (
            f'<dt id="{row.Index.lower()}"><a href="#{row.Index.lower()}">{row.Index}</a> '
            f"{html.escape(row.claim)}</dt><dd><strong>{self.verdicts[row.Index.lower()].markup}"
            f"</strong> <span>{html.escape(row.kind)}; "
            f'<a href="{row.chapter}.html">where it is argued</a></span>'
            f"<p>{html.escape(why + source)}</p></dd>"
        )


class Stated:
    """A number in the prose: text everywhere, live on the page."""

    def __init__(self, markup: str, written: str):
        self.markup, self.written = markup, written

    def _repr_mimebundle_(self, **_):
        return {"text/html": self.markup, "text/plain": self.written}
