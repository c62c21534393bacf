"""What an image takes: the same model again and again, from noise to picture.

Sources: Ho, Jain and Abbeel, "Denoising Diffusion Probabilistic Models", 2020 (steps); Ho and
Salimans, "Classifier-Free Diffusion Guidance", 2022 (two passes a step).
"""

from ..units import Flop, Number


def diffusion_flops(pass_flops: Flop, steps: Number, passes_per_step: Number) -> Flop:
    """Arithmetic of an image, without encoding the text and decoding the picture.

    Parameters
    ----------
    pass_flops : of one pass through the model [FLOP]
    steps : of removing noise [1]
    passes_per_step : 2 with classifier-free guidance, with and without the text; else 1 [1]

    >>> diffusion_flops(3e12, 20, 2) / 1e12
    120.0
    """
    return pass_flops * steps * passes_per_step
