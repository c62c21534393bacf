"""A real Vega runtime for the tests: vl-convert runs Vega itself to draw, and we read the text."""

import html
import re

import numpy as np
import vl_convert


def evaluate(fields: dict[str, str], rows: list[dict], signals: dict | None = None) -> dict:
    """The value that Vega computes for each of ``fields`` in each row, as columns of floats.

    ``signals`` maps a name to a number or, in order, to an expression.
    """
    spec = {
        "signals": [
            {"name": name, "update": item}
            if isinstance(item, str)
            else {"name": name, "value": item}
            for name, item in (signals or {}).items()
        ],
        "data": [
            {
                "name": "rows",
                "values": rows,
                "transform": [
                    {"type": "formula", "as": name, "expr": text} for name, text in fields.items()
                ],
            }
        ],
        "marks": [
            {
                "type": "text",
                "from": {"data": "rows"},
                "encode": {"enter": {"text": {"signal": f"'{name}=' + datum['{name}']"}}},
            }
            for name in fields
        ],
    }
    found: dict[str, list[float]] = {name: [] for name in fields}
    for text in re.findall(r">([^<>]+)</text>", vl_convert.vega_to_svg(spec)):
        name, _, value = html.unescape(text).partition("=")
        found[name].append(float({"true": "1", "false": "0"}.get(value, value)))
    return {name: np.array(values) for name, values in found.items()}
