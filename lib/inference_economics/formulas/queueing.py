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


def share_of_others(batch: Request, own: Request) -> Share:
    """Share of a replica's load that other requests make.

    Parameters
    ----------
    batch : requests running at once [request], above 0
    own : the one that waits, usually 1 [request]

    >>> share_of_others(1, 1), share_of_others(50, 1)
    (0.0, 0.98)
    """
    return (batch - own) / batch


def burst_wait(batch: Request, own: Request, service: Second) -> Second:
    """Mean wait where all requests come at once and are served one by one.

    Parameters
    ----------
    batch : requests that come [request]
    own : the one that is served first, usually 1 [request]
    service : time that each takes [s]

    The last of three waits for two, the second for one, the first for none:

    >>> burst_wait(3, 1, 0.5)
    0.5
    """
    return service * (batch - own) / (2 * own)


def wait_for_room(coming: Request, batch: Request, stay: Second) -> Second:
    """Mean wait of requests for which memory has no room, in a closed system.

    Little's law: as many wait as come beyond the batch, and one leaves every ``stay / batch``.

    Parameters
    ----------
    coming : requests at once, running or waiting [request]
    batch : requests that run [request], above 0
    stay : time that a request runs [s]

    >>> wait_for_room(64, 64, 20.0), wait_for_room(96, 64, 20.0)
    (0.0, 10.0)
    """
    return stay * (coming - batch) / batch
