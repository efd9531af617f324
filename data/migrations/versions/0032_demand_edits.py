"""Figures of people that are held, and what an edit put aside, so that it can be put back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("forecast_override", sa.Column("held", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("demand_edit_cell", sa.Column("before_reason", sa.Text()))
    op.add_column("demand_edit_cell", sa.Column("before_expires_on", sa.Date()))
    op.add_column("demand_edit_cell", sa.Column("before_held", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    for column in ("before_held", "before_expires_on", "before_reason"):
        op.drop_column("demand_edit_cell", column)
    op.drop_column("forecast_override", "held")
