"""The site on this machine, built again whenever something it is made of is saved.

A page asks for a script that is answered only when there is news: a policy that forbids it any
connection stands, and nothing is added to the site itself.
"""

import json
import os
import re
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from ..tables import InputError
from .site import ROOT

HOST = "127.0.0.1"
WATCHED = ("*.md", "_*.yml", "chapters/*", "data/**/*", "lib/**/*")
MADE = ("__pycache__", ".pyc", "~", ".swp", ".tmp")  # what programs leave beside a source
LOOK = 0.4  # seconds between two looks at the files
PATIENCE = 25  # seconds until a question without news is answered
WRONG = re.compile(r"(?:^|[\r\n])Error: (.*)", re.DOTALL)
RELOAD = """(() => {{
  window.heard = {number};
  const ask = () => {{
    const script = document.createElement("script");
    script.src = "/~news.js?since=" + heard + "&at=" + Date.now();
    script.onload = () => (script.remove(), ask());
    script.onerror = () => (script.remove(), setTimeout(ask, 1000));
    document.head.append(script);
  }};
  addEventListener("load", ask); // or else the page would go on loading until there is news
}})();"""
TAG = '<script src="/~reload.js" defer></script></body>'


class News:
    """How many builds there were, and what the last one said if it failed."""

    def __init__(self):
        self.number, self.problem = 0, ""
        self.changed = threading.Condition()

    def tell(self, problem: str = "") -> None:
        with self.changed:
            self.number += 1
            self.problem = problem
            self.changed.notify_all()

    def since(self, number: int) -> str:
        """A script: to load the page again, to show a problem, or none if there is no news."""
        with self.changed:
            self.changed.wait_for(lambda: self.number != number, PATIENCE)
            if self.number == number:
                return ""
            if self.problem:
                said = json.dumps(f"Not built: {self.problem}").replace("<", "\\u003c")
                return f"heard = {self.number}; window.page?.tell({said})"
            return "location.reload()"


class Handler(SimpleHTTPRequestHandler):
    """Files of the site; into its pages a script is put that waits for news."""

    def __init__(self, *arguments, news: News, **options):
        self.news = news
        super().__init__(*arguments, **options)

    def handle(self):
        with suppress(ConnectionError):  # a page that is left stops asking
            super().handle()

    def do_GET(self):
        asked = urlsplit(self.path)
        if asked.path == "/~reload.js":
            return self._send(RELOAD.format(number=self.news.number), "text/javascript")
        if asked.path == "/~news.js":
            since = parse_qs(asked.query).get("since", [""])[0]
            found = self.news.since(int(since) if since.isdecimal() else -1)
            return self._send(found, "text/javascript")
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() and asked.path.endswith("/") else path
        if path.suffix != ".html" or not path.is_file():
            return super().do_GET()
        page = path.read_text(encoding="utf-8")
        return self._send(page.replace("</body>", TAG), "text/html; charset=utf-8")

    def _send(self, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self):
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_):
        pass


def snapshot(more: list[Path]) -> dict[Path, int]:
    """When each file that a site is made of was last written; ``more`` are watched as well."""
    paths = {path for pattern in WATCHED for path in ROOT.glob(pattern)} | set(more)
    found = {}
    for path in paths:
        if path.is_file() and not any(part in str(path) for part in MADE):
            found[path] = path.stat().st_mtime_ns
    return found


def serve(options: list[str], output: Path, port: int, watched: list[Path], say=print) -> None:
    """Builds with the command's ``options`` into ``output`` and serves it, until interrupted."""
    news = News()
    handler = partial(Handler, directory=str(output), news=news)
    try:
        server = ThreadingHTTPServer((HOST, port), handler)
    except OSError as error:
        raise InputError(f"--port {port}: {error.strerror}; choose another") from None
    server.daemon_threads = True
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        say(f"http://{HOST}:{server.server_port}/ (Ctrl+C ends it)")
        try:
            before = {}
            while True:
                now = snapshot(watched)
                if now != before:
                    _build(
                        options, output, sorted(set(now.items()) ^ set(before.items())), news, say
                    )
                    before = now
                time.sleep(LOOK)
        except KeyboardInterrupt:
            say("")
        finally:
            server.shutdown()


def _build(options: list[str], output: Path, saved: list, news: News, say) -> None:
    """One build in a process of its own: the library may be what has changed."""
    names = sorted({path.name for path, _ in saved})
    what = names[0] if len(names) == 1 else f"{len(names)} files"
    start = time.perf_counter()
    command = [sys.executable, "-m", "inference_economics.cli", "build", *options]
    said = b""
    with subprocess.Popen(
        [*command, "--output", str(output)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as running:
        while piece := os.read(running.stderr.fileno(), 4096):  # bars, and what went wrong
            said += piece
            sys.stderr.buffer.write(piece)
            sys.stderr.flush()
    took = f"{time.perf_counter() - start:.1f} s"
    found = WRONG.search(said.decode(errors="replace"))
    problem = found[1].strip() if found else "the build ended"
    problem = problem if running.returncode else ""
    say(f"{what}: not built" if problem else f"{what}: built in {took}")  # why has been shown
    news.tell(problem)
