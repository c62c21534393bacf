"""What the essay says of memory (its section 3.3)."""

import numpy as np

from ..model import memory
from .ledger import claim

MODEL, PART, COUNT = "llama-3.1-70b", "H100", 2


@claim("C055")
def weights_are_read_all_the_time(given):
    """Alone on two H100s, Llama 3.1 70B spends most of a step reading weights."""
    alone = memory.step(given, MODEL, PART, COUNT, batch=1.0)
    return np.where(alone.weights_share > 0.5, "holds", "overstated")


@claim("C058")
def bandwidth_is_the_wall(given):
    """Llama 3.1 70B on H100 reads longer than it computes, at the batch of the page."""
    crossing = memory.critical(given, MODEL, PART)
    alone = np.where(crossing.alone > given.batch, "holds if prompts run elsewhere", "overstated")
    return np.where(crossing.batch > given.batch, "holds", alone)
