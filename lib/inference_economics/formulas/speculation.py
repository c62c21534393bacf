"""Drafting several tokens and having the model verify them in one pass.

Source: Leviathan, Kalman and Matias, "Fast Inference from Transformers via Speculative Decoding",
arXiv 2211.17192; the sum of a geometric series.
"""

from ..units import Number, Share


def accepted_per_pass(acceptance: Share, drafts: Number) -> Number:
    """Tokens that a pass yields for a request, on average; one of them is the model's own.

    Parameters
    ----------
    acceptance : chance that a drafted token is accepted [share], below 1
    drafts : tokens that are drafted before each pass [1]

    >>> accepted_per_pass(0.5, 0), accepted_per_pass(0.5, 2)
    (1.0, 1.75)
    """
    return (1 - acceptance ** (drafts + 1)) / (1 - acceptance)
