"""A supplier's own scorecard: choose a line behind it and dispute it."""

from __future__ import annotations

from dash import Input, Output, State, callback, set_props
from dash.development.base_component import Component

from components.grid import selected_row
from components.shell import Ids as Shell
from components.shell import toast
from components.supplier_scorecard import Figure, figure_cards, month_table
from core.i18n import EMPTY, _, day, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import document_requests, supplier_quality, supplier_scorecard
from services.form_values import row_id
from services.supplier_scorecard import PORTAL, Scorecard

PATH = PORTAL


class Ids(PageIds):
    lines: str
    chosen: str
    line: str
    reason: str
    dispute: str
    disputed: str


@callback(
    Output(Ids.chosen, "data"),
    Output(Ids.line, "children"),
    Output(Ids.dispute, "disabled"),
    Input(Ids.lines, "selectedRows"),
    prevent_initial_call=True,
)
def choose_line(selected: object) -> tuple[object, str, bool]:
    row = selected_row(selected)
    if row is None:
        return None, nothing_chosen(), True
    return {"id": row_id(row.get("id"))}, str(row.get("line", "")), False


@callback(
    Output(Ids.disputed, "data"),
    Output(Ids.reason, "value"),
    Input(Ids.dispute, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.reason, "value"),
    prevent_initial_call=True,
)
def dispute_line(_clicks: object, chosen: object, reason: object) -> tuple[int, str]:
    wanted = chosen.get("id") if isinstance(chosen, dict) else None
    made = supplier_scorecard.dispute(viewer(), wanted, reason)
    set_props(Shell.toasts, {"children": [toast(_("Sent. The line counts until the company accepts."))]})
    return made, ""


def figures(found: Scorecard) -> Component:
    """The figures and how they went."""
    shown = [
        Figure(
            _("On time and in full"),
            percent(found.otif),
            _("%(count)s lines due; on time %(time)s, in full %(full)s")
            % {"count": found.lines_due, "time": percent(found.on_time), "full": percent(found.in_full)},
        ),
        Figure(
            _("Lead time"),
            _days(found.lead_mean),
            _("from order to delivery, spread %(sd)s (standard deviation)", sd=_days(found.lead_sd)),
        ),
        Figure(_("Response"), _days(found.response_days), _("from sending an order to the first answer")),
        Figure(
            _("Quality issues"),
            number(found.issues),
            _("%(open)s open; %(receipts)s receipts; %(ppm)s ppm")
            % {
                "open": found.open_issues,
                "receipts": number(found.receipts),
                "ppm": EMPTY if found.ppm is None else number(found.ppm),
            },
            "bad" if found.open_issues else "quiet",
            _page(Permission.SUPPLIER_QUALITY, supplier_quality.PORTAL, supplier_quality.INSIDE),
        ),
        Figure(
            _("Valid certificates"),
            f"{found.valid_kinds} / {found.kinds}",
            _("kinds of certificates of which one is valid today"),
            "bad" if found.valid_kinds < found.kinds else "quiet",
            _page(Permission.SUPPLIER_DOCUMENTS, document_requests.PORTAL),
        ),
        Figure(_("Since"), day(found.since), _("all figures are of lines, receipts and issues from this day")),
    ]
    return figure_cards(shown)


def months(found: Scorecard) -> Component:
    """The trend of on time and in full."""
    return month_table([(each.first, each.rate, each.lines) for each in found.months])


def nothing_chosen() -> str:
    """What stands above the reason before a line is chosen."""
    return _("Choose a line in the list that should not count.")


def _page(feature: Permission, portal: str, inside: str = "") -> str:
    """Where a figure leads: a supplier that has the feature to its own page, colleagues to theirs."""
    if viewer().internal:
        return inside
    return portal if viewer().may(feature) else ""


def _days(value: float | None) -> str:
    return EMPTY if value is None else _("%(days)s d", days=number(value, decimals=1))
