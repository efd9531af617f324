"""Creates the database roles and brings the schema to the version of this code."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from data.db import APP_ROLE, INTERNAL_ROLE, PARTNER_ROLE, QUEUE_ROLE, SIGN_IN_ROLE, owner_engine

MIGRATIONS = Path(__file__).parent / "migrations"
SCOPE_ROLES = (INTERNAL_ROLE, PARTNER_ROLE, SIGN_IN_ROLE, QUEUE_ROLE)


def prepare() -> None:
    """Make an empty or older database ready: roles, then migrations. Does nothing when all is there."""
    with owner_engine().begin() as connection:
        # One start at a time: two servers on a new database must not both create it.
        connection.execute(text("select pg_advisory_xact_lock(hashtext('tandem schema'))"))
        _create_roles(connection)
        _migrate(connection, "head")


def downgrade(revision: str) -> None:
    """Take the schema back to an earlier revision (``base`` empties the database)."""
    with owner_engine().begin() as connection:
        command.downgrade(_config(connection), revision)


def current_revision() -> str | None:
    """The revision the database is at."""
    with owner_engine().begin() as connection:
        exists = connection.scalar(text("select to_regclass('public.alembic_version') is not null"))
        return connection.scalar(text("select version_num from alembic_version")) if exists else None


def _create_roles(connection: Connection) -> None:
    """Roles live in the cluster, not in the database, and so outside the migrations."""
    for role in (APP_ROLE, *SCOPE_ROLES):
        if not connection.scalar(text("select 1 from pg_roles where rolname = :role"), {"role": role}):
            connection.execute(text(f"create role {role} noinherit"))
    # Without inheritance the application has no right of these roles until a transaction takes one of them.
    # Asked first: two databases of one cluster may be prepared at the same time, and the roles belong to both.
    if connection.scalar(text("select rolinherit from pg_roles where rolname = :role"), {"role": APP_ROLE}):
        connection.execute(text(f"alter role {APP_ROLE} noinherit"))
    for role in SCOPE_ROLES:
        if not _is_member(connection, APP_ROLE, role):
            connection.execute(text(f"grant {role} to {APP_ROLE}"))
    owner = connection.scalar(text("select current_user"))
    superuser = connection.scalar(text("select rolsuper from pg_roles where rolname = current_user"))
    if not superuser and not _is_member(connection, owner, APP_ROLE):
        connection.execute(text(f"grant {APP_ROLE} to current_user"))


def _is_member(connection: Connection, member: str, role: str) -> bool:
    statement = text(
        "select exists (select 1 from pg_auth_members m join pg_roles r on r.oid = m.roleid "
        "join pg_roles u on u.oid = m.member where r.rolname = :role and u.rolname = :member)"
    )
    return bool(connection.scalar(statement, {"role": role, "member": member}))


def _migrate(connection: Connection, revision: str) -> None:
    command.upgrade(_config(connection), revision)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
