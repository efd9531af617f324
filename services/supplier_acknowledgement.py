"""A supplier notes that it has seen order lines."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from core.i18n import counted
from core.viewer import Viewer
from data.queries import settings as versions
from data.queries import supplier_portal as rows
from services.audit import record
from services.partner_events import PartnerEvent, announce

BUYERS_PAGE = "/supply/purchase-orders"


def acknowledge_lines(session: Session, viewer: Viewer, line_ids: Sequence[int]) -> int:
    """Write down that lines were seen, once each.

    Inputs: a supplier's session and viewer, own open lines.
    Returns: how many of them nobody had seen before.
    Raises: nothing of its own.
    Source: security.md B21.
    """
    company_id = viewer.company_id or 0
    noted = rows.acknowledge(session, company_id=company_id, user_id=viewer.user_id, line_ids=line_ids)
    for line_id in noted:
        record(session, viewer, "order_line.acknowledge", subject="purchase_order_line", subject_id=line_id)
    if noted:
        versions.bump(session, "orders")
        title = counted("1 order line seen", "%(count)s order lines seen", len(noted))
        announce(
            session,
            viewer,
            viewer.company_id,
            PartnerEvent("order_line.acknowledged", "purchase_order_line", noted[0], title, BUYERS_PAGE),
        )
    return len(noted)
