"""Tags of a notebook's cells as classes of what becomes of them on the page.

MyST-NB does it for cells of code (``tag_slide``). Here a cell of text gives its tags to each of its
paragraphs, lists and tables.
"""

import json
from pathlib import Path

from docutils import nodes

PER_CELL = 10_000  # MyST-NB counts lines in steps of this from cell to cell, beginning with one


def mark(app, doctree: nodes.document, docname: str) -> None:
    """Called by Sphinx for each page."""
    source = Path(app.env.doc2path(docname))
    if source.suffix != ".ipynb":
        return
    cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
    tags = [
        cell["metadata"].get("tags", []) if cell["cell_type"] == "markdown" else []
        for cell in cells
    ]
    if not any(tags):
        return
    for section in doctree.findall(nodes.section):
        for block in section.children:
            if isinstance(block, nodes.section | nodes.title) or "cell" in block.get("classes", []):
                continue
            line = next((node.line for node in block.findall() if node.line), 0)
            cell = line // PER_CELL - 1
            if 0 <= cell < len(cells):
                block["classes"] += [f"tag_{tag}" for tag in tags[cell]]
