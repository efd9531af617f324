"""``make run`` as a person meets it: the real serve, its real children, and kill -9 on each of them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from commands.serve import announcement
from core.settings import settings
from data import embedded

PROJECT = Path(__file__).parents[2]
STOP_SECONDS = 10
pytestmark = pytest.mark.slow


@dataclass
class Tandem:
    """One ``cli.py serve`` with a home and a port of its own."""

    home: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> Tandem:
        with self.printed.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "cli.py", "serve"],
                cwd=PROJECT, env=self._surroundings(), stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        wait_until(lambda: "Tandem is ready" in self.said(), until=self._ended)
        return self

    def refusal(self) -> str:
        """What a start prints that must not succeed."""
        done = subprocess.run(
            [sys.executable, "cli.py", "serve"], cwd=PROJECT, env=self._surroundings(), capture_output=True, text=True,
            timeout=30, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        return done.stderr

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def ask_to_stop(self, number: int) -> float:
        """Seconds until the process has ended."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(STOP_SECONDS)
        return time.monotonic() - began

    @property
    def printed(self) -> Path:
        return self.home.parent / f"{self.home.name}.printed"

    def said(self) -> str:
        return self.printed.read_text()

    def children(self) -> dict[str, psutil.Process]:
        """Web and worker by name; a child between fork and exec still has its parent's command line and no name."""
        assert self.process is not None
        marks = {"gunicorn": "web", "cli.py worker": "worker"}
        living = [child for child in psutil.Process(self.process.pid).children() if lives(child)]
        lines = [(child, " ".join(child.cmdline())) for child in living]
        return {name: child for child, line in lines for mark, name in marks.items() if mark in line}

    def postmaster(self) -> int:
        """The process number of the embedded server, 0 while there is none."""
        file = self.home / "postgres" / "data" / "postmaster.pid"
        return int(file.read_text().split()[0]) if file.exists() else 0

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _surroundings(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "TANDEM"))}
        ours = {"HOST": "127.0.0.1", "PORT": str(self.port), "TANDEM_HOME": str(self.home)}
        return inherited | ours | self.environment

    def _ended(self) -> str | None:
        assert self.process is not None
        return None if self.process.poll() is None else self.said()


def wait_until(
    condition: Callable[[], object], *, seconds: float = 60.0, until: Callable[[], str | None] = lambda: None
) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        ended = until()
        assert ended is None, ended
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that the database's system user can enter when the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="tandem-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def cleared(tandem: Tandem) -> None:
    if tandem.process is not None and tandem.process.poll() is None:
        tandem.ask_to_stop(signal.SIGTERM)
    embedded.remove(tandem.home)


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Tandem]:
    """A Tandem that the tests may hurt but leave running."""
    tandem = Tandem(folder / "running", free_port())
    yield tandem.start()
    cleared(tandem)


@pytest.fixture
def tandem(folder: Path, request: pytest.FixtureRequest) -> Iterator[Tandem]:
    """A Tandem that has not started yet."""
    tandem = Tandem(folder / request.node.name, free_port())
    yield tandem
    cleared(tandem)


def test_it_tells_its_address_and_answers_there(running: Tandem) -> None:
    assert f"Tandem is ready at http://127.0.0.1:{running.port}" in running.said()
    assert "create-admin" in running.said()
    assert running.ready()


def test_the_web_server_does_not_know_the_owner_of_the_tables(running: Tandem) -> None:
    environment = running.children()["web"].environ()
    assert "DATABASE_OWNER_URL" not in environment
    assert "tandem_app@" in environment["DATABASE_URL"]


def test_a_second_start_is_refused_in_words(running: Tandem, folder: Path) -> None:
    assert f"Tandem already runs on {running.home}: http://127.0.0.1:{running.port}" in running.refusal()
    elsewhere = Tandem(folder / "elsewhere", running.port)
    assert f"127.0.0.1:{running.port}: Address already in use" in elsewhere.refusal()
    assert not (elsewhere.home / "postgres").exists()
    assert running.ready()


def test_demo_sign_ins_are_told_with_their_password() -> None:
    people = {"planner@demo.tandem.example": "pass-word", "supplier@demo.tandem.example": "pass-word"}
    told = announcement(settings(), people, seconds=12.4)
    assert "all with the password pass-word\n" in told
    assert all(f"    {email}\n" in told for email in people)


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_killed_child_comes_back(running: Tandem, name: str) -> None:
    child = running.children()[name]
    child.kill()
    wait_until(lambda: running.children().get(name, child) != child)
    wait_until(running.ready)
    assert f"The {name} has died" in running.said()


def test_a_killed_web_process_is_replaced_while_the_others_run_on(running: Tandem) -> None:
    web = running.children()["web"]
    wait_until(web.children)
    web.children()[0].kill()
    wait_until(running.ready)
    assert running.children()["web"] == web


def test_a_killed_database_comes_back_and_the_pages_with_it(running: Tandem) -> None:
    first = running.postmaster()
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: running.postmaster() not in (0, first))
    wait_until(running.ready)
    assert "The database has died" in running.said()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_stops_everything_and_the_second_start_is_quick(tandem: Tandem, number: int) -> None:
    began = time.monotonic()
    everything = [*tandem.start().children().values(), psutil.Process(tandem.postmaster())]
    first = time.monotonic() - began
    assert len(everything) == 3
    tandem.ask_to_stop(number)
    assert not [process for process in everything if lives(process)]
    began = time.monotonic()
    tandem.start()
    # The database and the demo company are there already, whatever the machine does beside.
    assert time.monotonic() - began < first


def test_after_kill_9_of_the_supervisor_the_children_end_and_the_next_start_works(tandem: Tandem) -> None:
    children = tandem.start().children().values()
    postmaster = tandem.postmaster()
    tandem.kill()
    tandem.start()
    assert not [child for child in children if lives(child)]
    assert tandem.postmaster() == postmaster
    assert tandem.ready()


def test_after_kill_9_of_everything_the_next_start_works(tandem: Tandem) -> None:
    tandem.start()
    everything = [*tandem.children().values(), psutil.Process(tandem.postmaster())]
    tandem.kill()
    for process in everything:
        process.kill()
    tandem.start()
    assert tandem.ready()


def test_a_setting_that_makes_no_sense_is_refused_before_anything_starts(tandem: Tandem) -> None:
    tandem.environment["TANDEM_SECRET_KEY"] = "short"
    assert "TANDEM_SECRET_KEY must have at least 32 bytes" in tandem.refusal()
    assert not (tandem.home / "postgres").exists()


def test_it_runs_on_a_database_of_ones_own_and_leaves_it_running(tandem: Tandem, folder: Path) -> None:
    own = embedded.start(folder / "own", durable=False)
    tandem.environment |= {"DATABASE_URL": own.app_url, "DATABASE_OWNER_URL": own.owner_url}
    tandem.start()
    tandem.ask_to_stop(signal.SIGTERM)
    assert not (tandem.home / "postgres").exists()
    assert embedded.alive(own)
    embedded.remove(folder / "own")
