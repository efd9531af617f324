"""What is typed about an event, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import InvalidInput
from core.i18n import _, day, number
from data.queries import planning_events as rows
from services.form_values import calendar_day, quantity_of, sentence

KINDS = ("promotion", "price", "school_holiday", "closure", "other")
MECHANICS = ("discount", "bogo", "bundle", "display", "sampling", "price", "other")
GROUPS = ("category", "family", "brand")
LONGEST_CODE, LONGEST_NAME, LONGEST_NOTE = 60, 200, 500
LONGEST_EVENT = 366
MOST_PRODUCTS = 500
MOST_BUDGET = 10**12
MOST_UPLIFT = 20


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it is stored: ids where it names a product, location or channel, None for all of them. ``products``
    and ``channels`` hold several."""

    code: str
    name: str
    kind: str
    product_id: int | None
    location_id: int | None
    channel_id: int | None
    category: str | None
    family: str | None
    brand: str | None
    starts_on: date
    ends_on: date
    discount: float | None
    mechanic: str | None
    budget: float | None
    expected_uplift: float | None
    pull_forward: float | None
    cannibalisation: float | None
    note: str | None
    lessons: str | None
    products: tuple[int, ...]
    channels: tuple[int, ...]


SEVERAL = ("products", "channels")


def checked_event(session: Session, given: Mapping[str, Any]) -> Event:
    """An event of what was typed.

    Inputs: an open session; the fields by name, of planning_events.create.
    Returns: Event.
    Raises: InvalidInput that names the first field that can't be accepted and says what it takes.
    Source: security.md G.
    """
    starts_on, ends_on = _span(given)
    code = sentence(given.get("code"), name=_("Code"), longest=LONGEST_CODE)
    name = sentence(given.get("name"), name=_("Name"), longest=LONGEST_NAME)
    kind = one_of(given.get("kind"), KINDS, name=_("Kind"))
    product_id, products = _targets(session, "product", given, name=_("Product"))
    location_id, _several = _targets(session, "location", given, name=_("Location"))
    channel_id, channels = _targets(session, "channel", given, name=_("Channel"))
    groups = {group: _group(session, group, given.get(group)) for group in GROUPS}
    if (product_id or products) and any(groups.values()):
        raise InvalidInput(_("Products: name products, or a category, family or brand, not both."))
    return Event(
        code=code,
        name=name,
        kind=kind,
        product_id=product_id,
        location_id=location_id,
        channel_id=channel_id,
        **groups,
        starts_on=starts_on,
        ends_on=ends_on,
        discount=_discount(given.get("discount")),
        mechanic=one_of(given["mechanic"], MECHANICS, name=_("Mechanic")) if given.get("mechanic") else None,
        budget=_figure(given.get("budget"), 0, MOST_BUDGET, name=_("Budget")),
        expected_uplift=_figure(given.get("expected_uplift"), -1, MOST_UPLIFT, name=_("Expected uplift")),
        pull_forward=_figure(given.get("pull_forward"), 0, 1, name=_("Pull-forward")),
        cannibalisation=_figure(given.get("cannibalisation"), 0, 1, name=_("Cannibalisation")),
        note=_text(given.get("note"), name=_("Note")),
        lessons=_text(given.get("lessons"), name=_("Lessons")),
        products=products,
        channels=channels,
    )


def one_of(value: object, allowed: tuple[str, ...], *, name: str) -> str:
    """A choice from a few words.

    Inputs: value: what the browser sent; the words; what the field is called.
    Returns: the word.
    Raises: InvalidInput that names them.
    Source: none; ours.
    """
    if not isinstance(value, str) or value not in allowed:
        raise InvalidInput(_("%(name)s: choose one of: %(values)s.", name=name, values=", ".join(allowed)))
    return value


def new_code(session: Session) -> str:
    """A code for an event of which nobody gave one.

    Inputs: an open session.
    Returns: such as EV-202611-0042.
    Raises: nothing.
    Source: none; ours.
    """
    return f"EV-{today():%Y%m}-{rows.next_number(session):04d}"


def _span(given: Mapping[str, Any]) -> tuple[date, date]:
    starts_on = calendar_day(given.get("starts_on"), name=_("First day"))
    ends_on = calendar_day(given.get("ends_on"), name=_("Last day"))
    if ends_on < starts_on:
        raise InvalidInput(
            _("Last day: %(last)s is before the first day, %(first)s.", last=day(ends_on), first=day(starts_on))
        )
    if (ends_on - starts_on).days >= LONGEST_EVENT:
        raise InvalidInput(_("Last day: an event takes at most %(count)s days.", count=LONGEST_EVENT))
    return starts_on, ends_on


def _targets(
    session: Session, table: str, given: Mapping[str, Any], *, name: str
) -> tuple[int | None, tuple[int, ...]]:
    """The only one by id, or several; nothing for all."""
    typed = given.get(f"{table}s") or given.get(table) or []
    codes = [typed] if isinstance(typed, str) else typed
    if not isinstance(codes, (list, tuple)) or len(codes) > MOST_PRODUCTS:
        raise InvalidInput(_("%(name)s: give at most %(count)s codes.", name=name, count=MOST_PRODUCTS))
    wanted = list(dict.fromkeys(str(code).strip()[:LONGEST_NAME] for code in codes))
    found = rows.target_ids(session, table, wanted)
    missing = [code for code in wanted if code not in found]
    if missing:
        raise InvalidInput(_("%(name)s: there is none with the code “%(code)s”.", name=name, code=missing[0][:60]))
    ids = tuple(sorted(found.values()))
    return (ids[0], ()) if len(ids) == 1 else (None, ids)


def _group(session: Session, name: str, value: object) -> str | None:
    if not value:
        return None
    if not isinstance(value, str) or not rows.group_known(session, name, value):
        raise InvalidInput(_("%(name)s: no product has “%(value)s”.", name=name.capitalize(), value=str(value)[:60]))
    return value


def _discount(value: object) -> float | None:
    if value is None or value == "":
        return None
    share = quantity_of(value, name=_("Discount"))
    if not 0 <= share <= 1:
        raise InvalidInput(_("Discount: enter a share from 0 to 1, such as 0.2 for 20 % off."))
    return float(share)


def _figure(value: object, least: int, most: int, *, name: str) -> float | None:
    if value is None or value == "":
        return None
    found = quantity_of(value, name=name)
    if not least <= found <= most:
        raise InvalidInput(
            _("%(name)s: enter %(least)s to %(most)s.", name=name, least=number(least), most=number(most))
        )
    return float(found)


def _text(value: object, *, name: str) -> str | None:
    return sentence(value, name=name, longest=LONGEST_NOTE) if value else None
