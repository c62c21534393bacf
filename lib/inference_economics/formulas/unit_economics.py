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


def query_revenue(revenue: USDPerSecond, load: RequestPerSecond) -> USDPerRequest:
    """What a query earns on average.

    Parameters
    ----------
    revenue : of the service [USD/s]
    load : mean requests a second [request/s], above 0

    224.5 billion USD from 5 trillion searches a year is 45 USD for each thousand:

    >>> year = 31557600.0
    >>> round(query_revenue(224.5e9 / year, 5e12 / year) * 1000, 1)
    44.9
    """
    return revenue / load


def query_profit(
    revenue: USDPerRequest, operating_margin: Share, added_cost: USDPerRequest
) -> USDPerRequest:
    """What is left of a query's profit once something new is added to its cost.

    Parameters
    ----------
    revenue : of a query [USD/request]
    operating_margin : share of the revenue that was left before [share]
    added_cost : of the new thing, such as a language model's answer [USD/request]

    >>> round(query_profit(0.045, 0.4, 0.03), 3)
    -0.012
    """
    return revenue * operating_margin - added_cost


def affordable_tokens(
    budget: USDPerRequest,
    input_tokens: TokenPerRequest,
    input_price: USDPerToken,
    output_price: USDPerToken,
) -> TokenPerRequest:
    """Longest answer that a query's budget pays for; negative if the question alone exceeds it.

    Parameters
    ----------
    budget : what an answer may cost [USD/request]
    input_tokens : of the query [token/request]
    input_price, output_price : of the API [USD/token], the latter above 0

    It inverts :func:`priced_query`:

    >>> round(affordable_tokens(0.03, 1000, 20e-6, 20e-6))
    500
    """
    return (budget - input_tokens * input_price) / output_price


def model_queries(answered: Share, cached: Share) -> Share:
    """Share of the queries for which a language model must run.

    Parameters
    ----------
    answered : share of the queries that show a model's answer [share]
    cached : share of those answers that are in a cache already [share]

    >>> model_queries(0.5, 0.25)
    0.375
    """
    return answered * (1 - cached)


def routed_query(
    share: Share, small: Share, small_cost: USDPerRequest, large_cost: USDPerRequest
) -> USDPerRequest:
    """Cost of answers, averaged over all queries, when a router picks one of two models.

    Parameters
    ----------
    share : share of the queries for which a model runs [share]
    small : share of those that go to the small model [share]
    small_cost, large_cost : of an answer by either model [USD/request]

    Half of the queries need an answer, and the small model gives half of those:

    >>> routed_query(0.5, 0.5, 0.25, 1.0)
    0.3125
    """
    return share * (small * small_cost + (1 - small) * large_cost)


def running_cost(cost: USDPerRequest, load: RequestPerSecond) -> USDPerSecond:
    """What a cost of each query comes to over all of them.

    Parameters
    ----------
    cost : of a query [USD/request]
    load : mean requests a second [request/s]

    >>> running_cost(0.002, 100000.0)
    200.0
    """
    return cost * load


def cost_share(revenue: USDPerRequest, cost: USDPerRequest) -> Share:
    """Share of a query's revenue that its cost takes; above 1 at a loss.

    Parameters
    ----------
    revenue, cost : of a query [USD/request], revenue above 0

    >>> cost_share(0.04, 0.01)
    0.25
    """
    return cost / revenue
