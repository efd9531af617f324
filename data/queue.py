"""The connection of the job queue: its own role, its own schema."""

from __future__ import annotations

from procrastinate import PsycopgConnector
from sqlalchemy import make_url

from core.errors import ConfigurationError
from core.settings import settings
from data.db import QUEUE_ROLE


def queue_connector() -> PsycopgConnector:
    """A pool for procrastinate on the application's database."""
    url = settings().database_url
    if url is None:
        raise ConfigurationError("No database: set DATABASE_URL, or start Tandem with `make run`.")
    return PsycopgConnector(
        conninfo=make_url(url).set(drivername="postgresql").render_as_string(hide_password=False),
        kwargs={"options": f"-c role={QUEUE_ROLE} -c search_path=queue", "application_name": "tandem-worker"},
        max_size=6,
    )
