"""Alembic's entry: data.schema gives the connection, inside its own transaction."""

from __future__ import annotations

from alembic import context

from models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
