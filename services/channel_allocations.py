"""How much of what can be promised is each channel's own: read, changed, removed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day, percent
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import channel_allocations as rows
from data.queries import order_promising
from services.audit import record
from services.form_values import calendar_day, quantity_of, row_id
from services.positions import filter_choices

SCOPE = ("product_id", "category", "location_id")
KEY = (*SCOPE, "channel_id", "valid_from")


def allocations(viewer: Viewer) -> list[dict[str, Any]]:
    """Every part, those of single items first.

    Inputs: a viewer with inventory.read.
    Returns: dictionaries of id, code and name (None: not of one item), category, location, channel, share, valid_from
        and version.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        return [dict(row._mapping) for row in rows.listed(session)]


def choices(viewer: Viewer) -> dict[str, list[tuple[str, str]]]:
    """What a form offers.

    Inputs: a viewer with inventory.read.
    Returns: ``channel`` (its id), ``category`` and ``location`` (its code): value and text.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        channels = order_promising.channels(session)
    named = [(str(channel), str(name)) for channel, name in zip(channels["id"], channels["name"], strict=True)]
    return {"channel": named, **filter_choices(viewer)}


def save(
    viewer: Viewer,
    *,
    allocation_id: object = None,
    version: object = None,
    item: object = "",
    category: object = "",
    location: object = "",
    channel: object,
    share_percent: object,
    valid_from: object,
) -> list[dict[str, Any]]:
    """Add a part, or change one.

    Inputs: a viewer with inventory.edit; the part to change with the version on the screen, None for a new one; the
        code of an item or a category, neither for all items; the code of a place, empty for all; the id of a channel;
        its share in per cent; the day from which it holds.
    Returns: every part, as allocations gives them.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile or another one says the same; InvalidInput
        that names the field, also when the channels together would have more than all.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        rows.lock(session)
        new = _values(session, item, category, location, channel)
        new |= {"share": _share(share_percent), "valid_from": calendar_day(valid_from, name=_("From"))}
        before = None if allocation_id is None else _held(session, allocation_id, version)
        _require_room(session, new, instead_of=None if before is None else before.id)
        if before is None:
            changed = rows.add(session, **new)
        else:
            changed = before.id
            rows.change(session, changed, **new)
        was = None if before is None else {name: _text(getattr(before, name)) for name in new}
        after = {name: _text(value) for name, value in new.items()}
        _record(session, viewer, "save", changed, before=was, after=after)
    return allocations(viewer)


def remove(viewer: Viewer, allocation_id: object, version: object) -> list[dict[str, Any]]:
    """Remove a part; what was kept for the channel is everybody's.

    Inputs: a viewer with inventory.edit, the part with the version on the screen.
    Returns: every part that is left.
    Raises: NotAllowed; NotFound; Conflict when it has changed meanwhile.
    Source: none; ours.
    """
    require(viewer, Permission.INVENTORY_EDIT)
    with session_scope(viewer) as session:
        rows.lock(session)
        held = _held(session, allocation_id, version)
        rows.remove(session, held.id)
        _record(session, viewer, "remove", held.id, before={name: _text(getattr(held, name)) for name in KEY})
    return allocations(viewer)


def _values(session: Session, item: object, category: object, location: object, channel: object) -> dict[str, Any]:
    code, kind, place = (value.strip() if isinstance(value, str) else "" for value in (item, category, location))
    if code and kind:
        raise InvalidInput(_("Choose either one item or a category."))
    product_id = rows.product_id(session, code) if code else None
    if code and product_id is None:
        raise InvalidInput(_("Item: there is no product %(code)s.", code=code[:40]))
    location_id = rows.location_id(session, place) if place else None
    if place and location_id is None:
        raise InvalidInput(_("Place: there is no location %(code)s.", code=place[:40]))
    if row_id(channel) not in set(order_promising.channels(session)["id"]):
        raise InvalidInput(_("Channel: choose one."))
    return {
        "product_id": product_id,
        "category": kind[:200] or None,
        "location_id": location_id,
        "channel_id": row_id(channel),
    }


def _share(value: object) -> float:
    wanted = quantity_of(value, name=_("Share"))
    if not 0 <= wanted <= 100:
        raise InvalidInput(_("Share: enter 0 to 100 per cent."))
    return float(wanted / Decimal(100))


def _require_room(session: Session, new: dict[str, Any], *, instead_of: int | None) -> None:
    """The channels of a scope together never have more than all, on no day on which one of them changes."""
    others = [
        row._mapping
        for row in rows.listed(session)
        if row.id != instead_of and all(getattr(row, name) == new[name] for name in SCOPE)
    ]
    if any(all(other[name] == new[name] for name in KEY) for other in others):
        raise Conflict(_("There is a share of this channel from that day on already. Select it to change it."))
    every: list[Any] = [*others, new]
    for changed_on in sorted({row["valid_from"] for row in every}):
        total = _total(every, changed_on)
        if total > 1 + 1e-9:
            raise InvalidInput(
                _(
                    "Share: from %(day)s on the channels would have %(total)s together. Lower another one first.",
                    day=day(changed_on),
                    total=percent(total),
                )
            )


def _total(every: list[Any], on: date) -> float:
    newest: dict[int, Any] = {}
    for row in sorted((row for row in every if row["valid_from"] <= on), key=lambda row: row["valid_from"]):
        newest[row["channel_id"]] = row["share"]
    return float(sum(newest.values()))


def _held(session: Session, allocation_id: object, version: object) -> Any:
    held = rows.one(session, row_id(allocation_id))
    if held is None:
        raise NotFound(_("There is no such share. Somebody may have removed it; look again."))
    if held.version != version:
        raise Conflict(_("This share has changed since you opened it. Look again, then decide."))
    return held


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _record(session: Session, viewer: Viewer, verb: str, allocation_id: int, **about: Any) -> None:
    record(
        session, viewer, f"channel_allocation.{verb}", subject="channel_allocation", subject_id=allocation_id, **about
    )
