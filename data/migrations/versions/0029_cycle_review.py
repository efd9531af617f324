"""Items of the plan that were looked at in a cycle and left as they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLE = "sop_review"
ITEM = ("product", "location")


def upgrade() -> None:
    op.create_table(
        TABLE,
        _reference("cycle_id", "sop_cycle", nullable=False, ondelete="CASCADE"),
        *(_reference(f"{name}_id", name, nullable=False) for name in ITEM),
        _reference("reviewed_by", "app_user"),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "product_id", "location_id", name=f"pk_{TABLE}"),
    )
    for name in ITEM:
        op.create_index(f"ix_{TABLE}_{name}_id", TABLE, [f"{name}_id"])
    op.execute(f"grant select, insert, update, delete on {TABLE} to tandem_internal")


def downgrade() -> None:
    op.drop_table(TABLE)


def _reference(name: str, target: str, *, nullable: bool = True, ondelete: str | None = None) -> sa.Column[int]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{TABLE}_{name}", ondelete=ondelete)
    return sa.Column(name, sa.BigInteger(), key, nullable=nullable)
