"""What was measured, and the few constants that are fitted to it.

``data/measurements.csv`` holds a measurement a row, ``data/calibration.csv`` a constant a row, and
``data/validation.csv`` what the model says of each measurement when the constants were fitted
without any row of that model and accelerator, ``data/peers.csv`` what other calculators say.
"""

from functools import cache

import pandas as pd
import pandera.pandas as pa

from . import tables, units
from .schemas import SOURCED

METRICS = {
    "time_per_output_token": "ms",
    "throughput": "token/s",
    "energy_per_token": "J/token",
    "time_to_first_token": "ms",
}
USES = ["fit", "check", "blind", "apart"]  # "apart": in no table, for the reason in ``note``
NUMBER, TEXT = SOURCED["value"], SOURCED["source"]
# Models of one shape: leaving out one of them in a fit would leave the other in.
SAME_SHAPE = {
    "llama-3.1-70b": "llama-3-70b",
    "llama-3.3-70b": "llama-3-70b",
    "deepseek-r1": "deepseek-v3",
    "deepseek-v3.1": "deepseek-v3",
}

SCHEMAS = {
    "measurements": pa.DataFrameSchema(
        {
            "point": pa.Column(str, pa.Check.str_matches(r"^[a-z0-9]+$"), unique=True),
            **{key: TEXT for key in ("model", "accelerator", "precision", "stack")},
            "version": pa.Column(str),
            **{
                key: NUMBER
                for key in (
                    "accelerators",
                    "replicas",
                    "tensor_parallel",
                    "attention_ranks",
                    "expert_parallel",
                    "cache_bytes",
                    "drafts",
                    "input_tokens",
                    "output_tokens",
                    "concurrency",
                )
            },
            "load": pa.Column(str, pa.Check.isin(["fixed", "full"], error="must be fixed or full")),
            "served": NUMBER,
            "metric": pa.Column(
                str, pa.Check.isin(list(METRICS), error=f"must be one of {', '.join(METRICS)}")
            ),
            **SOURCED,
            "use": pa.Column(str, pa.Check.isin(USES, error=f"must be one of {', '.join(USES)}")),
            "note": pa.Column(str),
        },
        strict=True,
    ),
    "calibration": pa.DataFrameSchema(
        {
            "stack": TEXT,
            "constant": pa.Column(str, pa.Check.str_matches(r"^[a-z][a-z0-9_]*$")),
            "value": SOURCED["value"],
            "low": NUMBER,
            "high": NUMBER,
            "prior": NUMBER,
            "unit": SOURCED["unit"],
            "fitted_to": pa.Column(str),
            "description": TEXT,
            "as_of": SOURCED["as_of"],
            "confidence": SOURCED["confidence"],
        },
        strict=True,
        ordered=True,
    ),
    "validation": pa.DataFrameSchema(
        {
            "point": pa.Column(str, unique=True),
            **{key: NUMBER for key in ("held_out", "in_sample", "roofline")},
        },
        strict=True,
    ),
    "peers": pa.DataFrameSchema(
        {"point": TEXT, "peer": TEXT, "predicted": NUMBER, "version": TEXT},
        unique=["point", "peer"],
        strict=True,
    ),
}


@cache
def table(name: str) -> pd.DataFrame:
    """``data/<name>.csv`` of this module, checked, as it is written."""
    return tables.read(tables.DATA / f"{name}.csv", SCHEMAS[name])


@cache
def measured() -> pd.DataFrame:
    """Every measurement, with ``measured`` in base units and the ``pair`` that is held out."""
    points = table("measurements")
    return points.assign(
        measured=points["value"] * points["unit"].map(units.factor),
        pair=points["model"].replace(SAME_SHAPE) + " × " + points["accelerator"],
    )
