"""Builds that are killed, or whose disk is full or read-only, or that run beside another.

Whatever happens, the last good site stays whole, the next build is right, and what is said is
short. ``MOMENTS=50 pytest tests/test_faults.py`` kills at fifty moments, and more often elsewhere.
"""

import os
import random
import shutil

import pytest

from .small_book import PAGES, Book, edition

MOMENTS = int(os.environ.get("MOMENTS", "12"))


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    made = Book(tmp_path_factory.mktemp("small"))
    assert made.build()["code"] == 0
    yield made
    made.process.stdin.close()
    made.process.wait(20)


def editions(book) -> set[str]:
    """Which editions the pages of the site are of; each has to be there."""
    pages = [book.site / "index.html", *(book.site / f"page{n}.html" for n in range(PAGES))]
    texts = [page.read_text() for page in pages]
    assert all(text.count("edition") == 100 for text in texts), "a page is cut"
    return {text.splitlines()[0] for text in texts}


def is_right(book, number: int) -> None:
    """The next build is whole, and leaves nothing behind but itself."""
    done = book.build()
    assert (done["code"], "Error" in done["said"]) == (0, False), done
    assert editions(book) == {f"edition {number}"}
    left = {path.name for path in book.site.parent.iterdir()} - {"executed"}
    assert left == {"html", ".html-sites"}


def changes(book, number: int) -> int:
    """How often a build writes, renames or removes something."""
    edition(book.root, number)
    done = book.build(fault={"kind": "none", "at": -1})
    assert done["code"] == 0
    return int(done["said"].partition("changes:")[2])


def test_killed_at_any_moment(book):
    edition(book.root, 1)
    whole = book.build()["took"]
    chance, last, killed = random.Random(1), 1, 0
    for number in range(2, 2 + MOMENTS):
        edition(book.root, number)
        done = book.build(after=chance.uniform(0, whole))
        killed += done["code"] == -9
        (found,) = editions(book)
        assert found in (f"edition {last}", f"edition {number}")
        last = int(found.split()[1])
    assert killed > MOMENTS // 2
    is_right(book, number)


def test_killed_at_each_change_to_the_disk(book):
    """The moments that matter most, one after the other."""
    number, last = 1000, 1000
    count = changes(book, number)
    assert count > 50
    for at in range(1, count + 1, max(1, count // MOMENTS)):
        number += 1
        edition(book.root, number)
        assert book.build(fault={"kind": "kill", "at": at})["code"] == -9
        (found,) = editions(book)
        assert found in (f"edition {last}", f"edition {number}")
        last = int(found.split()[1])
    is_right(book, number)


@pytest.mark.parametrize(("kind", "said"), [("ENOSPC", "No space left"), ("EROFS", "Read-only")])
def test_a_disk_that_refuses(book, kind, said):
    """From some change on nothing can be written: a line, and the site that was there."""
    number = 2000
    count = changes(book, number)
    for at in range(1, count + 1, max(1, 3 * count // MOMENTS)):
        number += 1
        edition(book.root, number)
        before = editions(book)
        done = book.build(fault={"kind": kind, "at": at, "lasting": True})
        lines = [line for line in done["said"].splitlines() if "changes:" not in line]
        assert "Traceback" not in done["said"]
        if done["code"]:
            assert done["code"] == 1
            assert said in lines[0], done
            assert len(lines) <= 2
        assert editions(book) in (before, {f"edition {number}"})
    is_right(book, number)


def test_two_at_once_both_end_well(book):
    edition(book.root, 3000)
    shutil.rmtree(book.root / "_build" / "executed")
    for done in book.builds({}, {}):
        assert done["code"] == 0, done
    is_right(book, 3000)


def test_a_notebook_that_raises_and_one_whose_kernel_is_killed(book):
    chapter = book.root / "chapters" / "b.ipynb"
    text = chapter.read_text()
    before = editions(book)
    for line, said in (
        ("raise ValueError('no')", "b.ipynb, cell 2: ValueError: no"),
        ("import os; os.kill(os.getpid(), 9)", "b.ipynb: its kernel was killed"),
    ):
        chapter.write_text(text.replace("print(pue)", line))
        done = book.build()
        assert done["code"] == 1
        lines = [line for line in done["said"].splitlines() if not line.startswith("Kernel died")]
        assert lines[0].startswith(f"Error: {said}")
        assert len(lines) == 1
        assert editions(book) == before
    chapter.write_text(text)
    assert book.build()["code"] == 0
