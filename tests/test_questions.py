"""Every question: computed as its words say, from what it states, beside mistakes that differ."""

import numpy as np
import pandas as pd
import pytest
from inference_economics.assumptions import in_base_units, known
from inference_economics.questions import of_chapter, questions
from inference_economics.questions.bank import LEVELS
from inference_economics.tables import InputError

from .questions_by_hand import BY_HAND


def worlds(question, count=40):
    """Values within the plausible ranges, in the table's units, one world at a time."""
    rows = known().loc[list(question.inputs)]
    drawn = np.random.default_rng(7).uniform(rows["low"], rows["high"], (count, len(rows)))
    drawn = np.where(rows["whole"], np.round(drawn), drawn)
    for row in [rows["value"], *drawn]:
        yield pd.Series(row, rows.index)


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
        assert question.level in LEVELS
        assert question.text.endswith("?")
        assert question.solution.endswith(".")
        assert bool(question.unit) != bool(question.choices)
        assert len(question.choices) != 1
        assert set(question.inputs) <= set(known().index)


def test_an_unknown_chapter_is_told_the_nearest():
    with pytest.raises(InputError, match="did you mean '03_2_search_scale"):
        of_chapter("03_2_search")
