"""What holds for every command: exit codes, bars that can be silenced, JSON."""

import json

import pytest
from click.testing import CliRunner
from inference_economics import cli

QUICK = {"scenario", "validate"}  # done in a second


def run(*arguments: str):
    return CliRunner().invoke(cli.main, arguments)


def test_what_lasts_can_be_quiet():
    for name in cli.main.list_commands(None):
        command = cli.main.get_command(None, name)
        options = {option for each in command.params for option in each.opts}
        assert ("--quiet" in options) != (name in QUICK), name


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["scenario", "list"], 0),
        (["compare", "frontier_lab", "--quiet"], 0),
        (["compare", "frontier_lob"], 1),
        (["compare", "-p", "pue", "0.5"], 1),
        (["uncertainty", "--scenario", "none.yaml"], 1),
        (["build", "--scenario", "none.yaml"], 1),
        (["sweep", "none.yaml"], 1),
        (["scenario", "check", "none.yaml"], 1),
        (["predict", "none.csv"], 1),
        (["predict"], 2),
        (["predict", "x.csv", "--model", "y"], 2),
        (["compare", "--jason"], 2),
        (["sweep"], 2),
        (["uncertainty", "--draws", "many"], 2),
        (["compute"], 2),
    ],
)
def test_the_exit_code_says_what_was_wrong(arguments, code):
    found = run(*arguments)
    assert found.exit_code == code
    assert "Traceback" not in found.output


def test_json_is_all_that_is_printed():
    """For each command that has it, but for those that need an input of their own."""
    for arguments in (["compare", "frontier_lab"], ["validate"], ["scenario", "list"]):
        found = run(*arguments, "--json")
        assert json.loads(found.stdout)
        assert not found.stderr
