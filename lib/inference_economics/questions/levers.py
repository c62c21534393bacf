"""Questions on the levers of efficiency."""

import numpy as np

from ..formulas import efficiency, speculation
from ..formulas import levers as formulas
from ..units import base
from .bank import question

CHAPTER = "05_efficiency_levers"
PROMPT = "What is left of the prompt to compute"
ANSWER = "The answer"


@question(
    CHAPTER,
    unit="1",
    level=2,
    mistakes={
        "A draft counts only if all before it were accepted.": lambda given: (
            1 + given.drafts * given.draft_acceptance
        ),
        "The pass itself gives a token too.": lambda given: (
            speculation.accepted_per_pass(given.draft_acceptance, given.drafts) - 1
        ),
        "That is as if all drafts were accepted.": lambda given: 1 + given.drafts,
    },
)
def tokens_of_a_pass(given):
    """Before each pass of a model, {drafts} tokens are drafted; each is accepted with a chance of
    {draft_acceptance} if all before it were. How many tokens does a pass give on average?

    One for the pass itself, plus the chance that the first draft holds, that the first two do, and
    so on to the last.
    """
    return speculation.accepted_per_pass(given.draft_acceptance, given.drafts)


@question(
    CHAPTER,
    unit="1",
    level=3,
    mistakes={
        "The drafts take time as well.": lambda given: speculation.accepted_per_pass(
            given.draft_acceptance, given.drafts
        ),
        "Each draft takes its time, not all together once.": lambda given: (
            speculation.accepted_per_pass(given.draft_acceptance, given.drafts)
            / (1 + given.draft_cost)
        ),
    },
)
def gain_of_drafts(given):
    """A pass that checks {drafts} drafts takes as long as one without, and each draft {draft_cost}
    of a pass. A draft is accepted with a chance of {draft_acceptance} if all before it were. How
    many times as fast are tokens made?

    Tokens of a pass on average, over the time of the pass with its drafts.
    """
    tokens = speculation.accepted_per_pass(given.draft_acceptance, given.drafts)
    return tokens / efficiency.drafted_step(1, given.drafts, given.draft_cost, 1)


@question(
    CHAPTER,
    unit="%",
    level=2,
    mistakes={
        "That is the difference of the shares; the cost falls in their ratio.": lambda given: (
            given.filled_utilisation - given.utilisation
        ),
        "That is how much more is made; the cost falls by less.": lambda given: (
            given.filled_utilisation / given.utilisation - 1
        ),
    },
)
def saving_of_night_work(given):
    """A fleet is used {utilisation} of the time. Work that can wait fills it to
    {filled_utilisation}. By how many per cent does a token get cheaper?

    The same machines make more by the ratio of the shares; a token costs one over that ratio.
    """
    return efficiency.saving(efficiency.gain(1 / given.utilisation, 1 / given.filled_utilisation))


@question(
    CHAPTER,
    unit="USD/kWh",
    level=2,
    mistakes={
        "That is a single charge; the battery gives many.": lambda given: (
            given.battery_price / given.battery_capacity
        ),
        "Those are USD for a megajoule; a kilowatt-hour has 3.6.": 1 / 3.6,
    },
)
def kilowatt_hour_from_a_battery(given):
    """A phone's battery holds {battery_capacity}, lasts for {battery_cycles} charges, and costs
    {battery_price} to replace. What does a kilowatt-hour from it cost in wear?

    The price over all the energy that it gives in its life; a kilowatt-hour is 3,600 kJ. Compare it
    with the price at the socket.
    """
    price, capacity, cycles = given.battery_price, given.battery_capacity, given.battery_cycles
    return formulas.battery_wear(price, capacity, cycles, 1)


@question(
    CHAPTER,
    unit="USD/h",
    mistakes={
        "That is an hour on the clock; the device writes only part of the time.": lambda given: (
            given.device_price / given.device_life
        ),
        "That is a day of writing.": base(1, "day") / base(1, "h"),
    },
)
def hour_of_writing(given):
    """A device is bought for {device_price}, lasts {device_life}, and writes {device_busy} of the
    time. What does an hour of writing cost?

    The price, over the hours of its life in which it writes.
    """
    return formulas.device_capital(given.device_price, given.device_life, 1, given.device_busy)


@question(
    CHAPTER,
    choices={
        PROMPT: "A cache takes its part of the prompt away; compare what is left with the answer.",
        ANSWER: "A cache takes its part of the prompt away; compare what is left with the answer.",
    },
)
def prompt_or_answer(given):
    """A prompt has {input_tokens}, of which a cache holds {cache_hits}; the answer has
    {output_tokens}. What has more tokens to compute?

    Prompt tokens that the cache doesn't hold, against those of the answer.
    """
    left = formulas.computed_prompt(given.input_tokens, given.cache_hits)
    return np.where(left > given.output_tokens, PROMPT, ANSWER)
