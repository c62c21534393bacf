"""From the machine to the waiting user: an hour's cost, failures, queues, batches in a limit."""

import numpy as np
import pytest
from inference_economics import assumptions, live, measurements, tables, tracing, units
from inference_economics.assumptions import bounds, replace
from inference_economics.formulas import latency, queueing, reliability
from inference_economics.model import datacenter, frontier, serving
from scipy import stats

HOUR, DAY = units.factor("h"), units.factor("day")
CHIPS = tables.wide("accelerators")
NETWORK = 13 / 43.25  # Bernstein, 2025: share of networking over that of accelerators and servers


@pytest.fixture
def given():
    return assumptions.in_base_units(assumptions.known()["value"].to_dict())


def hour(given, chip, **changes):
    """Cost of an hour of a fully busy accelerator, at its list price [USD]."""
    own = {
        "accelerator_capital": CHIPS.price[chip],
        "network_capital": CHIPS.price[chip] * NETWORK,
        "all_in_power": CHIPS.all_in_power[chip],
    }
    parts = datacenter.accelerator(replace(given, **{**own, **changes}), 1.0)
    return parts.total * HOUR, (parts.building + parts.energy) / parts.total


# SemiAnalysis publishes the result (InferenceX-app, constants.ts, April 2026), and of the inputs
# only the power (1.73 and 2.17 kW) and the life (4 years). It withholds prices, the network, the
# cost of capital, residual value and maintenance.


@pytest.mark.parametrize(
    ("chip", "published", "gap"),
    [("H100", 1.30, 0.6), ("H100", 1.69, 0.25), ("B200", 1.95, 0.35), ("B200", 2.34, 0.1)],
)
def test_hour_of_an_accelerator_is_above_semianalysis_but_within_reach(given, chip, published, gap):
    """Ours: 2.03 and 2.51 USD/h, dearer than theirs for large owners and for small ones.

    ``gap`` is what we are above, rounded up. We pay list price (32,500 for an H100), 10 % a year
    for capital and 5 % for upkeep. At the low end of each (25,000 of the price's source, 5.9 % of
    CoreWeave's debt, 2 % and a residual value of 0.3, both guesses) we are below what they publish.
    """
    ours, _ = hour(given, chip)
    assert published < ours < published * (1 + gap)
    cheap = CHIPS.price[chip] * 25000 / 32500
    low, _ = bounds(given, "cost_of_capital", "maintenance")
    least, _ = hour(
        replace(low, residual_value=0.3),
        chip,
        accelerator_capital=cheap,
        network_capital=cheap * NETWORK,
    )
    assert least < published


@pytest.mark.parametrize("chip", ["H100", "B200"])
def test_building_and_electricity_are_less_than_a_fifth(given, chip):
    """SemiAnalysis, InferenceMAX launch, October 2025: colocation and electricity, under 20 %."""
    _, share = hour(given, chip)
    assert 0.15 < share < 0.20


def test_the_generations_stand_less_far_apart_than_at_semianalysis(given):
    """They have 1.50 and 1.38 between a B200 and an H100; list prices explain 1.23 of it."""
    ratio = hour(given, "B200")[0] / hour(given, "H100")[0]
    assert ratio == pytest.approx(CHIPS.price["B200"] / CHIPS.price["H100"], rel=0.01)
    assert ratio < 2.34 / 1.69


def test_staff_is_a_small_part_of_the_hour(given):
    low, high = (datacenter.staff(end) for end in bounds(given, "staff_per_power", "staff_wage"))
    total = datacenter.accelerator(given, 1.0).total
    assert low < datacenter.staff(given) < high
    assert datacenter.staff(given) < 0.02 * total
    # One megawatt has one megawatt's people, however many machines share it.
    megawatt = 1e6 / given.all_in_power * datacenter.staff(given)
    assert megawatt == pytest.approx(given.staff_wage)


def test_sending_an_answer_costs_less_than_making_it(given):
    """Even at cloud prices and wrapped token by token: 1 cent of the 79 for a million tokens."""
    sent = datacenter.traffic(given, given.output_tokens)
    made = given.output_tokens * given.api_output_price
    assert sent < 0.02 * made


# Failures. Grattafiori et al., "The Llama 3 Herd of Models", 2024: 419 unexpected interruptions in
# 54 days on 16,384 H100, and more than 90 % effective training time.


def test_llama_3_stops_every_three_hours(given):
    one = 16384 * 54 * DAY / 419
    assert given.accelerator_failure_interval == pytest.approx(one, rel=0.01)
    run = datacenter.training_run(given, 16384)
    assert run.interval == pytest.approx(54 * DAY / 419, rel=0.01)
    assert run.interval == pytest.approx(given.interruption_interval, rel=0.01)
    assert run.lost < 0.10


def test_bytedance_keeps_97_percent_on_9600(given):
    """Wan et al., ByteRobust, arXiv 2509.16293; with the failure rate of Llama 3, within a few."""
    assert 1 - datacenter.training_run(given, 9600).lost == pytest.approx(0.97, abs=0.03)


def test_young_s_interval_loses_least():
    save, interval = 30.0, 3 * HOUR
    best = reliability.checkpoint_interval(save, interval)
    around = np.linspace(0.2, 5, 4801) * best
    lost = reliability.lost_share(around, save, interval, 0.0)
    assert around[np.argmin(lost)] == pytest.approx(best, rel=1e-3)
    assert lost.min() == pytest.approx(np.sqrt(2 * save / interval))


def test_normal_quantile_is_as_good_as_its_source_says():
    tail = np.geomspace(1e-9, 0.5, 1000)
    found = reliability.normal_quantile(tail)
    np.testing.assert_allclose(found, stats.norm.isf(tail), atol=4.6e-4)


@pytest.mark.parametrize("available", [0.8, 0.9, 0.99, 0.999, 0.9999])
@pytest.mark.parametrize("chance", [0.05, 0.01, 1e-3, 1e-5])
def test_spare_replicas_are_never_too_few(available, chance):
    """Against the exact binomial: as few as it allows, or up to two more."""
    quantile = reliability.normal_quantile(chance)
    for needed in (1, 2, 5, 20, 100, 1000, 5000):
        owned = int(np.ceil(reliability.replicas_to_own(needed, available, quantile)))
        assert stats.binom.cdf(needed - 1, owned, available) <= chance
        assert owned - 3 < needed or (stats.binom.cdf(needed - 1, owned - 3, available) > chance)


def test_large_fleets_need_a_smaller_share_of_spares(given):
    spare = [datacenter.standby(given, needed, 8).spare for needed in (10, 100, 1000, 1e9)]
    assert (np.diff(spare) < 0).all()
    available = datacenter.standby(given, 10, 8).availability
    assert spare[-1] == pytest.approx(1 / available - 1, rel=0.01)
    assert datacenter.standby(given, 100, 72).spare > datacenter.standby(given, 100, 8).spare


# Queues.


def test_one_server_is_exact():
    """Mean wait of M/M/1 is τρ/(1 − ρ); of M/D/1, half of it (Pollaczek and Khinchin)."""
    busy = np.linspace(0.01, 0.99, 99)
    exact = busy / (1 - busy)
    np.testing.assert_allclose(queueing.queue_wait(1, busy, 1.0, 1, 1), exact)
    np.testing.assert_allclose(queueing.queue_wait(1, busy, 1.0, 1, 0), exact / 2)


@pytest.mark.parametrize(
    ("servers", "busy", "sakasegawa", "erlang"),
    [
        (2, 0.5, 0.366151, 0.333333),
        (2, 0.9, 7.725338, 7.673684),
        (4, 0.8, 2.468958, 2.385730),
        (4, 0.9, 7.166418, 7.089779),
        (4, 0.999, 996.841140, 996.784391),
    ],
)
def test_several_servers_as_tabulated(servers, busy, sakasegawa, erlang):
    """Requests in the queue, VividCortex approx-queueing-theory: the formula, and Erlang's C."""
    wait = queueing.queue_wait(servers, busy, 1.0, 1, 1)
    length = queueing.waiting_requests(servers * busy, wait)
    assert length == pytest.approx(sakasegawa, rel=1e-6)
    assert length == pytest.approx(erlang, rel=0.1 if busy < 0.8 else 0.04)


def test_pooling_shortens_the_queue_and_bursts_lengthen_it():
    servers = np.array([1, 4, 16, 64, 256])
    assert (np.diff(queueing.queue_wait(servers, 0.8, 1.0, 1, 1)) < 0).all()
    poisson, bursty = (queueing.queue_wait(64, 0.8, 1.0, arrivals, 0.6) for arrivals in (1, 10))
    assert bursty / poisson == pytest.approx(10.6 / 1.6)


# Batches under a limit.


def test_a_straight_line_between_measured_batches():
    """Published times per output token, each predicted from the batches below and above."""
    table = measurements.table("measurements")
    table = table[(table.metric == "time_per_output_token") & (table.drafts == 0)]
    setting = [
        *("model", "accelerator", "accelerators", "replicas", "tensor_parallel", "precision"),
        *("attention_ranks", "expert_parallel", "stack", "version", "input_tokens"),
        *("output_tokens", "source"),
    ]
    errors = []
    for _, rows in table.groupby(setting, dropna=False):
        times = rows.groupby("concurrency").value.mean().sort_index()
        batch, time = times.index.to_numpy(), times.to_numpy()
        below, above = (time[:-2], batch[:-2]), (time[2:], batch[2:])
        slope = latency.time_per_request(*below, *above)
        line = latency.fixed_time(*below, slope) + slope * batch[1:-1]
        errors.extend(line / time[1:-1] - 1)
    assert len(errors) > 500
    assert np.abs(errors).mean() < 0.04


def test_batch_at_a_limit_keeps_the_limit():
    limit = np.array([0.021, 0.05, 0.2])
    fixed, slope = 0.02, 0.0002
    ends = [(fixed + slope * batch, batch) for batch in (8, 64)]
    batch = latency.batch_at_latency(limit, *ends[0], *ends[1], 1e9)
    np.testing.assert_allclose(fixed + slope * batch, limit)
    assert latency.batch_at_latency(0.2, *ends[0], *ends[1], 100) == 100
    assert latency.batch_at_latency(0.01, *ends[0], *ends[1], 100) < 1


def replica(given, batch):
    """Llama 3.1 70B in FP8 on four H100."""
    return serving.replica(given, "llama-3.1-70b", "H100", 4, batch=batch)


@pytest.mark.parametrize("limit", [0.02, 0.03, 0.05])
def test_a_replica_keeps_the_limit_that_its_batch_was_chosen_for(given, limit):
    ends = [replica(given, batch) for batch in (16, 64)]
    times, largest = [end.time_per_output_token for end in ends], ends[0].largest_batch
    found = frontier.under_limit(given, limit, times, (16, 64), largest, 4)
    there = replica(given, found.batch)
    assert found.time_per_output_token == pytest.approx(there.time_per_output_token, rel=0.05)
    assert found.time_per_output_token <= limit * 1.000001
    assert found.batch <= largest
    assert found.floor < found.cost
    assert found.met
    # Half of the top speed costs twice the floor: the closed form of the straight line.
    half = frontier.under_limit(given, 2 / found.fastest, times, (16, 64), 1e9, 4)
    assert half.cost == pytest.approx(2 * half.floor)


def test_many_places_hardly_queue(given):
    """1,024 places, 90 % taken: under a tenth of a second for requests of ten seconds."""
    found = frontier.queue(given, 16, 64, 0.9, 10.0)
    assert found.wait < 0.1
    alone = frontier.queue(given, 1, 1, 0.9, 10.0)
    assert alone.wait == pytest.approx((1.2 + 0.6) / 2 * 10 * 9)
    assert alone.waiting == pytest.approx(0.09 * alone.wait)


def test_what_pages_compute_can_be_traced(given):
    """Every result of the new parts reaches the browser."""
    needed = live.columns(needed=[10.0, 100.0]).needed
    standby = datacenter.standby(given, needed, 8)
    run = datacenter.training_run(given, needed * 100)
    for item in (*vars(standby).values(), *vars(run).values()):
        assert isinstance(item, tracing.Live) or np.isfinite(item)
    assert live.assemble({"spare": standby.spare, "lost": run.lost})[1].keys() >= {"spare", "lost"}
