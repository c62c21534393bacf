"""The style sheet's colours, for where its variables are not known."""

import re
from functools import cache
from pathlib import Path

STYLE = Path(__file__).parent / "theme" / "static" / "page.css"


@cache
def named() -> dict[str, str]:
    """The value of each variable on light ground."""
    return dict(re.findall(r"(--[\w-]+): light-dark\((#\w+)", STYLE.read_text(encoding="utf-8")))


def light(markup: str) -> str:
    """``markup`` with the names of colours replaced by their values on light ground.

    >>> light('<path fill="var(--ground)"/>')
    '<path fill="#ffffff"/>'
    """
    return re.sub(r"var\((--[\w-]+)\)", lambda found: named()[found[1]], markup)
