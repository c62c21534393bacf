"""Two worlds side by side: on which verdicts they part, and which assumption divides them.

The markup compares two scenarios that come with the book. The page's script puts others in their
place: it evaluates the page's dataflow once for each side, and again with one assumption moved from
side to side.
"""

import html

from . import assumptions, claims, page, tracing, units
from .compare import Comparison
from .headlines import HEADLINES
from .page import text
from .scenarios import Scenario, load

SIDES = ("bulls", "bears")
SHOWN = 3  # pairs of assumptions that divide
NUMBER = "debate_"  # before a headline number's name on the page


class Debate:
    """Where the scenarios ``bulls`` and ``bears`` part, as a notebook's output.

    Parameters
    ----------
    given : the page's assumptions, as :func:`page.assume` returns them; what a side doesn't set
    bulls, bears : names of shipped scenarios
    """

    def __init__(self, given, bulls: str, bears: str):
        base = {name: tracing.root(item).value for name, item in vars(given).items()}
        self.sides = [load(name) for name in (bulls, bears)]
        self.pair = Comparison(*(Scenario(s.title, "", base | s.overrides) for s in self.sides))
        numbers = {NUMBER + name: each.of(given) for name, each in HEADLINES.items()}
        page.announced(claims.verdicts(given, *sorted(claims.tests)) | numbers)

    def _repr_mimebundle_(self, **_):
        parted = self.pair.flipped()
        known = claims.table()
        agreed = [name for name in sorted(claims.tests) if name not in parted]
        before = assumptions.in_base_units(self.pair.before.values)
        verdicts = claims.verdicts(before, *agreed)
        rows = {
            "parted": "".join(
                _row(
                    _claim(name, known), *parted[name], self._dividing(name), **{"data-claim": name}
                )
                for name in parted
            ),
            "agreed": "".join(
                _row(_claim(name, known), str(verdicts[name.lower()]), **{"data-claim": name})
                for name in agreed
            ),
            "numbers": "".join(self._number(name, _said(each)) for name, each in HEADLINES.items()),
            "differing": "".join(
                _row(html.escape(_described(name)), *(text(value, 6) for value in values))
                for name, values in self.pair.changed.items()
            ),
        }
        titles = "".join(
            f'<dt>{side.title()}</dt><dd data-side="{side}">{html.escape(s.title)}. '
            f"{html.escape(' '.join(s.note.split()))}</dd>"
            for side, s in zip(SIDES, self.sides, strict=True)
        )
        outcome = f"They part on {len(parted)} of {len(claims.tests)} claims that can be tested."
        differ = f"The {len(self.pair.changed)} assumptions in which they differ"
        of = "".join(
            f' data-{side}="{html.escape(s.title)}"'
            for side, s in zip(SIDES, self.sides, strict=True)
        )
        markup = (
            f'<div class="debate"{of}><dl class="sides">{titles}</dl>'
            f'<p class="outcome" role="status">{outcome}</p>'
            + _table("parted", rows, "Claim", "Bulls", "Bears", "What divides them")
            + f'<details class="agreed"><summary>The other {len(agreed)}: both sides agree'
            f"</summary>{_table('agreed', rows, 'Claim', 'Verdict')}</details>"
            f'<details class="differing"><summary>{differ}</summary>'
            f"{_table('differing', rows, 'Assumption', 'Bulls', 'Bears')}</details>"
            "<h3>The headline numbers of both</h3>"
            + _table("numbers", rows, "Number", "Bulls", "Bears")
            + "</div>"
        )
        return {"text/plain": f"Two worlds that part on {len(parted)} claims", "text/html": markup}

    def _number(self, name: str, said: str) -> str:
        both = [text(number) for number in self.pair.numbers()[name]]
        differs = {"class": "differs"} if both[0] != both[1] else {}
        return _row(html.escape(said), *both, **{"data-number": name}, **differs)

    def _dividing(self, name: str) -> str:
        found = self.pair.dividing(name)
        if not found:
            return "only more than two together"
        said = [" with ".join(map(_name, names)) for names in found]
        more = (
            [f"{len(said) - SHOWN} more pairs"] if len(found[0]) > 1 and len(said) > SHOWN else []
        )
        return html.escape("; or ".join((said[:SHOWN] if more else said) + more))


def _claim(name: str, known) -> str:
    link = f'<a href="a2_claims.html#{name.lower()}">{name}</a>'
    return f"{link} {html.escape(known.loc[name, 'claim'])}"


def _said(headline) -> str:
    return f"{headline.said}, {units.spoken(headline.unit)}".removesuffix(", ")


def _name(name: str) -> str:
    return assumptions.known().loc[name, "description"]


def _described(name: str) -> str:
    return f"{_name(name)}, {units.spoken(assumptions.known().loc[name, 'unit'])}".removesuffix(
        ", "
    )


def _row(first: str, *cells: str, **attributes: str) -> str:
    marks = "".join(f' {name}="{value}"' for name, value in attributes.items())
    rest = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr{marks}><th scope="row">{first}</th>{rest}</tr>'


def _table(kind: str, rows: dict[str, str], *heads: str) -> str:
    titles = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        f'<table class="{kind}"><thead><tr>{titles}</tr></thead><tbody>{rows[kind]}</tbody></table>'
    )
