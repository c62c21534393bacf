"""Who computes what takes long: processes of this machine, or the workers of a Dask cluster."""

import logging
import multiprocessing
import os
import re
import signal
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from .tables import InputError

PATIENCE = 30  # seconds until a cluster has answered
ADDRESS = re.compile(r"((tcp|tls|wss?)://)?(\[[0-9A-Fa-f:]+\]|[^\s/:\[\]]+):\d{1,5}")
AHEAD = 2  # tasks for each process or thread, so that none waits for its next one
TRIES = 3  # of a task whose worker dies

# Opens workers: an executor, and how many tasks it may have at a time.
Workers = Callable[[], AbstractContextManager[tuple[Executor, Callable[[], int]]]]


@contextmanager
def processes(jobs: int) -> Iterator[tuple[Executor, Callable[[], int]]]:
    """``jobs`` processes that end with this one."""
    jobs = min(jobs, 60) if sys.platform == "win32" else jobs  # it can't wait for more
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_follow)
    try:
        yield pool, lambda: AHEAD * jobs
    finally:
        pool.shutdown(cancel_futures=True)


def _follow() -> None:
    """A worker leaves Ctrl-C to its parent, and ends when that is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch():
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, Callable[[], int]]]:
    """The workers of the Dask cluster whose scheduler is at ``address``, such as tcp://host:8786."""
    try:
        from distributed import Client
    except ImportError:
        needed = "pip install 'inference-economics[dask]'"
        raise InputError(f"--scheduler: Dask is not installed; {needed}") from None
    if not ADDRESS.fullmatch(address):
        raise InputError(f"--scheduler {address!r}: must be an address such as tcp://host:8786")
    for handler in logging.getLogger("distributed").handlers:
        handler.setLevel(logging.CRITICAL)  # what it would say, we do
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except OSError as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"--scheduler {address}: no answer ({said})") from None
    try:
        with client, _executor(client, address) as pool:
            yield pool, lambda: AHEAD * max(1, sum(client.nthreads().values()))
    except (OSError, CancelledError):
        again = "start the same command again to go on"
        raise InputError(f"--scheduler {address}: the cluster went away; {again}") from None


@contextmanager
def _executor(client, address: str) -> Iterator[Executor]:
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise InputError(f"--scheduler {address}: the cluster has no workers") from None
    pool = client.get_executor(pure=False)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False)


def chosen(scheduler: str | None, jobs: int) -> Workers:
    """``jobs`` processes, or the cluster at the address ``scheduler`` if there is one."""
    return partial(processes, jobs) if scheduler is None else partial(cluster, scheduler)


def said(error: Exception) -> str:
    """What went wrong in a task, in a line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def run(
    submit: Callable[[Executor, object], Future], keys: list, opened: Workers
) -> Iterator[tuple[object, object]]:
    """Each of the ``keys`` as its task gets ready: its result, or the exception it raised.

    When a worker dies, nobody knows which task it had: those that were under way are tried again
    one at a time, each :data:`TRIES` times in all.
    """
    waiting, broken = deque(keys), Counter()
    while waiting:
        running: dict = {}
        with opened() as (pool, most):
            try:
                while waiting or running:
                    while waiting and len(running) < (
                        1 if any(map(broken.get, [waiting[0], *running.values()])) else most()
                    ):
                        running[submit(pool, waiting[0])] = waiting[0]
                        waiting.popleft()
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        found = _outcome(future)
                        yield running.pop(future), found
                        del found
            except BrokenExecutor:
                pass
        for key in reversed(running.values()):
            broken[key] += 1
            if broken[key] < TRIES:
                waiting.appendleft(key)
            else:
                yield key, RuntimeError(f"its worker died {TRIES} times")


def _outcome(future) -> object:
    try:
        return future.result()
    except (BrokenExecutor, CancelledError):
        raise
    except Exception as error:
        return error
