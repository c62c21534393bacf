"""What speed costs: the batch under a latency limit, and the wait in front of full machines."""

from types import SimpleNamespace

from ..formulas import latency, queueing, serving, unit_economics
from .serving import replica

ENDS = (1.0, 128.0)  # batches of the straight line: one request, and about as many as are served


def under_limit(given, limit, times, batches, largest, accelerators) -> SimpleNamespace:
    """A rented replica of so many ``accelerators``, as full as a ``limit`` allows.

    The limit and the ``times`` are per output token [s·request/token]. The times are those at two
    ``batches`` [request], from any model of a step, and give the straight line. ``largest`` fits
    into memory [request]. ``met`` says whether even one request keeps the limit. ``cost`` is of an
    output token, ``floor`` what no batch gets it below [USD/token]; ``fastest`` is the speed that
    no batch gets a request above [token/s].
    """
    slope = latency.time_per_request(times[0], batches[0], times[1], batches[1])
    fixed = latency.fixed_time(times[0], batches[0], slope)
    batch = latency.batch_at_latency(limit, times[0], batches[0], times[1], batches[1], largest)
    time = fixed + slope * batch
    throughput = serving.throughput(batch, time)
    return SimpleNamespace(
        batch=batch,
        met=batch >= 1,
        time_per_output_token=time,
        throughput=throughput,
        fastest=serving.throughput(1, fixed),
        cost=unit_economics.token_cost(accelerators, given.rental, throughput, given.utilisation),
        floor=unit_economics.token_cost(accelerators, given.rental, 1 / slope, given.utilisation),
    )


def promised(given, model, part, accelerators, speed) -> SimpleNamespace:
    """:func:`under_limit`, where each user is promised a ``speed`` [token/s].

    With the ``speed`` that the user gets, which is higher where memory is full first.
    """
    where = (given, model, part, accelerators)
    ends = [replica(*where, batch=batch) for batch in ENDS]
    times = [end.time_per_output_token for end in ends]
    found = under_limit(given, 1 / speed, times, ENDS, ends[0].largest_batch, accelerators)
    found.speed = serving.throughput(1, found.time_per_output_token)
    return found


def queue(given, replicas, batch, utilisation, run_time) -> SimpleNamespace:
    """The queue in front of ``replicas`` that run ``batch`` requests each, of ``run_time`` [s].

    ``wait`` is the mean wait of a request [s] and ``waiting`` how many wait [request].
    """
    places = replicas * batch
    wait = queueing.queue_wait(
        places, utilisation, run_time, given.arrival_variability, given.service_variability
    )
    load = places * utilisation / run_time
    return SimpleNamespace(wait=wait, waiting=queueing.waiting_requests(load, wait))
