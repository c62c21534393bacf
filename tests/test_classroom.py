"""Handouts and grading: a class of thirty, some of whom mean no good."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner
from inference_economics import questions
from inference_economics.assumptions import known
from inference_economics.classroom import grading
from inference_economics.classroom.assignment import Assignment
from inference_economics.classroom.handouts import Folder
from inference_economics.classroom.roster import Student
from inference_economics.cli import main

from . import classroom
from .cluster import cluster, within_this_process

CHAPTER = "03_2_search_scale"
FULL = sum(question.level for question in questions.of_chapter(CHAPTER))
NUMBERS = sum(q.level for q in questions.of_chapter(CHAPTER) if not q.choices)


def run(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder of a class of thirty, with its handouts."""
    place = tmp_path_factory.mktemp("class")
    students = classroom.roster(place / "roster.csv")
    done = run("handouts", students, "--chapter", CHAPTER, "--seed", "t", "--output", place / "c")
    assert done.exit_code == 0, done.output
    return Folder(place / "c")


class TestHandouts:
    def test_each_has_plausible_values_of_their_own(self, folder):
        assignment, students = folder.read()
        drawn = [assignment.values(student.key) for student in students]
        assert len({tuple(values.values()) for values in drawn}) == len(students) == 30
        for values in drawn:
            for name, value in values.items():
                assert known().low[name] <= value <= known().high[name]

    def test_they_follow_from_term_chapter_and_name_alone(self, folder, tmp_path):
        assignment, students = folder.read()
        Folder(tmp_path / "again").write(assignment, students[3:5])
        for student in students[3:5]:
            name = f"handouts/{student.key}.ipynb"
            again = (tmp_path / "again" / name).read_bytes()
            assert again == (folder.path / name).read_bytes()
        other = Assignment(CHAPTER, "next year").values(students[0].key)
        assert other != assignment.values(students[0].key)

    def test_no_mistake_passes_for_right(self, folder):
        assignment, students = folder.read()
        for student in students:
            given = assignment.given(student.key)
            for question in assignment.questions:
                for wrong in question.wrong(given).values():
                    assert abs(wrong / question.answer(given) - 1) > 2 * question.tolerance

    def test_the_key_has_what_the_notebooks_ask(self, folder):
        with (folder.path / "key.csv").open(encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == 30
        assert not [row["name"] for row in rows if row["name"].startswith("=")]
        page = (folder.path / "overview.html").read_text(encoding="utf-8")
        for row in rows:
            text = (folder.path / "handouts" / f"{row['key']}.ipynb").read_text(encoding="utf-8")
            assert f"{float(row['queries_per_second']):,.6g} requests a second" in text
            earned = float(row["search_revenue"]) / float(row["queries_per_year"])
            assert float(row["search_earns [USD per 1,000]"]) == pytest.approx(earned, rel=1e-4)
            assert row["key"] in page

    @pytest.mark.parametrize(
        "chapter", dict.fromkeys(q.chapter for q in questions.questions.values())
    )
    def test_each_chapter_has_values_that_tell_right_from_wrong(self, chapter):
        drawn = {tuple(Assignment(chapter, "t").values(f"s{i}").values()) for i in range(40)}
        assert len(drawn) == 40

    def test_five_hundred(self, tmp_path):
        students = [Student.of(f"Student {i}", "") for i in range(500)]
        Folder(tmp_path / "c").write(Assignment(CHAPTER, "t"), students)
        made = list((tmp_path / "c" / "handouts").iterdir())
        assert len({path.read_bytes() for path in made}) == 500

    def test_a_cluster_makes_the_same(self, folder, tmp_path):
        given = [folder.path.parent / "roster.csv", "--chapter", CHAPTER, "--seed", "t"]
        with within_this_process(1) as one:
            given += ["--scheduler", one.scheduler_address, "--quiet"]
            assert run("handouts", *given, "--output", tmp_path / "c").exit_code == 0
        for path in (tmp_path / "c").rglob("*.*"):
            same = folder.path / path.relative_to(tmp_path / "c")
            assert path.is_dir() or path.read_bytes() == same.read_bytes()

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--chapter", "03_2_serch_scale"], "did you mean '03_2_search_scale'"),
            (["--seed", " "], "--seed: must be a word"),
            (["--output", "{full}"], "neither empty nor a class's"),
        ],
    )
    def test_what_is_wrong_is_said(self, tmp_path, arguments, said):
        (tmp_path / "full").mkdir()
        (tmp_path / "full" / "thesis.txt").write_text("mine")
        arguments = [each.replace("{full}", str(tmp_path / "full")) for each in arguments]
        given = ["--chapter", CHAPTER, "--seed", "t", "--output", str(tmp_path / "c"), *arguments]
        done = run("handouts", classroom.roster(tmp_path / "roster.csv"), *given)
        assert done.exit_code == 1
        assert said in done.output
        assert not (tmp_path / "c").exists()
        assert (tmp_path / "full" / "thesis.txt").exists()


@pytest.fixture(scope="module")
def graded(folder):
    """The class's grades by student: what each did, points, feedback, problems."""
    _, students = folder.read()
    did, back = {}, folder.path / "submitted"
    kinds = [*classroom.HOSTILE, *classroom.TRIED, *classroom.QUIET]
    kinds += [
        "unit",
        "empty",
        "table",
        "nan",
        "text",
        "broken",
        "huge",
        "locked",
        "nothing",
        "twice",
    ]
    kinds += ["letter"]
    for student, kind in zip(students, kinds + ["right"] * 30, strict=False):
        did[student.key] = kind
        notebook = folder.path / "handouts" / f"{student.key}.ipynb"
        written = classroom.answers(folder, student)
        code = classroom.HOSTILE | classroom.TRIED | classroom.QUIET
        first = code.get(kind, "").format(folder=str(folder.path))
        match kind:
            case "unit":
                written = classroom.answers(folder, student, lambda right: right * 1000)
            case "empty":
                written = ["None"] * len(written)
            case "table":
                first = "import pandas as pd"
                written = ["pd.DataFrame({'a': [1]})", *written[1:]]
            case "nan":
                written = ["float('nan')", *written[1:]]
            case "text":
                written = ["'about 40'", *written[1:]]
            case "letter":
                written = [*written[:-1], "'?'"]
        content = json.dumps(classroom.filled(notebook, written, first))
        if kind == "broken":
            content = content[:500]
        if kind == "huge":
            content += " " * 3_000_000
        if kind == "locked":
            content = content.replace("What do a thousand searches earn?", "What is one and one?")
        target = back / f"{student.key}.ipynb"
        if kind == "twice":
            (back / "late").mkdir()
            (back / "late" / target.name).write_text(content, encoding="utf-8")
        if kind != "nothing":
            target.write_text(content, encoding="utf-8")
    (back / "stranger.ipynb").write_text("{}")
    done = run("grade", folder.path, "--time", 25, "--memory", 2, "--quiet")
    assert done.exit_code == 0, done.output
    with (folder.path / "results.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    by_kind = {kind: [row for row in rows if did[row["key"]] == kind] for kind in did.values()}
    return by_kind, done.output


def points(rows) -> float:
    return sum(float(row["points"]) for row in rows)


class TestGrades:
    def test_right_is_right(self, graded):
        rows = graded[0]["right"]
        assert len(rows) == 4 * (30 - 24)
        assert {row["feedback"] for row in rows} == {"Right."}
        assert points(rows) == 6 * FULL

    @pytest.mark.parametrize("kind", classroom.HOSTILE)
    def test_what_hangs_or_dies_gets_nothing_and_a_reason(self, graded, kind):
        rows = graded[0][kind]
        reason = {
            "hangs": "ran longer than 25 s",
            "sleeps": "ran longer than 25 s",
            "exits": "ended by itself",
            "crashes": "before its answers could be read",
        }
        if kind in reason:
            assert points(rows) == 0
            assert reason[kind] in rows[0]["problems"]
        else:  # memory: the cell fails, or the process does
            assert "MemoryError" in rows[0]["problems"] or "before its" in rows[0]["problems"]

    @pytest.mark.parametrize("kind", classroom.TRIED)
    def test_what_must_not_be_done_fails_and_harms_nothing(self, graded, folder, kind):
        if not grading.isolated() and kind not in ("asks", "leaves"):
            pytest.fail("run the tests where a process can be shut off: see grading.APART")
        rows = graded[0][kind]
        assert points(rows) == FULL
        assert "code cell 1 raises" in rows[0]["problems"]
        assert (folder.path / "key.csv").stat().st_size > 100

    @pytest.mark.parametrize("kind", classroom.QUIET)
    def test_noise_does_not_matter(self, graded, kind):
        assert points(graded[0][kind]) in (FULL, 0)
        if kind == "talks":
            assert points(graded[0][kind]) == FULL

    def test_a_wrong_unit_has_part_of_the_points(self, graded):
        assert points(graded[0]["unit"]) == NUMBERS / 2 + FULL - NUMBERS
        assert "thousand times too much" in graded[0]["unit"][0]["feedback"]

    @pytest.mark.parametrize(
        ("kind", "said"),
        [
            ("empty", "No answer."),
            ("table", "must be a number; it is a DataFrame"),
            ("nan", "The answer is nan"),
            ("text", "must be a number; it is about 40"),
        ],
    )
    def test_what_is_no_number_is_said(self, graded, kind, said):
        assert said in graded[0][kind][0]["feedback"]
        assert points(graded[0][kind]) == (0 if kind == "empty" else FULL - 1)

    def test_what_is_no_choice_is_said(self, graded):
        assert "That is no choice. Right is" in graded[0]["letter"][-1]["feedback"]

    def test_what_is_no_notebook_is_said(self, graded):
        assert graded[0]["broken"][0]["problems"] == "is no notebook"
        assert graded[0]["huge"][0]["problems"] == "has 3 MB; 2 MB is the most"

    def test_a_changed_question_does_not_change_what_is_right(self, graded):
        assert points(graded[0]["locked"]) == FULL
        assert graded[0]["locked"][0]["problems"] == "locked cells were changed: question_1"

    def test_what_is_missing_twice_or_unknown_is_told(self, graded):
        by_kind, said = graded
        assert not by_kind["nothing"]
        assert not by_kind["twice"]
        assert "nothing came back" in said
        assert "2 came back, none graded" in said
        assert "stranger.ipynb: belongs to nobody" in said

    def test_the_page_needs_nothing_and_says_how_it_was_run(self, graded, folder):
        page = (folder.path / "results.html").read_text(encoding="utf-8")
        assert "<script" not in page
        assert "http" not in page
        assert grading.isolation() in page
        assert "90 to 99 %" in page

    def test_a_second_start_grades_only_what_is_new(self, graded, folder):
        kept = sorted((folder.path / "graded").iterdir())
        before = [path.stat().st_mtime_ns for path in kept]
        shutil.copy(kept[0], folder.path / "copy.json")
        kept[0].unlink()
        assert run("grade", folder.path, "--time", 25, "--memory", 2, "--quiet").exit_code == 0
        after = [path.stat().st_mtime_ns for path in kept]
        assert after[1:] == before[1:]
        again = json.loads(kept[0].read_text(encoding="utf-8"))
        assert again == json.loads((folder.path / "copy.json").read_text(encoding="utf-8"))


@pytest.fixture
def mine(folder, tmp_path):
    """A class in which eight have handed in right answers, and none is graded."""
    shutil.copytree(
        folder.path, tmp_path / "c", ignore=shutil.ignore_patterns("graded", "submitted")
    )
    mine = Folder(tmp_path / "c")
    _, students = mine.read()
    for student in students[:8]:
        notebook = mine.path / "handouts" / f"{student.key}.ipynb"
        content = classroom.filled(notebook, classroom.answers(mine, student))
        (mine.path / "submitted").mkdir(exist_ok=True)
        (mine.path / "submitted" / notebook.name).write_text(json.dumps(content))
    return mine


def totals(mine) -> list[float]:
    graded = [json.loads(p.read_text()) for p in (mine.path / "graded").glob("*.json")]
    return [sum(answer["points"] for answer in one["answers"]) for one in graded]


def test_a_cluster_grades_although_a_worker_is_killed(mine):
    with cluster(2, threads_per_worker=1) as two, ThreadPoolExecutor() as aside:
        address = two.scheduler_address
        running = aside.submit(run, "grade", mine.path, "--scheduler", address, "--quiet")
        while not list((mine.path / "graded").glob("*.json")):
            assert not running.done()
        os.kill(two.workers[0].process.pid, signal.SIGKILL)
        assert running.result().exit_code == 0, running.result().output
    assert totals(mine) == [FULL] * 8


def test_killed_in_the_middle_it_goes_on(mine):
    """Grading is killed once the first grade is kept; nothing is lost."""
    command = [
        sys.executable,
        "-m",
        "inference_economics.cli",
        "grade",
        str(mine.path),
        "--jobs",
        "1",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        while not list((mine.path / "graded").glob("*.json")):
            assert process.poll() is None
        process.kill()
    kept = {path: path.stat().st_mtime_ns for path in (mine.path / "graded").glob("*.json")}
    assert 1 <= len(kept) < 8
    assert run("grade", mine.path, "--quiet").exit_code == 0
    assert totals(mine) == [FULL] * 8
    assert all(path.stat().st_mtime_ns == time for path, time in kept.items())
