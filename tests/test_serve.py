"""``serve``: a saved change is in the browser without a hand; a failed build says why."""

import subprocess
import sys
import threading
import urllib.request
from functools import partial

import pytest
from inference_economics.book import serve
from inference_economics.tables import InputError

from tests.visit import Visit

PAGE = "<html><head><link rel=icon href=data:,></head><body><h1>{}</h1></body></html>"


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A small site whose builds are a line of Python; what was said, and the source to save."""
    site, source, said = tmp_path / "site", tmp_path / "source.md", []
    site.mkdir()
    (site / "index.html").write_text(PAGE.format("nothing yet"))
    source.write_text("first")
    monkeypatch.setattr(serve, "ROOT", tmp_path)
    monkeypatch.setattr(serve, "WATCHED", ("*.md",))
    real = subprocess.Popen

    def build(command, **options):
        text = source.read_text()
        if text == "bad":
            code = "import sys; sys.exit('Error: source.md, line 1: is <b>bad</b>')"
        else:
            page = PAGE.format(text)
            code = (
                f"from pathlib import Path; Path({str(site / 'index.html')!r}).write_text({page!r})"
            )
        return real([sys.executable, "-c", code], **options)

    monkeypatch.setattr(serve.subprocess, "Popen", build)
    stop = threading.Event()

    def sleep(seconds):
        if stop.wait(seconds):
            raise KeyboardInterrupt

    monkeypatch.setattr(serve.time, "sleep", sleep)
    running = threading.Thread(target=serve.serve, args=([], site, 0, [], said.append))
    running.start()
    while not any("built in" in line for line in said):
        pass
    yield said[0].split()[0], source, said
    stop.set()
    running.join(10)
    assert not running.is_alive()


def test_a_saved_change_is_seen_and_a_failure_told(served, chromium, capfd):
    address, source, said = served
    visit = Visit(chromium, address)
    heading = partial(visit.page.locator, "h1")
    heading(has_text="first").wait_for()
    source.write_text("second")
    heading(has_text="second").wait_for()
    visit.page.evaluate("window.page = { tell: (text) => (window.told = text) }")
    source.write_text("bad")
    visit.until("() => window.told === 'Not built: source.md, line 1: is <b>bad</b>'")
    assert visit.page.inner_text("h1") == "second"
    source.write_text("third")
    heading(has_text="third").wait_for()
    assert visit.errors == []
    assert not [url for url in visit.requests if not url.startswith(address)]
    visit.context.close()
    assert "source.md: not built" in said
    assert "Error: source.md, line 1" in capfd.readouterr().err  # as the build said it


def test_the_files_themselves_stay_as_they_are(served):
    address, _, _ = served
    page = urllib.request.urlopen(address).read().decode()
    assert "~reload.js" in page
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{address}../../etc/passwd")
    odd = urllib.request.urlopen(f"{address}~news.js?since=x").read().decode()
    assert odd == "location.reload()"


def test_a_port_in_use_is_said(served, tmp_path):
    address, _, _ = served
    port = int(address.rstrip("/").rpartition(":")[2])
    with pytest.raises(InputError, match=rf"--port {port}: .*; choose another"):
        serve.serve([], tmp_path, port, [], print)


def test_what_programs_leave_beside_a_source_is_no_change(tmp_path, monkeypatch):
    monkeypatch.setattr(serve, "ROOT", tmp_path)
    (tmp_path / "index.md").write_text("a")
    own = tmp_path / "elsewhere.yaml"
    own.write_text("a")
    before = serve.snapshot([own])
    assert set(before) == {tmp_path / "index.md", own}
    (tmp_path / "index.md~").write_text("b")
    assert serve.snapshot([own]) == before
