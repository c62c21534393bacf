"""``make audit``: the built pages' scores, weight and speed, held to ``bench/budget.yaml``.

``python -m bench.pages.audit weight redraw`` measures these alone. One page at a time, one thing
at a time: another busy program shows in Lighthouse's and the redraws' milliseconds.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from subprocess import PIPE

import pandas as pd
import yaml
from inference_economics.book import chromium as browser
from inference_economics.book import run, site, warm
from inference_economics.scenarios import Scenario
from tqdm import tqdm

from tests.visit import Visit

from . import plain
from .server import served

BENCH = Path(__file__).parents[1]
BUDGET = yaml.safe_load((BENCH / "budget.yaml").read_text(encoding="utf-8"))
REDRAW = (BENCH / "pages" / "redraw.js").read_text(encoding="utf-8")
CHAPTERS = [path.stem for path in site.chapters()]
RUNS = 3  # of Lighthouse; the median counts
SLIDERS = 6  # at least so many are dragged
TIMINGS = {
    "LCP_s": ("largest-contentful-paint", 1e-3),
    "TBT_ms": ("total-blocking-time", 1),
    "CLS": ("cumulative-layout-shift", 1),
}


def lighthouse(ours: str, theirs: str) -> dict[str, dict]:
    """Scores [0..100] and timings of each page as on a phone; of one plain chapter to compare."""
    pages = {"index": f"{ours}/", **{name: _page(ours, name) for name in CHAPTERS}}
    pages[f"plain {CHAPTERS[0]}"] = _page(theirs, CHAPTERS[0])
    _lighthouse(pages["index"])  # the first start of a browser is slow
    found = {}
    for name, address in tqdm(pages.items(), "Lighthouse", unit=" pages"):
        reports = [_lighthouse(address) for _ in range(RUNS)]
        found[name] = {key: median(report[key] for report in reports) for key in reports[0]}
    return found


def _lighthouse(address: str) -> dict[str, float]:
    flags = " ".join([*browser.QUIET, "--headless=new", "--no-sandbox"])
    command = ["node", str(BENCH / "node_modules" / "lighthouse" / "cli" / "index.js"), address]
    done = subprocess.run(
        [*command, "--quiet", "--output=json", f"--chrome-flags={flags}"],
        env=os.environ | {"CHROME_PATH": browser.find()},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(f"Lighthouse, {address}: {done.stderr.strip()[-300:]}")
    report = json.loads(done.stdout)
    scores = {key: round(100 * (item["score"] or 0)) for key, item in report["categories"].items()}
    return scores | {
        key: report["audits"][audit].get("numericValue", float("nan")) * scale
        for key, (audit, scale) in TIMINGS.items()
    }


def weight(ours: str, theirs: str) -> dict[str, dict]:
    """What each chapter loads [kB, compressed], on opening and with every chart drawn."""
    found = {}
    with browser.launched() as chromium:
        for name in tqdm(CHAPTERS, "Weight", unit=" pages"):
            opened, awake = _loaded(chromium, _page(ours, name))
            plain_opened, plain_awake = _loaded(chromium, _page(theirs, name))
            found[name] = {
                "open_kB": opened,
                "plain_open_kB": plain_opened,
                "open_share": opened / plain_opened,
                "awake_kB": awake,
                "plain_awake_kB": plain_awake,
                "awake_share": awake / plain_awake,
            }
    return found


def _loaded(chromium, address: str) -> tuple[float, float]:
    """Bytes over the wire [kB]: when the page has opened, and when it was read to its end."""
    requests = []
    visit = Visit(chromium, "about:blank")
    visit.page.on("requestfinished", lambda request: requests.append(request))
    visit.page.goto(address, wait_until="networkidle")
    visit.page.wait_for_timeout(1500)  # scripts that load others may have been busy
    sizes = [_body(requests)]
    visit.wake_all()
    visit.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    visit.page.wait_for_timeout(500)
    sizes.append(_body(requests))
    visit.context.close()
    return tuple(sizes)


def _body(requests) -> float:
    return sum(request.sizes()["responseBodySize"] for request in requests) / 1000


def redraw(ours: str, theirs: str) -> dict[str, dict]:
    """A dragged slider on each chapter [ms], beside executing its notebook again [s].

    As a reader of README would, with papermill's command; ``warm_s`` is the build's own way, which
    spares the start of programs and kernels.
    """
    found = {}
    warm.use()
    with browser.launched() as chromium, tempfile.TemporaryDirectory() as folder:
        for name in tqdm(CHAPTERS, "Redraw", unit=" pages"):
            times = _dragged(chromium, _page(ours, name))
            source = site.ROOT / "chapters" / f"{name}.ipynb"
            target = Path(folder) / source.name
            command = [sys.executable, "-m", "papermill", str(source), str(target)]
            command += ["--no-progress-bar"]
            again = _seconds(subprocess.run, command, check=True, stderr=PIPE)
            warm_s = _seconds(run.execute, source, target, Scenario().values)
            recomputed, painted = (median(each) for each in zip(*times, strict=True))
            found[name] = {
                "changes": len(times),
                "recomputed_ms": recomputed,
                "redraw_ms": painted,
                "slowest_ms": max(painted for _, painted in times),
                "again_s": again,
                "warm_s": warm_s,
                "faster": 1000 * again / recomputed,  # an executed notebook is not on a screen yet
                "faster_painted": 1000 * again / painted,
            }
    return found


def _seconds(work, *arguments, **options) -> float:
    start = time.perf_counter()
    work(*arguments, **options)
    return time.perf_counter() - start


def _dragged(chromium, address: str) -> list[tuple[float, float]]:
    """Milliseconds until recomputed, and until painted, for a few changes all over the page.

    By mouse, as a reader does it: the browser hands out a drag at the start of a frame.
    """
    visit = Visit(chromium, address).wake_all()
    page = visit.page
    page.evaluate(REDRAW)
    found = page.locator("figure.chart .controls input[type=range]").all()
    sliders = list({slider.get_attribute("aria-label"): slider for slider in found}.values())
    for slider in sliders[:: max(1, len(sliders) // SLIDERS)]:
        slider.hover()
        box = slider.bounding_box()
        page.mouse.down()
        for share in (0.1, 0.3, 0.5, 0.7, 0.9):
            page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
            page.wait_for_timeout(100)
        page.mouse.up()
    times = page.evaluate("times")
    visit.context.close()
    return times


def _page(address: str, chapter: str) -> str:
    return f"{address}/chapters/{chapter}.html"


def broken(table: dict[str, dict]) -> list[str]:
    """A line for each number of ``table`` that is not within the budget."""
    lines = []
    for page, row in table.items():
        for name, value in row.items():
            if value > BUDGET["most"].get(name, value):
                lines.append(f"{page}: {name} {value:.4g}, at most {BUDGET['most'][name]}")
            if value < BUDGET["least"].get(name, value):
                lines.append(f"{page}: {name} {value:.4g}, at least {BUDGET['least'][name]}")
    return lines


def main(*chosen: str) -> None:
    measures = {item.__name__: item for item in (lighthouse, weight, redraw)}
    if unknown := set(chosen) - set(measures):
        sys.exit(f"no measure {min(unknown)!r}; there are {', '.join(measures)}")
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        theirs = plain.build(Path(folder), os.cpu_count())
        with served(site.ROOT / "_build" / "html") as here, served(theirs) as there:
            for name in chosen or measures:
                table = measures[name](here, there)
                print(pd.DataFrame(table).T.to_string(float_format="{:.4g}".format), flush=True)
                lines += broken({p: row for p, row in table.items() if not p.startswith("plain")})
    if lines:
        sys.exit("\n".join(["Not within bench/budget.yaml:", *lines]))


if __name__ == "__main__":
    main(*sys.argv[1:])
