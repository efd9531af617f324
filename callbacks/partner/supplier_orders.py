"""A supplier's order lines: choose one, confirm it or propose a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import Input, Output, State, callback, set_props
from dash.development.base_component import Component

from components.answers import AnswerCard, answer_cards, comparison
from components.forms import facts
from components.grid import selected_row
from components.message_thread import thread_link
from components.order_texts import days_to, list_length
from components.shell import Ids as Shell
from components.shell import toast
from components.supplier_to_do import ORDERS, to_do_cards
from components.two_line_grid import marked
from core.clock import today
from core.i18n import EMPTY, _, counted, day, moment, money
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import message_threads, supplier_orders
from services.form_values import shown_quantity
from services.order_round_texts import parts_text, promise_text, proposal_text, rounds_text
from services.supplier_line_texts import (
    can_confirm,
    delivered_text,
    first_proposal,
    line_state,
    price_text,
    terms_text,
)
from services.supplier_lines import Answer, LineHistory, Listing, OrderLine

PATH = ORDERS
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
# What was typed for one line is never sent for another.
TYPED = (Ids.reason, Ids.refuse_reason, Ids.split_reason, *(part for pair in PARTS for part in pair))
NOTHING_TYPED = ("",) * len(TYPED)
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
    *(Output(typed, "value") for typed in TYPED),
    Input(Ids.lines, "selectedRows"),
    *(Input(answered, "data") for answered in ANSWERED),
    prevent_initial_call=True,
)
def show_line(selected: object, *_answered: object) -> tuple[Any, ...]:
    """Who may answer and opens a line has seen it, and the buyer is told."""
    row = selected_row(selected)
    if row is None:
        return CLOSED, _("Order line"), nothing_chosen(), None, None, HIDDEN, True, HIDDEN, None, None, *NOTHING_TYPED
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
        float(first_proposal(line)[0]),
        str(max(first_proposal(line)[1], today())),
        *NOTHING_TYPED,
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


def nothing_chosen() -> str:
    """What the detail says before a line is chosen."""
    return _("Choose a line to see its history and to answer it.")


def about(found: LineHistory) -> list[Component | None]:
    """A line in full: asked, answered, confirmed; what came in."""
    line = found.line
    named = [
        (_("Item"), f"{line.code} · {line.item}"),
        (_("Deliver to"), line.location),
        (_("Ordered on"), day(line.ordered_on)),
        (_("Price"), _("%(price)s a %(uom)s", price=price_text(line.unit_price), uom=line.uom)),
        (_("Value"), money(line.quantity * line.unit_price, decimals=2)),
        (_("Delivered"), delivered_text(found)),
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
    compared = comparison([_("Ordered"), _("Your answer"), _("Confirmed")], terms)
    may_write = viewer().may(Permission.PORTAL_MESSAGES)
    messages = thread_link(message_threads.PORTAL, "purchase_order", line.order_id) if may_write else None
    return [compared, facts(named), messages]


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


def _row(line: OrderLine) -> dict[str, Any]:
    text, tone = line_state(line)
    state = marked(text, tone)
    return {
        "id": line.id,
        "order": f"{line.order} / {line.line_no}\n{line.item}",
        "state": f"{state}\n{days_to((line.due_on - today()).days)}" if line.open else state,
        "tone": tone,
        "terms": terms_text(line),
    }
