"""The step-time model: closed forms, limits, published figures, and traps others fell into."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inference_economics import live, tables, tracing, units
from inference_economics.formulas import queueing, transformer
from inference_economics.model import engine, room, setup, waiting
from inference_economics.model.architecture import TOLERANCE, architecture, architectures

from .vega import evaluate

LLAMA = {
    "model": "llama-3.1-70b",
    "accelerator": "H100",
    "accelerators": 4,
    "precision": "fp8",
    "input_tokens": 1000,
    "output_tokens": 500,
    "concurrency": 32,
}
MIXTURE = LLAMA | {"model": "deepseek-r1", "accelerator": "H200", "accelerators": 8}
STACKS = list(setup.constants().index)


def predict(stack="trtllm", **named):
    inputs = setup.single(**named)
    return engine.predict(inputs, setup.stack(stack), inputs.concurrency)


def perfect() -> SimpleNamespace:
    """A stack without overheads, at the peaks of the data sheet, without prompts."""
    given = setup.stack("trtllm")
    for name in ("kernel_time", "request_time", "logit_bytes", "link_latency", "interleaved"):
        setattr(given, name, 0.0)
    for name in ("weight_bandwidth", "cache_bandwidth", "link_efficiency", "fill"):
        setattr(given, name, 1.0)
    given.falloff = given.tile_padding = 0.0
    return given


# Architectures.


@pytest.mark.parametrize("model", architectures().dropna(subset="sum_over_published").index)
def test_the_parts_of_a_model_add_up_to_its_published_parameters(model):
    assert architecture(model)["sum_over_published"] == pytest.approx(1, abs=TOLERANCE)


def test_active_parameters_are_those_published():
    """DeepSeek-AI, "DeepSeek-V3 Technical Report", 2024: 37 of 671 billion."""
    parts = architecture("deepseek-v3")
    chosen = parts.expert_parameters * parts.experts_per_token / parts.experts
    active = parts.filter(like="_parameters").sum() - parts.expert_parameters + chosen
    assert active == pytest.approx(37e9, rel=0.02)


# Closed forms and limits.


def test_a_single_request_reads_the_weights_once():
    inputs = setup.single(**LLAMA | {"input_tokens": 1, "output_tokens": 1, "concurrency": 1})
    found = engine.predict(inputs, perfect(), 1.0)
    reading = room.memory(inputs).dense / inputs.bandwidth
    assert found.parts.dense == pytest.approx(reading, rel=1e-3)
    assert found.parts.cache == pytest.approx(0, abs=1e-3 * reading)


def test_a_large_batch_costs_its_arithmetic():
    """Batch → ∞ without context: a token takes 2 P / (n F)."""
    inputs = setup.single(**LLAMA | {"input_tokens": 1e-9, "output_tokens": 1e-9})
    found = engine.parts(inputs, perfect(), 1e9)
    parts = architecture("llama-3.1-70b")
    weights = parts.attention_parameters + parts.dense_parameters
    rates = tables.wide("accelerators").loc["H100"]
    closed = 2 * (weights / rates.fp8 + parts.head_parameters / rates.bf16) / 4
    assert found.dense / 1e9 == pytest.approx(closed, rel=1e-3)


def test_a_dense_model_has_no_experts():
    found = predict(**LLAMA).parts
    assert found.experts == 0


def test_one_accelerator_sends_nothing():
    inputs = setup.single(**LLAMA | {"accelerators": 1, "model": "llama-3.1-8b"})
    assert engine.parts(inputs, setup.stack("vllm"), 8.0).messages == 0


def test_untouched_experts_are_not_read():
    """One token reads 8 of 256 experts; very many read all of them."""
    inputs = setup.single(**MIXTURE | {"input_tokens": 1, "output_tokens": 1})
    one, many = (engine.parts(inputs, perfect(), batch) for batch in (1.0, 1e4))
    held = room.memory(inputs)
    assert one.bytes_read - held.dense == pytest.approx(held.experts * 8 / 256, rel=0.01)
    assert many.bytes_read - held.dense >= held.experts * 0.999


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(STACKS), st.sampled_from([LLAMA, MIXTURE]), st.floats(1, 400), st.data())
def test_monotonicity(stack, named, batch, data):
    """More requests never shorten a step; better hardware never lengthens it."""
    constants, inputs = setup.stack(stack), setup.single(**named)
    time = engine.predict(inputs, constants, batch).step_time
    assert engine.predict(inputs, constants, batch * 1.1).step_time >= time
    better = data.draw(st.sampled_from(["bandwidth", "link_bandwidth"]))
    faster = SimpleNamespace(**vars(inputs) | {better: getattr(inputs, better) * 1.5})
    assert engine.predict(faster, constants, batch).step_time <= time
    longer = SimpleNamespace(**vars(inputs) | {"input_tokens": inputs.input_tokens * 2})
    assert engine.predict(longer, constants, batch).step_time >= time


def test_a_million_rows_equal_one_by_one():
    models = ["llama-3.1-8b", "gpt-oss-120b", "mixtral-8x7b", "llama-3.1-70b"]
    rows = pd.DataFrame(
        [
            LLAMA
            | {"model": models[i % 4], "accelerator": ["B200", "H200"][i // 4 % 2]}
            | {"precision": ["bf16", "fp8", "fp4"][i % 3], "concurrency": 1 + i, "served": 1}
            | {"replicas": 1, "tensor_parallel": 4, "attention_ranks": 1, "expert_parallel": 1}
            | {"cache_bytes": np.nan, "drafts": 0}
            for i in range(24)
        ]
    )
    inputs = setup.resolve(rows)
    constants = setup.bind(setup.constants(), np.array(["vllm"] * len(rows)))
    columns = engine.predict(inputs, constants, inputs.concurrency)
    for place, row in rows.iterrows():
        one = predict("vllm", **row.to_dict())
        assert columns.step_time[place] == pytest.approx(one.step_time, rel=1e-12)
        assert columns.energy_per_token[place] == pytest.approx(one.energy_per_token, rel=1e-12)


@pytest.mark.parametrize("named", [LLAMA, MIXTURE])
@pytest.mark.parametrize("stack", ["sglang", "vllm-2023"])
def test_the_browser_computes_the_same(named, stack):
    """Every input and every constant a live number: the engine composes formulas only."""
    numbers = vars(setup.single(**named)) | vars(setup.stack(stack))
    numbers = {name: value for name, value in numbers.items() if np.isfinite(value)}
    signals = {name: tracing.assumption(name, value) for name, value in numbers.items()}
    found = engine.predict(SimpleNamespace(**signals), SimpleNamespace(**signals), 32)
    outputs = {
        name: getattr(found, name)
        for name in ("time_per_output_token", "time_to_first_token", "energy_per_token")
    }
    expressions, _ = live.assemble(outputs)
    shown = evaluate({name: name for name in outputs}, [{}], numbers | expressions)
    for name, item in outputs.items():
        assert shown[name] == pytest.approx(item.value, rel=1e-9)


def test_some_live_numbers_among_plain_ones():
    """As on a page: the reader moves a few, the rest is fixed."""
    inputs, constants = setup.single(**LLAMA), setup.stack("vllm")
    plain = engine.predict(inputs, constants, 32.0)
    inputs.bandwidth = tracing.assumption("bandwidth", inputs.bandwidth)
    found = engine.predict(inputs, constants, tracing.assumption("batch", 32.0))
    assert found.energy_per_token.value == pytest.approx(plain.energy_per_token, rel=1e-12)


def test_nobody_waits_alone():
    """And a prompt alone takes what its step and the server take."""
    inputs, constants = setup.single(**LLAMA), setup.stack("trtllm")
    found = engine.predict(inputs, constants, 1.0)
    alone = found.parts.first_token + constants.answer_time
    assert found.time_to_first_token == pytest.approx(alone)
    crowd = [
        engine.predict(inputs, constants, batch).time_to_first_token for batch in (1.0, 8.0, 64.0)
    ]
    assert crowd == sorted(crowd)


def test_the_wait_of_a_burst_and_for_room():
    """A tenth of a benchmark's requests come at once: of n, the last waits for n - 1 prompts.
    Twice as many requests as there is room for wait as long as a request runs."""
    inputs = setup.single(**LLAMA | {"concurrency": 64})
    step = SimpleNamespace(first_token=0.5)
    one_by_one = np.mean(np.arange(64) * 0.5) / 10
    assert waiting.in_benchmark(inputs, step, 64.0, 20.0) == pytest.approx(one_by_one)
    half = waiting.in_benchmark(inputs, step, 32.0, 20.0)
    assert half == pytest.approx(np.mean(np.arange(32) * 0.5) / 10 + 20.0)


def test_a_queue_of_equal_prompts():
    """M/D/1 waits half as long as M/M/1, and without end as the utilisation nears 1."""
    for busy in (0.1, 0.5, 0.9):
        exponential = 0.2 * busy / (1 - busy)
        assert queueing.queue_wait(1, busy, 0.2, 1, 0) == pytest.approx(exponential / 2)
    assert queueing.queue_wait(1, 1 - 1e-9, 0.2, 1, 0) > 1e6


def test_an_untuned_kernel_fills_its_tiles():
    """64 rows for each touched expert, however few tokens it has: arithmetic, not reading."""
    inputs = setup.single(**MIXTURE)
    tuned, untuned = setup.stack("vllm-0.15"), setup.stack("vllm-0.15")
    untuned.untuned_rows, untuned.untuned_experts = 64.0, 0.3
    one, other = (engine.parts(inputs, given, 256.0) for given in (tuned, untuned))
    assert other.experts > 2 * one.experts
    assert other.flops > one.flops
    assert other.bytes_read == one.bytes_read
    assert (other.dense, other.cache) == (one.dense, one.cache)


# Published figures.


def test_palm_on_64_chips():
    """Pope et al., "Efficiently Scaling Transformer Inference", 2022: 29 ms a token with int8
    weights and 64 requests of 2,048 tokens on 64 TPU v4; 76 % of the peak in large prompts.

    Their attention is spread over the requests of the batch. No constant was fitted to a TPU.
    """
    inputs = setup.single(
        model="palm-540b",
        accelerator="TPU v4",
        accelerators=64,
        attention_ranks=64,
        precision="int8",
        cache_bytes=2,
        input_tokens=1984,
        output_tokens=64,
        concurrency=64,
    )
    constants = setup.stack("trtllm")
    constants.interleaved = 0.0
    time = engine.predict(inputs, constants, 64.0).step_time
    assert engine.at_peak(inputs, 64.0, 0) < time
    assert time == pytest.approx(29e-3, rel=0.35)
    assert constants.fill == pytest.approx(0.76, rel=0.05)


def test_deepseeks_published_day_closes():
    """DeepSeek-AI, "DeepSeek-V3/R1 Inference System Overview", 2025: tokens of a day over what a
    node makes in a second give the nodes that they say ran, 226.75, and what these cost."""
    nodes = (168e9 / 14_800 + 608e9 / 73_700) / units.factor("day")
    assert nodes == pytest.approx(226.75, rel=0.005)
    rental = tables.figure("accelerators", "H800", "rental") * units.factor("day")
    assert 226.75 * 8 * rental == pytest.approx(87_072)
    assert pytest.approx(5.45, rel=0.005) == 562_027 / 87_072 - 1


@pytest.mark.parametrize(
    ("named", "at_the_wall"),
    [
        ({"model": "llama-2-70b", "input_tokens": 294, "output_tokens": 294.45}, 0.10),
        ({"model": "llama-3.1-405b", "input_tokens": 9428, "output_tokens": 684.68}, 6.0),
    ],
)
def test_energy_of_mlperf(named, at_the_wall):
    """MLPerf's power results: joules of a token at the wall, on eight B200 at full load. The
    accelerators' own share is what we compute; no power was fitted at full load."""
    size = 1 if named["model"] == "llama-2-70b" else 4
    hardware = {"accelerator": "B200", "accelerators": size, "precision": "fp4", "served": 0}
    inputs = setup.single(**named, **hardware, concurrency=2048)
    constants = setup.stack("trtllm")
    found = engine.predict(inputs, constants, room.running(inputs, constants))
    assert found.energy_per_token == pytest.approx(at_the_wall, rel=0.25)


# Traps.


def test_key_value_heads_not_query_heads():
    """Llama-3-70B: 320 KiB a token at bf16; with its 64 query heads it would be eight times that.

    One of 4 accelerators holds a quarter; of 16, still an eighth: there are 8 heads to split.
    """
    inputs = setup.single(**LLAMA | {"cache_bytes": 2, "accelerators": 1})
    assert room.cached(inputs) == 327_680
    for size, share in ((4, 4), (8, 8), (16, 8)):
        split = setup.single(**LLAMA | {"cache_bytes": 2, "accelerators": size})
        assert room.cached(split) == 327_680 / share


def test_keys_and_values_both_count_but_a_latent_counts_once():
    parts = architecture("llama-3.1-70b")
    assert parts.kv_values == 2 * 80 * 8 * 128
    assert architecture("deepseek-v3").kv_values == 61 * (512 + 64)


def test_a_latent_is_replicated_over_tensor_parallel_ranks():
    one, eight = (setup.single(**MIXTURE | {"accelerators": size}) for size in (1, 8))
    assert room.cached(one) == room.cached(eight)


def test_peaks_are_dense():
    """NVIDIA's data sheets print the sparse peak, twice the dense one, in larger letters."""
    known = tables.wide("accelerators")
    dense = {"H100": 989.4e12, "H200": 989.5e12, "B200": 2250e12, "GB200": 2500e12}
    for name, peak in dense.items():
        assert known.loc[name, "bf16"] == pytest.approx(peak)
        assert known.loc[name, "fp8"] == pytest.approx(2 * peak, rel=0.01)


def test_the_a100s_peak_is_not_the_h100s():
    known = tables.wide("accelerators")["bf16"]
    assert known["A100-80GB"] == 312e12
    assert known["H100"] > 3 * known["A100-80GB"]


def test_an_unknown_figure_is_an_error_not_zero():
    with pytest.raises(tables.InputError, match="power of M2 Ultra is not known"):
        setup.accelerator("M2 Ultra")
    with pytest.raises(tables.InputError, match=r"no model 'llama-3.1-70B'; did you mean"):
        architecture("llama-3.1-70B")


def test_the_cache_is_read_at_its_mean_length():
    """Half of the answer is there on average, not all of it."""
    inputs = setup.single(**LLAMA)
    found = engine.parts(inputs, perfect(), 32.0)
    held = room.memory(inputs)
    assert found.bytes_read - held.dense == pytest.approx(32 * 1250 * room.cached(inputs))


def test_a_window_bounds_the_cache():
    """Half of gpt-oss's layers keep 128 tokens."""
    named = LLAMA | {"model": "gpt-oss-120b", "input_tokens": 100_000, "output_tokens": 2}
    found = engine.parts(setup.single(**named), perfect(), 1.0)
    inputs = setup.single(**named)
    cache = transformer.kv_bytes_per_token(36_864, inputs.cache_bytes) / 4 * (100_001 + 128) / 2
    held = room.memory(inputs)
    read = held.dense + held.experts * 4 / 128 + cache
    assert found.bytes_read == pytest.approx(read, rel=1e-6)


def test_two_times_per_output_token():
    """A pass and a token differ by what speculation yields; what a request waits and what the
    machine needs for a token by the batch."""
    found = predict(**MIXTURE | {"drafts": 3})
    assert found.time_per_output_token < found.step_time
    plain = predict(**LLAMA)
    assert plain.time_per_output_token == plain.step_time
    assert plain.throughput * plain.time_per_output_token == pytest.approx(32)


def test_speculation_gains_less_in_a_large_batch():
    """EAGLE-3 was measured to gain 6.5 times at batch 1 and 1.38 at 64."""
    gain = {
        batch: predict(**MIXTURE | {"concurrency": batch}).time_per_output_token
        / predict(**MIXTURE | {"concurrency": batch, "drafts": 3}).time_per_output_token
        for batch in (1, 512)
    }
    assert gain[1] > gain[512]


def test_accelerators_without_narrow_units_compute_in_bf16():
    inputs = setup.single(**LLAMA | {"accelerator": "A100-80GB"})
    assert inputs.dense_bytes == 1
    assert inputs.dense_peak == 312e12
    wide = setup.single(**LLAMA | {"precision": "fp4"})
    assert wide.dense_peak == tables.figure("accelerators", "H100", "bf16")
