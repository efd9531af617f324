"""What the days, actions and states of the expiry board are called, and how they look."""

from __future__ import annotations

from components.stock_status import MARKS
from core.i18n import _

BUCKET_TONES = {"expired": "bad", "week": "bad", "month": "warn", "quarter": "warn", "later": "quiet"}
STATUS_TONES = {"proposed": "warn", "approved": "warn", "running": "warn", "done": "good", "cancelled": "quiet"}


def bucket_name(bucket: str) -> str:
    """How soon lots expire."""
    return {
        "expired": _("Expired"),
        "week": _("Within 7 days"),
        "month": _("8 to 30 days"),
        "quarter": _("31 to 90 days"),
        "later": _("Later"),
    }[bucket]


def kind_name(kind: str) -> str:
    """What is done about a lot."""
    return {
        "dispose": _("Dispose"),
        "donate": _("Donate"),
        "urgent_sale": _("Urgent sale"),
        "promotion": _("Promotion"),
        "markdown": _("Markdown"),
    }[kind]


def action_status_name(status: str) -> str:
    """How far an action is."""
    return {
        "proposed": _("Proposed"),
        "approved": _("Approved"),
        "running": _("Under way"),
        "done": _("Done"),
        "cancelled": _("Cancelled"),
    }[status]


def action_status_text(status: str) -> str:
    """Mark and word, for a cell of a grid."""
    return f"{MARKS[STATUS_TONES[status]]} {action_status_name(status)}"


def step_name(audited: str) -> str:
    """What somebody did with an action, by its word in the audit trail."""
    return {
        "expiry_action.propose": _("proposed"),
        "expiry_action.approve": _("approved"),
        "expiry_action.start": _("started"),
        "expiry_action.finish": _("finished"),
        "expiry_action.cancel": _("cancelled"),
    }[audited]
