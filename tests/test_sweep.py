"""Sweeps: rows equal to one world at a time, files that are wrong, and what survives a death."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import numpy as np
import pandas as pd
import psutil
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from inference_economics import (
    assumptions,
    claims,
    cli,
    grid,
    scenarios,
    sweep,
    uncertainty,
    workers,
)
from inference_economics.headlines import HEADLINES
from inference_economics.tables import InputError

from .cluster import within_this_process

KNOWN = assumptions.known()
SMALL = """title: Small
scenario: search_engine
rates: {EUR: 1.25}
grid:
  electricity_price: [90 USD/MWh, 0.20 EUR/kWh]
  utilisation: {from: 20 %, to: 80 %, steps: 3}
  rental: {from: 1, to: 9, steps: 3, scale: log}
"""
PIECES = 4
LARGE = f"grid: {{rental: {{from: 1, to: 9, steps: {PIECES * grid.PIECE - 7}}}}}\n"


def file(folder, text: str):
    path = folder / "grid.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def run(*arguments):
    found = CliRunner().invoke(cli.main, ["sweep", "--quiet", *map(str, arguments)])
    assert "Traceback" not in found.output
    return found


def command(*arguments) -> subprocess.Popen:
    words = [sys.executable, "-m", "inference_economics.cli", "sweep", "--quiet", "--jobs", "2"]
    return subprocess.Popen([*words, *map(str, arguments)])


def pieces(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("part-*.parquet")}


def wait_for_a_piece(folder) -> None:
    wait_until(lambda: pieces(folder))


def wait_until(true) -> None:
    deadline = time.monotonic() + 120
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def threads(monkeypatch):
    """Pieces are computed in this process, so that a test can change how."""

    @contextmanager
    def open_threads(jobs):
        with ThreadPoolExecutor(jobs) as pool:
            yield pool, lambda: jobs

    monkeypatch.setattr(workers, "processes", open_threads)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A sweep of several pieces: its file, and the pieces that no accident befell."""
    folder = tmp_path_factory.mktemp("large")
    path = file(folder, LARGE)
    assert run(path, "--output", folder / "out").exit_code == 0
    found = pieces(folder / "out")
    assert len(found) == PIECES
    return path, found


def one_by_one(values: dict) -> dict:
    """What a row must hold, from plain numbers."""
    given = assumptions.in_base_units({name: float(value) for name, value in values.items()})
    with np.errstate(all="ignore"):
        numbers = {name: float(each.of(given)) for name, each in HEADLINES.items()}
        return numbers | {name: str(test(given)) for name, test in claims.tests.items()}


def assert_same(row: pd.Series, expected: dict) -> None:
    for name, value in expected.items():
        close = value if isinstance(value, str) else pytest.approx(value, rel=1e-9, nan_ok=True)
        assert row[name] == close, name


def test_a_grid_is_the_same_as_one_world_at_a_time(tmp_path):
    """Through the processes of the command; values, order and units written out here."""
    assert run(file(tmp_path, SMALL), "--output", tmp_path / "out").exit_code == 0
    table = pd.read_parquet(tmp_path / "out")
    product = [(e, u, r) for e in (0.09, 0.25) for u in (0.2, 0.5, 0.8) for r in (1, 3, 9)]
    varied = ["electricity_price", "utilisation", "rental"]
    np.testing.assert_allclose(table[varied], product, rtol=1e-12)
    base = KNOWN["value"].to_dict() | scenarios.load("search_engine").overrides
    assert list(table) == [*varied, *HEADLINES, *sorted(claims.tests)]
    for (_, row), values in zip(table.iterrows(), product, strict=True):
        assert_same(row, one_by_one(base | dict(zip(varied, values, strict=True))))


def test_the_folder_says_what_its_columns_are(tmp_path, threads):
    run(file(tmp_path, SMALL), "--output", tmp_path / "out")
    about = json.loads((tmp_path / "out" / sweep.ABOUT).read_text(encoding="utf-8"))
    assert (about["title"], about["rows"], about["pieces"]) == ("Small", 18, 1)
    assert about["grid"]["electricity_price"] == [0.09, 0.25]
    columns = {each["name"]: each for each in about["columns"]}
    assert list(columns) == pq.read_schema(tmp_path / "out" / "part-00000.parquet").names
    assert columns["electricity_price"]["unit"] == "USD/kWh"
    assert columns["owned_hour"]["unit"] == "USD/h"
    assert columns["C048"]["kind"] == "verdict"


def test_a_sample_is_that_of_uncertainty(tmp_path, threads):
    count = grid.PIECE + 5
    text = f"scenario: search_engine\nsample: {{count: {count}, seed: 7}}\n"
    asked = grid.read(file(tmp_path, text))
    first, second = (pd.DataFrame(asked.varied.piece(number)) for number in range(asked.pieces))
    assert (len(first), len(second)) == (grid.PIECE, 5)
    drawn = uncertainty.worlds(grid.PIECE, asked.scenario.overrides, 7)
    base = assumptions.in_base_units({name: first[name].to_numpy() for name in first})
    for name, values in vars(base).items():
        assert np.array_equal(values, getattr(drawn, name)), name
    assert set(first) == set(KNOWN.index) - set(asked.scenario.overrides)
    assert not np.isin(second["rental"], first["rental"]).any()
    low, high = KNOWN.low[second.columns], KNOWN.high[second.columns]
    assert (second.ge(low * (1 - 1e-9)) & second.le(high * (1 + 1e-9))).all(axis=None)
    other = grid.read(file(tmp_path, text.replace("7", "8")))
    assert not np.array_equal(other.varied.piece(1)["rental"], second["rental"])


def test_a_sample_of_named_assumptions_leaves_the_others(tmp_path, threads):
    names = ["utilisation", "rental"]  # as in the table, whatever the file's order
    path = file(tmp_path, f"sample: {{count: 20, assumptions: [{', '.join(reversed(names))}]}}\n")
    assert run(path, "--output", tmp_path / "out").exit_code == 0
    table = pd.read_parquet(tmp_path / "out")
    assert list(table)[: len(names) + 1] == [*names, next(iter(HEADLINES))]
    for _, row in table.iterrows():
        assert_same(row, one_by_one(KNOWN["value"].to_dict() | row[names].to_dict()))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ["must hold 'grid:' or 'sample:'"]),
        ("- a\n", ["must hold 'grid:' or 'sample:'"]),
        ("grids: {}\n", ["must hold 'grid:' or 'sample:'; did you mean 'grid'?"]),
        (
            "grid: {pue: [1.1]}\nsample: {count: 2}\n",
            ["holds 'grid' and 'sample'; it must hold one"],
        ),
        ("grid: {pue: [1.1]}\ntitel: x\n", ["unknown key 'titel'; did you mean 'title'?"]),
        ("title: [a]\ngrid: {pue: [1.1]}\n", ["title is ['a']; it must be text"]),
        ("scenario: serch_engine\ngrid: {pue: [1.1]}\n", ["scenario: no scenario 'serch_engine'"]),
        ("grid: {}\n", ["grid must hold lines 'assumption: [value, value]'"]),
        ("grid: [pue]\n", ["grid must hold lines 'assumption: [value, value]'"]),
        ("grid: {pu: [1.1]}\n", ["grid: unknown assumption 'pu'; did you mean 'pue'"]),
        ("grid: {pue: 1.1}\n", ["grid: pue must be a list of values, or have from, to and steps"]),
        ("grid: {pue: []}\n", ["grid: pue must be a list of values, or have from, to and steps"]),
        ("grid: {pue: [[1.1]]}\n", ["grid: pue is ['1.1']; it must be a number"]),
        ("grid: {pue: [1.1, 11e-1]}\n", ["grid: pue has 11e-1 twice"]),
        (
            "grid: {pue: [x, 0.5], electricity_price: [1 USD/km]}\n",
            ["grid: pue is 'x'; it must", "grid: pue is 0.5; it must", "'1 USD/km': "],
        ),
        ("grid: {pue: [1.1], pue: [1.2]}\n", ["key 'pue' is given twice"]),
        ("grid: {pue: [1.1\n", ["not valid YAML"]),
        (
            "grid: {pue: {from: 1.1, step: 3}}\n",
            ["unknown key 'step'", "no 'to'", "steps is missing"],
        ),
        ("grid: {pue: {from: 1, to: 2, steps: 1}}\n", ["steps is '1'; it must be a whole number"]),
        ("grid: {pue: {from: 1, to: 2, steps: 2.5}}\n", ["steps is '2.5'; it must be a whole"]),
        ("grid: {pue: {from: 1, to: 2, steps: 1e7}}\n", ["steps is '1e7'; it must be a whole"]),
        ("grid: {pue: {from: 1, to: 1, steps: 2}}\n", ["grid: pue: from and to are the same"]),
        ("grid: {pue: {from: 1, to: 2, steps: 2, scale: ln}}\n", ["scale is 'ln'; it must be"]),
        ("grid: {pue: {from: a, to: 2, steps: 2}}\n", ["grid: from: pue is 'a'; it must"]),
        (
            "grid: {own_training: {from: 0, to: 1, steps: 2, scale: log}}\n",
            ["from and to must be above 0 for a logarithmic scale"],
        ),
        (
            "grid: {pue: {from: 1, to: 2, steps: 1e5}, rental: {from: 1, to: 2, steps: 1001}}\n",
            ["asks for 100,100,000 rows; 100,000,000 are the most"],
        ),
        ("sample: 5\n", ["sample must hold 'count:', and may hold 'seed:' and 'assumptions:'"]),
        ("sample: {}\n", ["count is missing; it must be a whole number from 1 to 100,000,000"]),
        ("sample: {count: 1e9}\n", ["count is '1e9'; it must be a whole number from 1 to"]),
        ("sample: {count: 5, seed: -1}\n", ["seed is '-1'; it must be a whole number from 0"]),
        ("sample: {count: 5, sed: 1}\n", ["unknown key 'sed'; did you mean 'seed'?"]),
        ("sample: {count: 5, assumptions: pue}\n", ["assumptions must be a list of names"]),
        ("sample: {count: 5, assumptions: [[a]]}\n", ["unknown assumption ['a']"]),
        (
            "sample: {count: 5, assumptions: [pu]}\n",
            ["unknown assumption 'pu'; did you mean 'pue'"],
        ),
        ("sample: {count: 5, assumptions: [pue, pue]}\n", ["pue is named twice"]),
        (
            "scenario: expensive_power\nsample: {count: 5, assumptions: [electricity_price]}\n",
            ["electricity_price can't be drawn, since the scenario sets it"],
        ),
    ],
)
def test_a_bad_file_is_told_in_a_line_for_each_problem(tmp_path, text, lines):
    path = file(tmp_path, text)
    found = run(path, "--output", tmp_path / "out")
    assert found.exit_code == 1
    said = found.output.strip().splitlines()
    assert len(said) == len(lines)
    for line, expected in zip(said, lines, strict=True):
        assert str(path) in line
        assert expected in line
    assert not (tmp_path / "out").exists()


def test_the_scenario_may_be_a_file_beside_the_grid(tmp_path):
    (tmp_path / "mine.yaml").write_text("assumptions: {rental: 3}\n", encoding="utf-8")
    asked = grid.read(file(tmp_path, "scenario: mine.yaml\ngrid: {pue: [1.1, 1.2]}\n"))
    assert asked.scenario.overrides == {"rental": 3.0}


def test_only_what_is_missing_or_cut_short_is_computed_again(large, tmp_path, threads):
    path, whole = large
    out = tmp_path / "out"
    out.mkdir()
    folder = sweep.Folder(out, grid.read(path))
    folder.open()
    for name in ("part-00000.parquet", "part-00001.parquet"):
        (out / name).write_bytes(whole[name])
    (out / "part-00002.parquet").write_bytes(whole["part-00002.parquet"][:-100])
    (out / ".part-00003.parquet.1.tmp").write_bytes(b"begun")
    kept = (out / "part-00000.parquet").stat().st_mtime_ns
    report = json.loads(run(path, "--output", out, "--json").output)
    assert (report["kept"], report["computed"], report["failed"]) == (2, 2, [])
    assert pieces(out) == whole
    assert (out / "part-00000.parquet").stat().st_mtime_ns == kept
    assert len(list(out.iterdir())) == PIECES + 1


@pytest.mark.skipif(sys.platform == "win32", reason="a folder can't be held there")
def test_two_sweeps_at_once_in_one_folder(tmp_path):
    """The second is refused as long as the first lives, and no longer than that."""
    path, out = file(tmp_path, LARGE), tmp_path / "out"
    first = command(path, "--output", out)
    wait_until((out / sweep.ABOUT).exists)
    first.send_signal(signal.SIGSTOP)  # or else it might end first
    found = run(path, "--output", out)
    assert found.exit_code == 1
    assert "out: another sweep is writing here" in found.output
    first.kill()
    first.wait()
    with sweep.Folder(out, grid.read(path)).held():
        pass


@pytest.mark.parametrize(
    "other", [SMALL.replace("20 %", "21 %"), SMALL.replace("search_engine", "frontier_lab")]
)
def test_a_folder_of_another_sweep_is_refused(tmp_path, threads, other):
    out = tmp_path / "out"
    run(file(tmp_path, SMALL), "--output", out)
    before = pieces(out)
    assert run(file(tmp_path, SMALL.replace("Small", "Renamed")), "--output", out).exit_code == 0
    found = run(file(tmp_path, other), "--output", out)
    assert found.exit_code == 1
    assert "out: holds a sweep of other values" in found.output
    assert pieces(out) == before


def test_a_sweep_by_another_library_is_refused(tmp_path, threads, monkeypatch):
    run(file(tmp_path, SMALL), "--output", tmp_path / "out")
    monkeypatch.setattr(sweep, "library", lambda: "another")
    found = run(file(tmp_path, SMALL), "--output", tmp_path / "out")
    assert "or by another version" in found.output
    with pytest.raises(InputError, match="a worker has another version"):
        sweep.piece(grid.read(tmp_path / "grid.yaml"), 0, "yet another")


def test_a_folder_of_something_else_is_refused(tmp_path):
    path = file(tmp_path, SMALL)
    found = run(path, "--output", tmp_path)
    assert found.exit_code == 1
    assert "is neither empty nor a sweep's" in found.output
    assert run(path, "--output", path).exit_code == 1
    (tmp_path / sweep.ABOUT).write_text("[1]", encoding="utf-8")
    assert "holds a sweep of other values" in run(path, "--output", tmp_path).output


def test_a_piece_that_fails_is_told_and_the_others_finish(large, tmp_path, threads, monkeypatch):
    path, whole = large
    table = sweep.table

    def fails(asked, number):
        if number == 1:
            raise ValueError("no such\nworld")
        return table(asked, number)

    monkeypatch.setattr(sweep, "table", fails)
    found = run(path, "--output", tmp_path / "out")
    assert found.exit_code == 1
    rows = f"rows {grid.PIECE:,} to {2 * grid.PIECE - 1:,}"
    assert f"Error: {rows} are missing: ValueError: no such world\n" in found.output
    assert pieces(tmp_path / "out").keys() == whole.keys() - {"part-00001.parquet"}
    monkeypatch.setattr(sweep, "table", table)
    assert run(path, "--output", tmp_path / "out").exit_code == 0
    assert pieces(tmp_path / "out") == whole


def deadly(asked, number, wanted):
    """In place of a piece: the second one takes its worker with it."""
    if number == 1:
        os._exit(9)
    return b"done"


def test_a_piece_that_kills_its_workers_is_given_up_and_no_other(large, monkeypatch):
    monkeypatch.setattr(sweep, "piece", deadly)
    asked = grid.read(large[0])
    found = dict(sweep.run(asked, [0, 1, 2, 3], partial(workers.processes, 2)))
    assert str(found.pop(1)) == f"its worker died {workers.TRIES} times"
    assert found == {0: b"done", 2: b"done", 3: b"done"}


def test_no_more_pieces_are_under_way_than_workers_ask_for(large, monkeypatch):
    """So memory does not grow with the rows, even if writing is slower than computing."""
    monkeypatch.setattr(sweep, "piece", lambda asked, number, wanted: b"done")
    submitted, most = [], 3

    class Counting(ThreadPoolExecutor):
        def submit(self, function, *arguments):
            submitted.append(arguments)
            return super().submit(function, *arguments)

    @contextmanager
    def counting():
        with Counting(2) as pool:
            yield pool, lambda: most

    for taken, _ in enumerate(sweep.run(grid.read(large[0]), list(range(100)), counting)):
        assert len(submitted) <= taken + most
    assert len(submitted) == 100


def test_a_killed_worker_costs_no_result(large, tmp_path):
    path, whole = large
    with command(path, "--output", tmp_path / "out") as running:
        wait_for_a_piece(tmp_path / "out")
        children = psutil.Process(running.pid).children()
        next(child for child in children if "spawn_main" in " ".join(child.cmdline())).kill()
        assert running.wait(120) == 0
    assert pieces(tmp_path / "out") == whole


def test_a_killed_command_leaves_no_process_and_goes_on(large, tmp_path):
    path, whole = large
    out = tmp_path / "out"
    with command(path, "--output", out) as running:
        wait_for_a_piece(out)
        children = psutil.Process(running.pid).children(recursive=True)
        running.kill()
    assert not psutil.wait_procs(children, timeout=60)[1]
    kept = {path: path.stat().st_mtime_ns for path in out.glob("part-*")}
    assert 0 < len(kept) < PIECES
    report = json.loads(run(path, "--output", out, "--json").output)
    assert report["kept"] == len(kept)
    assert pieces(out) == whole
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_a_dask_cluster_computes_the_same_bytes(large, tmp_path):
    path, whole = large
    with within_this_process(1, threads_per_worker=2) as cluster:
        found = run(path, "--output", tmp_path / "out", "--scheduler", cluster.scheduler_address)
    assert found.exit_code == 0
    assert pieces(tmp_path / "out") == whole


def test_a_cluster_that_cannot_be_used_is_told(tmp_path, monkeypatch):
    path = file(tmp_path, SMALL)
    monkeypatch.setattr(workers, "PATIENCE", 1)

    def said(address):
        found = run(path, "--output", tmp_path / "out", "--scheduler", address)
        assert found.exit_code == 1
        return found.output

    assert "must be an address such as tcp://host:8786" in said("nonsense:x")
    assert "--scheduler 127.0.0.1:9: no answer" in said("127.0.0.1:9")
    with within_this_process(0) as cluster:
        assert "the cluster has no workers" in said(cluster.scheduler_address)
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "pip install 'inference-economics[dask]'" in said("127.0.0.1:9")
