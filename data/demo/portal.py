"""Everything between the demo company and its partners, put together."""

from __future__ import annotations

from datetime import date

import pandas as pd

from data.demo.calendar import Calendar
from data.demo.portal_customers import portal_customer_frames
from data.demo.portal_deliveries import deliveries, partner_lines
from data.demo.portal_documents import document_requests
from data.demo.portal_forecasts import partner_forecasts
from data.demo.portal_invoices import supplier_invoices
from data.demo.portal_log import Log
from data.demo.portal_messages import partner_messages
from data.demo.portal_orders import acknowledgements
from data.demo.portal_planning import planning_frames
from data.demo.portal_quality import quality_issues
from data.demo.portal_recipes import recipe_words
from data.demo.portal_requests import partner_submissions, submitted, supplier_wishes
from data.demo.portal_steps import production_steps

Frames = dict[str, pd.DataFrame]
TABLES = (
    *("partner_forecast", "partner_forecast_value", "partner_submission", "scorecard_exclusion"),
    *("supplier_agreement", "supplier_forecast", "supplier_forecast_line", "supplier_managed_item"),
    *("document_request", "order_acknowledgement", "shipment", "shipment_line", "goods_receipt", "goods_receipt_line"),
    *("supplier_invoice", "supplier_invoice_line", "quality_issue", "quality_step", "recipe_acknowledgement"),
    *("partner_message", "partner_message_read", "partner_event", "audit_entry"),
)


def portal_frames(master: Frames, facts: Frames, calendar: Calendar, *, canaries: bool) -> Frames:
    """Tables of what passed between both sides, of master data and facts, the log of it last."""
    log, frames = Log(calendar.today), master | facts
    made = planning_frames(
        frames["supplier"], frames["purchase_order"], frames["purchase_order_line"], today=calendar.today
    )
    made |= portal_customer_frames(
        frames["sales_order"], frames["sales_order_line"], frames["customer"], frames["app_user"], calendar
    )
    made |= partner_forecasts(frames, today=calendar.today)
    made["document_request"] = document_requests(frames["supplier"], log)
    made["order_acknowledgement"] = acknowledgements(frames, log)
    delivered = deliveries(frames, log)
    made |= delivered | supplier_invoices(frames, delivered, log)
    made |= quality_issues(frames["supplier"], _received_lots(frames), frames["supplier_item"], log)
    made["recipe_acknowledgement"], objections = recipe_words(frames, log)
    made |= partner_submissions(frames | made, objections, log)
    made |= partner_messages(frames | made, log, canaries=canaries)
    made["audit_entry"] = production_steps(frames["production_order"], calendar.today)
    made["partner_event"] = log.frame()
    return made


def portal_frames_without_orders(master: Frames, today: date) -> Frames:
    """The same of a company that has no orders: issues, documents, a few requests and messages, and the log."""
    log = Log(today)
    lots = pd.DataFrame(columns=["company_id", "product_id", "lot", "quantity", "on"])
    made = {"document_request": document_requests(master["supplier"], log)}
    made |= quality_issues(master["supplier"], lots, master["supplier_item"], log)
    wishes = supplier_wishes(master, today)
    made["partner_submission"] = submitted(wishes, log, sent=pd.DataFrame(), titles=())
    made |= partner_messages(master | made, log, canaries=False)
    made["partner_event"] = log.frame()
    return made


def _received_lots(frames: Frames) -> pd.DataFrame:
    """What came of the suppliers with a portal, the newest last: company_id, product_id, lot, quantity, on."""
    lines = partner_lines(frames)[["id", "company_id", "product_id"]].rename(columns={"id": "line_id"})
    came = frames["receipt"].merge(lines, on="line_id").rename(columns={"received_on": "on"})
    return came.sort_values(["on", "line_id"], ignore_index=True)
