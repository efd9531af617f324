"""What the suppliers with a portal saw and answered of their orders, and what the log says of both."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from core.permissions import Permission
from data.demo.frames import rows
from data.demo.portal_deliveries import partner_lines
from data.demo.portal_log import Log, person_of, shown

QUEUE, SUPPLIERS, BUYERS = "/supply/review-queue", "/portal/supplier/orders", "/supply/purchase-orders"
SEEN_BEFORE = timedelta(hours=1)


def acknowledgements(frames: dict[str, pd.DataFrame], log: Log) -> pd.DataFrame:
    """Table order_acknowledgement: who answered a line had seen it an hour before."""
    lines = partner_lines(frames)
    answers = frames["supplier_response"].merge(
        lines[["id", "order_id", "number", "line_no", "uom"]].rename(columns={"id": "line_id"}), on="line_id"
    )
    answers["seen_at"] = answers["created_at"].map(lambda moment: moment - SEEN_BEFORE)
    _tell_orders(lines, log)
    _tell_seen(answers, log)
    for answer in rows(answers.astype({"decided_at": object})):
        _tell_answer(answer, log)
    return pd.DataFrame(
        {
            "line_id": answers["line_id"],
            "company_id": answers["company_id"],
            "acknowledged_by": answers["company_id"].map(person_of),
            "acknowledged_at": answers["seen_at"],
        }
    )


def _tell_orders(lines: pd.DataFrame, log: Log) -> None:
    for order in rows(lines.drop_duplicates("order_id")):
        href = f"{SUPPLIERS}?{urlencode({'show': 'all', 'search': order.number})}"
        told: dict[str, Any] = {"title": f"Order {order.number}, please confirm it", "href": href}
        reader = str(Permission.SUPPLIER_PORTAL)
        about = ("purchase_order", order.order_id)
        log.ours(order.sent_at, order.company_id, "purchase_order.sent", about, reader=reader, **told)


def _tell_seen(answers: pd.DataFrame, log: Log) -> None:
    for _order, seen in answers.groupby("order_id"):
        count, first = len(seen), seen.iloc[0]
        title = "1 order line seen" if count == 1 else f"{count} order lines seen"
        about = ("purchase_order_line", first["line_id"])
        company = int(first["company_id"])
        log.theirs(first["seen_at"], company, "order_line.acknowledged", about, title=title, href=BUYERS)


def _tell_answer(answer: Any, log: Log) -> None:
    line, about = f"{answer.number} / {answer.line_no}", ("purchase_order_line", answer.line_id)
    wanted = f"{shown(answer.quantity)} {answer.uom} on {answer.promised_on:%Y-%m-%d}"
    title = f"{line} confirmed: {wanted}" if answer.kind == "confirm" else f"{line}: {wanted} proposed"
    told = {"title": title, "href": QUEUE, "detail": answer.reason}
    log.theirs(answer.created_at, answer.company_id, "order_line.answered", about, **told)
    if answer.status == "accepted":
        title = f"{line}: your answer is accepted"
        log.ours(answer.decided_at, answer.company_id, "order_line.decided", about, title=title, href=SUPPLIERS)
