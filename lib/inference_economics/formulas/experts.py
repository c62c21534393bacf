"""Experts in a step: which of them are read, how unevenly, and what their tiles waste.

Source of the imbalance: Raab and Steger, "Balls into Bins: A Simple and Tight Analysis", 1998.
"""

import numpy as np

from ..units import (
    Byte,
    BytePerSecond,
    Number,
    Second,
    SecondPerToken,
    Share,
    Token,
)
from . import step


def fullest_rank(ranks: Number, mean: Number) -> Number:
    """How much more the fullest of several ranks holds than the average one.

    The others wait for it. Balls thrown into bins at random; exact as ``mean`` grows.

    Parameters
    ----------
    ranks : that share the load [1], at least 1
    mean : things that one holds on average [1], above 0

    >>> fullest_rank(1, 10), round(fullest_rank(8, 10), 2)
    (1.0, 1.64)
    """
    return 1 + np.sqrt(2 * np.log(np.maximum(ranks, 1)) / mean)


def expert_imbalance(ranks: Number, touched: Share, experts: Number) -> Number:
    """How many more experts the fullest rank reads than the average one: at most all it holds.

    Parameters
    ----------
    ranks : accelerators that the experts are spread over [1], at least 1
    touched : experts that the step reads, as a share [share], above 0
    experts : of a layer [1]

    >>> round(expert_imbalance(8, 0.5, 256), 2), expert_imbalance(8, 1, 256)
    (1.51, 1.0)
    """
    return np.minimum(fullest_rank(ranks, touched * experts / ranks), 1 / touched)


def prompt_imbalance(ranks: Number, arriving: Number) -> Number:
    """How many more prompts the fullest rank computes than the average one: at most all.

    Parameters
    ----------
    ranks : that attend to requests of their own [1], at least 1
    arriving : prompts that reach one rank in an average step [1], above 0

    >>> prompt_imbalance(8, 0.01), prompt_imbalance(1, 0.01)
    (8.0, 1.0)
    """
    return np.minimum(fullest_rank(ranks, arriving), np.maximum(ranks, 1))


def tile_padding(padding: Token, touched: Share, chosen: Share) -> Token:
    """Tokens' worth of rows that are computed because an expert's tile is never full.

    This book's term, fitted in data/calibration.csv.

    Parameters
    ----------
    padding : rows wasted with each touched expert [token]
    touched : experts that the step reads, as a share [share]
    chosen : experts that a token goes through, as a share [share], above 0

    A step that reads all of 256 experts, of which a token chooses 8:

    >>> tile_padding(4, 1, 8 / 256)
    128.0
    """
    return padding * touched / chosen


def expert_step(
    experts: Byte,
    touched: Share,
    imbalance: Number,
    bandwidth: BytePerSecond,
    tokens: Token,
    per_token: SecondPerToken,
) -> Second:
    """Time of the experts in a step, on the fullest rank.

    Parameters
    ----------
    experts : all that one accelerator holds [B]
    touched : share of them that the step reads [share]
    imbalance : of the fullest rank over the average one [1]
    bandwidth : achieved memory bandwidth of one accelerator [B/s], above 0
    tokens : computed in the step, padding included [token]
    per_token : time of the arithmetic of one [s/token]

    >>> round(expert_step(80e9, 0.25, 1.5, 3e12, 8, 1e-5) * 1e3, 1)
    10.0
    """
    return step.weights_step(
        experts * touched * imbalance, bandwidth, tokens, per_token * imbalance
    )
