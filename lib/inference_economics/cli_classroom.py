"""``inference-economics handouts`` and ``grade``: assignments of each student's own."""

import os
from pathlib import Path

import click
from tqdm import tqdm

from . import workers
from .classroom import grading, roster
from .classroom.assignment import Assignment
from .classroom.handouts import Folder, in_turn
from .tables import InputError


@click.command()
@click.argument("students", metavar="ROSTER.csv", type=click.Path(path_type=Path))
@click.option("--chapter", required=True, help="Such as 03_2_search_scale.")
@click.option("--seed", "term", metavar="TERM", required=True, help="Such as autumn-2026.")
@click.option("--output", metavar="DIR", required=True, type=click.Path(path_type=Path))
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster that makes them.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def handouts(students, chapter, term, output, scheduler, quiet):
    """A notebook for each student in ROSTER.csv, with questions on values of their own.

    ROSTER.csv has a column name, and a column id where names repeat. DIR/handouts is for the
    students; key.csv, overview.html and nbgrader/ are for you. What comes back goes into
    DIR/submitted, in any folders; then run `grade DIR`.

    The values follow from the seed, the chapter and the student alone: a student more changes
    nobody else's.
    """
    assignment = Assignment(chapter, term)
    if not term.strip() or len(term) > 100:
        raise InputError("--seed: must be a word, such as autumn-2026")
    listed = roster.read(students)

    def each(make, students):
        done = in_turn(make, students)
        if scheduler is not None:
            opened = workers.chosen(scheduler, 1)
            done = workers.run(lambda pool, student: pool.submit(make, student), students, opened)
        bar = tqdm(done, total=len(students), desc="Handouts", unit="student", disable=quiet)
        for student, found in bar:
            if isinstance(found, Exception):
                raise InputError(f"{student.name}: no notebook was made ({workers.said(found)})")
            yield student, found

    Folder(output).write(assignment, listed, each)
    click.echo(f"{len(listed)} notebooks in {output / 'handouts'}; the key is {output / 'key.csv'}")


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--time", "seconds", type=click.FloatRange(1), default=60, show_default=True)
@click.option("--memory", "gigabytes", type=click.FloatRange(0.5), default=4, show_default=True)
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count(), help="At a time.")
@click.option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster that runs submissions.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def grade(folder, seconds, gigabytes, jobs, scheduler, quiet):
    """Grade the notebooks in DIR/submitted, each alone, for --time seconds and --memory GB at most.

    Writes DIR/results.csv, with points and feedback for each student and question, and
    DIR/results.html, with their distribution. Interrupted, the same command goes on; graded is only
    what is new.
    """
    limits = grading.Limits(seconds, int(gigabytes * 2**30))
    group = grading.Class(folder, limits)
    missing = group.missing()
    opened = workers.chosen(scheduler, min(jobs, len(missing)))

    def submit(pool, key):
        return pool.submit(grading.grade, *group.task(key))

    total = len(group.found)
    with tqdm(total=total, initial=total - len(missing), unit="student", disable=quiet) as bar:
        for key, found in workers.run(submit, missing, opened):
            if isinstance(found, Exception):
                group.notes.append(f"{key}: could not be graded ({workers.said(found)})")
            else:
                group.keep(key, found)
            bar.update()
    page = group.report()
    for note in group.notes:
        click.echo(note, err=True)
    click.echo(f"{total} graded: open {page}, or {folder / grading.RESULTS}")
