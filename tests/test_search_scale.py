"""A search engine with a language model: against published figures, closed forms and limits."""

from types import SimpleNamespace

import numpy as np
import pytest
from inference_economics import assumptions, scenarios, tables
from inference_economics.assumptions import replace
from inference_economics.formulas import unit_economics
from inference_economics.model import datacenter, search, serving
from inference_economics.tables import figure
from inference_economics.units import base, to

A100 = tables.wide("accelerators").loc["A100-80GB"]


@pytest.fixture
def given() -> SimpleNamespace:
    return assumptions.in_base_units(scenarios.Scenario().values)


def answers(given, model="llama-3.1-70b", accelerators=2, **changes):
    changed = replace(given, **changes)
    return search.service(changed, model, "H100", accelerators)


def gpt3(given, batch, **changes):
    changed = replace(given, **changes)
    return search.early(changed, "gpt-3-175b", "A100-80GB", 8, batch)


def test_the_essays_three_cents_are_davincis_price():
    """20 USD per million tokens, about 1,500 tokens: 3 cents (EE Times Europe, November 2023)."""
    price = figure("token_prices", "text-davinci-003", "output_price")
    assert unit_economics.priced_query(1000, 500, price, price) == pytest.approx(0.03)


def test_davinci_is_not_the_two_dollars_of_the_oldest_price_list():
    """litellm 1.0.0 lists 2 USD; simonw/llm-prices and cosmindolha.com have 20."""
    assert to(figure("token_prices", "text-davinci-003", "input_price"), "USD/Mtoken") == (
        pytest.approx(20)
    )


def test_revenue_of_a_search():
    """224.5 billion USD (Alphabet 2025) over 5 trillion searches (The Keyword) is 4.5 cents."""
    revenue = unit_economics.query_revenue(base(224.5, "GUSD/year"), base(5, "Trequest/year"))
    assert revenue == pytest.approx(0.0449)


def test_a_load_of_five_trillion_a_year_is_158548_a_second():
    """thekeyword.co, March 2025; a year there has 365 days."""
    assert base(5, "Trequest/year") == pytest.approx(158548, rel=0.001)


def test_gpt3_on_a100s_lies_in_morgan_stanleys_range(given):
    """0.22 to 2.2 cents for a natural-language query (marketmovingtrends.com, February 2023)."""
    assert 0.0022 < gpt3(given, 1024).cost < 0.022


def test_the_software_of_2023_takes_the_times_that_splitwise_measured(given):
    """Llama-2-70B on 8 A100 at bf16, prompt 512: 44.9 ms at batch 1, 46.5 at 8, 50.4 at 16."""
    then = SimpleNamespace(bytes_per_weight=2.0, bytes_per_cached_value=2.0)
    where = (then, "llama-2-70b", "A100-80GB", 8)
    lengths = {"input_tokens": 512, "output_tokens": 128, "stack": "vllm-2023"}
    for batch, measured in [(1, 44.9), (8, 46.5), (16, 50.4)]:
        replica = serving.replica(*where, batch=batch, **lengths)
        assert replica.time_per_output_token * 1e3 == pytest.approx(measured, rel=0.12)


def test_gpt3_keeps_within_memory(given):
    """4.7 MB of cache a token: 2 x 96 layers x 96 heads x 128 values x 2 bytes."""
    replica = gpt3(given, 1024)
    assert replica.kv_per_token == 2 * 96 * 96 * 128 * 2
    context = given.input_tokens + given.answer_tokens / 2
    filled = replica.weights + replica.batch * context * replica.kv_per_token
    assert filled == pytest.approx(8 * A100.memory * given.usable_memory)


def test_more_requests_at_once_make_gpt3_cheaper(given):
    cost = gpt3(given, np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0])).cost
    assert (np.diff(cost) < 0).all()
    assert cost[0] / cost[1] == pytest.approx(2, rel=0.02)  # the weights are read once for both


def test_energy_of_an_answer_is_of_the_size_that_google_reports(given):
    """0.24 Wh for the median Gemini prompt, spare machines and cooling included (August 2025)."""
    plain = {"search_input_tokens": given.input_tokens}
    wh = [
        to(answers(given, model, n, **plain).energy, "Wh/request")
        for model, n in [("llama-3.1-8b", 1), ("llama-3.1-70b", 2)]
    ]
    assert wh[0] < 0.24 < 2 * wh[1]
    assert wh[1] < 4 * 0.24


def test_cost_of_a_query_does_not_depend_on_the_load(given):
    cost = answers(given, queries_per_second=np.array([1e3, 1e5, 1e6])).per_query.total
    np.testing.assert_allclose(cost, cost[0], rtol=1e-12)


def test_fleet_grows_with_load_peak_and_spare(given):
    fleet = answers(given)
    assert answers(given, queries_per_second=2e5).accelerators == pytest.approx(
        2 * fleet.accelerators
    )
    assert answers(given, peak_over_mean=3.0).accelerators == pytest.approx(
        3.0 / given.peak_over_mean * fleet.accelerators
    )
    assert fleet.power == pytest.approx(fleet.accelerators * given.all_in_power)


def test_a_steady_fleet_without_reserve_is_always_busy(given):
    ideal = replace(given, peak_over_mean=1, headroom=0, spare=0)
    fleet = datacenter.fleet(ideal, 1000.0, 10.0, 8)
    assert fleet.utilisation == pytest.approx(1)
    assert fleet.accelerators == pytest.approx(800)


def test_deepseeks_day_as_a_fleet(given):
    """278 nodes at the peak, 226.75 on average (open-infra-index, day 6): 82 % used."""
    day = replace(given, peak_over_mean=278 / 226.75, headroom=0, spare=0)
    fleet = datacenter.fleet(day, 226.75, 1.0, 8)
    assert fleet.replicas == pytest.approx(278)
    assert fleet.utilisation == pytest.approx(0.816, abs=0.001)


def test_parts_add_up(given):
    fleet = answers(given)
    parts = fleet.per_query
    assert parts.total == pytest.approx(
        parts.equipment + parts.building + parts.energy + parts.maintenance
    )
    assert parts.total * given.queries_per_second == pytest.approx(fleet.cost.total)
    assert fleet.capital > fleet.accelerators * given.accelerator_capital


def test_equipment_that_lasts_for_ever_costs_its_interest(given):
    eternal = replace(
        given, accelerator_life=base(1e4, "year"), residual_value=0, cost_of_capital=0.1
    )
    each = datacenter.accelerator(eternal, 0.5)
    capital = given.accelerator_capital + given.network_capital
    assert to(each.equipment, "USD/year") == pytest.approx(0.1 * capital)


def test_an_hour_costs_between_owning_and_the_dearest_renting(given):
    """SemiAnalysis: 1.30 USD for an owner of many; a retail hour up to 4 (assumption rental)."""
    hour = to(answers(given).each.total, "USD/h")
    assert 1.30 < hour < 4


def test_longer_answers_and_bigger_models_cost_more(given):
    cost = answers(given, answer_tokens=np.array([100.0, 350.0, 1000.0, 5000.0])).per_query.total
    assert (np.diff(cost) > 0).all()
    sizes = [("llama-3.1-8b", 1), ("llama-3.1-70b", 2), ("llama-3.1-405b", 8)]
    cost = [answers(given, model, n).per_query.total for model, n in sizes]
    assert cost == sorted(cost)


def test_routing_saves_step_by_step(given):
    steps = search.routed(given, 0.0001, 0.001)
    assert steps == sorted(steps, reverse=True)
    everything = replace(given, llm_share=1, answer_cache_hits=0, small_model_share=0)
    assert search.routed(everything, 0.0001, 0.001) == pytest.approx([0.001] * 4)
    all_small = replace(given, llm_share=1, answer_cache_hits=0, small_model_share=1)
    assert search.routed(all_small, 0.0001, 0.001)[-1] == pytest.approx(0.0001)
    nothing = replace(given, answer_cache_hits=1)
    assert search.routed(nothing, 0.0001, 0.001)[-1] == 0


def test_pages_of_one_web_search_cost_what_their_tokens_cost(given):
    """8,000 tokens (OpenAI's block for a web search) at 5 USD per million are 4 cents."""
    prices = tables.wide("token_prices").loc["gpt-5.5"]
    assert search.at_prices(given, prices, 0, 8000) == pytest.approx(0.04)
    assert search.at_prices(given, prices, 0) == pytest.approx(0.04)


def test_reasoning_is_paid_for_as_output(given):
    prices = tables.wide("token_prices").loc["gpt-5-nano"]
    thinking = search.reasoning(given)
    assert thinking.answer_tokens == given.answer_tokens * given.reasoning_multiple
    added = search.at_prices(thinking, prices) - search.at_prices(given, prices)
    assert added == pytest.approx(
        (given.reasoning_multiple - 1) * given.answer_tokens * prices.output_price
    )


def test_gpt3_by_cost_is_nearer_to_a_search_than_by_price(given):
    """At the 1.30 USD/h that Microsoft charged OpenAI (NDTV, The Information, 2024)."""
    leased = gpt3(given, 1024, a100_rental=base(1.3, "USD/h"))
    listed = gpt3(given, 1024, a100_rental=base(4.1, "USD/h"))
    assert listed.cost / leased.cost == pytest.approx(4.1 / 1.3)
    assert 1 < leased.over_search < listed.over_search < given.gpt3_query_cost / given.search_cost


def test_priced_swings_hold_the_price_between_them(given):
    prices = tables.wide("token_prices").loc["gpt-5.5"]
    names = ("search_input_tokens", "answer_tokens")
    low, high = search.priced_swings(given, names, prices)
    cost = search.at_prices(given, prices)
    assert all(a < cost < b for a, b in zip(low, high, strict=True))


def test_affordable_tokens_spend_exactly_the_budget(given):
    prices = tables.wide("token_prices").loc["gpt-5"]
    budget = search.earnings(given).profit
    tokens = search.longest_answer(given, prices)
    assert search.at_prices(given, prices, tokens) == pytest.approx(budget)
    poor = replace(given, search_revenue=0.0)
    assert search.longest_answer(poor, prices) == 0


def test_break_even_revenue_leaves_nothing(given):
    revenue = search.break_even_revenue(given, given.gpt3_query_cost)
    left = unit_economics.query_profit(
        revenue, given.search_operating_margin, given.gpt3_query_cost
    )
    assert left == pytest.approx(0, abs=1e-12)


def test_margin_and_cost_share_make_a_whole():
    assert unit_economics.margin(0.045, 0.001) + unit_economics.cost_share(
        0.045, 0.001
    ) == pytest.approx(1)


def test_swings_hold_the_baseline_between_them(given):
    names = ("peak_over_mean", "answer_tokens", "electricity_price", "headroom")
    low, high = search.swings(given, names, "llama-3.1-70b", "H100", 2)
    total = answers(given).per_query.total
    assert all(a < total < b for a, b in zip(low, high, strict=True))


def test_the_cheapest_price_fell_by_more_than_two_orders_of_magnitude(given):
    """Stanford's AI Index 2025 has a 280-fold fall in 18 months at the quality of GPT-3.5."""
    prices = tables.wide("token_prices")
    first, last = (
        search.at_prices(given, prices.loc[name], None, given.input_tokens)
        for name in ("text-davinci-003", "gpt-5-nano")
    )
    assert first / last > 100


@pytest.mark.parametrize(
    ("model", "accelerators", "length", "measured"),
    [
        ("llama-2-70b", 2, 294, 24525 / 4),  # MLPerf v4.1, offline, eight H100
        ("llama-3.1-8b", 1, 1000, 15220),  # TensorRT-LLM's overview, FP8
        ("llama-3.3-70b", 2, 1000, 4205),
    ],
)
def test_full_load_is_what_was_published(given, model, accelerators, length, measured):
    """With their software, a cache of one byte a value, and as many requests as fit."""
    offline = replace(given, bytes_per_cached_value=1.0, usable_memory=0.9)
    options = {"input_tokens": length, "output_tokens": length, "stack": "trtllm"}
    where = (offline, model, "H100", accelerators)
    fits = serving.replica(*where, batch=1, **options).largest_batch
    found = serving.replica(*where, batch=min(fits, 1024), **options)
    assert found.throughput == pytest.approx(measured, rel=0.25)
