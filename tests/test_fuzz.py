"""Thousands of odd inputs: each is refused in a line or two, or taken for what it says."""

import csv
import io
import math
import re
from contextlib import suppress

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inference_economics import cli, measurements, schemas, tables
from inference_economics.tables import InputError

NUMBERS = "nan NaN inf -inf 1e999 -1 0 １２ 1_000 0x10 1,5 --1 1e ∞ 1;2 true None"
TEXTS = """abc =1+1 <script> ' " {{7*7}} ../../etc/passwd __import__('os').system('false')"""
ODD = st.one_of(
    st.sampled_from(["", " ", "1 000", "\x00", "9" * 400, *NUMBERS.split(), *TEXTS.split()]),
    st.text(max_size=12),
)
PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
SCHEMAS = schemas.SCHEMAS | measurements.SCHEMAS
ROWS = 12  # of each table, so that a case takes milliseconds
QUICK = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


def rows_of(name: str) -> list[list[str]]:
    with (tables.DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[: ROWS + 1]


def written(rows: list[list[str]]) -> str:
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue()


@pytest.mark.parametrize("name", SCHEMAS)
@settings(QUICK, max_examples=40)
@given(data=st.data())
def test_a_table_with_an_odd_cell(name, data, tmp_path):
    rows = rows_of(name)
    row = data.draw(st.integers(1, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    cell = rows[row][column] = data.draw(ODD)
    path = tmp_path / "table.csv"
    path.write_text(written(rows), encoding="utf-8")
    try:
        table = tables.read(path, SCHEMAS[name])
    except InputError as error:
        said = str(error)
    else:
        said = ""
        numbers = table.select_dtypes(float)
        assert numbers.map(math.isfinite).all(axis=None)
        if rows[0][column] in numbers:
            assert PLAIN.fullmatch(cell.strip()), f"{cell!r} was taken for a number"
    assert len(said.splitlines()) <= 2
    assert not said or said.startswith(str(path))


HEADER = ["model", "accelerator", "accelerators", "precision"]
HEADER += ["input_tokens", "output_tokens", "concurrency"]
ROW = ["llama-3.1-8b", "H100", "1", "fp8", "500", "200", "8"]


def predicted(path) -> tuple[int, str]:
    done = CliRunner().invoke(cli.main, ["predict", str(path)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@settings(QUICK, max_examples=400)
@given(st.dictionaries(st.integers(0, len(ROW) - 1), ODD, min_size=1, max_size=2))
def test_predict_with_odd_cells(tmp_path, odd):
    row = [odd.get(place, cell) for place, cell in enumerate(ROW)]
    path = tmp_path / "points.csv"
    path.write_text(written([HEADER, row]), encoding="utf-8")
    code, said = predicted(path)
    if code:
        assert code == 1
        assert said.startswith("Error: ")
        assert len(said.splitlines()) <= 2
        return
    lines = [line for line in said.splitlines() if not line.startswith("Note: ")]
    found = list(csv.DictReader(lines))
    for each in found:
        for name in ("tpot_s", "ttft_s", "output_tokens_per_s", "joules_per_output_token"):
            assert 0 < float(each[name]) < math.inf
    for place in (2, 4, 5):
        assert PLAIN.fullmatch(row[place].strip()), f"{row[place]!r} was taken for a number"


@settings(QUICK, max_examples=400)
@given(st.binary(max_size=300), st.integers(0, 120))
def test_predict_with_odd_bytes(tmp_path, noise, place):
    whole = written([HEADER, ROW]).encode()
    path = tmp_path / "points.csv"
    path.write_bytes(whole[:place] + noise + whole[place:])
    code, said = predicted(path)
    assert code in (0, 1)
    assert code == 0 or said.startswith("Error: ")


@settings(QUICK, max_examples=200)
@given(st.binary(max_size=300))
def test_a_table_of_odd_bytes(tmp_path, noise):
    path = tmp_path / "table.csv"
    path.write_bytes(noise)
    with suppress(InputError):
        tables.read(path, SCHEMAS["accelerators"])
        pytest.fail("was taken for a table")
