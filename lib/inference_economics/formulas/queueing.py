"""How long a request waits before its prompt is computed.

Sources: "A Survey on Queueing Systems with Mathematical Models and Applications", Saylor Academy,
section 4.5 (M/D/1); Little, "A Proof for the Queuing Formula: L = λW", Operations Research 9, 1961.
"""

from ..units import Request, Second, Share


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


def queueing_time(service: Second, utilisation: Share) -> Second:
    """Mean wait for others who came at random and take equally long: an M/D/1 queue.

    Parameters
    ----------
    service : time that each takes [s]
    utilisation : share of the time in which one is served [share], below 1

    >>> queueing_time(0.1, 0), queueing_time(0.1, 0.5)
    (0.0, 0.05)
    """
    return service * utilisation / (2 * (1 - utilisation))


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
