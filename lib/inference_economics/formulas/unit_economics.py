"""What a token and a query cost, and what is left of what they earn."""

from ..units import (
    Number,
    RequestPerSecond,
    Share,
    TokenPerRequest,
    TokenPerSecond,
    USDPerRequest,
    USDPerSecond,
    USDPerToken,
)


def token_cost(
    accelerators: Number,
    accelerator_cost: USDPerSecond,
    throughput: TokenPerSecond,
    utilisation: Share,
) -> USDPerToken:
    """Cost of an output token: the replica is paid for all the time, used for a share of it.

    Parameters
    ----------
    accelerators : of the replica [1]
    accelerator_cost : of one accelerator, used or not [USD/s]
    throughput : output tokens a second of the busy replica [token/s]
    utilisation : share of its capacity that is used [share], above 0

    8 accelerators at 2 USD/h that make 2,000 tokens/s, half of the time: 4.44 USD a million.

    >>> round(token_cost(8, 2 / 3600, 2000, 0.5) * 1e6, 2)
    4.44
    """
    return accelerators * accelerator_cost / (throughput * utilisation)


def priced_query(
    input_tokens: TokenPerRequest,
    output_tokens: TokenPerRequest,
    input_price: USDPerToken,
    output_price: USDPerToken,
) -> USDPerRequest:
    """What a query costs at an API's prices.

    Parameters
    ----------
    input_tokens, output_tokens : of the query [token/request]
    input_price, output_price : of the API [USD/token]

    1,500 tokens at 20 USD a million:

    >>> priced_query(1000, 500, 20e-6, 20e-6)
    0.03
    """
    return input_tokens * input_price + output_tokens * output_price


def served_query(fleet_cost: USDPerSecond, load: RequestPerSecond) -> USDPerRequest:
    """What a query costs whoever owns the fleet, busy or not.

    Parameters
    ----------
    fleet_cost : of everything that is kept running [USD/s]
    load : mean requests a second [request/s], above 0

    >>> served_query(200.0, 100000.0)
    0.002
    """
    return fleet_cost / load


def margin(revenue: USDPerRequest, cost: USDPerRequest) -> Share:
    """Share of a query's revenue that is left after its cost; negative at a loss.

    Parameters
    ----------
    revenue, cost : of a query [USD/request], revenue above 0

    >>> margin(0.04, 0.03)
    0.25
    """
    return 1 - cost / revenue
