"""What a teacher looks at: pages without scripts, and cells that no spreadsheet executes."""

import html

from .assignment import Assignment
from .roster import Student

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color-scheme: light dark; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0;
  border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
div { overflow-x: auto; }
"""


def safe(cell: str) -> str:
    """A text that a spreadsheet takes for text, whatever it begins with.

    >>> safe("=1+1"), safe("Ann")
    ("'=1+1", 'Ann')
    """
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell


def page(title: str, *parts: str) -> str:
    """A page of HTML that needs nothing else."""
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style></head>\n"
        f"<body><h1>{html.escape(title)}</h1>\n{body}\n</body></html>\n"
    )


def table(head: list, rows: list[list]) -> str:
    """A table; its cells are text."""
    cells = "".join(f'<th scope="col">{html.escape(str(cell))}</th>' for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>\n"
        for row in rows
    )
    return (
        f'<div tabindex="0" role="group" aria-label="{html.escape(str(head[0]))}"><table><thead>'
        f"<tr>{cells}</tr></thead><tbody>\n{body}</tbody></table></div>"
    )


def overview(assignment: Assignment, students: list[Student], key: list[list]) -> str:
    """The page with everyone's values and right answers."""
    solutions = [
        [i, question.level, question.text.replace("{", "").replace("}", ""), question.solution]
        for i, question in enumerate(assignment.questions, 1)
    ]
    return page(
        f"{assignment.chapter}, {assignment.term}: {len(students)} students",
        "<h2>Questions</h2>",
        table(["Question", "Points", "Text", "Solution"], solutions),
        "<h2>Values and right answers</h2>",
        table([str(cell).replace("_", " ") for cell in key[0]], key[1:]),
    )


def results(title: str, graded: list[dict], notes: list[str], isolation: str) -> str:
    """The page with the distribution of points, by student and by question."""
    totals = [sum(each["points"] for each in one["answers"]) for one in graded]
    most = max((sum(each["of"] for each in one["answers"]) for one in graded), default=0)
    bands = [0] * 11
    for total in totals:
        bands[int(10 * total / most) if most else 0] += 1
    names = [*(f"{10 * i} to {10 * i + 9} %" for i in range(10)), "100 %"]
    widest = max(bands) or 1
    spread = [
        [n, count, "█" * round(30 * count / widest)] for n, count in zip(names, bands, strict=True)
    ]
    asked = len(graded[0]["answers"]) if graded else 0
    by_question = []
    for i in range(asked):
        given = [one["answers"][i] for one in graded]
        share = sum(a["points"] for a in given) / sum(a["of"] for a in given)
        said = [a["said"].partition(" Right is")[0] for a in given if a["points"] < a["of"]]
        common = max(sorted(set(said)), key=said.count) if said else ""
        by_question.append([i + 1, f"{100 * share:.0f} %", common])
    people = [
        [one["name"], f"{total:g} of {most:g}", "; ".join(one["problems"])]
        for one, total in zip(graded, totals, strict=True)
    ]
    told = "".join(f"<li>{html.escape(note)}</li>" for note in notes)
    return page(
        title,
        f"<p>{len(graded)} graded. {html.escape(isolation)}</p>",
        f"<h2>To look at</h2><ul>{told}</ul>" if notes else "",
        "<h2>How many reached what</h2>",
        table(["Part of the points", "Students", ""], spread),
        "<h2>By question</h2>",
        table(["Question", "Points reached", "Most common remark on the rest"], by_question),
        "<h2>By student</h2>",
        table(["Student", "Points", "What happened"], people),
    )
