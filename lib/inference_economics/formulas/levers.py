"""Levers on the cost of an answer: fewer bytes, fewer tokens, a smaller model, the user's device.

What a lever saves of a step is the engine's business: levers share a bottleneck and don't multiply.

Sources: Chen, Zaharia and Zou, "FrugalGPT", 2023 (cascades); Liu et al., "MobileLLM", 2024
(energy on a phone); Varian, *Intermediate Microeconomics*, on constant elasticity of demand.
"""

from ..units import (
    USD,
    Byte,
    BytePerValue,
    Joule,
    JoulePerFlop,
    JoulePerToken,
    Number,
    Second,
    Share,
    Token,
    TokenPerRequest,
    TokenPerSecond,
    USDPerJoule,
    USDPerRequest,
    USDPerToken,
    Value,
)


def quantised_width(width: BytePerValue, scale: Byte, group: Value) -> BytePerValue:
    """Bytes of a quantised value, with its part of the scale that a group of values shares.

    Parameters
    ----------
    width : of the value alone [B/value]
    scale : that a group shares [B]
    group : values that share a scale [value], above 0

    Four bits with a scale of one byte for each 16 values (NVFP4), and for each 32 (MXFP4):

    >>> quantised_width(0.5, 1, 16), quantised_width(0.5, 1, 32)
    (0.5625, 0.53125)
    """
    return width + scale / group


def computed_prompt(input_tokens: TokenPerRequest, cache_hits: Share) -> TokenPerRequest:
    """Prompt that must be computed, on average: what no cache of prefixes holds.

    Parameters
    ----------
    input_tokens : of a request [token/request]
    cache_hits : prompt tokens that are found in a cache, as a share [share]

    >>> computed_prompt(2000, 0.75)
    500.0
    """
    return input_tokens * (1 - cache_hits)


def mean_input_price(
    input_price: USDPerToken, cache_hits: Share, cached_price: Share
) -> USDPerToken:
    """Price of a prompt token, averaged over those that a cache holds and those that it doesn't.

    Parameters
    ----------
    input_price : of a token that is computed [USD/token]
    cache_hits : prompt tokens that are found in a cache, as a share [share]
    cached_price : of a cached token, as a share of ``input_price`` [share]

    >>> round(mean_input_price(1e-6, 0.5, 0.1) * 1e6, 9)
    0.55
    """
    return input_price * (1 - cache_hits * (1 - cached_price))


def cascade_cost(
    cost: USDPerRequest, scorer: USDPerRequest, accepted: Share, remainder: USDPerRequest
) -> USDPerRequest:
    """Cost of asking a model first and passing on what its scorer does not accept.

    Parameters
    ----------
    cost : of an answer by this tier [USD/request]
    scorer : of judging that answer [USD/request]
    accepted : answers that are good enough, as a share [share]
    remainder : of whoever answers the rest: a model, or the next tier of the cascade [USD/request]

    The rest is the larger model in a cascade of two; with three, it is a cascade of two itself:

    >>> cascade_cost(1.0, 0.25, 0.75, 10.0)
    3.75
    >>> cascade_cost(1.0, 0.25, 0.75, cascade_cost(4.0, 0.25, 0.5, 10.0))
    3.5625
    """
    return cost + scorer + (1 - accepted) * remainder


def even_acceptance(cost: USDPerRequest, scorer: USDPerRequest, remainder: USDPerRequest) -> Share:
    """Share of accepted answers from which on a tier pays for itself.

    Parameters
    ----------
    cost : of an answer by this tier [USD/request]
    scorer : of judging that answer [USD/request]
    remainder : of whoever answers the rest [USD/request], above 0

    Above 1 it never does.

    >>> even_acceptance(1.0, 0.25, 10.0)
    0.125
    """
    return (cost + scorer) / remainder


def device_energy(active_parameters: Value, weight_energy: JoulePerFlop) -> JoulePerToken:
    """Energy of a token on a device that runs one request at a time.

    Parameters
    ----------
    active_parameters : weights that a token passes through [value]
    weight_energy : of fetching and multiplying one weight for one token [J/FLOP]

    A tenth of a joule for each billion weights, 7 billion weights (MobileLLM):

    >>> round(device_energy(7e9, 1e-10), 9)
    0.7
    """
    return active_parameters * weight_energy


def battery_tokens(capacity: Joule, energy: JoulePerToken) -> Token:
    """Tokens that a full battery lasts for, if it powers nothing else.

    Parameters
    ----------
    capacity : of the battery [J]
    energy : of a token [J/token], above 0

    >>> battery_tokens(50e3, 0.5)
    100000.0
    """
    return capacity / energy


def battery_wear(price: USD, capacity: Joule, cycles: Number, energy: JoulePerToken) -> USDPerToken:
    """What a token takes off the life of a battery.

    Parameters
    ----------
    price : of a new battery, fitted [USD]
    capacity : of a full charge [J]
    cycles : full charges in its life [1]
    energy : of a token [J/token]

    >>> round(battery_wear(100.0, 50e3, 1000, 0.5) * 1e6, 9)
    1.0
    """
    return price * energy / (capacity * cycles)


def charging_cost(
    energy: JoulePerToken, efficiency: Share, electricity_price: USDPerJoule
) -> USDPerToken:
    """Electricity of a token that comes from a charger.

    Parameters
    ----------
    energy : of a token [J/token]
    efficiency : of charger and battery [share], above 0
    electricity_price : that the user pays [USD/J]

    >>> round(charging_cost(0.72, 0.8, 0.2 / 3.6e6) * 1e6, 9)
    0.05
    """
    return energy / efficiency * electricity_price


def device_capital(
    price: USD, life: Second, throughput: TokenPerSecond, busy: Share
) -> USDPerToken:
    """What a token costs of a device that is bought for it.

    Parameters
    ----------
    price : of the device, or what it is dearer for the model's sake [USD]
    life : until it is replaced [s]
    throughput : tokens a second while it generates [token/s]
    busy : share of its life in which it generates [share], above 0

    >>> device_capital(1000.0, 1e8, 10, 0.01) * 1e6
    100.0
    """
    return price / (life * throughput * busy)


def demand_factor(price_ratio: Number, price_elasticity: Number) -> Number:
    """How many times more is bought at a new price, if demand has a constant elasticity.

    Parameters
    ----------
    price_ratio : new price over the old one [1], above 0
    price_elasticity : per cent more bought for each per cent that the price falls [1]

    A tenth of the price, and elasticity 1: ten times as much.

    >>> round(demand_factor(0.1, 1.0), 9)
    10.0
    """
    return price_ratio ** (-price_elasticity)


def spending_factor(price_ratio: Number, price_elasticity: Number) -> Number:
    """How many times more is spent at a new price: above 1 after a fall is Jevons's paradox.

    Parameters
    ----------
    price_ratio : new price over the old one [1], above 0
    price_elasticity : per cent more bought for each per cent that the price falls [1]

    A hundredth of the price: an elasticity of 1.5 spends ten times as much, 0.5 a tenth.

    >>> round(spending_factor(0.01, 1.5), 9), round(spending_factor(0.01, 0.5), 9)
    (10.0, 0.1)
    """
    return price_ratio ** (1 - price_elasticity)
