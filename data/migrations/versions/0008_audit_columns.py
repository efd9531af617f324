"""The audit trail numbers and dates its entries itself: no role of the application may choose id or time."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WRITERS = "tandem_internal, tandem_partner, tandem_sign_in"
COLUMNS = "user_id, company_id, actor, action, subject, subject_id, before, after, reason"


def upgrade() -> None:
    op.execute(f"revoke insert on audit_entry from {WRITERS}")
    op.execute(f"grant insert ({COLUMNS}) on audit_entry to {WRITERS}")


def downgrade() -> None:
    op.execute(f"revoke insert ({COLUMNS}) on audit_entry from {WRITERS}")
    op.execute(f"grant insert on audit_entry to {WRITERS}")
