"""How fast the model is. ``make bench`` runs this, and ``ratios.py`` sets it beside others."""

from itertools import cycle
from operator import itemgetter, methodcaller
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from inference_economics import measurements, predict, units
from inference_economics.formulas import unit_economics
from inference_economics.model import engine, room, setup

SETUPS = 200_000
PIECE = 20_000  # set-ups at a time: their columns stay in the cache, their memory is used again
RENTAL = units.base(2.0, "USD/h")  # its size does not matter here
ROWS = 1_000_000


def chain(inputs, given):
    """From a set-up to the cost of a token and its energy."""
    batch = room.running(inputs, given)
    found = engine.predict(inputs, given, batch)
    accelerators = inputs.accelerators * inputs.replicas
    cost = unit_economics.token_cost(accelerators, RENTAL, found.throughput, 1.0)
    return cost, found.energy_per_token


@pytest.fixture(scope="module")
def measured():
    """Measured set-ups, drawn again and again, each with lengths and a load of its own."""
    chance = np.random.default_rng(1)
    rows = measurements.measured().query("use != 'apart'")
    rows = rows.sample(SETUPS, replace=True, random_state=1, ignore_index=True)
    limits = {"input_tokens": 8000, "output_tokens": 2000, "concurrency": 256}
    return rows.assign(**{name: chance.integers(1, most, SETUPS) for name, most in limits.items()})


@pytest.fixture(scope="module")
def columns(measured):
    """The set-ups and their constants as the engine takes them."""
    return setup.resolve(measured), setup.bind(setup.constants(), measured["stack"])


def each(columns, change):
    """``columns`` with every one of them changed."""
    return [
        SimpleNamespace(**{name: change(column) for name, column in vars(item).items()})
        for item in columns
    ]


def pieces(columns, size):
    return [each(columns, itemgetter(slice(at, at + size))) for at in range(0, SETUPS, size)]


class Counted(np.ndarray):
    """An array that notes what is done with it: the function, and which inputs are numbers."""

    done: ClassVar[list] = []

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return self.note(getattr(ufunc, method), ufunc, inputs, options)

    def __array_function__(self, function, types, inputs, options):
        return self.note(function, function, inputs, options)

    @classmethod
    def note(cls, call, function, inputs, options):
        inputs = [np.asarray(item) for item in inputs]
        cls.done.append((function, [item.item() if item.ndim == 0 else None for item in inputs]))
        return np.asarray(call(*inputs, **options)).view(cls)


@pytest.fixture(scope="module")
def operations(columns):
    """Every NumPy call of the chain, with its inputs from a few arrays that stay in the cache."""
    Counted.done.clear()
    chain(*each(pieces(columns, PIECE)[0], methodcaller("view", Counted)))
    chance = np.random.default_rng(1)
    arrays = [chance.uniform(0.5, 2, PIECE) for _ in range(2)]
    truth = arrays[0] > 1
    number, verdict = np.empty(PIECE), np.empty(PIECE, bool)
    found = []
    for function, given in Counted.done:
        if function is np.where:
            found.append((function, (truth, *arrays), {}))
            continue
        inputs = [
            array if number_given is None else number_given
            for number_given, array in zip(given, arrays, strict=False)
        ]
        is_verdict = function in (np.greater, np.less)
        found.append((function, inputs, {"out": verdict if is_verdict else number}))
    return found


@pytest.mark.parametrize("size", [PIECE, SETUPS])
def test_chain(benchmark, columns, size):
    """A round is the next piece: as short as a round of the others, so as rarely disturbed."""
    parts = cycle(pieces(columns, size))
    with np.errstate(all="ignore"):
        benchmark(lambda: chain(*next(parts)))
    benchmark.extra_info["evaluations"] = size


def test_numpy_alone(benchmark, operations):
    """As many operations of the same kinds, without the model and without new memory."""

    def run():
        for function, inputs, options in operations:
            function(*inputs, **options)

    benchmark(run)
    benchmark.extra_info["evaluations"] = PIECE


def test_predict(benchmark, tmp_path):
    """A million rows of text, from file to file."""
    chance = np.random.default_rng(1)
    models = ("llama-3.1-8b", "llama-3.1-70b", "qwen3-32b", "gpt-oss-120b")
    table = {
        "model": chance.choice(models, ROWS),
        "accelerator": chance.choice(("H100", "H200", "B200"), ROWS),
        "accelerators": 8,
        "precision": chance.choice(("bf16", "fp8"), ROWS),
        "input_tokens": chance.integers(100, 4000, ROWS),
        "output_tokens": chance.integers(100, 2000, ROWS),
        "concurrency": chance.integers(8, 60, ROWS),
    }
    pd.DataFrame(table).to_csv(tmp_path / "points.csv", index=False)
    given = tmp_path / "points.csv", {}, None, tmp_path / "predicted.csv"
    benchmark.pedantic(predict.command, given, rounds=2)
    benchmark.extra_info["evaluations"] = ROWS
