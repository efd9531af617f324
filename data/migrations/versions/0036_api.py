"""The API: keys, families of tokens, windows of requests, and answers to repeated requests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# Known before anybody is: like sessions, none of them is for a viewer's own queries.
TABLES = ("api_key", "token_family", "refresh_token", "request_window", "idempotent_request")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    now = sa.func.now()
    op.create_table(
        "api_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        _user(),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "prefix", "secret_hash")),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", moment, server_default=now, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        *(sa.Column(name, moment) for name in ("last_used_at", "revoked_at")),
        _of_user("api_key"),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("prefix", name="uq_api_key_prefix"),
    )
    op.create_index("ix_api_key_user_id", "api_key", ["user_id"])
    op.create_table(
        "token_family",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_hash"], ["user_session.token_hash"], name="fk_token_family_session_hash", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_token_family"),
    )
    op.create_index("ix_token_family_session_hash", "token_family", ["session_hash"])
    op.create_index("ix_token_family_expires_at", "token_family", ["expires_at"])
    op.create_table(
        "refresh_token",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", moment, server_default=now, nullable=False),
        sa.Column("used_at", moment),
        sa.ForeignKeyConstraint(
            ["family_id"], ["token_family.id"], name="fk_refresh_token_family_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_refresh_token"),
    )
    op.create_index("ix_refresh_token_family_id", "refresh_token", ["family_id"])
    op.create_table(
        "request_window",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("window_start", moment, nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_request_window"),
    )
    op.create_index("ix_request_window_window_start", "request_window", ["window_start"])
    op.create_table(
        "idempotent_request",
        _user(),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("key", "fingerprint")),
        sa.Column("status", sa.Integer()),
        sa.Column("headers", JSONB()),
        sa.Column("content", sa.Text()),
        sa.Column("created_at", moment, nullable=False),
        _of_user("idempotent_request"),
        sa.PrimaryKeyConstraint("user_id", "key", name="pk_idempotent_request"),
    )
    op.create_index("ix_idempotent_request_created_at", "idempotent_request", ["created_at"])
    for table in TABLES:
        op.execute(f"grant select, insert, update, delete on {table} to tandem_sign_in")
        op.execute(f"alter table {table} enable row level security, force row level security")
        op.execute(
            f"create policy signing_in on {table} to tandem_sign_in, current_user using (true) with check (true)"
        )


def downgrade() -> None:
    for table in ("idempotent_request", "request_window", "refresh_token", "token_family", "api_key"):
        op.drop_table(table)


def _user() -> sa.Column[int]:
    return sa.Column("user_id", sa.BigInteger(), nullable=False)


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=f"fk_{table}_user_id", ondelete="CASCADE")
