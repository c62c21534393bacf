"""The memory wall against published figures, closed forms, limits and measurements."""

import numpy as np
import pytest
from inference_economics import assumptions, tables, tracing, units
from inference_economics.assumptions import replace
from inference_economics.formulas import roofline, serving
from inference_economics.model import memory
from inference_economics.model.architecture import architecture
from inference_economics.model.serving import replica

PARTS, MODELS = tables.wide("accelerators"), tables.wide("models")
H100, LLAMA = "H100", "llama-3.1-70b"
ACTIVE = MODELS.loc[LLAMA, "active_parameters"]
BATCHES = np.geomspace(1, 4096, 25)
JOULES = memory.measured("energy_per_token", model=LLAMA, accelerator=H100, accelerators=4)


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
        sheet = PARTS.loc[H100]
        assert sheet.fp8 == pytest.approx(3958e12 / 2)
        assert roofline.ridge_point(sheet.fp8, sheet.bandwidth) == pytest.approx(591, abs=1)

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
        """To a fiftieth: the cache is read a little slower than the weights."""
        batch = memory.critical(given, LLAMA, H100, hits).batch
        step = memory.step(given, LLAMA, H100, 2, batch=batch, cached=hits)
        reading = step.reading_weights + step.reading_cache
        assert step.arithmetic == pytest.approx(reading, rel=0.04)

    def test_without_prompts_only_decoding_is_left(self, given):
        found = memory.critical(given, LLAMA, H100, hits=1.0)
        assert found.batch == pytest.approx(found.alone)
        assert memory.critical(given, LLAMA, H100).batch < found.alone

    def test_past_the_longest_context_no_batch_is_enough(self, given):
        longest = memory.critical(given, LLAMA, H100).longest_context
        for context, enough in ((0.9 * longest, True), (1.1 * longest, False)):
            found = memory.critical(given, LLAMA, H100, context=context).alone
            assert np.isfinite(found) == enough
        ceiling = 2 * ACTIVE / (longest * memory.kv_per_token(given, LLAMA))
        rate = memory.achieved(given, H100)
        bandwidth = PARTS.loc[H100].bandwidth * given.weight_bandwidth
        assert ceiling == pytest.approx(rate / bandwidth)

    def test_experts_move_it_by_their_sparsity(self, given):
        names = ("deepseek-v3", LLAMA)
        sparse, dense = (memory.critical(given, name, H100).peak_tokens for name in names)
        model = MODELS.loc["deepseek-v3"]
        assert sparse / dense == pytest.approx(model.parameters / model.active_parameters)

    def test_longer_answers_need_more_requests(self, given):
        found = [
            memory.critical(replace(given, output_tokens=n), LLAMA, H100).batch
            for n in (10.0, 100.0, 1000.0)
        ]
        assert found == sorted(found)


class TestStep:
    def test_no_step_is_faster_than_its_reading_or_its_arithmetic(self, given):
        for batch in BATCHES:
            step = memory.step(given, LLAMA, H100, 2, batch=batch)
            assert step.step_time > step.reading_weights + step.reading_cache
            assert step.step_time > step.arithmetic

    def test_one_request_can_be_no_faster_than_the_weights(self, given):
        """140 GB at 3.35 TB/s: 41.8 ms on one accelerator; two read half each."""
        wide = replace(given, bytes_per_weight=2.0)
        step = memory.step(wide, LLAMA, H100, 2, batch=1)
        assert step.time_per_output_token >= 2 * 68e9 / (2 * 3.35e12)

    def test_cost_falls_and_latency_rises_with_the_batch(self, given):
        steps = [memory.step(given, LLAMA, H100, 2, batch=b) for b in BATCHES]
        assert np.all(np.diff([s.throughput for s in steps]) > 0)
        assert np.all(np.diff([s.speed for s in steps]) < 0)

    def test_a_cache_of_prompts_saves_arithmetic_but_no_reading(self, given):
        cold, warm = (replica(given, LLAMA, H100, 2, cached=hits) for hits in (0.0, 1.0))
        assert warm.kv_cache == cold.kv_cache
        assert warm.flops == pytest.approx(2 * ACTIVE * given.batch, rel=0.02)
        assert warm.step_time < cold.step_time

    def test_weights_come_in_three_widths(self, given):
        """Llama 3.1 70B: 141 GB at bf16, half of it at fp8 but for the two tables of words."""
        sizes = [
            memory.weights(replace(given, bytes_per_weight=width), LLAMA) / 1e9
            for width in (2.0, 1.0, 0.5)
        ]
        assert sizes[0] == pytest.approx(141, rel=0.01)
        assert sizes[1] == pytest.approx(70.6 + 2.1, rel=0.01)
        assert sizes[2] < 0.65 * sizes[1]

    def test_live_and_plain_agree(self, given):
        known = assumptions.known()["value"].to_dict()
        traced = assumptions.in_base_units(known, tracing.assumption)
        found = memory.step(traced, "deepseek-v3", H100, 16)
        plain = memory.step(given, "deepseek-v3", H100, 16)
        assert found.step_time.value == pytest.approx(plain.step_time)


class TestModels:
    def test_cache_of_llama_counts_key_value_heads(self):
        """Austin et al.: 160 kB a token at int8 (KiB); query heads would make it 8 times that."""
        assert architecture(LLAMA).kv_values == 160 * 1024

    def test_cache_of_deepseek_is_latent(self):
        """DeepSeek-V3: 61 layers of 512 + 64, 70 kB at bf16."""
        assert 2 * architecture("deepseek-v3").kv_values == pytest.approx(70e3, rel=0.01)

    def test_the_ceiling_is_the_limit_of_decoding(self, given):
        context = serving.mean_context(given.input_tokens, given.output_tokens)
        ceiling = 2 * ACTIVE / (context * memory.kv_per_token(given, LLAMA))
        found = memory.decoding(given, LLAMA, H100, 1e9).intensity
        assert found == pytest.approx(ceiling, rel=1e-4)
        assert memory.decoding(given, LLAMA, H100, 64).intensity < ceiling

    def test_a_batch_that_fits_fills_the_memory(self):
        batch = serving.largest_batch(8, 80e9, 0.9, 140e9, 4000, 327680)
        assert 140e9 + batch * 4000 * 327680 == pytest.approx(8 * 80e9 * 0.9)


class TestMeasured:
    @pytest.mark.parametrize("part", ["H100", "B200"])
    def test_the_curve_goes_through_the_points_and_the_peaks_are_too_fast(self, given, part):
        """InferenceX, Llama 3.1 70B in fp8 on two accelerators, 4 to 64 requests at once."""
        narrow = replace(given, bytes_per_weight=1.0, bytes_per_cached_value=1.0)
        for name in ("kernel_time", "request_time"):  # the page's are those of newer software
            delattr(narrow, name)
        lengths = {"input_tokens": 921.6, "output_tokens": 921.6}
        rows = memory.measured(
            "time_per_output_token",
            **{"model": LLAMA, "accelerator": part, "accelerators": 2, "precision": "fp8"},
            **{"stack": "vllm", **lengths},
        )
        assert len(rows) >= 5
        batch = rows["concurrency"].to_numpy()
        step = memory.step(narrow, LLAMA, part, 2, batch=batch, stack="vllm", **lengths)
        wrong = np.abs(step.time_per_output_token / rows["measured"].to_numpy() - 1)
        assert wrong.mean() < 0.1
        assert all(memory.ideal(step, 2, batch).speed > rows["speed"])

    def test_movement_and_arithmetic_never_exceed_what_was_measured(self, given):
        for row in JOULES.itertuples():
            found = memory.explained(given, row)
            assert 0 < found.movement < 1
            assert 0 < found.arithmetic < 1

    def test_an_unknown_set_up_is_an_error(self):
        with pytest.raises(tables.InputError, match=r"measurements\.csv has no"):
            memory.measured("time_per_output_token", model=LLAMA, accelerators=3)


class TestLevels:
    def test_chips_that_hold_a_model(self):
        """01.me: 305 LPUs for 70B at 8 bits, weights only; four wafers at 16 bits."""
        lpu, wafer = PARTS.loc["Groq LPU"], PARTS.loc["WSE-3"]
        assert serving.accelerators_to_hold(70e9, lpu.memory, 1) == 305
        assert serving.accelerators_to_hold(2 * MODELS.loc[LLAMA].parameters, wafer.memory, 1) == 4

    def test_sold_speeds_stay_below_what_bandwidth_allows(self):
        offers = tables.wide("sold_speeds")
        for name in ("Groq LPU", "WSE-3"):
            part = PARTS.loc[name]
            time = roofline.layered_read_time(MODELS.loc[LLAMA].layers, part.memory, part.bandwidth)
            assert offers.loc[name, "speed"] < 1 / time

    @pytest.mark.parametrize("accelerators", [1, 2, 8])
    def test_fetching_at_the_break_even_takes_as_long_as_computing(self, given, accelerators):
        rate = accelerators * memory.achieved(given, H100)
        fetched = memory.kv_per_token(given, LLAMA) / memory.break_even(
            given, LLAMA, H100, accelerators
        )
        assert fetched == pytest.approx(2 * ACTIVE / rate)

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
