"""One chapter's questions with values of each student's own: repeatable, plausible, distinct."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from math import isfinite

import numpy as np

from .. import assumptions, questions
from ..questions import Question
from ..tables import InputError

TRIES = 1000  # draws until one lets every mistake be told from what is right
DIGITS = 3


@dataclass(frozen=True)
class Assignment:
    """The questions on ``chapter``, with values that follow from ``term`` and who is asked."""

    chapter: str
    term: str

    def __post_init__(self):
        questions.of_chapter(self.chapter)  # or says what there is

    @property
    def questions(self) -> list[Question]:
        """The questions, in their order."""
        return questions.of_chapter(self.chapter)

    def values(self, student: str) -> dict[str, float]:
        """The assumptions of the ``student`` of that key, within their plausible ranges.

        They follow from term, chapter and key alone, so that nobody else's change them.

        >>> mine = Assignment("03_2_search_scale", "2026").values("zoe-1")
        >>> mine == Assignment("03_2_search_scale", "2026").values("zoe-1")
        True
        """
        return dict(_drawn(self, student))

    @property
    def inputs(self) -> list[str]:
        """The assumptions that the questions state, each once."""
        return list(dict.fromkeys(name for each in self.questions for name in each.inputs))

    def tells_apart(self, values: dict[str, float]) -> bool:
        """Whether under ``values`` no typical mistake could pass for right."""
        given = assumptions.in_base_units(values)
        for question in self.questions:
            right = question.answer(given)
            if question.choices:
                continue
            wrong = np.array([*question.wrong(given).values()], float)
            if not isfinite(right) or right == 0 or not np.isfinite(wrong).all():
                return False
            if (np.abs(wrong / right - 1) <= 2 * question.tolerance).any():
                return False
        return True

    def given(self, student: str):
        """The same values as attributes, in base units."""
        return assumptions.in_base_units(self.values(student))

    def asked(self, student: str) -> list[str]:
        """The questions in words, with the student's values."""
        given = self.given(student)
        return [worded(question, given) for question in self.questions]

    def sheet(self, student: str):
        """The questions, shown in a notebook."""
        from IPython.display import Markdown

        lines = (f"{i}. {text}" for i, text in enumerate(self.asked(student), 1))
        return Markdown("\n\n".join(lines))


@cache
def _drawn(assignment: Assignment, student: str) -> dict[str, float]:
    words = (assignment.term, assignment.chapter, student)
    seed = sha256("\n".join(words).encode()).digest()
    chance = np.random.Generator(np.random.PCG64(int.from_bytes(seed)))
    rows = list(assumptions.known().loc[assignment.inputs].itertuples())
    for _ in range(TRIES):
        drawn = {row.Index: _draw(row, chance.random()) for row in rows}
        if assignment.tells_apart(drawn):
            return drawn
    raise InputError(f"{assignment.chapter}: its ranges let no draw tell right from wrong")


def _draw(row, chance: float) -> float:
    value = row.low + chance * (row.high - row.low)
    value = round(value) if row.whole else float(f"{value:.{DIGITS}g}")
    return float(min(max(value, row.low), row.high))


def worded(question: Question, given) -> str:
    """A question in words with the values in ``given``, in base units.

    >>> given = assumptions.in_base_units({"search_revenue": 200, "queries_per_year": 4})
    >>> worded(questions.questions["search_earns"], given)
    'A search engine takes 200 billion USD/year and answers 4 trillion requests/year. What do a ...
    """

    def said(name: str) -> str:
        number, unit = assumptions.in_a_sentence(name, getattr(given, name))
        return f"{number:,.6g} {unit}".rstrip()

    return question.worded(said)
