"""Firms from bytes to margin: against closed forms, limits, published accounts and other models."""

from types import SimpleNamespace

import numpy as np
import pytest
from inference_economics import assumptions, claims, scenarios
from inference_economics.assumptions import replace
from inference_economics.formulas import survival
from inference_economics.model import firms, lifecycle, search
from inference_economics.units import base, to

DAILY = "Mrequest/day"


@pytest.fixture
def given() -> SimpleNamespace:
    return assumptions.in_base_units(scenarios.Scenario().values)


@pytest.fixture
def found(given) -> dict:
    return firms.stands(given)


def test_every_firm_has_a_scenario_and_sets_only_what_it_says(given):
    for firm in firms.FIRMS.values():
        scenario = scenarios.load(firm.scenario)
        there = firms.under(given, firm.scenario)
        for name in vars(given):
            same = getattr(there, name) == getattr(given, name)
            assert same or name in scenario.overrides, (firm.title, name)
        for name, value in scenario.overrides.items():
            unit = assumptions.known().loc[name, "unit"]
            assert to(getattr(there, name), unit) == pytest.approx(value), (firm.title, name)


def test_what_a_firm_does_not_set_follows_the_page(given):
    dear = firms.stands(replace(given, rental=given.rental * 2))
    plain = firms.stands(given)
    for name in ("lab", "startup"):
        assert dear[name].serving == pytest.approx(2 * plain[name].serving)
    for name in ("search", "phone", "reseller"):
        assert dear[name].serving == plain[name].serving


def test_parts_add_up_to_the_threshold(found):
    for name, firm in found.items():
        assert sum(firm.parts) == pytest.approx(firm.threshold), name
        assert firm.fee + firm.serving == pytest.approx(firm.threshold), name
        assert firm.profit == pytest.approx(firm.requests * firm.revenue * firm.margin), name


def test_at_its_break_even_a_firm_neither_gains_nor_loses(given, found):
    for name, firm in found.items():
        if firm.break_even < firms.NEVER:
            there = firms.stand(given, firms.FIRMS[name], firm.break_even)
            assert there.margin == pytest.approx(0, abs=1e-9), name


def test_a_request_that_costs_more_than_it_earns_never_breaks_even():
    assert survival.break_even_load(1.0, 0.5, 0.6, firms.NEVER) == pytest.approx(firms.NEVER)
    assert survival.break_even_load(1e-9, 0.6, 0.5, firms.NEVER) == pytest.approx(1e-8)


def test_where_serving_overtakes_it_is_half_of_the_threshold(given):
    even = firms.stand(given, firms.PAGE).overtaking
    assert firms.stand(given, firms.PAGE, even).serving_share == pytest.approx(0.5)


def test_the_fee_of_a_request_halves_with_twice_the_volume_and_serving_stays(given):
    one = firms.stand(given, firms.PAGE)
    two = firms.stand(given, firms.PAGE, one.requests * 2)
    assert two.fee == pytest.approx(one.fee / 2)
    assert two.serving == pytest.approx(one.serving)


def test_few_requests_pay_for_the_least_fleet(given):
    few = firms.stand(given, firms.PAGE, base(1000, "request/day"))
    least = given.least_replicas * firms.PAGE.accelerators
    assert few.served.accelerators == least
    assert few.serving * few.requests == pytest.approx(least * given.rental)


def test_the_fleet_of_the_search_engine_is_that_of_the_search_chapter(given, found):
    """The same load, lengths and machines through :func:`search.service`."""
    here = found["search"].here
    same = replace(
        here,
        queries_per_second=here.requests_per_day,
        search_input_tokens=here.input_tokens,
        answer_tokens=here.output_tokens,
    )
    fleet = search.service(same, "llama-3.1-70b", "H100", 2)
    assert found["search"].serving == pytest.approx(fleet.per_query.total)
    assert found["search"].served.utilisation == pytest.approx(fleet.utilisation)


def test_a_rented_fleet_costs_what_a_chat_does_at_the_same_use(given):
    """:func:`lifecycle.event` takes the use of its fleet as given; here it follows the peak."""
    page = firms.stand(given, firms.PAGE)
    used = replace(given, utilisation=page.served.utilisation)
    assert page.serving == pytest.approx(lifecycle.event(used, "llama-3.1-70b", "H100", 8).cost)


def test_the_training_of_the_lab_is_its_reported_research(found):
    """6.7 billion USD in half of 2025 (The Information, via techeconomy.ng)."""
    assert to(found["lab"].training, "GUSD/year") == pytest.approx(13.4, rel=0.01)


def test_the_lab_earns_and_loses_about_what_openai_reported(found):
    """4.3 billion revenue and 7.8 billion operating loss in half of 2025 (coincentral.com)."""
    lab = found["lab"]
    assert to(lab.revenue * lab.requests, "GUSD/year") == pytest.approx(8.6, rel=0.02)
    assert to(-lab.profit, "GUSD/year") == pytest.approx(15.6, rel=0.25)


def test_the_reseller_earns_what_perplexity_was_said_to(found):
    """Nearly 200 million USD a year (digidai.github.io, November 2025)."""
    one = found["reseller"]
    assert to(one.revenue * one.requests, "MUSD/year") == pytest.approx(200, rel=0.05)


def test_a_search_keeps_its_profit(given, found):
    """The scenario's revenue is what a search leaves after all of today's costs."""
    assert found["search"].revenue == pytest.approx(search.earnings(given).profit, rel=0.01)


def test_changed_costs_meet_the_margin_and_its_ends(found):
    for name, firm in found.items():
        assert firms.changed_margin(firm) == pytest.approx(firm.margin), name
        free = firms.changed_margin(firm, serving=0)
        assert free == pytest.approx(1 - firm.fee / firm.revenue), name
        assert firms.changed_margin(firm, firms.affordable_serving(firm)) == pytest.approx(
            0, abs=1e-9
        )


def test_dearer_serving_keeps_no_more_firms_alive(found):
    alive = [float(firms.surviving(found, serving=times)) for times in (0, 0.5, 1, 2, 10, 100)]
    assert alive == sorted(alive, reverse=True)
    assert alive[0] > alive[-1]


def test_in_the_essays_world_serving_weighs_more_at_every_firm(given, found):
    past = firms.under(given, "essay_2023")
    for name, firm in firms.stands(past).items():
        assert firm.serving_share >= found[name].serving_share, name
    assert firms.mostly_serving(firms.stands(past)) > firms.mostly_serving(found)


def test_shorter_answers_would_let_volume_save_the_lab(given, found):
    short = firms.with_answers(given, firms.FIRMS["lab"], 0.5)
    assert short.serving < short.revenue < found["lab"].serving * 1.01
    assert found["lab"].requests < short.break_even < firms.NEVER
    same = firms.with_answers(given, firms.FIRMS["lab"], 1)
    assert same.threshold == pytest.approx(found["lab"].threshold)


def test_the_doubled_costs_are_a_matter_of_one_firm(given, found):
    """The reseller and the phone both die within a few per cent of the doubling."""
    reseller = firms.affordable_serving(found["reseller"])
    assert firms.changed_margin(found["reseller"], serving=reseller) == pytest.approx(0, abs=1e-9)
    phone = firms.affordable_entry(found["phone"])
    assert firms.changed_margin(found["phone"], entry=phone) == pytest.approx(0, abs=1e-9)
    assert 1.9 < phone < 2
    assert 1.9 < reseller < 2
    assert str(claims.tests["C094"](given)) == "holds by a single firm"


def test_verdicts_flip_where_the_chapter_says(given):
    few = replace(given, requests_per_day=base(50, DAILY))
    assert str(claims.verdicts(few, "C096")["c096"]).startswith("overstated")
    assert str(claims.verdicts(given, "C096")["c096"]).startswith("holds")
    slow = replace(given, request_growth=1.0)
    assert str(claims.verdicts(slow, "C002")["c002"]).startswith("overstated")
    past = firms.under(given, "essay_2023")
    assert str(claims.verdicts(past, "C005")["c005"]) == "holds"


def test_a_larger_share_of_training_never_makes_serving_weigh_more(given):
    shares = [
        firms.stand(replace(given, own_training=own), firms.PAGE).serving_share
        for own in (0, 0.25, 0.5, 1)
    ]
    assert shares == sorted(shares, reverse=True)


def test_exercise_double_the_volume_of_the_lab(given, found):
    lab = found["lab"]
    double = survival.average_cost(lab.entry, lab.requests * 2, lab.serving)
    there = firms.stand(given, firms.FIRMS["lab"], lab.requests * 2)
    assert double == pytest.approx(there.threshold)


def test_exercise_the_startups_volume(given):
    small = firms.stand(replace(given, requests_per_day=base(50, DAILY)), firms.PAGE)
    assert 0 < small.serving_share < 0.5


def test_exercise_the_essays_world(given):
    past = firms.under(given, "essay_2023")
    assert firms.stand(past, firms.PAGE).serving_share > 0.9
    assert firms.mostly_serving(firms.stands(past)) == 5


def test_many_worlds_at_once(given):
    many = replace(given, rental=given.rental * np.array([0.5, 1.0, 2.0]))
    found = firms.stands(many)["startup"]
    for row, rental in enumerate(many.rental):
        one = firms.stands(replace(given, rental=rental))["startup"]
        assert found.threshold[row] == pytest.approx(one.threshold)
