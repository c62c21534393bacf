"""How wrong the model is: what it predicts beside what was measured.

Each prediction in ``data/validation.csv`` comes from constants that were fitted without any row
of the same model and accelerator; those of the blind set from constants fixed before its models
were looked at. ``inference-economics calibrate`` writes the file.
"""

from itertools import pairwise

import numpy as np
import pandas as pd

from . import measurements

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
    full = rows["load"] == "full"
    rows["group"] = np.select(
        [
            rows["use"] == "blind",
            rows["metric"] == "energy_per_token",
            (rows["metric"] == "throughput") & full,
            rows["metric"] == "throughput",
            rows["drafts"] > 0,
        ],
        [
            "time per output token, blind",
            "energy per token",
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


def report() -> dict:
    """Everything that ``inference-economics validate --json`` says."""
    rows = errors()
    groups = summary(rows, "group")
    return {
        "goals": {
            name: {
                "at_most": goal,
                "reached": float(groups.loc[name, "error"]),
                "met": bool(groups.loc[name, "error"] <= goal),
            }
            for name, goal in GOALS.items()
        }
        | {
            "time per output token, worst pair": {
                "at_most": WORST_PAIR,
                "reached": float(groups.loc["time per output token", "worst"]),
                "met": bool(groups.loc["time per output token", "worst"] <= WORST_PAIR),
            }
        },
        "errors": groups.to_dict("index"),
        "cuts": {
            group: {
                cut: {str(key): row for key, row in summary(part, column).to_dict("index").items()}
                for cut, column in CUTS.items()
            }
            for group, part in rows.groupby("group")
        },
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
    return "\n".join(lines)


def _table(found: pd.DataFrame) -> str:
    shares = [name for name in found if name not in ("points", "worst_pair")]
    shown = found.assign(**{name: (found[name] * 100).map("{:.1f}".format) for name in shares})
    shown.columns = [name.replace("_", " ") for name in shown.columns]
    return shown.rename_axis(None).to_string() + "\n"
