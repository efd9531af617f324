"""Who wrote into a partner's draft last, and by which edit a version came into the demand plan."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

COLUMNS = {"changed_by": ("app_user.id", None), "edit_id": ("demand_edit.id", "SET NULL")}


def upgrade() -> None:
    for name, (target, ondelete) in COLUMNS.items():
        key = sa.ForeignKey(target, name=f"fk_partner_forecast_{name}", ondelete=ondelete)
        op.add_column("partner_forecast", sa.Column(name, sa.BigInteger(), key))
    op.create_index("ix_partner_forecast_edit_id", "partner_forecast", ["edit_id"])
    op.execute("grant select (changed_by), update (changed_by) on partner_forecast to tandem_partner")


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("partner_forecast", name)
