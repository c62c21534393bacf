"""A chart on the page: its message, a drawing that needs no script, its data, its source.

The drawing is compiled and rendered when the notebook runs. The compiled form travels with it, so
that the page can redraw the chart from the reader's own assumptions. Colours are CSS variables:
light, dark and print follow the page at once.
"""

import html
import json
import re

import altair as alt
import pandas as pd
import vl_convert

from . import live, tracing

WIDTH, HEIGHT = 640, 340
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
INK, SOFT, GRID = "var(--chart-ink)", "var(--chart-soft)", "var(--chart-grid)"
# Okabe and Ito's palette, which colour-blind readers can tell apart; its values are in the CSS.
PALETTE = [f"var(--chart-{i})" for i in range(1, 8)]

DASHES = [[1, 0], [7, 3], [2, 2], [8, 3, 2, 3]]

LOG = alt.Scale(type="log", nice=False)

_AXIS = {
    "labelColor": SOFT,
    "titleColor": INK,
    "titleFontWeight": "normal",
    "domainColor": SOFT,
    "tickColor": SOFT,
    "gridColor": GRID,
    "gridWidth": 0.7,
    "labelFontSize": 12,
    "titleFontSize": 12,
    "labelOverlap": "greedy",
    "labelSeparation": 6,
    "tickCount": 5,
}
CONFIG = {
    "aria": False,  # the figure carries the description; a role on each mark only adds noise
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "axis": _AXIS,
    # The y title lies flat above the axis: it is read, and no width is lost to it on a phone.
    "axisY": {
        "minExtent": 46,
        "maxExtent": 46,
        "titleAngle": 0,
        "titleAlign": "left",
        "titleAnchor": "end",
        "titleY": -8,
        "titleX": -46,
        "titleBaseline": "bottom",
    },
    "axisX": {"labelFlush": True, "labelBound": True},
    "axisYBand": {"minExtent": 110, "maxExtent": 110, "labelLimit": 110},
    "legend": {
        "orient": "top",
        "direction": "horizontal",
        "columns": 3,
        "columnPadding": 12,
        "gridAlign": "none",  # as narrow as the words: a phone has no room to spare
        "title": None,
        "labelColor": INK,
        "labelFontSize": 11,
        "labelLimit": 220,
        "symbolStrokeWidth": 3,
    },
    "mark": {"color": PALETTE[0]},
    "bar": {"tooltip": True},  # what its place says, in words
    "line": {"strokeWidth": 2.5},
    "point": {"filled": True, "size": 50, "opacity": 0.9, "tooltip": True},
    "rect": {"tooltip": True},
    "tooltipFormat": {"numberFormat": ",.3~r"},
    "text": {"color": INK, "fontSize": 12},
    "rule": {"color": SOFT, "tooltip": True},
    "range": {"category": PALETTE},
}


def chart(data: pd.DataFrame) -> alt.Chart:
    """An Altair chart of ``data``; columns made by :func:`live.table` stay computed.

    The leaves travel as data, everything else as an expression over them.
    """
    fields = data.attrs.get("fields", {})
    leaves = data[[name for name in data if name not in fields]]
    return alt.Chart(leaves).transform_calculate(**fields) if fields else alt.Chart(leaves)


class Figure:
    """A chart with all that belongs to it, as a notebook's output."""

    def __init__(self, markup: str, title: str):
        self.markup, self.title = markup, title

    def _repr_mimebundle_(self, **_):
        return {"text/html": self.markup, "text/plain": self.title}


def figure(
    name: str,
    drawing: alt.Chart | alt.LayerChart,
    *,
    title: str,
    description: str,
    source: str,
    data: pd.DataFrame,
    given=None,
    sliders: tuple[str, ...] = (),
    height: int = HEIGHT,
) -> Figure:
    """A figure of the book.

    Parameters
    ----------
    name : what links to it and its download are called; letters, digits and hyphens
    drawing : a single or layered chart, as :func:`chart` begins one
    title : the one message, as a sentence
    description : what a sighted reader sees
    source : where the figures come from
    data : the values behind the chart, for the table and the download
    given : the page's assumptions, as :func:`page.assume` returns them, if the chart uses them
    sliders : the assumptions that the reader can move right here
    height : of the plot [pixel]
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        raise ValueError(f"figure name {name!r}: letters, digits and hyphens only")
    if not isinstance(drawing, alt.Chart | alt.LayerChart):
        raise TypeError(f"figure {name}: a {type(drawing).__name__} can't fit a phone; use layers")
    # Each part was validated when it was made; to do so again takes longer than all the rest.
    spec = drawing.properties(width=WIDTH, height=height).to_dict(validate=False)
    shown = data[[name for name in data if name != "row"]]  # which only puts numbers in a column
    names = captions(spec, shown)
    spec = told_apart(spec, names)
    vega = compiled(spec, vars(given) if given else {})
    vega["usermeta"] = {"captions": names}  # for what the page says of a point on a line
    _add_table(vega, data)
    missing = [item for item in sliders if item not in {s["name"] for s in vega["signals"]}]
    if missing:
        raise ValueError(f"figure {name}: {missing[0]} does not move this chart")
    svg = _drawn(vega)
    return Figure(
        f'<figure class="chart" id="{name}">'
        f"<figcaption>{html.escape(title)}</figcaption>"
        f'<div class="controls" data-sliders="{" ".join(sliders)}"></div>'
        f'<div class="plot" role="img" aria-label="{html.escape(description, quote=True)}">'
        f"{svg}</div>"
        f'<script type="application/json" class="vega">{embed(vega)}</script>'
        f'<div class="source"><p>Source: {html.escape(source)}</p>'
        f"<details><summary>Values as a table</summary>"
        f'<div class="values" data-fields="{html.escape(json.dumps(list(shown)), quote=True)}" '
        f'tabindex="0" role="region" aria-label="Values: {html.escape(title, quote=True)}">'
        f"{_values(shown, names)}</div></details></div></figure>",
        title,
    )


def told_apart(spec: dict, names: dict[str, str]) -> dict:
    """A Vega-Lite ``spec`` in which series told apart by colour also differ in dash or shape.

    Tooltips call a field by its caption in ``names``.

    >>> unit = {"mark": "line", "encoding": {"color": {"field": "part", "type": "nominal"}}}
    >>> told_apart(unit, {})["encoding"]["strokeDash"]
    {'field': 'part', 'type': 'nominal', 'scale': {'range': [[1, 0], [7, 3], [2, 2], [8, 3, 2, 3]]}}
    """

    years = set(re.findall(r'"axis": {"format": "d"[^}]*}, "field": "(\w+)"', json.dumps(spec)))

    def unit(spec: dict) -> dict:
        if "layer" in spec:
            return spec | {"layer": [unit(layer) for layer in spec["layer"]]}
        encoding = spec.get("encoding", {})
        tips = encoding.get("tooltip")
        if isinstance(tips, list):
            encoding = encoding | {"tooltip": [_tip(tip, names, years) for tip in tips]}
        colour, channel = encoding.get("color", {}), _second(spec.get("mark"))
        if channel and "field" in colour and colour.get("legend", True) is not None:
            if isinstance(colour.get("sort"), list):  # or else each channel has its own legend
                scale = {"domain": colour["sort"]} | colour.get("scale", {})
                colour = {k: v for k, v in colour.items() if k != "sort"} | {"scale": scale}
            scale = {k: v for k, v in colour.get("scale", {}).items() if k == "domain"}
            if channel == "strokeDash":
                scale["range"] = DASHES
            encoding = encoding | {"color": colour, channel: colour | {"scale": scale}}
        return spec | {"encoding": encoding}

    return unit(spec)


def _tip(tip: dict, names: dict[str, str], years: set[str]) -> dict:
    field = tip.get("field")
    fraction = {"format": ".6~r"} if field in years else {}  # of a calendar year
    return {"title": names.get(field, field)} | fraction | tip


def _second(mark) -> str | None:
    """The channel beside colour by which series of this ``mark`` can be told apart."""
    mark = {"type": mark} if isinstance(mark, str) else mark or {}
    channel = {"line": "strokeDash", "point": "shape"}.get(mark.get("type"))
    return None if channel in mark else channel


def _drawn(vega: dict) -> str:
    """The chart as SVG; its height stays when the page draws it anew at its own width."""
    svg = vl_convert.vega_to_svg(vega)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r'\1 width="100%" aria-hidden="true"', svg, count=1)
    return re.sub(r"(?<=[ ,A-Za-z(-])\d+\.\d\d+", lambda found: f"{float(found[0]):.1f}", svg)


def compiled(spec: dict, assumptions: dict) -> dict:
    """A Vega-Lite ``spec`` in Vega, with the assumptions that it uses as signals."""
    spec = with_parameters({**spec, "config": CONFIG, "autosize": "none"}, assumptions)
    vega = {"signals": [], **vl_convert.vegalite_to_vega(spec)}
    vega["padding"] = margins(vega)
    _legend_from_the_edge(vega)
    vega["width"] = WIDTH - vega["padding"]["left"] - vega["padding"]["right"]
    return vega


def with_parameters(spec: dict, assumptions: dict) -> dict:
    """A Vega-Lite ``spec`` with the assumptions and the shared signals that it uses."""
    signals = live.needed(json.dumps(spec))
    text = json.dumps([spec, signals])
    mentioned = set(re.findall(r"(?<![\w.\"])[a-z]\w*\b(?!\")", text))
    used = [name for name in assumptions if name in mentioned]
    parameters = [
        *({"name": name, "value": tracing.root(assumptions[name]).value} for name in used),
        *({"name": name, "expr": expression} for name, expression in signals.items()),
        *spec.get("params", []),
    ]
    return {**spec, "params": parameters}


def margins(vega: dict) -> dict[str, int]:
    """Room for axes and legend [pixel], from what there is, not from what the labels say.

    A chart must not jump while an assumption is dragged.
    """
    axes = {axis["orient"]: axis for axis in vega.get("axes", []) if axis.get("labels", True)}
    left, bottom = axes.get("left"), axes.get("bottom")
    scales = vega.get("scales", [])
    banded = any(s["name"] == "y" and s["type"] in ("band", "point") for s in scales)
    labels = left.get("minExtent", CONFIG["axisY"]["minExtent"]) if left else 0
    if left and banded:
        labels = max(labels, left.get("labelLimit", 0))
    return {
        "left": labels + 8,
        "right": 44 if banded else 12,  # what stands behind a bar's end
        "top": (26 if left and left.get("title") else 10) + (26 if vega.get("legends") else 0),
        "bottom": (44 if bottom.get("title") else 26) if bottom else 8,
    }


def _legend_from_the_edge(vega: dict) -> None:
    """Beside long labels a phone has no room for a legend: it begins above them instead."""
    if vega["padding"]["left"] > 60 and len(vega.get("legends", [])) == 1:
        (legend,) = vega["legends"]
        above = legend.get("offset", 18) + 12  # pixels: the gap and its one line
        legend |= {"orient": "none", "legendX": 8 - vega["padding"]["left"], "legendY": -above}


def _add_table(vega: dict, data: pd.DataFrame) -> None:
    """Adds the rows of ``data``, recomputed from the chart's own leaves, as dataset ``table``."""
    fields = data.attrs.get("fields", {})
    leaves = [name for name in data if name not in fields]
    words = [name for name in leaves if not pd.api.types.is_numeric_dtype(data[name])]
    for entry in vega["data"] if fields else ():
        values = entry.get("values", [])
        alike = len(values) == len(data) and set(values[0]) == set(leaves)
        if alike and all([row[name] for row in values] == list(data[name]) for name in words):
            formulas = [{"type": "formula", "as": k, "expr": v} for k, v in fields.items()]
            vega["data"].append({"name": "table", "source": entry["name"], "transform": formulas})
            return


def embed(content) -> str:
    """JSON that is safe inside a ``<script>``."""
    return json.dumps(content, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def titles(spec) -> dict[str, str]:
    """What the axes of a chart call its fields.

    >>> titles({"encoding": {"y": {"field": "usd", "title": "USD a day (log)"}}})
    {'usd': 'USD a day'}
    """
    children = spec.values() if isinstance(spec, dict) else spec if isinstance(spec, list) else []
    found = {}
    for child in children:
        found |= titles(child)
    if isinstance(spec, dict) and spec.get("title") and "field" in spec:
        found[spec["field"]] = str(spec["title"]).removesuffix(" (log)")
    return found


def captions(spec: dict, data: pd.DataFrame) -> dict[str, str]:
    """What the columns of ``data`` and the fields on the axes are called where they are shown."""
    names = titles(spec)
    titled = [names.get(name) for name in data]
    for name in data:
        title, words = names.get(name), str(name).replace("_", " ")
        # Several lines on one axis are told apart by their own names.
        names[name] = f"{words}: {title}" if titled.count(title) > 1 and title else title or words
    return names


def _values(data: pd.DataFrame, names: dict[str, str]) -> str:
    shown = data.replace("\n", " ", regex=True).rename(columns=names)
    return shown.to_html(index=False, border=0, float_format=_written, na_rep="")


def _written(number: float) -> str:
    """A number in a table; a calendar year keeps its fraction."""
    return f"{number:.6g}" if 1900 < number < 2100 else f"{number:.4g}"
