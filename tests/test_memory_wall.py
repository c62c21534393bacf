"""The memory wall against published figures, closed forms, limits and measurements."""

import numpy as np
import pytest
from inference_economics import assumptions, live, tables, units
from inference_economics.assumptions import replace
from inference_economics.formulas import roofline, serving, transformer
from inference_economics.model import memory
from inference_economics.model.serving import kv_values, read_parameters, replica

PARTS, MODELS = tables.wide("accelerators"), tables.wide("models")
H100, LLAMA = PARTS.loc["H100"], MODELS.loc["llama-3.1-70b"]
BATCHES = np.geomspace(1, 4096, 25)


@pytest.fixture
def given():
    return assumptions.in_base_units(assumptions.known()["value"].to_dict())


class TestRidge:
    @pytest.mark.parametrize(
        ("part", "ridge"),  # Austin et al., How to Scale Your Model, roofline chapter, for v5e
        [("TPU v5e", 240), ("V100", 139), ("A100-80GB", 153), ("H100", 295), ("H200", 206)],
    )
    def test_published_ridge_points_at_16_bits(self, part, ridge):
        row = PARTS.loc[part]
        assert roofline.ridge_point(row.bf16, row.bandwidth) == pytest.approx(ridge, abs=1)

    def test_a_dense_peak_is_not_a_sparse_one(self):
        """NVIDIA prints 3,958 TFLOP/s for fp8 with sparsity; dense is half of it."""
        assert pytest.approx(3958e12 / 2) == H100.fp8
        assert roofline.ridge_point(H100.fp8, H100.bandwidth) == pytest.approx(591, abs=1)

    def test_bandwidth_grew_as_gholami_and_others_found(self):
        """AI and Memory Wall, 2024: DRAM bandwidth 1.6 and FLOPs 3.0 times in two years."""
        parts = memory.history(2008)
        growth = memory.trend(parts.launch, parts.bandwidth)
        assert growth.low < 1.6**0.5 < growth.high
        assert 1.4 < memory.trend(parts.launch, parts.peak).factor < 3.0**0.5

    def test_a_trend_finds_the_growth_it_was_made_of(self):
        years = np.arange(2010, 2020)
        found = memory.trend(years, 3.0 * 1.25 ** (years - 2010))
        assert found.factor == pytest.approx(1.25)
        assert found.low == pytest.approx(found.high)
        assert found.line[0] == pytest.approx(3.0)

    def test_a_trend_agrees_with_polyfit(self):
        parts = memory.history(2017)
        slope = np.polyfit(parts.launch, np.log(parts.ridge), 1)[0]
        assert memory.trend(parts.launch, parts.ridge).factor == pytest.approx(np.exp(slope))


class TestCrossing:
    def test_fp8_and_bf16_cross_at_the_same_number_of_tokens(self, given):
        """Half the bytes, twice the arithmetic."""
        found = [
            memory.critical(replace(given, bytes_per_weight=b), LLAMA, H100).peak_tokens
            for b in (1.0, 2.0)
        ]
        assert found[0] == pytest.approx(found[1], rel=1e-3)

    @pytest.mark.parametrize("hits", [0.0, 0.563])
    def test_at_the_crossing_both_take_as_long(self, given, hits):
        batch = memory.critical(given, LLAMA, H100, hits).batch
        computed = given.input_tokens * (1 - hits)
        step = memory.step(given, LLAMA, H100, 2, batch=batch, computed_tokens=computed)
        assert step.arithmetic == pytest.approx(step.reading_weights + step.reading_cache)

    def test_without_prompts_only_decoding_is_left(self, given):
        found = memory.critical(given, LLAMA, H100, hits=1.0)
        assert found.batch == pytest.approx(found.alone)
        assert memory.critical(given, LLAMA, H100).batch < found.alone

    def test_without_a_cache_it_is_the_ridge_in_tokens(self, given):
        given = replace(given, **memory.PERFECT, bytes_per_cached_value=1e-9)
        found = memory.critical(given, LLAMA, H100)
        assert found.alone == pytest.approx(found.peak_tokens)

    def test_past_the_longest_context_no_batch_is_enough(self, given):
        longest = memory.critical(given, LLAMA, H100).longest_context
        for context, enough in ((0.9 * longest, True), (1.1 * longest, False)):
            found = memory.critical(given, LLAMA, H100, context=context).alone
            assert np.isfinite(found) == enough
        ceiling = transformer.intensity_ceiling(
            LLAMA.active_parameters, 1, longest, memory.cache(given, LLAMA)
        )
        rate, bandwidth = memory.achieved(given, H100), H100.bandwidth * given.memory_efficiency
        assert ceiling == pytest.approx(rate / bandwidth)

    def test_experts_move_it_by_their_sparsity(self, given):
        model = MODELS.loc["deepseek-v3"]
        sparse, dense = (memory.critical(given, m, H100).peak_tokens for m in (model, LLAMA))
        assert sparse / dense == pytest.approx(model.parameters / model.active_parameters)

    def test_longer_answers_need_more_requests(self, given):
        found = [
            memory.critical(replace(given, output_tokens=n), LLAMA, H100).batch
            for n in (10.0, 100.0, 1000.0)
        ]
        assert found == sorted(found)


class TestStep:
    def test_parts_make_the_whole(self, given):
        for batch in BATCHES:
            step = memory.step(given, LLAMA, H100, 2, batch=batch)
            longest = np.maximum(step.reading_weights, step.arithmetic)
            whole = longest + step.reading_cache + step.overhead
            assert step.step_time == pytest.approx(whole)

    def test_one_request_can_be_no_faster_than_the_weights(self, given):
        """140 GB at 3.35 TB/s: 41.8 ms on one accelerator; two read half each."""
        ideal = replace(given, **memory.PERFECT, bytes_per_weight=2.0)
        step = memory.step(ideal, LLAMA, H100, 2, batch=1)
        assert step.time_per_output_token >= 2 * LLAMA.parameters / (2 * 3.35e12)

    def test_cost_falls_and_latency_rises_with_the_batch(self, given):
        steps = [memory.step(given, LLAMA, H100, 2, batch=b) for b in BATCHES]
        assert np.all(np.diff([s.throughput for s in steps]) > 0)
        assert np.all(np.diff([s.speed for s in steps]) < 0)

    def test_throughput_ends_at_what_no_batch_shares(self, given):
        """Arithmetic, cache and overhead of each request, as the batch grows without end."""
        one = memory.step(given, LLAMA, H100, 2, batch=1)
        each = one.arithmetic + one.reading_cache + given.request_overhead
        huge = memory.step(given, LLAMA, H100, 2, batch=1e9)
        assert huge.throughput == pytest.approx(1 / each, rel=1e-6)

    def test_a_cache_of_prompts_saves_arithmetic_but_no_reading(self, given):
        cold = replica(given, LLAMA, H100, 2, H100.fp8)
        warm = replica(given, LLAMA, H100, 2, H100.fp8, computed_tokens=0.0)
        assert warm.kv_cache == cold.kv_cache
        assert warm.flops == pytest.approx(2 * LLAMA.active_parameters * given.batch)

    def test_live_and_plain_agree(self, given):
        known = assumptions.known()["value"].to_dict()
        traced = assumptions.in_base_units(known, live.assumption)
        found = memory.step(traced, MODELS.loc["deepseek-v3"], H100, 16)
        plain = memory.step(given, MODELS.loc["deepseek-v3"], H100, 16)
        assert found.step_time.value == pytest.approx(plain.step_time)


class TestModels:
    def test_cache_of_llama_counts_key_value_heads(self):
        """Austin et al.: 160 kB a token at int8 (KiB); query heads would make it 8 times that."""
        assert kv_values(LLAMA) == 160 * 1024

    def test_cache_of_deepseek_is_latent(self):
        """DeepSeek-V3: 61 layers of 512 + 64, 70 kB at bf16."""
        assert 2 * kv_values(MODELS.loc["deepseek-v3"]) == pytest.approx(70e3, rel=0.01)

    @pytest.mark.parametrize("name", ["deepseek-v3", "mixtral-8x7b", "qwen3-235b-a22b"])
    def test_one_token_reads_what_it_passes_through(self, name):
        model = MODELS.loc[name]
        assert read_parameters(model, 1) == pytest.approx(model.active_parameters)
        assert read_parameters(model, 1e6) == pytest.approx(model.parameters)

    def test_dense_models_read_everything(self):
        assert read_parameters(LLAMA, 1) == LLAMA.parameters

    def test_the_ceiling_is_the_limit_of_decoding(self, given):
        context = serving.mean_context(given.input_tokens, given.output_tokens)
        ceiling = transformer.intensity_ceiling(
            LLAMA.active_parameters, 1, context, memory.cache(given, LLAMA)
        )
        found = memory.decoding(given, LLAMA, H100, 1e9).intensity
        assert found == pytest.approx(ceiling, rel=1e-4)
        assert memory.decoding(given, LLAMA, H100, 64).intensity < ceiling

    def test_a_batch_that_fits_fills_the_memory(self):
        batch = serving.largest_batch(8, 80e9, 0.9, 140e9, 4000, 327680)
        assert 140e9 + batch * 4000 * 327680 == pytest.approx(8 * 80e9 * 0.9)


class TestMeasured:
    @pytest.mark.parametrize(
        ("part", "count", "limit"), [("H100", 2, 0.1), ("H100", 4, 0.15), ("B200", 2, 0.25)]
    )
    def test_serving_is_predicted_and_the_peaks_are_always_too_fast(
        self, given, part, count, limit
    ):
        rows = memory.measured("time_per_output_token", "llama-3.1-70b", part, count)
        rows = rows[rows.precision == "fp8"]
        ideal = replace(given, **memory.PERFECT)
        assert memory.error(given, rows) < limit
        assert memory.error(given, rows) < memory.error(ideal, rows) / 2
        assert all(memory.predicted(ideal, row) < row.value for row in rows.itertuples())

    def test_a_model_that_no_constant_was_fitted_to(self, given):
        rows = memory.measured("time_per_output_token", "llama-3.1-8b", "H100", 1)
        assert memory.error(given, rows) < 0.15

    def test_full_load_lies_between_the_fit_and_tuned_code(self, given):
        """MLPerf Inference v4.1: 24,525 tokens a second of Llama 2 70B on eight H100."""
        row = memory.measured("throughput", "llama-2-70b", "H100", 8).iloc[0]
        lengths = {"input_tokens": row.input_tokens, "output_tokens": row.output_tokens}
        found, tuned = (
            memory.full(view, MODELS.loc["llama-2-70b"], H100, 2, 4, **lengths).throughput
            for view in (given, replace(given, compute_efficiency=0.6))
        )
        assert row.value == pytest.approx(24525, rel=1e-4)
        assert 0.6 < found / row.value < 1
        assert tuned == pytest.approx(row.value, rel=0.05)

    def test_movement_and_arithmetic_never_exceed_what_was_measured(self, given):
        for row in memory.measured("energy_per_token", "llama-3.1-70b", "H100", 4).itertuples():
            found = memory.explained(given, row)
            assert 0 < found.movement < 1
            assert 0 < found.arithmetic < 1

    def test_an_unknown_set_up_is_an_error(self):
        with pytest.raises(tables.InputError, match=r"measured\.csv has no"):
            memory.measured("time_per_output_token", "llama-3.1-70b", "H100", 3)


class TestLevels:
    def test_chips_that_hold_a_model(self):
        """01.me: 305 LPUs for 70B at 8 bits, weights only; four wafers at 16 bits."""
        lpu, wafer = PARTS.loc["Groq LPU"], PARTS.loc["WSE-3"]
        assert serving.accelerators_to_hold(70e9, lpu.memory, 1) == 305
        assert serving.accelerators_to_hold(2 * LLAMA.parameters, wafer.memory, 1) == 4

    def test_sold_speeds_stay_below_what_bandwidth_allows(self):
        offers = tables.wide("sold_speeds")
        for name in ("Groq LPU", "WSE-3"):
            part = PARTS.loc[name]
            time = roofline.layered_read_time(LLAMA.layers, part.memory, part.bandwidth)
            assert offers.loc[name, "speed"] < 1 / time

    @pytest.mark.parametrize("accelerators", [1, 2, 8])
    def test_fetching_at_the_break_even_takes_as_long_as_computing(self, given, accelerators):
        rate = accelerators * memory.achieved(given, H100)
        fetched = memory.cache(given, LLAMA) / memory.break_even(given, LLAMA, H100, accelerators)
        assert fetched == pytest.approx(2 * LLAMA.active_parameters / rate)

    def test_stacked_memory_lies_between_sram_and_a_board(self):
        energy = tables.complete("memory_levels", "energy")["energy"]
        assert energy["SRAM, 1 MB"] < energy["HBM2 stack"] < energy["DRAM, board"]
        assert energy["HBM2 stack"] == pytest.approx(units.base(3.9 * 8, "pJ/B"), rel=0.01)

    def test_prices_are_over_the_median_seller(self):
        """litellm 1.109.1, November 2026: 0.79 and 1.20 USD against a median of 0.625."""
        found = memory.prices(tables.wide("sold_speeds"))
        assert found["Groq LPU"] == pytest.approx(0.79 / 0.625)
        assert found["WSE-3"] == pytest.approx(1.2 / 0.625)

    def test_prompts_found_in_a_cache_serve_more_requests(self, given):
        """At most by the tokens that need not be computed."""
        question, answer = given.input_tokens, given.output_tokens
        bound = (question + answer) / (question * (1 - given.cache_hits) + answer)
        assert 1 < memory.cached(given, LLAMA, H100, 2).gain < bound
        nothing = replace(given, cache_hits=0.0)
        assert memory.cached(nothing, LLAMA, H100, 2).gain == 1
