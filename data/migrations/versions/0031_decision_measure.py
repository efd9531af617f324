"""Where the money of a decision is to be seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLE = "sop_decision"
COLUMNS = ("measure", "level", "member")
CHECKS = {
    "measure": "measure in ('revenue', 'margin')",
    "level": "level in ('company', 'category', 'family', 'brand', 'product', 'channel')",
    "measured": "(measure is null) = (level is null)",
}


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("measure", sa.Text()))
    op.add_column(TABLE, sa.Column("level", sa.Text()))
    op.add_column(TABLE, sa.Column("member", sa.Text(), server_default="", nullable=False))
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, rule)


def downgrade() -> None:
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE)
    for name in COLUMNS:
        op.drop_column(TABLE, name)
