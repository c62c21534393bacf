"""Plausible worlds: every assumption drawn from its range, independently of the others."""

from types import SimpleNamespace

import numpy as np
from scipy.stats import qmc, triang

from . import assumptions

WIDE = 3.0  # a range that spans more than this factor is drawn on a logarithmic scale


def worlds(count: int, overrides: dict | None = None, seed: int = 2026) -> SimpleNamespace:
    """``count`` worlds, a power of two, as arrays in base units.

    Each assumption has a triangular distribution over its plausible range, highest at its value.
    ``overrides`` are values (in the units of the table) that every world shares. The draws are a
    scrambled Sobol sequence, the same ones each time.

    >>> price = worlds(64).electricity_price * 3.6e6
    >>> bool(price.min() >= 0.06 and price.max() <= 0.23)
    True
    """
    known, fixed = assumptions.known(), overrides or {}
    uniform = qmc.Sobol(len(known), rng=np.random.default_rng(seed)).random(count)
    drawn = {
        row.Index: np.full(count, fixed[row.Index]) if row.Index in fixed else _drawn(row, column)
        for row, column in zip(known.itertuples(), uniform.T, strict=True)
    }
    return assumptions.in_base_units(drawn)


def _drawn(row, uniform: np.ndarray) -> np.ndarray:
    low, value, high = row.low, row.value, row.high
    if low == high:
        return np.full_like(uniform, value)
    if low > 0 and high / low > WIDE:
        return np.exp(_triangular(np.log(low), np.log(value), np.log(high), uniform))
    return _triangular(low, value, high, uniform)


def _triangular(low: float, mode: float, high: float, uniform: np.ndarray) -> np.ndarray:
    peak = np.clip((mode - low) / (high - low), 0, 1)
    return triang.ppf(uniform, peak, loc=low, scale=high - low)
