"""Waiting for a database that is started by somebody else."""

from __future__ import annotations

import time

import psycopg

from core.errors import AppError

PAUSE_SECONDS = 0.5


class DatabaseUnreachable(AppError):
    """The database given by the operator does not answer; the message says what it was asked and replied."""


def wait_for_database(url: str, *, patience_seconds: float) -> None:
    """Return once the database takes connections."""
    deadline = time.monotonic() + patience_seconds
    conninfo = url.replace("+psycopg", "", 1)
    while True:
        try:
            psycopg.connect(conninfo, connect_timeout=3).close()
        except psycopg.OperationalError as error:
            if time.monotonic() >= deadline:
                raise DatabaseUnreachable(
                    f"No database at DATABASE_URL after {patience_seconds:.0f} s: {error}"
                ) from None
            time.sleep(PAUSE_SECONDS)
        else:
            return
