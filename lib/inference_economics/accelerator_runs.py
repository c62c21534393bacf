"""What ``bench/accelerator.py`` measured: our own runs, and a reader's beside them.

``data/accelerator_runs.csv`` holds ours, a row for each thing that was timed, as the script wrote
it. A reader's file has the same columns; ``data/README.md`` says what they mean.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from . import tables
from .schemas import SOURCED
from .tables import InputError

MEASUREMENTS = ["idle", "read", "copy", "matmul", "attention", "layer", "model"]
LARGEST = 10_000_000  # bytes of a file: fifty times one run
NAME = r"[\w .,+()\[\]/|-]"  # what stands on the page must be words


def _one_of(*names: str) -> pa.Column:
    wanted = ", ".join(name for name in names if name)
    error = f"must be {'empty or ' if '' in names else ''}one of {wanted}"
    return pa.Column(str, pa.Check.isin(names, error=error))


def _at_least_zero(optional: bool = False) -> pa.Column:
    number = r"\d+(\.\d*)?([eE][-+]?\d+)?"
    pattern = f"^({number})?$" if optional else f"^{number}$"
    error = "must be empty or a number of at least 0" if optional else "must be a number, 0 or more"
    return pa.Column(str, pa.Check.str_matches(pattern, error=error))


OPTIONAL = ("kernels", "joules", "watts", "sm_clock", "memory_clock", "celsius")
NUMBERS = (
    *("tokens", "context", "bytes", "flops", "runs", "seconds", "seconds_low", "seconds_high"),
    *OPTIONAL,
)
TEXT = pa.Column(
    str, pa.Check.str_matches(f"^{NAME}{{1,120}}$", error="must be a name of 1 to 120 characters")
)
SCHEMA = pa.DataFrameSchema(
    {
        "device": TEXT,
        "software": TEXT,
        "date": SOURCED["as_of"],
        "measurement": _one_of(*MEASUREMENTS),
        "model": pa.Column(str, pa.Check.str_matches(f"^{NAME}{{0,40}}$", error="must be a name")),
        "part": pa.Column(str, pa.Check.str_matches(r"^\w{0,20}$", error="must be one word")),
        "mode": _one_of("", "eager", "graph", "compiled"),
        "precision": _one_of("", "bf16", "fp8"),
        **{name: _at_least_zero(name in OPTIONAL) for name in NUMBERS},
    },
    strict=True,
    ordered=False,
)


def read(path: str | Path) -> pd.DataFrame:
    """The runs in the file at ``path``, in base units; clocks in MHz.

    Raises :class:`InputError` naming the file, the row and the column of what is wrong.
    """
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: is larger than a run of bench/accelerator.py can be")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    rows = tables.read(path, SCHEMA)
    if rows.empty:
        raise InputError(f"{path}: holds no measurement")
    rows[list(NUMBERS)] = rows[list(NUMBERS)].replace("", np.nan).astype(float)
    low, middle, high = (rows[name] for name in ("seconds_low", "seconds", "seconds_high"))
    wrong = ~((low > 0) & (low <= middle) & (middle <= high) & np.isfinite(high))
    if wrong.any():
        row = wrong.idxmax()
        raise InputError(
            f"{path}: row {row + 2}: seconds must lie above 0, between seconds_low and seconds_high"
        )
    return rows


@cache
def table(measured: str = "") -> pd.DataFrame:
    """Our runs, and those in the file ``measured`` if one is given.

    ``owner`` is "ours" or "yours"; ``name`` is the device's, short, with "your" before a reader's.

    >>> table().groupby("name").size()["H100"]
    517
    """
    ours = read(tables.DATA / "accelerator_runs.csv")
    ours = ours.assign(owner="ours", name=ours["device"].map(short))
    if not measured:
        return ours
    yours = read(measured)
    yours = yours.assign(owner="yours", name="your " + yours["device"].map(short))
    return pd.concat([ours, yours], ignore_index=True)


def short(device: str) -> str:
    """The name of a ``device`` in data/accelerators.csv, or its own where that has none.

    >>> short("NVIDIA H100 80GB HBM3"), short("NVIDIA GeForce RTX 4090")
    ('H100', 'GeForce RTX 4090')
    """
    words = device.removeprefix("NVIDIA ").split()
    known = tables.wide("accelerators").index
    return words[0] if words and words[0] in known else " ".join(words)[:24]
