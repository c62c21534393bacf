"""Bad input gets a line or two that name file, key, value and what is allowed; exit code 1."""

import math
import os

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from inference_economics import assumptions, cli, scenarios, schemas, tables
from inference_economics.book import run, site
from inference_economics.tables import InputError

NAMES = list(assumptions.known().index)


def attempt(function, *arguments):
    """The result or the :class:`InputError`; any other exception is a failed test."""
    try:
        return function(*arguments)
    except InputError as error:
        return error


def refuse(*_, **__):
    raise OSError("links are not allowed")


def refused(path, content: str | bytes) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        scenarios.load(path)
    message = str(caught.value)
    assert str(path) in message
    assert len(message.splitlines()) <= 2
    return message


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("electricity_prise: 0.2", "did you mean 'electricity_price'?"),
        ("electricity_price: cheap", "must be a number in USD/kWh (0.06 to 0.23 is plausible)"),
        ("electricity_price: -0.1", "must be above 0"),
        ("electricity_price: 0", "must be above 0"),
        ("electricity_price: .nan", "must be a number"),
        ("electricity_price: .inf", "must be a number"),
        ("electricity_price: 1e999", "must be finite"),
        ("electricity_price: true", "must be a number"),
        ("electricity_price: [0.1]", "must be a number"),
        ("electricity_price:", "must be a number"),
        ("utilisation: 1.5", "a share is at most 1"),
        ("batch: 1" + "0" * 400, "must be finite"),
        ("pue: 1.2\n  pue: 1.3", "given twice"),
    ],
)
def test_a_bad_value_is_named(tmp_path, line, said):
    assert said in refused(tmp_path / "my.yaml", f"assumptions:\n  {line}\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x00\xff\xfe\x80 not text", "not a text file"),
        ("assumptions: {a: [", "not valid YAML"),
        ("- just\n- a list\n", "must hold 'assumptions:'"),
        ("", "must hold 'assumptions:'"),
        ("asumptions:\n  pue: 1.2\n", "did you mean 'assumptions'?"),
        ("title: [3]\nassumptions:\n", "it must be text"),
        ("title: 3\n", "must hold 'assumptions:'"),
        ("assumptions: []x", "not valid YAML"),
        ("assumptions: [pue]", "must hold lines 'name: value'"),
        ("a: &a [*a, *a]\n", "aliases (*name) are not allowed"),
        ("title: a\n" + "#" * 200_000, "is larger than 100 kB"),
        ("!!python/object/apply:os.system ['true']\n", "are not allowed"),
    ],
)
def test_a_broken_file_is_named(tmp_path, content, said):
    assert said in refused(tmp_path / "my.yaml", content)


def test_a_quoted_title_may_look_like_a_number(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text('title: "2023"\nassumptions:\n  pue: 1.2e0\n')
    assert scenarios.load(path).title == "2023"
    assert scenarios.load(path).overrides == {"pue": 1.2}


def test_what_no_build_made_is_kept(tmp_path):
    output, new = tmp_path / "html", tmp_path / "new"
    for folder in (output, new):
        folder.mkdir()
        (folder / "index.html").touch()
    (output / "CNAME").touch()
    with pytest.raises(InputError, match="holds 'CNAME', which no build made"):
        site.publish(new, output)
    assert (output / "CNAME").exists()


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(InputError, match=str(path)):
            scenarios.load(path)


@pytest.mark.parametrize("path", sorted(scenarios.FOLDER.glob("*.yaml")), ids=lambda p: p.stem)
def test_shipped_scenarios_load_and_say_what_they_are(path):
    scenario = scenarios.load(path)
    assert scenario.note
    assert scenario.overrides


@given(value=st.one_of(st.floats(), st.text(), st.booleans(), st.none(), st.integers()))
@settings(max_examples=300, deadline=None)
def test_whatever_comes_is_a_valid_number_or_refused(value):
    for name in NAMES[:5]:
        outcome = attempt(assumptions.check, name, value, "here")
        if isinstance(outcome, InputError):
            assert str(outcome).startswith("here: ")
            assert name in str(outcome)
        else:
            assert math.isfinite(outcome)


def test_the_command_ends_with_2_and_leaves_the_last_good_site(tmp_path):
    output = tmp_path / "html"
    output.mkdir()
    (output / "index.html").write_text("the last good site")
    (output / site.SIGN).touch()
    scenario = tmp_path / "bad.yaml"
    scenario.write_text("assumptions:\n  electricity_price: -1\n")
    for arguments in (
        ["--scenario", str(scenario)],
        ["-p", "electricity_price", "nan"],
        ["-p", "elektricity_price", "0.1"],
    ):
        result = CliRunner().invoke(cli.main, ["build", *arguments, "--output", str(output)])
        assert result.exit_code == 1
        assert len(result.output.splitlines()) <= 2
        assert "Traceback" not in result.output
        assert (output / "index.html").read_text() == "the last good site"


def test_a_chapter_that_fails_is_named_and_leaves_the_last_good_site(tmp_path, monkeypatch):
    output = tmp_path / "html"
    output.mkdir()
    (output / "index.html").write_text("the last good site")
    (output / site.SIGN).touch()

    def fail(*_):
        raise InputError("chapter.ipynb, cell 3: ValueError: no")

    monkeypatch.setattr(run, "execute_all", fail)
    result = CliRunner().invoke(cli.main, ["build", "--output", str(output)])
    assert result.exit_code == 1
    assert (output / "index.html").read_text() == "the last good site"
    assert [path.name for path in tmp_path.iterdir()] == ["html"]


def test_a_folder_that_is_no_site_is_refused_and_kept(tmp_path):
    (tmp_path / "letters.txt").write_text("dear")
    (tmp_path / "file").touch()
    for output in (tmp_path, tmp_path / "file"):
        result = CliRunner().invoke(cli.main, ["build", "--output", str(output)])
        assert result.exit_code == 1
        assert "exists and is not a built site" in result.output
    assert (tmp_path / "letters.txt").read_text() == "dear"


def test_a_folder_that_can_not_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    output = str(tmp_path / "file" / "html")
    result = CliRunner().invoke(cli.main, ["build", "--output", output])
    assert result.exit_code == 1
    assert str(tmp_path / "file") in result.output
    assert len(result.output.splitlines()) == 1


def test_what_a_killed_build_left_is_swept(tmp_path, monkeypatch):
    dead, alive = (tmp_path / f"{site.WORK}{pid}-x" for pid in (2**31 - 1, os.getpid()))
    dead.mkdir()
    alive.mkdir()
    monkeypatch.setattr(run, "execute_all", refuse)
    result = CliRunner().invoke(cli.main, ["build", "--output", str(tmp_path / "html")])
    assert result.exit_code == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [alive.name]


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_publishing_replaces_the_site_whole(tmp_path, monkeypatch, links):
    if not links:
        monkeypatch.setattr(type(tmp_path), "symlink_to", refuse)
    output = tmp_path / "html"
    for text in ("first", "second"):
        new = tmp_path / "new"
        new.mkdir()
        (new / "index.html").write_text(text)
        site.publish(new, output)
        assert (output / "index.html").read_text() == text
    assert len(list((tmp_path / ".html-sites").iterdir())) <= 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("share,", "shaer,", 1), "must be a known unit"),
        (lambda text: text.replace("0.083", "cheap", 1), "column value: 'cheap' must be a number"),
        (lambda text: text.replace("reported", "rumoured", 1), "must be one of measured, reported"),
        (lambda text: text.replace("2025-04-01", "April", 1), "must be a date"),
        (lambda text: text.replace("0.083", "0.5", 1), "value must lie between low and high"),
        (lambda text: text.replace("unit,", "units,", 1), "units"),
    ],
)
def test_a_bad_cell_in_a_table_is_named_by_file_row_and_column(tmp_path, change, said):
    path = tmp_path / "assumptions.csv"
    path.write_text(change((tables.DATA / "assumptions.csv").read_text(encoding="utf-8")))
    with pytest.raises(InputError) as caught:
        tables.read(path, schemas.SCHEMAS["assumptions"])
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_missing_figure_is_refused_never_zero():
    with pytest.raises(InputError, match=r"fp8 of A100-80GB is not known"):
        tables.figure("accelerators", "A100-80GB", "fp8")
    with pytest.raises(InputError, match=r"did you mean 'H100'"):
        tables.figure("accelerators", "H1000", "fp8")
    with pytest.raises(InputError, match=r"did you mean 'bandwidth'"):
        tables.figure("accelerators", "H100", "bandwith")
