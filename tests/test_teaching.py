"""The teacher's guide: plans that fill their lesson, at charts and sliders that are there."""

import pytest
from inference_economics import questions, tables, teaching
from inference_economics.book import site

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

    def test_links_to_charts_of_the_site(self, chapter, book):
        page = (book / "chapters" / f"{chapter}.html").read_text(encoding="utf-8")
        for figure in self.rows(chapter)["figure"]:
            assert not figure or f'id="{figure}"' in page

    def test_has_four_questions(self, chapter):
        assert len(questions.of_chapter(chapter)) >= 4
