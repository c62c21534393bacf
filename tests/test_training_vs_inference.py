"""Training against inference: published bills, closed forms, limits and what "never" means."""

import numpy as np
import pytest
from inference_economics import assumptions, tables, units
from inference_economics.assumptions import bounds, replace
from inference_economics.formulas import cost_structure, lifecycle
from inference_economics.model import datacenter
from inference_economics.model import lifecycle as model

HOUR, YEAR, MONTH = (units.factor(unit) for unit in ("h", "year", "month"))


@pytest.fixture
def given():
    return assumptions.in_base_units(assumptions.known()["value"].to_dict())


@pytest.fixture
def chat(given):
    return model.event(given, "llama-3.1-70b", "H100", given.replica_accelerators)


def test_arithmetic_of_llama_is_what_its_authors_report():
    """Grattafiori et al., 2024: 405 billion weights, 15.6 trillion tokens, 3.8e25 FLOP."""
    assert lifecycle.training_flops(405e9, 15.6e12) == pytest.approx(3.8e25, rel=0.01)


def test_bill_of_deepseek_v3():
    """DeepSeek-V3 Technical Report, table 1: 2.788 million H800-hours at 2 USD, 5.576 million."""
    run = tables.wide("training_runs").loc["DeepSeek-V3"]
    assert lifecycle.training_cost(run.accelerator_hours, 2 / HOUR) == pytest.approx(5.576e6)
    assert run.cost == pytest.approx(5.576e6)


def test_hours_and_utilisation_are_inverse_to_each_other():
    time = lifecycle.training_accelerator_time(3.8e25, 989.4e12, 0.4)
    assert 3.8e25 / (989.4e12 * time) == pytest.approx(0.4)


def test_utilisation_of_llama_405b_is_near_the_reported():
    """Epoch AI has 40 % for the run; the hours on its model card include lost ones."""
    run = tables.wide("training_runs").loc["Llama 3.1 405B"]
    least, most = (
        lifecycle.training_accelerator_time(3.8e25, 989.4e12, share)
        for share in (run.utilisation, 0.30)
    )
    assert least < run.accelerator_hours < most


def test_trend_contains_the_frontier():
    """Cottier et al., 2024: 2.4 a year, 2.0 to 2.9; from GPT-3 to Grok 4, which is Epoch's."""
    runs = tables.wide("training_runs")
    years = (runs.date["Grok 4"] - runs.date["GPT-3"]) * YEAR
    low, high = (model.grown(runs.cost["GPT-3"], factor, years) for factor in (2.0, 2.9))
    assert low < runs.cost["Grok 4"] < high
    assert model.grown(100.0, 2.4, 2 * YEAR) == pytest.approx(576.0)


def test_research_of_openai_in_2024(given):
    """Epoch AI: about 5 billion USD of research compute, 500 million of it final runs."""
    lab = model.programme(given, 0)
    assert lab.final_runs * YEAR == pytest.approx(0.5e9)
    assert lab.run * 2 == pytest.approx(0.5e9)
    assert lab.run_repaid == pytest.approx(lab.run / given.inference_spend)


def test_budget_is_given_whatever_its_split(given):
    """Neither the interval nor the share of final runs makes research dearer."""
    for name in ("retraining_interval", "share_of_final_runs"):
        for end in bounds(given, name):
            assert model.programme(end, 0).overtaking == model.programme(given, 0).overtaking


def test_run_of_the_served_model_is_its_own(given):
    """Llama 3.1 model card: 7.0 million H100-hours for 70B."""
    assert given.run_cost == pytest.approx(lifecycle.training_cost(7.0e6 * HOUR, 2 / HOUR))


def test_request_lengths_agree_with_the_means_and_medians_of_the_trace(given):
    """Azure LLM inference trace 2023: medians 1,020 and 129, 1,469 and 13; longest 14,050."""
    lengths = tables.wide("request_lengths")
    medians = lengths.loc["0.5", ["chat_input", "chat_output", "code_input", "code_output"]]
    assert list(medians) == [1020, 129, 1469, 13]
    assert lengths.loc["1", "chat_input"] == 14050
    assert (lengths.diff().dropna() >= 0).all(axis=None)
    assert lengths.loc["0.5", "code_input"] < given.code_input_tokens


def test_price_of_a_chat_answer_is_its_tokens_at_the_price_list(given, chat):
    tokens = given.input_tokens * given.api_input_price + given.output_tokens * (
        given.api_output_price
    )
    assert chat.price == pytest.approx(tokens)


def test_waiting_is_the_first_token_and_all_the_others(given, chat):
    assert chat.whole == pytest.approx(chat.first_token + given.output_tokens * chat.next_token)


def test_own_prompt_is_waited_for_once(given):
    """Alone, the prompt is in the first token only: steps only decode."""
    replica = (given, "llama-3.1-8b", "H100", 1)
    short, long = (
        model.event(*replica, input_tokens=tokens, output_tokens=13, batch=1)
        for tokens in (100, 1469)
    )
    assert long.first_token > 1.5 * short.first_token
    assert long.next_token < 1.15 * short.next_token
    crowded = model.event(*replica, input_tokens=1469, output_tokens=13, batch=64)
    assert crowded.next_token > 5 * long.next_token


def test_image_at_the_measured_speed(given):
    """MLPerf v4.1: 16.39 images/s on 8 H100, so 0.27 USD a thousand at 2 USD/h and full use."""
    busy = replace(given, utilisation=1.0, rental=2 / HOUR)
    assert model.image(busy).cost * 1000 == pytest.approx(2 / 3600 / (16.39 / 8) * 1000, rel=0.01)


def test_serving_is_fixed_at_first_and_proportional_later(given, chat):
    small, large = (model.structure(given, chat, load) for load in (1e-3, 1e7))
    assert small.serving_elasticity == 0
    assert small.serving == pytest.approx(given.least_replicas * chat.replica_cost)
    assert large.serving_elasticity == pytest.approx(1)
    assert large.average == pytest.approx(chat.cost, rel=0.01)


def test_elasticity_is_the_slope_on_log_axes(given, chat):
    load = np.array([0.999e4, 1.001e4])
    curve = model.structure(given, chat, load)
    slope = np.diff(np.log(curve.run + curve.serving)) / np.diff(np.log(load))
    assert model.structure(given, chat, 1e4).elasticity == pytest.approx(slope[0], rel=1e-4)


def test_average_cost_only_falls(given, chat):
    average = model.structure(given, chat, np.geomspace(0.01, 1e8, 200)).average
    assert (np.diff(average) < 0).all()


def test_even_load_splits_the_bill_in_halves(given, chat):
    even = model.structure(given, chat, 1.0).even_load
    there = model.structure(given, chat, even)
    assert there.serving == pytest.approx(there.run)
    assert there.elasticity == pytest.approx(0.5)


def test_even_utilisation_makes_renting_cost_what_tokens_cost(given, chat):
    ways = model.ownership(given, chat)
    even = model.ownership(replace(given, utilisation=ways.even_utilisation), chat)
    assert even.rent == pytest.approx(even.buy)


def test_parts_of_an_owned_answer_add_up(given, chat):
    ways = model.ownership(given, chat)
    assert sum(ways.own_parts) == pytest.approx(ways.own)
    assert ways.own_parts[0] / ways.own == pytest.approx(ways.capital_share)


def test_interest_and_depreciation_make_the_capital_charge(given, chat):
    """Without interest the annuity is the straight line."""
    free = model.ownership(replace(given, cost_of_capital=1e-6), chat)
    assert free.interest_share == pytest.approx(0, abs=1e-4)
    assert 0 < model.ownership(given, chat).interest_share < 0.5


def test_owned_hour_stands_above_what_large_buyers_pay(given):
    """SemiAnalysis: 1.30 USD for a hyperscaler, 1.69 for a smaller cloud; we count list prices."""
    hour = datacenter.accelerator(given, given.utilisation).total * HOUR
    assert 1.30 < hour < 1.69 * 1.25


def test_capital_is_half_at_the_even_price_of_electricity(given, chat):
    price = model.ownership(given, chat).even_electricity_price
    there = replace(given, electricity_price=price)
    assert model.ownership(there, chat).capital_share == pytest.approx(0.5)


def test_most_of_an_owned_hour_is_capital_in_every_corner(given):
    """Three plausible ranges together, all low and then all high."""
    names = ("cost_of_capital", "accelerator_life", "electricity_price")
    for end in bounds(given, *names):
        parts = datacenter.accelerator(end, end.utilisation)
        share = cost_structure.capital_share(parts.equipment, parts.building, parts.total)
        assert share > 0.5


def test_spending_is_equal_when_inference_overtakes(given):
    meeting = model.programme(given, model.programme(given, 0).overtaking)
    assert meeting.inference == pytest.approx(meeting.research)


def test_overtaking_closed_form():
    """Half as large, doubling while the other stands still: one period."""
    time = lifecycle.overtaking_time(2.0, 1.0, 0.0, np.log(2) / MONTH, YEAR)
    assert time == pytest.approx(MONTH)


@pytest.mark.parametrize("growth", [1.5, 2.0, 2.5, 2.66])
def test_never_is_said_and_stays_finite(given, growth):
    """Requests times cost must outgrow training: 2.67 times 0.9 is the border, 2.4."""
    lab = model.programme(replace(given, request_growth=growth), 0)
    assert lab.never
    assert not lab.in_time
    assert lab.overtaking == model.HORIZON


def test_late_is_not_never(given):
    lab = model.programme(replace(given, request_growth=2.7), 0)
    assert not lab.never
    assert not lab.in_time


def test_a_lab_that_only_serves_leads_from_the_start(given):
    lab = model.programme(replace(given, research_spend=1e6 / YEAR), 0)
    assert lab.leads
    assert lab.overtaking == 0


def test_sum_of_months_is_the_closed_form(given):
    months = (np.arange(7200) + 0.5) * MONTH / 100
    path = model.programme(given, months)
    end = model.programme(given, 72 * MONTH)
    assert path.research.sum() * MONTH / 100 == pytest.approx(end.research_so_far, rel=1e-4)
    assert path.inference.sum() * MONTH / 100 == pytest.approx(end.inference_so_far, rel=1e-4)


def test_inference_spending_is_the_leak_in_level_and_growth(given):
    """Zitron: 3.76 billion USD in 2024; 5.02 in six and 8.67 in nine months of 2025."""
    assert given.inference_spend * YEAR == pytest.approx(3.76e9)
    factor = model.programme(given, 0).inference_factor
    assert factor == pytest.approx((8.67 / 0.75 / 3.76) ** (1 / 0.875), rel=0.02)
    assert factor == pytest.approx((5.02 / 0.5 / 3.76) ** (1 / 0.75), rel=0.05)


def test_exercises(given, chat):
    """The statements of the solutions that do not print their own check."""
    _, grand = bounds(given, "run_cost")
    even = model.structure(grand, chat, 1.0).even_load
    assert even * chat.cost == pytest.approx(388e6 / (6 * MONTH))
    dear, harsh = (
        model.ownership(replace(given, **{"electricity_price": 0.23 / 3.6e6, **life}), chat)
        for life in ({}, {"accelerator_life": 2.5 * YEAR})
    )
    base = model.ownership(given, chat)
    assert dear.capital_share < harsh.capital_share < base.capital_share
    users = model.programme(replace(given, request_growth=3), 0)
    assert users.inference_factor == pytest.approx(2.7)
    assert users.in_time
