"""Warm kernels: one process has imported the library, and each notebook runs in a fork of it.

A kernel's own start and imports take longer than most chapters compute. A fork has them done, and
nothing else: whatever a notebook changes stays in its own process. Where the system can't fork
safely, kernels start as Jupyter starts them.
"""

import multiprocessing
import os
import signal
import sys

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

NAME = "inference-economics-warm"  # the entry point in pyproject.toml
PRELOADED = ["ipykernel.kernelapp", "inference_economics.page", "inference_economics.reference"]


def use() -> None:
    """From now on this process starts kernels as forks, if the system can."""
    if sys.platform != "linux":  # elsewhere system libraries don't survive a fork
        return
    _context().set_forkserver_preload(PRELOADED)
    KernelProvisionerFactory.instance().default_provisioner_name = NAME


def _context():
    return multiprocessing.get_context("forkserver")


class Warm(LocalProvisioner):
    """Jupyter's own way to run a kernel on this machine, but for how the process comes about."""

    async def launch_kernel(self, cmd: list[str], **kwargs):
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        fork = _context().Process(
            target=_kernel, args=(arguments, kwargs["env"], kwargs.get("cwd"))
        )
        fork.start()
        self.process = _Popen(fork)
        self.pid, self.pgid = fork.pid, None
        return self.connection_info


def _kernel(arguments: list[str], environment: dict[str, str], folder: str | None) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder or ".")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for whoever started the build
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(argv=arguments)


class _Popen:
    """A multiprocessing process as Jupyter expects one: like ``subprocess.Popen``."""

    stdin = stdout = stderr = None

    def __init__(self, process):
        self.process, self.pid = process, process.pid

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self, timeout=None) -> int | None:
        self.process.join(timeout)
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.process.kill()

    def terminate(self) -> None:
        self.process.terminate()
