"""Every question: computed as its words say, from what it states, beside mistakes that differ."""

import numpy as np
import pytest
from inference_economics.assumptions import in_base_units, known
from inference_economics.questions import of_chapter, questions
from inference_economics.questions.bank import LEVELS, SKILLS
from inference_economics.tables import InputError

# Each answer by hand, from values in the table's units; nothing of the library is used.
BY_HAND = {
    "search_earns": lambda v: v.search_revenue * 1e9 / (v.queries_per_year * 1e12) * 1000,
    "three_cents_for_all": lambda v: (
        v.queries_per_second * v.gpt3_query_cost * 365.25 * 24 * 3600 / 1e9
    ),
    "small_model_runs": lambda v: (
        100 * v.llm_share * (1 - v.answer_cache_hits) * v.small_model_share
    ),
    "room_for_gpt3": lambda v: (
        "It leaves a profit"
        if v.gpt3_query_cost
        < v.search_revenue / 1000 / v.queries_per_year * v.search_operating_margin
        else "It takes all the profit, and less than the revenue"
        if v.gpt3_query_cost < v.search_revenue / 1000 / v.queries_per_year
        else "It takes more than the whole revenue"
    ),
}


def worlds(question, count=40):
    """Values within the plausible ranges, in the table's units, one world at a time."""
    rows = known().loc[list(question.inputs)]
    drawn = np.random.default_rng(7).uniform(rows["low"], rows["high"], (count, len(rows)))
    yield rows["value"]
    for row in drawn:
        yield rows["value"].copy().mask(rows["value"].notna(), row)


def test_each_question_has_its_answer_by_hand():
    assert set(BY_HAND) == set(questions)


@pytest.mark.parametrize("question", questions.values(), ids=questions)
class TestQuestion:
    def test_answers_as_by_hand_from_what_it_states_alone(self, question):
        for values in worlds(question):
            found = question.answer(in_base_units(values.to_dict()))
            wanted = BY_HAND[question.name](values)
            assert str(found) == wanted if question.choices else found == pytest.approx(wanted)

    def test_needs_all_that_it_states(self, question):
        def answers(name):
            for values in worlds(question, 200):
                start = question.answer(in_base_units(values.to_dict()))
                row = known().loc[name]
                for moved in (row.low, row.high):
                    others = values.to_dict() | {name: moved}
                    yield start, question.answer(in_base_units(others))

        for name in question.inputs:
            assert any(start != other for start, other in answers(name)), name

    def test_a_mistake_does_not_pass_for_right(self, question):
        for values in worlds(question, 1):
            given = in_base_units(values.to_dict())
            right = question.answer(given)
            for said, wrong in question.wrong(given).items():
                assert abs(wrong / right - 1) > 2 * question.tolerance, said

    def test_says_what_it_is(self, question):
        assert question.skill in SKILLS
        assert question.level in LEVELS
        assert question.text.endswith("?")
        assert question.solution.endswith(".")
        assert bool(question.unit) != bool(question.choices)
        assert len(question.choices) != 1
        assert set(question.inputs) <= set(known().index)


def test_an_unknown_chapter_is_told_the_nearest():
    with pytest.raises(InputError, match="did you mean '03_2_search_scale"):
        of_chapter("03_2_search")
