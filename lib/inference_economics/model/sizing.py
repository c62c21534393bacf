"""How large a model should be: a small one that is trained longer serves cheaper.

The scaling law is of dense models; every size on the curve reaches the same loss.
"""

from types import SimpleNamespace

from .. import units
from ..formulas import lifecycle, scaling

STEPS = 12  # of Newton's method: enough for any plausible lifetime, and a page can trace them


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


def best(given, target, served) -> SimpleNamespace:
    """The point of :func:`curve` with the least arithmetic, whatever its size."""
    law, above = _law(given), target - given.loss_floor
    exponents = law["size_exponent"], law["data_exponent"]
    share = exponents[0] / (exponents[0] + exponents[1])
    for _ in range(STEPS):
        point = curve(given, _size(law, (1 - share) * above), target, served)
        share = scaling.data_share(share, point.tokens, served, *exponents)
    return curve(given, _size(law, (1 - share) * above), target, served)


def _size(law, loss):
    return scaling.parameters_for_loss(loss, law["size_scale"], law["size_exponent"])


def meant_for(given, parameters, tokens):
    """Tokens to serve [token] for which so many ``parameters`` and training ``tokens`` are best."""
    return scaling.lifetime_for_size(parameters, tokens, **_law(given))


def whole_cost(given, request) -> SimpleNamespace:
    """A served token with its part of the final run, where a ``request`` costs so much to serve.

    ``served`` until the next run at the page's volume, which grows [token]; ``serving`` and
    ``total`` over the page's lifetime [USD/token].
    """
    length = given.input_tokens + given.output_tokens
    growth = lifecycle.growth_rate(given.request_growth, units.factor("year"))
    serving = request / length
    return SimpleNamespace(
        served=lifecycle.served_tokens(
            given.requests_per_day * length, growth, given.retraining_interval
        ),
        serving=serving,
        total=lifecycle.lifetime_token_cost(given.run_cost, given.lifetime_tokens, serving),
    )
