"""Corrections and counts of stock, documents of certificates, and purchases allowed without one."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NUMBER = sa.Numeric(18, 4)
MADE = ("stock_count", "stock_count_line", "stock_adjustment", "certificate_document", "halal_override")


def upgrade() -> None:
    _counts()
    _count_lines()
    _adjustments()
    _documents()
    _overrides()
    op.execute(f"grant select, insert, update, delete on {', '.join(MADE)} to tandem_internal")
    # A correction is named by its number before it is stored.
    op.execute("grant usage on sequence stock_adjustment_id_seq to tandem_internal")
    # What was corrected stays as it is.
    op.execute("revoke update, delete on stock_adjustment from tandem_internal")


def downgrade() -> None:
    for table in reversed(MADE):
        op.drop_table(table)


def _counts() -> None:
    table = "stock_count"
    op.create_table(
        table,
        _id(),
        _reference(table, "location_id", "location", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("blind", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("tolerance_share", sa.Numeric(6, 4), server_default="0", nullable=False),
        *_made(table),
        _reference(table, "closed_by", "app_user"),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_reason", sa.Text()),
        _version(),
        _check(table, "status", "status in ('open', 'approved', 'cancelled')"),
        _check(table, "tolerance_share", "tolerance_share between 0 and 1"),
        _check(table, "closed", "(status = 'open') = (closed_at is null)"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_location_id", table, ["location_id"])


def _count_lines() -> None:
    table = "stock_count_line"
    op.create_table(
        table,
        _id(),
        _reference(table, "count_id", "stock_count", nullable=False, ondelete="CASCADE"),
        _reference(table, "product_id", "product", nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date()),
        sa.Column("book_quantity", NUMBER, nullable=False),
        *(sa.Column(name, NUMBER) for name in ("unit_cost", "counted", "first_counted")),
        sa.Column("recount", sa.Boolean(), server_default="false", nullable=False),
        _reference(table, "counted_by", "app_user"),
        sa.Column("counted_at", sa.DateTime(timezone=True)),
        _version(),
        _check(table, "quantity", "book_quantity >= 0 and counted >= 0 and first_counted >= 0"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("count_id", "product_id", "lot", name=f"uq_{table}_count_id_product_id_lot"),
    )
    op.create_index(f"ix_{table}_product_id", table, ["product_id"])


def _adjustments() -> None:
    table = "stock_adjustment"
    op.create_table(
        table,
        _id(),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(_reference(table, f"{name}_id", name, nullable=False) for name in ("product", "location")),
        sa.Column("lot", sa.Text(), nullable=False),
        *(sa.Column(name, NUMBER, nullable=False) for name in ("before", "after")),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        _reference(table, "count_id", "stock_count"),
        *_made(table),
        _check(table, "quantity", "before >= 0 and after >= 0 and before <> after"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("reference", name=f"uq_{table}_reference"),
    )
    op.create_index(f"ix_{table}_item", table, ["product_id", "location_id", "day"])
    for name in ("location_id", "count_id"):
        op.create_index(f"ix_{table}_{name}", table, [name])


def _documents() -> None:
    table = "certificate_document"
    op.create_table(
        table,
        _id(),
        _reference(table, "certificate_id", "certificate", nullable=False, ondelete="CASCADE"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("file_name", "stored_name", "media_type")),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        *_made(table),
        _check(table, "media_type", "media_type in ('application/pdf', 'image/png', 'image/jpeg')"),
        _check(table, "size_bytes", "size_bytes > 0"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("stored_name", name=f"uq_{table}_stored_name"),
    )
    op.create_index(f"ix_{table}_certificate_id", table, ["certificate_id"])


def _overrides() -> None:
    table = "halal_override"
    op.create_table(
        table,
        *(_reference(table, f"{name}_id", name, nullable=False) for name in ("supplier", "product")),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_made(table),
        sa.PrimaryKeyConstraint("supplier_id", "product_id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_product_id", table, ["product_id"])


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _version() -> sa.Column[Any]:
    return sa.Column("version", sa.Integer(), server_default="1", nullable=False)


def _made(table: str) -> tuple[sa.Column[Any], sa.Column[Any]]:
    at = sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    return _reference(table, "created_by", "app_user"), at


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _reference(
    table: str, name: str, target: str, *, nullable: bool = True, ondelete: str | None = None
) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{name}", ondelete=ondelete)
    return sa.Column(name, sa.BigInteger(), key, nullable=nullable)
