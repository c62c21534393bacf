"""Questions on long contexts."""

import numpy as np

from ..formulas import levers
from .bank import question

CHAPTER = "03_1_long_context"
FIRST = "The first reading of the document"
LATER = "All later calls together"


@question(
    CHAPTER,
    unit="token/request",
    level=2,
    mistakes={
        "Those are all tokens sent, found in the cache or not.": lambda given: (
            given.task_calls * given.task_input_tokens
        ),
        "Those are the tokens that the cache holds; the others are computed.": lambda given: (
            given.task_calls * given.task_input_tokens * given.repeat_hits
        ),
        "That is a single call.": lambda given: given.task_input_tokens * (1 - given.repeat_hits),
    },
)
def tokens_left_to_read(given):
    """A task calls the model {task_calls} times, each time with {task_input_tokens}; a cache holds
    {repeat_hits} of each prompt. How many prompt tokens must the model compute?

    Of each prompt, what the cache doesn't hold; times the calls.
    """
    return given.task_calls * levers.computed_prompt(given.task_input_tokens, given.repeat_hits)


@question(
    CHAPTER,
    unit="s",
    mistakes={
        "Divide the tokens by the speed: more speed, less time.": lambda given: (
            given.reading_speed / given.output_tokens
        ),
        "Those are minutes.": 1 / 60,
    },
)
def time_to_read(given):
    """An answer has {output_tokens}, and its reader reads {reading_speed}. How many seconds does
    the reading take?

    Tokens over tokens a second. A machine that writes faster than this makes nobody wait.
    """
    return given.output_tokens / given.reading_speed


@question(
    CHAPTER,
    unit="token/request",
    mistakes={
        "Those are all the tokens written; what is shown is among them.": lambda given: (
            given.output_tokens * given.reasoning_multiple
        ),
        "That is what is shown.": lambda given: given.output_tokens,
    },
)
def tokens_that_nobody_sees(given):
    """An answer of {output_tokens} is shown. With hidden reasoning the model writes
    {reasoning_multiple} times as many in all. How many tokens does nobody see?

    All that is written, less what is shown; the price list bills both.
    """
    return given.output_tokens * (given.reasoning_multiple - 1)


@question(
    CHAPTER,
    unit="USD/h",
    level=2,
    mistakes={
        "That is a single accelerator; a copy of the model takes several.": lambda given: (
            given.rental / given.utilisation
        ),
        "Idle hours must be paid as well: divide by the share, don't multiply.": lambda given: (
            given.replica_accelerators * given.rental * given.utilisation
        ),
        "That is an hour on the clock; an hour in use was asked for.": lambda given: (
            given.replica_accelerators * given.rental
        ),
    },
)
def hour_in_use(given):
    """A copy of a model takes {replica_accelerators} accelerators, each rented for {rental}, and
    is in use {utilisation} of the time. What does an hour of its use cost?

    The rent of all, divided by the share of the time that is used.
    """
    return given.replica_accelerators * given.rental / given.utilisation


@question(
    CHAPTER,
    level=2,
    choices={
        FIRST: "Each later call computes what the cache doesn't hold; add these up.",
        LATER: "Each later call computes what the cache doesn't hold; add these up.",
    },
)
def first_or_later(given):
    """A document is asked about in {task_calls} calls, one after another. The first reads all of
    it; from then on a cache holds {repeat_hits} of each prompt. Where are more prompt tokens
    computed?

    The later calls are one less than all, and each computes the part that no cache holds.
    """
    later = (given.task_calls - 1) * levers.computed_prompt(1, given.repeat_hits)
    return np.where(later > 1, LATER, FIRST)
