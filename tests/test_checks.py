"""The self-checks on a page: right, typically wrong, and after a slider has moved."""

import pytest
from inference_economics import assumptions, checks, questions
from inference_economics.assumptions import in_base_units
from inference_economics.book import site
from inference_economics.tables import InputError

from .visit import Visit, address

CHAPTERS = [path.stem for path in site.chapters()]
PUBLISHED = assumptions.known()["value"].to_dict()


@pytest.fixture(scope="module")
def visit(book, chromium):
    opened = {}

    def open_(chapter: str) -> Visit:
        if chapter not in opened:
            opened[chapter] = Visit(chromium, address(book, chapter))
        return opened[chapter]

    yield open_
    for each in opened.values():
        each.context.close()


def form(visit: Visit, question):
    return visit.page.locator(f"form.check:has(#{question.name})")


def told(visit: Visit, question, answer) -> str:
    """What the page says to ``answer``, given by keyboard alone."""
    asked = form(visit, question)
    if question.choices:
        asked.locator(f'input[value="{answer}"]').press("Space")
        asked.get_by_role("button").press("Enter")
    else:
        asked.locator("input[type=text]").fill(str(answer))
        asked.locator("input[type=text]").press("Enter")
    return asked.locator(".told").text_content()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_question_knows_right_from_typically_wrong(visit, chapter):
    opened, given = visit(chapter), in_base_units(PUBLISHED)
    asked = questions.of_chapter(chapter)
    assert opened.page.locator("form.check").count() == len(asked)
    for question in asked:
        right = question.answer(given)
        wrong = question.wrong(given)
        if question.choices:
            wrong = {said: text for text, said in question.choices.items() if text != str(right)}
        assert told(opened, question, right).startswith("✓ Right.")
        for said, answer in wrong.items():
            assert told(opened, question, answer) == f"✗ Not yet. {said}"
    assert opened.errors == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("44.9", "✓ Right."),
        ("44,9", "✓ Right."),
        (" 4.49e1 ", "✓ Right."),
        ("45.7", "✓ Right."),  # within 2 %
        ("46", "✗ Not yet. Too high."),
        ("-44.9", "✗ Not yet. The sign is wrong."),
        ("44.9e6", "✗ Not yet. A factor of a million is missing or too much."),
        ("12.5 m", "Write a number"),
        ("", "Write a number"),
        ("<img src=x onerror=alert(1)>", "Write a number"),
        ("alert(1)", "Write a number"),
    ],
)
def test_numbers_are_read_as_people_write_them(visit, answer, said):
    assert told(visit("03_2_search_scale"), questions.questions["search_earns"], answer).startswith(
        said
    )


def test_thousands_may_be_set_apart(visit):
    asked = questions.questions["electricity_of_a_year"]
    right = asked.answer(in_base_units(PUBLISHED))
    assert told(visit("03_4_operating_costs"), asked, f"{right:,.1f}").startswith("✓")


def test_what_is_right_follows_the_sliders(book, chromium):
    opened = Visit(chromium, address(book, "03_4_operating_costs"))
    asked = questions.questions["electricity_of_a_year"]
    before = asked.answer(in_base_units(PUBLISHED))
    assert told(opened, asked, before).startswith("✓")
    opened.assume({"electricity_price": 0.2, "all_in_power": 2.0})
    assert "check again" in form(opened, asked).locator(".told").text_content()
    assert not told(opened, asked, before).startswith("✓")
    now = in_base_units(PUBLISHED | {"electricity_price": 0.2, "all_in_power": 2.0})
    assert told(opened, asked, asked.answer(now)).startswith("✓")
    assert "0.2" in form(opened, asked).locator("legend").text_content()


def test_without_a_script_a_question_has_its_solution(book, chromium):
    opened = Visit(chromium, address(book, CHAPTERS[0]), java_script_enabled=False)
    first = opened.page.locator("form.check").first
    assert not first.get_by_role("button").is_visible()
    first.locator("summary").click()
    assert first.locator(".right").is_visible()


def test_an_unknown_question_is_told_the_nearest():
    with pytest.raises(InputError, match="did you mean 'search_earns'"):
        checks.Check(None, "serch_earns")
