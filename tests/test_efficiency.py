"""The levers against published figures, limits, closed forms and measurements."""

import numpy as np
import pytest
from inference_economics import assumptions, claims, measurements, tables, tracing, units
from inference_economics.assumptions import replace
from inference_economics.formulas import efficiency, speculation
from inference_economics.model import decline, device, levers, machines, pairs


@pytest.fixture
def given():
    return assumptions.in_base_units(assumptions.known()["value"].to_dict())


class TestNarrowNumbers:
    @pytest.mark.parametrize("part", ["H100", "B200"])
    @pytest.mark.parametrize("batch", [1.0, 16.0, 128.0])
    def test_fp8_gains_something_and_never_twofold(self, given, part, batch):
        """Half the bytes and twice the peak bound the gain; hosts and caches keep it below."""
        gain = levers.narrowed(given, part, 4, batch, 1.0)
        assert 1 < gain.cost < 2

    def test_four_bits_fade_without_units_for_them(self, given):
        """Kurtic et al., arXiv 2411.02355: 4-bit weights suit small batches, 8-bit large ones."""
        few, many = (levers.narrowed(given, *levers.BEFORE, n, 0.5).cost for n in (1.0, 256.0))
        assert few > levers.narrowed(given, *levers.BEFORE, 1.0, 1.0).cost
        assert many < levers.narrowed(given, *levers.BEFORE, 256.0, 1.0).cost
        assert few > many

    def test_no_change_of_width_is_no_gain(self, given):
        assert levers.narrowed(given, *levers.BEFORE, 8.0, levers.WIDE).cost == pytest.approx(1)

    def test_measured_pairs_stay_below_the_data_sheet(self, given):
        seen = pairs.narrowed()
        assert len(seen) > 90
        chip = tables.wide("accelerators").loc["B200"]
        assert chip.fp4 / chip.fp8 == pytest.approx(2)
        assert seen.gain.max() < 1.5
        ones, fours = (seen[seen.accelerators == n].gain.median() for n in (1, 4))
        assert ones > fours > 0.95

    def test_the_model_is_near_the_measured_gain(self, given):
        """Within 15 % of the middle of the pairs with so many chips, prompts of 922 tokens."""
        seen = pairs.narrowed()
        for count in (1, 2, 4):
            rows = seen[(seen.accelerators == count) & (seen.input_tokens == seen.output_tokens)]
            lengths = {"input_tokens": 921.6, "output_tokens": 921.6, "stack": "vllm"}
            wide, narrow = (
                levers.serve(
                    levers.at_width(given, w, 1.0), levers.LARGE, "B200", count, 32.0, **lengths
                )
                for w in (1.0, 0.5)
            )
            gain = wide.time_per_output_token / narrow.time_per_output_token
            assert gain == pytest.approx(rows.gain.median(), rel=0.15)


class TestSpeculation:
    def test_one_request_gains_nearly_what_a_pass_yields(self, given):
        free = replace(given, draft_cost=0.0)
        gain = levers.drafted(free, levers.LARGE, *levers.BEFORE, 1.0)
        yielded = speculation.accepted_per_pass(given.draft_acceptance, given.drafts)
        assert 0.9 * yielded < gain <= yielded

    def test_it_fades_with_the_batch(self, given):
        gains = levers.drafted(given, levers.SMALL, "H100", 1, np.geomspace(1, 256, 9))
        assert (np.diff(gains) < 0).all()

    def test_it_is_near_what_a_server_got(self, given):
        """SGLang: 158.34 to 373.25 tokens/s, Llama 3.1 8B on one H100. Li et al.: 1.38 at 64."""
        wide = levers.at_width(given, 2.0)
        one, many = (levers.drafted(wide, levers.SMALL, "H100", 1, n) for n in (1.0, 64.0))
        assert one == pytest.approx(373.25 / 158.34, rel=0.15)
        assert many == pytest.approx(1.38, rel=0.15)

    def test_the_plain_server_is_near_the_published_one(self, given):
        alone = levers.serve(levers.at_width(given, 2.0), levers.SMALL, "H100", 1, 1.0)
        assert alone.speed == pytest.approx(158.34, rel=0.15)

    def test_without_acceptance_it_costs(self, given):
        never = replace(given, draft_acceptance=0.0)
        assert levers.drafted(never, levers.LARGE, *levers.BEFORE, 64.0) < 1

    def test_measured_gains_fade_too(self):
        drafts = pairs.drafted()
        few, many = drafts[drafts.concurrency <= 8], drafts[drafts.concurrency >= 128]
        assert 1.3 < many.gain.median() < few.gain.median() < 2.4


class TestTogether:
    def test_the_batch_keeps_the_speed(self, given):
        for where in (levers.BEFORE, levers.AFTER):
            found = levers.at_speed(given, levers.LARGE, *where)
            assert found.speed == pytest.approx(given.user_speed, rel=0.05)

    def test_no_lever_is_the_baseline(self, given):
        before = levers.answer(given)
        assert before.batch == given.static_batch
        assert levers.answer(given, ()).cost == before.cost

    def test_levers_share_a_bottleneck(self, given):
        found = levers.pulled(given)
        alone, last = (dict(zip(levers.LEVERS, x, strict=True)) for x in (found.alone, found.last))
        assert found.together < found.product
        assert last["speculation"] < alone["speculation"]
        assert last["cached prompts"] > alone["cached prompts"]
        assert all(gain >= 0.999 for gain in found.last)

    def test_what_shares_nothing_multiplies(self, given):
        """Utilisation divides every cost alike."""
        night = given.filled_utilisation / given.utilisation
        found = levers.pulled(given)
        place = levers.LEVERS.index("night work")
        assert found.alone[place] == pytest.approx(night)
        assert found.last[place] == pytest.approx(night)

    def test_a_larger_first_batch_leaves_less(self, given):
        gains = [levers.together(replace(given, static_batch=n)) for n in (1.0, 8.0, 32.0)]
        assert gains == sorted(gains, reverse=True)

    def test_swings_end_at_the_ranges(self, given):
        low, high = levers.swings(given, ["static_batch"])
        assert low[0] == pytest.approx(levers.together(replace(given, static_batch=1.0)))
        assert high[0] == pytest.approx(levers.together(replace(given, static_batch=32.0)))

    def test_a_page_and_numpy_agree(self, given):
        known = assumptions.known()["value"].to_dict()
        traced = assumptions.in_base_units(known, tracing.assumption)
        assert levers.together(traced).value == pytest.approx(levers.together(given))


class TestCascade:
    def test_at_even_acceptance_it_costs_the_same(self, given):
        found = levers.cascade(given)
        assert levers.cascade(given, found.even).cost == pytest.approx(1)

    def test_nothing_accepted_costs_both(self, given):
        found = levers.cascade(given, 0.0)
        assert found.cost == pytest.approx(1 + (1 + given.scorer_cost) / found.ratio)


class TestMachines:
    @pytest.mark.parametrize("part", ["H100", "B200"])
    def test_joules_are_near_those_measured(self, given, part):
        """ML.ENERGY, Llama 3.1 70B in bf16: within a quarter on average."""
        rows = measurements.measured()
        rows = rows[(rows["metric"] == "energy_per_token") & (rows["accelerator"] == part)]
        rows = rows[rows["model"] == levers.LARGE]
        untuned = levers.at_width(given, 2.0, 2.0)
        for name in ("kernel_time", "request_time"):
            delattr(untuned, name)
        missed = [
            levers.serve(
                replace(untuned, input_tokens=row.input_tokens, output_tokens=row.output_tokens),
                levers.LARGE,
                part,
                int(row.accelerators),
                row.concurrency,
                stack=row.stack,
            ).energy_per_token
            / row.measured
            - 1
            for row in rows.itertuples()
        ]
        assert len(missed) > 5
        assert np.abs(missed).mean() < 0.25

    def test_the_group_holds_model_and_batch(self, given):
        for part in ("H100", "B200", "RTX 5090", "TPU v5e"):
            found = machines.fitting(given, part)
            assert found.largest_batch >= given.batch
            assert np.log2(found.accelerators) % 1 == 0

    def test_bounds_of_sram_take_all_chips_for_one_user(self):
        """576 chips of 215 W, 300 tokens/s; four wafers of 23 kW, 1,800 tokens/s."""
        assert machines.sold("Groq LPU", "Groq LPU").joules == pytest.approx(576 * 215 / 300)
        assert machines.sold("WSE-3", "WSE-3").joules == pytest.approx(4 * 23e3 / 1800)

    def test_hala_points_own_figures_disagree(self):
        """20 petaops at 2,600 W are half of the 15 TOPS/W that are claimed."""
        hala = tables.wide("devices").loc["Hala Point"]
        assert hala.int8 / hala.power == pytest.approx(7.7e12, rel=0.01)
        assert hala.efficiency == pytest.approx(15e12)


class TestAtHome:
    def test_capital_falls_as_the_device_is_used(self, given):
        seldom, often = (
            machines.at_home(replace(given, device_busy=share), "RTX 5090") for share in (0.01, 0.1)
        )
        assert seldom.capital == pytest.approx(10 * often.capital)
        assert seldom.electricity == often.electricity

    def test_a_card_stays_below_its_bandwidth(self, given):
        """4-bit weights of 8 billion, with their scales, at least 4.5 GB a token."""
        for part in ("RTX 4090", "RTX 5090", "M3 Ultra"):
            bound = tables.figure("accelerators", part, "bandwidth") / 4.5e9
            assert 0.3 * bound < machines.at_home(given, part).speed < bound

    def test_the_rule_of_thumb_is_near_a_laptop(self, given):
        """34.1 W at 131.7 tokens/s (arXiv 2603.23640) against 0.1 J a billion weights."""
        laptop = tables.wide("devices").loc["RTX 4050 laptop"]
        kept = device.token(given, laptop.parameters, laptop.speed)
        assert 0.5 < kept.energy / (laptop.power / laptop.speed) < 1


class TestDecline:
    def test_a16zs_thousandfold(self):
        """60 to 0.06 USD a million tokens in three years: ten times a year (a16z, LLMflation)."""
        found = decline.price_fall(*decline.QUALITIES["GPT-3"])
        assert found.ratio == pytest.approx(1000)
        assert found.yearly == pytest.approx(10, rel=0.05)

    def test_factors_multiply_to_the_fall(self, given):
        found = decline.fall(given)
        assert np.prod(found.factors) == pytest.approx(found.price.ratio)
        assert np.prod(found.factors[:-1]) == pytest.approx(found.explained)

    def test_the_size_explains_no_more_than_the_weights(self, given):
        sizes = tables.wide("models").parameters
        factor = decline.fall(given).factors[2]
        assert factor == max(decline.fall(given).factors)
        assert factor == pytest.approx(sizes[decline.OLD] / sizes[decline.TINY], rel=0.15)

    def test_hardware_explains_no_more_than_peak_over_rent(self, given):
        parts = tables.wide("accelerators").loc[["A100-80GB", "H100"]]
        bound = parts.bf16.iloc[1] / parts.bf16.iloc[0] * given.a100_rental / given.h100_rental_then
        assert 1 < decline.fall(given).factors[1] < bound

    def test_both_prices_leave_a_margin(self, given):
        assert all(0 < margin < 1 for margin in decline.fall(given).margins)


class TestExercises:
    def test_two_halvings_of_three_quarters(self):
        assert efficiency.gain(1, 0.25 + 0.75 / 4) == pytest.approx(16 / 7)
        assert efficiency.gain(1, 0.25 + 0.75 / 2) ** 2 == pytest.approx(2.56)

    def test_a_batch_of_32_before_leaves_less_than_half(self, given):
        left = levers.together(replace(given, static_batch=32.0))
        assert left < levers.together(given) / 2

    def test_three_best_cases_are_not_400(self, given):
        three = ("narrow numbers", "speculation", "a cascade")
        gain = levers.answer(given).cost / levers.answer(given, three).cost
        assert 3 < gain < 10

    def test_a_phones_electricity_is_next_to_nothing(self, given):
        phone = tables.wide("devices").loc["iPhone 16 Pro"]
        kept = device.token(given, phone.parameters, phone.speed)
        assert units.to(kept.electricity, "USD/Mtoken") < 0.02
        assert kept.wear > 10 * kept.electricity


class TestSplit:
    def test_the_same_speed_leaves_room_for_a_larger_batch(self, given):
        found = levers.split(given, *levers.BEFORE)
        assert found.even < found.cost
        assert found.speed > 1

    def test_only_a_prompts_own_step_holds_others_up(self, given):
        """Not its wait for a turn, nor what a server does before and after."""
        both, writing = (
            levers.serve(given, levers.LARGE, *levers.BEFORE, interleaved=on) for on in (1.0, 0.0)
        )
        pause = levers.split(given, *levers.BEFORE).pause
        assert 1 < pause < both.time_to_first_token / writing.step_time


class TestGridPower:
    def test_it_is_that_of_the_machines(self, given):
        """Before any lever: replicas of four H100s, each accelerator with its all-in power."""
        needed = machines.replicas_needed(given) * 4 * given.all_in_power
        found = machines.grid_power(given, levers.answer(given).cost, "H100")
        assert found == pytest.approx(needed)

    def test_another_chip_has_its_own_rent_and_power(self, given):
        """The same money hires 2.0/3.7 as many B200s, at 2.17 kW each instead of 1.73."""
        old, new = (machines.grid_power(given, 1.0, part) for part in ("H100", "B200"))
        assert new / old == pytest.approx(2 / 3.7 * 2.17 / 1.73)


class TestVerdicts:
    def test_who_wins_takes_every_verdict(self, given):
        """Against a first batch of 1, of 8 and of 32."""
        found = [
            str(claims.levers.levers_decide_who_wins(replace(given, static_batch=n)))
            for n in (1.0, 8.0, 32.0)
        ]
        assert [text.partition(":")[0] for text in found] == [
            "holds",
            "can't be known",
            "overstated",
        ]

    def test_a_tpu_loses_where_only_its_rival_has_four_bits(self, given):
        assert str(claims.levers.tpus_are_powerful(given)) == "holds"
        narrow = levers.at_width(given, 0.5)
        assert str(claims.levers.tpus_are_powerful(narrow)) == "overstated"
