"""Words of the glossary in a page's prose become links to it."""

import re

from docutils import nodes

PROSE = nodes.paragraph | nodes.emphasis | nodes.strong


def link(app, doctree, docname):
    """Links the first mention of each term of the glossary in a page's prose."""
    objects = app.env.get_domain("std").objects
    terms = {name.casefold(): place for (kind, name), place in objects.items() if kind == "term"}
    if not terms or docname in {place for place, _ in terms.values()}:
        return
    words = "|".join(sorted(map(re.escape, terms), key=len, reverse=True))
    mention = re.compile(rf"(?<![\w-])({words})s?(?![\w-])", re.IGNORECASE)
    for text in list(doctree.findall(nodes.Text)):
        if not isinstance(text.parent, PROSE) or not _in_prose(text):
            continue
        for found in mention.finditer(text):
            place, anchor = terms.pop(found[1].casefold(), (None, None))
            if not place:  # linked before
                continue
            target = app.builder.get_relative_uri(docname, place) + "#" + anchor
            link = nodes.reference(
                "", found[0], internal=True, refuri=target, classes=["term"], reftitle="Glossary"
            )
            before, after = text[: found.start()], text[found.end() :]
            parts = [nodes.Text(before), link, nodes.Text(after)]
            text.parent.replace(text, [part for part in parts if part.astext()])
            break  # one to a passage


def _in_prose(node) -> bool:
    """Whether ``node`` stands in running text: not in a link, a heading, a list of works."""
    while node := node.parent:
        if isinstance(node, nodes.reference | nodes.title):
            return False
        if isinstance(node, nodes.section) and node.next_node(nodes.title).astext() == "References":
            return False
    return True
