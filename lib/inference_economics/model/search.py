"""A search engine that answers with a language model: fleet, cost, and what a query earns."""

from types import SimpleNamespace

import numpy as np

from ..assumptions import bounds, replace
from ..formulas import unit_economics
from . import datacenter, serving


def early(given, model, accelerator, accelerators, batch) -> SimpleNamespace:
    """A large model as it was served at first: 16 bits, rented machines, the software of 2023.

    It answers a plain question, without pages. A replica that runs ``batch`` requests or as many as
    fit; the ``cost`` of a query [USD/request]; and ``over_search``, how many times a search
    costs [1].
    """
    then = replace(given, bytes_per_weight=2.0, bytes_per_cached_value=2.0)
    for name in serving.TUNED:  # of today's software
        if hasattr(then, name):
            delattr(then, name)
    lengths = {"input_tokens": given.input_tokens, "output_tokens": given.answer_tokens}
    where = (then, model, accelerator, accelerators)
    # That stack was measured without arriving prompts; a service computes them.
    options = {"batch": batch, "fit": True, "stack": "vllm-2023", "interleaved": 1.0}
    replica = serving.replica(*where, **lengths, **options)
    replica.cost = unit_economics.served_query(
        accelerators * given.a100_rental, replica.capacity * given.utilisation
    )
    replica.over_search = replica.cost / given.search_cost
    return replica


def service(given, model, accelerator, accelerators, answer_tokens=None) -> SimpleNamespace:
    """A fleet that gives every one of ``queries_per_second`` an answer of ``model``.

    It reads each question with the pages retrieved for it. As :func:`datacenter.fleet`, with its
    ``replica``; the cost of a query by part, ``per_query`` [USD/request], and its ``energy``
    [J/request]; ``over_search``, how many times a search costs [1]; and ``answer_time``, from first
    token to last [s]. The batch is cut to what fits.
    """
    answer = given.answer_tokens if answer_tokens is None else answer_tokens
    load = given.queries_per_second
    where = (given, model, accelerator, accelerators)
    lengths = {"input_tokens": given.search_input_tokens, "output_tokens": answer}
    replica = serving.replica(*where, **lengths, fit=True)
    fleet = datacenter.fleet(given, load, replica.capacity, accelerators)
    fleet.replica = replica
    fleet.per_query = SimpleNamespace(
        **{part: unit_economics.served_query(cost, load) for part, cost in vars(fleet.cost).items()}
    )
    fleet.energy = fleet.per_query.energy / given.electricity_price
    fleet.over_search = fleet.per_query.total / given.search_cost
    fleet.answer_time = replica.time_per_output_token * answer
    return fleet


def earnings(given) -> SimpleNamespace:
    """What a query earns: ``revenue``, and the ``profit`` left of it today [USD/request]."""
    revenue = unit_economics.query_revenue(given.search_revenue, given.queries_per_year)
    return SimpleNamespace(
        revenue=revenue,
        profit=unit_economics.query_profit(revenue, given.search_operating_margin, 0),
        revenue_over_cost=revenue / given.search_cost,
        early_over_cost=given.gpt3_query_cost / given.search_cost,
        load_over_claim=given.queries_per_year / given.queries_per_second,
    )


def reasoning(given) -> SimpleNamespace:
    """``given`` with a model that thinks, unseen, before it answers."""
    return replace(given, answer_tokens=given.answer_tokens * given.reasoning_multiple)


def break_even_revenue(given, cost):
    """What a query must earn for its profit to pay for ``cost`` more [USD/request]."""
    return cost / given.search_operating_margin


def at_prices(given, prices, answer_tokens=None, input_tokens=None):
    """Cost of a query at an API's ``prices``, a row of the table of prices [USD/request].

    The question comes with the pages retrieved for it, unless ``input_tokens`` says otherwise.
    """
    return unit_economics.priced_query(
        given.search_input_tokens if input_tokens is None else input_tokens,
        given.answer_tokens if answer_tokens is None else answer_tokens,
        prices.input_price,
        prices.output_price,
    )


def longest_answer(given, prices):
    """Tokens of an answer at an API's ``prices`` that take all of a query's profit; at least 0."""
    tokens = unit_economics.affordable_tokens(
        earnings(given).profit, given.search_input_tokens, prices.input_price, prices.output_price
    )
    return np.maximum(tokens, 0)


def routed(given, small_cost, large_cost) -> list:
    """Cost of answers averaged over all queries, after each saving in turn [USD/request].

    A large model for every query; only for queries that show an answer; only for answers that
    no cache holds; and a small model where it will do.
    """
    shown = unit_economics.model_queries(given.llm_share, 0)
    run = unit_economics.model_queries(given.llm_share, given.answer_cache_hits)
    small = given.small_model_share
    return [
        unit_economics.routed_query(1, 0, small_cost, large_cost),
        unit_economics.routed_query(shown, 0, small_cost, large_cost),
        unit_economics.routed_query(run, 0, small_cost, large_cost),
        unit_economics.routed_query(run, small, small_cost, large_cost),
    ]


def swings(given, names, model, accelerator, accelerators) -> tuple[list, list]:
    """Cost of a query by :func:`service` with each of ``names`` at its low, then at its high."""
    where = (model, accelerator, accelerators)
    return tuple(
        [service(bounds(given, name)[end], *where).per_query.total for name in names]
        for end in (0, 1)
    )


def priced_swings(given, names, prices) -> tuple[list, list]:
    """Cost of a query by :func:`at_prices` with each of ``names`` at its low, then at its high."""
    return tuple([at_prices(bounds(given, name)[end], prices) for name in names] for end in (0, 1))
