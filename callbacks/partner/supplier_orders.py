"""A supplier's order lines: choose one, confirm it or propose a change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from dash import Input, Output, State, callback, set_props
from dash.development.base_component import Component

from components.answers import AnswerCard, answer_cards, comparison
from components.forms import facts
from components.grid import selected_row
from components.order_texts import days, days_to, list_length
from components.shell import Ids as Shell
from components.shell import toast
from components.todo_cards import TodoCard, todo_cards
from components.two_line_grid import marked
from core.clock import now, today
from core.i18n import EMPTY, _, counted, day, moment, money
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import supplier_orders
from services.form_values import shown_quantity
from services.order_round_texts import parts_text, promise_text, proposal_text, rounds_text
from services.supplier_lines import Answer, LineHistory, Listing, OrderLine, ToDo

PATH = "/portal/supplier/orders"
CLOSED, OPENED = "panel detail", "panel detail detail-open"
HIDDEN: dict[str, str] = {"display": "none"}
SHOWN: dict[str, str] = {}


class Ids(PageIds):
    filter: str
    show: str
    search: str
    to_do: str
    lines: str
    length: str
    detail: str
    close: str
    title: str
    about: str
    rounds: str
    chosen: str
    answering: str
    acknowledge_all: str
    acknowledged: str
    agree: str
    agreed: str
    refuse: str
    refuse_reason: str
    refused: str
    split: str
    split_reason: str
    split_done: str
    part_1_quantity: str
    part_1_on: str
    part_2_quantity: str
    part_2_on: str
    part_3_quantity: str
    part_3_on: str
    part_4_quantity: str
    part_4_on: str
    confirm: str
    quantity: str
    promised: str
    reason: str
    propose: str
    confirmed: str
    proposed: str


PARTS = (
    (Ids.part_1_quantity, Ids.part_1_on),
    (Ids.part_2_quantity, Ids.part_2_on),
    (Ids.part_3_quantity, Ids.part_3_on),
    (Ids.part_4_quantity, Ids.part_4_on),
)
ANSWERED = (Ids.confirmed, Ids.proposed, Ids.agreed, Ids.refused, Ids.split_done)


@callback(
    Output(Ids.detail, "className"),
    Output(Ids.title, "children"),
    Output(Ids.about, "children"),
    Output(Ids.rounds, "children"),
    Output(Ids.chosen, "data"),
    Output(Ids.answering, "style"),
    Output(Ids.confirm, "disabled"),
    Output(Ids.agree, "style"),
    Output(Ids.quantity, "value"),
    Output(Ids.promised, "value"),
    Output(Ids.reason, "value"),
    Input(Ids.lines, "selectedRows"),
    *(Input(answered, "data") for answered in ANSWERED),
    prevent_initial_call=True,
)
def show_line(selected: object, *_answered: object) -> tuple[Any, ...]:
    """Who may answer and opens a line has seen it, and the buyer is told."""
    row = selected_row(selected)
    if row is None:
        return CLOSED, _("Order line"), nothing_chosen(), None, None, HIDDEN, True, HIDDEN, None, None, ""
    may_answer = viewer().may(Permission.PORTAL_ANSWER)
    if may_answer:
        supplier_orders.acknowledge(viewer(), row.get("id"))
    found = supplier_orders.line(viewer(), row.get("id"))
    line = found.line
    return (
        OPENED,
        f"{line.order} / {line.line_no} · {line.item}",
        about(found),
        answer_cards([answer_card(answer, line.uom) for answer in found.answers]),
        {"id": line.id, "version": line.version, "answer": line.answer_id or 0},
        SHOWN if line.open and may_answer else HIDDEN,
        not can_confirm(line),
        SHOWN if line.state == "countered" else HIDDEN,
        float(_asked(line)[0]),
        str(max(_asked(line)[1], today())),
        "",
    )


@callback(Output(Ids.lines, "selectedRows"), Input(Ids.close, "n_clicks"), prevent_initial_call=True)
def close_line(_clicks: object) -> list[object]:
    return []


@callback(
    Output(Ids.confirmed, "data"),
    Input(Ids.confirm, "n_clicks"),
    State(Ids.chosen, "data"),
    prevent_initial_call=True,
)
def confirm_line(_clicks: object, chosen: object) -> int:
    line_id, version, seen = chosen_line(chosen)
    answer = supplier_orders.confirm(viewer(), line_id, version, seen_answer=seen)
    set_props(Shell.toasts, {"children": [toast(_("Confirmed. The buyer sees your promise now."))]})
    return answer


@callback(
    Output(Ids.proposed, "data"),
    Input(Ids.propose, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.quantity, "value"),
    State(Ids.promised, "value"),
    State(Ids.reason, "value"),
    prevent_initial_call=True,
)
def propose_change(_clicks: object, chosen: object, quantity: object, promised: object, reason: object) -> int:
    line_id, version, seen = chosen_line(chosen)
    answer = supplier_orders.counter(
        viewer(), line_id, version, quantity=quantity, promised_on=promised, reason=reason, seen_answer=seen
    )
    set_props(Shell.toasts, {"children": [toast(_("Your proposal is with the buyer now."))]})
    return answer


@callback(
    Output(Ids.split_done, "data"),
    Input(Ids.split, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.split_reason, "value"),
    *(State(part, "value") for pair in PARTS for part in pair),
    prevent_initial_call=True,
)
def split_line(_clicks: object, chosen: object, reason: object, *typed: object) -> int:
    line_id, version, seen = chosen_line(chosen)
    answer = supplier_orders.split(
        viewer(), line_id, version, parts=typed_parts(typed), reason=reason, seen_answer=seen
    )
    set_props(Shell.toasts, {"children": [toast(_("Your deliveries in parts are with the buyer now."))]})
    return answer


@callback(
    Output(Ids.refused, "data"),
    Input(Ids.refuse, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.refuse_reason, "value"),
    prevent_initial_call=True,
)
def refuse_line(_clicks: object, chosen: object, reason: object) -> int:
    line_id, version, seen = chosen_line(chosen)
    answer = supplier_orders.refuse(viewer(), line_id, version, reason=reason, seen_answer=seen)
    set_props(Shell.toasts, {"children": [toast(_("The buyer is told that you can't deliver, and decides."))]})
    return answer


@callback(
    Output(Ids.agreed, "data"),
    Input(Ids.agree, "n_clicks"),
    State(Ids.chosen, "data"),
    prevent_initial_call=True,
)
def agree_line(_clicks: object, chosen: object) -> int:
    line_id, version, seen = chosen_line(chosen)
    answer = supplier_orders.agree(viewer(), line_id, version, seen_answer=seen)
    set_props(Shell.toasts, {"children": [toast(_("Agreed. The buyer sees your promise now."))]})
    return answer


@callback(
    Output(Ids.acknowledged, "data"),
    Input(Ids.acknowledge_all, "n_clicks"),
    prevent_initial_call=True,
)
def acknowledge_lines(_clicks: object) -> int:
    seen = supplier_orders.acknowledge_all(viewer())
    told = counted("1 line acknowledged.", "%(count)s lines acknowledged.", seen) if seen else _("Nothing was new.")
    set_props(Shell.toasts, {"children": [toast(told)]})
    return seen


@callback(
    Output(Ids.lines, "rowData"),
    Output(Ids.to_do, "children"),
    Output(Ids.length, "children"),
    *(Input(answered, "data") for answered in (*ANSWERED, Ids.acknowledged)),
    State(Ids.filter, "data"),
    prevent_initial_call=True,
)
def show_lines(*given: object) -> tuple[Any, ...]:
    show, search = filter_of(given[-1])
    found = supplier_orders.lines(viewer(), show=show, search=search)
    return line_rows(found), to_do_cards(found.to_do, show), list_length(len(found.lines), found.total)


def typed_parts(typed: Sequence[object]) -> list[dict[str, object]]:
    """The deliveries that were filled in, from quantities and dates in turn."""
    pairs = zip(typed[::2], typed[1::2], strict=True)
    return [{"quantity": quantity, "promised_on": on} for quantity, on in pairs if quantity or on]


def filter_of(chosen: object) -> tuple[str, str]:
    """Which list is on the screen, as the browser says."""
    given = chosen if isinstance(chosen, dict) else {}
    return str(given.get("show") or "open"), str(given.get("search") or "")


def chosen_line(chosen: object) -> tuple[object, object, object]:
    """Id and version of the line on the screen and its newest answer there; the service checks them."""
    given = chosen if isinstance(chosen, dict) else {}
    return given.get("id"), given.get("version"), given.get("answer")


def line_rows(found: Listing) -> list[dict[str, Any]]:
    """Order lines as grid rows of two text lines each."""
    return [_row(line) for line in found.lines]


def to_do_cards(to_do: ToDo, show: str) -> list[Component]:
    """What there is to do."""
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


def nothing_chosen() -> str:
    """What the detail says before a line is chosen."""
    return _("Choose a line to see its history and to answer it.")


def about(found: LineHistory) -> list[Component]:
    """A line in full: asked, answered, confirmed; what came in."""
    line = found.line
    named = [
        (_("Item"), f"{line.code} · {line.item}"),
        (_("Deliver to"), line.location),
        (_("Ordered on"), day(line.ordered_on)),
        (_("Price"), _("%(price)s a %(uom)s", price=_price(line.unit_price), uom=line.uom)),
        (_("Value"), money(line.quantity * line.unit_price, decimals=2)),
        (_("Delivered"), _delivered(found)),
        (_("First confirmed"), day(line.first_confirmed_on)),
        (_("Rounds"), rounds_text(line.rounds)),
    ]
    if line.schedule:
        named.append((_("Agreed deliveries"), parts_text(line.schedule)))
    if line.state == "countered":
        named.append((_("Your turn"), proposal_text(line.counter_quantity, line.uom, line.counter_on)))
    quantities = (line.quantity, line.answer_quantity, line.confirmed_quantity)
    dates = (line.requested_on, line.answer_promised_on, line.latest_confirmed_on)
    terms = [
        (_("Quantity (%(uom)s)", uom=line.uom), [shown_quantity(value) for value in quantities]),
        (_("Date"), [day(value) for value in dates]),
    ]
    return [comparison([_("Ordered"), _("Your answer"), _("Confirmed")], terms), facts(named)]


def answer_card(answer: Answer, uom: str) -> AnswerCard:
    """One answer of the supplier and what the buyer said to it."""
    states = {
        "pending": (_("With the buyer"), "quiet"),
        "accepted": (_("Accepted"), "good"),
        "rejected": (_("Declined"), "bad"),
        "countered": (_("Countered"), "warn"),
        "superseded": (_("Replaced"), "quiet"),
    }
    text, tone = states[answer.status]
    note = _("Buyer: %(note)s", note=answer.decision_note) if answer.decision_note else ""
    proposed = proposal_text(answer.counter_quantity, uom, answer.counter_on)
    return AnswerCard(
        state=text,
        tone=tone,
        terms=promise_text(answer.kind, answer.quantity, uom, answer.promised_on, answer.parts),
        said=f"{answer.answered_by or EMPTY}, {moment(answer.created_at)} (UTC)",
        reason=answer.reason or "",
        reply=" · ".join(part for part in (proposed, note) if part),
    )


def can_confirm(line: OrderLine) -> bool:
    """Whether the button to confirm does anything for this line."""
    confirmed_already = line.as_requested or (line.answer_status == "pending" and line.answer_kind == "confirm")
    return line.open and line.answerable and not confirmed_already and line.requested_on >= today()


def _asked(line: OrderLine) -> tuple[Decimal, date]:
    """What a proposal begins with: the buyer's own one, the answer that waits, or what is ordered."""
    if line.state == "countered" and line.counter_quantity and line.counter_on:
        return line.counter_quantity, line.counter_on
    if line.state == "waiting" and line.answer_quantity and line.answer_promised_on:
        return line.answer_quantity, line.answer_promised_on
    return line.quantity, line.due_on


def _waiting_text(to_do: ToDo) -> str:
    if to_do.waiting_since is None:
        return _("Nothing waits")
    waited = (now() - to_do.waiting_since).days
    return _("the oldest for %(days)s", days=days(waited)) if waited else _("since today")


def _row(line: OrderLine) -> dict[str, Any]:
    text, tone = _state(line)
    state = marked(text, tone)
    return {
        "id": line.id,
        "order": f"{line.order} / {line.line_no}\n{line.item}",
        "state": f"{state}\n{days_to((line.due_on - today()).days)}" if line.open else state,
        "tone": tone,
        "terms": _terms(line),
    }


def _state(line: OrderLine) -> tuple[str, str]:
    late = line.open and line.due_on < today()
    states = {
        "new": (_("New"), "warn"),
        "to_confirm": (_("To confirm"), "warn"),
        "countered": (_("Your turn"), "warn"),
        "waiting": (_("With buyer"), "quiet"),
        "declined": (_("Declined"), "bad"),
        "confirmed": (_("Confirmed"), "good"),
        "received": (_("Received"), "good"),
        "cancelled": (_("Cancelled"), "quiet"),
        "closed": (_("Closed"), "quiet"),
    }
    text, tone = states[line.state]
    return (text, "bad" if late else tone)


def _terms(line: OrderLine) -> str:
    """Quantity and date as ordered, or as promised last with what that changes."""
    waiting = line.state == "waiting"
    quantity = line.answer_quantity if waiting else line.confirmed_quantity
    promised = line.answer_promised_on if waiting else line.latest_confirmed_on
    ordered = f"{shown_quantity(line.quantity)} {line.uom}"
    if quantity is not None and quantity != line.quantity:
        ordered = f"{shown_quantity(line.quantity)} → {shown_quantity(quantity)} {line.uom}"
    later = (promised - line.requested_on).days if promised else 0
    return f"{ordered}\n{day(promised or line.requested_on)}" + (f" {later:+d} d" if later else "")


def _delivered(found: LineHistory) -> str:
    if not found.receipts:
        return _("nothing yet")
    return "; ".join(
        f"{shown_quantity(receipt.quantity)} {found.line.uom}, {day(receipt.received_on)}" for receipt in found.receipts
    )


def _price(price: Decimal) -> str:
    """To the cent, or to all its decimals when it has more."""
    return money(price, decimals=2 if round(price, 2) == price else 4)


def _href(show: str) -> str:
    return f"{PATH}?{urlencode({'show': show})}"
