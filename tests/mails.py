"""What stands in the outbox, and a real SMTP server to send it to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from data.db import owner_engine


def outbox_rows() -> list[Any]:
    """All mails, the oldest first."""
    with owner_engine().connect() as connection:
        return list(connection.execute(text("select * from mail_outbox order by id")))
