"""Connections to PostgreSQL and the scope in which a viewer sees the data.

Two logins: the owner (migrations, demo load) and the application, which owns nothing and, until a scope gives it
the role and identity of a viewer for one transaction, may read nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import structlog
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from core.errors import ConfigurationError, NotAllowed, Unavailable
from core.i18n import _
from core.settings import settings
from core.viewer import Viewer

APP_ROLE = "tandem_app"
INTERNAL_ROLE = "tandem_internal"
PARTNER_ROLE = "tandem_partner"
SIGN_IN_ROLE = "tandem_sign_in"
QUEUE_ROLE = "tandem_queue"

STATEMENT_TIMEOUT_MS = 30_000

log = structlog.get_logger()


@lru_cache(maxsize=1)
def app_engine() -> Engine:
    """The pool of the application. Every connection starts as the role that may read nothing."""
    return create_engine(
        _required(settings().database_url),
        pool_size=settings().web_threads + 2,
        max_overflow=10,
        pool_pre_ping=True,
        pool_timeout=5,
        connect_args={
            "connect_timeout": 5,
            "application_name": "tandem",
            "options": f"-c role={APP_ROLE} -c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC",
        },
    )


@lru_cache(maxsize=1)
def owner_engine() -> Engine:
    """Connections of the owner of the tables: migrations, demo load, backup. Never used by a request."""
    return create_engine(
        _required(settings().owner_database_url),
        poolclass=NullPool,
        connect_args={"connect_timeout": 5, "options": "-c timezone=UTC"},
    )


def dispose() -> None:
    """Forget all connections: after a fork, and when the database address changes."""
    for engine in (app_engine, owner_engine):
        if engine.cache_info().currsize:
            engine().dispose(close=False)
            engine.cache_clear()


@contextmanager
def session_scope(
    viewer: Viewer, *, statement_timeout_ms: int | None = None, one_snapshot: bool = False
) -> Iterator[Session]:
    """One transaction in which PostgreSQL itself limits what is seen to what ``viewer`` may see.

    With ``one_snapshot`` all its statements see the data as they are at the first of them.
    """
    role = INTERNAL_ROLE if viewer.internal else PARTNER_ROLE
    with _transaction(role, one_snapshot=one_snapshot) as session:
        session.execute(
            text(
                "select set_config('tandem.user_id', :user_id, true), "
                "set_config('tandem.company_id', :company_id, true), "
                "set_config('statement_timeout', :timeout, true)"
            ),
            {
                "user_id": str(viewer.user_id or ""),
                "company_id": str(viewer.company_id),
                "timeout": str(STATEMENT_TIMEOUT_MS if statement_timeout_ms is None else statement_timeout_ms),
            },
        )
        yield session


@contextmanager
def sign_in_scope() -> Iterator[Session]:
    """One transaction before anybody is known: accounts, sessions and throttles only."""
    with _transaction(SIGN_IN_ROLE) as session:
        yield session


@contextmanager
def _transaction(role: str, *, one_snapshot: bool = False) -> Iterator[Session]:
    try:
        with Session(app_engine(), expire_on_commit=False) as session, session.begin():
            if one_snapshot:
                session.execute(text("set transaction isolation level repeatable read"))
            session.execute(text(f"set local role {role}"))
            yield session
    except (OperationalError, PoolTimeout) as error:
        raise Unavailable(_("The database can't be reached just now. Nothing was saved; try again soon.")) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable(_("The database was restarted. Nothing was saved; try again.")) from error
        if isinstance(error.orig, InsufficientPrivilege):
            # The last wall held where one before it should have: worth a look.
            log.error("the database refused", reason=str(error.orig))
            raise NotAllowed(_("You don't have permission for this.")) from error
        raise


def _required(url: str | None) -> str:
    if url is None:
        raise ConfigurationError("No database: set DATABASE_URL, or start Tandem with `make run`.")
    return url
