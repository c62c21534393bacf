"""What the length of a request does: its arithmetic, its memory, and through the batch its cost."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from .. import measurements, tables
from ..assumptions import bounds
from ..formulas import context, levers, serving, transformer, unit_economics
from .architecture import architecture
from .serving import kv_per_token, replica

MODEL, PART = "llama-3.1-70b", "H100"
CHAT = ("chat_input", "chat_output")


def prompt(model: str, tokens) -> SimpleNamespace:
    """Arithmetic of a prompt of so many ``tokens`` [FLOP].

    ``weights``; attention of layers with a sliding window, ``windows``, which grows in proportion
    too; ``attention`` of the others, which grows with the square; and their ``total``.
    """
    size, active = architecture(model), tables.figure("models", model, "active_parameters")
    full, sliding = size.layers * (1 - size.sliding), size.layers * size.sliding
    heads = (size.query_heads, size.prompt_head_dim)
    weights = transformer.forward_flops(active, tokens)
    span = context.attended_span(np.maximum(tokens, 1), size.window)
    windows = transformer.decode_attention_flops(sliding, *heads, span) * tokens
    attention = transformer.prefill_attention_flops(full, *heads, tokens)
    total = weights + windows + attention
    return SimpleNamespace(weights=weights, windows=windows, attention=attention, total=total)


def exponent(model: str, tokens):
    """With which exponent the arithmetic of a prompt grows at a length of ``tokens`` [1]."""
    found = prompt(model, tokens)
    return context.growth_exponent(found.weights + found.windows, found.attention)


def decoding(model: str, context_tokens) -> SimpleNamespace:
    """Arithmetic of one more token after ``context_tokens`` [FLOP/token], by part."""
    size, active = architecture(model), tables.figure("models", model, "active_parameters")
    full, sliding = size.layers * (1 - size.sliding), size.layers * size.sliding
    heads = (size.query_heads, size.decode_head_dim)
    span = np.minimum(context_tokens, size.window)
    windows = transformer.decode_attention_flops(sliding, *heads, span)
    attention = transformer.decode_attention_flops(full, *heads, context_tokens) + windows
    weights = transformer.forward_flops(active, 1)
    return SimpleNamespace(weights=weights, attention=attention, total=weights + attention)


def crossing(model: str) -> SimpleNamespace:
    """Where the quadratic part of a prompt's arithmetic overtakes the linear one, in ``tokens``.

    And how many times the ``width`` of the model that is.
    """
    size, active = architecture(model), tables.figure("models", model, "active_parameters")
    heads = (size.query_heads, size.prompt_head_dim)
    # Windows add to what every token costs; two FLOPs are one value.
    sliding = size.layers * size.sliding
    windows = transformer.decode_attention_flops(sliding, *heads, size.window) / 2
    full = size.layers * (1 - size.sliding)
    tokens = transformer.quadratic_crossover(active + windows, full, *heads)
    return SimpleNamespace(tokens=tokens, width=tokens / size.hidden_size)


def cache(given, model: str, tokens):
    """Memory that the keys and values of ``tokens`` fill, windows included [B]."""
    size = architecture(model)
    per_token = kv_per_token(given, model)
    full = serving.kv_cache_bytes(1 - size.sliding, tokens, per_token)
    return full + serving.kv_cache_bytes(size.sliding, np.minimum(tokens, size.window), per_token)


def request(
    given, input_tokens, output_tokens, *, cached=0.0, boundless=False, model=MODEL, part=PART
) -> SimpleNamespace:
    """A replica that serves requests of one kind only: a batch of them, or as many as fit.

    If ``boundless``, the batch is run whether its caches fit or not. ``room`` is what fits.
    With what a request takes: ``flops``, ``seconds``, ``cost`` [USD/request] on rented machines;
    its energy at the wall, ``wall`` [J/request], as fitted, and ``full_wall``, at full power.
    """
    count = given.replica_accelerators
    lengths = {"input_tokens": input_tokens, "output_tokens": output_tokens, "cached": cached}
    room = replica(given, model, part, count, batch=1.0, **lengths).largest_batch
    fits = given.batch if boundless else np.maximum(np.minimum(given.batch, room), 1)
    found = replica(given, model, part, count, batch=fits, **lengths)
    found.batch, found.room = fits, room
    kept = prompt(model, cached * input_tokens)
    step = decoding(model, serving.mean_context(input_tokens, output_tokens))
    found.flops = prompt(model, input_tokens).total - kept.total + step.total * output_tokens
    found.seconds = found.answer_time
    paid = count * given.rental
    found.cost = unit_economics.served_query(paid, found.capacity * given.utilisation)
    around = given.all_in_power / found.setup.power
    full = serving.energy_per_token(count, given.all_in_power, found.throughput)
    found.wall, found.full_wall = found.energy * around, full * output_tokens
    return found


def hello(given) -> SimpleNamespace:
    """The shortest kind of request."""
    return request(given, given.hello_input_tokens, given.hello_output_tokens)


def question(given) -> SimpleNamespace:
    """A request of mean length."""
    return request(given, given.input_tokens, given.output_tokens)


def reasoned(given) -> SimpleNamespace:
    """The same question to a model that thinks, unseen, before it answers."""
    return request(given, given.input_tokens, given.output_tokens * given.reasoning_multiple)


def document(given, tokens=None, **options) -> SimpleNamespace:
    """A question about a long document, of mean answer."""
    tokens = given.task_input_tokens if tokens is None else tokens
    return request(given, tokens, given.output_tokens, **options)


def reading(given, tokens) -> SimpleNamespace:
    """A :func:`document`'s cost by part: a ``prompt_token`` and an ``output_token`` [USD/token].

    ``crowded`` is the output token's if memory held the whole batch at any length.
    """
    whole, answer = document(given, tokens), document(given, tokens, cached=1.0)
    crowded = document(given, tokens, cached=1.0, boundless=True)
    return SimpleNamespace(
        whole=whole,
        prompt_token=(whole.cost - answer.cost) / tokens,
        prompt_share=1 - answer.cost / whole.cost,
        output_token=answer.cost / given.output_tokens,
        crowded=crowded.cost / given.output_tokens,
    )


def doubling(given, tokens) -> SimpleNamespace:
    """What a document twice as long costs: ``times`` as much, with which ``exponent``."""
    times = document(given, 2 * tokens).cost / document(given, tokens).cost
    return SimpleNamespace(times=times, exponent=context.measured_exponent(times, 2.0))


def diversity(given):
    """Cost of a chat request that one in twenty exceeds, over one that one in twenty undercuts."""
    asked, told = (ends(lengths(kind)) for kind in CHAT)
    short, long = (
        request(given, float(asked[end]), float(told[end])).cost for end in ("low", "high")
    )
    return long / short


def task(given, hits=None, calls=None) -> SimpleNamespace:
    """A task of several ``calls``, each of which reads the document again and reasons.

    Of what is read again a cache holds the share ``hits``. What is shown of an answer joins the
    next prompt; what was thought does not. ``flops``, ``seconds``, ``wall``, ``cost`` of the whole
    task, the mean ``call``, its ``cached`` share, ``prompt`` and ``answer``.
    """
    hits = given.repeat_hits if hits is None else hits
    calls = given.task_calls if calls is None else calls
    growing = (given.task_input_tokens, calls, given.output_tokens)
    mean = context.mean_prompt(*growing)
    cached = hits * context.repeated_share(*growing, mean)
    answer = given.output_tokens * given.reasoning_multiple
    call = request(given, mean, answer, cached=cached)
    totals = {name: calls * getattr(call, name) for name in ("flops", "seconds", "wall", "cost")}
    return SimpleNamespace(**totals, call=call, cached=cached, prompt=mean, answer=answer)


def prices(offer: str) -> pd.Series:
    """What an ``offer`` of a long context asks for a token [USD/token], and its window."""
    return tables.wide("context_offers").loc[offer]


def at_prices(given, offer: str, hits=None, calls=None):
    """The :func:`task` at an API's prices [USD/request]."""
    asked, found = prices(offer), task(given, hits, calls)
    calls = given.task_calls if calls is None else calls
    tier = (asked.input_price, asked.long_input_price, asked.long_from)
    price = context.tiered_price(found.prompt, *tier)
    mean = levers.mean_input_price(price, found.cached, asked.cached_price / asked.input_price)
    return context.priced_task(calls, found.prompt, found.answer, mean, asked.output_price)


def over_hello(given):
    """How many times the cost of a Hello the :func:`task` costs [1]."""
    return task(given).cost / hello(given).cost


def swings(given, names) -> tuple[list, list]:
    """:func:`over_hello` with each of ``names`` at its low, then at its high end."""
    return tuple([over_hello(bounds(given, name)[end]) for name in names] for end in (0, 1))


def lengths(kind: str) -> SimpleNamespace:
    """Lengths of real requests, ``kind`` a column of the table, as quantiles.

    ``share`` of the requests that are no longer than ``tokens``; and what the longest tenth of
    them holds of all tokens, ``in_longest``.
    """
    found = tables.wide("request_lengths")[kind]
    share = found.index.to_numpy(float)
    order = share.argsort()
    share, tokens = share[order], found.to_numpy(float)[order]
    even = np.interp(np.linspace(0, 1, 20001), share, tokens)
    return SimpleNamespace(
        share=share,
        tokens=tokens,
        in_longest=even[even.size * 9 // 10 :].sum() / even.sum(),
    )


def ends(found) -> dict:
    """Of :func:`lengths`: ``shortest``, ``low`` (5 %), ``median``, ``high`` (95 %), ``longest``."""
    cuts = {"shortest": 0, "low": 0.05, "median": 0.5, "high": 0.95, "longest": 1}
    return {name: np.interp(cut, found.share, found.tokens) for name, cut in cuts.items()}


def long_points(wrong: pd.DataFrame, least: float) -> pd.DataFrame:
    """Rows of :func:`validation.errors` of requests with at least so many tokens in all."""
    points = measurements.measured().set_index("point")
    total = points["input_tokens"] + points["output_tokens"]
    wrong = wrong.set_index("point")
    return wrong[total.reindex(wrong.index) >= least]
