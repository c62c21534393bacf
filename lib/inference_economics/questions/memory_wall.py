"""Questions on the memory wall."""

import numpy as np

from ..formulas import levers, roofline
from .bank import question

CHAPTER = "03_3_memory_wall"
MOVING = "Moving the byte"
COMPUTING = "The arithmetic that is done with it"


@question(
    CHAPTER,
    unit="FLOP/B",
    level=2,
    mistakes={
        "A weight is multiplied and added: two operations for each token.": 0.5,
        "That is one request alone; all of the batch shares the reading.": lambda given: (
            roofline.arithmetic_intensity(2, given.bytes_per_weight)
        ),
    },
)
def work_for_a_byte(given):
    """A step serves {batch}, a token each. Each weight, stored in {bytes_per_weight}, is
    read once, and multiplied and added for each token. How many operations does a byte of weights
    bring?

    Two operations for each token of the batch, over the bytes of a weight. Above the ridge point of
    an accelerator it computes; below, it waits.
    """
    return roofline.arithmetic_intensity(2 * given.batch, given.bytes_per_weight)


@question(
    CHAPTER,
    unit="FLOP/B",
    mistakes={
        "The other way round: how many operations for one byte?": lambda given: (
            given.energy_per_flop / given.energy_per_byte
        )
    },
)
def joules_of_a_byte(given):
    """To move a byte takes {energy_per_byte}, an operation {energy_per_flop}. How many operations
    take as much energy as moving one byte?

    Divide one energy by the other.
    """
    return given.energy_per_byte / given.energy_per_flop


@question(
    CHAPTER,
    unit="%",
    mistakes={
        "That is what the cached tokens cost; the others cost the full price.": lambda given: (
            given.cache_hits * given.cached_price
        ),
        "Cached tokens are cheaper, not free.": lambda given: 1 - given.cache_hits,
    },
    level=2,
)
def price_of_a_prompt(given):
    """A cache finds {cache_hits} of the prompts' tokens; such a token costs {cached_price} of the
    full price. What does a mean prompt cost, in per cent of the full price?

    What isn't found costs the full price, what is found its part: weight and add.
    """
    return levers.mean_input_price(1, given.cache_hits, given.cached_price)


@question(
    CHAPTER,
    level=3,
    choices={
        MOVING: "Count the operations that a byte of weights brings in a step of this batch.",
        COMPUTING: "Count the operations that a byte of weights brings in a step of this batch.",
    },
)
def energy_of_a_weight(given):
    """Moving a byte takes {energy_per_byte}, an operation {energy_per_flop}. A step serves
    {batch}, a token each; weights have {bytes_per_weight}. For a byte of weights, what takes
    more energy?

    A byte brings two operations for each token of the batch, over the bytes of a weight. Alone, a
    request pays for moving; in company the reading is shared, and arithmetic is what remains.
    """
    operations = roofline.arithmetic_intensity(2 * given.batch, given.bytes_per_weight)
    computing = operations * given.energy_per_flop
    return np.where(computing > given.energy_per_byte, COMPUTING, MOVING)
