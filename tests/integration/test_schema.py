"""The schema goes up and down, and equals the models."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from databases import disconnect

from data import schema
from data.db import owner_engine
from models import Base


def test_migrations_build_exactly_the_models(empty_database: Path) -> None:
    with owner_engine().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_down_to_nothing_and_up_again(empty_database: Path) -> None:
    schema.downgrade("base")
    assert schema.current_revision() is None
    schema.prepare()
    with owner_engine().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    disconnect()


def test_preparing_twice_changes_nothing(empty_database: Path) -> None:
    before = schema.current_revision()
    schema.prepare()
    assert schema.current_revision() == before
