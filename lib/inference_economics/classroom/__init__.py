"""Personal assignments for a class, and their grading.

:mod:`assignment` draws each student's values, :mod:`handouts` writes them down, :mod:`sandbox` runs
what comes back, :mod:`marking` compares, :mod:`grading` does so for a class. :func:`ask` and
:func:`points` are what a notebook calls.
"""


def ask(chapter: str, term: str, student: str):
    """The questions on ``chapter`` with the values of ``student``, for a notebook."""
    from .assignment import Assignment

    return Assignment(chapter, term).sheet(student)


def points(chapter: str, term: str, number: int, answer) -> float:
    """Points for the answer to question ``number``; says why.

    Called by a hidden test of nbgrader, which runs in a folder of the student's own.
    """
    from pathlib import Path

    from .assignment import Assignment
    from .marking import mark
    from .sandbox import told

    given = Assignment(chapter, term).given(Path.cwd().parent.name)
    question = Assignment(chapter, term).questions[number - 1]
    found = mark(question, given, told(answer))
    print(found.said)
    return found.share * question.level
