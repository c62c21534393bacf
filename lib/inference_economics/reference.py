"""The appendix that writes itself: every formula, every source, and where each is used."""

import ast
import html
import inspect
import re
from functools import cache
from importlib import import_module
from pathlib import Path

import nbformat
import pandas as pd

from . import assumptions, tables, units
from .equations import equation

LIBRARY = Path(__file__).parent
CHAPTERS = tables.DATA.parent / "chapters"
MODULES = sorted(path.stem for path in (LIBRARY / "formulas").glob("[a-z]*.py"))


def formulas(module: str) -> list:
    """The public formulas of a module of :mod:`formulas`, in the order of its source."""
    loaded = import_module(f"inference_economics.formulas.{module}")
    found = inspect.getmembers(loaded, inspect.isfunction)
    own = [item for _, item in found if item.__module__ == loaded.__name__]
    return sorted(own, key=lambda item: item.__code__.co_firstlineno)


def full_name(formula) -> str:
    """A formula with its module: ``roofline.ridge_point``."""
    return f"{formula.__module__.rpartition('.')[2]}.{formula.__name__}"


@cache
def calls() -> dict[str, dict[str, set[str]]]:
    """What each of the ``formulas``, functions of the ``model`` and ``chapters`` mentions."""
    chapters = {}
    for path in sorted(CHAPTERS.glob("[0-9]*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        tree = ast.parse("\n".join(cell.source for cell in cells if cell.cell_type == "code"))
        chapters[path.stem] = _names(tree, _imported(tree))
    return {"formulas": _defined("formulas"), "model": _defined("model"), "chapters": chapters}


def _defined(folder: str) -> dict[str, set[str]]:
    """What each function of a ``folder`` of the library mentions."""
    found = {}
    for path in sorted((LIBRARY / folder).glob("[a-z]*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = _imported(tree)
        if folder == "formulas":
            imported |= {formula.__name__: full_name(formula) for formula in formulas(path.stem)}
        for node in tree.body:
            name = f"{path.stem}.{node.name}" if hasattr(node, "name") else path.stem
            found[name] = found.get(name, set()) | _names(node, imported)
    return found


def _imported(tree: ast.AST) -> dict[str, str]:
    """Modules of formulas, and single formulas as ``module.formula``, by their name in ``tree``."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            _, of_formulas, inside = (node.module or "").rpartition("formulas")
            sibling = node.level == 1 and not node.module  # one module of formulas from another
            if of_formulas or sibling:
                for item in node.names:
                    name = f"{inside}.{item.name}".lstrip(".")
                    found[item.asname or item.name] = name
    return found


def _names(tree: ast.AST, imported: dict[str, str]) -> set[str]:
    """Names and attributes in ``tree``; formulas as ``module.formula``, however imported."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in imported:
                found.add(f"{imported[module]}.{name}")
            case ast.Attribute(attr=name):
                found.add(name)
            case ast.Name(id=name):
                found.add(imported.get(name, name))
    return found


def users(name: str, where: str) -> list[str]:
    """Those ``formulas``, functions of the ``model`` or ``chapters`` that mention ``name``.

    An assumption's name, or a formula as ``module.formula``.
    """
    return [user for user, names in calls()[where].items() if name in names]


class Formulas:
    """Every formula of one module: equation, what it means, source, example, code, and users."""

    def __init__(self, module: str):
        self.module = import_module(f"inference_economics.formulas.{module}")
        self.found = formulas(module)

    def _repr_mimebundle_(self, **_):
        said = inspect.getdoc(self.module)
        entries = "".join(self._entry(formula) for formula in self.found)
        return {
            "text/plain": f"{len(self.found)} formulas",
            "text/html": f"<p>{_prose(said)}</p>{entries}",
        }

    def _entry(self, formula) -> str:
        name, doc = formula.__name__, inspect.getdoc(formula)
        before, _, after = doc.partition("Parameters\n----------\n")
        rest = "\n\n".join(after.split("\n\n")[1:])
        example = "\n".join(re.findall(r"^(?:>>>|\.\.\.).*(?:\n(?!>>>|\.\.\.|\n).+)*", rest, re.M))
        note = rest.partition(">>>")[0]
        source = inspect.getsource(formula)
        body = re.sub(r'"""(?:.|\n)*?"""\n', "", source, count=1)
        return (
            f'<section class="formula" id="{name}"><p class="name"><code>{name}</code> '
            f"{_prose(before)}</p>"
            f"{equation(formula)._repr_mimebundle_()['text/html']}"
            f"<p>{_prose(note)}</p>"
            f"<details><summary>Code of {name.replace('_', ' ')}, and an example</summary>"
            f"<pre>{html.escape(body)}\n{html.escape(example)}</pre></details>"
            f"<p class='users'>{_used(full_name(formula))}</p></section>"
        )


def _prose(text: str) -> str:
    """Text of a docstring as a line of HTML."""
    plain = re.sub(r":\w+:`~?([^`]*)`", r"\1", " ".join(text.split()))
    marked = re.sub(r"``([^`]*)``", r"<code>\1</code>", html.escape(plain))
    return re.sub(r"(?<![\w*])\*([^*<>]+)\*(?![\w*])", r"<em>\1</em>", marked)


def _used(name: str) -> str:
    formulas = ", ".join(f"<code>{user}</code>" for user in users(name, "formulas"))
    model = ", ".join(f"<code>model.{user}</code>" for user in users(name, "model"))
    chapters = ", ".join(_link(user) for user in users(name, "chapters"))
    return "Used by " + "; in ".join(part for part in (formulas, model, chapters) if part) + "."


def _link(chapter: str) -> str:
    words = re.sub(r"^[\d_]+", "", chapter).replace("_", " ")
    return f'<a href="{chapter}.html">{words}</a>'


class Assumptions:
    """Every assumption with its range, its source and the chapters that it moves."""

    def _repr_mimebundle_(self, **_):
        rows = assumptions.known()
        entries = "".join(self._entry(row) for row in rows.itertuples())
        return {
            "text/plain": f"{len(rows)} assumptions",
            "text/html": f'<dl class="claims">{entries}</dl>',
        }

    def _entry(self, row) -> str:
        moved = ", ".join(_link(user) for user in users(row.Index, "chapters")) or "no chapter"
        said = html.escape(f"{row.source}, {row.locator}, {row.as_of} ({row.confidence}).")
        return (
            f'<dt id="{row.Index}"><a href="#{row.Index}"><code>{row.Index}</code></a> '
            f"{html.escape(row.description)}</dt><dd><strong>{row.value:g} {units.spoken(row.unit)}"
            f"</strong> <span>{row.low:g} to {row.high:g} is plausible; moves {moved}</span>"
            f"<p>{said}</p></dd>"
        )


def sources() -> pd.DataFrame:
    """Every source of a figure in ``data/``: how many figures, in which tables, up to what date."""
    found = []
    for path in [*sorted(tables.DATA.glob("*.csv")), *tables.own_files()]:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        if {"source", "as_of"} <= set(table):
            found.append(table[["source", "as_of"]].assign(table=path.stem))
    rows = pd.concat(found)
    grouped = rows[rows["source"] != ""].groupby("source")
    return pd.DataFrame(
        {
            "figures": grouped.size(),
            "tables": grouped["table"].agg(lambda part: ", ".join(sorted(set(part)))),
            "latest": grouped["as_of"].max(),
        }
    ).sort_values("figures", ascending=False, kind="stable")


def cited() -> pd.DataFrame:
    """Every work in the chapters' lists of references, with the chapters that cite it."""
    found: dict[str, set[str]] = {}
    for path in sorted(CHAPTERS.glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        listed = text.partition("## References")[2].partition("\n## ")[0]
        for entry in re.findall(r"^- ((?:.+\n?)(?:  .+\n?)*)", listed, re.MULTILINE):
            found.setdefault(" ".join(entry.split()), set()).add(path.stem)
    works = pd.Series({work: ", ".join(sorted(where)) for work, where in found.items()})
    return works.sort_index().rename_axis("work").reset_index(name="cited in")
