"""How wrong the model is: what it predicts beside what was measured.

Each prediction in ``data/validation.csv`` comes from constants that were fitted without any row
of the same model and accelerator; those of the blind set from constants fixed before its models
were looked at. ``inference-economics calibrate`` writes the file.
"""

from itertools import pairwise

import numpy as np
import pandas as pd

from . import measurements, units

# What is asked of the held-out predictions: mean absolute error at most.
GOALS = {
    "time per output token": 0.12,
    "throughput at full load": 0.20,
    "energy per token": 0.20,
}
WORST_PAIR = 0.20  # of the time per output token
BANDS = [0, 1, 4, 8, 16, 32, 64, 128, 256, 512, 1e9]
CUTS = {
    "model": "model",
    "accelerator": "accelerator",
    "stack": "stack",
    "pair": "pair",
    "concurrency": "band",
}


def errors() -> pd.DataFrame:
    """A row for each prediction: what it is of, and its error as a share of the measurement.

    ``held_out``, ``in_sample`` and ``roofline`` are errors, negative where the prediction is too
    low; ``group`` says what was measured and what for.
    """
    rows = measurements.measured().merge(measurements.table("validation"), on="point")
    for name in ("held_out", "in_sample", "roofline"):
        rows[name] = rows[name] / rows["measured"] - 1
    full, first = rows["load"] == "full", rows["metric"] == "time_to_first_token"
    rows["group"] = np.select(
        [
            (rows["use"] == "blind") & first,
            rows["use"] == "blind",
            rows["metric"] == "energy_per_token",
            first,
            (rows["metric"] == "throughput") & full,
            rows["metric"] == "throughput",
            rows["drafts"] > 0,
        ],
        [
            "time to first token, blind",
            "time per output token, blind",
            "energy per token",
            "time to first token",
            "throughput at full load",
            "throughput at fixed concurrency",
            "time per output token, speculative",
        ],
        "time per output token",
    )
    upper = pd.Series(BANDS[1:-1])
    place = np.searchsorted(upper, rows["concurrency"])
    names = [f"{low + 1:g}–{high:g}" for low, high in pairwise(BANDS[:-1])]
    names = ["1", *names[1:], f"above {BANDS[-2]:g}"]
    rows["band"] = pd.Categorical.from_codes(place, names, ordered=True)
    return rows


def summary(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Errors of the held-out predictions for each value of the column ``by``.

    How many (``points``), ``bias``, mean absolute error (``error``), ``median``, the ``worst_pair``
    and its error (``worst``), and the mean absolute error with nothing held out (``in_sample``)
    and of the ``roofline``. All but the first are shares.
    """
    found = {}
    for name, part in rows.groupby(by, observed=True):
        pairs = part["held_out"].abs().groupby(part["pair"]).mean()
        found[name] = {
            "points": len(part),
            "bias": part["held_out"].mean(),
            "error": part["held_out"].abs().mean(),
            "median": part["held_out"].abs().median(),
            "worst_pair": pairs.idxmax(),
            "worst": pairs.max(),
            "in_sample": part["in_sample"].abs().mean(),
            "roofline": part["roofline"].abs().mean(),
        }
    return pd.DataFrame.from_dict(found, orient="index").rename_axis(by)


def goals() -> pd.DataFrame:
    """Each goal beside what was reached, in percent, for the page."""
    found = pd.DataFrame(report()["goals"]).T
    verdict = np.where(found["met"].astype(bool), "met", "missed")
    shown = _percent(found[["at_most", "reached"]]).assign(verdict=verdict)
    return shown.rename(columns={"at_most": "at most"})


def within(rows: pd.DataFrame, share: float) -> float:
    """Share of the points whose held-out error is at most ``share``."""
    return (rows["held_out"].abs() <= share).mean()


def by(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """:func:`summary` by ``column``, in percent, of what has a goal: a table for the page."""
    shown = {}
    for name in GOALS:
        part = summary(rows[rows["group"] == name], column)
        percent = _percent(part[["error", "bias", "worst", "roofline"]])
        worst = part["worst_pair"] + ": " + percent.pop("worst")
        # Kept in one line, as a phone scrolls a table sideways.
        worst = worst.str.replace(" ", "\N{NO-BREAK SPACE}").str.replace(
            "-", "\N{NON-BREAKING HYPHEN}"
        )
        found = pd.concat([part[["points"]], percent], axis=1).assign(**{"worst pair": worst})
        shown[name.split()[0]] = found.sort_index()
    return pd.concat(shown).rename_axis([None, None])


def quantities(rows: pd.DataFrame) -> pd.DataFrame:
    """:func:`summary` by what was measured, in percent, for the page."""
    found = summary(rows, "group").rename_axis(None)
    found = found.loc[[*GOALS, *found.index.difference(list(GOALS))]]
    shown = _percent(found[["error", "bias", "roofline"]])
    return pd.concat([found[["points"]], shown], axis=1)


def sources(rows: pd.DataFrame) -> pd.DataFrame:
    """Who measured how many points, of how many models, accelerators and stacks."""
    groups = rows.groupby(rows["source"].str.extract(r"^([\w.-]+)", expand=False))
    found = groups[["model", "accelerator", "stack"]].nunique().add_suffix("s")
    found.insert(0, "points", groups.size())
    return found.sort_values("points", ascending=False).rename_axis(None)


def peers(rows: pd.DataFrame) -> pd.DataFrame:
    """Errors of other public calculators, each on the ``points`` that it can describe.

    The ``error`` (mean absolute) and ``bias`` of the calculator's time per output token, and the
    mean absolute errors of the held-out ``model`` and the ``roofline`` on the same points. All
    but the first are shares. ``make peers`` predicts with their own defaults.
    """
    theirs = measurements.table("peers").drop(columns="version")
    found = theirs.merge(rows, on="point")
    error = found["predicted"] / found["measured"] - 1
    sizes = found[["held_out", "roofline"]].abs().assign(error=error.abs(), bias=error)
    groups = sizes.groupby(found["peer"])
    shares = groups.mean().rename(columns={"held_out": "model"})
    return groups.size().to_frame("points").join(shares[["error", "bias", "model", "roofline"]])


def drawn(rows: pd.DataFrame, most: int = 40) -> pd.DataFrame:
    """Times per output token [ms], ``most`` of a pair, as a chart can hold: measured, predicted.

    Of a larger pair they stand at even ranks of what was measured: none is chosen by its error.
    """
    rows = rows[rows["group"] == "time per output token"].sort_values(["pair", "measured"])
    groups = rows.groupby("pair")["measured"]
    step = np.maximum(groups.transform("size") / most, 1)
    place = groups.cumcount()
    rows = rows[np.floor((place + 1) / step) > np.floor(place / step)]
    ms = units.to(rows["measured"], "ms")
    predicted = {"model": ms * (1 + rows["held_out"]), "peak": ms * (1 + rows["roofline"])}
    table = rows[["pair"]].assign(n=rows["concurrency"], ms=ms, **predicted)
    return _short(table)


def spread(rows: pd.DataFrame, groups: list[str], column: str = "pair") -> pd.DataFrame:
    """Sizes of the errors [%] by ``column`` and by which of ``groups`` a point is of.

    ``error`` and ``peak`` are means, of the model and the roofline; eight of ten points lie from
    ``low`` to ``high``. The largest error comes first, or the first band.
    """
    rows = rows[rows["group"].isin(groups)]
    sizes = units.to(rows[["held_out", "roofline"]].abs(), "%")
    found = rows[[column, "group"]].join(sizes).groupby([column, "group"], observed=True)
    table = found["held_out"].agg(
        points="size",
        low=lambda part: part.quantile(0.1),
        error="mean",
        high=lambda part: part.quantile(0.9),
    )
    table["peak"] = found["roofline"].mean()
    if column != "band":
        table = table.sort_values("error", ascending=False)
    table = table.reset_index().astype({column: str})
    table[column] = table[column].str.replace(r"-a22b|-80GB", "", regex=True)  # room on a phone
    return _short(table)


def constants() -> pd.DataFrame:
    """Fitted constants: value and range over the fits, and all three over the ``prior``."""
    found = measurements.table("calibration")
    found = found[found["fitted_to"].isin(["time", "energy", "speculation", "first token"])]
    stack = found["stack"].radd(", ").where(found["stack"] != "shared", "")
    unit = found["unit"].str.replace("us", "µs").radd(" ")
    unit = unit.where(~found["unit"].isin(["share", "1"]), "")
    text = found[["value", "low", "high"]].map(lambda value: f"{value:#.3g}".rstrip("."))
    shown = pd.DataFrame(
        {
            "constant": found["constant"].str.replace("_", " ") + stack,
            "value": text["value"] + unit,
            "range": text["low"] + "–" + text["high"],
            "meaning": found["description"].str.replace(r": (vLLM|Tens|SGL)[^;]*", "", regex=True),
            "fitted_to": found["fitted_to"],
        }
    )
    over = found[["value", "low", "high"]].div(found["prior"], axis=0)
    return _short(shown.join(over.rename(columns={"value": "times"})))


def _short(table: pd.DataFrame) -> pd.DataFrame:
    """``table`` with its numbers to four digits."""
    numbers = table.select_dtypes(float).map(lambda value: float(f"{value:.4g}"))
    return table.assign(**numbers).reset_index(drop=True)


def _percent(shares: pd.DataFrame) -> pd.DataFrame:
    return (shares.astype(float) * 100).map("{:.1f}".format).replace("-0.0", "0.0")


def report() -> dict:
    """Everything that ``inference-economics validate --json`` says."""
    rows = errors()
    groups = summary(rows, "group")
    asked = [(name, goal, float(groups.loc[name, "error"])) for name, goal in GOALS.items()]
    worst = float(groups.loc["time per output token", "worst"])
    asked.append(("time per output token, worst pair", WORST_PAIR, worst))
    return {
        "goals": {
            name: {"at_most": goal, "reached": reached, "met": reached <= goal}
            for name, goal, reached in asked
        },
        "errors": groups.to_dict("index"),
        "cuts": {
            group: {
                cut: {str(key): row for key, row in summary(part, column).to_dict("index").items()}
                for cut, column in CUTS.items()
            }
            for group, part in rows.groupby("group")
        },
        "peers": peers(rows).to_dict("index"),
    }


def text() -> str:
    """The same for reading, errors in percent."""
    rows = errors()
    lines = ["Errors of predictions whose model and accelerator were left out of the fit, in %", ""]
    lines += [_table(summary(rows, "group"))]
    for name, goal in report()["goals"].items():
        verdict = "met" if goal["met"] else "missed"
        lines.append(
            f"Goal, {name}: at most {goal['at_most']:.0%}; {goal['reached']:.1%}, {verdict}"
        )
    for group in GOALS:
        part = rows[rows["group"] == group]
        for cut in CUTS:
            lines += ["", f"{group[0].upper()}{group[1:]}, by {cut}", ""]
            lines += [_table(summary(part, CUTS[cut]).drop(columns="worst_pair"))]
    lines += ["", "Other calculators at their own defaults, each on the points it can describe;"]
    lines += ["the model, held out, and the roofline on the same points", "", _table(peers(rows))]
    return "\n".join(lines)


def _table(found: pd.DataFrame) -> str:
    shares = [name for name in found if name not in ("points", "worst_pair")]
    shown = found.assign(**_percent(found[shares]))
    shown.columns = [name.replace("_", " ") for name in shown.columns]
    return shown.rename_axis(None).to_string() + "\n"
