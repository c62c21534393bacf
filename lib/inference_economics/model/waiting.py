"""From the parts of a step to the wait before the first token.

``setup``, ``given`` and ``found`` are those of :mod:`engine`. No iteration, no default.
"""

from ..formulas import queueing

ONE = 1.0  # the request that waits
# Requests of a benchmark over those that run at once: InferenceX sends ten times as many, the
# first of them all at once (InferenceMAX, README: num-prompts, request-rate inf).
ROUNDS = 10.0


def for_turn(found, total, batch):
    """Mean wait in a replica that stays full, for the step under way and other prompts [s].

    Nobody waits alone. It starts with as many requests as there is room for.
    """
    others = queueing.share_of_others(batch, ONE)
    busy = (found.prompts + found.admissions) / total
    return others * total / 2 + queueing.queue_wait(
        ONE,
        others * busy,
        found.first_token,
        1.0,
        0.0,  # prompts come at random and take equally long
    )


def in_benchmark(setup, found, batch, stay):
    """What a benchmark adds on average, whose requests ``stay`` so long [s].

    Its first requests come all at once; those that memory has no room for wait until one ends.
    """
    start = queueing.burst_wait(batch, ONE, found.first_token) / ROUNDS
    return start + queueing.wait_for_room(setup.concurrency, batch, stay)
