"""How good a model is for its size and its training, and what it computes over its whole life.

The loss is written with a scale for each power law, so that every quantity keeps its unit: the
published ``A / P**α`` is ``(scale / P)**α`` with the scale ``A**(1/α)``.

Sources: Hoffmann et al., "Training Compute-Optimal Large Language Models", arXiv 2203.15556,
approach 3; Sardana et al., "Beyond Chinchilla-Optimal", arXiv 2401.00448. Rounded to two digits, as
Hoffmann et al. print them, the exponents mislead: Besiroglu et al., arXiv 2404.10102.
"""

import numpy as np

from ..units import Exponent, Flop, Number, Share, Token, Value


def power_law_scale(coefficient: Number, exponent: Exponent) -> Number:
    """Size at which a term ``coefficient / size**exponent`` of a loss is 1.

    Parameters
    ----------
    coefficient : as published, for sizes counted one by one [1]
    exponent : of the power law [share], above 0

    >>> power_law_scale(100.0, 0.5)
    10000.0
    """
    return coefficient ** (1 / exponent)


def training_loss(
    active_parameters: Value,
    training_tokens: Token,
    loss_floor: Number,
    size_scale: Value,
    size_exponent: Exponent,
    data_scale: Token,
    data_exponent: Exponent,
) -> Number:
    """Loss of a model after its training, in nats for each token of text.

    Parameters
    ----------
    active_parameters : weights of a dense model [value]
    training_tokens : seen in training [token]
    loss_floor : of an endless model and endless training [1]
    size_scale : weights at which size costs one nat [value]
    size_exponent : how fast that falls with the size [share]
    data_scale : tokens at which the training costs one nat [token]
    data_exponent : how fast that falls with the training [share]

    >>> training_loss(400.0, 900.0, 1.5, 100.0, 0.5, 9.0, 0.5)
    2.1
    """
    return (
        loss_floor
        + (size_scale / active_parameters) ** size_exponent
        + (data_scale / training_tokens) ** data_exponent
    )


def optimal_parameters(
    flops: Flop,
    size_scale: Value,
    size_exponent: Exponent,
    data_scale: Token,
    data_exponent: Exponent,
) -> Value:
    """Size of the model that gets the lowest loss out of a training budget.

    Parameters
    ----------
    flops : of the training, six for each weight and token [FLOP]
    size_scale : weights at which size costs one nat [value]
    size_exponent : how fast that falls with the size [share]
    data_scale : tokens at which the training costs one nat [token]
    data_exponent : how fast that falls with the training [share]

    Where size and training matter alike, a hundredfold budget takes a model of ten times the size:

    >>> [round(optimal_parameters(6 * c, 1.0, 0.3, 1.0, 0.3)) for c in (1e4, 1e6)]
    [100, 1000]
    """
    budget = flops / (6 * size_scale * data_scale)
    balance = size_exponent / data_exponent * budget**data_exponent
    return size_scale * balance ** (1 / (size_exponent + data_exponent))


def training_tokens(flops: Flop, active_parameters: Value) -> Token:
    """Tokens that a training budget lasts for.

    Parameters
    ----------
    flops : of the training [FLOP]
    active_parameters : weights that a token passes through [value]

    Chinchilla, 70 billion weights: near 1.4 trillion tokens.

    >>> round(training_tokens(5.76e23, 70e9) / 1e12, 2)
    1.37
    """
    return flops / (6 * active_parameters)


def tokens_for_loss(
    active_parameters: Value,
    loss: Number,
    loss_floor: Number,
    size_scale: Value,
    size_exponent: Exponent,
    data_scale: Token,
    data_exponent: Exponent,
) -> Token:
    """Training that brings a model of a given size to a given loss.

    A size that can't reach the loss, or comes within a thousandth of a nat of it only with endless
    training, gets what a thousandth of a nat would take: more text than there is.

    Parameters
    ----------
    active_parameters : weights of a dense model [value]
    loss : to be reached [1]
    loss_floor : of an endless model and endless training [1]
    size_scale : weights at which size costs one nat [value]
    size_exponent : how fast that falls with the size [share]
    data_scale : tokens at which the training costs one nat [token]
    data_exponent : how fast that falls with the training [share]

    It inverts :func:`training_loss`:

    >>> round(float(tokens_for_loss(400.0, 2.1, 1.5, 100.0, 0.5, 9.0, 0.5)), 6)
    900.0
    """
    left = loss - loss_floor - (size_scale / active_parameters) ** size_exponent
    return data_scale * np.maximum(left, 0.001) ** (-1 / data_exponent)


def lifetime_flops(active_parameters: Value, training_tokens: Token, served_tokens: Token) -> Flop:
    """Arithmetic of a model over its life: six FLOPs for each trained, two for each served token.

    Parameters
    ----------
    active_parameters : weights that a token passes through [value]
    training_tokens : seen in training [token]
    served_tokens : read and written for users [token]

    >>> lifetime_flops(10.0, 100.0, 1000.0)
    26000.0
    """
    return 6 * active_parameters * training_tokens + 2 * active_parameters * served_tokens


def parameters_for_loss(loss: Number, size_scale: Value, size_exponent: Exponent) -> Value:
    """Weights of a model whose size alone costs so much loss.

    Parameters
    ----------
    loss : that is left to the size [1], above 0
    size_scale : weights at which size costs one nat [value]
    size_exponent : how fast that falls with the size [share]

    >>> float(parameters_for_loss(0.5, 100.0, 0.5))
    400.0
    """
    return size_scale * loss ** (-1 / size_exponent)


def data_share(
    share: Share,
    training_tokens: Token,
    served_tokens: Token,
    size_exponent: Exponent,
    data_exponent: Exponent,
) -> Share:
    """Share of the loss to leave to the training, so that the lifetime arithmetic is least.

    A step of Newton's method, which never overshoots from above: to be repeated from the share
    that is best without users, ``size_exponent / (size_exponent + data_exponent)``. The rest of
    the loss above its floor is left to the size. The best share is where the slope of the lifetime
    arithmetic is 0 at an equal loss.

    Parameters
    ----------
    share : the last step's [share]
    training_tokens : that reach the loss at that share [token]
    served_tokens : read and written for users [token]
    size_exponent : how fast the loss falls with the size [share]
    data_exponent : how fast it falls with the training [share]

    >>> float(data_share(0.5, 1e12, 0.0, 0.5, 0.5)), float(data_share(0.5, 1e12, 3e12, 0.5, 0.5))
    (0.5, 0.4)
    """
    use = served_tokens / (3 * training_tokens)
    return (size_exponent + use * share) / (
        size_exponent + data_exponent + use * (1 + data_exponent)
    )


def lifetime_for_size(
    active_parameters: Value,
    training_tokens: Token,
    size_scale: Value,
    size_exponent: Exponent,
    data_scale: Token,
    data_exponent: Exponent,
) -> Token:
    """Tokens to be served over a life for which a model's size and training are the best.

    Negative for a model larger than a training budget alone would make it.

    Parameters
    ----------
    active_parameters : weights of a dense model [value]
    training_tokens : seen in training [token]
    size_scale : weights at which size costs one nat [value]
    size_exponent : how fast that falls with the size [share]
    data_scale : tokens at which the training costs one nat [token]
    data_exponent : how fast that falls with the training [share]

    Size and training that cost a tenth of a nat each are best for a model that nobody uses:

    >>> lifetime_for_size(100.0, 100.0, 1.0, 0.5, 1.0, 0.5)
    0.0
    """
    size = size_exponent * (size_scale / active_parameters) ** size_exponent
    data = data_exponent * (data_scale / training_tokens) ** data_exponent
    return 3 * training_tokens * (size / data - 1)
