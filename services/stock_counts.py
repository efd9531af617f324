"""Counts of stock: made for a place, counted line by line, counted again, approved as corrections of the stock.

The rule when stock moves between the making of a count and its approval: what counts is the difference between what was
found and what the books had when the count was made. Approval applies this difference to the stock of now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from core.clock import now, today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import stock_adjustments as lots
from data.queries import stock_counts as rows
from services import item_classes
from services.audit import record
from services.form_values import calendar_day, quantity_of, row_id, sentence, shown_quantity
from services.item_classes import ClassFilters
from services.listed_rows import PAGE_ROWS, mentioning
from services.positions import shared_positions
from services.stock_adjustments import LONGEST_LOT, LONGEST_NOTE, Correction, apply
from services.stock_rules import COUNTED, stock_rules

LONGEST_NAME = 120
ABC = ("A", "B", "C")
SHOWN = tuple(rows.SHOWN)

Entry = tuple[object, object, object]
"""Line, what was seen as counted, what was found: as they come from a browser or a file."""


@dataclass(frozen=True, slots=True)
class CountPage:
    """Some counts or lines, and how many there are."""

    rows: list[dict[str, Any]]
    total: int


def counts(viewer: Viewer, *, start: int = 0, end: int = PAGE_ROWS) -> CountPage:
    """A page of the counts, the open ones on top.

    Inputs: a viewer with inventory.read, first row and the one after the last.
    Returns: the page; rows hold name, place, status, blind, lines, counted, recounts, difference_value (None of a
        blind count that is open) and who made and closed it when.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    first = max(start, 0)
    with session_scope(viewer) as session:
        found, total = rows.counts(session, start=first, limit=min(max(end - first, 0), PAGE_ROWS))
    return CountPage([_without_books(row._asdict(), row) for row in found], total)


def count(viewer: Viewer, count_id: object) -> dict[str, Any]:
    """One count.

    Inputs: a viewer with inventory.read, the count.
    Returns: a row as of counts.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = _found(session, count_id)
    return _without_books(found._asdict(), found)


def lines(viewer: Viewer, count_id: object, *, show: object = "", start: int = 0, end: int = PAGE_ROWS) -> CountPage:
    """A page of the lines of a count in the order of its sheet.

    Inputs: a viewer with inventory.read, the count; show: open, recount, beyond (the tolerance) or different; first
        row and the one after the last.
    Returns: the page; of a blind count that is open, book_quantity, difference and its value are None, and beyond and
        different show all lines.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    first = max(start, 0)
    with session_scope(viewer) as session:
        found = _found(session, count_id)
        wanted = str(show) if show in SHOWN and not (_blind(found) and show in ("beyond", "different")) else ""
        some = rows.lines(session, found.id, show=wanted, start=first, limit=min(max(end - first, 0), PAGE_ROWS))
    return CountPage([_without_books(row._asdict(), found) for row in some], some[0].total if some else 0)


def make(
    viewer: Viewer,
    *,
    location: object,
    category: object = "",
    abc: object = "",
    search: object = "",
    name: object = "",
    blind: object = False,
    tolerance_percent: object = "",
) -> int:
    """Make a count of the lots in stock at a place.

    Inputs: a viewer with inventory.edit; the code of the place; what narrows the products: a category, a class of
        services.item_classes (A, B or C), a text in code or name; a name; whether the books are hidden from those who
        count; the tolerance in per cent of the book quantity, empty for the setting.
    Returns: the id of the count.
    Raises: NotAllowed; InvalidInput that names the field, and when nothing is in stock there.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    chosen = {"location": str(location or ""), "category": str(category or ""), "search": str(search or "").strip()}
    of_class = _of_class(viewer, abc) if abc else None
    title = sentence(name, name=_("Name"), longest=LONGEST_NAME) if name else _("Count of %(day)s", day=today())
    with session_scope(viewer) as session:
        share = _tolerance(session, tolerance_percent)
        found = _stocked(shared_positions(session, viewer, as_of=today()).reset_index(), chosen, of_class)
        if found.empty:
            raise InvalidInput(_("Nothing is in stock there: choose another place or fewer conditions."))
        place = int(found["location_id"].iloc[0])
        about = {"location_id": place, "name": title, "blind": blind is True, "tolerance_share": share}
        made = rows.add(session, **about, created_by=viewer.user_id)
        costs = found["unit_cost"].astype(object).where(found["unit_cost"].notna(), None)
        items = list(zip(found["product_id"].tolist(), costs, strict=True))
        if not rows.add_lines(session, made, location_id=place, costs=items):
            raise InvalidInput(_("Nothing is in stock there: choose another place or fewer conditions."))
        _record(session, viewer, "stock_count.make", made, after={**about, **chosen, "class": str(abc or "")})
    return made


def enter(viewer: Viewer, count_id: object, entries: Sequence[Entry]) -> int:
    """Store what was found, all entries or none.

    Inputs: a viewer with inventory.edit; an open count; its lines with what was counted there when they were looked at
        and what was found (nothing: not counted yet).
    Returns: how many lines changed.
    Raises: NotAllowed; NotFound; Conflict when somebody else counted a line meanwhile or the count is closed;
        InvalidInput naming the line.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    wanted = {row_id(line): (seen, found) for line, seen, found in entries}
    with session_scope(viewer) as session:
        held = _held_open(session, count_id)
        stored = {line.id: line for line in rows.held_lines(session, list(wanted)) if line.count_id == held.id}
        changes = []
        for line_id, (seen, found) in wanted.items():
            line = stored.get(line_id)
            if line is None:
                raise NotFound(_("There is no such line in this count. Download the sheet anew."))
            counted = _counted(found, lot=line.lot)
            if counted == line.counted:
                continue
            if not _as_seen(line, seen):
                raise Conflict(_taken(line))
            changes.append((line_id, counted))
        if changes:
            rows.enter(session, changes, counted_by=viewer.user_id, counted_at=now())
            rows.change(session, held.id)
            after = {str(line_id): None if found is None else str(found) for line_id, found in changes}
            _record(session, viewer, "stock_count.enter", held.id, after=after)
    return len(changes)


def add_found(
    viewer: Viewer, count_id: object, *, code: object, lot: object, quantity: object, expires_on: object = ""
) -> int:
    """Add a lot that was found and that the books don't have at the place.

    Inputs: a viewer with inventory.edit; an open count; the code of a product that is kept there; the name of the lot;
        what was found; the day it expires, if it does.
    Returns: the id of the line.
    Raises: NotAllowed; NotFound; Conflict when the count has a line for it, or the books have the lot; InvalidInput.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    name = sentence(lot, name=_("Lot"), longest=LONGEST_LOT)
    counted = _counted(quantity, lot=name)
    if not counted:
        raise InvalidInput(_("Counted: enter what was found, more than 0."))
    ends = calendar_day(expires_on, name=_("Expires on")) if expires_on else None
    with session_scope(viewer) as session:
        held = _held_open(session, count_id)
        places = shared_positions(session, viewer, as_of=today()).reset_index()
        found = places[(places["location_id"] == held.location_id) & (places["code"] == str(code or "").strip())]
        if found.empty:
            raise InvalidInput(_("Item: “%(code)s” is no product that this place keeps.", code=code))
        item = found.iloc[0]
        key = (int(item["product_id"]), int(held.location_id), name)
        taken = _("Lot %(lot)s is in the books or in this count already. Correct its line.", lot=name)
        if any(known.quantity > 0 for known in lots.hold_lots(session, [key])):
            raise Conflict(taken)
        made = rows.add_line(
            session,
            count_id=held.id,
            product_id=key[0],
            lot=name,
            expires_on=ends,
            book_quantity=0,
            unit_cost=None if pd.isna(item["unit_cost"]) else item["unit_cost"],
            counted=counted,
            counted_by=viewer.user_id,
            counted_at=now(),
        )
        if made is None:
            raise Conflict(taken)
        rows.change(session, held.id)
        _record(session, viewer, "stock_count.add", held.id, after={"lot": name, "counted": str(counted)})
    return made


def recount(viewer: Viewer, count_id: object, version: object) -> int:
    """Have the lines beyond the tolerance counted again, those that were not yet.

    Inputs: a viewer with inventory.edit; an open count with the version on the screen.
    Returns: how many lines wait for a second look; what was found first is kept beside them.
    Raises: NotAllowed; NotFound; Conflict when the count was changed or closed meanwhile.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        held = _held_as_seen(session, count_id, version)
        beyond = rows.lines(session, held.id, show="beyond")
        again = [line.id for line in beyond if line.first_counted is None]
        if again:
            rows.count_again(session, again)
            rows.change(session, held.id)
            _record(session, viewer, "stock_count.recount", held.id, after={"lines": len(again)})
    return len(again)


def approve(viewer: Viewer, count_id: object, version: object) -> int:
    """Correct the stock by what the count found, all lines or none. Lines that nobody counted change nothing.

    Inputs: a viewer with inventory.edit; an open count with the version on the screen.
    Returns: how many lots were corrected.
    Raises: NotAllowed; NotFound; Conflict when the count was changed or closed meanwhile, when a line still waits for
        its second look, or when so much left the stock since that a lot would fall below zero.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        held = _held_as_seen(session, count_id, version)
        every = rows.lines(session, held.id)
        waiting = next((line for line in every if line.recount), None)
        if waiting is not None:
            raise Conflict(
                _("%(item)s, lot %(lot)s has to be counted again first.", item=waiting.name, lot=waiting.lot)
            )
        if not any(line.counted is not None for line in every):
            raise Conflict(_("Nothing was counted yet: enter what was found first."))
        corrections = _corrections(session, held.location_id, [line for line in every if line.difference])
        apply(session, viewer, corrections, reason=COUNTED, note=held.name, count_id=held.id)
        _close(session, viewer, held, "approved", after={"corrected": len(corrections)})
    return len(corrections)


def cancel(viewer: Viewer, count_id: object, version: object, *, reason: object) -> None:
    """Call a count off; the stock stays as it is.

    Inputs: a viewer with inventory.edit; an open count with the version on the screen; why.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when the count was changed or closed meanwhile; InvalidInput without a
        reason.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    why = sentence(reason, name=_("Reason"), longest=LONGEST_NOTE)
    with session_scope(viewer) as session:
        _close(session, viewer, _held_as_seen(session, count_id, version), "cancelled", reason=why)


def _corrections(session: Session, location_id: int, different: Sequence[Any]) -> list[Correction]:
    """The difference that was found, applied to what each lot has now."""
    keys = [(line.product_id, location_id, line.lot) for line in different]
    if not keys:
        return []
    new = [
        dict(zip(("product_id", "location_id", "lot"), key, strict=True))
        | {"quantity": 0, "received_on": today(), "expires_on": line.expires_on}
        for key, line in zip(keys, different, strict=True)
    ]
    lots.make_lots(session, new)
    held = {(lot.product_id, lot.location_id, lot.lot): lot for lot in lots.hold_lots(session, keys)}
    found = []
    for key, line in zip(keys, different, strict=True):
        lot = held[key]
        after = lot.quantity + Decimal(str(line.counted)) - Decimal(str(line.book_quantity))
        if after < 0:
            raise Conflict(_below_zero(line, lot.quantity))
        found.append(Correction(key, lot.id, lot.quantity, after))
    return found


def _below_zero(line: Any, there: Decimal) -> str:
    return _(
        "Nothing was corrected: %(item)s, lot %(lot)s was %(difference)s less than in the books, but only %(there)s "
        "are left now. Count this lot again.",
        item=line.name,
        lot=line.lot,
        difference=shown_quantity(-line.difference),
        there=shown_quantity(there),
    )


def _close(
    session: Session, viewer: Viewer, held: Any, status: str, *, reason: str | None = None, **about: Any
) -> None:
    closed = {"closed_by": viewer.user_id, "closed_at": now(), "closed_reason": reason}
    rows.change(session, held.id, status=status, **closed)
    verb = {"approved": "approve", "cancelled": "cancel"}[status]
    _record(session, viewer, f"stock_count.{verb}", held.id, before={"status": held.status}, reason=reason, **about)


def _found(session: Session, count_id: object) -> Any:
    found = rows.count(session, row_id(count_id))
    if found is None:
        raise NotFound(_("There is no such count. Reload the page."))
    return found


def _held_open(session: Session, count_id: object) -> Any:
    """Whoever changes a count or its lines holds it, so that nobody approves what they have not seen."""
    held = rows.held(session, row_id(count_id))
    if held is None:
        raise NotFound(_("There is no such count. Reload the page."))
    if held.status != "open":
        raise Conflict(_("Nothing was changed: this count is %(status)s.", status=held.status))
    return held


def _held_as_seen(session: Session, count_id: object, version: object) -> Any:
    held = _held_open(session, count_id)
    if held.version != version:
        raise Conflict(_("Nothing was changed: somebody changed this count since you looked. Look again, then decide."))
    return held


def _as_seen(line: Any, seen: object) -> bool:
    try:
        return bool(_counted(seen, lot=line.lot) == line.counted)
    except InvalidInput:
        return False


def _taken(line: Any) -> str:
    if line.counted is None:
        return _("Nothing was stored: lot %(lot)s is to be counted again. Look again, then count it.", lot=line.lot)
    return _(
        "Nothing was stored: somebody else counted lot %(lot)s meanwhile and found %(counted)s. Look again, then "
        "correct it if you must.",
        lot=line.lot,
        counted=shown_quantity(line.counted),
    )


def _counted(value: object, *, lot: str) -> Decimal | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    found = quantity_of(value, name=_("Counted, lot %(lot)s", lot=lot))
    if found < 0:
        raise InvalidInput(_("Counted, lot %(lot)s: nobody finds less than 0.", lot=lot))
    return found


def _tolerance(session: Session, percent: object) -> float:
    if percent in (None, ""):
        return stock_rules(session).count_tolerance
    found = quantity_of(percent, name=_("Tolerance"))
    if not 0 <= found <= 100:
        raise InvalidInput(_("Tolerance: enter 0 to 100 per cent of the book quantity."))
    return float(found) / 100


def _of_class(viewer: Viewer, abc: object) -> set[tuple[int, int]]:
    """Product and place of all items of a class, sold and used ones."""
    if abc not in ABC:
        raise InvalidInput(_("Class: choose A, B or C."))
    found = set()
    for goods in item_classes.GOODS:
        first, total = 0, 1
        while first < total:
            page = item_classes.item_classes(viewer, ClassFilters(goods=goods), start=first, end=first + PAGE_ROWS)
            found |= {(row["product_id"], row["location_id"]) for row in page.rows if row["abc"] == abc}
            first, total = first + PAGE_ROWS, page.total
    return found


def _stocked(positions: pd.DataFrame, chosen: Mapping[str, str], of_class: set[tuple[int, int]] | None) -> pd.DataFrame:
    """The items of a place that a count is to look at."""
    found = positions[positions["location"] == chosen["location"]]
    found = found[(found["on_hand"] > 0) | (found["expired"] > 0)]
    if chosen["category"]:
        found = found[found["category"] == chosen["category"]]
    found = found[mentioning(found, chosen["search"], "code", "name")]
    if of_class is not None:
        keys = pd.MultiIndex.from_frame(found[["product_id", "location_id"]])
        found = found[keys.isin(list(of_class))]
    return found


def _blind(count_row: Any) -> bool:
    return bool(count_row.blind and count_row.status == "open")


def _without_books(row: dict[str, Any], count_row: Any) -> dict[str, Any]:
    """Who counts blind must not learn from the page what the books have."""
    hidden = ("book_quantity", "difference", "difference_value", "beyond")
    return row | {name: None for name in hidden if name in row} if _blind(count_row) else row


def _record(session: Session, viewer: Viewer, action: str, count_id: int, **about: Any) -> None:
    record(session, viewer, action, subject="stock_count", subject_id=count_id, **about)
