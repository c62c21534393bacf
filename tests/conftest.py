"""The book, built once for all tests: at its defaults, and with every assumption moved."""

import random

import pytest
import yaml
from inference_economics import assumptions
from inference_economics.book import chromium as browser
from inference_economics.book import site
from inference_economics.scenarios import Scenario

ADDRESS = "https://example.org/book/"
REPOSITORY = "https://github.com/example/book"


def moved(seed: int) -> dict[str, float]:
    """Every assumption somewhere else within its plausible range, to three digits."""
    chance = random.Random(seed)
    table = assumptions.known()
    values = {}
    for name, row in table.iterrows():
        value = float(f"{chance.uniform(row.low, row.high):.3g}")
        values[name] = min(max(value, row.low), row.high)
    return values


@pytest.fixture(scope="session")
def stage(tmp_path_factory):
    """The book at its defaults, executed, for whatever is made of it."""
    output = tmp_path_factory.mktemp("book") / "html"
    with site.staged(Scenario(), output, jobs=2, quiet=True) as folder:
        yield folder


@pytest.fixture(scope="session")
def book(stage):
    """The folder of the site at its defaults."""
    return site.make(stage, stage.parents[1] / "html", quiet=True).parent


@pytest.fixture(scope="session")
def altered():
    """A scenario in which every assumption has moved."""
    return Scenario("Altered", overrides=moved(seed=1))


@pytest.fixture(scope="session")
def altered_book(tmp_path_factory, altered):
    """The site that Python builds under the altered scenario, as for a public host."""
    output = tmp_path_factory.mktemp("altered") / "html"
    with site.staged(altered, output, jobs=2, quiet=True) as folder:
        config = yaml.safe_load((folder / "_config.yml").read_text(encoding="utf-8"))
        config["repository"]["url"] = REPOSITORY
        config["html"]["baseurl"] = ADDRESS
        (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        return site.make(folder, output, quiet=True).parent


@pytest.fixture(scope="session")
def chromium():
    """A running browser."""
    with browser.launched() as running:
        yield running
