"""predict: a row out for each row in, or a line that says what is wrong with it."""

import time

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from inference_economics import cli, layout, predict, setups
from inference_economics.model import setup
from inference_economics.model.architecture import architectures
from inference_economics.tables import InputError, wide

GOOD = {
    "model": "llama-3.1-70b",
    "accelerator": "H100",
    "accelerators": "4",
    "precision": "fp8",
    "input_tokens": "1000",
    "output_tokens": "500",
    "concurrency": "32",
}
NUMBERS = list(predict.OUTPUTS[:-1])


def table(*rows, **options) -> pd.DataFrame:
    frame = pd.DataFrame([GOOD | row for row in rows], dtype=str).fillna("")
    frame.index += 2
    return predict.table(frame, "points.csv", **options)


def run(*arguments):
    return CliRunner().invoke(cli.main, ["predict", *map(str, arguments)])


def options(row: dict) -> list[str]:
    return [
        word for name, text in row.items() for word in (f"--{name.replace('_', '-')}", text) if text
    ]


def test_rows_keep_their_order_and_other_columns_pass_through(tmp_path):
    path = tmp_path / "points.csv"
    rows = [GOOD | {"id": f"p{i}", "note": "a, b", "concurrency": str(1 + i)} for i in range(50)]
    pd.DataFrame(rows).to_csv(path, index=False)
    result = run(path, "--output", tmp_path / "out.csv")
    assert result.exit_code == 0, result.output
    found = pd.read_csv(tmp_path / "out.csv")
    assert list(found) == [*rows[0], *predict.OUTPUTS]
    assert found["id"].tolist() == [row["id"] for row in rows]
    assert (found["note"] == "a, b").all()
    assert found["tpot_s"].is_monotonic_increasing
    assert (found["measured"].iloc[1:] == "yes").all()


def test_one_set_up_by_options():
    result = run(*options(GOOD))
    assert result.exit_code == 0
    header, row = result.output.splitlines()
    found = dict(zip(header.split(","), row.split(","), strict=True))
    assert 0.01 < float(found["tpot_s"]) < 0.03
    cost = 4 * 2 / 3600 / float(found["output_tokens_per_s"]) * 1e6
    assert float(found["usd_per_million_output_tokens"]) == pytest.approx(cost, rel=1e-4)


def test_an_open_concurrency_is_what_memory_holds():
    found = table({"concurrency": ""}, {"concurrency": "max load"}, {"concurrency": "64"})
    assert found["output_tokens_per_s"].iloc[0] == found["output_tokens_per_s"].iloc[1]
    assert found["output_tokens_per_s"].iloc[0] > found["output_tokens_per_s"].iloc[2]
    assert found["tpot_s"].iloc[0] > found["tpot_s"].iloc[2]


def test_more_requests_than_fit_wait():
    few, many = table({"concurrency": "5000"}, {"concurrency": "50000"})["tpot_s"]
    assert few == many
    assert table({"concurrency": "50000"})["measured"].item().startswith("no: more requests")


def test_a_rental_that_is_not_known_leaves_only_the_cost_open():
    row = {"accelerator": "L40S", "model": "llama-3.1-8b", "accelerators": "1"}
    found = table(row)
    assert found["usd_per_million_output_tokens"].isna().all()
    assert (found[[name for name in NUMBERS if not name.startswith("usd")]] > 0).all(axis=None)
    told = run(*options(GOOD | row))
    assert told.exit_code == 0
    assert "no rental price of L40S" in told.stderr
    assert table(row, usd_per_hour=1.0)["usd_per_million_output_tokens"].item() > 0


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"model": "llama-3.1-70"}, "column model: no model 'llama-3.1-70'; did you mean 'llama"),
        ({"accelerator": "H1OO"}, "column accelerator: no accelerator 'H1OO'; did you mean 'H"),
        ({"accelerator": "M2 Ultra"}, "column accelerator: .*power of M2 Ultra is not known"),
        ({"accelerator": "T4", "model": "llama-3.1-8b"}, "link_bandwidth of T4 is not known"),
        ({"precision": "fp88"}, "column precision: no precision 'fp88'; did you mean 'fp8'"),
        ({"precision": "int8", "accelerator": "RTX 5090"}, "int8 of RTX 5090 is not known"),
        ({"accelerators": "0"}, "column accelerators: '0' must be from 1"),
        ({"accelerators": "2.5"}, "column accelerators: '2.5' must be a whole number"),
        ({"accelerators": ""}, "column accelerators: is empty"),
        ({"input_tokens": "-5"}, "column input_tokens: '-5' must be from 1"),
        ({"input_tokens": "nan"}, "column input_tokens: 'nan' must be a number"),
        ({"input_tokens": "inf"}, "column input_tokens: 'inf' must be a number"),
        ({"output_tokens": "0"}, "column output_tokens: '0' must be from 1"),
        ({"output_tokens": "many"}, "column output_tokens: 'many' must be a number"),
        ({"output_tokens": "1e300"}, "column output_tokens: '1e300' must be from 1"),
        ({"concurrency": "0.5"}, "column concurrency: '0.5' must be from 1"),
        ({"concurrency": "lots"}, "column concurrency: 'lots' must be a number"),
        ({"model": "llama-3.1-405b"}, "column accelerators: llama-3.1-405b at fp8 does not fit"),
        ({"input_tokens": "9e8"}, "holds no request of 9.000005e.08 tokens|holds no request"),
        ({"parallelism": "TP8"}, "column parallelism: 'TP8' needs 8 accelerators"),
        ({"parallelism": "PP4"}, "column parallelism: can't read 'PP4'"),
        ({"parallelism": "tq=4"}, "column parallelism: can't read 'tq=4': 'tq=4'; did you mean"),
        ({"parallelism": "tp=4 adp=1 moe_tp=8 moe_ep=8"}, "does not add up"),
        ({"parallelism": "tp=3", "accelerators": "3"}, "64 attention heads .8 of keys and val"),
        ({"parallelism": "tp=8 adp=2", "accelerators": "8"}, "needs 16 accelerators"),
        ({"parallelism": "DEP4"}, "'DEP4' spreads experts .* llama-3.1-70b has none"),
        (
            {"model": "kimi-k2", "precision": "fp4", "parallelism": "DEP9", "accelerators": "9"},
            "kimi-k2's 384 experts can't be spread over 9 accelerators",
        ),
        ({"model": ""}, "column model: is empty"),
        ({"precision": " "}, "column precision: is empty"),
        ({"accelerator": "A100"}, "no accelerator 'A100'; did you mean 'A100-40GB' or 'A100-80GB'"),
        ({"stack": "vlm"}, "column stack: no stack 'vlm'; did you mean 'vllm'"),
        ({"accelerators": "64", "concurrency": "2"}, "less than a request for each of 8 copies"),
    ],
)
def test_what_cannot_be_computed_is_refused(row, message):
    with pytest.raises(InputError, match=message) as told:
        table({}, GOOD | row)
    assert str(told.value).startswith("points.csv: row 3, column ")
    assert "\n" not in str(told.value)
    told = run(*options(GOOD | row))
    assert told.exit_code == 2
    assert len(told.stderr.splitlines()) <= 2


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        ({}, "yes"),
        ({"model": "llama-3.3-70b"}, "yes"),
        ({"model": "llama-3-8b", "accelerators": "1"}, "no: model"),
        ({"accelerator": "A100-80GB"}, "no: model on this accelerator"),
        ({"precision": "int8"}, "no: precision"),
        ({"accelerators": "8"}, "no: layout of one copy"),
        ({"parallelism": "tp=2"}, "yes"),
        ({"parallelism": "tp=2 adp=2"}, "no: layout of one copy"),
        ({"stack": "sglang"}, "no: software on this accelerator"),
        ({"input_tokens": "60000", "concurrency": "4"}, "no: lengths like these"),
        ({"input_tokens": "3000", "output_tokens": "3000"}, "no: lengths like these"),
        ({"input_tokens": "10000", "concurrency": "64"}, "yes"),
        ({"input_tokens": "20000", "output_tokens": "2000"}, "no: lengths like these"),
        ({"concurrency": "1"}, "no: so few or so many requests at once"),
        ({"concurrency": "200"}, "no: so few or so many requests at once"),
        ({"input_tokens": "200000"}, "no: longer than the model's context"),
        (
            {"concurrency": "4000", "input_tokens": "9", "output_tokens": "9"},
            "no: lengths like these",
        ),
    ],
)
def test_what_lies_outside_of_the_measurements_says_so(row, verdict):
    """Llama 3.3 has the shape of Llama 3.1, which is what counts."""
    assert table(row)["measured"].item().startswith(verdict)


@pytest.mark.parametrize("price", ["0", "-1", "nan", "inf"])
def test_a_rental_that_is_no_price(price):
    told = run(*options(GOOD), "--usd-per-hour", price)
    assert told.exit_code == 2
    assert "USD/h is no price" in told.stderr


def test_a_version_that_was_not_measured_is_named():
    """With those that were; the numbers are those of its kind."""
    told, usual = (run(*options(GOOD), "--stack", name) for name in ("vllm 0.1", "vllm"))
    assert told.exit_code == 0
    assert "'vllm 0.1' was not measured, and is computed as 'vllm'" in told.stderr
    assert "vllm 0.15.1, " in told.stderr
    assert told.stdout == usual.stdout.replace(",vllm,", ",vllm 0.1,")
    assert not run(*options(GOOD), "--stack", "vllm 0.18.0").stderr


def test_a_long_table_in_pieces(tmp_path, monkeypatch):
    """The pieces between two movements of the progress bar don't show in the result."""
    path = tmp_path / "points.csv"
    pd.DataFrame([GOOD | {"concurrency": str(1 + i)} for i in range(10)]).to_csv(path, index=False)
    whole = run(path).stdout
    monkeypatch.setattr(predict, "PIECE", 3)
    assert run(path).stdout == whole
    path.write_text(path.read_text() + ",".join((GOOD | {"model": "x"}).values()) + "\n")
    assert "row 12, column model" in run(path).stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not a readable CSV table"),
        ("model,accelerator\nllama,H100\n", "column 'accelerators' is missing"),
        ("model;accelerator\nllama;H100\n", "separated by semicolons; use commas"),
        ("model\taccelerator\nllama\tH100\n", "separated by tabs; use commas"),
        ("model,model\na,b\n", "column 'model' is there twice"),
        (",".join(GOOD) + ",tpot_s\n" + ",".join(GOOD.values()) + ",1\n", "would be overwritten"),
        (",".join(GOOD) + "\n" + ",".join(GOOD.values()) + ",1,2\n", "more cells than|readable"),
        (b"\xff\xfe\x00", "not a readable CSV table"),
    ],
)
def test_files_that_are_no_table(tmp_path, content, message):
    path = tmp_path / "points.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=message):
        predict.table(setups.read(path), str(path))
    assert run(path).exit_code == 2


def test_files_that_are_not_there(tmp_path):
    assert "no such file" in run(tmp_path / "none.csv").stderr
    assert "can't be read" in run(tmp_path).stderr
    assert run().exit_code == 2
    assert "not both" in run("points.csv", "--model", "x").stderr
    assert "--accelerator is missing" in run("--model", "llama-3.1-8b").stderr
    wrong = run(*options(GOOD), "--output", tmp_path / "no" / "out.csv")
    assert wrong.exit_code == 2


def test_rows_are_numbered_as_an_editor_shows_them(tmp_path):
    path = tmp_path / "points.csv"
    lines = [",".join(GOOD), ",".join(GOOD.values()), "", ",".join(GOOD.values())]
    path.write_text("\n".join([*lines, lines[1].replace("H100", "H10")]) + "\n\n")
    assert "row 5, column accelerator" in run(path).stderr
    path.write_text("\n".join(lines) + "\n\n")
    assert len(run(path).output.splitlines()) == 3


def test_a_table_without_rows(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text(",".join(GOOD) + "\n")
    assert run(path).output.strip() == ",".join([*GOOD, *predict.OUTPUTS])


CELLS = {
    "model": st.sampled_from([*architectures().index, "gpt-5", ""]) | st.text(max_size=8),
    "accelerator": st.sampled_from([*wide("accelerators").index, ""]) | st.text(max_size=8),
    "precision": st.sampled_from([*setup.PRECISION, "FP8"]),
    "parallelism": st.sampled_from(["", "TP4", "DEP8", "tp=4 adp=1 moe_tp=2 moe_ep=2", "tp=0"])
    | st.text(max_size=12),
    "stack": st.sampled_from(["", "vllm 0.18.0", "sglang", "trtllm 1.2.0rc6"])
    | st.text(max_size=8),
}
NUMBER = (
    st.integers(-1, 10**4).map(str)
    | st.floats(allow_nan=True).map(str)
    | st.sampled_from(["", "1e5", "0x10", "1_000", "１２", "٣", "1,000"])
)


@settings(max_examples=400, deadline=None)
@given(
    st.fixed_dictionaries({}, optional=CELLS | dict.fromkeys(setups.COUNTS, NUMBER)),
    st.sampled_from(["llama-3.1-8b", "deepseek-r1", "gpt-oss-120b"]),
)
def test_any_cell_gives_numbers_or_a_line(changes, model):
    """Never a traceback, never a 0 or a blank where a number should be."""
    refused = None
    try:
        found = table({"model": model} | changes, usd_per_hour=2.0)
    except InputError as error:
        refused = str(error)
    if refused:
        assert refused.startswith("points.csv: row 2, column ")
        return
    assert np.isfinite(found[NUMBERS].to_numpy(float)).all()
    assert (found[NUMBERS] > 0).all(axis=None)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_file_is_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "points.csv"
    path.write_bytes(content)
    with pytest.raises(InputError):
        predict.table(setups.read(path), str(path))


def test_every_model_runs_on_a_large_machine():
    """Each model whose configuration is known gives numbers; the others are refused by name."""
    for model in architectures().index:
        found = table({"model": model, "accelerator": "GB300", "accelerators": "8"})
        assert (found[NUMBERS] > 0).all(axis=None)


def test_many_rows_take_little_time(tmp_path):
    """A million rows take a few seconds; a tenth of them here."""
    rng = np.random.default_rng(1)
    rows = pd.DataFrame([GOOD] * 100_000)
    rows["concurrency"] = rng.integers(1, 256, len(rows)).astype(str)
    start = time.perf_counter()
    found = predict.table(rows, "points.csv")
    assert time.perf_counter() - start < 5
    assert len(found) == 100_000


@pytest.mark.parametrize(
    ("written", "accelerator", "meant"),
    [
        ("", "B200", "vllm-0.15"),
        ("", "MI300X", "vllm-rocm"),
        ("vllm", "H100", "vllm"),
        ("vllm 0.11.2", "H100", "vllm"),
        ("vllm 0.18.0", "H100", "vllm-0.15"),
        ("vllm", "MI300X", "vllm-rocm"),
        ("trtllm 1.2.0rc6.post3", "B200", "trtllm"),
        ("sglang 0.5.9", "B200", "sglang"),
        ("vllm-2023", "A100-80GB", "vllm-2023"),
        ("MLPerf Inference v5.1 closed/datacenter, AMD", "MI300X", "vllm-rocm"),
        ("MLPerf Inference v5.1 closed/datacenter, NVIDIA", "B200", "trtllm"),
    ],
)
def test_stacks_as_people_write_them(written, accelerator, meant):
    assert layout.stack(written, accelerator, list(setup.constants().index)) == meant
