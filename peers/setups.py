"""The measured set-ups in plain base units, for calculators in an environment of their own.

Prints a table of every measurement of a time per output token: the figures of its model and its
accelerator, and its load. Run by ``make peers`` with the project's Python.
"""

import sys

from inference_economics import tables, validation

GROUP = "time per output token"
MODEL = (
    *("parameters", "layers", "hidden_size", "query_heads", "kv_heads", "head_dim", "vocabulary"),
    *("mlp_width", "mlp_matrices", "experts"),
)
ACCELERATOR = ("memory", "bandwidth", "link_bandwidth", "bf16", "fp8", "fp4")
SETUP = (
    *("point", "model", "accelerator", "precision", "accelerators"),
    *("cache_bytes", "input_tokens", "output_tokens", "concurrency"),
)


def main():
    rows = validation.errors()
    rows = rows[rows["group"] == GROUP].sort_values("point")[list(SETUP)]
    rows = rows.join(tables.wide("models")[list(MODEL)], on="model")
    rows = rows.join(tables.wide("accelerators")[list(ACCELERATOR)], on="accelerator")
    rows.to_csv(sys.stdout, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
