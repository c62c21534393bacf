"""Measurements that differ in one thing: what a lever gave on real machines."""

import pandas as pd

from .. import tables
from ..formulas import efficiency
from ..measurements import measured

SAME = ["accelerator", "accelerators", "stack", "input_tokens", "output_tokens", "concurrency"]


def narrowed() -> pd.DataFrame:
    """``gain`` in speed of fp4 over fp8 weights: Llama 3.1 70B on B200, all else the same."""
    rows = measured()
    rows = rows[(rows["model"] == "llama-3.1-70b") & (rows["metric"] == "time_per_output_token")]
    wide, narrow = (rows[rows["precision"] == name] for name in ("fp8", "fp4"))
    return _gains(wide, narrow, SAME)


def drafted() -> pd.DataFrame:
    """``gain`` in speed of DeepSeek-R1's own drafts, all else the same."""
    rows = measured()
    rows = rows[(rows["model"] == "deepseek-r1") & (rows["metric"] == "time_per_output_token")]
    plain, drafting = rows[rows["drafts"] == 0], rows[rows["drafts"] > 0]
    return _gains(plain, drafting, [*SAME, "precision", "attention_ranks", "expert_parallel"])


def _gains(before: pd.DataFrame, after: pd.DataFrame, same: list[str]) -> pd.DataFrame:
    both = before.merge(after, on=same, suffixes=("", "_after"))
    both["gain"] = efficiency.gain(both["measured"], both["measured_after"])
    kept = list(dict.fromkeys([*SAME, *same, "drafts_after", "gain"]))
    return both[kept].sort_values(["accelerators", "concurrency"]).reset_index(drop=True)


def claimed(*levers: str) -> pd.DataFrame:
    """Published gains, a row each, with ``low`` and ``high`` where a range is given."""
    found = tables.wide("claimed_gains").loc[list(levers)].rename_axis("lever").reset_index()
    for end in ("low", "high"):
        found[end] = found[end].fillna(found["gain"])
    return found


def prices() -> pd.DataFrame:
    """Prices of output tokens, by what was for sale: ``series``, by date [USD/token]."""
    table = tables.wide("token_prices").rename_axis("model").reset_index()
    table["series"] = table["model"].map(
        {name: series for series, names in SERIES.items() for name in names}
    )
    return table.dropna(subset=["series"]).sort_values(["series", "launch"]).reset_index(drop=True)


SERIES = {
    "OpenAI's best": ["GPT-3 davinci", "gpt-4", "gpt-4-turbo", "gpt-4o", "gpt-5", "gpt-5.5"],
    "OpenAI's cheap ones": [
        "gpt-3.5-turbo-0613",
        "gpt-3.5-turbo-0125",
        "gpt-4o-mini",
        "gpt-4.1-nano",
        "gpt-5-nano",
        "gpt-5.6-luna",
    ],
    "as good as GPT-3": ["llama-3.2-3b"],
}
