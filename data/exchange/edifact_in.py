"""EDIFACT D.96A messages that come in: answers to order lines (ORDRSP) and shipping notices (DESADV)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.errors import InvalidInput
from core.i18n import _
from data.exchange.edifact_interchange import Message, Segment, shown

ACTIONS = {"3": "change", "5": "accept", "6": "change", "7": "refuse"}
PROMISED = ("69", "67", "2")  # promised, scheduled, requested: the first that is there counts
ANSWERED = ("113", "21")
SHIPPED = ("12", "113")
ARRIVES = ("17", "132")
DAY_FORMATS = {"102": "%Y%m%d", "203": "%Y%m%d%H%M", "204": "%Y%m%d%H%M%S"}
BUYERS_ITEMS = ("IN", "BP")
NUMBER = re.compile(r"[0-9]{1,13}([.,][0-9]{1,4})?")
LINE_NUMBER = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class LineRead:
    """What every line of a message tells: which order line, of which item (empty: not told), in which unit, and where
    in the file that stands."""

    order: str
    line_no: int
    code: str
    unit: str
    message: Message
    segment: Segment


@dataclass(frozen=True, slots=True)
class AnswerRead:
    """The answer to an order line: ``action`` accept (as ordered), change or refuse; None where nothing is told."""

    line: LineRead
    action: str
    quantity: Decimal | None
    promised_on: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class LotRead:
    """A quantity of an order line that is on its way."""

    line: LineRead
    quantity: Decimal
    lot: str
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class ShipmentRead:
    """A shipping notice with its lots."""

    number: str
    ships_on: date
    arrives_on: date
    carrier: str
    tracking: str
    packages: str
    lots: Sequence[LotRead]


def read_answers(message: Message) -> list[AnswerRead]:
    """The answers of an ORDRSP."""
    head, groups = _groups(message)
    document = _document(message, head)
    found = [_answer(message, head, group) for group in groups]
    keys = [(each.line.order, each.line.line_no) for each in found]
    for place, each in enumerate(found):
        if keys[place] in keys[:place]:
            raise message.refused(
                each.line.segment,
                _("%(order)s / %(line)s is answered twice. Answer it once.", order=keys[place][0], line=keys[place][1]),
            )
    if not found:
        raise message.refused(document, _("there is no line (LIN). Answer at least one line of the order."))
    return found


def read_shipment(message: Message) -> ShipmentRead:
    """The shipping notice of a DESADV."""
    head, groups = _groups(message)
    document = _document(message, head)
    if not groups:
        raise message.refused(document, _("there is no line (LIN). Tell at least one line that is on its way."))
    carrier = _first(head, "TDT", "20")
    packages = next((each for each in head if each.tag == "PAC"), None)
    return ShipmentRead(
        document.part(1),
        _needed_day(message, head, document, ("11",), _("the day it ships (DTM+11)")),
        _needed_day(message, head, document, ARRIVES, _("the day it arrives (DTM+17)")),
        "" if carrier is None else carrier.part(4, 3) or carrier.part(4),
        _reference(head, "CN"),
        "" if packages is None else packages.part(0),
        [_lot(message, head, group) for group in groups],
    )


def _groups(message: Message) -> tuple[list[Segment], list[list[Segment]]]:
    """What stands before the first line, and each line with what belongs to it."""
    head: list[Segment] = []
    groups: list[list[Segment]] = []
    for segment in message.segments:
        if segment.tag == "UNS":
            break
        if segment.tag == "LIN":
            groups.append([])
        (groups[-1] if groups else head).append(segment)
    return head, groups


def _document(message: Message, head: Sequence[Segment]) -> Segment:
    found = next((each for each in head if each.tag == "BGM"), None)
    if found is None or not found.part(1):
        where = found or Segment("BGM", (), 2)
        raise message.refused(where, _("the number of the document is missing. Give it, as in BGM+231+A-100+4."))
    return found


def _answer(message: Message, head: Sequence[Segment], group: Sequence[Segment]) -> AnswerRead:
    line = _line(message, head, group)
    told = line.segment.part(1)
    if told not in ACTIONS:
        raise message.refused(
            line.segment,
            _("%(told)s is no answer. Use 5 (as ordered), 3 or 6 (changed) or 7 (refused).", told=shown(told)),
        )
    quantity = _quantity(message, group, ANSWERED)
    return AnswerRead(line, ACTIONS[told], quantity, _day(message, group, PROMISED), " ".join(_remarks(group)))


def _lot(message: Message, head: Sequence[Segment], group: Sequence[Segment]) -> LotRead:
    line = _line(message, head, group)
    quantity = _quantity(message, group, SHIPPED)
    if quantity is None:
        raise message.refused(line.segment, _("the quantity is missing. Give it, as in QTY+12:100."))
    batch = _first(group, "GIN", "BX")
    lot = _reference(group, "BT") if batch is None else batch.part(1)
    return LotRead(line, quantity, lot, _day(message, group, ("36",)))


def _line(message: Message, head: Sequence[Segment], group: Sequence[Segment]) -> LineRead:
    """The order line: of the line's own reference (with a line number of the order), or else of the header's."""
    start = group[0]
    own = _first(group, "RFF", "ON")
    order = _reference(group, "ON") or _reference(head, "ON")
    if not order:
        raise message.refused(start, _("the order is missing. Give its number, as in RFF+ON:PO-100."))
    number = (own.part(0, 2) if own else "") or start.part(0)
    if not LINE_NUMBER.fullmatch(number):
        raise message.refused(
            start, _("%(number)s is no line number. Use the one of the order, such as 1.", number=shown(number))
        )
    code = start.part(2) if start.part(2, 1) in BUYERS_ITEMS else ""
    units = [each.part(0, 2) for each in group if each.tag == "QTY"]
    return LineRead(order, int(number), code, next(filter(None, units), ""), message, start)


def _first(segments: Sequence[Segment], tag: str, qualifier: str) -> Segment | None:
    return next((each for each in segments if each.tag == tag and each.part(0) == qualifier), None)


def _reference(segments: Sequence[Segment], qualifier: str) -> str:
    found = _first(segments, "RFF", qualifier)
    return "" if found is None else found.part(0, 1)


def _chosen(segments: Sequence[Segment], tag: str, qualifiers: Sequence[str]) -> Segment | None:
    found: Mapping[str, Segment | None] = {each: _first(segments, tag, each) for each in qualifiers}
    return next((each for each in found.values() if each is not None), None)


def _quantity(message: Message, group: Sequence[Segment], qualifiers: Sequence[str]) -> Decimal | None:
    found = _chosen(group, "QTY", qualifiers)
    if found is None:
        return None
    told = found.part(0, 1)
    if not NUMBER.fullmatch(told):
        raise message.refused(
            found, _("%(told)s is no quantity. Write a number such as 1200 or 12.5.", told=shown(told))
        )
    return Decimal(told.replace(",", "."))


def _day(message: Message, segments: Sequence[Segment], qualifiers: Sequence[str]) -> date | None:
    found = _chosen(segments, "DTM", qualifiers)
    if found is None:
        return None
    told = found.part(0, 1)
    try:
        if not told.isascii() or not told.isdigit():
            raise ValueError(told)
        return datetime.strptime(told, DAY_FORMATS[found.part(0, 2)]).date()  # noqa: DTZ007 — a day has no zone
    except (KeyError, ValueError) as error:
        raise message.refused(
            found, _("%(told)s is no day. Write it as in DTM+2:20260331:102.", told=shown(told))
        ) from error


def _needed_day(
    message: Message, segments: Sequence[Segment], document: Segment, qualifiers: Sequence[str], what: str
) -> date:
    found = _day(message, segments, qualifiers)
    if found is None:
        raise message.refused(document, _("%(what)s is missing. Add it before the first line.", what=what))
    return found


def _remarks(group: Sequence[Segment]) -> Iterator[str]:
    for each in group:
        if each.tag == "FTX" and len(each.elements) > 3:
            yield " ".join(filter(None, (part.strip() for part in each.elements[3])))


def only(messages: Sequence[Message], kind: str) -> Sequence[Message]:
    """The messages of a file, all of which have to be of a kind."""
    for message in messages:
        if message.kind != kind:
            raise InvalidInput(_("%(kind)s is not taken here. Send %(wanted)s.", kind=shown(message.kind), wanted=kind))
    return messages
