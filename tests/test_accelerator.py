"""What was measured on an accelerator: the script, its file, a reader's, what is made of it."""

import csv
import subprocess
from contextlib import suppress
from pathlib import Path

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inference_economics import accelerator_runs, cli, tables
from inference_economics.book import run, site, store
from inference_economics.model import accelerator, setup
from inference_economics.model.architecture import architecture
from inference_economics.scenarios import Scenario
from inference_economics.tables import InputError

SCRIPT = site.ROOT / "bench" / "accelerator.py"
TORCH = site.ROOT / ".venv-accelerator" / "bin" / "python"
OURS = tables.DATA / "accelerator_runs.csv"
RUNS = accelerator_runs.table()
CARDS = ["H100", "H200"]


@pytest.fixture(scope="module")
def lines():
    """The first rows of our own file, as cells."""
    with OURS.open(newline="") as file:
        return list(csv.reader(file))[:9]


@pytest.fixture
def yours(tmp_path):
    """A reader's file: our H100, at half its speed and by another name."""
    with OURS.open(newline="") as file:
        header, *rows = csv.reader(file)
    place = {name: index for index, name in enumerate(header)}
    path = tmp_path / "mine.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(header)
        for row in rows:
            if "H100" in row[0]:
                row[0] = "NVIDIA Toaster"
                for name in ("seconds", "seconds_low", "seconds_high"):
                    row[place[name]] = str(2 * float(row[place[name]]))
                table.writerow(row)
    return path


class TestScript:
    def test_it_measures_something_of_everything_on_the_host(self, tmp_path):
        path = tmp_path / "cpu.csv"
        command = [TORCH, SCRIPT, "--device", "cpu", "--window", "0.05", "--output", path]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
        assert "0 left out" in done.stderr
        rows = accelerator_runs.read(path)
        assert set(rows.measurement) == set(accelerator_runs.MEASUREMENTS)
        assert set(rows.device) == {"cpu"}
        work = rows[rows.measurement.isin(["matmul", "attention", "layer", "model"])]
        assert (work.flops > 0).all()
        # A layer's matrices are what a step of it has to read, and its caches.
        layer = work[work.measurement == "layer"].set_index("tokens")
        assert layer.bytes[2] - layer.bytes[1] == 64 * 2 * 8 * 128 * 2
        twice = work[work.measurement == "matmul"].pivot(index="part", columns="tokens")["flops"]
        assert (twice[4] == 4 * twice[1]).all()
        assert subprocess.run(command, capture_output=True, text=True).returncode == 2, (
            "lost a file"
        )

    def test_it_computes_what_a_decoder_computes(self):
        """Attention and products of a layer against the same sums written out."""
        check = f"""
import sys; sys.path.insert(0, {str(SCRIPT.parent)!r})
import torch, accelerator as a
torch.manual_seed(1)
m, n, context = a.MODELS["tiny"], 3, 16
layer = a.Layer(m, "bf16", "cpu")
x, cache = a.random(n, m.width, device="cpu"), a.random(2, n, 8, context, 128, device="cpu")
with torch.inference_mode():
    found = layer(x, cache).float()
    w = {{k: v.weights.float() for k, v in layer.maps.items()}}
    norm = lambda t: t / (t**2).mean(-1, keepdim=True).add(1e-6).sqrt()
    x = x.float()
    qkv = (norm(x) @ w["qkv"].T).view(n, m.heads + 16, 128)
    cos, sin = layer.cos.float()[0, 0], layer.sin.float()[0, 0]
    turn = lambda t: t * cos + torch.cat((-t[..., 64:], t[..., :64]), -1) * sin
    q = turn(qkv[:, :m.heads]).view(n, 8, m.heads // 8, 128)
    keys, values = cache.float()
    assert torch.allclose(keys[:, :, -1], turn(qkv[:, m.heads:m.heads + 8]), atol=0.1)
    share = (q @ keys.transpose(-1, -2) / 128**0.5).softmax(-1)
    x = x + (share @ values).reshape(n, -1) @ w["output"].T
    gate, up = (norm(x) @ w["gate_up"].T).chunk(2, -1)
    wanted = x + (gate * gate.sigmoid() * up) @ w["down"].T
error = ((found - wanted).norm() / wanted.norm()).item()
assert error < 0.02, error
"""
        subprocess.run([TORCH, "-c", check], check=True, timeout=120)

    def test_without_an_accelerator_it_says_so(self, tmp_path):
        path = tmp_path / "none.csv"
        hidden = {"CUDA_VISIBLE_DEVICES": "", "PATH": "/usr/bin"}
        command = [TORCH, SCRIPT, "--output", path]
        done = subprocess.run(command, capture_output=True, text=True, env=hidden)
        assert done.returncode == 2
        assert "no NVIDIA accelerator" in done.stderr
        assert not path.exists()


class TestOurRuns:
    @pytest.mark.parametrize("name", CARDS)
    def test_nothing_is_faster_than_the_data_sheet(self, name):
        sheet, rows = setup.accelerator(name), RUNS[RUNS.name == name]
        rate = rows.flops / rows.seconds
        assert (rate < np.where(rows.precision == "fp8", sheet.fp8, sheet.bf16)).all()
        beyond = rows[rows.measurement.isin(["layer", "model", "matmul"]) & (rows.bytes > 3e8)]
        assert (beyond.bytes / beyond.seconds < sheet.bandwidth).all()
        assert rows.watts.max() < 1.05 * sheet.power

    @pytest.mark.parametrize("model", ["llama-3.1-8b", "llama-3.1-70b"])
    def test_bytes_and_flops_are_those_of_the_model(self, model):
        """The script's own figures against the book's table of architectures."""
        found = architecture(model)
        steps = RUNS[(RUNS.model == model) & (RUNS.measurement == "model")]
        assert len(steps)
        weights = found.attention_parameters + found.dense_parameters
        width = np.where(steps.precision == "fp8", 1, 2)
        read = weights * width + 2 * found.head_parameters
        read += steps.tokens * steps.context * found.kv_values * 2
        assert steps.bytes.to_numpy() == pytest.approx(read.to_numpy(), rel=1e-3)
        attention = found.layers * 4 * found.query_heads * 128 * steps.context
        flops = steps.tokens * (2 * (weights + found.head_parameters) + attention)
        assert steps.flops.to_numpy() == pytest.approx(flops.to_numpy(), rel=1e-3)

    def test_a_joule_is_a_watt_second(self):
        rows = RUNS[RUNS.joules.notna() & (RUNS.measurement == "model")]
        seconds = rows.joules / rows.watts  # of a run under load; warm, it may be slower
        assert (seconds / rows.seconds).between(0.95, 1.15).all()

    def test_starting_kernels_one_by_one_is_never_faster(self):
        """Where power sets no limit: a warm card may be slower than itself."""
        rows = RUNS[(RUNS.measurement == "layer") & (RUNS["mode"] != "compiled")]
        rows = rows[rows.tokens <= 64]
        keys = ["name", "model", "precision", "tokens", "context"]
        seconds = rows.pivot_table(index=keys, columns="mode", values="seconds")
        assert (seconds.eager > seconds.graph).all()


class TestWhatIsMadeOfThem:
    def test_bandwidth_is_worth_nothing_to_large_products(self):
        """The cards differ in memory alone: that is the experiment."""
        gain = accelerator.gain(RUNS, "H200", "H100")
        products = gain[gain.what != "whole step, bf16"]
        few, many = (products[q].gain for q in (products.tokens <= 32, products.tokens >= 256))
        parts = [setup.accelerator(name) for name in ("H200", "H100")]
        ratio = parts[0].bandwidth / parts[1].bandwidth
        assert few.between(0.97 * ratio, 1.03 * ratio).all()
        assert many.between(0.95, 1.05).all()

    def test_a_slope_has_the_bandwidth_and_a_roof_the_peak(self):
        roofs = accelerator.sheet_roofs(["H100"], 1.0, 1e4).set_index("precision")
        sheet = setup.accelerator("H100")
        for name in ("fp8", "bf16"):
            wanted = [sheet.bandwidth, sheet[name], sheet[name]]
            assert list(roofs.rate[name]) == pytest.approx(wanted)
            assert roofs.intensity[name].iloc[1] == pytest.approx(sheet[name] / sheet.bandwidth)

    def test_half_the_speed_reaches_half(self, yours):
        best = accelerator.reached(accelerator_runs.table(str(yours)))
        assert list(best.index) == ["H100", "H200", "your Toaster"]
        assert best.loc["your Toaster", ["weights", "bf16"]].isna().all(), "has no data sheet"
        assert best.idle["your Toaster"] == best.idle["H100"]
        assert best.per_byte["your Toaster"] == pytest.approx(2 * best.per_byte["H100"])

    def test_steps_are_the_engine_s_without_prompts_and_server(self):
        """By hand, for one request of Llama 3.1 8B on H100 at bf16."""
        row = accelerator.steps(RUNS).query("name == 'H100' and precision == 'bf16'").iloc[0]
        given = setup.stack(accelerator.STACK)
        found, sheet = architecture("llama-3.1-8b"), setup.accelerator("H100")
        weights = found.attention_parameters + found.dense_parameters + found.head_parameters
        reading = 2 * weights / (sheet.bandwidth * given.weight_bandwidth)
        cache = row.context * found.kv_values * 2 / (sheet.bandwidth * given.cache_bandwidth)
        kernels = found.layers * found.kernels * given.kernel_time
        assert row.predicted == pytest.approx(reading + cache + kernels, rel=1e-3)
        assert row.kernel_time == pytest.approx((row.seconds - reading - cache) / row.kernels)

    def test_a_file_without_energy_or_layers_is_enough(self, yours, tmp_path):
        rows = [line.split(",") for line in yours.read_text().splitlines() if "matmul" in line]
        assert rows
        path = tmp_path / "some.csv"
        header = yours.read_text().splitlines()[0]
        kept = [line for line in yours.read_text().splitlines() if ",matmul," in line]
        path.write_text("\n".join([header, *kept]))
        runs = accelerator_runs.read(path).assign(name="your card", owner="yours")
        assert len(accelerator.products(runs))
        for table in (accelerator.joules, accelerator.layers, accelerator.attention):
            assert table(runs).empty
        assert accelerator.reached(runs).loc["your card"].isna().any()


def refused(path: Path, rows: list) -> str:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    with pytest.raises(InputError) as error:
        accelerator_runs.read(path)
    (line,) = str(error.value).splitlines()
    return line


class TestReadersFile:
    @pytest.mark.parametrize(
        ("column", "cell", "said"),
        [
            ("seconds", "fast", "row 5, column seconds: 'fast' must be a number"),
            ("seconds", "", "row 5, column seconds: '' must be a number"),
            ("seconds", "nan", "row 5, column seconds: 'nan' must be a number"),
            ("seconds", "-1", "row 5, column seconds: '-1' must be a number"),
            ("seconds", "0", "row 5: seconds must lie above 0"),
            ("seconds_low", "9", "row 5: seconds must lie above 0, between"),
            ("joules", "lots", "row 5, column joules: 'lots' must be empty or a number"),
            ("watts", "=1+1", "row 5, column watts: '=1+1' must be empty or a number"),
            ("date", "yesterday", "row 5, column date: 'yesterday' must be a date"),
            (
                "measurement",
                "speed",
                "row 5, column measurement: 'speed' must be one of idle, read",
            ),
            ("mode", "fast", "row 5, column mode: 'fast' must be empty or one of eager"),
            ("precision", "fp7", "row 5, column precision: 'fp7' must be empty or one of bf16"),
            ("device", "<script>", "row 5, column device: '<script>' must be a name"),
            ("device", "", "row 5, column device: '' must be a name"),
        ],
    )
    def test_a_bad_cell_is_named(self, lines, tmp_path, column, cell, said):
        rows = [list(row) for row in lines]
        rows[4][rows[0].index(column)] = cell
        assert said in refused(tmp_path / "mine.csv", rows)

    def test_a_missing_and_an_unknown_column_are_named(self, lines, tmp_path):
        path = tmp_path / "mine.csv"
        assert "no column 'celsius'" in refused(path, [row[:-1] for row in lines])
        renamed = [[*lines[0][:-1], "kelvin"], *lines[1:]]
        assert "unknown column 'kelvin'" in refused(path, renamed)
        assert "holds no measurement" in refused(path, lines[:1])

    @settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.binary(max_size=400), st.integers(0, 3000))
    def test_no_bytes_bring_a_traceback(self, tmp_path, noise, place):
        whole = OURS.read_bytes()[:4000]
        path = tmp_path / "mine.csv"
        path.write_bytes(whole[:place] + noise + whole[place:])
        with suppress(InputError):
            assert (accelerator_runs.read(path).seconds > 0).all()

    def test_the_command_refuses_it_in_a_line(self, tmp_path):
        path = tmp_path / "mine.csv"
        path.write_text("speed\n1\n")
        done = CliRunner().invoke(cli.main, ["build", "--measured", str(path)])
        assert done.exit_code == 1
        assert "unknown column 'speed'" in done.output
        absent = CliRunner().invoke(cli.main, ["build", "--measured", str(tmp_path / "none.csv")])
        assert "no such file" in absent.output

    def test_it_stands_on_the_chart_and_in_the_banner(self, yours, tmp_path):
        scenario = Scenario(measured=str(yours))
        source = site.ROOT / "chapters" / "03_3_memory_wall.ipynb"
        run.execute(source, tmp_path / "out.ipynb", scenario.parameters)
        text = nbformat.writes(nbformat.read(tmp_path / "out.ipynb", as_version=4))
        assert text.count("your Toaster") > 20
        assert "mine.csv" in site.banner(scenario)

    def test_another_content_is_another_execution(self, yours):
        source = site.ROOT / "chapters" / "a8_accelerator.ipynb"
        with_it = {"measured": str(yours)}
        first = store.key(source, with_it)
        assert store.key(source, {}) != first
        yours.write_text(yours.read_text().replace("Toaster", "Kettle"))
        assert store.key(source, with_it) != first

    def test_whole_sites_are_told_apart_by_it(self, yours, monkeypatch):
        monkeypatch.setattr(store, "read_by", lambda _: {})
        assert site.made_of(Scenario(measured=str(yours))) != site.made_of(Scenario())
