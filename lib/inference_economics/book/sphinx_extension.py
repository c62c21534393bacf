"""What the built pages need, from this machine alone: equations as MathML, Vega as one file."""

import html
import re

import vl_convert
from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx

# vl-convert carries Vega's modules under the addresses they are imported by; nothing is fetched.
BUNDLE = """
import { View, parse } from "/npm/vega@6.2.0/+esm";
import { expressionInterpreter } from "/npm/vega-interpreter@2.0.0/+esm";
window.vega = { View, parse, expressionInterpreter };
"""
PROSE = nodes.paragraph | nodes.emphasis | nodes.strong
OWN = (
    "code.js",
    "live.js",
    "save.js",
    "scenario.js",
    "origin.js",
)  # the page's own scripts, in the order they run


def setup(app: Sphinx) -> dict:
    """Called by Sphinx."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.connect("doctree-resolved", _link_terms)
    app.connect("html-page-context", _only_what_is_needed, priority=999)
    app.connect("build-finished", _write_vega)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _only_what_is_needed(app, pagename, template, context, doctree):
    """Jupyter Book adds each file twice, and Thebe, which would talk to another host.

    It also names every fold alike, over the words that are shown.
    """
    if "body" in context:
        context["body"] = context["body"].replace(' aria-label="Toggle hidden content"', "")
    for kind in ("script_files", "css_files"):
        kept = {}
        for item in context.get(kind, []):
            body = getattr(item, "attributes", {}).get("body") or ""
            identity = str(getattr(item, "filename", None) or item) + body
            if "thebe" not in identity.lower():
                kept.setdefault(identity.split("?")[0], item)
        context[kind] = list(kept.values())
    scripts = context.get("script_files", [])
    for script in (item for item in scripts if _turn(item)):
        script.attributes["defer"] = "defer"
    scripts.sort(key=_turn)


def _turn(script) -> int:
    """When one of the page's own scripts runs; 0 for others, which come first."""
    name = str(getattr(script, "filename", "")).rpartition("/")[2]
    return OWN.index(name) + 1 if name in OWN else 0


def _link_terms(app, doctree, docname):
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


def _inline(writer, node):
    writer.body.append(convert(node.astext()))
    raise nodes.SkipNode


def _block(writer, node):
    label = ""
    if node.get("number"):
        number = html.escape(str(node["number"]))
        label = f'<span class="eqno">({number})</span>'
    anchor = f' id="{html.escape(node["ids"][0])}"' if node.get("ids") else ""
    mathml = convert(node.astext(), display="block")
    writer.body.append(f'<div class="math" tabindex="0"{anchor}>{mathml}{label}</div>')
    raise nodes.SkipNode


def _write_vega(app: Sphinx, error: Exception | None):
    if error is None and app.builder.format == "html":
        # In a function of its own: the bundle's short names would otherwise be the page's.
        bundle = f"(()=>{{{vl_convert.javascript_bundle(BUNDLE)}}})();"
        (app.outdir / "_static" / "vega.js").write_text(bundle, encoding="utf-8")
