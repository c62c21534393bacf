"""The ledger: every claim is decided once, by a test or by a reason."""

import numpy as np
import pytest
from inference_economics import assumptions, claims, reference, uncertainty
from inference_economics.claims.ledger import VERDICTS, claim, verdict
from inference_economics.tables import InputError

LEDGER = claims.table()
WORLDS = 64


def test_a_claim_is_decided_by_a_test_or_by_a_reason():
    judged = LEDGER[LEDGER["verdict"] != ""]
    assert set(LEDGER.index) - set(judged.index) == set(claims.tests)
    assert (judged["because"] != "").all()


def test_tests_say_what_they_test():
    assert all(test.__doc__ for test in claims.tests.values())


def test_verdicts_use_five_words():
    given = assumptions.in_base_units(assumptions.known()["value"].to_dict())
    for name in LEDGER.index:
        assert str(verdict(given, name)).startswith(VERDICTS), name


@pytest.mark.parametrize("name", sorted(claims.tests))
def test_a_verdict_is_computed_for_many_worlds_at_once(name):
    worlds = uncertainty.worlds(WORLDS)
    found = np.broadcast_to(claims.tests[name](worlds), WORLDS)
    assert all(str(text).startswith(VERDICTS) for text in found)
    one = assumptions.replace(worlds, **{key: item[7] for key, item in vars(worlds).items()})
    assert str(claims.tests[name](one)) == str(found[7])


def test_a_claim_is_not_decided_twice():
    name = next(iter(claims.tests))
    with pytest.raises(ValueError, match="decided twice"):
        claim(name)(lambda given: "holds")


def test_an_unknown_claim_is_an_error():
    with pytest.raises(InputError, match="no claim 'C999'"):
        verdict(None, "C999")


def test_worlds_fill_their_ranges_and_no_more():
    known, worlds = assumptions.known(), uncertainty.worlds(1024)
    base = assumptions.in_base_units({name: row.low for name, row in known.iterrows()})
    top = assumptions.in_base_units({name: row.high for name, row in known.iterrows()})
    for name in known.index:
        drawn = getattr(worlds, name)
        low, high = getattr(base, name), getattr(top, name)
        slack = 1e-9 * abs(high)
        assert low - slack <= drawn.min() <= drawn.max() <= high + slack
        assert low == high or np.ptp(drawn) > 0.5 * (high - low) * 0.5


@pytest.mark.parametrize("chapter", sorted(LEDGER["chapter"].unique()))
def test_a_chapter_states_the_verdicts_that_the_ledger_says_it_argues(chapter):
    text = (reference.CHAPTERS / f"{chapter}.ipynb").read_text(encoding="utf-8")
    argued = LEDGER.index[LEDGER["chapter"] == chapter]
    assert [name for name in argued if f"{{glue:}}`{name.lower()}`" not in text] == []
