"""What the essay says of the factory, of growth and of value (its section 2)."""

import numpy as np

from ..model import value
from .ledger import claim


def _example(given):
    return value.example(given, value.chat(given))


@claim("C023")
def running_cost_decides(given):
    """A lab's revenue covers its research and training, so that only inference can sink it."""
    return np.where(given.lab_revenue > given.lab_research, "holds", "overstated")


@claim("C024")
def pressure_comes_from_use(given):
    """Over four years a lab spends more on inference than on research and training."""
    spent = value.four_years(given)
    for_one = "holds for one model, not for a lab's research"
    some = np.where(spent.inference_so_far > spent.final_runs_so_far, for_one, "overstated")
    larger = spent.inference_so_far > spent.research_so_far
    return np.where(larger, "holds if growth lasts", some)


@claim("C025")
def inference_is_raw_material(given):
    """What serving uses up is more than half of an owned accelerator's cost."""
    return np.where(value.material(given).used_up > 0.5, "holds", "overstated")


@claim("C026")
def the_factory_is_built_once(given):
    """The model is not trained anew while users grow from ten thousand to a hundred million."""
    runs = _example(given).runs
    return np.where(runs < 2, "holds", "overstated")


@claim("C027")
def material_becomes_the_bottleneck(given):
    """Inference outgrows research in four years; as material if most of its cost is used up."""
    spent = value.four_years(given)
    larger = spent.inference > spent.research
    lasts = "holds if growth lasts"
    binds = np.where(value.material(given).used_up > 0.5, lasts, f"{lasts}, as machines")
    return np.where(larger, binds, "overstated")


@claim("C028")
def growth_is_exponential(given):
    """The last doubling of users multiplies the spending by far more than two.

    A model in which each answer takes the same work can't find that; the chapter says so.
    """
    doubling = _example(given).doubling
    return np.where(doubling > 4, "holds", "contradicted: in proportion, as the essay adds")


@claim("C029")
def one_run_serves_millions(given):
    """Spread over a hundred million users, a run adds less to a message than serving it costs."""
    share = _example(given).run_share
    return np.where(share < 1, "holds", "overstated")


@claim("C030")
def cost_is_proportional(given):
    """A full fleet's spending grows as its users do, as the model has it; the whole way nearly so.

    If not the whole way, the claim holds for a large service.
    """
    way = _example(given).elasticity
    return np.where(way > 0.95, "holds", "holds for a large service")


@claim("C032")
def training_stays_the_same(given):
    """All runs until the hundred million users cost less than twice the first one."""
    training = _example(given).training
    return np.where(training < 2, "holds", "overstated: true of one model")


@claim("C033")
def inference_grows_as_users(given):
    """A fleet for ten thousand times the users costs at least half as many times as much."""
    serving = _example(given).serving
    enough = serving > value.MANY / value.FEW / 2
    return np.where(enough, "holds", "overstated, but holds for whoever buys tokens")


@claim("C034")
def revenue_follows_usage(given):
    """More than half of a chat service's revenue follows usage, as far as advertising does."""
    seller = "overstated, but holds for a seller of tokens"
    return np.where(value.service(given).tied > 0.5, "holds", seller)


@claim("C035")
def revenue_must_exceed_cost(given):
    """Neither free users nor the heaviest subscribers are served at a loss."""
    now = value.service(given)
    all_earn = np.logical_and(now.free_revenue > now.cost, now.losing < 0.001)
    return np.where(all_earn, "holds", "overstated: on average and in time, not always")


@claim("C036")
def growth_at_a_loss_is_impossible(given):
    """The cost of a message does not fall to what it earns within ten years."""
    in_time = value.investment(given, 0).in_time
    return np.where(in_time, "overstated", "holds")


@claim("C038")
def an_answer_has_value(given):
    """A chat message is worth more to a median user than it costs."""
    return np.where(value.worth(given) > given.message_cost, "holds", "overstated")


@claim("C039")
def a_frame_has_value(given):
    """What drivers pay for assistance is more than the car's computing costs."""
    frame = value.frame(given)
    own = np.where(frame.energy < frame.hardware, "holds, but its cost is sunk", "holds")
    return np.where(frame.price > frame.cost, own, "overstated")


@claim("C040")
def a_sentence_has_value(given):
    """A translated sentence sells for more than a model's translation costs."""
    translated = value.sentence(given)
    return np.where(translated.price > translated.cost, "holds", "overstated")


@claim("C041")
def each_inference_has_value(given):
    """Nine of ten code completions are kept."""
    return np.where(given.kept_share > 0.9, "holds", "overstated")


@claim("C042")
def all_depends_on_inference(given):
    """A lab that makes a loss would make a profit if inference cost nothing."""
    lab = value.lab(given)
    saved = np.where(lab.left < 0, "holds", "overstated")
    return np.where(lab.free < 0, "contradicted", saved)
