"""Suppliers' answers: choose one, see what it means, accept or reject it; accept many plain confirmations at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import Input, Output, State, callback, set_props
from dash.development.base_component import Component

from callbacks.queue_views import CLOSED, HIDDEN, OPENED, SHOWN, Queue, QueueIds, decide_on
from components.answers import AnswerCard, answer_cards, comparison
from components.forms import facts
from components.grid import selected_row
from components.message_thread import thread_link
from components.order_texts import days
from components.shell import Ids as Shell
from components.shell import toast
from components.todo_cards import TodoCard, todo_cards
from core.clock import today
from core.guard import requires
from core.i18n import EMPTY, _, day, moment, money, number
from core.identity import viewer
from core.permissions import Permission
from services import review_queue
from services.form_values import shown_quantity
from services.message_threads import INSIDE
from services.order_round_texts import parts_text, promise_text, proposal_text, rounds_text
from services.review_answers import ReviewedAnswer, Round

PATH = "/supply/review-queue"


class Ids(QueueIds):
    rounds: str
    counter: str
    counter_quantity: str
    counter_on: str
    countered: str


@callback(
    Output(Ids.detail, "className"),
    Output(Ids.title, "children"),
    Output(Ids.about, "children"),
    Output(Ids.rounds, "children"),
    Output(Ids.chosen, "data"),
    Output(Ids.deciding, "style"),
    Output(Ids.accept, "disabled"),
    Output(Ids.note, "value"),
    Output(Ids.counter_quantity, "value"),
    Output(Ids.counter_on, "value"),
    Output(Ids.accept_chosen, "disabled"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_answer(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    several = not selected
    if row is None:
        return CLOSED, _("Answer"), nothing_chosen(), None, None, HIDDEN, True, "", None, None, several
    found = review_queue.answer(viewer(), row.get("id"))
    answer = found.answer
    decides = viewer().may(Permission.REVIEW_DECIDE) and answer.status == "pending"
    return (
        OPENED,
        f"{answer.order} / {answer.line_no} · {answer.item}",
        about(answer),
        answer_cards([round_card(each, answer.uom) for each in found.rounds]),
        answer.id,
        SHOWN if decides else HIDDEN,
        answer.obstacle is not None,
        "",
        float(answer.quantity),
        str(max(answer.requested_on, today())),
        several,
    )


@callback(
    Output(Ids.countered, "data"),
    Input(Ids.counter, "n_clicks"),
    State(Ids.chosen, "data"),
    State(Ids.counter_quantity, "value"),
    State(Ids.counter_on, "value"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
@requires(Permission.REVIEW_DECIDE)
def counter_answer(_clicks: object, answer_id: object, quantity: object, on: object, note: object) -> object:
    review_queue.counter(viewer(), answer_id, quantity=quantity, promised_on=on, note=note)
    set_props(Shell.toasts, {"children": [toast(_("Sent. The supplier sees your proposal and answers it."))]})
    return answer_id


def answer_rows(found: review_queue.Queue) -> list[dict[str, Any]]:
    """Answers as grid rows."""
    return [_row(answer) for answer in found.answers]


def queue_cards(found: review_queue.Queue, show: str) -> list[Component]:
    """What waits for a decision."""
    return todo_cards(
        [
            TodoCard(
                _("Waiting for a decision"),
                number(found.waiting),
                _("%(money)s of order value affected", money=money(found.value_affected)),
                _href("all"),
                tone="warn" if found.waiting else "quiet",
                chosen=show == "all",
            ),
            TodoCard(
                _("Plain confirmations"),
                number(found.plain),
                _("as ordered or proposed by us: accept them together"),
                _href("confirm"),
                chosen=show == "confirm",
            ),
            TodoCard(
                _("Proposed changes"),
                number(found.counters),
                _("another date, quantity, in parts or not at all"),
                _href("counter"),
                tone="warn" if found.counters else "quiet",
                chosen=show == "counter",
            ),
            TodoCard(
                _("Stock ends before"),
                number(found.uncovered),
                _("stock on hand does not last until the promised day"),
                _href("uncovered"),
                tone="bad" if found.uncovered else "quiet",
                chosen=show == "uncovered",
            ),
        ]
    )


def nothing_chosen() -> str:
    """What the detail says before an answer is chosen."""
    return _("Choose an answer to see what it means and to decide on it.")


def about(answer: ReviewedAnswer) -> list[Component]:
    """An answer in full: asked and promised, and the effect of the difference."""
    quantities = (answer.quantity, answer.proposed_quantity, answer.confirmed_quantity)
    dates = (answer.requested_on, answer.promised_on, answer.latest_confirmed_on)
    terms = [
        (_("Quantity (%(uom)s)", uom=answer.uom), [shown_quantity(value) for value in quantities]),
        (_("Date"), [day(value) for value in dates]),
    ]
    named = [
        (_("Supplier"), answer.supplier),
        (_("Item"), f"{answer.code} · {answer.item}"),
        (_("Deliver to"), answer.location),
        (_("Effect"), _effect(answer)),
        (_("Value affected"), _("%(part)s of %(whole)s", part=money(answer.value_affected), whole=money(answer.value))),
        (_("Stock on hand"), _cover(answer)),
        (_("First confirmed"), day(answer.first_confirmed_on)),
        (_("Rounds"), rounds_text(answer.rounds)),
    ]
    if answer.parts:
        named.append((_("In parts"), parts_text(answer.parts)))
    if answer.obstacle:
        named.append((_("Attention"), answer.obstacle))
    said = [thread_link(INSIDE, "purchase_order", answer.order_id)] if viewer().may(Permission.PARTNER_READ) else []
    return [comparison([_("Ordered"), _("Promised now"), _("Confirmed before")], terms), facts(named), *said]


def round_card(found: Round, uom: str) -> AnswerCard:
    """One round with the decision on it."""
    states = {
        "pending": (_("Waiting"), "warn"),
        "accepted": (_("Accepted"), "good"),
        "rejected": (_("Rejected"), "bad"),
        "countered": (_("Countered"), "warn"),
        "superseded": (_("Replaced"), "quiet"),
    }
    text, tone = states[found.status]
    proposed = proposal_text(found.counter_quantity, uom, found.counter_on)
    decided = f"{found.decided_by or EMPTY}, {moment(found.decided_at)} (UTC)" if found.decided_at else ""
    return AnswerCard(
        state=text,
        tone=tone,
        terms=promise_text(found.kind, found.quantity, uom, found.promised_on, found.parts),
        said=f"{found.answered_by}, {moment(found.created_at)} (UTC)",
        reason=found.reason or "",
        reply=": ".join(part for part in (decided, proposed, found.decision_note) if part),
    )


def _row(answer: ReviewedAnswer) -> dict[str, Any]:
    return {
        "id": answer.id,
        "order": f"{answer.order} / {answer.line_no}\n{answer.supplier}",
        "item": f"{answer.code} · {answer.item}\n{answer.location}",
        "terms": _terms(answer),
        "days_later": answer.days_later,
        "value_affected": float(answer.value_affected),
        "cover": answer.cover.days_of_cover,
        "uncovered": answer.days_without_cover > 0,
        "reason": answer.obstacle or answer.reason or "",
        "rounds": answer.rounds,
    }


def _terms(answer: ReviewedAnswer) -> str:
    """Asked → promised, the promise only where it differs."""
    if answer.kind == "reject":
        return f"{shown_quantity(answer.quantity)} {answer.uom}\n" + _("→ can't deliver")
    quantity, asked = shown_quantity(answer.quantity), day(answer.requested_on)
    if answer.quantity_short:
        quantity = f"{quantity} → {shown_quantity(answer.proposed_quantity)}"
    if answer.days_later:
        asked = f"{asked} → {day(answer.promised_on)}"
    if answer.parts:
        asked += " " + _("in %(count)s parts", count=len(answer.parts))
    return f"{quantity} {answer.uom}\n{asked}"


def _effect(answer: ReviewedAnswer) -> str:
    if answer.kind == "reject":
        return _("does not come; order it elsewhere")
    later, short = answer.days_later, answer.quantity_short
    parts = []
    if later:
        parts.append(_("%(days)s later", days=days(later)) if later > 0 else _("%(days)s earlier", days=days(-later)))
    if short:
        text = _("%(count)s %(uom)s short") if short > 0 else _("%(count)s %(uom)s more")
        parts.append(text % {"count": shown_quantity(abs(short)), "uom": answer.uom})
    return ", ".join(parts) or _("as ordered")


def _cover(answer: ReviewedAnswer) -> str:
    cover = answer.cover
    if cover.days_of_cover is None:
        return _("nobody knows how long it lasts: no demand or no policy")
    left, until = number(cover.days_of_cover, decimals=1), day(cover.stock_out_on)
    lasts = _("lasts %(left)s days, until %(day)s", left=left, day=until)
    if not answer.days_without_cover:
        return lasts
    return lasts + "; " + _("that is %(days)s before the promised day", days=days(answer.days_without_cover))


def _href(show: str) -> str:
    return f"{PATH}?{urlencode({'show': show})}"


def _listed(chosen: object) -> tuple[list[dict[str, Any]], list[Component]]:
    found = review_queue.queue(viewer(), show=str(chosen))
    return answer_rows(found), queue_cards(found, str(chosen))


decide_on(
    Ids,
    Queue(
        permission=Permission.REVIEW_DECIDE,
        accept=lambda person, chosen, _note: review_queue.accept(person, chosen),
        reject=review_queue.reject,
        accept_plain=review_queue.accept_plain,
        accepted=lambda: _("Accepted. The order line carries the supplier's promise now."),
        rejected=lambda: _("Rejected. The supplier sees your note and can answer again."),
        together=lambda count: _("%(count)s accepted as ordered.", count=count),
        listed=_listed,
    ),
    also_after=[Ids.countered],
)
