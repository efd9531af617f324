"""Real databases for tests: one embedded server a run, templates made once, a cheap copy for each test module."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import reset
from sqlalchemy import make_url

from core.settings import settings
from data import db, embedded, schema
from data.embedded.locks import locked


@dataclass(frozen=True)
class TestServer:
    """The embedded server of this test run."""

    __test__ = False
    owner_url: str
    app_url: str
    home: Path

    def execute(self, statement: str) -> None:
        url = make_url(self.owner_url).set(drivername="postgresql", database="postgres")
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def database(self, name: str, home: Path, *, template: str | None = None) -> Iterator[None]:
        """Create a database, point this process at it, and drop it afterwards.

        Copied file by file: written through the log, as is usual, it takes three times as long.
        """
        self.execute(f'create database "{name}"' + (f' template "{template}" strategy file_copy' if template else ""))
        try:
            with pointed_at(self._url(self.app_url, name), self._url(self.owner_url, name), home):
                yield
        finally:
            self.execute(f'drop database "{name}" with (force)')

    def copy(self, home: Path, *, template: str) -> AbstractContextManager[None]:
        return self.database(f"t_{uuid4().hex[:12]}", home, template=template)

    @contextmanager
    def kept(self, template: str) -> Iterator[str]:
        """A copy that is emptied after each use instead of dropped."""
        name = f"kept_{uuid4().hex[:12]}"
        self.execute(f'create database "{name}" template "{template}" strategy file_copy')
        try:
            reset.remember(self._connection(name))
            yield name
        finally:
            self.execute(f'drop database "{name}" with (force)')

    @contextmanager
    def emptied(self, name: str, home: Path, *, use: str) -> Iterator[None]:
        """Point this process at a database that is kept for many tests, without the rows of those before. ``use`` is
        told in its address, so that nothing a process remembers of an earlier use is taken for this one's."""
        reset.empty(self._connection(name))
        with pointed_at(self._url(self.app_url, name, use), self._url(self.owner_url, name, use), home):
            yield

    def _connection(self, name: str) -> str:
        return make_url(self._url(self.owner_url, name)).set(drivername="postgresql").render_as_string(False)

    @staticmethod
    def _url(url: str, name: str, use: str = "") -> str:
        told = {"application_name": use} if use else {}
        return make_url(url).set(database=name).update_query_dict(told).render_as_string(hide_password=False)


@contextmanager
def pointed_at(app_url: str, owner_url: str, home: Path) -> Iterator[None]:
    """Let core.settings name another database and home for a while."""
    before = {key: os.environ.get(key) for key in ("DATABASE_URL", "DATABASE_OWNER_URL", "TANDEM_HOME")}
    os.environ |= {"DATABASE_URL": app_url, "DATABASE_OWNER_URL": owner_url, "TANDEM_HOME": str(home)}
    disconnect()
    try:
        yield
    finally:
        disconnect()
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value


def disconnect() -> None:
    """Close all connections of this process and read the settings anew (a template must have none)."""
    for engine in (db.app_engine, db.owner_engine):
        if engine.cache_info().currsize:
            engine().dispose()
    db.dispose()
    settings.cache_clear()


def start_server(home: Path) -> TestServer:
    started = embedded.start(home, durable=False)
    return TestServer(started.owner_url, started.app_url, home)


def migrate(lock: Path) -> None:
    """Bring the database to this version; one at a time, since the roles belong to all databases of the server."""
    with locked(lock):
        schema.prepare()
