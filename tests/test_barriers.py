"""Barriers to entry against published figures, closed forms, limits and monotonicities."""

import numpy as np
import pytest
from inference_economics import assumptions, tables
from inference_economics.assumptions import replace
from inference_economics.formulas import barriers as formulas
from inference_economics.formulas import lifecycle
from inference_economics.model import barriers, hosting
from inference_economics.units import base, to

MODELS = ("llama-3.1-8b", "llama-3.3-70b", "llama-3.1-405b", "kimi-k2")
YEAR = base(1, "year")


@pytest.fixture
def given():
    return assumptions.in_base_units(assumptions.known()["value"].to_dict())


class TestFrontier:
    def test_it_grows_as_cottier_and_others_found_and_passes_gpt_4(self, given):
        """2.4 times a year from Grok 4 back lies within a factor of two of Epoch's GPT-4."""
        found = barriers.frontier_of(given, tables.figure("training_runs", "GPT-4", "date")).run
        assert 0.5 < found / tables.figure("training_runs", "GPT-4", "cost") < 2
        later = barriers.frontier(given, 2 * YEAR).run / barriers.frontier(given, YEAR).run
        assert later == pytest.approx(2.4)

    def test_research_at_openai_closes(self, given):
        """Two runs of mid-2025 a year at a tenth: 7.8 billion; OpenAI's R&D of 2025, 13.4."""
        two = 2 * barriers.frontier(given, 0.0).programme
        spent = barriers.organisations().budget["OpenAI"]
        assert 0.5 < two / spent < 1

    def test_last_years_capability_is_cheaper_by_both_rates(self, given):
        top = barriers.frontier(given, YEAR)
        ratio = top.run / top.older(YEAR).run
        assert ratio == pytest.approx(given.run_cost_growth * given.capability_decline)
        assert top.older(0.0).run == pytest.approx(top.run)

    def test_the_fall_agrees_with_gpt_4_and_deepseek(self):
        """37.3 million in March 2023, 5.576 in December 2024: within Ho and others' range."""
        runs, row = tables.wide("training_runs"), assumptions.known().loc["capability_decline"]
        first, second = runs.loc["GPT-4"], runs.loc["DeepSeek-V3"]
        yearly = (first.cost / second.cost) ** (1 / (second.date - first.date))
        assert row.low < yearly < row.high
        assert row.value == pytest.approx(2 ** (12 / 8), abs=0.01)

    def test_a_wait_ends_when_the_cost_has_fallen_to_the_budget(self, given):
        time = barriers.wait(given, 8e9, 1e9)
        decline = lifecycle.growth_rate(given.capability_decline, YEAR)
        assert 8e9 * np.exp(-decline * time) == pytest.approx(1e9)
        assert barriers.wait(given, 1e9, 8e9) == 0


class TestPurses:
    def test_more_can_pay_less_and_nobody_everything(self, given):
        counts = [barriers.payers(given, cost) for cost in (0, 1e9, 1e10, 1e15)]
        assert counts == sorted(counts, reverse=True)
        assert counts[0] == len(barriers.organisations())
        assert counts[-1] == 0

    def test_a_lab_stakes_all_and_others_a_share(self, given):
        assert barriers.stake(given, "lab", 100.0) == 100
        assert barriers.stake(given, "state", 100.0) == pytest.approx(100 * given.purse_share)

    def test_concentration_is_above_what_guidelines_call_high(self):
        """53, 18 and 18 per cent: 0.2809 + 2 × 0.0324."""
        assert barriers.concentration() == pytest.approx(0.3457)


class TestDemands:
    def test_chinchilla_and_gopher_sized_budgets(self):
        """Hoffmann et al.: 5.76e23 FLOP for 70 billion weights and 1.4 trillion tokens."""
        assert formulas.balanced_tokens(5.76e23, 20) == pytest.approx(1.4e12, rel=0.02)

    def test_accelerators_of_llama_3_1_405b(self, given):
        """16,384 H100s in 89 days at 40 per cent (Grattafiori et al., Epoch AI)."""
        days = base(2142 / 24, "day")
        view = replace(given, training_days=days, training_utilisation=0.4042)
        assert barriers.accelerators(view, 3.8e25) == pytest.approx(16384, rel=0.25)

    def test_rent_of_deepseek_v3(self, given):
        """5.576 million USD at 2 USD an hour, with the utilisation that its hours imply."""
        view = replace(given, training_utilisation=0.3276, rental=base(2, "USD/h"))
        flops = tables.figure("training_runs", "DeepSeek-V3", "compute")
        assert barriers.rented(view, flops) == pytest.approx(5.576e6, rel=0.01)

    def test_staff_and_accelerators_keep_their_shares(self, given):
        run = barriers.run(given, barriers.OPEN)
        staff = run.people * given.researcher_pay * YEAR
        assert staff / (staff + run.cost) == pytest.approx(given.staff_share)


class TestOwnFleet:
    def test_a_replica_holds_its_model_and_half_of_it_would_not(self, given):
        for name in MODELS:
            replica = hosting.own(given, name)
            memory = replica.setup.memory * given.usable_memory
            held = replica.weights + hosting.ROOM / replica.batch * replica.kv_cache
            assert held < replica.accelerators * memory
            assert replica.accelerators == 1 or held > replica.accelerators / 2 * memory

    def test_more_weights_rent_for_more(self, given):
        rents = [hosting.own(given, name).fleet for name in MODELS]
        assert rents == sorted(rents)

    def test_at_the_even_load_both_cost_the_same(self, given):
        replica = hosting.own(given, "llama-3.3-70b")
        price = hosting.page_price(given)
        load = hosting.even_load(given, replica, price)
        own = hosting.average(given, replica, load, hosting.operators(given))
        assert own == pytest.approx(price)

    def test_below_its_marginal_cost_no_volume_pays(self, given):
        replica = hosting.own(given, "llama-3.3-70b")
        price = 0.99 * replica.request / given.utilisation
        assert hosting.even_load(given, replica, price) == hosting.NEVER
        assert hosting.even_tokens(given, replica, price) == np.inf

    def test_at_the_even_utilisation_a_busy_replica_matches_the_price(self, given):
        replica = hosting.own(given, "llama-3.3-70b")
        share = hosting.even_utilisation(replica, 1e-3)
        assert replica.request / share == pytest.approx(1e-3)

    def test_cheap_sellers_ask_no_more_than_dear_ones(self, given):
        for name in MODELS:
            asked = hosting.request_prices(given, name)
            assert asked.cheap < asked.usual < asked.dear

    def test_prices_of_a_seller_are_read_by_its_name(self):
        """Together asks 1.04 USD a million both ways for Llama 3.3 70B (litellm 1.109.1)."""
        row = hosting.sellers("llama-3.3-70b").loc["together_ai"]
        assert to(row.input_price, "USD/Mtoken") == pytest.approx(1.04)


class TestScale:
    def test_one_customer_and_endlessly_many(self, given):
        assert hosting.utilisation(given, 1) == pytest.approx(1 / given.office_peak)
        assert hosting.utilisation(given, 1e12) == pytest.approx(1 / given.world_peak, rel=1e-4)

    def test_deepseeks_day_closes(self, given):
        """87,072 USD a day at 2 USD an hour (DeepSeek-AI, 2025)."""
        day = hosting.day()
        view = replace(given, rental=base(2, "USD/h"))
        seller = hosting.large(view, day.input_tokens, day.output_tokens)
        paid = to(seller.request * day.output / day.output_tokens, "USD/day")
        assert paid == pytest.approx(87072, rel=0.002)

    def test_lengths_give_the_published_cache(self):
        day = hosting.day()
        assert day.input_tokens + day.output_tokens / 2 == pytest.approx(4989)
        assert day.input_tokens / day.output_tokens == pytest.approx(608 / 168)

    def test_company_makes_a_request_cheaper(self, given):
        costs = [hosting.scale(given, batch).small.request for batch in (1.0, 8.0, 64.0, 512.0)]
        assert costs == sorted(costs, reverse=True)

    def test_full_small_replicas_do_not_beat_deepseek(self, given):
        assert hosting.scale(given).ratio > 1
        assert hosting.scale(given).alone > hosting.scale(given).ratio

    def test_an_unfilled_seller_pays_for_its_smallest_fleet(self, given):
        day = hosting.day()
        seller = hosting.large(given, day.input_tokens, day.output_tokens)
        assert hosting.sold(given, seller, 1e-3) == pytest.approx(seller.cost / 1e-3)


class TestExercises:
    def test_the_first(self, given):
        """A run of 931 million with 200 million, at a fall of 2.83 a year."""
        cost = barriers.frontier(given, given.frontier_years).run
        wait = to(barriers.wait(given, cost, 200e6), "year")
        assert wait == pytest.approx(np.log(388 * 2.4 / 200) / np.log(2.83), rel=1e-3)

    def test_the_second(self, given):
        """At a fifth of its capacity the marginal request still costs less than the page's API."""
        idle = replace(given, utilisation=0.2)
        replica = hosting.own(idle, "llama-3.3-70b")
        assert replica.request / 0.2 < hosting.page_price(idle)
        load = hosting.even_load(idle, replica, hosting.page_price(idle))
        assert load > hosting.even_load(given, replica, hosting.page_price(given))

    def test_the_third(self, given):
        assert hosting.scale(given, 8.0).ratio > 10 * hosting.scale(given).ratio

    def test_the_fourth(self, given):
        firms = formulas.customers_for_peak(given.world_peak, given.office_peak, 2)
        assert hosting.utilisation(given, firms) == pytest.approx(0.5)
