"""A chapter's page as slides: what is shown, and what the speaker says.

Without any tag a page makes slides of its title, of its tables and charts, of its exercises and of
its summary. What is said about them becomes the speaker's notes. Tags of cells steer it: ``slide``
makes a slide of a cell, ``notes`` says of it what belongs to the slide before, ``skip`` leaves it
out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from xml.dom.minidom import Element

from .paper import classes, parsed, text

LINE = 30  # pixels of a line in a table
ROOM = 500  # pixels for the rows of a table
VERDICTS = (34, 20, 44)  # characters that a line of each column of a table of claims holds
OTHERS = 90  # the same of all columns of another table together
SUMMARY = 520  # characters of the summary on one slide
SAID = 180  # characters of a sentence below a chart
VOID = ("br", "hr", "img", "input", "wbr")
END = re.compile(r"[.!?]”?(?=\s+[A-Z“0-9]|\s*$)")  # of a sentence


@dataclass
class Slide:
    """A slide: its ``kind`` is the name of its style; the rest is HTML."""

    kind: str
    title: str
    body: str
    part: str = ""
    """The section of the chapter that it stands in."""
    notes: str = ""

    def markup(self) -> str:
        """The slide as reveal.js has it."""
        tag = "h1" if self.kind == "opening" else "h2"
        part = f'<p class="part">{self.part}</p>' if self.part else ""
        notes = f'<aside class="notes">{self.notes}</aside>' if self.notes else ""
        return (
            f'<section class="{self.kind}">{part}<{tag}>{self.title}</{tag}>{self.body}{notes}'
            "</section>"
        )


def slides(article: str) -> list[Slide]:
    """The slides of a page, whose ``article`` is well-formed.

    >>> page = "<article><section><h1>Wall</h1><p>Bytes.</p><p>Ten minutes.</p></section></article>"
    >>> [(slide.kind, slide.title, slide.body, slide.notes) for slide in slides(page)]
    [('opening', 'Wall', '<p>Bytes.</p>', '<p>Ten minutes.</p>')]
    """
    document = parsed(article)
    for link in list(document.getElementsByTagName("a")):  # a deck stands alone
        _unwrap(link)
    (whole,) = (item for item in _children(document.documentElement) if item.tagName == "section")
    title, *blocks = _children(whole)
    said = [block for block in blocks if block.tagName == "p" and not _tagged(block, "skip")]
    found = [Slide("opening", _inner(title), "".join(map(_html, said[:1])))]
    found[0].notes = "".join(
        _html(block) for block in blocks if block.tagName in ("p", "ul") and block not in said[:1]
    )
    for section in blocks:
        if section.tagName == "section":
            found += _section(section)
    return found


def _section(section: Element) -> list[Slide]:
    """The slides of a section."""
    heading, *blocks = _children(section)
    part = _inner(heading)
    found: list[Slide] = []
    before = ""  # what is said before the first slide
    question = None
    for block in blocks:
        shown = _shown(block)
        if _tagged(block, "skip") or shown is None:
            continue
        if _tagged(block, "notes"):
            pass
        elif figure := next(iter(block.getElementsByTagName("figure")), None):
            found.append(_chart(figure, part))
            continue
        elif _tagged(block, "slide"):
            if found and found[-1].kind == "plain" and block.tagName != "div":
                found[-1].body += _html(shown)
            else:
                found.append(Slide("plain", part, _html(shown)))
            continue
        elif block.tagName == "div" and "scroll" in classes(block):
            found += _tables(block, part)
            continue
        elif "sd-dropdown" in classes(block) and question is not None:
            answer = "".join(map(_html, _children(block)[1:]))
            title = f"Exercise {len(found) + 1}"
            found.append(Slide("exercise", title, _question(question), notes=answer))
            continue
        elif section.getAttribute("id") == "summary" and block.tagName == "p" and not found:
            found += _summary(block, part)
            continue
        question = block
        if block.tagName not in ("p", "ul", "ol") and not _tagged(block, "notes"):
            continue
        if found and found[-1].kind not in ("exercise", "closing"):
            _say(found[-1], block)
        else:
            before += _html(block)
    for slide in found[:1]:
        if slide.kind not in ("exercise", "closing"):
            slide.notes = before + slide.notes
    return found


def _shown(block: Element) -> Element | None:
    """What a reader sees of a ``block``: of a cell its output."""
    if "cell" not in classes(block):
        return block
    outputs = [item for item in _children(block) if "cell_output" in classes(item)]
    return outputs[0] if outputs else None


def _say(slide: Slide, block: Element) -> None:
    """Adds a ``block`` to the notes; a chart shows the first sentence said after it."""
    if slide.kind == "chart" and "takeaway" not in slide.body and block.tagName == "p":
        words = _sentences(block)[0]
        if len(re.sub("<[^>]+>", "", words)) <= SAID:
            slide.body += f'<p class="takeaway">{words}</p>'
    slide.notes += _html(block)


def _chart(figure: Element, part: str) -> Slide:
    """A slide of a chart with its sliders."""
    (caption,) = figure.getElementsByTagName("figcaption")
    title = _inner(caption)
    figure.removeChild(caption)
    for details in list(figure.getElementsByTagName("details")):
        details.parentNode.removeChild(details)
    return Slide("chart", title, _html(figure), part)


def _tables(block: Element, part: str) -> list[Slide]:
    """A table on as many slides as it takes."""
    head = block.getElementsByTagName("thead")[0]
    columns = len(head.getElementsByTagName("th"))
    kind = "claims" if "Verdict" in text(head) else "table"
    widths = VERDICTS if kind == "claims" else columns * [OTHERS // columns]
    rows, sizes = block.getElementsByTagName("tbody")[0].getElementsByTagName("tr"), []
    for row in rows:
        counted = zip(row.getElementsByTagName("td"), widths, strict=False)
        sizes.append(16 + LINE * max(-(-len(text(cell)) // width) for cell, width in counted))
    return [
        Slide(kind, part, f"<table>{_html(head)}<tbody>{sheet}</tbody></table>")
        for sheet in _sheets(map(_html, rows), sizes, ROOM)
    ]


def _question(block: Element) -> str:
    """The next of the questions in ``block``, which is a list of one or of several."""
    items = [item for item in _children(block) if item.tagName == "li"]
    if not items:
        return _html(block)
    block.removeChild(items[0])
    return f"<p>{''.join(map(_inner, _children(items[0]))) or _inner(items[0])}</p>"


def _summary(paragraph: Element, part: str) -> list[Slide]:
    """The sentences of the summary, a few on each slide."""
    sentences = _sentences(paragraph)
    sizes = [len(re.sub("<[^>]+>", "", sentence)) for sentence in sentences]
    items = (f"<li>{sentence}</li>" for sentence in sentences)
    sheets = _sheets(items, sizes, SUMMARY)
    return [Slide("closing", part, f"<ul>{sheet}</ul>") for sheet in sheets]


def _sheets(items: Iterable[str], sizes: list[int], room: int) -> list[str]:
    """The ``items`` on as few sheets as have ``room`` for their ``sizes``, about the same on each.

    >>> _sheets("abcd", [3, 3, 3, 3], 10)
    ['ab', 'cd']
    """
    items = list(items)
    for count in range(1, len(items) + 1):
        middles = (sum(sizes[:i]) + size / 2 for i, size in enumerate(sizes))
        places = [int(count * middle / sum(sizes)) for middle in middles]
        held = [sum(s for s, k in zip(sizes, places, strict=True) if k == i) for i in range(count)]
        if max(held) <= room:
            break
    sheets = [
        "".join(item for item, k in zip(items, places, strict=True) if k == i) for i in range(count)
    ]
    return [sheet for sheet in sheets if sheet]


def _sentences(paragraph: Element) -> list[str]:
    """The sentences of a ``paragraph``, as HTML."""
    found = [""]
    for node in paragraph.childNodes:
        if node.nodeType != node.TEXT_NODE:
            found[-1] += _html(node)
            continue
        rest = node.data
        while end := END.search(rest):
            found[-1] += escape(rest[: end.end()], quote=False)
            found.append("")
            rest = rest[end.end() :].lstrip()
        found[-1] += escape(rest, quote=False)
    return [sentence for sentence in found if sentence.strip()]


def _tagged(block: Element, tag: str) -> bool:
    return f"tag_{tag}" in classes(block)


def _unwrap(element: Element) -> None:
    """Leaves of an ``element`` what it holds."""
    while element.firstChild:
        element.parentNode.insertBefore(element.firstChild, element)
    element.parentNode.removeChild(element)


def _children(element: Element) -> list[Element]:
    return [node for node in element.childNodes if node.nodeType == node.ELEMENT_NODE]


def _inner(element: Element) -> str:
    return "".join(map(_html, element.childNodes))


def _html(node) -> str:
    """A node of XHTML as HTML, where only a void element closes itself."""
    return re.sub(
        r"<(?!(?:" + "|".join(VOID) + r")\b)([\w:-]+)((?:\s[^<>]*)?)/>",
        r"<\1\2></\1>",
        node.toxml(),
    )
