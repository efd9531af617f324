"""The processes of one Tandem, as `make run` starts them, for tests that need the whole."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass
class Site:
    """The running processes of one Tandem."""

    url: str
    home: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, command: list[str]) -> None:
        with (self.home / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=os.environ.copy(), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def start_worker(self) -> None:
        self.start("worker", [sys.executable, "cli.py", "worker"])

    def start_web(self) -> None:
        address = self.url.removeprefix("http://")
        options = ["-k", "gthread", "--threads", "6", "--no-control-socket", "-b", address]
        self.start("web", [sys.executable, "-m", "gunicorn", *options, "app:server"])

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_all(self) -> None:
        for name in list(self.processes):
            self.kill(name)

    def wait_until_ready(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        logs = "\n".join((self.home / f"{name}.log").read_text()[-2000:] for name in self.processes)
        raise AssertionError(f"the site did not get ready:\n{logs}")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
