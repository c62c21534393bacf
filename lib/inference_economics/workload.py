"""A service's own requests: what a CSV of their lengths says of the assumptions."""

from pathlib import Path

import numpy as np
import pandas as pd

from .tables import InputError

# Our columns, and those of the Azure traces of LLM inference.
COLUMNS = {"ContextTokens": "input_tokens", "GeneratedTokens": "output_tokens"}
NAMES = tuple(COLUMNS.values())
LONGEST = 1e8  # tokens of a request: beyond it, a slip


def assumptions(path: str | Path) -> dict[str, float]:
    """Mean lengths of the requests in ``path`` and the variability of their answers.

    A row is a request; columns ``input_tokens`` and ``output_tokens`` (or as in the Azure traces,
    ``ContextTokens`` and ``GeneratedTokens``), others are left alone. Raises :class:`InputError`
    naming the row and the column of what is wrong.
    """
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror})") from None
    except ValueError as error:
        raise InputError(f"{path}: not a readable CSV table ({str(error).strip()})") from None
    rows = rows.rename(columns=COLUMNS)
    for name in NAMES:
        if list(rows.columns).count(name) != 1:
            found = ", ".join(map(str, rows.columns[:8]))
            raise InputError(f"{path}: must have one column {name!r}; columns are {found}")
    if rows.empty:
        raise InputError(f"{path}: holds no request")
    lengths = rows[list(NAMES)].apply(pd.to_numeric, errors="coerce")
    wrong = ~((lengths >= 1) & (lengths <= LONGEST))
    for name in NAMES:
        if wrong[name].any():
            row = int(np.argmax(wrong[name]))
            cell = rows[name].iloc[row]
            raise InputError(
                f"{path}: row {row + 2}, column {name}: {cell!r} must be a number of tokens, "
                "1 or more"
            )
    asked, answered = (lengths[name] for name in NAMES)
    return {
        "input_tokens": float(asked.mean()),
        "output_tokens": float(answered.mean()),
        "service_variability": float(answered.var(ddof=0) / answered.mean() ** 2),
    }
