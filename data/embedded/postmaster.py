"""The server's own programs: initdb once, then start and stop, also after something was killed."""

from __future__ import annotations

import hashlib
import os
import secrets
import shlex
import shutil
import stat
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from data.embedded.place import DatabaseNotStarted, Place

OWNER_ROLE = "tandem_owner"
APP_ROLE = "tandem_app"
DATABASE = "tandem"
START_LOG = "start.log"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107
START_SECONDS = 120
STOP_SECONDS = 7
WAITING = ["-s", "-w", "-t"]

# What must hold from the first start on; one statement a line, as the single-user mode reads them.
FIRST_STATEMENTS = f"""\
CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE};
"""

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # A week of logs, one file a weekday. Terse leaves out the details, which would quote users' data.
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgres-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_error_verbosity": "terse",
}
FLEETING_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A server that runs and takes connections."""

    pid: int
    socket_folder: Path


def initialise(place: Place, *, durable: bool) -> None:
    """Make the data folder. It gets its name when complete, so that a killed start leaves no half."""
    for abandoned in place.folder.glob("data.*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    fresh = place.folder / f"data.{secrets.token_hex(4)}"
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
    sync = [] if durable else ["--no-sync"]
    # Trust, because only this system user (and root) can enter the socket's folder at all.
    options = ["--auth=trust", "--no-instructions", f"--username={OWNER_ROLE}", *locale, *sync]
    _run(place, "initdb", *options, "-D", str(fresh), seconds=START_SECONDS)
    single_user = ["--single", "-c", "exit_on_error=on", "-D", str(fresh), "postgres"]
    _run(place, "postgres", *single_user, feed=FIRST_STATEMENTS, seconds=START_SECONDS)
    fresh.rename(place.data)


def launch(place: Place, *, durable: bool) -> Postmaster:
    """Start the server and wait until it answers; after a crash that includes its recovery."""
    _clear_the_way(place)
    settings = SETTINGS | {"unix_socket_directories": str(_socket_folder(place))}
    if not durable:
        settings |= FLEETING_SETTINGS
    options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
    where = ["-D", str(place.data), "-l", str(place.folder / START_LOG)]
    try:
        _run(
            place,
            "pg_ctl",
            "start",
            *WAITING,
            str(START_SECONDS),
            *where,
            "-o",
            options,
            seconds=START_SECONDS + 10,
        )
    except DatabaseNotStarted as error:
        raise DatabaseNotStarted(f"{error}\n{last_words(place.folder)}") from None
    running = find(place)
    if running is None:
        raise DatabaseNotStarted(f"PostgreSQL stopped right after its start:\n{last_words(place.folder)}")
    return running


def find(place: Place) -> Postmaster | None:
    """The server that runs on this data folder, once it is ready; None when there is none."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        lines = _pid_file_lines(place)
        if not lines or not works_in(int(lines[0]), place.data):
            return None
        if len(lines) >= 8 and lines[7].strip() == "ready":
            return Postmaster(pid=int(lines[0]), socket_folder=Path(lines[4]))
        time.sleep(0.05)
    raise DatabaseNotStarted(f"PostgreSQL (process {lines[0]}) neither becomes ready nor ends.")


def stop(place: Place) -> None:
    """Stop the server in an orderly way, or at once when that takes too long (the next start recovers)."""
    lines = _pid_file_lines(place)
    if not lines or not works_in(int(lines[0]), place.data):
        return
    stopping = ["stop", *WAITING, str(STOP_SECONDS), "-D", str(place.data)]
    try:
        _run(place, "pg_ctl", *stopping, "-m", "fast", seconds=STOP_SECONDS + 2)
    except DatabaseNotStarted:
        _run(place, "pg_ctl", *stopping, "-m", "immediate", seconds=STOP_SECONDS + 2)
    _remove_lent_folder(Path(lines[4]), place)


def works_in(pid: int, data: Path) -> bool:
    """Whether this process number belongs to PostgreSQL working in this data folder, and not to a stranger."""
    try:
        process = psutil.Process(pid)
        return process.name().startswith("postgres") and Path(process.cwd()) == data.resolve()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def last_words(folder: Path) -> str:
    """What the server logged last: before its log collector runs in one file, afterwards in the day's."""
    logs = [folder / START_LOG, *(folder / "log").glob("*.log")]
    newest = sorted((log for log in logs if log.exists()), key=lambda log: log.stat().st_mtime)[-2:]
    return "\n".join(line for log in newest for line in log.read_text(errors="replace").splitlines()[-10:])


def _clear_the_way(place: Place) -> None:
    """Remove what a killed server leaves behind and a new one would stumble over."""
    _end(_servers(place))
    # PostgreSQL itself refuses to start as long as any process has the dead server's number.
    (place.data / "postmaster.pid").unlink(missing_ok=True)
    (place.folder / "run" / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


def _end(processes: list[psutil.Process]) -> None:
    """Backends of a killed postmaster end by themselves; those that hang are killed before any start."""
    _, left = psutil.wait_procs(processes, timeout=3)
    for process in left:
        process.kill()
    psutil.wait_procs(left, timeout=5)


def _servers(place: Place) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if works_in(process.pid, place.data)]


def _pid_file_lines(place: Place) -> list[str]:
    try:
        lines = (place.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []
    return lines if lines and lines[0].isdecimal() else []


def _socket_folder(place: Place) -> Path:
    folder = place.folder / "run"
    if len(os.fsencode(folder / SOCKET_NAME)) > LONGEST_SOCKET_PATH or "," in str(folder):
        # A comma separates hosts in libpq's addresses, and the kernel limits the length of socket paths.
        folder = Path("/tmp") / f"tandem-{hashlib.sha256(os.fsencode(place.folder)).hexdigest()[:16]}"  # noqa: S108 (checked below)
    owner = os.geteuid() if place.account is None else place.account.uid
    folder.mkdir(mode=0o700, exist_ok=True)
    if place.account is not None and folder.lstat().st_uid == 0:
        os.chown(folder, owner, place.account.gid, follow_symlinks=False)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) != 0o700:
        raise DatabaseNotStarted(f"{folder} must be a private folder of the user who runs PostgreSQL; remove it.")
    return folder


def _remove_lent_folder(socket_folder: Path, place: Place) -> None:
    # Its name comes from a file that the system user can write, so no more than an empty folder may go.
    if not socket_folder.is_relative_to(place.folder):
        with suppress(OSError):
            socket_folder.rmdir()


def _run(place: Place, program: str, *arguments: str, seconds: float, feed: str = "") -> None:
    """Run one of the server's programs as its system user, with nothing inherited that could mislead it."""
    account = place.account
    try:
        done = subprocess.run(
            [str(place.programs / program), *arguments],
            input=feed,
            capture_output=True,
            text=True,
            timeout=seconds,
            cwd=place.folder,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            start_new_session=True,  # Ctrl-C in the terminal is for Tandem to handle
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DatabaseNotStarted(f"PostgreSQL's {program} did not finish within {seconds:.0f} s.") from None
    if done.returncode != 0:
        raise DatabaseNotStarted(f"PostgreSQL's {program} failed:\n{(done.stdout + done.stderr).strip()}")
