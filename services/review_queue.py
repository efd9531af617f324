"""The buyer's review queue: suppliers' answers with their effect; a planner accepts or rejects them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.clock import now, today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import purchase_orders as orders
from data.queries import review as rows
from data.queries import settings as versions
from models.base import Json
from services.audit import record
from services.bulk_outcome import BulkOutcome
from services.delivery_rules import delivery_rules
from services.form_values import row_id, sentence
from services.positions import shared_positions
from services.review_answers import Cover, ReviewedAnswer, Round, answer_round, covers, reviewed
from services.review_replies import own_proposal, tell_supplier

SHOWN = ("all", "confirm", "counter", "uncovered")
LISTED = 1000
HISTORY = 10
BULK = 500
NOTE_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Queue:
    """The answers of a list, the most money affected first, and counts of the whole queue."""

    answers: list[ReviewedAnswer]
    waiting: int
    plain: int
    counters: int
    uncovered: int
    value_affected: float


@dataclass(frozen=True, slots=True)
class Review:
    """One answer with all rounds of its line, the newest first."""

    answer: ReviewedAnswer
    rounds: list[Round]


def queue(viewer: Viewer, *, show: str = "all", limit: int | None = LISTED) -> Queue:
    """The answers that wait for a decision.

    Inputs: a viewer with ``purchase.read``; show: one of SHOWN ("uncovered": the stock on hand ends before the
        promised date), anything else is "all"; limit: how many are looked at, None for all.
    Returns: the answers, the most money affected first, then the oldest.
    Raises: NotAllowed.
    Source: screens.md 1, 18; product.md, promise 6.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = rows.pending(session, limit=limit)
        answers = _with_cover(session, viewer, found)
    answers.sort(key=lambda answer: (-answer.value_affected, answer.id))
    return Queue(
        answers=[answer for answer in answers if _is_shown(answer, show)],
        waiting=found[0].total if found else 0,
        plain=sum(answer.plain for answer in answers),
        counters=sum(not answer.plain for answer in answers),
        uncovered=sum(answer.days_without_cover > 0 for answer in answers),
        value_affected=float(sum(answer.value_affected for answer in answers)),
    )


def answer(viewer: Viewer, answer_id: object) -> Review:
    """One answer, decided or not, with all that was answered to its line before.

    Inputs: a viewer with ``purchase.read`` and the id of an answer.
    Returns: the answer with its effect, and the newest rounds.
    Raises: NotAllowed, NotFound.
    Source: screens.md 11, 18.
    """
    require(viewer, Permission.PURCHASE_READ)
    with session_scope(viewer) as session:
        found = rows.answer(session, answer_id=row_id(answer_id))
        if found is None:
            raise NotFound(_("There is no such answer."))
        rounds = [answer_round(row) for row in rows.rounds(session, line_id=found.line_id, limit=HISTORY)]
        return Review(_with_cover(session, viewer, [found])[0], rounds)


def accept(viewer: Viewer, answer_id: object) -> None:
    """Take a supplier's answer over into the order line: its promise with its parts, or that nothing more comes.

    Inputs: a viewer with ``review.decide`` and an answer.
    Returns: nothing. The first promise to a line stays what lateness is measured from.
    Raises: NotAllowed, NotFound; Conflict when it was decided, replaced or overtaken by a change of the line.
    Source: glossary, OTIF (first and latest confirmed date); security.md H04.
    """
    require(viewer, Permission.REVIEW_DECIDE)
    with session_scope(viewer) as session:
        found = _locked(session, answer_id)
        if found.obstacle:
            raise Conflict(found.obstacle)
        _accept(session, viewer, found)
        versions.bump(session, "orders")


def reject(viewer: Viewer, answer_id: object, note: object) -> None:
    """Send an answer back to the supplier, who sees the note and answers again; the order line stays as it is.

    Inputs: a viewer with ``review.decide``, an answer and a note for the supplier.
    Returns: nothing.
    Raises: NotAllowed, NotFound; InvalidInput without a note; Conflict when it was decided or replaced meanwhile.
    Source: screens.md 18; security.md H04.
    """
    require(viewer, Permission.REVIEW_DECIDE)
    why = sentence(note, name=_("Note"), longest=NOTE_LENGTH)
    with session_scope(viewer) as session:
        found = _locked(session, answer_id)
        if found.status != "pending":
            raise Conflict(str(found.obstacle))
        rows.decide(session, answer_id=found.id, status="rejected", user_id=viewer.user_id, at=now(), note=why)
        record(
            session,
            viewer,
            "supplier_answer.reject",
            subject="purchase_order_line",
            subject_id=found.line_id,
            before={"answer": found.id, "status": "pending"},
            after={"answer": found.id, "status": "rejected"},
            reason=why,
        )
        tell_supplier(session, viewer, found, "rejected", why)
        versions.bump(session, "orders")


def counter(viewer: Viewer, answer_id: object, *, quantity: object, promised_on: object, note: object) -> None:
    """Answer a supplier's answer by a proposal of our own; the supplier takes it up or answers again.

    Inputs: a viewer with ``review.decide``, an answer, the quantity and day (ISO date) we propose, a note for the
        supplier.
    Returns: nothing; the order line stays as it is.
    Raises: NotAllowed, NotFound; InvalidInput naming the field that is wrong; Conflict when it was decided or replaced
        meanwhile, or the line has changed.
    Source: screens.md 18; OCA purchase-workflow 2338.
    """
    require(viewer, Permission.REVIEW_DECIDE)
    why = sentence(note, name=_("Note"), longest=NOTE_LENGTH)
    with session_scope(viewer) as session:
        found = _locked(session, answer_id)
        if found.obstacle:
            raise Conflict(found.obstacle)
        proposal = own_proposal(found, quantity=quantity, promised_on=promised_on)
        rows.decide(
            session,
            answer_id=found.id,
            status="countered",
            user_id=viewer.user_id,
            at=now(),
            note=why,
            proposal=proposal,
        )
        record(
            session,
            viewer,
            "supplier_answer.counter_propose",
            subject="purchase_order_line",
            subject_id=found.line_id,
            before={"answer": found.id, "status": "pending"},
            after={"answer": found.id, "quantity": str(proposal[0]), "promised_on": str(proposal[1])},
            reason=why,
        )
        tell_supplier(session, viewer, found, "countered", why)
        versions.bump(session, "orders")


def accept_plain(viewer: Viewer, answer_ids: object) -> BulkOutcome:
    """Accept many answers that need no judgement: as ordered, as we proposed, or within the rules of delivery.

    Everything else is left for a decision of its own.

    Inputs: a viewer with ``review.decide`` and the ids of at most BULK answers.
    Returns: how many were accepted, and why the others were not.
    Raises: NotAllowed; InvalidInput when none or too many are chosen.
    Source: screens.md 21; security.md H02: each line is checked on its own.
    """
    require(viewer, Permission.REVIEW_DECIDE)
    wanted = {row_id(answer_id) for answer_id in answer_ids} if isinstance(answer_ids, list) else set()
    if not 0 < len(wanted) <= BULK:
        raise InvalidInput(_("Choose between 1 and %(count)s answers.", count=BULK))
    with session_scope(viewer) as session:
        rules = delivery_rules(session)
        found = [reviewed(row, Cover(None, None), rules) for row in rows.lock(session, answer_ids=sorted(wanted))]
        plain = [answer for answer in found if answer.plain]
        for each in plain:
            _accept(session, viewer, each)
        if plain:
            versions.bump(session, "orders")
    return BulkOutcome(len(plain), [_refusal(answer) for answer in found if not answer.plain])


def _accept(session: Session, viewer: Viewer, found: ReviewedAnswer) -> None:
    changed = _take_over(session, found)
    if changed is None:
        raise Conflict(_("The order line was changed just now. Look again, then decide."))
    rows.set_schedule(session, line_id=found.line_id, parts=found.parts)
    rows.decide(session, answer_id=found.id, status="accepted", user_id=viewer.user_id, at=now(), note=None)
    orders.close_finished_order(session, order_id=found.order_id)
    before: Json = {
        "status": found.line_status,
        "confirmed_quantity": _text(found.confirmed_quantity),
        "first_confirmed_on": _text(found.first_confirmed_on),
        "latest_confirmed_on": _text(found.latest_confirmed_on),
        "version": found.version,
    }
    after: Json = {"answer": found.id, **{name: _text(value) for name, value in changed._asdict().items()}}
    after["version"] = changed.version
    if found.parts:
        after["parts"] = [[str(quantity), str(on)] for quantity, on in found.parts]
    record(
        session,
        viewer,
        "supplier_answer.accept",
        subject="purchase_order_line",
        subject_id=found.line_id,
        before=before,
        after=after,
        reason=found.reason,
    )
    tell_supplier(session, viewer, found, "accepted", None)


def _take_over(session: Session, found: ReviewedAnswer) -> Any:
    if found.kind == "reject":
        return rows.refuse_line(session, line_id=found.line_id, version=found.line_version)
    return rows.confirm_line(
        session,
        line_id=found.line_id,
        version=found.line_version,
        quantity=found.proposed_quantity,
        promised_on=found.promised_on,
    )


def _locked(session: Session, answer_id: object) -> ReviewedAnswer:
    found = rows.lock(session, answer_ids=[row_id(answer_id)])
    if not found:
        raise NotFound(_("There is no such answer."))
    return reviewed(found[0], Cover(None, None), delivery_rules(session))


def _with_cover(session: Session, viewer: Viewer, found: list[Any]) -> list[ReviewedAnswer]:
    if not found:
        return []
    positions = shared_positions(session, viewer, as_of=today())
    lasting = covers(positions, [(row.product_id, row.location_id) for row in found], as_of=today())
    rules = delivery_rules(session)
    return [reviewed(row, lasting[row.product_id, row.location_id], rules) for row in found]


def _is_shown(found: ReviewedAnswer, show: str) -> bool:
    choices = {"confirm": found.plain, "counter": not found.plain}
    return found.days_without_cover > 0 if show == "uncovered" else choices.get(show, True)


def _refusal(found: ReviewedAnswer) -> str:
    why = found.obstacle or _(
        "asks for %(day)s or another quantity; decide on it by itself.", day=day(found.promised_on)
    )
    return f"{found.order}/{found.line_no}: {why}"


def _text(value: object) -> str | None:
    return None if value is None else str(value)
