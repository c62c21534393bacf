"""What each table of ``data/`` must look like."""

import numpy as np
import pandera.pandas as pa

from . import units

CONFIDENCE = ["measured", "reported", "estimated", "guess"]


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
            "mlp_width": "value/token",
            "mlp_matrices": "1",
            "dense_layers": "1",
            "expert_width": "value/token",
            "shared_expert_width": "value/token",
            "query_rank": "value/token",
            "rotary_dim": "value/token",
            "query_key_norms": "1",
            "embeddings": "1",
            "expert_bytes": "B/value",
            "fp4_dense_bytes": "B/value",
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
    "context_offers": _long(
        "offer",
        dict.fromkeys(("context", "long_from"), "token")
        | dict.fromkeys(
            ("input_price", "long_input_price", "cached_price", "output_price"), "USD/Mtoken"
        ),
    ),
    "lab_spending": _long(
        "lab",
        {"date": "1"}
        | dict.fromkeys(("research_compute", "inference_compute", "total_compute"), "USD/year"),
    ),
    "claimed_gains": _long(
        "lever", dict.fromkeys(("gain", "low", "high"), "1") | {"batch": "request"}
    ),
    "devices": _long(
        "device",
        {
            "speed": "token/s",
            "power": "W",
            "parameters": "Gvalue",
            "int8": "TFLOP/s",
            "efficiency": "TFLOP/J",
        },
    ),
    "published": _long(
        "item",
        {
            "queries": "Trequest/year",
            "revenue": "GUSD/year",
            "materials": "GUSD/year",
            "operating_loss": "GUSD/year",
            "energy": "Wh/request",
            "input_tokens": "token/request",
            "throughput": "token/s",
            "time": "s",
            "offers": "1",
            "training_price": "USD/Mtoken",
            "accelerators": "1",
            "busiest_accelerators": "1",
            "input": "Ttoken/day",
            "output": "Ttoken/day",
            "context": "token/request",
            "tokens": "Ttoken",
            "index": "1",
        },
    ),
    "organisations": _long(
        "organisation",
        dict.fromkeys(
            (f"{kind}_budget" for kind in ("lab", "firm", "university", "state")), "GUSD/year"
        )
        | {"named": "1", "spending_share": "share"},
    ),
    "large_models": _long("model", {"date": "1", "parameters": "Tvalue", "open_weights": "1"}),
    "seller_prices": _long("offer", {"input_price": "USD/Mtoken", "output_price": "USD/Mtoken"}),
    "ownership_costs": _long("accelerator", {"hyperscaler": "USD/h", "neocloud": "USD/h"}),
    "regions": _long("region", {"electricity_price": "USD/kWh"}),
    "sites": _long(
        "site", {"staff": "1", "power": "MW", "idle_energy": "share", "overhead_energy": "share"}
    ),
    "useful_lives": _long("owner", {"life": "year"}),
    "request_lengths": _long(
        "quantile",
        dict.fromkeys(("chat_input", "chat_output", "code_input", "code_output"), "token/request"),
    ),
    "lessons": pa.DataFrameSchema(
        {
            "chapter": _text(),
            "short": _number(),  # minutes in a lesson of 50
            "long": _number(),  # and in one of 90
            "activity": _text(),
            "figure": pa.Column(str),  # of the chapter, where there is one to look at
            "slider": pa.Column(str),  # of that figure
        },
        strict=True,
    ),
    "claims": pa.DataFrameSchema(
        {
            "id": pa.Column(
                str,
                pa.Check.str_matches(r"^C\d{3}$", error="must be C and three digits"),
                unique=True,
            ),
            **{key: _text() for key in ("section", "claim")},
            "kind": pa.Column(
                str,
                pa.Check.isin(
                    ["quantitative", "structural", "forecast"],
                    error="must be quantitative, structural or forecast",
                ),
            ),
            "chapter": _text(),
            # Empty where a test decides.
            "verdict": pa.Column(str),
            "because": pa.Column(str),
            "source": pa.Column(str),
        },
        strict=True,
        ordered=True,
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
