"""How large a model should be: a small one that is trained longer serves cheaper.

The scaling law is of dense models; every size on the curve reaches the same loss.
"""

from types import SimpleNamespace

import numpy as np

from ..formulas import scaling


def _law(given) -> dict:
    return {
        "size_scale": scaling.power_law_scale(given.size_coefficient, given.size_exponent),
        "size_exponent": given.size_exponent,
        "data_scale": scaling.power_law_scale(given.data_coefficient, given.data_exponent),
        "data_exponent": given.data_exponent,
    }


def loss(given, parameters, tokens):
    """Loss of a model of so many ``parameters`` [value], trained on ``tokens`` [token]."""
    return scaling.training_loss(parameters, tokens, given.loss_floor, **_law(given))


def optimum(given, flops) -> SimpleNamespace:
    """The model that a training budget of ``flops`` makes best, wherever it is served."""
    parameters = scaling.optimal_parameters(flops, **_law(given))
    tokens = scaling.training_tokens(flops, parameters)
    return SimpleNamespace(
        parameters=parameters, tokens=tokens, loss=loss(given, parameters, tokens)
    )


def curve(given, parameters, target, served) -> SimpleNamespace:
    """A model of each size that reaches the loss ``target``, then serves ``served`` tokens.

    ``tokens`` it is trained on [token]; ``training``, ``serving`` and ``total`` arithmetic [FLOP].
    Sizes too small for the loss get more tokens than there are: they are never the best.
    """
    tokens = scaling.tokens_for_loss(parameters, target, given.loss_floor, **_law(given))
    total = scaling.lifetime_flops(parameters, tokens, served)
    training = scaling.lifetime_flops(parameters, tokens, 0)
    return SimpleNamespace(
        parameters=parameters,
        tokens=tokens,
        training=training,
        serving=total - training,
        total=total,
    )


def best(given, grid, target, served) -> SimpleNamespace:
    """The point of :func:`curve` with the least arithmetic, of the sizes in ``grid``.

    For plain arrays; a page draws the curve.
    """
    points = curve(given, np.asarray(grid), target, served)
    row = np.argmin(points.total)
    return SimpleNamespace(**{name: column[row] for name, column in vars(points).items()})
