"""Levers, sizes, devices, training over the years: published figures, closed forms, limits."""

import numpy as np
import pytest
from inference_economics import assumptions, live, tables, tracing, units
from inference_economics.assumptions import replace
from inference_economics.formulas import (
    levers,
    lifecycle,
    scaling,
    transformer,
    unit_economics,
)
from inference_economics.model import device, sizing
from inference_economics.model.architecture import architecture

YEAR = units.factor("year")
EPOCH = {
    "loss_floor": 1.8172,
    "size_coefficient": 482.01,
    "size_exponent": 0.3478,
    "data_coefficient": 2085.43,
    "data_exponent": 0.3658,
}


@pytest.fixture
def given():
    return assumptions.in_base_units(assumptions.known()["value"].to_dict())


def test_four_bits_are_more_than_four_bits():
    """OpenAI, gpt-oss model card: MXFP4 takes 4.25 bits for a parameter."""
    assert 8 * levers.quantised_width(0.5, 1, 32) == 4.25


def test_gpt_oss_weighs_what_is_published():
    """vLLM blog: 63 GB for gpt-oss-120b with its experts in MXFP4 and the rest in bf16."""
    parts = architecture("gpt-oss-120b")
    others = tables.wide("models").parameters["gpt-oss-120b"] - parts.expert_parameters
    narrow = transformer.weight_bytes(parts.expert_parameters, levers.quantised_width(0.5, 1, 32))
    assert narrow + transformer.weight_bytes(others, 2) == pytest.approx(63e9, rel=0.05)


def test_deepseek_s_day_of_prompts_and_answers():
    """DeepSeek, open-infra-index, day 6: 562,027 USD a day at the prices of R1.

    608 billion tokens in, 342 of them from the cache at 0.14 instead of 0.55 USD a million, and
    168 billion out at 2.19.
    """
    price = levers.mean_input_price(0.55e-6, 342 / 608, 0.14 / 0.55)
    assert unit_economics.priced_query(608e9, 168e9, price, 2.19e-6) == pytest.approx(
        562027, rel=0.001
    )
    assert levers.computed_prompt(608e9, 342 / 608) == pytest.approx(266e9)


def test_a_cascade_is_the_sum_over_its_tiers():
    cost, accepted, scorer = np.array([1.0, 4.0, 20.0]), np.array([0.6, 0.5, 1.0]), 0.1
    reached = np.cumprod([1, *(1 - accepted[:-1])])
    nested = levers.cascade_cost(
        cost[0], scorer, accepted[0], levers.cascade_cost(cost[1], scorer, accepted[1], cost[2])
    )
    assert nested == pytest.approx((reached * (cost + np.array([scorer, scorer, 0]))).sum())


def test_a_cascade_pays_from_its_even_acceptance_on():
    even = levers.even_acceptance(1.0, 0.1, 20.0)
    assert levers.cascade_cost(1.0, 0.1, even, 20.0) == pytest.approx(20.0)
    assert levers.cascade_cost(1.0, 0.1, 1.0, 20.0) == 1.1


def test_frugal_gpt_saves_98_percent_where_nearly_everything_is_accepted():
    """Chen et al., 2023, at best: possible only if the small tier costs and passes on under 2 %."""
    assert levers.cascade_cost(0.01, 0.0, 0.99, 1.0) == pytest.approx(0.02)
    assert levers.cascade_cost(0.01, 0.0, 0.9, 1.0) > 0.1


def test_an_iphone_lasts_under_two_hours_with_seven_billion_weights(given):
    """Liu et al., MobileLLM: 0.7 J a token, 50 kJ, 10 tokens a second."""
    phone = device.token(given, 7e9, 10.0)
    assert phone.energy == pytest.approx(0.7)
    assert 1.9 < units.to(phone.time, "h") < 2.0


def test_a_full_battery_pays_for_itself_in_its_life(given):
    """All the tokens of all its charges wear it out, and no fewer."""
    phone = device.token(given, 1e9, 20.0)
    assert phone.wear * phone.tokens * given.battery_cycles == pytest.approx(given.battery_price)


def test_on_a_device_the_battery_costs_more_than_the_electricity(given):
    """A charge of 50 kJ is 0.3 cents of electricity, but a thousandth of a 99-dollar battery."""
    phone = device.token(given, 1e9, 20.0)
    assert phone.electricity * phone.tokens == pytest.approx(0.0031, rel=0.01)
    assert phone.wear > 20 * phone.electricity
    assert phone.bought > phone.owned


def test_always_generating_device_repays_itself_over_its_life(given):
    always = device.token(replace(given, device_busy=1.0), 1e9, 20.0)
    assert always.capital * 20 * given.device_life == pytest.approx(given.device_price)


def test_demand_follows_the_report():
    """Exponential View, 2026: a tenth off sells 12 to 18 % more, elasticities of 1.1 to 1.6."""
    assert [levers.demand_factor(0.9, e) for e in (1.075, 1.571)] == pytest.approx(
        [1.12, 1.18], 1e-3
    )


def test_spending_stays_at_elasticity_one():
    ratio = np.geomspace(1e-3, 1e3, 7)
    np.testing.assert_allclose(levers.spending_factor(ratio, 1.0), 1)
    np.testing.assert_allclose(levers.spending_factor(ratio, 1.1), ratio * ratio**-1.1)
    assert levers.spending_factor(0.5, 1.1) > 1 > levers.spending_factor(0.5, 0.9)


# Training over the years.


def test_runs_are_a_geometric_series():
    growth = np.array([0.5, 1.0 - 1e-9, 1.0, 1.5, 2.4])
    for runs in (1, 2, 7):
        summed = sum(growth**run for run in range(runs))
        np.testing.assert_allclose(lifecycle.cost_of_runs(1.0, growth, runs), summed, rtol=1e-5)


def test_served_tokens_grow_as_an_integral():
    time = np.linspace(0, 3, 30001)
    rate = lifecycle.growing_spend(10.0, 0.7, time)
    assert lifecycle.served_tokens(10.0, 0.7, 3.0) == pytest.approx(np.trapezoid(rate, time))


def test_research_budget_of_openai_in_2024():
    """Epoch AI: about half a billion USD of final runs, a tenth of all research compute."""
    assert lifecycle.research_budget(0.5e9, 0.1) == pytest.approx(5e9)
    assert lifecycle.final_run_cost(5e9 / YEAR, 0.1, YEAR) == pytest.approx(0.5e9)


def test_training_fades_from_the_cost_of_a_token():
    tokens = np.array([1e9, 1e12, 1e18])
    cost_of_token = lifecycle.lifetime_token_cost(14e6, tokens, 1e-6)
    assert cost_of_token[0] == pytest.approx(14e6 / 1e9, rel=1e-3)
    assert cost_of_token[-1] == pytest.approx(1e-6, rel=1e-4)


# The size of a model.


def chinchilla_tokens(law, parameters):
    """Training that is the best for a size: both slopes of the loss per FLOP are equal."""
    slope = law.size_exponent * law.size_coefficient * parameters**-law.size_exponent
    return (law.data_exponent * law.data_coefficient / slope) ** (1 / law.data_exponent)


def test_loss_is_hoffmann_s(given):
    """E + A / N^α + B / D^β of the paper, for Chinchilla."""
    written = 1.69 + 406.4 / 70e9**0.336 + 410.7 / 1.4e12**0.283
    assert sizing.loss(given, 70e9, 1.4e12) == pytest.approx(written)


def test_optimum_is_where_the_loss_is_least(given):
    flops = 1e24
    best = sizing.optimum(given, flops)
    sizes = best.parameters * np.geomspace(0.1, 10, 2001)
    losses = sizing.loss(given, sizes, flops / (6 * sizes))
    assert sizes[np.argmin(losses)] == pytest.approx(best.parameters, rel=0.01)
    assert best.tokens == pytest.approx(chinchilla_tokens(given, best.parameters))


def test_replication_gives_chinchilla_itself(given):
    """Besiroglu et al., 2024: their fit agrees with 70 billion weights on 1.4 trillion tokens."""
    best = sizing.optimum(replace(given, **EPOCH), 6 * 70e9 * 1.4e12)
    assert best.parameters == pytest.approx(70e9, rel=0.05)
    assert best.tokens == pytest.approx(1.4e12, rel=0.05)


def test_a_smaller_model_saves_what_sardana_et_al_say(given):
    """Beyond Chinchilla-Optimal, figure 1: 7 instead of 13 billion weights at two trillion served
    tokens save 1.7e22 FLOPs, 17 %."""
    loss = sizing.loss(given, 13e9, chinchilla_tokens(given, 13e9))
    large, small = sizing.curve(given, np.array([13e9, 7e9]), loss, 2e12).total
    assert large - small == pytest.approx(1.7e22, rel=0.02)
    assert 1 - small / large == pytest.approx(0.17, abs=0.006)


def test_rounded_exponents_mislead(given):
    """Besiroglu et al., 2024: with 0.34 and 0.28, as printed, the same saving is under a tenth."""
    rounded = replace(given, size_exponent=0.34, data_exponent=0.28)
    loss = sizing.loss(rounded, 13e9, chinchilla_tokens(rounded, 13e9))
    large, small = sizing.curve(rounded, np.array([13e9, 7e9]), loss, 2e12).total
    assert 1 - small / large < 0.10


def test_tokens_for_a_loss_reach_it(given):
    sizes = np.geomspace(1e10, 1e12, 9)
    target = sizing.optimum(given, 5.76e23).loss
    points = sizing.curve(given, sizes, target, 0)
    enough = points.tokens < 1e18
    np.testing.assert_allclose(sizing.loss(given, sizes, points.tokens)[enough], target, rtol=1e-9)
    assert enough.sum() > 5
    assert sizing.curve(given, 1e9, target, 0).tokens > 1e18  # out of reach


def test_best_size_is_chinchilla_s_without_users_and_shrinks_with_them(given):
    optimum = sizing.optimum(given, 5.76e23)
    sizes = [sizing.best(given, optimum.loss, served) for served in (0, 1e12, 1e14, 1e16)]
    assert sizes[0].parameters == pytest.approx(optimum.parameters)
    assert sizes[0].total == pytest.approx(5.76e23)
    assert (np.diff([point.parameters for point in sizes]) < 0).all()
    assert (np.diff([point.tokens for point in sizes]) > 0).all()
    assert sizes[-1].serving > sizes[-1].training


@pytest.mark.parametrize("law", [{}, EPOCH], ids=["hoffmann", "epoch"])
@pytest.mark.parametrize("served", [0.0, 1e12, 1.4e14, 1e16, 1e17])
def test_best_is_the_lowest_point_of_the_curve(given, law, served):
    held = replace(given, **law)
    target = sizing.loss(held, 8.03e9, 15e12)
    found = sizing.best(held, target, served)
    grid = found.parameters * np.geomspace(0.5, 2, 2001)
    totals = sizing.curve(held, grid, target, served).total
    assert grid[np.argmin(totals)] == pytest.approx(found.parameters, rel=0.01)
    assert found.total <= totals.min() * (1 + 1e-9)
    assert sizing.loss(held, found.parameters, found.tokens) == pytest.approx(target)
    assert sizing.meant_for(held, found.parameters, found.tokens) == pytest.approx(
        served, rel=1e-6, abs=1e6
    )


def test_a_token_carries_its_part_of_the_run(given):
    """14 million USD over 140 trillion tokens: ten cents for each million."""
    found = sizing.whole_cost(given, 0.0)
    assert found.total == pytest.approx(14e6 / 140e12)
    steady = sizing.whole_cost(replace(given, request_growth=1.0), 0.0).served
    days = given.retraining_interval / units.factor("day")
    assert steady == pytest.approx(2.5e9 * (1155 + 211) * days)
    assert found.served > steady


def test_curve_and_device_can_be_drawn(given):
    size = live.columns(size=[7e9, 70e9]).size
    points = sizing.curve(given, size, 2.0, 1e13)
    plain = sizing.curve(given, np.array([7e9, 70e9]), 2.0, 1e13)
    np.testing.assert_allclose(points.total.value, plain.total)
    lowest = sizing.best(given, 2.0, tracing.assumption("lifetime_tokens", 1e14))
    assert lowest.total.value == pytest.approx(sizing.best(given, 2.0, 1e14).total)
    bought = device.token(given, size, 10.0).bought
    assert set(live.assemble({"total": points.total, "bought": bought})[1]) >= {"total", "bought"}


def test_a_law_of_equal_exponents_scales_both_alike():
    """Hoffmann et al.: double the size, double the training."""
    once, four = (scaling.optimal_parameters(flops, 1e8, 0.3, 1e9, 0.3) for flops in (1e22, 4e22))
    assert four / once == pytest.approx(2)
    assert scaling.training_tokens(4e22, four) / scaling.training_tokens(1e22, once) == (
        pytest.approx(2)
    )
