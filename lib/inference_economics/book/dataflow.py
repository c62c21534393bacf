"""What a page's script computes with, taken out of the page into a file of its own.

A notebook leaves JSON beside each chart, each group of numbers and the assumptions. Who only reads
needs none of it, and what several charts and numbers share is to be computed once.
"""

import json
import re

from ..charts import embed

LEFT = re.compile(
    r'(?:<figure class="chart" id="(?P<chart>[\w-]+)">(?P<markup>(?:(?!</figure>).)*?))?'
    r'<script type="application/json" class="(?P<kind>vega|numbers|assumptions)">'
    r"(?P<json>.*?)</script>",
    re.DOTALL,
)
EMPTY = re.compile(r'<div class="(?:output text_html|cell_output[^"]*)">\s*</div>\s*')
SHARED = re.compile(r"\b_[0-9a-f]{12}\b")


def taken_out(body: str) -> tuple[str, str]:
    """The ``body`` of a page without its JSON, and the script that holds it; "" without any.

    >>> left = '{"signals":[],"numbers":{},"origins":{}}'
    >>> taken_out(f'<p>5</p><script type="application/json" class="numbers">{left}</script>')[0]
    '<p>5</p>'
    """
    found = {"assumptions": None, "signals": {}, "numbers": {}, "origins": {}, "charts": {}}

    def take(match: re.Match) -> str:
        content = json.loads(match["json"])
        if match["kind"] == "assumptions":
            found["assumptions"] = content
        elif match["kind"] == "vega":
            found["charts"][match["chart"]] = _given_signals(content, found["signals"])
        else:
            found["signals"] |= dict(content["signals"])
            found["numbers"] |= content["numbers"]
            found["origins"] |= content["origins"]
        start = f'<figure class="chart" id="{match["chart"]}">' if match["chart"] else ""
        return start + (match["markup"] or "")

    body = EMPTY.sub("", EMPTY.sub("", LEFT.sub(take, body)))
    if not found["assumptions"] and not found["charts"]:
        return body, ""
    return body, f"window.pageData={_short_names(embed(found))};"


def _given_signals(chart: dict, shared: dict[str, str]) -> dict:
    """The ``chart``, which is told the signals that the page computes for all of its charts."""
    for signal in chart["signals"]:
        if SHARED.fullmatch(signal["name"]):
            shared.setdefault(signal["name"], signal.pop("update"))
    return chart


def _short_names(script: str) -> str:
    """Names made from a content are the same on all pages, and too long for one page."""
    names = {name: f"_{i:x}" for i, name in enumerate(dict.fromkeys(SHARED.findall(script)))}
    return SHARED.sub(lambda found: names[found[0]], script)
