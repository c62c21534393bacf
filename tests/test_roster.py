"""Lists of students, as teachers' programs write them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inference_economics.classroom import roster
from inference_economics.tables import InputError

NAMES = ["Ann Bell", "Zoë Ünal", "O'Hara, Bob", "a/b\\c", "..", 'say "x"', "-rf", "=1+1"]
QUOTED = "".join('"{}"\n'.format(name.replace('"', '""')) for name in NAMES)


def written(tmp_path, content: bytes):
    path = tmp_path / "roster.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_usual_encoding_is_read(tmp_path, encoding):
    found = roster.read(written(tmp_path, f"name\n{QUOTED}".encode(encoding)))
    assert [student.name for student in found] == NAMES


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_usual_separator_is_read(tmp_path, separator):
    lines = [f"email{separator} Name {separator}ID", f"a@b{separator}Ann{separator}7"]
    (found,) = roster.read(written(tmp_path, "\r\n".join(lines).encode()))
    assert found == roster.Student.of("Ann", "7")


def test_names_become_safe_and_different_files(tmp_path):
    lines = "".join(f"Student {i},{i}\n" for i in range(10_000))
    found = roster.read(written(tmp_path, f"name,id\n{lines}".encode()))
    keys = [student.key for student in found]
    assert len(set(keys)) == 10_000
    odd = [student.key for student in roster.read(written(tmp_path, f"name\n{QUOTED}".encode()))]
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]{5,47}", key) for key in keys + odd)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "needs a column 'name'; its first line has nothing"),
        (b"Nam,id\nAnn,1\n", "first line has nam, id; did you mean 'nam'?"),
        (b"name\n\n", "lists no student"),
        (b"name\nAnn\nBob\n ann \n", "lines 2 and 4 are both 'ann'; give each an id"),
        (b"name,id\nAnn,1\nBob,1\n", "lines 2 and 3 are both '1'; an id belongs to one student"),
        (b"name,id\nAnn,1\n,2\n", "line 3 has no name"),
        (b"name,id\nAnn,\n", "line 2, 'Ann', has no id"),
        (b"PK\x03\x04\x00\x00\x08\x00", "save it as CSV in UTF-8"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, content, said):
    with pytest.raises(InputError, match=re.escape(said)):
        roster.read(written(tmp_path, content))


def test_all_problems_are_told_at_once(tmp_path):
    with pytest.raises(InputError) as told:
        roster.read(written(tmp_path, b"name,id\n,1\nAnn,\nBob,2\nCy,2\n"))
    assert len(str(told.value).splitlines()) == 3


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        roster.read(tmp_path / "none.csv")


@settings(max_examples=500, deadline=None)
@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda t: f"name\n{t}".encode()))
)
def test_whatever_the_bytes_students_or_a_clear_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("r") / "roster.csv"
    path.write_bytes(content)
    try:
        found, said = roster.read(path), ""
    except InputError as error:
        found, said = [], str(error)
    assert found or str(path) in said
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]*", student.key) for student in found)
    assert all(student.name.isprintable() for student in found)
