"""Operating costs against closed forms, limits, exact distributions and published figures."""

import numpy as np
import pytest
from inference_economics import assumptions, claims, tables, uncertainty, units
from inference_economics.assumptions import bounds, replace
from inference_economics.formulas import datacenter as formulas
from inference_economics.formulas import reliability
from inference_economics.model import datacenter, operations
from inference_economics.units import base, to
from scipy import stats

YEAR = units.factor("year")
RATE = 400.0  # output tokens a second of a busy accelerator


@pytest.fixture
def given():
    return assumptions.in_base_units(assumptions.known()["value"].to_dict())


class TestHour:
    def test_items_without_spare_staff_and_traffic_are_the_machine(self, given):
        found = operations.hour(given, 0.6, RATE)
        bought = found.depreciation + found.interest + found.fabric + found.housing
        run = found.electricity + found.cooling + found.maintenance
        assert bought + run == pytest.approx(datacenter.accelerator(given, 0.6).total)
        others = found.redundancy + found.staff + found.traffic
        assert found.total == pytest.approx(bought + run + others)

    def test_electricity_of_a_busy_machine_is_power_times_price(self, given):
        """1.73 kW at 8.3 cents a kWh, cooling included."""
        found = operations.hour(given, 1.0)
        assert to(found.energy, "USD/h") == pytest.approx(1.73 * 0.083)
        assert found.electricity + found.cooling == pytest.approx(found.energy)

    def test_cooling_is_what_pue_adds(self, given):
        found = operations.hour(given)
        assert found.cooling / found.electricity == pytest.approx(given.pue - 1)
        assert operations.hour(replace(given, pue=1.0)).cooling == 0

    def test_google_s_overhead_is_a_pue_near_its_own(self, given):
        """8 % of the energy is a PUE of 1.09, as Google reports for its data centres."""
        overhead = tables.figure("sites", "Gemini serving", "overhead_energy")
        found = operations.hour(operations.at_site(given, given.electricity_price, 1.09))
        assert found.cooling / found.energy == pytest.approx(overhead, abs=0.005)

    def test_without_interest_recovery_is_the_straight_line(self, given):
        free = replace(given, cost_of_capital=1e-7)
        found, each = operations.written_off(free, 4 * YEAR), operations.hour(free)
        assert found.recovery == pytest.approx(found.straight, rel=1e-6)
        assert abs(each.interest) < 1e-6 * each.depreciation

    def test_a_loan_that_everybody_can_check(self, given):
        """1,000 USD at 10 % over five years is 263.80 USD a year."""
        loan = replace(
            given,
            accelerator_capital=900.0,
            network_capital=100.0,
            residual_value=0.0,
            cost_of_capital=0.1,
        )
        found = operations.written_off(loan, 5 * YEAR)
        assert found.recovery * YEAR == pytest.approx(263.80, abs=0.01)
        assert found.straight * YEAR == pytest.approx(200)

    def test_published_hours_are_met(self, given):
        """SemiAnalysis, April 2026; ours within a fifth each, and a tenth on average."""
        found = operations.published(given)
        gaps = [abs(a / b - 1) for a, b in zip(found.ours, found.neocloud, strict=True)]
        assert max(gaps) < 0.2
        assert np.mean(gaps) < 0.1
        for big, small in zip(found.hyperscaler, found.neocloud, strict=True):
            assert big < small

    def test_traffic_of_text_by_hand(self, given):
        """200 bytes a token at 0.05 USD/GB: a cent for a million tokens."""
        found = operations.hour(given, 0.5, RATE)
        sent = operations.per_token(given, found.traffic, RATE, 0.5)
        assert to(sent, "USD/Mtoken") == pytest.approx(0.01)


class TestAnswerToUse:
    def test_with_the_same_machines_it_is_the_slope_of_the_cost(self, given):
        """d log(cost) / d log(use), by a small step."""
        fleet = operations.fleet(given)
        short, _ = operations.elasticities(given, RATE, fleet)
        step = 1e-5
        for item in (*operations.ITEMS, "total"):
            low, high = (
                getattr(operations.hour(given, given.utilisation * (1 + s), RATE), item)
                for s in (-step, step)
            )
            slope = (high - low) / (high + low) / step
            assert short[item] == pytest.approx(slope, abs=1e-6), item

    @pytest.mark.parametrize(("idle", "expected"), [(0.0, 1.0), (1.0, 0.0), (0.3, 0.42 / 0.72)])
    def test_electricity_between_its_limits(self, given, idle, expected):
        given = replace(given, idle_power=idle, utilisation=0.6)
        short, _ = operations.elasticities(given, RATE, operations.fleet(given))
        assert short["electricity"] == pytest.approx(expected)
        assert short["cooling"] == pytest.approx(expected)

    @pytest.mark.parametrize("used", [0.2, 0.6, 1.0])
    def test_half_of_the_energy_moves_at_the_even_idle_draw(self, given, used):
        given = replace(given, idle_power=formulas.even_idle(used), utilisation=used)
        short, _ = operations.elasticities(given, RATE, operations.fleet(given))
        assert short["electricity"] == pytest.approx(0.5)

    def test_over_years_only_spares_and_staff_gain_from_size(self, given):
        _, long = operations.elasticities(given, RATE, operations.fleet(given))
        below = {item for item in operations.ITEMS if long[item] < 1}
        assert below == {"redundancy", "staff"}
        assert max(long.values()) == 1

    def test_staff_between_two_sites(self):
        """11.5 people for 3 MW, 300 for a gigawatt."""
        expected = np.log(300 / 11.5) / np.log(1000 / 3)
        assert operations.staff_elasticity() == pytest.approx(expected)

    def test_layers_are_the_cost_of_a_token(self, given):
        used = np.array([0.1, 0.5, 1.0])
        found = operations.layers(given, RATE, used)
        whole = [
            operations.per_token(given, operations.hour(given, u, RATE).total, RATE, u)
            for u in used
        ]
        assert found.working + found.busy + found.waiting == pytest.approx(whole)
        assert found.waiting[-1] == 0
        assert found.busy == pytest.approx(found.busy[0])  # waiting alone depends on utilisation

    def test_a_small_service_pays_for_its_fewest_replicas(self, given):
        given = replace(given, idle_power=1.0, bytes_per_token=1e-9)  # nothing moves
        one = operations.replica(given)
        full = given.least_replicas * one.capacity * given.utilisation
        small = operations.stepped(given, np.array([full / 8, full / 4]), one)
        assert small.replicas == pytest.approx(given.least_replicas)
        assert small.cost[0] == pytest.approx(2 * small.cost[1])

    def test_a_large_service_pays_in_proportion(self, given):
        one = operations.replica(given)
        level = operations.per_token(given, operations.hour(given, None, one.rate).total, one.rate)
        large = operations.stepped(given, 1e4 * one.capacity, one)
        assert large.cost == pytest.approx(level, rel=1e-3)
        assert large.used <= given.utilisation * (1 + 1e-9)


class TestStandingBy:
    def test_llama_3_stopped_every_three_hours(self, given):
        """419 unexpected interruptions in 54 days on 16,384 accelerators."""
        found = reliability.group_interval(given.accelerator_failure_interval, 16384)
        assert found == pytest.approx(54 * 86400 / 419, rel=0.02)

    @pytest.mark.parametrize("needed", [10, 100, 1000, 10000])
    @pytest.mark.parametrize("hours", [0.1, 4, 48])
    def test_against_the_exact_binomial(self, given, needed, hours):
        given = replace(given, repair_time=base(hours, "h"))
        interval = given.accelerator_failure_interval / given.replica_accelerators
        works = interval / (interval + given.repair_time)
        exact = next(
            k
            for k in range(needed)
            if stats.binom.cdf(needed - 1, needed + k, works) <= given.shortage_chance
        )
        found = np.ceil(needed * operations.spare_share(given, needed) - 1e-9)
        assert exact <= found <= exact + 2

    def test_pooling_is_between_the_square_root_and_proportion(self, given):
        for day in (1e3, 1e6, 1e9):
            fleet = operations.fleet(replace(given, requests_per_day=day / 86400))
            _, long = operations.elasticities(given, RATE, fleet)
            assert 0 < long["redundancy"] < 1
        shares = operations.spare_share(given, np.geomspace(10, 1e5, 30))
        assert (np.diff(shares) < 0).all()

    @pytest.mark.parametrize("sites", [2, 3, 5, 10])
    def test_the_rest_can_do_the_work_of_a_lost_site(self, sites):
        built = 1 + reliability.site_spare(1 / sites)
        assert built * (sites - 1) / sites == pytest.approx(1)


class TestPlaces:
    def test_elsewhere_the_same_machines_draw_the_same(self, given):
        there = operations.at_site(given, 2 * given.electricity_price, 1.54)
        one, other = operations.hour(given), operations.hour(there)
        assert other.electricity == pytest.approx(2 * one.electricity)
        assert other.cooling / one.cooling == pytest.approx(2 * 0.54 / (given.pue - 1))
        assert other.housing == pytest.approx(one.housing)
        assert other.depreciation == one.depreciation

    def test_prices_differ_fourfold(self):
        prices = tables.wide("regions").electricity_price
        assert 4 < prices.max() / prices.min() < 4.5


def verdict(given, name, **changed) -> str:
    return str(claims.tests[name](replace(given, **changed)))


class TestClaims:
    def test_electricity_flips_at_the_idle_draw_that_the_page_states(self, given):
        flip = formulas.even_idle(given.utilisation)
        for name in ("C062", "C063"):
            assert verdict(given, name, idle_power=0.99 * flip).startswith("holds")
            assert verdict(given, name, idle_power=1.01 * flip).startswith("overstated")

    def test_capital_is_half_near_the_price_that_the_page_states(self, given):
        """0.95 USD/kWh."""
        cheap, dear = (
            operations.shares(replace(given, electricity_price=base(price, "USD/kWh")), 0.0).capital
            for price in (0.85, 1.05)
        )
        assert dear < 0.5 < cheap

    def test_redundancy_is_judged_by_the_whole_reserve(self, given):
        """Pooling single failures counts only where they are most of what stands by."""
        assert verdict(given, "C067") == verdict(given, "C068") == "holds over years only"
        share = operations.fleet(given).spare
        assert verdict(given, "C067", spare=share).startswith("holds in part")
        assert verdict(given, "C068", spare=share).startswith("overstated")

    def test_traffic_beats_the_fabric_only_if_it_is_not_text(self, given):
        assert verdict(given, "C065").startswith("overstated")
        assert verdict(given, "C065", bytes_per_token=1e5).startswith("holds")

    def test_not_all_six_are_proportional_at_once_in_any_world(self):
        found = claims.tests["C068"](uncertainty.worlds(256))
        assert not (found == "holds").any()

    def test_the_driver_is_decided_by_growth(self, given):
        assert verdict(given, "C069") == "holds if growth lasts"
        assert verdict(given, "C069", request_growth=2.0).startswith("overstated")
        richer = replace(given, inference_spend=2 * given.research_spend)
        assert verdict(richer, "C069") == "holds already"


def test_headings_are_true_in_plausible_worlds():
    """Capital is most of the hour; life and interest outweigh energy; little moves at once."""
    worlds = uncertainty.worlds(512)
    rate = operations.replica(worlds).rate
    found, each = operations.shares(worlds, rate), operations.hour(worlds, None, rate)
    assert found.capital.min() > 0.5
    assert (each.energy < each.depreciation + each.interest).all()
    assert found.moving.max() < 0.25


class TestExercises:
    def test_spares_for_a_repair_of_two_days(self, given):
        slow = bounds(given, "repair_time")[1]
        assert to(slow.repair_time, "h") == 48
        shares = [float(operations.spare_share(slow, n)) for n in (100, 10000)]
        assert shares == pytest.approx([0.044, 0.010], abs=0.0006)

    def test_half_the_life(self, given):
        """Every part by hand, at 10 % and a tenth of the price left at the end."""
        annuity = [0.1 / (1 - 1.1**-years) * 0.9 + 0.1 * 0.1 for years in (4, 2)]
        added = (given.accelerator_capital + given.network_capital) * np.diff(annuity)[0] / YEAR
        rate = operations.replica(given).rate
        now, halved = (
            operations.hour(g, None, rate).total
            for g in (given, replace(given, accelerator_life=2 * YEAR))
        )
        assert halved - now == pytest.approx(added * (1 + given.spare))
        assert halved / now - 1 == pytest.approx(0.56, abs=0.005)

    def test_books_over_four_and_six_years(self, given):
        four, six = (operations.written_off(given, n * YEAR) for n in (4, 6))
        assert four.straight / six.straight == pytest.approx(1.5)
        assert to(four.straight, "USD/h") == pytest.approx(42270 * 0.9 / 4 / 8766)
