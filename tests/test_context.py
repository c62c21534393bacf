"""Long contexts against closed forms, limits, published figures and the claims on the page."""

import numpy as np
import pytest
from inference_economics import assumptions, claims, tables, tracing, units, validation
from inference_economics.assumptions import bounds, replace
from inference_economics.formulas import context as lengthening
from inference_economics.model import context
from inference_economics.model.serving import kv_per_token

LLAMA = "llama-3.1-70b"


@pytest.fixture
def given():
    return assumptions.in_base_units(assumptions.known()["value"].to_dict())


class TestPrompt:
    def test_a_classic_model_crosses_at_twelve_widths(self):
        """P = 12·L·d² and heads as wide as the model (Kaplan et al.): P/(L·d) is 12·d."""
        assert context.crossing("gpt-3-175b").width == pytest.approx(12, rel=0.01)

    def test_dense_models_that_share_keys_cross_near_there(self):
        for name in ("llama-3.1-8b", LLAMA, "llama-3.1-405b"):
            assert 10 < context.crossing(name).width < 16

    @pytest.mark.parametrize("name", [LLAMA, "deepseek-v3", "gpt-oss-120b", "gemma-3-27b"])
    def test_at_the_crossing_both_parts_are_equal(self, name):
        found = context.prompt(name, context.crossing(name).tokens)
        assert found.attention == pytest.approx(found.weights + found.windows, rel=1e-3)

    def test_doubling_doubles_short_and_quadruples_endless_prompts(self):
        growth = [
            context.prompt(LLAMA, 2 * n).total / context.prompt(LLAMA, n).total for n in (10, 1e9)
        ]
        assert growth == pytest.approx([2, 4], rel=1e-3)
        assert context.exponent(LLAMA, 10) == pytest.approx(1, abs=1e-3)
        assert context.exponent(LLAMA, 1e9) == pytest.approx(2, abs=1e-3)

    def test_the_exponent_is_the_slope_on_log_scales(self):
        tokens = 50000.0
        ends = [context.prompt(LLAMA, tokens * factor).total for factor in (0.999, 1.001)]
        slope = np.log(ends[1] / ends[0]) / np.log(1.001 / 0.999)
        assert context.exponent(LLAMA, tokens) == pytest.approx(slope, rel=1e-5)

    def test_windows_make_long_prompts_cheaper_and_short_ones_no_dearer(self):
        """A window as long as the prompt is full attention."""
        assert lengthening.attended_span(800.0, 800.0) == pytest.approx(400)
        steps = np.arange(1, 5001)
        assert lengthening.attended_span(5000.0, 300.0) == pytest.approx(
            np.minimum(steps, 300).mean(), rel=0.01
        )

    def test_decoding_grows_in_proportion_at_most(self):
        costs = [context.decoding(LLAMA, n).total for n in (1e4, 1e5, 1e6)]
        assert np.all(np.diff(np.log10(costs)) < 1)


class TestMemory:
    def test_a_million_tokens_of_llama(self, given):
        """Austin et al.: 160 KiB a token at int8, so twice that at bf16."""
        assert context.cache(given, LLAMA, 1e6) == pytest.approx(2 * 160 * 1024 * 1e6)

    def test_windows_halve_the_cache_of_gpt_oss(self, given):
        full = kv_per_token(given, "gpt-oss-120b") * 1e6
        assert context.cache(given, "gpt-oss-120b", 1e6) == pytest.approx(full / 2, rel=1e-3)

    def test_half_the_bytes_fit_twice_the_requests(self, given):
        rooms = [
            context.document(replace(given, bytes_per_cached_value=width)).largest_batch
            for width in (1.0, 2.0)
        ]
        assert rooms[0] == pytest.approx(2 * rooms[1])

    def test_room_falls_as_the_context_grows(self, given):
        rooms = [context.document(given, n).largest_batch for n in (1e4, 1e5, 1e6)]
        assert rooms[0] > 9 * rooms[1] > 80 * rooms[2]

    def test_company_is_never_lost_where_all_fit(self, given):
        short, long = (context.reading(given, n) for n in (1000.0, 1e5))
        assert short.crowded == pytest.approx(short.output_token)
        assert long.output_token > long.crowded


class TestTask:
    def test_one_call_repeats_nothing(self, given):
        one, anew = (context.task(given, hits, calls=1.0) for hits in (1.0, 0.0))
        assert one.cached == pytest.approx(0)
        assert one.cost == pytest.approx(anew.cost)

    def test_repeats_are_what_earlier_calls_read_or_wrote(self):
        """Counted call by call."""
        document, calls, added = 1000.0, 7, 150.0
        prompts = document + added * np.arange(calls)
        new = np.concatenate([[document], np.full(calls - 1, added)])
        mean = lengthening.mean_prompt(document, calls, added)
        assert mean == pytest.approx(prompts.mean())
        found = lengthening.repeated_share(document, calls, added, mean)
        assert found == pytest.approx(1 - new.sum() / prompts.sum())

    def test_a_cache_saves_arithmetic_more_than_cost(self, given):
        warm, cold = context.task(given), context.task(given, 0.0)
        assert 0 < 1 - warm.cost / cold.cost < 1 - warm.flops / cold.flops < 1

    def test_without_reasoning_it_saves_more(self, given):
        def saved(view):
            return 1 - context.task(view).cost / context.task(view, 0.0).cost

        assert saved(replace(given, reasoning_multiple=1.0)) > saved(given)

    def test_list_price_by_hand(self, given):
        """GPT-5.5, 5 and 30 USD a million, one call of 100,000 and 17 · 211 tokens."""
        found = context.at_prices(given, "GPT-5.5", 0.0, 1.0)
        assert found == pytest.approx(100000 * 5e-6 + 17 * 211 * 30e-6)

    def test_long_prompts_pay_the_step(self, given):
        ends = [
            context.at_prices(
                replace(given, task_input_tokens=n, output_tokens=1.0), "GPT-5.5", 0.0, 1
            )
            for n in (272000.0, 272001.0)
        ]
        assert ends[1] / ends[0] == pytest.approx(2, rel=0.01)

    def test_a_hello_is_the_cheapest_request(self, given):
        costs = [
            item.cost
            for item in (
                context.hello(given),
                context.question(given),
                context.reasoned(given),
                context.document(given),
                context.task(given),
            )
        ]
        assert costs == sorted(costs)

    def test_live_and_plain_agree(self, given):
        known = assumptions.known()["value"].to_dict()
        traced = assumptions.in_base_units(known, tracing.assumption)
        assert context.over_hello(traced).value == pytest.approx(context.over_hello(given))


class TestPublished:
    def test_the_growth_of_energy_agrees_with_epoch(self, given):
        """2.5 and 40 Wh at 10,000 and 100,000 tokens: 16 times, an exponent of 1.2."""
        ratio = context.document(given, 1e5).wall / context.document(given, 1e4).wall
        found = lengthening.measured_exponent(ratio, 10.0)
        assert found == pytest.approx(np.log10(16), abs=0.15)

    def test_energies_lie_within_a_factor_of_three_of_epochs(self, given):
        """For another model, of unknown size; 0.3 Wh is a short prompt."""
        rows = {1155.0: 0.3, 1e4: 2.5, 1e5: 40}
        for tokens, said in rows.items():
            found = units.to(context.document(given, tokens).wall, "Wh/request")
            assert said / 3 < found < said * 3

    def test_fitted_power_stays_below_full(self, given):
        for tokens in (1e3, 1e4, 1e5, 1e6):
            found = context.document(given, tokens)
            assert found.wall <= found.full_wall * (1 + 1e-9)

    def test_long_prompts_cost_a_step_of_two(self):
        """litellm 1.109.1: all of 159 models but one with a tier above 272k ask 2.0 times."""
        offers = tables.wide("context_offers")
        steps = (offers.long_input_price / offers.input_price).round(6)
        assert set(steps) == {1.0, 2.0}
        assert (offers.long_from <= offers.context).all()

    def test_chat_lengths_of_the_trace(self):
        found = context.ends(context.lengths("chat_input"))
        assert (found["median"], found["longest"]) == (1020, 14050)
        assert 0.1 < context.lengths("chat_input").in_longest < 1

    def test_the_error_on_long_requests_is_within_a_quarter(self):
        """What the page admits; none of the points was fitted."""
        wrong = context.long_points(validation.errors(), 20000)
        assert len(wrong) >= 10
        assert wrong.held_out.abs().mean() < 0.25


class TestClaims:
    def test_answers_would_keep_to_milliseconds_if_they_were_tokens(self, given):
        assert str(claims.verdicts(given, "C044")["c044"]) == "overstated"
        short = replace(given, output_tokens=2.0, batch=1.0)
        assert str(claims.verdicts(short, "C044")["c044"]) == "holds"

    def test_short_documents_are_linear_and_long_ones_quadratic(self, given):
        def said(tokens):
            view = replace(given, task_input_tokens=tokens)
            return str(claims.verdicts(view, "C047")["c047"])

        assert said(1e4) == "holds: linear here"
        assert said(1e5) == "holds: between the two here"
        assert said(1e6) == "holds: quadratic here"

    def test_only_the_smallest_task_is_near_a_hello(self, given):
        names = ["task_input_tokens", "output_tokens", "reasoning_multiple", "task_calls"]
        for name in names:
            assert context.over_hello(bounds(given, name)[0]) > 100
        assert context.over_hello(bounds(given, *names)[0]) < 100


class TestExercises:
    def test_first(self):
        """Half of it linear, half quadratic: an exponent of one and a half."""
        tokens = context.crossing("llama-3.1-8b").tokens
        assert tokens == pytest.approx(8.03e9 / (32 * 32 * 128), rel=1e-3)
        assert tokens == pytest.approx(61300, rel=1e-3)
        assert context.exponent("llama-3.1-8b", tokens) == pytest.approx(1.5)

    def test_second(self, given):
        view = replace(given, reasoning_multiple=1.0)
        saved = 1 - context.task(view).cost / context.task(view, 0.0).cost
        assert saved == pytest.approx(0.68, abs=0.01)

    def test_third(self, given):
        def doubled(n):
            return context.prompt(LLAMA, 2 * n).total / context.prompt(LLAMA, n).total

        assert doubled(given.input_tokens) == pytest.approx(2.02, abs=0.01)
        assert doubled(1e6) == pytest.approx(3.8, abs=0.02)
