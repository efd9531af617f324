"""The parts of a running Tandem: its database, its worker and its web server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from commands.follow import following
from commands.supervisor import Program, appended, tail
from core.errors import AppError
from core.settings import PROJECT, Settings
from data import embedded

PYTHON = sys.executable
GUNICORN = [PYTHON, "-m", "gunicorn", "--config", "gunicorn.conf.py", "--graceful-timeout", "2", "app:server"]


class NotPrepared(AppError):
    """The database could not be brought to the version of this code."""


class EmbeddedDatabase:
    """The embedded server; like the other parts it is started again when somebody kills it."""

    name = "database"
    server: embedded.EmbeddedServer  # once started

    def __init__(self, home: Path) -> None:
        self._home = home

    def start(self) -> None:
        self.server = embedded.start(self._home)

    def alive(self) -> bool:
        return embedded.alive(self.server)

    def stop(self) -> None:
        embedded.stop(self._home)

    def last_words(self) -> str:
        return embedded.last_words(self.server)


def worker(configuration: Settings, environment: Mapping[str, str], *, lock: int) -> Program:
    return Program(
        name="worker",
        command=[PYTHON, "cli.py", "worker"],
        folder=PROJECT,
        environment=environment,
        log=configuration.home / "logs" / "worker.log",
        grace_seconds=4.0,
        keep_open=(lock,),
    )


def web(configuration: Settings, environment: Mapping[str, str], *, lock: int) -> Program:
    # Pages answer as a role that owns nothing; the address of the owner is none of their business.
    narrower = {name: value for name, value in environment.items() if name != "DATABASE_OWNER_URL"}
    return Program(
        name="web",
        command=GUNICORN,
        folder=PROJECT,
        environment=narrower,
        log=configuration.home / "logs" / "web.log",
        grace_seconds=3.0,
        keep_open=(lock,),
    )


@contextmanager
def preparation(
    configuration: Settings, environment: Mapping[str, str], *, lock: int, demo: bool
) -> Iterator[Iterator[str]]:
    """The lines that commands.preparation prints while it works."""
    log = configuration.home / "logs" / "preparation.log"
    command = following(os.getpid(), [PYTHON, "-m", "commands.preparation", *(["--demo"] if demo else [])])
    with (
        appended(log) as errors,
        subprocess.Popen(
            command,
            cwd=PROJECT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            pass_fds=(lock,),
            start_new_session=True,
            text=True,
        ) as process,
    ):
        try:
            yield iter(process.stdout or ())
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise NotPrepared(f"The database could not be prepared.\n{tail(log)}")
