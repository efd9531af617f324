"""The first page of a portal, to look at: cards of what waits, what was decided, what happened."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.customer_order_views import delivery_cards
from callbacks.partner import (
    activity,
    customer_forecast,
    messages,
    oem_demand,
    oem_orders,
    supplier_forecast,
    supplier_orders,
    supplier_quality,
    supplier_shipments,
)
from components.order_texts import days, days_to
from components.todo_cards import TodoCard, todo_cards
from core.clock import now, today
from core.i18n import _, counted, day, moment
from core.viewer import CompanyKind, Viewer
from services.partner_forecasts import ForecastVersion
from services.portal_home import DECIDED_DAYS, Asked, Forecast, Issues, PortalHome, Waiting
from services.submission_kinds import KINDS
from services.submissions import Submission
from services.supplier_commit_grid import SharedVersion

PATH = "/portal"
FORECAST_PATHS = {CompanyKind.CUSTOMER: customer_forecast.PATH, CompanyKind.OEM: oem_demand.PATH}


def waiting_cards(found: PortalHome, viewer: Viewer) -> list[Component]:
    """What waits, in the words of the pages it leads to; only of the features that the viewer has."""
    lists = [
        *(supplier_orders.to_do_cards(found.lines, "") if found.lines else ()),
        *(delivery_cards(found.deliveries, "") if found.deliveries else ()),
        *(oem_orders.order_cards(found.production, "") if found.production else ()),
    ]
    cards = [
        _to_ship(found.to_ship) if found.to_ship else None,
        _to_commit(found.to_commit) if found.commits else None,
        _issues(found.issues) if found.issues else None,
        _forecast(found.forecast, FORECAST_PATHS[viewer.company_kind]) if found.forecast else None,
        _unread(found.unread),
        _asked(found.asked),
    ]
    return [*lists, *todo_cards([card for card in cards if card])]


def decided_requests(found: Sequence[Submission]) -> list[Component]:
    """Requests that were decided, each with a way to its page and with what was said."""
    return [_decided(each) for each in found]


def _decided(asked: Submission) -> Component:
    kind = KINDS[asked.kind]
    state = _("Accepted") if asked.status == "accepted" else _("Declined")
    when = moment(asked.decided_at)
    return html.Li(
        [
            html.Div([dcc.Link(_(kind.title), href=kind.partner_page), html.Strong(state)]),
            html.P(asked.decision_note) if asked.decision_note else None,
            html.P(_("asked by %(who)s · decided %(when)s (UTC)", who=asked.asked_by, when=when), className="note"),
        ]
    )


def _to_ship(found: Waiting) -> TodoCard:
    left = (found.first_on - today()).days if found.first_on else 0
    return TodoCard(
        _("To ship"),
        str(found.count),
        _("the first: %(left)s", left=days_to(left)) if found.count else _("All that is confirmed is on its way"),
        supplier_shipments.PATH,
        tone="quiet" if not found.count else "bad" if left < 0 else "warn",
    )


def _to_commit(found: SharedVersion | None) -> TodoCard:
    return TodoCard(
        _("Forecast to commit"),
        "1" if found else "0",
        _("forecast %(number)s, shared on %(day)s", number=found.number, day=day(found.shared_at.date()))
        if found
        else _("Nothing waits for your commit"),
        supplier_forecast.PATH,
        tone="warn" if found else "quiet",
    )


def _issues(found: Issues) -> TodoCard:
    late = found.first_on is not None and found.first_on < today()
    turn = _("the first: %(left)s", left=days_to((found.first_on - today()).days)) if found.first_on else ""
    return TodoCard(
        _("Quality issues to answer"),
        str(found.count),
        " · ".join(filter(None, (turn, _("%(count)s open in all", count=found.open)))),
        supplier_quality.PATH,
        tone="bad" if late else "warn" if found.count else "quiet",
    )


def _forecast(found: Forecast, path: str) -> TodoCard:
    """What is not sent yet is the partner's turn, what is sent is ours."""
    sent = _version_text(found.newest) if found.newest else _("You sent none yet")
    if found.draft:
        state, note, tone = _("Draft"), _("version %(number)s, not sent", number=found.draft.number), "warn"
        return TodoCard(_("Your forecast"), state, f"{note} · {sent}", path, tone=tone)
    if found.newest is None:
        return TodoCard(_("Your forecast"), _("None"), _("Tell us what you expect to need"), path, tone="warn")
    states = {
        "sent": (_("With us"), "quiet"),
        "accepted": (_("Accepted"), "good"),
        "rejected": (_("Declined"), "bad"),
        "superseded": (_("Replaced"), "quiet"),
    }
    state, tone = states[found.newest.state]
    return TodoCard(_("Your forecast"), state, sent, path, tone=tone)


def _version_text(version: ForecastVersion) -> str:
    if version.sent_at is None:
        return _("version %(number)s", number=version.number)
    return _("version %(number)s, sent on %(day)s", number=version.number, day=day(version.sent_at.date()))


def _unread(count: int) -> TodoCard:
    return TodoCard(
        _("Unread messages"),
        str(count),
        counted("in 1 thread", "in %(count)s threads", count) if count else _("You have read all"),
        messages.PATH,
        tone="warn" if count else "quiet",
    )


def _asked(found: Asked) -> TodoCard:
    waited = (now() - found.since).days if found.since else 0
    oldest = _("the oldest for %(days)s", days=days(waited)) if waited else _("since today")
    decided = _("%(count)s decided in %(days)s", count=found.decided, days=days(DECIDED_DAYS)) if found.decided else ""
    return TodoCard(
        _("Requests with us"),
        str(found.pending),
        " · ".join(filter(None, (oldest if found.pending else _("Nothing waits for us"), decided))),
        activity.PATH,
    )
