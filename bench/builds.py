"""How long a build takes beside ``jupyter-book build``, which executes the same notebooks itself.

In one run, one after the other: Jupyter Book alone; ours from nothing; ours after one assumption
has changed (the median one, and the one that most chapters use); ours when nothing has.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import yaml
from inference_economics import assumptions
from inference_economics.book import run, site, store

BOOK = "import jupyter_book.cli.main as book; book.main()"


def plain(folder: Path) -> float:
    """Seconds that Jupyter Book takes for the book's pages with its own execution."""
    stage = folder / "plain"
    shutil.copytree(site.ROOT / "chapters", stage / "chapters")
    for page in site._sources():
        shutil.copy(page, stage / page.relative_to(site.ROOT))
    config = yaml.safe_load((stage / "_config.yml").read_text(encoding="utf-8"))
    config["execute"] = {"execute_notebooks": "force", "timeout": 300}
    (stage / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return timed(sys.executable, "-c", BOOK, "build", str(stage), "--quiet")


def ours(folder: Path, *options: str) -> float:
    command = "from inference_economics.cli import main; main()"
    output = str(folder / "ours")
    return timed(sys.executable, "-c", command, "build", "--quiet", "--output", output, *options)


def timed(*command: str) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, cwd=site.ROOT)
    if done.returncode:
        sys.exit(f"{' '.join(command[3:])}: {done.stderr.strip()[-300:]}")
    return time.perf_counter() - start


def used() -> list[tuple[str, int]]:
    """Every assumption with the number of notebooks that have it as a parameter, fewest first."""
    count = Counter(name for page in site.pages() for name in run.parameters(page))
    return sorted(count.items(), key=lambda item: (item[1], item[0]))


def changed(name: str) -> tuple[str, str, str]:
    row = assumptions.known().loc[name]
    return "-p", name, repr(float(row.high if row.value != row.high else row.low))


def main() -> None:
    shutil.rmtree(store.FOLDER, ignore_errors=True)
    counts = used()
    (usual, few), (wide, many) = counts[len(counts) // 2], counts[-1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = plain(folder)
        seconds = {"from nothing": ours(folder), "nothing changed": ours(folder)}
        seconds[f"{usual} changed ({few} notebooks)"] = ours(folder, *changed(usual))
        ours(folder)
        seconds[f"{wide} changed ({many} notebooks)"] = ours(folder, *changed(wide))
    print(f"jupyter-book build, executing the notebooks itself: {whole:.1f} s")
    cold = seconds["from nothing"]
    for what, each in seconds.items():
        ratio = f"{each / whole:.3f} of it, {each / cold:.2f} of ours from nothing"
        print(f"ours, {what}: {each:.1f} s, {ratio}")


if __name__ == "__main__":
    main()
