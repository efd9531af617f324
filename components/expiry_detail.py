"""One lot of the expiry board: its figures, the actions for it and who did what with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.answers import AnswerCard, answer_cards
from components.expiry_texts import STATUS_TONES, action_status_name, kind_name, step_name
from components.forms import facts
from core.i18n import _, day, moment, money, number, percent

Row = dict[str, Any]


def lot_facts(lot: Row) -> Component:
    """What the lot is worth and what of it will not be sold."""
    if not lot["quantity"]:
        return html.P(_("Nothing is left of this lot."), className="note")
    demand = lot["demand_until"]
    sold = _amount(demand, lot) if lot["demand_known"] else _("no demand known, none counted on")
    days = lot["days_left"]
    shown = [
        (_("In stock"), _amount(lot["quantity"], lot)),
        (_("Expires on"), day(lot["expires_on"]) if lot["expires_on"] else _("never")),
        (_("Days left"), _("none") if days is not None and days <= 0 else number(days)),
        (_("Demand until then"), sold),
        (_("Won't be sold"), _amount(lot["quantity_at_risk"], lot)),
        (_("Value at risk"), money(lot["value_at_risk"])),
        (_("Unit cost"), money(lot["unit_cost"], decimals=2)),
    ]
    return facts(shown)


def action_cards(actions: Sequence[Row]) -> Component:
    """The actions of a lot, the newest on top."""
    if not actions:
        return html.P(_("Nothing was proposed yet."), className="note")
    return answer_cards([_card(action) for action in reversed(actions)])


def lot_history(lines: Sequence[Row]) -> Component:
    """Who did what and when, the latest first."""
    return html.Ul([html.Li(_line(line)) for line in lines], className="expiry-history note")


def action_text(action: Row) -> str:
    """An action in a few words, to choose it by."""
    return _(
        "%(kind)s %(quantity)s, %(status)s",
        kind=kind_name(action["kind"]),
        quantity=_amount(action["quantity"], action),
        status=action_status_name(action["status"]).lower(),
    )


def _card(action: Row) -> AnswerCard:
    return AnswerCard(
        state=action_status_name(action["status"]),
        tone=STATUS_TONES[action["status"]],
        terms=f"{kind_name(action['kind'])} {_amount(action['quantity'], action)}",
        reason=action["note"] or "",
        said=_plan(action),
        reply=_result(action),
    )


def _plan(action: Row) -> str:
    said = _(
        "Due %(day)s · %(money)s expected back (%(share)s of cost)",
        day=day(action["due_on"]),
        money=money(action["expected_recovery"]),
        share=percent(action["recovery_share"], decimals=0),
    )
    return _("%(said)s · event %(code)s", said=said, code=action["event"]) if action["event"] else said


def _result(action: Row) -> str:
    if action["status"] != "done":
        return ""
    return _(
        "%(quantity)s done away with on %(day)s, %(money)s back",
        quantity=_amount(action["done_quantity"], action),
        day=day(action["finished_on"]),
        money=money(action["recovered"], decimals=2),
    )


def _line(line: Row) -> str:
    said = f"{moment(line['at'])} · {line['who']} {step_name(line['action'])}"
    return f"{said}: {line['reason']}" if line["reason"] else said


def _amount(quantity: float | None, row: Row) -> str:
    return f"{number(quantity)} {row['uom']}"
