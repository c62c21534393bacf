"""Waiting for a free place: what full machines cost in time.

Sources: Sakasegawa, "An approximation formula Lq = αρ^β/(1 − ρ)", Annals of the Institute of
Statistical Mathematics, 1977 (several servers); Allen, *Probability, Statistics and Queueing
Theory*, on the Allen–Cunneen formula (variability); Little, Operations Research, 1961.
"""

import numpy as np

from ..units import Number, Request, RequestPerSecond, Second, Share


def queue_wait(
    servers: Number,
    utilisation: Share,
    service_time: Second,
    arrival_variability: Number,
    service_variability: Number,
) -> Second:
    """Mean time that a request waits for one of several equal servers.

    A place in a replica's batch is a server: it is taken for as long as a request runs, which is
    longer in a fuller batch. Exact for one server and Poisson arrivals with exponential times;
    close in heavy traffic, too long in light.

    Parameters
    ----------
    servers : that share a queue [1], at least 1
    utilisation : share of them that is busy on average [share], below 1
    service_time : mean time that a request runs [s]
    arrival_variability : variance of the time between arrivals over its squared mean; 1 if they are
        independent of one another [1]
    service_variability : variance of the time that a request runs over its squared mean [1]

    One server that is busy half of the time: as long again as the request runs.

    >>> float(queue_wait(1, 0.5, 2.0, 1, 1))
    2.0
    """
    variability = (arrival_variability + service_variability) / 2
    busy = utilisation ** (np.sqrt(2 * (servers + 1)) - 1)
    return variability * service_time * busy / (servers * (1 - utilisation))


def utilisation_at_wait(
    limit: Second, service_time: Second, arrival_variability: Number, service_variability: Number
) -> Share:
    """Utilisation at which the mean wait for a single server reaches a limit.

    It inverts :func:`queue_wait` for one server; several may be busier.

    Parameters
    ----------
    limit : longest acceptable mean wait [s]
    service_time : mean time that a request runs [s]
    arrival_variability, service_variability : variances over squared means [1]

    >>> utilisation_at_wait(2.0, 2.0, 1, 1)
    0.5
    """
    variability = (arrival_variability + service_variability) / 2
    return limit / (limit + variability * service_time)


def waiting_requests(load: RequestPerSecond, wait: Second) -> Request:
    """Requests in a queue on average: Little's law.

    Parameters
    ----------
    load : requests that arrive in a second [request/s]
    wait : mean time that one waits [s]

    >>> waiting_requests(100.0, 0.25)
    25.0
    """
    return load * wait
