"""Questions on a page that check a reader's answer against the page's own numbers.

What is right, and what each typical mistake gives, follows the sliders like any number in the
prose; ``check.js`` compares, and knows no formula.
"""

import html
from dataclasses import replace

from . import assumptions, units
from .page import announced
from .questions import Question, questions
from .questions.bank import SLIPS
from .tables import InputError, nearest


class Check:
    """The questions ``names`` under a page's assumptions, each a small form."""

    def __init__(self, given, *names: str):
        for name in names:
            if name not in questions:
                raise InputError(f"no question {name!r}{nearest(name, questions)}")
        self.asked = [questions[name] for name in names]
        numbers, self.unit = {}, {}
        for question in self.asked:
            for name in question.inputs:
                number, self.unit[name] = assumptions.in_a_sentence(name, getattr(given, name))
                numbers[f"q_{name}"] = (number, 6)
            numbers[f"q_{question.name}"] = question.answer(given)
            wrong = question.wrong(given).values()
            numbers |= {f"q_{question.name}_{i}": number for i, number in enumerate(wrong)}
        self.stated = announced(numbers)

    def _repr_mimebundle_(self, **_):
        forms = "".join(self._form(question) for question in self.asked)
        slips = "".join(
            f'<span class="mistake slip" hidden="" data-factor="{factor:g}" '
            f'data-said="{html.escape(said)}"></span>'
            for factor, said in SLIPS.items()
        )
        return {"text/plain": f"{len(self.asked)} questions", "text/html": forms + slips}

    def _form(self, question: Question) -> str:
        name, right = question.name, self.stated[f"q_{question.name}"].markup
        body = self._choices(question) if question.choices else _number(question)
        mistakes = "".join(
            f'<span class="mistake" hidden="" data-said="{html.escape(said)}">'
            f"{self.stated[f'q_{name}_{i}'].markup}</span>"
            for i, said in enumerate(question.mistakes)
        )
        unit = html.escape(units.spoken(question.unit)) if question.unit else ""
        return (
            f'<form class="check" data-tolerance="{question.tolerance}">'
            f'<fieldset><legend id="{name}">{self._text(question)}</legend>{body}'
            '<button type="submit">Check</button></fieldset>'
            f'<p class="told" role="status"></p>{mistakes}'
            '<details class="solution"><summary>Solution</summary>'
            f"<p>{html.escape(question.solution)} "
            f'<span class="right">{right}</span> {unit}</p></details></form>'
        )

    def _text(self, question: Question) -> str:
        """The question with its assumptions as live numbers, each with its unit."""

        def stated(name: str) -> str:
            return f"{self.stated[f'q_{name}'].markup} {html.escape(self.unit[name])}".rstrip()

        return replace(question, text=html.escape(question.text)).worded(stated)

    def _choices(self, question: Question) -> str:
        return "".join(
            f'<label><input type="radio" name="{question.name}" value="{html.escape(choice)}" '
            f'data-said="{html.escape(said)}" /> {html.escape(choice)}</label>'
            for choice, said in question.choices.items()
        )


def _number(question: Question) -> str:
    unit = html.escape(units.spoken(question.unit))
    return (
        '<label class="typed">Your answer <input type="text" inputmode="decimal" '
        f'autocomplete="off" name="{question.name}" /> {unit}</label>'
    )
