"""A book of two small notebooks, built by the real command, in forks of one process, with faults.

``python -m tests.small_book FOLDER`` reads an order a line and answers each with a line of JSON.
Only Sphinx is stood in for; the notebooks, the store, the stage and the publishing are real.
"""

import errno
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from inference_economics import cli
from inference_economics.book import site, store, warm

PAGES = 20
CHANGES = ("os.mkdir", "os.rename", "os.symlink", "os.link", "os.chmod", "os.remove", "os.rmdir")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def notebook(path: Path, line: str) -> None:
    made = nbformat.v4.new_notebook()
    made.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "3"}
    first = nbformat.v4.new_code_cell("pue = 1.0", metadata={"tags": ["parameters"]})
    made.cells = [first, nbformat.v4.new_code_cell(line)]
    for number, cell in enumerate(made.cells):
        cell["id"] = str(number)
    nbformat.write(made, path)


def lay_out(root: Path) -> None:
    for folder in ("chapters", "data"):
        (root / folder).mkdir(parents=True)
    (root / "_toc.yml").write_text(
        "parts:\n- caption: Chapters\n  chapters:\n  - file: chapters/a\n  - file: chapters/b\n"
    )
    (root / "_config.yml").write_text("sphinx:\n  config: {}\n")
    (root / "index.md").write_text("# A book\n")
    edition(root, 0)
    notebook(root / "chapters" / "a.ipynb", "print('edition', open('../data/edition').read())")
    notebook(root / "chapters" / "b.ipynb", "print(pue)")


def edition(root: Path, number: int) -> None:
    (root / "data" / "edition").write_text(str(number))


def pages(stage: Path, builder: str, quiet: bool) -> Path:
    """In Sphinx's place: pages that say what the notebooks have printed, one after the other."""
    said = ""
    for path in sorted((stage / "chapters").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            said += "".join(output.get("text", "") for output in cell.get("outputs", []))
    made = stage / "_build" / builder
    (made / "_sources" / "chapters").mkdir(parents=True)
    for name in (site.SIGN, "index.html", *(f"page{n}.html" for n in range(PAGES))):
        (made / name).write_text(said * 100)
        time.sleep(0.005)
    return made


class Fault:
    """At the change number ``at`` to what is in ``folder``: an error, an end, or a wait at each."""

    def __init__(self, folder: str, kind: str, at: int, lasting: bool = False):
        self.folder, self.kind, self.at, self.lasting = folder, kind, at, lasting
        self.count = 0

    def __call__(self, event: str, args: tuple) -> None:
        opened = event == "open" and isinstance(args[2], int) and args[2] & WRITES
        if not (opened or event in CHANGES):
            return
        if not str(args[1 if event == "os.symlink" else 0]).startswith(self.folder):
            return
        self.count += 1
        if self.kind == "wait":
            time.sleep(random.random() / 50)
        elif self.count == self.at or (self.lasting and self.count > self.at):
            if self.kind == "kill":
                os.killpg(0, signal.SIGKILL)
            if self.kind != "ENOSPC" or event not in ("os.remove", "os.rmdir", "os.chmod"):
                number = getattr(errno, self.kind)
                raise OSError(number, os.strerror(number), str(args[0]))


def begin(root: Path, order: dict) -> tuple[int, int]:
    """A fork that builds as ordered: its process, and where its words can be read."""
    reading, writing = os.pipe()
    if process := os.fork():
        os.close(writing)
        return process, reading
    os.setsid()
    os.dup2(writing, 1)
    os.dup2(writing, 2)
    os.close(reading)
    fault = Fault(str(root), **order["fault"]) if "fault" in order else None
    if fault:
        sys.addaudithook(fault)
    if "largest" in order:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest"],) * 2)
    code = 1
    try:
        cli.main(["build", "--quiet", "--output", str(root / "_build/html"), *order["arguments"]])
    except SystemExit as end:
        code = end.code
    finally:
        if fault:
            print("changes:", fault.count)
        sys.stdout.flush()
        os._exit(code)


def end(process: int, reading: int, after: float | None) -> dict:
    start = time.perf_counter()
    if after is not None:
        time.sleep(after)
        os.killpg(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    took = time.perf_counter() - start
    with os.fdopen(reading, errors="replace") as words:
        said = words.read()
    return {"code": os.waitstatus_to_exitcode(status), "said": said, "took": took}


class Book:
    """The process that builds, and the folder of its book."""

    def __init__(self, root: Path):
        self.root, self.site = root, root / "_build" / "html"
        lay_out(root)
        command = [sys.executable, "-m", "tests.small_book", str(root)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def builds(self, *orders: dict) -> list[dict]:
        """Builds at once, as ordered; how each ended."""
        print(json.dumps([{"arguments": []} | order for order in orders]), file=self.process.stdin)
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def build(self, *arguments: str, **order) -> dict:
        return self.builds({"arguments": arguments} | order)[0]


def serve(root: Path) -> None:
    site.ROOT = store.ROOT = root
    store.FOLDER = root / "_build" / "executed"
    site.sphinx = pages
    warm.PRELOADED = ["ipykernel.kernelapp"]
    store._around()
    for line in sys.stdin:
        orders = json.loads(line)
        begun = [begin(root, order) for order in orders]
        ended = [end(*one, order.get("after")) for one, order in zip(begun, orders, strict=True)]
        print(json.dumps(ended), flush=True)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
