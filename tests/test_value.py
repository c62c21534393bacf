"""Growth, users and value against closed forms, limits, published quantiles and figures."""

import numpy as np
import pytest
from inference_economics import assumptions, claims, tables, tracing, units
from inference_economics.assumptions import replace
from inference_economics.formulas import pricing
from inference_economics.model import value
from inference_economics.units import base, to
from scipy import integrate

PUBLISHED = tables.wide("published")


@pytest.fixture
def given():
    return assumptions.in_base_units(assumptions.known()["value"].to_dict())


@pytest.fixture
def answer(given):
    return value.chat(given)


class TestUsage:
    """A Weibull distribution of shape one half."""

    def test_its_mean_is_the_mean(self):
        mean, _ = integrate.quad(lambda rank: pricing.usage_at_rank(7.0, rank), 0, 1)
        assert mean == pytest.approx(7.0, rel=1e-6)

    @pytest.mark.parametrize("users", [0.001, 0.1, 0.5, 1.0])
    def test_the_heaviest_ask_the_integral_of_their_quantiles(self, users):
        part, _ = integrate.quad(lambda rank: pricing.usage_at_rank(1.0, rank), 0, users)
        assert pricing.usage_of_heaviest(users) == pytest.approx(part, rel=1e-6)

    def test_rank_and_usage_invert_each_other(self):
        ranks = np.linspace(0.01, 1, 50)
        usage = pricing.usage_at_rank(3.0, ranks)
        np.testing.assert_allclose(pricing.heavier_users(usage, 3.0), ranks)

    def test_quantiles_of_cursor(self):
        """xeve.io on Cursor, Spring 2026: P90 10 and P99 46 times the median, Gini 0.77."""
        median = pricing.usage_at_rank(1.0, 0.5)
        assert pricing.usage_at_rank(1.0, 0.1) / median == pytest.approx(10, rel=0.12)
        assert pricing.usage_at_rank(1.0, 0.01) / median == pytest.approx(46, rel=0.05)
        below, _ = integrate.quad(lambda p: 1 - pricing.usage_of_heaviest(1 - p), 0, 1)
        assert 1 - 2 * below == pytest.approx(0.77, abs=0.03)

    def test_spending_on_a_leaderboard_is_as_unequal(self):
        """botbeat.news on Viberank: the top 1 % have 14 % and the top 10 % 51 % of spending."""
        assert pricing.usage_of_heaviest(0.01) == pytest.approx(0.14, abs=0.03)
        assert pricing.usage_of_heaviest(0.1) == pytest.approx(0.51, abs=0.1)


class TestGrowth:
    def test_a_fleet_is_flat_and_then_proportional(self, given, answer):
        few, twice = (value.growth(given, answer, users).fleet for users in (1e4, 2e4))
        assert few == twice == pytest.approx(given.least_replicas * answer.replica_cost)
        half, all_of_them = (value.growth(given, answer, users).fleet for users in (5e7, 1e8))
        assert all_of_them == pytest.approx(2 * half)

    def test_at_the_knee_the_least_fleet_is_full(self, given, answer):
        knee = value.example(given, answer).least_users
        below, above = (value.growth(given, answer, knee * f).fleet for f in (0.999, 1.001))
        assert below == pytest.approx(value.growth(given, answer, value.FEW).fleet)
        assert above > below

    def test_one_more_message_is_free_before_the_knee(self, given, answer):
        way = value.example(given, answer)
        assert way.marginal == 0
        few = value.FEW * value.usage(given)
        assert way.average * few == pytest.approx(given.least_replicas * answer.replica_cost)

    def test_without_a_least_fleet_the_essay_is_right(self, given, answer):
        way = value.example(replace(given, least_replicas=1e-6), answer)
        assert way.serving == pytest.approx(1e4)
        assert way.elasticity == pytest.approx(1)

    def test_the_exponential_shares_both_ends_and_multiplies(self, given, answer):
        ends = [value.growth(given, answer, users) for users in (value.FEW, value.MANY)]
        for end in ends:
            assert end.compounding == pytest.approx(end.bought)
        steps = value.growth(given, answer, np.linspace(value.FEW, value.MANY, 11)).compounding
        np.testing.assert_allclose(steps[1:] / steps[:-1], 1e4**0.1)

    def test_growth_takes_its_logarithm(self, given, answer):
        way = value.example(replace(given, request_growth=10.0), answer)
        assert to(way.time, "year") == pytest.approx(4)
        assert way.runs == pytest.approx(4 * 12 / to(given.retraining_interval, "month"))

    def test_a_run_is_spread_over_messages_of_its_own_model(self, given, answer):
        """A message at OpenAI's cost has no part in it; Llama's run over half a year's messages."""
        share = value.example(given, answer).run_share
        dear = replace(given, message_cost=10 * given.message_cost)
        assert value.example(dear, answer).run_share == share
        messages = value.MANY * value.usage(given) * given.retraining_interval
        assert share == pytest.approx(given.run_cost / messages / answer.cost)

    def test_steady_runs_cost_their_number(self, given, answer):
        way = value.example(replace(given, run_cost_growth=1.0), answer)
        assert way.training == pytest.approx(way.runs)


class TestService:
    def test_what_is_left_is_the_sum_of_its_parts(self, given):
        now = value.service(given)
        parts = now.subscriptions + now.advertising - now.subscriber_cost - now.free_cost
        assert now.left == pytest.approx(parts)
        assert now.left == pytest.approx((now.revenue - now.cost) * now.messages)

    def test_profits_over_all_ranks_are_the_margin(self, given):
        mean, _ = integrate.quad(lambda rank: value.profit_at_rank(given, rank), 0, 1)
        margin = value.subscriber(given).margin
        assert mean / given.subscription_price == pytest.approx(margin, rel=1e-6)

    def test_the_losing_begin_where_profit_is_zero(self, given):
        losing = value.service(given).losing
        zero = value.profit_at_rank(given, losing) / given.subscription_price
        assert zero == pytest.approx(0, abs=1e-9)

    def test_reported_users_and_margin(self, given):
        """700 million weekly users in July 2025; compute margin of 70 % in October 2025."""
        assert value.service(given).users == pytest.approx(700e6, rel=0.02)
        assert value.subscriber(given).margin == pytest.approx(0.70, abs=0.03)

    def test_the_leak_makes_the_message(self, given):
        leak = tables.wide("lab_spending").loc["OpenAI 2025", "inference_compute"]
        assert given.message_cost == pytest.approx(leak / given.requests_per_day, rel=0.01)

    def test_the_engine_lies_at_the_low_end(self, given, answer):
        low = assumptions.known().loc["message_cost", "low"]
        assert answer.cost == pytest.approx(low, rel=0.1)


class TestInvestment:
    def test_the_loss_ends_where_cost_meets_revenue(self, given):
        start = value.investment(given, 0)
        assert 0 < start.even < value.HORIZON
        meets = value.investment(given, start.even).cost
        assert meets == pytest.approx(value.service(given).revenue)

    def test_what_is_sunk_is_the_integral_of_the_loss(self, given):
        start, year = value.investment(given, 0), units.factor("year")
        revenue = value.service(given).revenue

        def loss(time):
            load = given.requests_per_day * given.request_growth ** (time / year)
            return load * (value.investment(given, time).cost - revenue)

        sunk, _ = integrate.quad(loss, 0, start.even)
        assert start.sunk == pytest.approx(sunk, rel=1e-6)

    def test_a_rising_cost_never_meets_it(self, given):
        assert not value.investment(replace(given, request_cost_growth=1.1), 0).in_time

    def test_without_a_loss_nothing_is_sunk(self, given):
        start = value.investment(replace(given, message_cost=0.001), 0)
        assert start.even == start.sunk == 0


class TestWorth:
    def test_a_picture_takes_31_millijoules(self, given):
        """72 W and 2,300 pictures a second (Autonomous Vehicle Technology, 2019)."""
        joules = value.frame(given).energy / given.electricity_price
        assert joules == pytest.approx(0.0313, rel=0.01)

    def test_a_picture_s_price_fills_a_month(self, given):
        month, hours = units.factor("month"), to(given.driving, "h/day") * 365.25 / 12
        frames = hours * 3600 * 2300
        assert value.frame(given).price * frames == pytest.approx(99)
        assert given.assistance_price * month == pytest.approx(99)

    def test_a_sentence_at_the_price_of_a_million_characters(self, given):
        """20 USD a million characters, 833,600 characters for 153,446 words (gist d78a704)."""
        characters = to(given.sentence_words, "1") * 833_600 / 153_446
        assert value.sentence(given).price == pytest.approx(characters * 20e-6, rel=0.01)

    def test_doing_without_for_a_month_is_worth_its_messages(self, given):
        month = units.factor("month")
        assert value.worth(given) * value.usage(given) * month == pytest.approx(11.4)

    def test_a_factory_uses_up_more_than_an_accelerator(self, given):
        part = value.material(given)
        assert 0 < part.used_up < part.electricity
        for kind in ("food", "vehicle", "chemical"):
            row = PUBLISHED.loc[f"US {kind} factories 2021"]
            assert row.materials / row.revenue > 5 * part.electricity

    def test_free_electricity_uses_nothing_up(self, given):
        assert value.material(replace(given, electricity_price=0.0)).used_up == 0

    def test_a_busier_machine_uses_up_more(self, given):
        some, more = (value.material(replace(given, utilisation=u)).used_up for u in (0.3, 0.9))
        assert some < more


class TestClaims:
    """Each computed verdict that can turn, turned."""

    @pytest.mark.parametrize(
        ("name", "changed", "verdict"),
        [
            ("C023", {"lab_research": base(5, "GUSD/year")}, "holds"),
            ("C024", {"run_cost_growth": 6.0}, "holds for one model, not for a lab's research"),
            ("C025", {"electricity_price": base(10, "USD/kWh")}, "holds"),
            ("C026", {"request_growth": 1e5}, "holds"),
            ("C027", {"electricity_price": base(10, "USD/kWh")}, "holds if growth lasts"),
            ("C029", {"run_cost": base(388, "MUSD")}, "overstated"),
            ("C030", {"least_replicas": 1e-3}, "holds"),
            ("C032", {"request_growth": 1e5}, "holds"),
            ("C033", {"least_replicas": 1e-3}, "holds"),
            ("C034", {"ad_revenue": base(3, "USD/month")}, "holds"),
            ("C035", {"message_cost": 0.0005}, "holds"),
            ("C036", {"request_cost_growth": 1.1}, "holds"),
            ("C038", {"message_cost": 0.2}, "overstated"),
            ("C039", {"car_computer": 1e6}, "overstated"),
            ("C040", {"machine_word_price": 1e-9}, "overstated"),
            ("C041", {"kept_share": 0.95}, "holds"),
            ("C042", {"lab_research": base(5, "GUSD/year")}, "holds"),
        ],
    )
    def test_it_can_turn(self, given, name, changed, verdict):
        assert str(claims.tests[name](given)) != verdict
        assert str(claims.tests[name](replace(given, **changed))) == verdict

    def test_a_profit_before_free_inference_needs_no_saving(self, given):
        rich = replace(given, lab_revenue=10 * given.lab_revenue)
        assert str(claims.tests["C042"](rich)) == "overstated"

    def test_nothing_makes_serving_exponential(self, given):
        assert str(claims.tests["C028"](given)).startswith("contradicted")


class TestExercises:
    def test_a_flat_rate_over_an_open_model_is_nearly_safe(self, given, answer):
        cheap = value.service(replace(given, message_cost=answer.cost))
        assert to(cheap.even, "request/day") == pytest.approx(20 / (365.25 / 12) / answer.cost)
        assert cheap.losing < 1e-4

    def test_advertising_of_2030(self, given):
        rich = value.service(replace(given, ad_revenue=base(3, "USD/month")))
        assert rich.left > 0
        assert rich.free_revenue > rich.cost
        assert rich.tied > 0.5

    def test_doubling_with_a_tenfold(self):
        assert pricing.arc_elasticity(1, 2, np.log(10)) == pytest.approx(np.log10(2))


def test_live_and_plain_agree(given):
    names = vars(given).items()
    traced = type(given)(**{k: tracing.assumption(k, v) for k, v in names})
    for make in (value.service, value.frame, value.sentence, value.material, value.lab):
        plain = vars(make(given))
        for name, item in vars(make(traced)).items():
            assert item.value == pytest.approx(plain[name]), name
