"""How far the measurements reach: whether a set-up lies within them."""

from functools import cache

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from . import measurements, tables
from .model import room, setup

NEAR = 2.0  # times a measured length or number of requests, or a part of it: still near it
APART = 1e3  # between two groups of points, in doublings: never near
GROUP = ["shape", "accelerator", "precision"]
LAYOUT = ["accelerators", "tensor_parallel", "attention_ranks", "expert_parallel"]
LENGTHS = ["input_tokens", "output_tokens"]


def limits() -> pd.DataFrame:
    """The largest set-ups that were measured, by shape of model, accelerator and precision."""
    known = points()
    known = known.assign(length=known[LENGTHS].sum(axis=1))
    return known.groupby(GROUP)[["accelerators", "concurrency", "length"]].max()


@cache
def points() -> pd.DataFrame:
    """The set-ups that the model was fitted to or checked with, with the ``batch`` of each."""
    found = measurements.measured()
    found = found[found["use"].isin(["fit", "check"])]
    batch = room.running(setup.resolve(found), setup.bind(setup.constants(), found["stack"]))
    return _described(found, batch, found["stack"]).drop_duplicates()


def _described(rows: pd.DataFrame, batch, stacks) -> pd.DataFrame:
    shape = rows["model"].astype(str).replace(measurements.SAME_SHAPE)
    found = rows[["accelerator", "precision"]].astype(str).assign(shape=shape, stack=stacks)
    return found.join(rows[[*LAYOUT, *LENGTHS, "concurrency"]].astype(float)).assign(batch=batch)


def judge(asked: pd.DataFrame, stacks, batch: np.ndarray, fits: np.ndarray) -> np.ndarray:
    """``yes``, or the first reason why a row lies outside of what was measured.

    ``batch`` requests run in each replica of a row, and so many ``fits``. A row lies within the
    measurements if one of them has its model's shape, accelerator, precision and layout, and
    lengths and batch within a factor of :data:`NEAR` of the row's.
    """
    rows, known = _described(asked, batch, np.asarray(stacks)), points()
    length = rows[LENGTHS].sum(axis=1)
    longest = tables.column("models", asked["model"], "context_length")
    reasons = {
        "longer than the model's context": length > longest,
        "model": ~_among(rows, known, GROUP[:1]),
        "model on this accelerator": ~_among(rows, known, GROUP[:2]),
        "precision": ~_among(rows, known, GROUP),
        "software on this accelerator": ~_among(rows, known, ["stack", "accelerator"]),
        "layout of one copy": ~_among(rows, known, [*GROUP, *LAYOUT]),
        "more requests than fit, the rest wait": np.isfinite(asked["concurrency"])
        & (asked["concurrency"] > fits),
        "lengths like these": ~_near(rows, known, LENGTHS),
        "so few or so many requests at once": ~_near(rows, known, [*LENGTHS, "batch"]),
    }
    return np.select(list(reasons.values()), [f"no: {reason}" for reason in reasons], "yes")


def _among(rows: pd.DataFrame, known: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """Where a row has the same ``columns`` as a known one."""
    return _groups(rows, known, columns) >= 0


def _groups(rows: pd.DataFrame, known: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """The number of each row's group among the ``known`` ones; -1 if it has none."""
    groups = pd.MultiIndex.from_frame(known[columns].drop_duplicates())
    return groups.get_indexer(pd.MultiIndex.from_frame(rows[columns]))


def _near(rows: pd.DataFrame, known: pd.DataFrame, sizes: list[str]) -> np.ndarray:
    """Where a known row of the same group and layout has all ``sizes`` near the row's."""

    def place(each: pd.DataFrame) -> np.ndarray:
        group = _groups(each, known, [*GROUP, *LAYOUT])
        return np.column_stack([APART * group, np.log2(each[sizes])])

    distance, _ = KDTree(place(known)).query(
        place(rows), p=np.inf, distance_upper_bound=np.log2(NEAR) * (1 + 1e-9)
    )
    return np.isfinite(distance)
