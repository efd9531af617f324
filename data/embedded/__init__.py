"""The PostgreSQL that Tandem brings along, used when ``DATABASE_URL`` is not given.

``start`` and ``stop`` may be called by any number of processes on the same home: the first one starts the
server, the others join it, and it stops when the last of them has stopped or died.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

from data.embedded import postmaster
from data.embedded.locks import locked, share, sole_user
from data.embedded.place import DatabaseNotStarted, Place, find_place, forget_place
from data.embedded.postmaster import APP_ROLE, DATABASE, OWNER_ROLE

__all__ = ["DatabaseNotStarted", "EmbeddedServer", "alive", "last_words", "remove", "start", "stop"]

_shares: dict[Path, IO[bytes]] = {}


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running server: two addresses, and where its programs (pg_dump, psql, ...) and data are."""

    owner_url: str
    app_url: str
    data: Path
    programs: Path
    pid: int


def start(home: Path, *, durable: bool = True) -> EmbeddedServer:
    """The server of ``home``, initialised on first use, adopted when it already runs.

    ``durable=False`` trades crash safety for speed and is meant for databases that tests throw away.
    """
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    with locked(_mutex(home)):
        place = find_place(home)
        running = postmaster.find(place) or _bring_up(place, durable=durable)
        if home not in _shares:
            _shares[home] = share(_users(home))
    return EmbeddedServer(
        owner_url=_url(OWNER_ROLE, running.socket_folder),
        app_url=_url(APP_ROLE, running.socket_folder),
        data=place.data,
        programs=place.programs,
        pid=running.pid,
    )


def stop(home: Path) -> bool:
    """Leave the server; the last one to leave stops it. Returns whether it is stopped now."""
    home = home.resolve()
    if not home.exists():
        return True
    with locked(_mutex(home)):
        share_of_ours = _shares.pop(home, None)
        if share_of_ours is not None:
            share_of_ours.close()
        if not sole_user(_users(home)):
            return False
        postmaster.stop(find_place(home))
        return True


def alive(server: EmbeddedServer) -> bool:
    """Whether the process of ``server`` still runs."""
    return postmaster.works_in(server.pid, server.data)


def last_words(server: EmbeddedServer) -> str:
    """The end of its log."""
    return postmaster.last_words(server.data.parent)


def remove(home: Path) -> None:
    """Stop the server of ``home`` and delete its data for good."""
    home = home.resolve()
    if not stop(home):
        raise DatabaseNotStarted(f"The database of {home} is in use by another process")
    place = find_place(home)
    shutil.rmtree(place.folder)
    forget_place(home)


def _bring_up(place: Place, *, durable: bool) -> postmaster.Postmaster:
    if not place.data.exists():
        postmaster.initialise(place, durable=durable)
    return postmaster.launch(place, durable=durable)


def _url(role: str, socket_folder: Path) -> str:
    return f"postgresql+psycopg://{role}@/{DATABASE}?host={quote(str(socket_folder))}"


def _mutex(home: Path) -> Path:
    return home / "postgres.lock"


def _users(home: Path) -> Path:
    return home / "postgres.users"
