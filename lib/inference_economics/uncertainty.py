"""Plausible worlds: every assumption drawn from its range, independently of the others.

Nobody knows how the figures of the book are distributed, or which of them go together. A triangle
over the plausible range, highest at the value, is the plainest shape that has all three numbers of
the table; on a logarithmic scale where the range spans more than a factor of :data:`WIDE`.
"""

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy.stats import qmc, sobol_indices, triang

from . import assumptions

WIDE = 3.0  # a range that spans more than this factor is drawn on a logarithmic scale
SEED = 2026  # of what is drawn
BLOCK = 2**16  # worlds that are held in memory at a time
FINENESS = 1e-3  # relative error of a quantile from a Sketch


def worlds(count: int, overrides: dict | None = None, seed: int = SEED) -> SimpleNamespace:
    """``count`` worlds, a power of two, as arrays in base units.

    Each assumption has a triangular distribution over its plausible range, highest at its value.
    ``overrides`` are values (in the units of the table) that every world shares. The draws are a
    scrambled Sobol sequence, the same ones each time.

    >>> price = worlds(64).electricity_price * 3.6e6
    >>> bool(price.min() >= 0.06 and price.max() <= 0.23)
    True
    """
    return next(blocks(count, overrides, seed, size=count))


def blocks(
    count: int, overrides: dict | None = None, seed: int = SEED, size: int = BLOCK
) -> Iterator[SimpleNamespace]:
    """The same ``count`` worlds in blocks of at most ``size``: any number fits in memory."""
    draws = qmc.Sobol(len(assumptions.known()), rng=np.random.default_rng(seed))
    for start in range(0, count, size):
        yield _world(draws.random(min(size, count - start)), overrides or {})


def draws(count: int, names, seed) -> dict[str, np.ndarray]:
    """``count`` draws, any number, of the assumptions ``names``, in the units of the table.

    The same as in :func:`worlds`, whichever others are drawn; ``seed`` is whatever NumPy takes.

    >>> alone = draws(3, ["pue"], 2026)["pue"]
    >>> bool((alone == worlds(4).pue[:3]).all())
    True
    """
    known = assumptions.known()
    uniform = qmc.Sobol(len(known), rng=np.random.default_rng(seed)).random_base2(
        (count - 1).bit_length()
    )[:count]
    rows = zip(known.itertuples(), uniform.T, strict=True)
    return {row.Index: _drawn(row, column) for row, column in rows if row.Index in names}


def _world(uniform: np.ndarray, fixed: dict) -> SimpleNamespace:
    """Worlds from rows of numbers between 0 and 1, one for each assumption."""
    known, count = assumptions.known(), len(uniform)
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


class Sketch:
    """The distribution of a stream of numbers: counts in bins that widen away from 0.

    Quantiles are right to within :data:`FINENESS` of their own size, however many numbers come.

    >>> sketch = Sketch()
    >>> for part in np.split(np.arange(1.0, 1001.0), 4):
    ...     sketch.add(part)
    >>> bool(abs(sketch.quantile(0.5) / 500 - 1) < FINENESS)
    True
    """

    TINY, HUGE = 1e-12, 1e250  # what is nearer to 0 is 0, what is further away infinite

    def __init__(self):
        self.counts: dict[int, int] = {}
        self.width = np.log1p(2 * FINENESS)

    def add(self, numbers) -> None:
        """Counts ``numbers``; an undefined one counts as none."""
        numbers = np.asarray(numbers, float)
        numbers = np.clip(numbers[~np.isnan(numbers)], -self.HUGE, self.HUGE)
        size = np.maximum(np.abs(numbers), self.TINY) / self.TINY
        bins = np.sign(numbers) * (1 + np.floor(np.log(size) / self.width))
        bins[np.abs(numbers) <= self.TINY] = 0
        for place, count in zip(*np.unique(bins.astype(int), return_counts=True), strict=True):
            self.counts[place] = self.counts.get(place, 0) + int(count)

    def quantile(self, share: float) -> float:
        """The number that ``share`` of them do not exceed; NaN before any came."""
        if not self.counts:
            return float("nan")
        places = sorted(self.counts)
        below = np.cumsum([self.counts[place] for place in places])
        place = places[int(np.searchsorted(below, share * below[-1]))]
        found = np.sign(place) * self.TINY * np.exp((abs(place) - 0.5) * self.width)
        return float(np.copysign(np.inf, found) if abs(found) > self.HUGE / 2 else found)


class _Range:
    """An assumption's distribution as SciPy asks for one."""

    def __init__(self, row):
        self.row = row

    def ppf(self, uniform):
        return _drawn(self.row, uniform)


def movers(compute, fixed: dict | None = None) -> list[str]:
    """The assumptions that move a number, each pushed to both ends of its range, but the fixed."""
    known = assumptions.known()
    values, each = _values(fixed).to_numpy(float), np.arange(len(known))
    table = np.tile(values, (1 + 2 * len(known), 1))
    table[1 + 2 * each, each], table[2 + 2 * each, each] = known["low"], known["high"]
    found = _numbers(compute, dict(zip(known.index, table.T, strict=True)))
    moved = (found[1:] != found[0]).reshape(-1, 2).any(axis=1)
    return [name for name in known.index[moved] if name not in (fixed or {})]


def _values(fixed: dict | None) -> pd.Series:
    return pd.Series(assumptions.known()["value"].to_dict() | (fixed or {}))


def _numbers(compute, values: dict[str, np.ndarray]) -> np.ndarray:
    with np.errstate(all="ignore"):
        found = compute(assumptions.in_base_units(values))
    return np.broadcast_to(np.asarray(found, float), len(next(iter(values.values())))).copy()


def sensitivity(
    compute, count: int = 1024, fixed: dict | None = None, seed: int = SEED
) -> dict[str, tuple[float, float]]:
    """Sobol' indices of the assumptions that move a number: (first order, total), largest first.

    The first is the part of the variance that goes once the assumption is known, the total the part
    that stays while it alone is not. ``count`` is a power of 2. A number that is positive in all
    worlds is looked at on a logarithmic scale. Empty where it is not finite in some.
    """
    with np.errstate(all="ignore"):
        sample = np.asarray(compute(worlds(count, fixed, seed)), float)
    names = movers(compute, fixed)
    if not np.isfinite(sample).all() or not names:
        return {}
    known, is_positive = assumptions.known(), bool((sample > 0).all())

    def evaluated(drawn):  # (assumptions, worlds)
        given = {name: np.full(drawn.shape[1], value) for name, value in _values(fixed).items()}
        found = _numbers(compute, given | dict(zip(names, drawn, strict=True)))
        within = np.isfinite(found) & ((found > 0) | (not is_positive))
        defined.append(within.all())
        found[~within] = 1.0
        return np.log(found) if is_positive else found

    defined: list[bool] = []
    found = sobol_indices(
        func=evaluated,
        n=count,
        dists=[_Range(known.loc[name]) for name in names],
        rng=np.random.default_rng(seed),
    )
    if not all(defined):
        return {}
    pairs = zip(found.first_order, found.total_order, strict=True)
    indices = {name: (float(a), float(b)) for name, (a, b) in zip(names, pairs, strict=True)}
    return dict(sorted(indices.items(), key=lambda item: -item[1][1]))
