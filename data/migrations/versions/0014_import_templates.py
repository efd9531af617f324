"""Ways of importing saved by name; whether an upload was looked at by a virus scanner."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLE = "import_template"


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    saved_by = sa.ForeignKey("app_user.id", ondelete="SET NULL", name=f"fk_{TABLE}_saved_by")
    op.create_table(
        TABLE,
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        *(sa.Column(name, json, nullable=False) for name in ("mapping", "reading", "options")),
        sa.Column("saved_by", sa.BigInteger(), saved_by),
        sa.Column("saved_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("entity", "name", name=f"pk_{TABLE}"),
    )
    op.execute(f"grant select, insert, update, delete on {TABLE} to tandem_internal")
    op.add_column("import_batch", sa.Column("scanned", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    op.drop_column("import_batch", "scanned")
    op.drop_table(TABLE)
