"""Accelerators that were measured one kernel at a time: beside their data sheet and the model."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from .. import tables
from ..formulas import roofline
from . import engine, setup

LARGE = ("matmul", "llama-3.1-70b", "gate_up")  # the largest matrix of a layer
STACK = "vllm-0.15"
MANY = 512  # tokens: twice as many as the bend needs


def short(table: pd.DataFrame) -> pd.DataFrame:
    """``table`` with its numbers to four digits, as a chart needs them."""
    numbers = table.select_dtypes(float).map(lambda value: float(f"{value:.4g}"))
    return table.assign(**numbers)


def products(runs: pd.DataFrame) -> pd.DataFrame:
    """The products of one large matrix with 1 to 4096 tokens, on a roofline.

    ``intensity`` [FLOP/B] of what must be moved at least, and the ``rate`` reached [FLOP/s].
    """
    rows = runs[(runs[["measurement", "model", "part"]] == list(LARGE)).all(axis=1)]
    intensity = roofline.arithmetic_intensity(rows["flops"], rows["bytes"])
    return rows.assign(intensity=intensity, rate=rows["flops"] / rows["seconds"])


def sheet_roofs(names: list[str], low: float, high: float) -> pd.DataFrame:
    """The data sheet's roofline of each of ``names`` at bf16 and fp8: its ends and its bend.

    ``intensity`` from ``low`` to ``high`` [FLOP/B], and the ``rate`` there [FLOP/s].
    """
    known = tables.wide("accelerators").loc[names]
    parts = []
    for name, sheet in known.iterrows():
        for precision in ("bf16", "fp8"):
            bend = roofline.ridge_point(sheet[precision], sheet.bandwidth)
            intensity = np.array([low, bend, high])
            rate = roofline.attainable(intensity, sheet[precision], sheet.bandwidth)
            said = {"name": name, "precision": precision}
            parts.append(pd.DataFrame(said | {"intensity": intensity, "rate": rate}))
    return pd.concat(parts, ignore_index=True)


def gain(runs: pd.DataFrame, fast: str, slow: str) -> pd.DataFrame:
    """How many times as fast ``fast`` is as ``slow``, by the ``tokens`` of a step.

    ``what``: all matrices of a layer of Llama 3.1 70B at either precision, and all of a step of
    Llama 3.1 8B at a context of 1024 tokens.
    """
    matrices = runs[(runs["measurement"] == "matmul") & (runs["model"] == LARGE[1])]
    matrices = matrices[matrices["part"] != "head"]
    steps = runs[(runs["measurement"] == "model") & (runs["model"] == "llama-3.1-8b")]
    steps = steps[(steps["context"] == steps["context"].min()) & (steps["precision"] == "bf16")]
    rows = pd.concat(
        [
            matrices.assign(what="products, " + matrices["precision"]),
            steps.assign(what="whole step, bf16"),
        ]
    )
    seconds = rows.groupby(["what", "tokens", "name"])["seconds"].sum().unstack()
    return (seconds[slow] / seconds[fast]).rename("gain").dropna().reset_index()


def joules(runs: pd.DataFrame) -> pd.DataFrame:
    """Energy of a token [J] of whole decoding steps at the shortest context, by ``tokens``."""
    rows = runs[(runs["measurement"] == "model") & runs["joules"].notna()]
    rows = rows[rows["context"] == rows["context"].min()]
    what = rows["model"].str.replace("llama-3.1-", "").str.upper() + ", " + rows["precision"]
    return rows.assign(per_token=rows["joules"] / rows["tokens"], what=what + ", " + rows["name"])


def reached(runs: pd.DataFrame) -> pd.DataFrame:
    """What each device reached; NaN where it was not measured, or no data sheet is at hand.

    Shares of the data sheet's bandwidth: ``stream``, when a large sum is read, ``weights``, when
    the large matrix meets one token, ``cache``, when keys and values are read. Shares of its
    peaks: ``bf16`` and ``fp8``, of that matrix with many tokens. ``clock`` is that of the
    processors meanwhile over the highest one seen; ``idle``, ``cached``, ``reading`` and
    ``computing`` [W] the power at rest, in a read within the cache, a large read, a large product;
    ``per_byte`` [J/B] and ``per_flop`` [J/FLOP] what the last two draw above rest.
    """
    return pd.DataFrame({name: _reached(rows) for name, rows in runs.groupby("name")}).T


def _reached(rows: pd.DataFrame) -> dict[str, float]:
    known = tables.wide("accelerators")
    sheet = known.reindex([rows["name"].iloc[0].removeprefix("your ")]).iloc[0]
    by = {name: part.sort_values("bytes") for name, part in rows.groupby("measurement")}
    none = rows.iloc[:0]
    speed, large = rows["bytes"] / rows["seconds"], products(rows)
    full = large[large["tokens"] >= MANY]
    idle = by.get("idle", none)["watts"].max()
    stream = by.get("read", none).dropna(subset="watts").tail(1)
    square = rows[(rows["part"] == "square") & (rows["precision"] == "bf16")]
    drawn = (square["watts"] - idle) * square["joules"] / square["watts"]
    return {
        "stream": speed[by.get("read", none).index].max() / sheet.bandwidth,
        "weights": speed[large[large["tokens"] == 1].index].max() / sheet.bandwidth,
        "cache": speed[by.get("attention", none).index].max() / sheet.bandwidth,
        **{
            name: full.loc[full["precision"] == name, "rate"].max() / sheet[name]
            for name in ("bf16", "fp8")
        },
        "clock": full["sm_clock"].median() / rows["sm_clock"].max(),
        "idle": idle,
        "cached": by.get("read", none).dropna(subset="watts").head(1)["watts"].max(),
        "reading": stream["watts"].max(),
        "computing": full["watts"].median(),
        "per_byte": ((stream["watts"] - idle) * stream["seconds"] / stream["bytes"]).max(),
        "per_flop": (drawn / square["flops"]).max(),
    }


def steps(runs: pd.DataFrame) -> pd.DataFrame:
    """Whole decoding steps beside what the model says of them without any server.

    ``predicted`` is reading, arithmetic and kernels [s] at the constants of the usual stack,
    ``error`` its error as a share, ``kernel_time`` what is left of a step for each kernel when
    the model's reading and arithmetic are taken away [s], ``model_kernel_time`` the same of the
    model, which counts fewer, fused kernels.
    """
    rows = runs[(runs["measurement"] == "model") & (runs["owner"] == "ours")]
    found = setup.resolve(
        pd.DataFrame(
            {
                "model": rows["model"],
                "accelerator": rows["name"],
                "precision": rows["precision"],
                "cache_bytes": 2.0,
                "input_tokens": rows["context"] - 1,  # so that the mean context is that of the run
                "output_tokens": 2.0,
                "concurrency": rows["tokens"],
                **dict.fromkeys(("accelerators", "replicas", "tensor_parallel"), 1.0),
                **dict.fromkeys(("attention_ranks", "expert_parallel"), 1.0),
                **dict.fromkeys(("drafts", "served"), 0.0),
            }
        )
    )
    given = setup.stack(STACK)
    given = SimpleNamespace(**vars(given) | {"interleaved": 0.0})
    parts = engine.parts(found, given, rows["tokens"].to_numpy())
    work = parts.dense + parts.cache
    predicted = work + parts.launches
    return rows.assign(
        predicted=predicted,
        error=predicted / rows["seconds"] - 1,
        kernel_time=(rows["seconds"] - work) / rows["kernels"],
    )


def layers(runs: pd.DataFrame) -> pd.DataFrame:
    """A layer at the shortest context: ``seconds``, and the ``ideal`` at the data sheet's peaks."""
    rows = runs[(runs["measurement"] == "layer") & runs["mode"].isin(["eager", "graph"])]
    rows = rows[rows["context"] == rows["context"].min()]
    known = tables.wide("accelerators").reindex(rows["name"].str.removeprefix("your "))
    peak = np.where(rows["precision"] == "fp8", known["fp8"], known["bf16"])
    ideal = roofline.roofline_time(
        rows["bytes"], rows["flops"], known["bandwidth"].to_numpy(), peak
    )
    return rows.assign(ideal=ideal)


def bandwidths(runs: pd.DataFrame) -> pd.DataFrame:
    """Achieved bandwidth [B/s] of reading and of copying, by the ``size`` that is used [B]."""
    rows = runs[runs["measurement"].isin(["read", "copy"])]
    size = np.where(rows["measurement"] == "copy", rows["bytes"] / 2, rows["bytes"])
    return rows.assign(size=size, bandwidth=rows["bytes"] / rows["seconds"])


def attention(runs: pd.DataFrame) -> pd.DataFrame:
    """Achieved bandwidth [B/s] of attention, by kernel (``part``), requests and context."""
    rows = runs[runs["measurement"] == "attention"]
    return rows.assign(bandwidth=rows["bytes"] / rows["seconds"])
