"""What inference earns beside what it costs: the factory, growth, users, three kinds of answer."""

from types import SimpleNamespace

import numpy as np

from .. import units
from ..assumptions import bounds
from ..formulas import cost_structure, lifecycle, pricing, unit_economics
from . import datacenter
from .lifecycle import HORIZON, YEAR, event, grown, programme

FEW, MANY = 1e4, 1e8  # users at both ends of the essay's example
TRANSLATOR = ("llama-3.1-8b", "H100", 1)


def material(given) -> SimpleNamespace:
    """An owned accelerator's cost as a factory's: what serving uses up, and what it wears out.

    ``used_up`` and ``electricity`` are shares of the cost [share].
    """
    parts = datacenter.accelerator(given, given.utilisation)
    idle = datacenter.accelerator(given, 0).energy
    return SimpleNamespace(
        used_up=(parts.energy - idle) / parts.total,
        electricity=parts.energy / parts.total,
    )


def chat(given) -> SimpleNamespace:
    """A plain chat answer by Llama 70B on rented H100s, as :func:`lifecycle.event`."""
    return event(given, "llama-3.1-70b", "H100", given.replica_accelerators)


def usage(given):
    """Messages of a mean user [request/s]."""
    return pricing.mean_usage(given.paying_share, given.subscriber_messages, given.free_messages)


def growth(given, answer, users) -> SimpleNamespace:
    """Rate of spending on ``users`` who chat with Llama 70B, whose ``answer`` is :func:`chat`.

    ``fleet`` is on machines of one's own, ``bought`` by the token; ``compounding`` is an
    exponential in the number of users through both ends of ``bought`` [USD/s].
    """
    load = users * usage(given)
    first, last = (unit_economics.running_cost(answer.price, n * usage(given)) for n in (FEW, MANY))
    return SimpleNamespace(
        fleet=cost_structure.serving_spend(
            load, answer.capacity, given.utilisation, given.least_replicas, answer.replica_cost
        ),
        bought=unit_economics.running_cost(answer.price, load),
        compounding=pricing.compounding_spend(first, last, (users - FEW) / (MANY - FEW)),
    )


def example(given, answer) -> SimpleNamespace:
    """The essay's example from its few users to its many, on machines of one's own.

    ``time`` is how long it takes [s], ``runs`` how often the model is trained anew meanwhile;
    ``training`` is all runs over the first, ``serving`` the spending at the end over that at the
    start, and ``later`` the same if the cost of a request changes meanwhile as well [1].
    ``average`` and ``marginal`` are the cost of a message for the few [USD/request]; ``run_share``
    is what a run of the same model adds to a message of the many, over what serving it costs [1].
    """
    first, last = (growth(given, answer, users).fleet for users in (FEW, MANY))
    factor = MANY / FEW
    time = pricing.growth_time(factor, lifecycle.growth_rate(given.request_growth, YEAR))
    runs = np.maximum(time / given.retraining_interval, 1)
    step = given.run_cost_growth ** (given.retraining_interval / YEAR)
    room = given.least_replicas * answer.capacity * given.utilisation
    return SimpleNamespace(
        time=time,
        runs=runs,
        training=lifecycle.cost_of_runs(1, step, runs),
        serving=last / first,
        later=last / first * grown(1, given.request_cost_growth, time),
        average=unit_economics.served_query(first, FEW * usage(given)),
        marginal=cost_structure.marginal_cost(FEW * usage(given), room, answer.cost),
        bought=growth(given, answer, MANY).bought / growth(given, answer, FEW).bought,
        least_users=room / usage(given),
        elasticity=pricing.arc_elasticity(first, last, np.log(factor)),
        doubling=last / growth(given, answer, MANY / 2).fleet,
        doubling_compounding=growth(given, answer, MANY).compounding
        / growth(given, answer, MANY / 2).compounding,
        run_share=unit_economics.served_query(
            cost_structure.spread_cost(given.run_cost, given.retraining_interval),
            MANY * usage(given),
        )
        / answer.cost,
    )


def service(given) -> SimpleNamespace:
    """A chat service with free users, a flat rate and advertising, for a mean user.

    ``subscriptions``, ``advertising``, ``subscriber_cost``, ``free_cost`` and what is ``left``
    [USD/s]; ``revenue``, ``cost``, and a free user's ``free_revenue``, for a message
    [USD/request]. Among subscribers ``losing`` is the share that costs more than it pays, and
    ``losing_usage`` its share of their messages. ``tied`` is the share of revenue that follows
    usage, as far as advertising does.
    """
    paying, per_user = given.paying_share, usage(given)
    revenue = pricing.mean_revenue(paying, given.subscription_price, given.ad_revenue)
    even = pricing.even_usage(given.subscription_price, given.message_cost)
    losing = pricing.heavier_users(even, given.subscriber_messages)
    advertising = (1 - paying) * given.ad_revenue
    return SimpleNamespace(
        users=given.requests_per_day / per_user,
        messages=per_user,
        earned=revenue,
        subscriptions=paying * given.subscription_price,
        advertising=advertising,
        subscriber_cost=paying * subscriber(given).cost,
        free_cost=(1 - paying) * free(given).cost,
        left=revenue - unit_economics.running_cost(given.message_cost, per_user),
        revenue=unit_economics.query_revenue(revenue, per_user),
        free_revenue=unit_economics.query_revenue(given.ad_revenue, given.free_messages),
        cost=given.message_cost,
        even=even,
        losing=losing,
        losing_usage=pricing.usage_of_heaviest(losing),
        tied=advertising / revenue,
    )


def subscriber(given) -> SimpleNamespace:
    """A mean subscriber's ``cost`` [USD/s] and the ``margin`` of the flat rate [share]."""
    cost = unit_economics.running_cost(given.message_cost, given.subscriber_messages)
    return SimpleNamespace(cost=cost, margin=unit_economics.margin(given.subscription_price, cost))


def free(given) -> SimpleNamespace:
    """The ``cost`` of a user who pays nothing [USD/s]."""
    return SimpleNamespace(
        cost=unit_economics.running_cost(given.message_cost, given.free_messages)
    )


def profit_at_rank(given, heavier):
    """Profit on the subscriber whom a share of all subscribers exceeds in usage [USD/s]."""
    messages = pricing.usage_at_rank(given.subscriber_messages, heavier)
    return given.subscription_price - unit_economics.running_cost(given.message_cost, messages)


def investment(given, time) -> SimpleNamespace:
    """The service while its cost for a message changes and what a message earns does not.

    ``cost`` after ``time`` [USD/request]; ``even`` is when it falls to the revenue [s],
    :data:`lifecycle.HORIZON` if not before, ``in_time`` whether it does. ``sunk`` is everything
    lost until then, and ``sunk_months`` the same over a month's revenue at the start.
    """
    now = service(given)
    usage_growth = lifecycle.growth_rate(given.request_growth, YEAR)
    cost_growth = usage_growth + lifecycle.growth_rate(given.request_cost_growth, YEAR)
    earning = unit_economics.running_cost(now.revenue, given.requests_per_day)
    paying = unit_economics.running_cost(now.cost, given.requests_per_day)
    even = lifecycle.overtaking_time(paying, earning, cost_growth, usage_growth, HORIZON)
    sunk = lifecycle.cumulative_spend(paying, cost_growth, even) - lifecycle.cumulative_spend(
        earning, usage_growth, even
    )
    return SimpleNamespace(
        cost=grown(now.cost, given.request_cost_growth, time),
        even=even,
        in_time=even < HORIZON,
        sunk=sunk,
        sunk_months=sunk / (earning * units.factor("month")),
    )


def frame(given) -> SimpleNamespace:
    """One camera picture, looked at by a computer in the car [USD/request].

    ``price`` is a subscription to driver assistance over the pictures of the hours driven.
    """
    joules = pricing.power_per_request(given.car_power, given.frame_rate)
    energy = joules * given.electricity_price
    hardware = pricing.wear_per_request(
        given.car_computer, given.car_life, given.driving, given.frame_rate
    )
    return SimpleNamespace(
        energy=energy,
        hardware=hardware,
        cost=energy + hardware,
        price=unit_economics.query_revenue(
            given.assistance_price, given.frame_rate * given.driving
        ),
    )


def sentence(given) -> SimpleNamespace:
    """One translated sentence: by an 8B model, at a machine's and a human's price [USD/request].

    The model reads the sentence with an instruction as long as itself.
    """
    tokens = given.sentence_words * given.tokens_per_word
    lengths = {"input_tokens": 2 * tokens, "output_tokens": tokens}
    return SimpleNamespace(
        cost=event(given, *TRANSLATOR, **lengths).cost,
        price=given.sentence_words * given.machine_word_price,
        human=given.sentence_words * given.human_word_price,
    )


def worth(given):
    """What a chat message is worth to a median user, who does without for a price [USD/request]."""
    return unit_economics.query_revenue(given.user_value, usage(given))


def kept(given) -> SimpleNamespace:
    """A code completion: its ``cost``, and the cost of one that is ``kept`` [USD/request]."""
    made = event(
        given,
        "llama-3.1-70b",
        "H100",
        given.replica_accelerators,
        input_tokens=given.code_input_tokens,
        output_tokens=given.code_output_tokens,
    )
    return SimpleNamespace(cost=made.cost, kept=made.cost / given.kept_share)


def lab(given) -> SimpleNamespace:
    """A whole lab's year: ``revenue``, ``inference`` and ``research`` [USD/s].

    ``left`` is after both, ``free`` what would be left if inference cost nothing.
    """
    free_inference = given.lab_revenue - given.lab_research
    return SimpleNamespace(
        free=free_inference,
        contribution=given.lab_revenue - given.lab_inference,
        left=free_inference - given.lab_inference,
    )


def four_years(given) -> SimpleNamespace:
    """A lab's spending so far, four years on, as :func:`lifecycle.programme`."""
    return programme(given, 4 * YEAR)


def swings(given, names) -> tuple[list, list]:
    """What is left of a mean user with each of ``names`` at its low, then at its high [USD/s]."""
    return tuple([service(bounds(given, name)[end]).left for name in names] for end in (0, 1))
