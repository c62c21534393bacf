"""The picture that others show with a link to a page: its title and its first chart."""

import html
import re
import textwrap

import vl_convert

from .colours import light

WIDTH, HEIGHT = 1200, 630  # pixels, what social networks show whole
MARGIN = 60
LINE = 58


def card(title: str, body: str, book: str) -> bytes:
    """A PNG of the page ``title`` of a ``book``, with the first chart in the page's ``body``."""
    lines = textwrap.wrap(title, 40)
    spans = "".join(
        f'<text x="{MARGIN}" y="{130 + LINE * i}" font-size="48" font-weight="bold">'
        f"{html.escape(line)}</text>"
        for i, line in enumerate(lines)
    )
    top = 110 + LINE * len(lines)
    drawing = re.search(r'<svg (?=[^>]*class="marks")(.*?</svg>)', body, re.DOTALL)
    chart = ""
    if drawing:
        place = f'x="{MARGIN}" y="{top}" width="{WIDTH - 2 * MARGIN}" height="{HEIGHT - top - 30}" '
        inner = re.sub(r'\b(width|height)="[^"]*" ', "", drawing[1], count=2)
        chart = f"<svg {place}{inner}"
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'fill="var(--chart-ink)" font-family="sans-serif">'
        f'<rect width="100%" height="100%" fill="var(--ground)"/>'
        f'<rect width="16" height="100%" fill="var(--chart-1)"/>'
        f'<text x="{MARGIN}" y="62" font-size="26" fill="var(--chart-soft)">'
        f"{html.escape(book)}</text>"
        f"{spans}{chart}</svg>"
    )
    return vl_convert.svg_to_png(light(picture))
