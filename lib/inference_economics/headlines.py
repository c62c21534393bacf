"""The book's headline numbers: two or three of each chapter, for whatever compares whole worlds."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

from . import units
from .model import (
    barriers,
    context,
    firms,
    hosting,
    levers,
    lifecycle,
    memory,
    operations,
    search,
    value,
)

MODEL = ("llama-3.1-70b", "H100")


@dataclass(frozen=True)
class Headline:
    """A number of the book: what it ``said`` is, its ``unit``, and how assumptions give it."""

    said: str
    unit: str
    compute: Callable

    def of(self, given):
        """The number in its unit; ``given`` are assumptions in base units, numbers or arrays.

        >>> from .assumptions import in_base_units, known
        >>> given = in_base_units(known()["value"].to_dict())
        >>> bool(0 < HEADLINES["capital_share"].of(given) < 100)
        True
        """
        return units.to(self.compute(given), self.unit)


def _answer(given):
    return lifecycle.event(given, *MODEL, given.replica_accelerators)


def _ownership(given):
    return lifecycle.ownership(given, _answer(given))


def _token(given):
    rate = operations.replica(given).rate
    return operations.per_token(given, operations.hour(given, None, rate).total, rate)


def _even_tokens(given):
    fleet = hosting.own(given, "llama-3.3-70b")
    return hosting.even_tokens(given, fleet, hosting.page_price(given))


def _programme(given):
    return barriers.frontier(given, given.frontier_years).programme


HEADLINES = {
    "answer_cost": Headline(
        "Cost of a mean chat answer, Llama 70B on rented H100s",
        "USD/krequest",
        lambda given: _answer(given).cost,
    ),
    "inference_overtakes": Headline(
        "Month when a lab's inference overtakes its training",
        "month",
        lambda given: lifecycle.programme(given, 0).overtaking,
    ),
    "owned_hour": Headline(
        "Cost of an hour of an H100 of one's own",
        "USD/h",
        lambda given: _ownership(given).parts.total,
    ),
    "capital_share": Headline(
        "Capital's part of that hour", "%", lambda given: _ownership(given).capital_share
    ),
    "user_left": Headline(
        "What a chat service has left of its mean user",
        "USD/month",
        lambda given: value.service(given).left,
    ),
    "losing_subscribers": Headline(
        "Subscribers who cost more than they pay", "%", lambda given: value.service(given).losing
    ),
    "task_over_hello": Headline(
        "Cost of a task with a long document, over a Hello's", "1", context.over_hello
    ),
    "search_answer": Headline(
        "Cost of an answer to a search, Llama 70B on own H100s",
        "USD/krequest",
        lambda given: search.service(given, *MODEL, 2).per_query.total,
    ),
    "search_profit": Headline(
        "Profit of a search today", "USD/krequest", lambda given: search.earnings(given).profit
    ),
    "critical_batch": Headline(
        "Requests at once from which arithmetic binds",
        "request",
        lambda given: memory.critical(given, *MODEL).batch,
    ),
    "token_cost": Headline("Cost of an output token, everything counted", "USD/Mtoken", _token),
    "moving_energy": Headline(
        "Cost that comes from moving bytes",
        "%",
        lambda given: operations.shares(given, operations.replica(given).rate).moving,
    ),
    "frontier_programme": Headline(
        "The frontier's next model with its research",
        "GUSD",
        _programme,
    ),
    "payers": Headline(
        "Organisations of 25 that could pay for it",
        "1",
        lambda given: barriers.payers(given, _programme(given)),
    ),
    "own_fleet_pays": Headline(
        "Tokens a day from which an own fleet beats the API", "Mtoken/day", _even_tokens
    ),
    "levers_together": Headline("Gain of all seven levers together", "1", levers.together),
    "threshold": Headline(
        "What a request must earn the firm of the conclusion",
        "USD/krequest",
        lambda given: firms.stand(given, firms.PAGE).threshold,
    ),
    "serving_share": Headline(
        "Serving's part of that", "%", lambda given: firms.stand(given, firms.PAGE).serving_share
    ),
}


def shown(number: float) -> str:
    """``number`` as a terminal shows it, to three figures.

    >>> shown(12345), shown(0.0421), shown(float("-inf"))
    ('12,300', '0.0421', '−∞')
    """
    if not isfinite(number):
        return "∞" if number > 0 else "−∞" if number < 0 else "undefined"
    return f"{number:,.3g}" if 1e-3 < abs(number) < 1e3 else f"{float(f'{number:.3g}'):,g}"
