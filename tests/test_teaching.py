"""The teacher's guide: plans that fill their lesson, at charts and sliders that are there."""

import re

import pytest
from inference_economics import assumptions, questions, tables, teaching
from inference_economics.book import site

from .visit import Visit, address

CHAPTERS = [path.stem for path in site.chapters() if path.stem[0] == "0"]


@pytest.mark.parametrize("chapter", CHAPTERS)
class TestLesson:
    def rows(self, chapter):
        return tables.table("lessons").query("chapter == @chapter")

    def test_fills_its_minutes(self, chapter):
        assert self.rows(chapter)["short"].sum() == 50
        assert self.rows(chapter)["long"].sum() == 90
        assert (self.rows(chapter)["short"] <= self.rows(chapter)["long"]).all()

    def test_moves_what_can_be_moved(self, chapter):
        charts = teaching.figures(chapter)
        for row in self.rows(chapter).itertuples():
            assert not row.slider or row.figure, row.activity
            if row.figure:
                assert row.figure in charts
                assert row.slider in ["", *charts[row.figure][1]]

    def test_can_be_followed(self, chapter, book, chromium):
        """Each slider that the plan names stands under its chart, and moves it at either end."""
        visit = Visit(chromium, address(book, chapter)).wake_all()
        for row in self.rows(chapter).itertuples():
            if row.slider:
                named = re.escape(assumptions.known().loc[row.slider, "description"])
                chart = visit.page.locator(f"figure#{row.figure}")
                slider = chart.get_by_role("slider", name=re.compile(f"^{named}"))
                visit.page.wait_for_timeout(300)  # what moved before has been drawn
                drawn = {chart.locator(".plot svg").inner_html()}
                for end in ("Home", "End"):
                    slider.press(end)
                    visit.page.wait_for_timeout(300)
                    drawn.add(chart.locator(".plot svg").inner_html())
                assert len(drawn) > 1, row.activity
        assert visit.errors == []

    def test_links_to_charts_of_the_site(self, chapter, book):
        page = (book / "chapters" / f"{chapter}.html").read_text(encoding="utf-8")
        for figure in self.rows(chapter)["figure"]:
            assert not figure or f'id="{figure}"' in page

    def test_has_four_questions(self, chapter):
        assert len(questions.of_chapter(chapter)) >= 4
