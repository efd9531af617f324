"""What a supplier has to do about its order lines, a card each that leads to the list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash.development.base_component import Component

from components.order_texts import days
from components.todo_cards import TodoCard, todo_cards
from core.clock import now, today
from core.i18n import _

ORDERS = "/portal/supplier/orders"


def to_do_cards(to_do: Any, show: str) -> list[Component]:
    """The cards; ``show`` is the list on the screen."""
    past, soon, week, later = to_do.by_days_left
    overdue = (today() - to_do.overdue_since).days if to_do.overdue_since else 0
    spread = [
        (_("%(count)s past their date"), past),
        (_("%(count)s within 3 days"), soon),
        (_("%(count)s within a week"), week),
        (_("%(count)s later"), later),
    ]
    return todo_cards(
        [
            TodoCard(
                _("To confirm"),
                str(to_do.to_confirm),
                " · ".join(text % {"count": count} for text, count in spread if count) or _("All answered"),
                _href("to_confirm"),
                tone="bad" if past else "warn" if soon else "quiet",
                parts=(("bad", past), ("warn", soon), ("good", week), ("quiet", later)),
                chosen=show == "to_confirm",
            ),
            TodoCard(
                _("Buyer's proposals"),
                str(to_do.countered),
                _("agree, or answer again") if to_do.countered else _("Nothing to answer"),
                _href("countered"),
                tone="warn" if to_do.countered else "quiet",
                chosen=show == "countered",
            ),
            TodoCard(
                _("Waiting for the buyer"),
                str(to_do.waiting),
                _waiting_text(to_do),
                _href("waiting"),
                chosen=show == "waiting",
            ),
            TodoCard(
                _("Overdue"),
                str(to_do.overdue),
                _("the oldest by %(days)s", days=days(overdue)) if to_do.overdue else _("All on time"),
                _href("overdue"),
                tone="bad" if to_do.overdue else "quiet",
                chosen=show == "overdue",
            ),
        ]
    )


def _waiting_text(to_do: Any) -> str:
    if to_do.waiting_since is None:
        return _("Nothing waits")
    waited = (now() - to_do.waiting_since).days
    return _("the oldest for %(days)s", days=days(waited)) if waited else _("since today")


def _href(show: str) -> str:
    return f"{ORDERS}?{urlencode({'show': show})}"
