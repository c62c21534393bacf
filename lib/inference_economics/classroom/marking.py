"""An answer, compared with what is right and with what goes wrong typically."""

from dataclasses import dataclass

import numpy as np

from .. import units
from ..questions import Question
from ..questions.bank import SLIPS

PART = 0.5  # of the points, for a right method with a known slip
LETTERS = "ABCDEFGH"


@dataclass(frozen=True)
class Mark:
    """The ``share`` of a question's points, and what is ``said`` to the student."""

    share: float
    said: str


def mark(question: Question, given, answer: dict) -> Mark:
    """The mark for ``answer``, as :func:`sandbox.told` tells it; ``given`` in base units."""
    kind, content = next(iter(answer.items()), ("nothing", ""))
    if kind == "nothing":
        return Mark(0, "No answer.")
    right = question.answer(given)
    if question.choices:
        return _choice(question, str(right), kind, content)
    unit = units.spoken(question.unit)
    should = f"{right:,.4g} {unit}".rstrip()
    if kind != "number":
        return Mark(0, f"The answer must be a number; it is {_short(content)}.")
    if not np.isfinite(content):
        return Mark(0, f"The answer is {content}; right is {should}.")
    if _close(content, right, question):
        return Mark(1, "Right.")
    for said, wrong in question.wrong(given).items():
        if _close(content, wrong, question):
            return Mark(PART, f"{said} Right is {should}.")
    for factor, said in SLIPS.items():
        if _close(content, right * factor, question) or _close(content, right / factor, question):
            return Mark(PART, f"{said} Right is {should}.")
    return Mark(0, f"Right is {should}.")


def _close(answer: float, value: float, question: Question) -> bool:
    return abs(answer - value) <= question.tolerance * abs(value)


def _choice(question: Question, right: str, kind: str, content) -> Mark:
    """An answer by its letter, or by its words."""
    choices = dict(zip(LETTERS, question.choices, strict=False))
    letter = next(letter for letter, text in choices.items() if text == right)
    if kind != "text":
        return Mark(0, f"The answer must be a letter such as 'A'; it is {_short(content)}.")
    chosen = choices.get(content.strip().upper().rstrip(".)"), content.strip())
    if chosen.casefold() == right.casefold():
        return Mark(1, "Right.")
    told = next((s for text, s in question.choices.items() if text == chosen), "That is no choice.")
    return Mark(0, f"{told} Right is {letter}: {right}.")


def _short(content) -> str:
    words = str(content)
    return words if len(words) <= 60 else words[:60] + "…"
