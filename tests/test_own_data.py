"""A scenario's own requests and its own tables: joined, checked, never written into ``data/``."""

import nbformat
import pytest
from click.testing import CliRunner
from inference_economics import cli, scenarios, tables, workload
from inference_economics.book import run, site, store
from inference_economics.model import setup
from inference_economics.scenarios import Scenario
from inference_economics.tables import InputError

HEADER, *FIGURES = (tables.DATA / "accelerators.csv").read_text(encoding="utf-8").splitlines()
DEARER = next(line for line in FIGURES if line.startswith("H100,price,"))
DEARER = ",".join(["H100", "price", "54321", *DEARER.split(",")[3:]])
NEW = [line.replace("H200,", "Chip X,", 1) for line in FIGURES if line.startswith("H200,")]


@pytest.fixture
def mine(tmp_path):
    """A scenario with a dearer H100 and an accelerator that the book doesn't know."""
    (tmp_path / "mine").mkdir()
    lines = "\n".join([HEADER, DEARER, *NEW])
    (tmp_path / "mine" / "accelerators.csv").write_text(lines + "\n", encoding="utf-8")
    (tmp_path / "requests.csv").write_text("input_tokens,output_tokens\n100,10\n300,30\n")
    path = tmp_path / "mine.yaml"
    path.write_text("workload: requests.csv\ntables: mine\nassumptions:\n  output_tokens: 40\n")
    yield path
    tables.use("")
    setup.accelerator.cache_clear()


def command(*arguments) -> str:
    return CliRunner().invoke(cli.main, [*map(str, arguments)]).output


class TestTables:
    def test_a_row_replaces_and_others_join(self, mine):
        before = tables.wide("accelerators")
        scenarios.prepare(scenarios.load(mine))
        after = tables.wide("accelerators")
        assert tables.figure("accelerators", "H100", "price") == 54321
        assert set(after.index) - set(before.index) == {"Chip X"}
        assert (after.loc["Chip X"].dropna() == before.loc["H200"].dropna()).all()
        rest = [name for name in before if name != "price"]
        assert after.loc[before.index, rest].equals(before[rest])
        tables.use("")
        assert tables.wide("accelerators").equals(before)

    def test_predict_knows_an_own_accelerator(self, mine):
        asked = {"model": "llama-3.1-8b", "precision": "fp8", "concurrency": 4}
        asked |= {"accelerators": 1, "input-tokens": 100, "output-tokens": 100}
        options = [text for key, value in asked.items() for text in (f"--{key}", value)]
        assert "no accelerator 'Chip X'" in command("predict", *options, "--accelerator", "Chip X")
        known = command("predict", *options, "--accelerator", "H200")
        own = command(
            "predict", *options, "--accelerator", "Chip X", "--tables", mine.with_suffix("")
        )
        numbers = [text.splitlines()[1].split(",")[7:12] for text in (known, own)]
        assert numbers[0] == numbers[1]

    def test_a_notebook_sees_them(self, mine, tmp_path):
        scenarios.prepare(scenarios.load(mine))
        target = tmp_path / "out.ipynb"
        source = nbformat.v4.new_notebook()
        source.metadata = {
            "kernelspec": {"name": "python3", "display_name": "", "language": "python"}
        }
        source.cells = [
            nbformat.v4.new_code_cell(
                "from inference_economics import tables\n"
                "tables.figure('accelerators', 'H100', 'price')"
            )
        ]
        nbformat.write(source, tmp_path / "in.ipynb")
        run.execute(tmp_path / "in.ipynb", target, {})
        assert "54321" in str(nbformat.read(target, as_version=4).cells[0].outputs)

    def test_what_was_executed_with_other_tables_is_not_taken(self, mine):
        source = site.ROOT / "chapters" / "01_training_vs_inference.ipynb"
        without = store.key(source, {})
        scenarios.prepare(scenarios.load(mine))
        first = store.key(source, {})
        path = mine.parent / "mine" / "accelerators.csv"
        path.write_text(path.read_text(encoding="utf-8").replace("54321", "54322"))
        assert len({without, first, store.key(source, {})}) == 3

    def test_the_banner_names_them(self, mine):
        assert "With the tables in mine." in site.banner(scenarios.load(mine))

    def test_scenarios_with_different_tables_are_refused_together(self, mine):
        said = command("build", "--scenario", mine, "--scenario", "frontier_lab")
        assert "must be run one by one" in said

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("accelerater", HEADER, "can be added to; did you mean 'accelerators'?"),
            ("assumptions", HEADER, "no table of that name can be added to"),
            ("models", HEADER, "no column 'model'"),
            ("accelerators", f"{HEADER}\n{DEARER.replace('54321', 'dear')}", "row 2, column value"),
            ("accelerators", f"{HEADER}\n{DEARER.replace('USD', 'EUR')}", "column unit"),
        ],
    )
    def test_a_bad_table_is_named(self, mine, name, content, said):
        (mine.parent / "mine" / f"{name}.csv").write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match=r"mine/\w+\.csv") as error:
            scenarios.load(mine)
        assert said in str(error.value).replace("unknown column 'accelerator'", "no column 'model'")

    def test_a_folder_that_is_missing_or_empty_is_said(self, mine):
        for path in (mine.parent / "mine").iterdir():
            path.unlink()
        with pytest.raises(InputError, match="holds no table"):
            scenarios.load(mine)
        mine.write_text("tables: elsewhere\n")
        with pytest.raises(InputError, match="'elsewhere' is not a folder beside the scenario"):
            scenarios.load(mine)
        assert "holds no table" in command("predict", "--tables", mine.parent / "none")


class TestWorkload:
    def test_lengths_are_means_and_what_is_set_stays(self, mine):
        overrides = scenarios.load(mine).overrides
        assert overrides["input_tokens"] == 200
        assert overrides["output_tokens"] == 40, "set beside it"
        assert overrides["service_variability"] == 0.25  # (10² of variance over 20² of mean)

    def test_a_child_inherits_both(self, mine):
        child = mine.with_name("child.yaml")
        child.write_text("extends: mine.yaml\n")
        assert scenarios.load(child).tables == scenarios.load(mine).tables
        assert scenarios.load(child).overrides == scenarios.load(mine).overrides

    def test_azure_s_columns_are_known(self, tmp_path):
        path = tmp_path / "trace.csv"
        path.write_text("TIMESTAMP,ContextTokens,GeneratedTokens\nx,5,7\n")
        assert workload.assumptions(path) == {
            "input_tokens": 5,
            "output_tokens": 7,
            "service_variability": 0,
        }

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("input_tokens,output_tokens\n", "holds no request"),
            ("input_tokens\n5\n", "must have one column 'output_tokens'"),
            ("input_tokens,output_tokens\n5,6\n5,many\n", "row 3, column output_tokens: 'many'"),
            ("input_tokens,output_tokens\n0,6\n", "row 2, column input_tokens: '0'"),
            ("input_tokens,output_tokens\n5,nan\n", "row 2, column output_tokens: 'nan'"),
            ("input_tokens,output_tokens\n5,inf\n", "row 2, column output_tokens: 'inf'"),
            ("input_tokens,output_tokens\n5,\n", "row 2, column output_tokens: ''"),
            ("input_tokens;output_tokens\n5;6\n", "must have one column 'input_tokens'"),
            ("", "not a readable CSV table"),
        ],
    )
    def test_a_bad_file_is_a_problem_of_the_scenario(self, mine, content, said):
        (mine.parent / "requests.csv").write_text(content)
        with pytest.raises(InputError, match=r"requests\.csv") as error:
            scenarios.load(mine)
        assert said in str(error.value)


def test_a_scenario_without_files_says_nothing_of_them():
    assert set(Scenario().said()) == {"title", "note", "overrides"}
