"""Exercises: of every kind, with solutions whose numbers and code hold in two worlds."""

import ast
import re
from types import SimpleNamespace

import numpy as np
import pytest
from inference_economics import assumptions, scenarios, teaching
from inference_economics.book import run, site

from .chapter import executed, plain
from .exercises_by_hand import ALSO, BY_HAND, RERUN

STATED = re.compile(r"\{glue:\}`(\w\w_[xe]_\w+)`")
COMMAND = re.compile(r"-p (\w+) ([\d.]+)|--scenario (\S+\.yaml)")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
CODE = re.compile(r"```python\n(.*?)```", re.S)


def exercises(chapter: str) -> str:
    """The text of a chapter's exercises with their solutions."""
    text = "\n\n".join(
        cell.source for cell in teaching.cells(chapter) if "markdown" in cell.cell_type
    )
    return text.split("## Exercises")[1].split("## Summary")[0]


def commands(chapter: str, number: int) -> dict[str, float]:
    """The values that exercise ``number`` says to re-run the chapter with."""
    text = exercises(chapter)
    asked = text.split(f"\n{number}. **")[1].split(f"\n{number + 1}. **")[0]
    if f"*The {ORDINALS[number - 1]}.*" in text:  # solutions stand together, below all exercises
        asked = (
            asked.split(":::")[0] + text.split(f"*The {ORDINALS[number - 1]}.*")[1].split(":::")[0]
        )
    found = {}
    for name, value, scenario in COMMAND.findall(asked):
        if scenario:
            found |= scenarios.load(site.ROOT / scenario).overrides
        else:
            found[name] = float(value)
    return found


@pytest.fixture(params=["defaults", "altered"])
def world(request):
    """Assumptions in the table's units."""
    values = assumptions.known()["value"].to_dict()
    if request.param == "altered":
        values |= request.getfixturevalue("altered").overrides
    return values


def own(chapter: str, values: dict[str, float]) -> dict[str, float]:
    """What of ``values`` the chapter knows."""
    names = run.parameters(site.ROOT / "chapters" / f"{chapter}.ipynb")
    return {name: values[name] for name in names if name in values}


def said(chapter: str, values: dict[str, float], code: str = ""):
    return executed(chapter, tuple(own(chapter, values).items()), code)


@pytest.mark.parametrize("chapter", BY_HAND)
class TestExercises:
    def test_are_six_of_four_kinds(self, chapter):
        found = teaching.exercises().query("chapter == @chapter")
        assert len(found) >= 6
        assert list(found["number"]) == list(range(1, len(found) + 1))
        assert set(teaching.KINDS) == set(found["kind"])
        assert exercises(chapter).count(":::{dropdown} Solution") == len(found)

    def test_say_what_a_run_says(self, chapter, world):
        here = said(chapter, world).stated
        runs = [(commands(chapter, number), wanted) for number, wanted in RERUN[chapter].items()]
        values = SimpleNamespace(**own(chapter, world))
        runs += [(change(values), wanted) for change, wanted in ALSO.get(chapter, [])]
        for changed, wanted in runs:
            assert changed, wanted
            then = said(chapter, world | changed).stated
            for solution, text in wanted.items():
                assert same(here[solution], then[text]), (solution, here[solution], then[text])

    def test_say_what_a_hand_finds(self, chapter, world):
        here = said(chapter, world).stated
        for name, wanted in BY_HAND[chapter](SimpleNamespace(**own(chapter, world)), here).items():
            assert same(here[name], wanted), (name, here[name], wanted)

    def test_state_no_number_without_proof(self, chapter):
        here = said(chapter, assumptions.known()["value"].to_dict()).stated
        values = SimpleNamespace(**own(chapter, assumptions.known()["value"].to_dict()))
        proven = set(BY_HAND[chapter](values, here))
        proven |= {name for wanted in RERUN[chapter].values() for name in wanted}
        proven |= {name for _, wanted in ALSO.get(chapter, []) for name in wanted}
        assert set(STATED.findall(exercises(chapter))) <= proven

    def test_have_code_that_says_the_same(self, chapter, world):
        text = exercises(chapter)
        for block in CODE.finditer(text):
            solution = text[: block.start()].rsplit("Solution", 1)[1]
            solution += text[block.end() :].split(":::")[0]
            tree = ast.parse(block[1])
            tree.body[-1] = ast.Assign([ast.Name("found", ast.Store())], tree.body[-1].value)
            done = said(chapter, world, ast.unparse(ast.fix_missing_locations(tree)))
            numbers = [done.stated[name] for name in STATED.findall(solution)]
            assert any(same(plain(done.names["found"]), number) for number in numbers)


def same(found, wanted) -> bool:
    """Whether two numbers, or two words, say the same; ∞ is itself, and a list holds both ends."""
    if isinstance(wanted, list):
        return wanted[0] <= found <= wanted[1]
    if isinstance(wanted, str):
        return found == wanted
    return bool(np.isclose(found, wanted, rtol=1e-3, atol=0))
