"""How sure the headline numbers and the verdicts are, over plausible worlds."""

import numpy as np

from . import claims, uncertainty
from .headlines import HEADLINES
from .scenarios import Scenario

QUANTILES = (0.05, 0.5, 0.95)
LEADERS = 5  # assumptions kept for each number


def report(chosen: Scenario, draws: int, bar=lambda items, *_: items) -> dict:
    """Quantiles and leading assumptions of each headline number; in how many worlds claims hold.

    ``draws`` worlds, a power of 2; what ``chosen`` sets stays fixed. ``bar`` wraps what takes long,
    as ``tqdm`` does. An unlimited quantile is the text ``inf``, which JSON has no number for.

    >>> found = report(Scenario(), 64)
    >>> sorted(found), found["numbers"]["search_profit"]["unit"]
    (['claims', 'draws', 'numbers', 'scenario'], 'USD/krequest')
    """
    sketches = {name: uncertainty.Sketch() for name in HEADLINES}
    blocks = uncertainty.blocks(draws, chosen.overrides)
    for world in bar(blocks, "Worlds", -(-draws // uncertainty.BLOCK)):
        size = len(next(iter(vars(world).values())))
        with np.errstate(all="ignore"):
            for name, headline in HEADLINES.items():
                sketches[name].add(np.broadcast_to(headline.of(world), size))
    numbers = {}
    for name, headline in bar(HEADLINES.items(), "Sensitivity", len(HEADLINES)):
        leaders = uncertainty.sensitivity(headline.of, fixed=chosen.overrides)
        numbers[name] = {
            "said": headline.said,
            "unit": headline.unit,
            "quantiles": {str(q): _finite(sketches[name].quantile(q)) for q in QUANTILES},
            "total_indices": {key: round(pair[1], 3) for key, pair in [*leaders.items()][:LEADERS]},
        }
    worlds = uncertainty.worlds(2**12, chosen.overrides)
    with np.errstate(all="ignore"):
        holds = {name: claims.share(name, worlds) for name in sorted(claims.tests)}
    return {"scenario": chosen.title, "draws": draws, "numbers": numbers, "claims": holds}


def _finite(number: float) -> float | str:
    return number if np.isfinite(number) else str(number)
