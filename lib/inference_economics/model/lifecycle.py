"""Training against inference: an event, its cost structure, its owner, and both over the years."""

from types import SimpleNamespace

import numpy as np

from .. import units
from ..formulas import cost_structure, lifecycle, queueing, unit_economics
from . import datacenter, serving

YEAR = units.factor("year")
HORIZON = 10 * YEAR


def grown(initial, factor, time):
    """``initial`` after ``time``, if it is multiplied by ``factor`` each year."""
    return lifecycle.growing_spend(initial, lifecycle.growth_rate(factor, YEAR), time)


def event(given, model, accelerator, accelerators, **lengths) -> SimpleNamespace:
    """One request to a rented replica: what it costs and how long it takes.

    It waits for its own prompt once, and in each step for the prompts of the others in the batch.

    ``lengths`` are ``input_tokens``, ``output_tokens`` and ``batch`` where not the page's own.
    """
    where = (given, model, accelerator, accelerators)
    replica = serving.replica(*where, **lengths)
    output_tokens = lengths.get("output_tokens", given.output_tokens)
    input_tokens = lengths.get("input_tokens", given.input_tokens)
    batch = lengths.get("batch", given.batch)
    own = 1 - queueing.share_of_others(batch, 1)
    next_token = serving.replica(*where, **lengths, cached=own).time_per_output_token
    replica_cost = accelerators * given.rental
    return SimpleNamespace(
        replica_cost=replica_cost,
        capacity=replica.capacity,
        cost=unit_economics.served_query(replica_cost, replica.capacity * given.utilisation),
        price=unit_economics.priced_query(
            input_tokens, output_tokens, given.api_input_price, given.api_output_price
        ),
        first_token=replica.time_to_first_token,
        next_token=next_token,
        whole=cost_structure.wait_for_answer(
            replica.time_to_first_token, next_token, output_tokens
        ),
    )


def image(given) -> SimpleNamespace:
    """One image on a rented accelerator, from measured speed: no model of ours."""
    rate = given.image_rate * given.utilisation
    return SimpleNamespace(
        cost=unit_economics.served_query(given.rental, rate),
        energy=given.image_energy * given.pue * given.electricity_price,
        price=given.image_price,
        whole=given.image_time,
    )


def structure(given, chat, load) -> SimpleNamespace:
    """Spending at ``load`` requests a second of the event ``chat`` [USD/s], and for a request.

    The final run is spread over the time until the next one replaces it.
    """
    run = cost_structure.spread_cost(given.run_cost, given.retraining_interval)
    serving_spend = cost_structure.serving_spend(
        load, chat.capacity, given.utilisation, given.least_replicas, chat.replica_cost
    )
    average = unit_economics.served_query(run + serving_spend, load)
    serving_average = unit_economics.served_query(serving_spend, load)
    least_load = given.least_replicas * chat.capacity * given.utilisation
    marginal = cost_structure.marginal_cost(load, least_load, chat.cost)
    return SimpleNamespace(
        run=run,
        serving=serving_spend,
        average=average,
        serving_average=serving_average,
        marginal=marginal,
        least_load=least_load,
        even_load=cost_structure.even_load(run, chat.cost),
        elasticity=cost_structure.elasticity(marginal, average),
        serving_elasticity=cost_structure.elasticity(marginal, serving_average),
    )


def ownership(given, chat) -> SimpleNamespace:
    """An accelerator of one's own by what its cost is for [USD/s], and ``chat`` bought three ways.

    ``own``, ``rent`` and ``buy`` are the cost of a request [USD/request]; ``own_parts`` are its
    capital, energy and upkeep. ``interest_share`` is the part of ``capital_share`` that is interest
    and not straight-line loss of value.
    """
    parts = datacenter.accelerator(given, given.utilisation)
    capital = parts.equipment + parts.building
    worn = cost_structure.depreciation(
        given.accelerator_capital + given.network_capital,
        given.residual_value,
        given.accelerator_life,
    ) + cost_structure.depreciation(
        parts.capital - given.accelerator_capital - given.network_capital, 0, given.building_life
    )
    used = chat.capacity * given.utilisation / given.replica_accelerators
    return SimpleNamespace(
        parts=parts,
        capital=capital,
        capital_share=cost_structure.capital_share(parts.equipment, parts.building, parts.total),
        interest_share=cost_structure.capital_share(capital - worn, 0, parts.total),
        even_electricity_price=cost_structure.even_electricity_price(
            given.electricity_price, capital, parts.energy, parts.total
        ),
        used=used,
        own=unit_economics.served_query(parts.total, used),
        own_parts=[
            unit_economics.served_query(part, used)
            for part in (capital, parts.energy, parts.total - capital - parts.energy)
        ],
        rent=unit_economics.served_query(given.rental, used),
        buy=chat.price,
        even_utilisation=cost_structure.even_utilisation(
            chat.replica_cost, chat.capacity, chat.price
        ),
    )


def programme(given, time) -> SimpleNamespace:
    """A lab's spending on research and on inference at ``time`` after the start [USD/s], [USD].

    ``overtaking`` is when inference passes research [s], :data:`HORIZON` if not before;
    ``never`` is whether it can't, ``leads`` whether it does from the start.
    """
    run = lifecycle.final_run_cost(
        given.research_spend, given.share_of_final_runs, given.retraining_interval
    )
    growth = lifecycle.growth_rate(given.run_cost_growth, YEAR)
    inference_factor = given.request_growth * given.request_cost_growth
    inference_growth = lifecycle.growth_rate(inference_factor, YEAR)
    overtaking = lifecycle.overtaking_time(
        given.research_spend, given.inference_spend, growth, inference_growth, HORIZON
    )
    research = lifecycle.growing_spend(given.research_spend, growth, time)
    research_so_far = lifecycle.cumulative_spend(given.research_spend, growth, time)
    return SimpleNamespace(
        run=run,
        research=research,
        final_runs=research * given.share_of_final_runs,
        inference=lifecycle.growing_spend(given.inference_spend, inference_growth, time),
        research_so_far=research_so_far,
        final_runs_so_far=research_so_far * given.share_of_final_runs,
        inference_so_far=lifecycle.cumulative_spend(given.inference_spend, inference_growth, time),
        inference_factor=inference_factor,
        needed_request_growth=given.run_cost_growth / given.request_cost_growth,
        overtaking=overtaking,
        leads=overtaking <= 0,
        never=np.logical_and(overtaking >= HORIZON, inference_factor <= given.run_cost_growth),
        in_time=overtaking < HORIZON,
        run_repaid=run / given.inference_spend,
    )
