"""What a question is: words with some assumptions in them, and a function that gives the answer.

:func:`question` marks such a function. The first paragraph of its docstring asks, with assumptions
in braces; the rest is the worked solution. The answer depends on the assumptions in braces and on
nothing else, so that whoever reads the question can compute it, with a page's values or with a
student's own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import cleandoc

from .. import units
from ..tables import InputError, nearest

LEVELS = (1, 2, 3)  # a formula with numbers; two steps; one must be found
INPUT = re.compile(r"\{(\w+)\}")
# What an answer may be off by, whatever the question: told where no mistake of its own fits.
A_SHARE = "That is a share of 1; per cent were asked for."  # in place of per cent
SLIPS = {
    1e3: "A factor of a thousand is missing or too much: kilo, mega, giga?",
    1e6: "A factor of a million is missing or too much.",
    100: "A factor of a hundred is missing or too much: per cent?",
    3600: "Hours and seconds are mixed up: a factor of 3,600.",
    60: "Minutes are mixed up with hours or seconds: a factor of 60.",
    24: "Days and hours are mixed up: a factor of 24.",
}

questions: dict[str, "Question"] = {}


@dataclass(frozen=True)
class Question:
    """A question: ``text`` with assumptions in braces, ``solution`` in words, and ``compute``.

    A number is asked for in ``unit``. With ``choices``, which maps each possible answer to what is
    said to who picks it, the answer is one of them. ``mistakes`` maps what went wrong to what comes
    out then: a factor on the right answer, or a function of ``given`` in base units.
    """

    name: str
    chapter: str
    text: str
    solution: str
    compute: Callable
    unit: str = ""
    level: int = 1
    tolerance: float = 0.02
    mistakes: dict[str, float | Callable] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The assumptions that the question states, in the order of its words."""
        return tuple(dict.fromkeys(INPUT.findall(self.text)))

    def worded(self, say: Callable[[str], str]) -> str:
        """The question, where ``say`` tells what stands for each of the ``inputs``.

        >>> questions["search_earns"].worded(str.upper)[:40]
        'A search engine takes SEARCH_REVENUE and'
        """
        return INPUT.sub(lambda found: say(found[1]), self.text)

    def answer(self, given):
        """The right answer, in ``unit`` or one of ``choices``; ``given`` in base units.

        Numbers, arrays or live numbers, as ``given`` is.

        >>> from ..assumptions import in_base_units
        >>> given = in_base_units({"search_revenue": 200, "queries_per_year": 4})
        >>> round(questions["search_earns"].answer(given), 6)  # USD for a thousand
        50.0
        """
        found = self.compute(given)
        return found if self.choices else units.to(found, self.unit)

    def wrong(self, given) -> dict:
        """What each of the typical ``mistakes`` gives, in ``unit``, by what its maker is told."""
        right = self.answer(given)
        return {
            said: units.to(slip(given), self.unit) if callable(slip) else right * slip
            for said, slip in self.mistakes.items()
        }


def question(chapter: str, **options):
    """Marks the function that answers a question of ``chapter``; ``options`` are its fields."""

    if options.get("unit") == "%":
        options["mistakes"] = options.get("mistakes", {}) | {A_SHARE: 0.01}

    def mark(function):
        name = function.__name__
        if name in questions:
            raise ValueError(f"question {name} is asked twice")
        asked, _, solution = cleandoc(function.__doc__).partition("\n\n")
        words = (" ".join(part.split()) for part in (asked, solution))
        questions[name] = Question(name, chapter, *words, function, **options)
        return function

    return mark


def of_chapter(chapter: str) -> list[Question]:
    """The questions of a chapter, in the order of its module.

    Raises :class:`InputError` for a chapter that has none.
    """
    found = [each for each in questions.values() if each.chapter == chapter]
    if not found:
        chapters = dict.fromkeys(each.chapter for each in questions.values())
        raise InputError(f"no questions for chapter {chapter!r}{nearest(chapter, chapters)}")
    return found
