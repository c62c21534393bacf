"""How Sphinx makes the site: our theme, MathML, what each page's script needs, Vega."""

import hashlib
import html
import re
from pathlib import Path

import vl_convert
from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx

from . import about, cards, dataflow, store, tags, terms

# vl-convert carries Vega's modules under the addresses they are imported by; nothing is fetched.
# Maps, trees, forces, words in clouds and the like stay out: the pages have none.
BUNDLE = """
import { transforms } from "/npm/vega-dataflow@6.1.0/+esm";
import * as data from "/npm/vega-transforms@5.1.0/+esm";
import * as layout from "/npm/vega-view-transforms@5.1.0/+esm";
import * as encode from "/npm/vega-encode@5.1.0/+esm";
import { View } from "/npm/vega-view@6.1.0/+esm";
import { parse } from "/npm/vega-parser@7.1.0/+esm";
import { expressionInterpreter } from "/npm/vega-interpreter@2.0.0/+esm";
Object.assign(transforms, data, layout, encode);
window.vega = { View, parse, expressionInterpreter };
"""
# The page's own scripts, in the order they run; the first before anything is drawn.
SCRIPTS = ["reader.js", "live.js", "tip.js", "scenario.js", "save.js", "origin.js", "check.js"]
# Nothing from another host, nothing written into a page, no text run as code.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'self'"
)
# What pandas writes into its tables; the style sheet says how a table looks. Names are drawn anew
# each time.
INLINE = re.compile(
    r'<style[^>]*>.*?</style>\s*| style="text-align: right;"| id="T_[0-9a-f]{5}[^"]*"', re.DOTALL
)
# What others write that not everyone can use, and what is right.
MENDED = {
    ' aria-label="Toggle hidden content"': "",  # it hides the words shown
    ' role="heading"': "",  # without a level
    "<th></th>": "<td></td>",
    '<th class="head"><p></p></th>': "<td></td>",
    "<pre>": '<pre tabindex="0">',  # may have to be scrolled by keyboard
}
# A chart's values can be scrolled as they are; other tables, but that of assumptions, can't.
TABLE = re.compile(
    r'(<(?:div class="values"|details class="assumptions").*?</table>)|<table\b.*?</table>',
    re.DOTALL,
)
SCROLL = '<div class="scroll" role="group" tabindex="0" aria-label="Table">'


def setup(app: Sphinx) -> dict:
    """Called by Sphinx."""
    app.add_html_theme("book", str(Path(__file__).parent / "theme"))
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.add_config_value("book_assumptions", "the book's own assumptions", "html")
    app.add_config_value("comments_config", {}, "html")  # Jupyter Book sets it, used or not
    for turn, script in enumerate(SCRIPTS):
        when = {"loading_method": "defer"} if turn else {}
        app.add_js_file(script, priority=900 + turn, **when, **{"data-of": "book"})
    app.connect("doctree-resolved", terms.link)
    app.connect("doctree-resolved", tags.mark)
    app.connect("html-page-context", _page)
    app.connect("html-collect-pages", _not_found)
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _page(app, pagename, template, context, doctree):
    """What the theme's layout asks for."""
    context["policy"] = POLICY
    context |= about.page(app, pagename, context)
    if context.get("card"):
        picture = cards.card(context["heading"], context["body"], app.config.html_title)
        _write(app, context["card"], picture)
    if body := context.get("body"):
        if '<div class="debate"' in body:
            own = {"priority": 900 + len(SCRIPTS), "loading_method": "defer", "data-of": "book"}
            app.add_js_file("debate.js", **own)
            app.add_css_file("debate.css")
        body, script = dataflow.taken_out(body)
        body = INLINE.sub("", body)
        for wrong, right in MENDED.items():
            body = body.replace(wrong, right)
        context["body"] = TABLE.sub(lambda found: found[1] or f"{SCROLL}{found[0]}</div>", body)
        if script:
            name = f"_static/pages/{pagename}.js"
            _write(app, name, script.encode())
            mark = hashlib.sha256(script.encode()).hexdigest()[:8]  # a cache keeps what is the same
            context["data_file"] = f"{name}?v={mark}"


def _not_found(app) -> list[tuple]:
    return [("404", {}, "404.html")] if app.builder.name == "html" else []


def _write(app, name: str, content: bytes) -> None:
    path = app.outdir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


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
    writer.body.append(
        f'<div class="math" role="group" aria-label="Equation" tabindex="0"{anchor}>'
        f"{mathml}{label}</div>"
    )
    raise nodes.SkipNode


def _finish(app: Sphinx, error: Exception | None):
    if error is None and app.builder.name == "html":
        _write(app, "_static/vega.js", _vega())
        about.site(app)


def _vega() -> bytes:
    """The bundle, kept once it has been made."""
    kept = store.FOLDER / f"vega-{store.digest([BUNDLE, vl_convert.__version__], [])}.js"
    try:
        return kept.read_bytes()
    except OSError:
        # In a function of its own: the bundle's short names would otherwise be the page's.
        made = f"(()=>{{{vl_convert.javascript_bundle(BUNDLE)}}})();".encode()
        store.put(kept, made)
        return made
