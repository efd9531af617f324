"""The supervisor restarts what dies, gives up on what keeps dying, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from commands import claims, supervisor
from commands.claims import NotFree, only_run, require_free_port
from commands.supervisor import GaveUp, Program, Supervisor
from data.reachable import DatabaseUnreachable, wait_for_database

PROJECT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def signals_as_before() -> Iterator[None]:
    """A supervisor ignores signals once it stops its parts; the test runner wants them back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Program]:
    def make(code: str, *, name: str = "part", grace_seconds: float = 2.0) -> Program:
        return Program(
            name=name,
            command=[sys.executable, "-c", code],
            folder=PROJECT,
            environment=os.environ,
            log=tmp_path / f"{name}.log",
            grace_seconds=grace_seconds,
        )

    return make


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def silent(line: str) -> None:
    del line


SLEEP = "import time; time.sleep(60)"


def test_a_killed_part_is_started_again(program: Callable[..., Program]) -> None:
    part = program(SLEEP)
    said: list[str] = []
    with Supervisor(said.append) as running:
        running.start(part)
        assert part.process is not None
        first = part.process.pid
        os.kill(first, signal.SIGKILL)
        running.watch(until=lambda: part.alive() and part.process is not None and part.process.pid != first)
    assert said == ["The part has died; starting it again in 0.5 s."]


def test_a_part_that_keeps_dying_ends_everything_with_its_last_words(
    program: Callable[..., Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_SECONDS", 0.0)
    healthy = program(SLEEP, name="healthy")
    with Supervisor(silent) as running:
        running.start(healthy)
        running.start(program("raise SystemExit('disk is full')", name="sick"))
        with pytest.raises(GaveUp, match="disk is full"):
            running.watch()
    assert not healthy.alive()


def test_parts_stop_in_reverse_order(program: Callable[..., Program], tmp_path: Path) -> None:
    ended = tmp_path / "ended"
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        f"    open({str(ended)!r}, 'a').write('NAME ')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('up', flush=True)\n"
        "time.sleep(60)\n"
    )
    parts = [program(code.replace("NAME", name), name=name) for name in ("database", "worker", "web")]
    with Supervisor(silent) as running:
        for part in parts:
            running.start(part)
        running.watch(until=lambda: all("up" in part.log.read_text() for part in parts))
    assert ended.read_text().split() == ["web", "worker", "database"]


STUBBORN_WITH_CHILD = (
    "import os, signal, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print(os.fork(), flush=True)\n"
    "time.sleep(60)\n"
)


def test_children_of_a_killed_part_end_before_it_is_started_again(program: Callable[..., Program]) -> None:
    part = program(STUBBORN_WITH_CHILD)
    part.start()
    wait_until(lambda: len(part.log.read_text().split()) == 2)
    child = max(map(int, part.log.read_text().split()))
    assert part.process is not None
    os.kill(part.process.pid, signal.SIGKILL)
    wait_until(lambda: not part.alive())
    wait_until(lambda: not lives(child), seconds=1)


def test_a_part_that_ignores_the_request_is_killed_with_its_children(program: Callable[..., Program]) -> None:
    part = program(STUBBORN_WITH_CHILD, grace_seconds=0.3)
    part.start()
    wait_until(lambda: len(part.log.read_text().split()) == 2)
    child = max(map(int, part.log.read_text().split()))
    began = time.monotonic()
    part.stop()
    assert time.monotonic() - began < 2
    assert not part.alive()
    wait_until(lambda: not lives(child))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_parts_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from commands.supervisor import Program\n"
        f"code = {SLEEP!r}\n"
        "part = Program('part', [sys.executable, '-c', code], Path.cwd(), os.environ, Path(sys.argv[1]), 1.0)\n"
        "part.start()\n"
        "print(part.process.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "log")]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        wait_until(lambda: "commands.follow" not in " ".join(psutil.Process(child).cmdline()))
        parent.kill()
    wait_until(lambda: not lives(child), seconds=5)


def test_a_large_log_is_put_aside(program: Callable[..., Program], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LARGEST_LOG_BYTES", 5)
    part = program("print('new')")
    part.log.write_text("old words\n")
    part.start()
    assert part.process is not None
    part.process.wait()
    assert part.log.read_text() == "new\n"
    assert part.log.with_suffix(".old.log").read_text() == "old words\n"


def test_a_second_run_on_the_same_home_is_told_where_the_first_one_is(tmp_path: Path) -> None:
    with (
        only_run(tmp_path, "http://here:1"),
        pytest.raises(NotFree, match=f"already runs .* http://here:1 .process {os.getpid()}"),
        only_run(tmp_path, "http://here:2"),
    ):
        pass
    with only_run(tmp_path, "http://here:2"):
        pass


def test_a_start_waits_for_the_last_children_of_a_killed_run(tmp_path: Path) -> None:
    holder = (
        "import subprocess, sys\n"
        "from pathlib import Path\n"
        "from commands.claims import only_run\n"
        "with only_run(Path(sys.argv[1]), 'http://here:1') as lock:\n"
        "    subprocess.Popen(['sleep', '1'], pass_fds=(lock,))\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", holder, str(tmp_path)]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"held\n"
        killed.kill()
    began = time.monotonic()
    with only_run(tmp_path, "http://here:2"):
        assert 0.3 < time.monotonic() - began < 5


def test_children_that_never_end_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "EARLIER_RUN_PATIENCE_SECONDS", 0.0)
    with only_run(tmp_path, "http://here:1"):
        (tmp_path / "serve.json").write_text("")
        with pytest.raises(NotFree, match="earlier run"), only_run(tmp_path, "http://here:2"):
            pass


def test_a_port_in_use_is_refused_with_a_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(NotFree, match=f"127.0.0.1:{port}: Address already in use.*PORT={port + 1}"):
            require_free_port("127.0.0.1", port)
    require_free_port("127.0.0.1", port)


def test_waiting_for_a_database_ends_with_what_it_answered() -> None:
    url = "postgresql+psycopg://nobody:canary-password@127.0.0.1:1/tandem"
    with pytest.raises(DatabaseUnreachable, match="Connection refused") as refused:
        wait_for_database(url, patience_seconds=0.1)
    assert "canary-password" not in str(refused.value)
