"""A supplier's invoice as both sides see it: the row of a list, and how each line matches."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from components.forms import facts, status
from components.two_line_grid import marked
from core.i18n import EMPTY, _, counted, day, money, number

TONES = {"sent": "warn", "approved": "good", "disputed": "bad"}


def invoice_row(found: dict[str, Any], *, supplier: bool = False) -> dict[str, Any]:
    """A row of the list; with the supplier inside."""
    tone = TONES[found["status"]]
    differs = sum(not line["matched"] for line in found["lines"])
    match = counted("1 line differs", "%(count)s lines differ", differs) if differs else _("Matched")
    who = f"{found['supplier']}, {day(found['issued_on'])}" if supplier else day(found["issued_on"])
    return {
        "id": found["id"],
        "invoice": f"{found['number']}\n{who}",
        "amount": f"{money(found['amount'], decimals=2)}\n{counted('1 line', '%(count)s lines', len(found['lines']))}",
        "state": f"{marked(found['state'], tone)}\n{match}",
        "tone": tone,
    }


def about(found: dict[str, Any]) -> list[Component]:
    """An invoice in full, line by line."""
    named = [
        (_("State"), found["state"]),
        (_("Date"), day(found["issued_on"])),
        (_("Amount"), money(found["amount"], decimals=2)),
        (_("Note"), found["decision_note"] or EMPTY),
    ]
    return [facts(named), *(_line(line) for line in found["lines"])]


def _line(line: dict[str, Any]) -> Component:
    asked = _(
        "%(quantity)s %(uom)s at %(price)s",
        quantity=_plain(line["quantity"]),
        uom=line["uom"],
        price=_price(line["unit_price"]),
    )
    open_part = _(
        "%(quantity)s %(uom)s at %(price)s",
        quantity=_plain(line["open"]),
        uom=line["uom"],
        price=_price(line["ordered_price"]),
    )
    return html.Div(
        [
            html.H3(f"{line['order']} / {line['line_no']} · {line['item']}"),
            status(line["result"], "good" if line["matched"] else "warn"),
            facts(
                [
                    (_("Invoiced"), asked),
                    (_("Received and not otherwise invoiced, ordered price"), open_part),
                    (_("Above it"), money(line["difference"], decimals=2)),
                ]
            ),
        ]
    )


def _plain(value: Any) -> str:
    return number(value, decimals=2)


def _price(value: Any) -> str:
    return money(value, decimals=4)
