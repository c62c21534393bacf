"""What a long context adds: attention over windows, growth between linear and quadratic, steps.

Sources: Kaplan et al., 2020, section 2.1 (FLOPs of weights and of attention); Beltagy et al.,
"Longformer", 2020 (windows that slide).
"""

import numpy as np

from ..units import (
    Flop,
    Number,
    Share,
    Token,
    TokenPerRequest,
    USDPerRequest,
    USDPerToken,
)


def attended_span(tokens: Token, window: Token) -> Token:
    """Tokens that a prompt's token attends to, on average, where a window slides over it.

    Parameters
    ----------
    tokens : length of the prompt [token], above 0
    window : tokens that a token can look back [token]

    Half of a prompt that is shorter than the window; nearly the window in a long one:

    >>> float(attended_span(1000, 5000)), float(attended_span(1000000, 1000))
    (500.0, 999.5)
    """
    reach = np.minimum(tokens, window)
    return reach - reach * reach / (2 * tokens)


def growth_exponent(linear: Flop, quadratic: Flop) -> Number:
    """Per cent that arithmetic grows for each per cent of length: 1 is linear, 2 quadratic.

    Parameters
    ----------
    linear : part that grows in proportion to the length [FLOP], above 0
    quadratic : part that grows with its square [FLOP]

    >>> growth_exponent(3.0, 1.0)
    1.25
    """
    return 1 + quadratic / (linear + quadratic)


def measured_exponent(growth: Number, lengthening: Number) -> Number:
    """Exponent of the power law through two points.

    Parameters
    ----------
    growth : the second quantity over the first [1], above 0
    lengthening : the second length over the first [1], above 1

    >>> float(measured_exponent(100.0, 10.0))
    2.0
    """
    return np.log(growth) / np.log(np.maximum(lengthening, 1 + 1e-9))


def mean_prompt(
    document: TokenPerRequest, calls: Number, added: TokenPerRequest
) -> TokenPerRequest:
    """Mean prompt of a task that reads a document again in each call, with what it wrote so far.

    Parameters
    ----------
    document : prompt of the first call [token/request]
    calls : of the model [1], at least 1
    added : tokens that each call adds to the next prompt [token/request]

    >>> mean_prompt(1000, 5, 100)
    1200.0
    """
    return document + (calls - 1) * added / 2


def repeated_share(
    document: TokenPerRequest, calls: Number, added: TokenPerRequest, mean_prompt: TokenPerRequest
) -> Share:
    """Share of a task's prompt tokens that an earlier call had read or written already.

    Parameters
    ----------
    document : prompt of the first call [token/request]
    calls : of the model [1], at least 1
    added : tokens that each call adds to the next prompt [token/request]
    mean_prompt : over the calls [token/request], above 0

    The first call repeats nothing, and of ten all but one repeat the document:

    >>> repeated_share(1000, 1, 100, 1000.0), round(repeated_share(1000, 10, 0, 1000.0), 9)
    (0.0, 0.9)
    """
    return 1 - (document + (calls - 1) * added) / (calls * mean_prompt)


def tiered_price(
    input_tokens: TokenPerRequest,
    price: USDPerToken,
    long_price: USDPerToken,
    threshold: TokenPerRequest,
) -> USDPerToken:
    """Price of a prompt token where the whole of a long prompt costs more.

    Parameters
    ----------
    input_tokens : of the prompt [token/request]
    price, long_price : up to the threshold, and above it [USD/token]
    threshold : longest prompt at the lower price [token/request]

    >>> float(tiered_price(1000, 1e-6, 2e-6, 200000)), float(tiered_price(3e5, 1e-6, 2e-6, 2e5))
    (1e-06, 2e-06)
    """
    return np.where(input_tokens > threshold, long_price, price)


def priced_task(
    calls: Number,
    prompt: TokenPerRequest,
    answer: TokenPerRequest,
    input_price: USDPerToken,
    output_price: USDPerToken,
) -> USDPerRequest:
    """What a task of several calls costs at an API's prices.

    Parameters
    ----------
    calls : of the model [1]
    prompt, answer : mean tokens of a call [token/request]
    input_price, output_price : of the API [USD/token]

    >>> priced_task(10, 1000, 100, 1e-6, 5e-6)
    0.015
    """
    return calls * (prompt * input_price + answer * output_price)
