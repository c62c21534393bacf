"""Reads and checks ``data/*.csv``. A bad cell is named by file, row and column.

Most tables are long: one figure a row, each with its own unit, source, date and confidence.
:func:`wide` lays them out with a row for each item and a column for each property, in base units.
A figure that is missing stays missing (NaN); :func:`figure` refuses to use it.
"""

from difflib import get_close_matches
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from . import units

DATA = Path(__file__).parents[2] / "data"
CONFIDENCE = ["measured", "reported", "estimated", "guess"]


class InputError(Exception):
    """What is wrong with somebody's input: where, what, and what would be right."""


def nearest(name: str, known) -> str:
    """A hint for a misspelt name; empty when nothing is close.

    >>> nearest("bandwith", ["bandwidth", "power"])
    "; did you mean 'bandwidth'?"
    """
    close = get_close_matches(str(name), list(known), 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _is_unit(unit: str) -> bool:
    try:
        return units.factor(unit) > 0
    except ValueError:
        return False


def _text(**options) -> pa.Column:
    return pa.Column(str, pa.Check(lambda s: s.str.strip() != "", error="must not be empty"))


def _number(**options) -> pa.Column:
    return pa.Column(float, pa.Check(np.isfinite, error="must be a finite number"), coerce=True)


SOURCED = {
    "value": _number(),
    "unit": pa.Column(str, pa.Check(_is_unit, element_wise=True, error="must be a known unit")),
    "source": _text(),
    "locator": _text(),
    "as_of": pa.Column(
        str, pa.Check.str_matches(r"^\d{4}-\d\d-\d\d$", error="must be a date, YYYY-MM-DD")
    ),
    "confidence": pa.Column(
        str, pa.Check.isin(CONFIDENCE, error=f"must be one of {', '.join(CONFIDENCE)}")
    ),
}


def read(path: Path, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """The checked table in ``path``; :class:`InputError` names file, row and column."""
    try:
        table = pd.read_csv(path, keep_default_na=False, dtype=str)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"{path}: not a readable CSV table ({error})") from None
    try:
        return schema.validate(table, lazy=True)
    except pa.errors.SchemaErrors as error:
        raise InputError(_explain(path, table, error.failure_cases)) from None


def _explain(path: Path, table: pd.DataFrame, failures: pd.DataFrame) -> str:
    """The first failure in full, the rest counted. Rows are numbered as an editor shows them."""
    # A cell that is no number also fails the comparisons of its row: say the cause first.
    first = failures.sort_values("schema_context", kind="stable").iloc[0]
    if first["check"] in ("column_in_dataframe", "column_in_schema"):
        return f"{path}: columns must be {', '.join(table.columns)}; see {first['failure_case']!r}"
    row = "" if pd.isna(first["index"]) else f" row {int(first['index']) + 2}"
    check = str(first["check"])
    reason = "must be a number" if "coerce" in check or "dtype" in check else check
    more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
    return f"{path}:{row}, column {first['column']}: {first['failure_case']!r} {reason}{more}"


def _long(name: str, properties: dict[str, str]) -> pa.DataFrameSchema:
    """Schema of a long table of ``name``s, with the one unit that each property is given in."""
    return pa.DataFrameSchema(
        {
            name: _text(),
            "property": pa.Column(
                str,
                pa.Check.isin(list(properties), error=f"must be one of {', '.join(properties)}"),
            ),
            **SOURCED,
        },
        checks=[
            pa.Check(
                lambda table: table["property"].map(properties) == table["unit"],
                error="property and unit must match: "
                + ", ".join(f"{key} [{unit}]" for key, unit in properties.items()),
            ),
            pa.Check(
                lambda table: ~table.duplicated([name, "property"]), error="must be given only once"
            ),
        ],
        strict=True,
    )


# Peaks are dense; a link is one way. The launch is a calendar year with its fraction.
SCHEMAS = {
    "accelerators": _long(
        "accelerator",
        {
            "memory": "GB",
            "bandwidth": "TB/s",
            "link_bandwidth": "GB/s",
            "power": "W",
            "bf16": "TFLOP/s",
            "fp8": "TFLOP/s",
            "fp4": "TFLOP/s",
            "int8": "TFLOP/s",
            "launch": "1",
            "price": "USD",
            "rental": "USD/h",
            "all_in_power": "kW",
        },
    ),
    "models": _long(
        "model",
        {
            "parameters": "value",
            "active_parameters": "value",
            "layers": "1",
            "hidden_size": "value/token",
            "query_heads": "1",
            "kv_heads": "1",
            "head_dim": "value/token",
            "kv_rank": "value/token",
            "experts": "1",
            "experts_per_token": "1",
            "sliding_window": "token",
            "sliding_layers": "1",
            "vocabulary": "1",
            "context_length": "token",
            "training_tokens": "token",
            "launch": "1",
        },
    ),
    "hardware_history": _long(
        "hardware", {"launch": "1", "peak": "TFLOP/s", "bandwidth": "TB/s", "memory": "GB"}
    ),
    "memory_levels": _long("level", {"bandwidth": "GB/s", "energy": "pJ/B"}),
    "sold_speeds": _long("offer", {"speed": "token/s", "chips": "1", "output_price": "USD/Mtoken"}),
    "training_runs": _long(
        "run",
        {
            "date": "1",
            "compute": "FLOP",
            "cost": "USD",
            "tokens": "token",
            "parameters": "value",
            "accelerators": "1",
            "duration": "h",
            "accelerator_hours": "h",
            "utilisation": "1",
        },
    ),
    "token_prices": _long(
        "model", {"input_price": "USD/Mtoken", "output_price": "USD/Mtoken", "launch": "1"}
    ),
    "lab_spending": _long(
        "lab",
        {"date": "1"}
        | dict.fromkeys(("research_compute", "inference_compute", "total_compute"), "USD/year"),
    ),
    "request_lengths": _long(
        "quantile",
        dict.fromkeys(("chat_input", "chat_output", "code_input", "code_output"), "token/request"),
    ),
    "measured": pa.DataFrameSchema(
        {
            "point": pa.Column(str, pa.Check.str_matches(r"^[a-z0-9]+$"), unique=True),
            **{key: _text() for key in ("model", "accelerator")},
            "accelerators": _number(),
            "precision": pa.Column(
                str, pa.Check.isin(["bf16", "fp8", "fp4"], error="must be bf16, fp8 or fp4")
            ),
            **{key: _number() for key in ("input_tokens", "output_tokens", "concurrency")},
            "stack": _text(),
            "property": pa.Column(
                str,
                pa.Check.isin(
                    ["time_per_output_token", "energy_per_token"],
                    error="must be time_per_output_token [ms] or energy_per_token [J/token]",
                ),
            ),
            **SOURCED,
        },
        strict=True,
    ),
    "assumptions": pa.DataFrameSchema(
        {
            "name": pa.Column(str, pa.Check.str_matches(r"^[a-z][a-z0-9_]*$"), unique=True),
            "value": _number(),
            "low": _number(),
            "high": _number(),
            "unit": SOURCED["unit"],
            "description": _text(),
            **{key: SOURCED[key] for key in ("source", "locator", "as_of", "confidence")},
        },
        checks=pa.Check(
            lambda table: (table["low"] <= table["value"]) & (table["value"] <= table["high"]),
            error="value must lie between low and high",
        ),
        strict=True,
        ordered=True,
    ),
}


@cache
def table(name: str) -> pd.DataFrame:
    """``data/<name>.csv``, checked, as it is written: a figure a row, in its own unit."""
    return read(DATA / f"{name}.csv", SCHEMAS[name])


@cache
def wide(name: str) -> pd.DataFrame:
    """``data/<name>.csv`` with a row for each item and a column for each property, in base units.

    >>> float(wide("accelerators").loc["H100", "bandwidth"])
    3350000000000.0
    """
    long = table(name)
    item = long.columns[0]
    long = long.assign(value=long["value"] * long["unit"].map(units.factor))
    return long.pivot(index=item, columns="property", values="value").rename_axis(columns=None)


def figure(name: str, item: str, property: str) -> float:
    """One figure, in base units. Unknown or missing figures are errors, never 0.

    >>> figure("accelerators", "H100", "memory")
    80000000000.0
    """
    data = wide(name)
    if item not in data.index:
        raise InputError(f"data/{name}.csv has no {item!r}{nearest(item, data.index)}")
    if property not in data.columns:
        raise InputError(f"data/{name}.csv has no {property!r}{nearest(property, data.columns)}")
    if np.isnan(data.loc[item, property]):
        raise InputError(f"data/{name}.csv: {property} of {item} is not known")
    return float(data.loc[item, property])


def complete(name: str, *properties: str) -> pd.DataFrame:
    """The items for which all ``properties`` are known, with only those columns."""
    return wide(name)[list(properties)].dropna()
