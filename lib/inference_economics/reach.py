"""How far the measurements reach: whether a set-up lies within them."""

import numpy as np
import pandas as pd

from . import measurements, tables

MARGIN = 1.15  # this much above the largest measured length or batch is still near it


def limits() -> pd.DataFrame:
    """The largest set-ups that were measured, by shape of model, accelerator and precision."""
    points = measurements.measured()
    points = points[points["use"].isin(["fit", "check"])]
    shape = points["model"].replace(measurements.SAME_SHAPE)
    points = points.assign(shape=shape, length=points["input_tokens"] + points["output_tokens"])
    keys = ["shape", "accelerator", "precision"]
    return points.groupby(keys)[["accelerators", "concurrency", "length"]].max()


def judge(asked: pd.DataFrame, batch: np.ndarray, fits: np.ndarray) -> np.ndarray:
    """``yes``, or the first reason why a row lies outside of what was measured.

    ``batch`` requests run in each replica of a row, and so many ``fits``.
    """
    largest = limits()
    known = largest.reset_index()
    shape = asked["model"].map(lambda name: measurements.SAME_SHAPE.get(name, name)).astype(str)
    keys = pd.MultiIndex.from_arrays([shape, asked["accelerator"], asked["precision"]])
    place = largest.index.get_indexer(keys)
    pairs = pd.MultiIndex.from_frame(known[["shape", "accelerator"]].drop_duplicates())
    paired = pairs.get_indexer(keys.droplevel(2)) >= 0
    most = {name: largest[name].to_numpy()[place] for name in largest}
    length = (asked["input_tokens"] + asked["output_tokens"]).to_numpy()
    longest = tables.column("models", asked["model"], "context_length")
    reasons = {
        "longer than the model's context": length > longest,
        "model": ~shape.isin(known["shape"]).to_numpy(),
        "model on this accelerator": ~paired,
        "precision": place < 0,
        "so many accelerators for one copy": asked["accelerators"] > most["accelerators"],
        "so long a request": length > most["length"] * MARGIN,
        "more requests than fit, the rest wait": np.isfinite(asked["concurrency"])
        & (asked["concurrency"] > fits),
        "so many requests at once": batch > most["concurrency"] * MARGIN,
    }
    return np.select(list(reasons.values()), [f"no: {reason}" for reason in reasons], "yes")
