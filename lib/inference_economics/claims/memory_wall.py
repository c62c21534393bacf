"""What the essay says of memory (its section 3.3, and a title that it links to)."""

import numpy as np

from .. import tables
from ..assumptions import bounds
from ..model import memory
from .ledger import claim

HERE = ("llama-3.1-70b", "H100", 2)


@claim("C055")
def weights_are_read_all_the_time(given):
    """Alone on two H100s, Llama 3.1 70B spends most of a step reading weights."""
    alone = memory.step(given, *HERE, batch=1.0)
    return np.where(alone.weights_share > 0.5, "holds", "overstated")


@claim("C058")
def bandwidth_is_the_wall(given):
    """At the page's batch a step reads longer than it computes, and reading takes the energy."""
    crossing = memory.critical(given, *HERE[:2])
    joules = memory.measured("energy_per_token", model=HERE[0], accelerator="H100", accelerators=4)
    far = bounds(given, "energy_per_byte")[1]  # the whole way through the chip
    energy = memory.explained(far, joules.iloc[0]).movement > 0.5
    fast = np.where(energy, "holds", "holds for speed, not for energy")
    alone = np.where(
        crossing.alone > given.batch, "holds where prompts run elsewhere", "overstated"
    )
    return np.where(crossing.batch > given.batch, fast, alone)


@claim("C059")
def tiers_are_young(given):
    """Fetching a cache from one flash drive is slower than computing it on two H100s."""
    flash = tables.figure("memory_levels", "Flash drive", "bandwidth")
    return np.where(memory.break_even(given, *HERE) > flash, "holds", "overstated: it pays today")


@claim("C060")
def caching_is_young(given):
    """No price list charges less for a cached prompt token.

    Where one does, a cache helps if it serves a tenth more requests.
    """
    helps = memory.cached(given, *HERE).gain > 1.1
    sold = np.where(helps, "overstated: it is sold today", "overstated: sold, of little help here")
    return np.where(given.cached_price < 1, sold, "holds")


@claim("C102")
def bandwidth_is_the_bottleneck(given):
    """A prompt, and decoding at the page's batch, both wait for memory."""
    prompt = memory.prompt(given, *HERE[:2]).used < 1
    answer = memory.critical(given, *HERE[:2]).alone > given.batch
    some = np.where(np.logical_or(prompt, answer), "overstated: true of decoding", "overstated")
    return np.where(np.logical_and(prompt, answer), "holds", some)
