"""What the essay says of efficiency (its section 5 and the titles it links to)."""

import numpy as np

from ..formulas import efficiency
from ..model import datacenter, decline, device, levers, machines
from ..tables import figure, wide
from .ledger import claim

CLEAR = 1.1  # a gain below it is within the model's error
LARGE_SITE = 1e8  # W


@claim("C081")
def competition_is_on_price(_given):
    """A token of a fixed quality more than halved in price a year, at GPT-3's and GPT-4's level."""
    falls = [decline.price_fall(*pair).yearly for pair in decline.QUALITIES.values()]
    return np.where(min(falls) > 2, "holds", "overstated")


@claim("C082")
def speed_is_sold(_given):
    """Every seller from SRAM asks more for a token than the median seller of the same model."""
    prices = wide("sold_speeds")["output_price"]
    dearer = prices[["Groq LPU", "WSE-3"]].min() / prices["Median seller"]
    return np.where(dearer > CLEAR, "holds", "overstated")


@claim("C083")
def reliability_is_a_field_of_competition(given):
    """Standing by for failures costs at least a twentieth of a fleet of a large service."""
    needed = machines.replicas_needed(given)
    spare = datacenter.standby(given, needed, float(levers.BEFORE[1])).spare
    return np.where(spare > 0.05, "holds", "can't be known: only the machines have a price")


@claim("C084")
def scale_is_a_constraint(given):
    """All requests of a large service need a hundred megawatts, with all levers and without."""
    before, after = levers.answer(given).cost, levers.answer(given, levers.LEVERS).cost
    without = machines.grid_power(given, before, levers.BEFORE[0]) > LARGE_SITE
    saved = np.where(without, "holds without levers, not with them", "overstated")
    return np.where(machines.grid_power(given, after, levers.AFTER[0]) > LARGE_SITE, "holds", saved)


@claim("C086")
def compression_is_a_lever(given):
    """The page's width of weights makes an answer of Llama 3.1 70B on H100 cheaper."""
    gain = levers.narrowed(given, *levers.BEFORE, given.batch, given.bytes_per_weight).cost
    return np.where(gain > CLEAR, "holds", "overstated: not at this width and batch")


@claim("C087")
def low_latency_design_is_a_lever(given):
    """Speculation, at the page's batch, makes Llama 3.1 70B on H100 faster and so cheaper."""
    gain = levers.drafted(given, levers.LARGE, *levers.BEFORE, given.batch)
    return np.where(gain > CLEAR, "holds", "overstated: not at this page's load")


@claim("C088")
def newer_hardware_is_a_lever(given):
    """A B200 takes fewer joules for a token than an H100, and costs less for it."""
    old, new = (machines.fitting(given, part) for part in ("H100", "B200"))
    cheaper = efficiency.gain(old.token_cost, new.token_cost) > CLEAR
    leaner = efficiency.gain(old.joules, new.joules) > CLEAR
    part = np.where(leaner, "holds for energy, not for cost", "overstated")
    return np.where(np.logical_and(cheaper, leaner), "holds", part)


@claim("C089")
def local_inference_is_a_lever(given):
    """A small model costs its user less on a card bought for it than served on H100s.

    If not: a smaller one costs less on a phone that one has anyway than served.
    """
    bought = machines.at_home(given, "RTX 5090").bought
    size = figure("models", decline.TINY, "parameters")
    owned = device.token(given, size, 1.0).owned  # whatever its speed
    free = np.where(
        owned < machines.served(given, decline.TINY),
        "holds on a device one has anyway",
        "overstated: it moves the cost to the user",
    )
    return np.where(bought < machines.served(given), "holds", free)


@claim("C090")
def routing_is_a_lever(given):
    """A cascade of Llama 3.1 8B and 70B costs less than the large model alone."""
    return np.where(levers.cascade(given).cost < 1, "holds", "overstated")


@claim("C091")
def levers_decide_who_wins(given):
    """All levers give more than two years of the market's fall in price: a lead that lasts.

    By the faster of two falls; by the slower one only, it depends on which will go on.
    """
    falls = [decline.price_fall(*pair).yearly for pair in decline.QUALITIES.values()]
    short, long = (
        efficiency.lead_time(levers.together(given), pace) > 2 for pace in (max(falls), min(falls))
    )
    caught = np.where(
        long, "can't be known: it hangs on the market's pace", "overstated: the market catches up"
    )
    return np.where(short, "holds", caught)


@claim("C092")
def models_are_infrastructure(given):
    """Inference takes more of a lab's spending than research does."""
    more = given.inference_spend > given.research_spend
    return np.where(more, "holds", "overstated: research costs more")


@claim("C093")
def inference_is_what_recurs(given):
    """Training recurs less often than every two years, which leaves inference as what recurs."""
    once = given.retraining_interval > 2 * datacenter.YEAR
    return np.where(once, "holds", "holds for the value; the cost of training recurs as well")


@claim("C099")
def gaming_cards_matter(given):
    """A rented RTX 5090 serves Llama 3.1 8B cheaper than a rented H100, at the page's batch."""
    card, big = (levers.serve(given, levers.SMALL, part, 1) for part in ("RTX 5090", "H100"))
    fits = card.largest_batch >= given.batch
    cheaper = efficiency.gain(big.token_cost, card.token_cost) > CLEAR
    wins = np.logical_and(cheaper, fits)
    return np.where(wins, "holds for small models", "overstated")


@claim("C103")
def tpus_are_powerful(given):
    """A TPU v7 serves Llama 3.1 70B cheaper than a B200, its rival of the day, and as leanly."""
    rival, own = (machines.fitting(given, part) for part in ("B200", "TPU v7"))
    cheaper = efficiency.gain(rival.token_cost, own.token_cost) > CLEAR
    as_lean = efficiency.gain(own.joules, rival.joules) < CLEAR
    return np.where(np.logical_and(cheaper, as_lean), "holds", "overstated")
