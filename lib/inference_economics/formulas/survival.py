"""Entry and survival: what a firm's requests must earn, and how many it takes.

Source: Varian, *Intermediate Microeconomics*, on average cost and on the exit of firms in the long
run.
"""

import numpy as np

from ..units import RequestPerSecond, USDPerRequest, USDPerSecond


def average_cost(
    fixed: USDPerSecond, load: RequestPerSecond, request_cost: USDPerRequest
) -> USDPerRequest:
    """Least that a request must earn so that a firm with this load survives.

    Parameters
    ----------
    fixed : spending that does not depend on the load [USD/s]
    load : mean requests a second [request/s], above 0
    request_cost : of serving a request [USD/request]

    >>> average_cost(10.0, 5.0, 0.5)
    2.5
    """
    return fixed / load + request_cost


def break_even_load(
    fixed: USDPerSecond,
    revenue: USDPerRequest,
    request_cost: USDPerRequest,
    never: RequestPerSecond,
) -> RequestPerSecond:
    """Load from which on a firm earns its fixed spending; ``never`` if no smaller load does.

    Parameters
    ----------
    fixed : spending that does not depend on the load [USD/s]
    revenue : that a request earns [USD/request]
    request_cost : of serving one more request [USD/request]
    never : what to return where a request costs more than it earns [request/s]

    >>> float(break_even_load(10.0, 3.0, 1.0, 1e9)), float(break_even_load(10.0, 1.0, 3.0, 1e9))
    (5.0, 1000000000.0)
    """
    return fixed / np.maximum(revenue - request_cost, fixed / never)
