"""Fits the constants of ``data/calibration.csv`` to ``data/measurements.csv``.

Each constant starts at its ``prior``, with a pull towards it that only matters where the
measurements say nothing. :func:`run` fits them to everything, then again without each pair of
model and accelerator, and writes what it found. The same data give the same files.
"""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy.optimize import least_squares, minimize_scalar

from . import measurements, tables, units
from .model import engine, room, setup, waiting

SOFT = 0.1  # a residual beyond 10 % counts less than its square
CROWDED = -0.35  # rows of a pair with many rows count less each
THROUGHPUT_WEIGHT = 0.5  # the layout of these runs is less well known
PULL = 0.3 / 0.7  # of the priors of the few constants of energy and of the first token
ACCEPTANCE_RANGE = (0.3, 0.9)
SMALLEST = 1e-9


class Constants:
    """The rows of the calibration table as a vector, and back as each row's constants."""

    def __init__(self, table: pd.DataFrame):
        self.table = table
        self.unit = table["unit"].map(units.factor).to_numpy()
        self.names = list(zip(table["stack"], table["constant"], strict=True))
        self.stacks = [name for name in table["stack"].unique() if name != "shared"]
        place = {name: index for index, name in enumerate(self.names)}
        for (stack, constant), source in zip(self.names, table["fitted_to"], strict=True):
            if source.startswith("same as "):
                place[stack, constant] = place[source.removeprefix("same as "), constant]
        self.place = {
            constant: place["shared", constant]
            if ("shared", constant) in place
            else np.array([place[stack, constant] for stack in self.stacks])
            for constant in dict.fromkeys(constant for _, constant in self.names)
        }
        self.tied = np.array([place[name] for name in self.names])

    def column(self, name: str) -> np.ndarray:
        """A column of the table in base units."""
        return self.table[name].to_numpy() * self.unit

    def fitted_to(self, what: str) -> np.ndarray:
        """Where the constants stand that are fitted to ``what``."""
        return np.flatnonzero(self.table["fitted_to"] == what)

    def bind(self, vector: np.ndarray, codes: np.ndarray) -> SimpleNamespace:
        """The constants of rows whose stacks have the ``codes``."""
        return SimpleNamespace(
            **{
                constant: vector[place] if np.ndim(place) == 0 else vector[place][codes]
                for constant, place in self.place.items()
            }
        )


class Points:
    """Measurements, resolved, ready to be compared with the model."""

    def __init__(self, rows: pd.DataFrame, constants: Constants):
        self.rows, self.constants = rows.reset_index(drop=True), constants
        self.setup = setup.resolve(self.rows)
        self.codes = np.array([constants.stacks.index(name) for name in self.rows["stack"]], int)
        self.measured = self.rows["measured"].to_numpy()
        self.pair = self.rows["pair"].to_numpy()

    def where(self, keep: np.ndarray) -> "Points":
        """Some of the points."""
        part = object.__new__(Points)
        part.rows, part.constants = self.rows[keep], self.constants
        columns = vars(self.setup).items()
        part.setup = SimpleNamespace(**{name: column[keep] for name, column in columns})
        part.codes, part.measured = self.codes[keep], self.measured[keep]
        part.pair = self.pair[keep]
        return part

    @property
    def weight(self) -> np.ndarray:
        """What each row counts."""
        size = self.rows.groupby(["pair", "metric"])["measured"].transform("size").to_numpy()
        full = self.rows["metric"] == "throughput"
        weight = size**CROWDED
        return weight / weight.mean() * np.where(full, THROUGHPUT_WEIGHT, 1.0)

    def predicted(self, vector: np.ndarray) -> np.ndarray:
        """What the model says of what was measured."""
        given = self.constants.bind(vector, self.codes)
        batch = room.running(self.setup, given)
        found = engine.predict(self.setup, given, batch)
        stay = self.setup.output_tokens * found.time_per_output_token
        first = found.time_to_first_token + waiting.in_benchmark(
            self.setup, found.parts, batch, stay
        )
        return self._measured(
            found.time_per_output_token, found.throughput, found.energy_per_token, first
        )

    def at_peak(self, vector: np.ndarray) -> np.ndarray:
        """What a roofline of data-sheet peaks says, with as many requests running."""
        given = self.constants.bind(vector, self.codes)
        batch = room.running(self.setup, given)
        full = (self.rows["load"] == "full").to_numpy(float)
        time = engine.at_peak(self.setup, batch, full)
        energy = self.setup.accelerators * self.setup.power * time / batch
        first = engine.prompt_at_peak(self.setup)
        return self._measured(time, self.setup.replicas * batch / time, energy, first)

    def _measured(self, time, throughput, energy, first) -> np.ndarray:
        """Of each row the one that was measured."""
        metric = self.rows["metric"].to_numpy()
        others = {
            "throughput": throughput,
            "energy_per_token": energy,
            "time_to_first_token": first,
        }
        return np.select([metric == name for name in others], list(others.values()), time)


@cache
def everything() -> tuple[Constants, dict[str, Points]]:
    """The constants, and the points of each purpose."""
    constants = Constants(measurements.table("calibration"))
    rows = measurements.measured()
    fit = rows["use"] == "fit"
    energy, drafting = rows["metric"] == "energy_per_token", rows["drafts"] > 0
    first = rows["metric"] == "time_to_first_token"
    chosen = {
        "time": fit & ~energy & ~first & ~drafting,
        "energy": fit & energy,
        "speculation": fit & ~first & drafting,
        "first token": fit & first,
        "check": rows["use"] == "check",
        "blind": rows["use"] == "blind",
    }
    return constants, {name: Points(rows[keep], constants) for name, keep in chosen.items()}


def fit_time(points: Points, weight: np.ndarray, start: np.ndarray) -> np.ndarray:
    """``start`` with the constants of time fitted to ``points``."""
    constants = points.constants
    places = constants.fitted_to("time")
    prior = np.log(constants.column("prior")[places])
    share = (constants.table["unit"] == "share").to_numpy()[places]
    upper = np.where(share, 0.0, np.inf)

    def residuals(logs):
        vector = start.copy()
        vector[places] = np.exp(logs)
        error = np.log(points.predicted(vector) / points.measured)
        return np.concatenate([weight * error, logs - prior])

    first = np.minimum(np.log(start[places]), upper - 1e-3)
    lower = np.full(len(places), np.log(SMALLEST))
    found = least_squares(
        residuals, first, bounds=(lower, upper), loss="soft_l1", f_scale=SOFT, max_nfev=60
    )
    vector = start.copy()
    vector[places] = np.exp(found.x)
    return vector[constants.tied]


def fit_few(what: str, points: Points, start: np.ndarray) -> np.ndarray:
    """``start`` with the constants of ``what``, energy or first token, fitted to ``points``."""
    places = points.constants.fitted_to(what)
    prior = np.log(points.constants.column("prior")[places])

    def residuals(logs):
        vector = start.copy()
        vector[places] = np.exp(logs)
        error = np.log(points.predicted(vector) / points.measured)
        return np.concatenate([error, PULL * (logs - prior)])

    found = least_squares(residuals, prior, loss="soft_l1", f_scale=SOFT)
    vector = start.copy()
    vector[places] = np.exp(found.x)
    return vector[points.constants.tied]


def fit_speculation(points: Points, start: np.ndarray) -> np.ndarray:
    """``start`` with the chance of acceptance fitted to ``points``."""
    (place,) = points.constants.fitted_to("speculation")

    def error(acceptance):
        vector = start.copy()
        vector[place] = acceptance
        return np.abs(np.log(points.predicted(vector) / points.measured)).mean()

    vector = start.copy()
    vector[place] = minimize_scalar(error, bounds=ACCEPTANCE_RANGE, method="bounded").x
    return vector


def fit(start: np.ndarray, without: str | None = None) -> np.ndarray:
    """All constants, fitted to everything but the pair ``without``."""
    _, points = everything()
    keep = {name: group.pair != without for name, group in points.items()}
    time = points["time"]
    vector = fit_time(time.where(keep["time"]), time.weight[keep["time"]], start)
    vector = fit_few("energy", points["energy"].where(keep["energy"]), vector)
    vector = fit_speculation(points["speculation"].where(keep["speculation"]), vector)
    return fit_few("first token", points["first token"].where(keep["first token"]), vector)


def run(progress=lambda items: items) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The new calibration and validation tables; ``progress`` wraps the pairs one by one."""
    constants, points = everything()
    whole = fit(constants.column("prior"))
    pairs = sorted(set().union(*(set(points[name].pair) for name in points if name != "blind")))
    without = {pair: fit(whole, pair) for pair in progress(pairs)}
    found = []
    for name, group in points.items():
        held_out = group.predicted(whole)
        for pair in () if name == "blind" else np.unique(group.pair):
            mine = group.pair == pair
            held_out[mine] = group.where(mine).predicted(without[pair])
        found.append(
            pd.DataFrame(
                {
                    "point": group.rows["point"],
                    "held_out": held_out,
                    "in_sample": group.predicted(whole),
                    "roofline": group.at_peak(whole),
                }
            )
        )
    spread = np.array(list(without.values()))
    table = constants.table.assign(
        value=_digits(whole / constants.unit),
        low=_digits(np.minimum(spread.min(axis=0), whole) / constants.unit),
        high=_digits(np.maximum(spread.max(axis=0), whole) / constants.unit),
    )
    validation = pd.concat(found).sort_values("point", ignore_index=True)
    for name in ("held_out", "in_sample", "roofline"):
        validation[name] = _digits(validation[name].to_numpy())
    return table, validation


def _digits(values: np.ndarray) -> list[float]:
    """To six digits: more would differ from machine to machine."""
    return [float(f"{value:.6g}") for value in values]


def write(table: pd.DataFrame, validation: pd.DataFrame) -> None:
    """Both tables into ``data/``."""
    table.to_csv(tables.DATA / "calibration.csv", index=False, lineterminator="\n")
    validation.to_csv(tables.DATA / "validation.csv", index=False, lineterminator="\n")
