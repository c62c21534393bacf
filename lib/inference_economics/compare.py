"""What differs between two scenarios: headline numbers, verdicts, and which assumptions did it."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from math import comb
from types import SimpleNamespace

import numpy as np

from . import assumptions, claims
from .headlines import HEADLINES
from .scenarios import Scenario

EXACT = 10  # changed assumptions up to which every subset of them is evaluated
ORDERS = 64  # in which they are changed one after another, when there are more
FACTOR = 3.0  # a number that changes by more is decomposed into factors


@dataclass(frozen=True)
class Parts:
    """What each changed assumption did to a number.

    ``of`` adds up to the change, or multiplies to the ratio if ``are_factors``. ``error`` is the
    largest standard error of a part (of its logarithm for factors), 0 where all subsets were
    evaluated. Empty where the number isn't finite on the way.
    """

    of: dict[str, float]
    are_factors: bool
    error: float


@dataclass(frozen=True)
class Comparison:
    """``after`` beside ``before``."""

    before: Scenario
    after: Scenario

    @cached_property
    def changed(self) -> dict[str, tuple[float, float]]:
        """The assumptions that differ, with their values before and after."""
        old, new = self.before.values, self.after.values
        return {name: (old[name], new[name]) for name in old if old[name] != new[name]}

    @cached_property
    def _views(self) -> tuple[SimpleNamespace, SimpleNamespace]:
        before, after = (assumptions.in_base_units(s.values) for s in (self.before, self.after))
        return before, after

    def numbers(self) -> dict[str, tuple[float, float]]:
        """Every headline number before and after, in its unit."""
        with np.errstate(all="ignore"):
            return {
                name: tuple(float(headline.of(view)) for view in self._views)
                for name, headline in HEADLINES.items()
            }

    def flipped(self) -> dict[str, tuple[str, str]]:
        """The claims whose verdict is another one, with both verdicts."""
        with np.errstate(all="ignore"):
            both = {
                name: tuple(str(test(view)) for view in self._views)
                for name, test in sorted(claims.tests.items())
            }
        return {name: pair for name, pair in both.items() if pair[0] != pair[1]}

    def parts(self, name: str) -> Parts:
        """How the change of one headline number is made up, by Shapley's value."""
        return shapley(self._under(HEADLINES[name].of), list(self.changed))

    def dividing(self, name: str) -> list[tuple[str, ...]]:
        """What alone turns one side's verdict on the claim ``name`` into the other side's.

        Single assumptions that do, moved from either side's value to the other's; pairs of them if
        no single one does; empty if it takes more, or if both sides give the same verdict.
        """
        evaluated = self._under(claims.tests[name], str)
        count = len(self.changed)
        old, new = evaluated(np.array([[False] * count, [True] * count]))
        for size in (1, 2) if old != new else ():
            chosen = list(combinations(range(count), size))
            masks = np.array([np.isin(range(count), columns) for columns in chosen])
            if not chosen:
                break
            flips = (evaluated(masks) == new) | (evaluated(~masks) == old)
            if flips.any():
                names = list(self.changed)
                return [
                    tuple(names[column] for column in columns)
                    for columns, does in zip(chosen, flips, strict=True)
                    if does
                ]
        return []

    def _under(self, compute, kind=float):
        """``compute`` of many worlds: in row i those assumptions are changed that ``masks`` say."""

        def evaluated(masks: np.ndarray) -> np.ndarray:
            drawn = {
                name: np.where(masks[:, column], after, before)
                for column, (name, (before, after)) in enumerate(self.changed.items())
            }
            with np.errstate(all="ignore"):
                found = compute(assumptions.in_base_units(self.before.values | drawn))
            return np.broadcast_to(np.asarray(found).astype(kind), len(masks))

        return evaluated


def shapley(evaluated, names: list[str]) -> Parts:
    """The part of each of ``names`` in the change from none of them changed to all.

    ``evaluated`` gives the number for each row of a boolean array (worlds, names): what is changed
    there. A part is the mean, over all orders in which the names could be changed, of what
    changing it does; for more than :data:`EXACT` names over :data:`ORDERS` orders and their
    reverses. Either way the parts add up to the whole.

    >>> price_times_volume = shapley(lambda masks: (1 + masks).prod(axis=1), ["price", "volume"])
    >>> price_times_volume.of, price_times_volume.are_factors
    ({'price': 2.0, 'volume': 2.0}, True)
    """
    count = len(names)
    if not count:
        return Parts({}, False, 0.0)
    few = count <= EXACT
    masks = _subsets(count) if few else _orders(count)
    values = evaluated(masks)
    if not np.isfinite(values).all():
        return Parts({}, False, 0.0)
    are_factors = bool((values > 0).all() and values.max() > FACTOR * values.min())
    scale = np.log(values) if are_factors else values
    found, error = _exact(scale, count) if few else _sampled(scale, masks)
    each = np.exp(found) if are_factors else found
    return Parts(dict(zip(names, map(float, each), strict=True)), are_factors, error)


def _subsets(count: int) -> np.ndarray:
    return (np.arange(2**count)[:, None] >> np.arange(count)) % 2 == 1


def _exact(values: np.ndarray, count: int) -> tuple[np.ndarray, float]:
    subsets = np.arange(2**count)
    size = _subsets(count).sum(axis=1)
    weight = np.array([1 / (count * comb(count - 1, s)) for s in range(count)])
    parts = np.empty(count)
    for item in range(count):
        without = subsets[(subsets >> item) % 2 == 0]
        gains = values[without | 1 << item] - values[without]
        parts[item] = (weight[size[without]] * gains).sum()
    return parts, 0.0


def _orders(count: int) -> np.ndarray:
    """For each order a row for nothing changed, then one after each change."""
    chance = np.random.default_rng(2026)
    rows = []
    for _ in range(ORDERS):
        order = chance.permutation(count)
        for way in (order, order[::-1]):  # what one does early it does late in the other
            turn = np.argsort(way)
            rows.append(turn[None, :] < np.arange(count + 1)[:, None])
    return np.concatenate(rows)


def _sampled(values: np.ndarray, masks: np.ndarray) -> tuple[np.ndarray, float]:
    count = masks.shape[1]
    paths = values.reshape(-1, count + 1)
    gains = np.empty((len(paths), count))
    for path, rows, gain in zip(paths, masks.reshape(-1, count + 1, count), gains, strict=True):
        order = [int(np.flatnonzero(new & ~old)[0]) for old, new in pairwise(rows)]
        gain[order] = np.diff(path)
    pairs = gains.reshape(ORDERS, 2, count).mean(axis=1)  # an order and its reverse are one draw
    error = pairs.std(axis=0, ddof=1).max() / np.sqrt(ORDERS)
    return pairs.mean(axis=0), float(error)
