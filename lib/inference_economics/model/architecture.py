"""What a model's configuration stands for: where its weights are, and what a token passes through.

A figure that the table lacks stays missing; :func:`architecture` refuses a model that it cannot
work out, or whose parts don't add up to its published parameters.
"""

from functools import cache

import numpy as np
import pandas as pd

from .. import tables
from ..formulas.step import matrix_parameters
from ..formulas.transformer import kv_values_per_token, latent_values_per_token
from ..tables import InputError, nearest

TOLERANCE = 0.02  # norms, biases and rounded counts; a missing part is larger

# Kernels that a decoding step launches in a layer, counted from its operations: two norms with
# their all-reduces, two projections, rotary embedding with the cache's update, attention, and
# three of the MLP. Experts need two more, latent attention seven, a shared expert three.
KERNELS = 9
EXPERT_KERNELS = 2
LATENT_KERNELS = 7
SHARED_KERNELS = 3


@cache
def architectures() -> pd.DataFrame:
    """Every model of ``data/models.csv``, worked out; NaN where a figure is missing."""
    models = tables.wide("models")
    width, head = models["hidden_size"], models["query_heads"] * models["head_dim"]
    latent, mixture = models["kv_rank"].notna(), models["experts"].notna()
    both = {"index": models.index, "dtype": float}
    grouped = 2 * matrix_parameters(width, head + models["kv_heads"] * models["head_dim"])
    compressed = (
        matrix_parameters(width, models["query_rank"])
        + matrix_parameters(
            models["query_rank"], head + models["query_heads"] * models["rotary_dim"]
        )
        + matrix_parameters(width, models["kv_rank"])
        + matrix_parameters(models["kv_rank"] - models["rotary_dim"], 2 * head)
        + matrix_parameters(head, width)
    )
    dense_layers = models["dense_layers"].where(mixture, models["layers"])
    expert_layers = models["layers"] - dense_layers
    mlp = models["mlp_matrices"] * matrix_parameters(width, models["mlp_width"])
    expert = models["mlp_matrices"] * matrix_parameters(width, models["expert_width"])
    shared = models["mlp_matrices"] * matrix_parameters(width, models["shared_expert_width"])
    router = matrix_parameters(width, models["experts"])
    none = pd.Series(0.0, **both)
    parts = pd.DataFrame(
        {
            "layers": models["layers"],
            "hidden_size": width,
            "query_heads": models["query_heads"],
            "vocabulary": models["vocabulary"],
            # A latent is not split over tensor-parallel ranks, heads are.
            "kv_heads": models["kv_heads"].mask(latent, 1.0),
            "kv_values": latent_values_per_token(models["layers"], models["kv_rank"]).where(
                latent,
                kv_values_per_token(models["layers"], models["kv_heads"], models["head_dim"]),
            ),
            # Width of a head's scores and sums; with latent attention, on the latent itself.
            "decode_head_dim": (models["kv_rank"] - models["rotary_dim"] / 2).where(
                latent, models["head_dim"]
            ),
            "prompt_head_dim": models["head_dim"].where(
                ~latent, models["head_dim"] + models["rotary_dim"] / 2
            ),
            "latent": latent.astype(float),
            "mixture": mixture.astype(float),
            # A dense model is one expert that is always chosen and has no weights.
            "experts": models["experts"].where(mixture, 1.0),
            "experts_per_token": models["experts_per_token"].where(mixture, 1.0),
            "sliding": (models["sliding_layers"] / models["layers"]).fillna(0.0),
            "window": models["sliding_window"].fillna(1.0),  # not used where nothing slides
            "attention_parameters": models["layers"] * grouped.mask(latent, compressed),
            "dense_parameters": (dense_layers * mlp).mask(dense_layers == 0, 0.0),
            "shared_parameters": (expert_layers * (shared + router)).where(mixture, none),
            "expert_parameters": (expert_layers * models["experts"] * expert).where(mixture, none),
            "head_parameters": matrix_parameters(width, models["vocabulary"]),
            "kernels": KERNELS
            + EXPERT_KERNELS * mixture
            + LATENT_KERNELS * latent
            + SHARED_KERNELS * (models["shared_expert_width"] > 0)
            + models["query_key_norms"],
        }
    )
    # The configuration's own widths at 4 bits; absent means those of the chosen precision.
    parts["own_expert_bytes"] = models["expert_bytes"]
    parts["own_dense_bytes"] = models["fp4_dense_bytes"]
    weights = parts.filter(like="_parameters").sum(axis=1, skipna=False)
    weights += (models["embeddings"] - 1) * parts["head_parameters"]
    parts["sum_over_published"] = weights / models["parameters"]
    return parts


@cache
def architecture(model: str) -> pd.Series:
    """The figures of one model of :func:`architectures`.

    >>> round(float(architecture("deepseek-r1").expert_parameters / 1e9))
    654
    """
    known = architectures()
    if model not in known.index:
        raise InputError(f"no model {model!r}{nearest(model, known.index)}")
    found = known.loc[model]
    missing = found.drop(["own_expert_bytes", "own_dense_bytes"])
    missing = missing.index[missing.isna()]
    if len(missing):
        raise InputError(
            f"data/models.csv does not say enough of {model!r}: {missing[0]} is not known"
        )
    if not np.isclose(found["sum_over_published"], 1, atol=TOLERANCE):
        raise InputError(
            f"data/models.csv: the parts of {model!r} add up to "
            f"{found['sum_over_published']:.0%} of its published parameters"
        )
    return found
