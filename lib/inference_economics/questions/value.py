"""Questions on what an answer costs, and who pays."""

import numpy as np

from ..formulas import pricing, unit_economics
from ..units import base
from .bank import question

CHAPTER = "02_why_inference_costs_matter"
GAINS = "It gains on the mean user"
LOSES = "It loses on the mean user"


@question(
    CHAPTER,
    unit="USD/month",
    mistakes={
        "That is a day.": base(1, "day") / base(1, "month"),
        "That is a year.": 12,
    },
)
def month_of_messages(given):
    """A subscriber asks {subscriber_messages}; each costs {message_cost}. What does a month of
    that cost?

    Messages a day, times the 30.4 days of a mean month, times the cost of one.
    """
    return unit_economics.running_cost(given.message_cost, given.subscriber_messages)


@question(
    CHAPTER,
    unit="USD/month",
    level=2,
    mistakes={
        "The parts must be weighted by how many users they are.": lambda given: (
            given.subscription_price + given.ad_revenue
        ),
        "Advertising is missing.": lambda given: given.paying_share * given.subscription_price,
        "That is the mean of the two kinds, as if they were equally many.": lambda given: (
            (given.subscription_price + given.ad_revenue) / 2
        ),
    },
)
def mean_user(given):
    """Of all users {paying_share} pay {subscription_price}; each of the others brings {ad_revenue}
    in advertising. What does the mean user bring?

    Weight each kind's money by its share of the users, and add.
    """
    return pricing.mean_revenue(given.paying_share, given.subscription_price, given.ad_revenue)


@question(
    CHAPTER,
    unit="request/day",
    mistakes={
        "Those are the messages of a month; a day was asked for.": (
            base(1, "month") / base(1, "day")
        ),
        "A month has 30 days, not 12.": base(1, "month") / base(1, "day") / 12,
    },
)
def messages_that_a_price_pays(given):
    """A subscription costs {subscription_price}, a message {message_cost}. From how many messages
    a day on does a subscriber cost more than they pay?

    Divide the price by the cost of one message, and the result by the days of a month.
    """
    return pricing.even_usage(given.subscription_price, given.message_cost)


@question(
    CHAPTER,
    level=3,
    choices={
        GAINS: "The mean user's money must exceed the mean user's messages times their cost.",
        LOSES: "The mean user's messages times their cost must exceed the mean user's money.",
    },
)
def service_on_the_mean(given):
    """Of all users {paying_share} pay {subscription_price} and ask {subscriber_messages}; the
    others bring {ad_revenue} each and ask {free_messages}. A message costs {message_cost}. What
    does the service do?

    Work out the mean user's money and messages, each weighted by the kinds of users. That it loses
    on every free user, or on the heaviest subscribers, decides nothing.
    """
    earned = pricing.mean_revenue(given.paying_share, given.subscription_price, given.ad_revenue)
    usage = pricing.mean_usage(given.paying_share, given.subscriber_messages, given.free_messages)
    return np.where(earned > unit_economics.running_cost(given.message_cost, usage), GAINS, LOSES)
