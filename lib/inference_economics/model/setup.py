"""Serving set-ups in numbers: what the names of model, accelerator, precision and stack stand for.

:func:`resolve` turns a table of set-ups into columns that :mod:`engine` computes with. Names are
looked up once each, so that a million rows cost little more than one.
"""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd

from .. import measurements, tables, units
from ..formulas.levers import quantised_width
from ..tables import InputError, nearest
from .architecture import architecture

# Bytes of a stored weight. Four bits come with an 8-bit scale for each 16 weights (NVFP4); int4
# is for weights only, its arithmetic is that of bf16.
FOUR = quantised_width(0.5, 1.0, 16)
PRECISION = {"bf16": 2.0, "fp8": 1.0, "int8": 1.0, "fp4": FOUR, "int4": FOUR}
WIDE = 2.0  # bytes of a bf16 value: output matrix, activations, and whatever stays unquantised
FOUR_BITS = 0.6  # a weight below this many bytes is one of 4 bits
HARDWARE = ("bandwidth", "memory", "power")
# What makes an accelerator's row unusable if it is missing. Links matter to several only.
CAPACITY = (*HARDWARE, "bf16")
GIVEN = (
    *("accelerators", "replicas", "tensor_parallel", "attention_ranks", "expert_parallel"),
    *("input_tokens", "output_tokens", "concurrency", "drafts", "served"),
)
FIGURES = (
    *("layers", "hidden_size", "query_heads", "kv_heads", "vocabulary", "kernels", "kv_values"),
    *("decode_head_dim", "prompt_head_dim", "latent", "mixture", "experts", "experts_per_token"),
    *("sliding", "window", "attention_parameters", "dense_parameters", "shared_parameters"),
    *("expert_parameters", "head_parameters", "own_expert_bytes", "own_dense_bytes"),
)


@cache
def constants() -> pd.DataFrame:
    """The fitted constants in base units: a row for each stack, a column for each constant."""
    long = measurements.table("calibration")
    long = long.assign(value=long["value"] * long["unit"].map(units.factor))
    return spread(long)


def spread(long: pd.DataFrame) -> pd.DataFrame:
    """Constants, one a row, laid out by stack; those of all stacks repeated for each."""
    shared = long[long["stack"] == "shared"]
    own = long[long["stack"] != "shared"].pivot(index="stack", columns="constant", values="value")
    own = own.assign(**dict(zip(shared["constant"], shared["value"], strict=True)))
    for constant in own:
        for name in own.index[own[constant].isna()]:
            raise InputError(f"data/calibration.csv: {constant} of {name!r} is not known")
    return own


def bind(table: pd.DataFrame, stacks) -> SimpleNamespace:
    """The constants of each row's stack, as columns."""
    codes, names = pd.factorize(stacks)
    for name in names:
        if name not in table.index:
            raise InputError(f"no stack {name!r}{nearest(name, table.index)}")
    found = table.loc[list(names)]
    return SimpleNamespace(**{key: found[key].to_numpy()[codes] for key in found})


def stack(name: str) -> SimpleNamespace:
    """The constants of one stack, as numbers."""
    return SimpleNamespace(**_stack(name))


@cache
def _stack(name: str) -> dict[str, float]:
    bound = bind(constants(), np.array([name]))
    return {key: float(value[0]) for key, value in vars(bound).items()}


def single(**named) -> SimpleNamespace:
    """One set-up as numbers; ``named`` as in a row of :func:`resolve`.

    Unless given: a replica of one accelerator, without speculation, behind a server.

    >>> setup = single(model="llama-3.1-8b", accelerator="H100", precision="fp8",
    ...                input_tokens=1000, output_tokens=500, concurrency=8)
    >>> setup.layers, setup.cache_bytes
    (32.0, 1.0)
    """
    size = named.get("accelerators", 1)
    usual = {
        "accelerators": size,
        "replicas": 1,
        "tensor_parallel": size,
        "attention_ranks": 1,
        "expert_parallel": 1,
        "cache_bytes": np.nan,
        "drafts": 0,
        "served": 1,
    }
    columns = vars(resolve(pd.DataFrame([usual | named])))
    return SimpleNamespace(**{key: float(value[0]) for key, value in columns.items()})


@cache
def accelerator(name: str) -> pd.Series:
    """The figures of an accelerator that every set-up needs; a missing one is an error."""
    known = tables.wide("accelerators")
    if name not in known.index:
        raise InputError(f"no accelerator {name!r}{nearest(name, known.index)}")
    for figure in CAPACITY:
        tables.figure("accelerators", name, figure)
    return known.loc[name]


def _looked_up(names, find) -> tuple[np.ndarray, pd.DataFrame]:
    codes, unique = pd.factorize(names)
    return codes, pd.DataFrame([find(name) for name in unique])


def resolve(rows: pd.DataFrame) -> SimpleNamespace:
    """The set-ups in ``rows``, a column for each of :mod:`engine`'s inputs.

    ``rows`` has ``model``, ``accelerator``, ``precision``; the layout: ``accelerators`` of one
    replica, ``replicas``, ``tensor_parallel``, ``attention_ranks`` (that serve requests of their
    own) and ``expert_parallel``; ``cache_bytes`` (NaN: as usual for the precision); and the load:
    ``input_tokens``, ``output_tokens``, ``concurrency``, ``drafts`` and ``served`` (1 behind an
    HTTP server).
    """
    codes, models = _looked_up(rows["model"], architecture)
    setup = SimpleNamespace(**{key: models[key].to_numpy()[codes] for key in FIGURES})
    codes, parts = _looked_up(rows["accelerator"], accelerator)
    hardware = SimpleNamespace(**{key: parts[key].to_numpy()[codes] for key in parts})
    for key in HARDWARE:
        setattr(setup, key, getattr(hardware, key))
    for key in GIVEN:
        setattr(setup, key, rows[key].to_numpy(float))
    setup.prefix_hits = np.zeros(len(rows))  # benchmarks ask each question once
    # One accelerator alone sends nothing: the figure isn't used.
    setup.link_bandwidth = np.where(
        setup.accelerators > 1, hardware.link_bandwidth, hardware.bandwidth
    )
    setup.head_bytes = np.full(len(rows), WIDE)
    # The hosts of the A100 machines that were measured have slower cores than the others'.
    setup.slow_host = rows["accelerator"].str.startswith("A100").to_numpy(float)
    _formats(setup, hardware, rows["precision"], rows["cache_bytes"].to_numpy(float))
    return setup


def _formats(setup, hardware, precision: pd.Series, cache_bytes) -> None:
    """Bytes and peaks of each part of the model at the chosen ``precision``."""
    codes, names = pd.factorize(precision)
    for name in names:
        if name not in PRECISION:
            raise InputError(f"no precision {name!r}{nearest(name, PRECISION)}")
    stored = np.array([PRECISION[name] for name in names])[codes]
    chosen = {name: codes == list(names).index(name) for name in names}
    unused = np.zeros(len(codes), bool)
    native4, native8 = np.isfinite(hardware.fp4), np.isfinite(hardware.fp8)
    # An accelerator without units for a narrow format stores it, and computes in bf16.
    peak8 = np.where(native8, hardware.fp8, hardware.bf16)
    fp8, int8, fp4 = (chosen.get(name, unused) for name in ("fp8", "int8", "fp4"))
    peak = np.select(
        [fp8, int8, fp4 & native4],
        [peak8, hardware.int8, hardware.fp4],
        hardware.bf16,
    )
    mixture, four = setup.mixture > 0, stored < FOUR_BITS
    own = np.isfinite(setup.own_expert_bytes)  # published with 4-bit experts, the rest in bf16
    setup.expert_bytes = np.where(own, setup.own_expert_bytes, stored)
    setup.dense_bytes = np.where(own, WIDE, stored)
    unquantised = four & ~own & np.isfinite(setup.own_dense_bytes)
    setup.dense_bytes = np.where(unquantised, setup.own_dense_bytes, setup.dense_bytes)
    setup.dense_peak = np.where(setup.dense_bytes == WIDE, hardware.bf16, peak)
    setup.expert_peak = np.where(own, np.where(native4, peak8, hardware.bf16), peak)
    setup.attention_peak = hardware.bf16
    # int4 counts as fast where there are units for fp4: so it was when the blind set was predicted.
    setup.dequantised = (mixture & (setup.expert_bytes < FOUR_BITS) & ~native4).astype(float)
    setup.unfused = (mixture & ~native4).astype(float)
    setup.block_scaled = (mixture & fp8 & ~own).astype(float)
    setup.quantising = np.select(
        [own, mixture & (setup.expert_bytes < WIDE), ~mixture & (setup.dense_bytes < FOUR_BITS)],
        [native4.astype(float), np.where(setup.dense_bytes < WIDE, 4.0, 2.0), 2.0],
        0.0,
    )
    narrow = (stored < WIDE) & native8 & ~(own & ~native4)
    setup.cache_bytes = np.where(np.isfinite(cache_bytes), cache_bytes, np.where(narrow, 1.0, WIDE))
