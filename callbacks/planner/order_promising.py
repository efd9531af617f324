"""Supply › Order promising: ask, hold what is offered, decide on reservations, change the shares of channels."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from dash import Input, Output, State, callback, html, no_update
from dash.development.base_component import Component

from callbacks.grid_renewal import renew_rows
from components.forms import chosen, status
from components.grid import requested_page, selected_row
from components.two_line_grid import marked
from core.errors import InvalidInput
from core.guard import requires
from core.i18n import EMPTY, _, day, moment, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import channel_allocations, order_promising, reservations
from services.form_values import shown_quantity
from services.order_promising import Doubt, Made, Offer, Promise
from services.reservations import ReservationPage, hours_left

PATH = "/supply/promise"
HOURS_OF = {"hours": 1.0, "days": 24.0}
TONES = {"held": "warn", "confirmed": "good", "released": "quiet", "expired": "quiet"}


class Ids(PageIds):
    item: str
    known: str
    place: str
    quantity: str
    wanted: str
    channel: str
    ask: str
    seen: str
    answer: str
    offers: str
    holding: str
    hold_for: str
    hold_unit: str
    customer: str
    note: str
    hold: str
    outcome: str
    changed: str
    renewed: str
    filters: str
    rows: str
    totals: str
    confirm: str
    release: str
    decided: str
    allocations: str
    scope_item: str
    scope_category: str
    scope_place: str
    scope_channel: str
    share: str
    valid_from: str
    save: str
    remove: str
    saved: str


ASKED = (
    State(Ids.item, "value"),
    State(Ids.place, "value"),
    State(Ids.quantity, "value"),
    State(Ids.wanted, "value"),
    State(Ids.channel, "value"),
)

renew_rows(Ids.rows, after=Ids.changed, renewed=Ids.renewed)


@callback(Output(Ids.known, "children"), Input(Ids.item, "value"), prevent_initial_call=True)
def show_suggestions(typed: object) -> list[Component]:
    return suggested(typed)


@callback(
    Output(Ids.answer, "children"),
    Output(Ids.offers, "rowData"),
    Output(Ids.offers, "selectedRows"),
    Output(Ids.seen, "data"),
    Output(Ids.outcome, "children"),
    Input(Ids.ask, "n_clicks"),
    Input(Ids.quantity, "n_submit"),
    Input(Ids.item, "n_submit"),
    *ASKED,
    prevent_initial_call=True,
)
def show_answer(_clicks: object, _sent: object, _typed: object, *asked: object) -> tuple[Any, ...]:
    return *answered(*asked), ""


@callback(
    Output(Ids.hold, "disabled"),
    Input(Ids.offers, "selectedRows"),
    prevent_initial_call=True,
)
def show_hold(selected: object) -> bool:
    return selected_row(selected) is None


@callback(
    Output(Ids.answer, "children", allow_duplicate=True),
    Output(Ids.offers, "rowData", allow_duplicate=True),
    Output(Ids.offers, "selectedRows", allow_duplicate=True),
    Output(Ids.seen, "data", allow_duplicate=True),
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.changed, "data"),
    Output(Ids.note, "value"),
    Input(Ids.hold, "n_clicks"),
    State(Ids.offers, "selectedRows"),
    State(Ids.seen, "data"),
    State(Ids.hold_for, "value"),
    State(Ids.hold_unit, "value"),
    State(Ids.customer, "value"),
    State(Ids.note, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def hold_offer(_clicks: object, selected: object, seen: object, *typed: object) -> tuple[Any, ...]:
    offer, asked = selected_row(selected), seen if isinstance(seen, dict) else {}
    if offer is None:
        raise InvalidInput(_("Choose an offer first."))
    made = reservations.reserve(
        viewer(), offer.get("product_id"), offer.get("location_id"), **held(offer, asked, typed)
    )
    told = _(
        "%(quantity)s %(unit)s of %(code)s held for %(day)s until %(until)s UTC.",
        quantity=shown_quantity(made["quantity"]),
        unit=made["uom"],
        code=made["code"],
        day=day(made["promised_on"]),
        until=moment(made["expires_at"]),
    )
    again = [asked.get(name) for name in ("item", "place", "quantity", "wanted", "channel")]
    return *answered(*again), told, f"{made['id']}.{made['version']}", ""


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_reservations(request: object, filters: object) -> tuple[dict[str, Any], str]:
    live = not wants_all(filters)
    answer, found = requested_page(
        request,
        lambda start, end, sort: reservations.reservations(viewer(), live=live, start=start, end=end, sort=sort),
        reservation_row,
    )
    return answer, totals_text(found)


@callback(
    Output(Ids.confirm, "disabled"),
    Output(Ids.release, "disabled"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_decisions(selected: object) -> tuple[bool, bool]:
    state = (selected_row(selected) or {}).get("state")
    return state != "held", state not in ("held", "confirmed")


@callback(
    Output(Ids.decided, "children"),
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.rows, "selectedRows"),
    Input(Ids.confirm, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def confirm_reservation(_clicks: object, selected: object) -> tuple[str, str, list[Any]]:
    row = selected_row(selected) or {}
    found = reservations.confirm(viewer(), row.get("id"), row.get("version"))
    return _("Confirmed: it stays until it is released."), f"{found['id']}.{found['version']}", []


@callback(
    Output(Ids.decided, "children", allow_duplicate=True),
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.rows, "selectedRows", allow_duplicate=True),
    Input(Ids.release, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def release_reservation(_clicks: object, selected: object) -> tuple[str, str, list[Any]]:
    row = selected_row(selected) or {}
    found = reservations.release(viewer(), row.get("id"), row.get("version"))
    return _("Released: anybody can have it."), f"{found['id']}.{found['version']}", []


@callback(
    Output(Ids.scope_item, "value"),
    Output(Ids.scope_category, "value"),
    Output(Ids.scope_place, "value"),
    Output(Ids.scope_channel, "value"),
    Output(Ids.share, "value"),
    Output(Ids.valid_from, "value"),
    Output(Ids.remove, "disabled"),
    Input(Ids.allocations, "selectedRows"),
    prevent_initial_call=True,
)
def show_allocation(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return (*(no_update,) * 6, True)
    names = ("item_code", "category_value", "location_value", "channel_id", "percent", "valid_from")
    return *(row.get(name) for name in names), False


@callback(
    Output(Ids.allocations, "rowData"),
    Output(Ids.allocations, "selectedRows"),
    Output(Ids.saved, "children"),
    Input(Ids.save, "n_clicks"),
    State(Ids.allocations, "selectedRows"),
    State(Ids.scope_item, "value"),
    State(Ids.scope_category, "value"),
    State(Ids.scope_place, "value"),
    State(Ids.scope_channel, "value"),
    State(Ids.share, "value"),
    State(Ids.valid_from, "value"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def save_allocation(_clicks: object, selected: object, *typed: object) -> tuple[Any, ...]:
    row = selected_row(selected) or {}
    item, category, location, channel, share, valid_from = typed
    found = channel_allocations.save(
        viewer(),
        allocation_id=row.get("id"),
        version=row.get("version"),
        item=item,
        category=chosen(category),
        location=chosen(location),
        channel=channel_id(channel),
        share_percent=share,
        valid_from=valid_from,
    )
    return [allocation_row(each) for each in found], [], _("Saved.")


@callback(
    Output(Ids.allocations, "rowData", allow_duplicate=True),
    Output(Ids.allocations, "selectedRows", allow_duplicate=True),
    Output(Ids.saved, "children", allow_duplicate=True),
    Input(Ids.remove, "n_clicks"),
    State(Ids.allocations, "selectedRows"),
    prevent_initial_call=True,
)
@requires(Permission.INVENTORY_EDIT)
def remove_allocation(_clicks: object, selected: object) -> tuple[Any, ...]:
    row = selected_row(selected) or {}
    found = channel_allocations.remove(viewer(), row.get("id"), row.get("version"))
    return [allocation_row(each) for each in found], [], _("Removed.")


def suggested(typed: object) -> list[Component]:
    """What the field of the item offers while it is typed."""
    return [html.Option(value=code, label=name) for code, name in order_promising.suggestions(viewer(), typed)]


def wants_all(filters: object) -> bool:
    """Whether reservations that are over are listed too."""
    return isinstance(filters, dict) and filters.get("show") == "all"


def channel_id(value: object) -> int | None:
    """What a select of channels holds."""
    text = chosen(value)
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def answered(item: object, place: object, quantity: object, wanted: object, channel: object) -> tuple[Any, ...]:
    """The answer in words, the offers, none of them selected, and what the browser remembers of the question."""
    key = order_promising.find_item(viewer(), item, place)
    found = order_promising.promise(viewer(), *key, quantity=quantity, wanted_on=wanted, channel=channel_id(channel))
    seen = {"item": item, "place": place, "quantity": quantity, "wanted": wanted, "channel": channel}
    return answer_text(found), offer_rows(found), [], seen


def held(offer: dict[str, Any], asked: dict[str, Any], typed: tuple[object, ...]) -> dict[str, Any]:
    """The arguments of a reservation of an offer."""
    length, unit, customer, note = typed
    hours = float(length) if isinstance(length, int | float) and not isinstance(length, bool) else 0.0
    return {
        "quantity": offer.get("quantity"),
        "wanted_on": asked.get("wanted"),
        "promised_on": offer.get("day"),
        "hold_hours": hours * HOURS_OF.get(str(unit), 0.0),
        "channel": channel_id(asked.get("channel")),
        "customer": customer,
        "note": note,
        "key": offer.get("key"),
    }


def answer_text(found: Promise) -> list[Component]:
    """Whether it can be had on the day, when otherwise, what keeps it, what could be made."""
    wanted, offer = found.asked, found.offer
    told = {"quantity": shown_quantity(wanted.quantity), "unit": offer.uom, "day": day(wanted.wanted_on)}
    lines = [status(*_headline(found, told))]
    if found.kept_back > 0:
        lines.append(
            html.P(_("%(kept)s more are kept for other channels.", kept=shown_quantity(round(found.kept_back, 2))))
        )
    if found.doubt is not None:
        lines.append(html.P(doubt_text(found.doubt)))
    if found.made is not None:
        lines.append(html.P(made_text(found.made, offer.uom)))
    return lines


def _headline(found: Promise, told: dict[str, Any]) -> tuple[str, str]:
    offer = found.offer
    if offer.full_on == found.asked.wanted_on:
        return _("Yes: %(quantity)s %(unit)s on %(day)s.", **told), "good"
    there = shown_quantity(round(offer.on_time, 2))
    if offer.full_on is not None:
        text = _(
            "%(there)s in time; all %(quantity)s %(unit)s on %(full)s.", there=there, full=day(offer.full_on), **told
        )
        return text, "warn"
    text = _("%(there)s in time; not all %(quantity)s %(unit)s by %(end)s.", there=there, end=day(found.until), **told)
    return text, "bad"


def doubt_text(doubt: Doubt) -> str:
    """What may make planned receipts late."""
    return _(
        "▲ This rests on planned receipts, and %(code)s %(name)s at %(place)s, which they take, runs short in the week "
        "of %(week)s. Look at its supply plan before you promise.",
        code=doubt.code,
        name=doubt.name,
        place=doubt.location,
        week=day(doubt.week),
    )


def made_text(made: Made, unit: str) -> str:
    """What capacity and components allow for the rest, and what binds."""
    what = f"{made.code} {made.name}"
    binding = {
        "lead_time": _("the lead time of %(what)s", what=what),
        "resource": _("the free hours of %(resource)s", resource=made.resource),
        "receipt": _("the next receipt of %(what)s", what=what),
        "no_source": _("%(what)s, which nobody makes or sells us", what=what),
    }[made.binds]
    told = {"quantity": shown_quantity(made.quantity), "unit": unit, "binding": binding}
    if made.day is None:
        return _(
            "The other %(quantity)s %(unit)s can't be made or bought within the plan: what binds is %(binding)s.",
            **told,
        )
    return _(
        "The other %(quantity)s %(unit)s could be made or bought by %(day)s, in a lot of %(lot)s; what binds is "
        "%(binding)s.",
        **told,
        day=day(made.day),
        lot=shown_quantity(made.lot),
    )


def offer_rows(found: Promise) -> list[dict[str, Any]]:
    """What can be held: the whole at once, then its parts, then other places and products."""
    wanted = found.asked.quantity
    rows: list[dict[str, Any]] = []

    def add(offer: Offer, kind: str, when: Any, quantity: float) -> None:
        key = str(uuid4())
        row = {"id": key, "key": key, "kind": kind, "product_id": offer.product_id, "location_id": offer.location_id}
        row |= {"code": offer.code, "name": offer.name, "location": offer.location_name, "uom": offer.uom}
        rows.append(row | {"day": day(when), "quantity": quantity})

    if found.offer.full_on is not None:
        add(found.offer, _("All at once"), found.offer.full_on, wanted)
    if len(found.offer.parts) > 1 or found.offer.full_on is None:
        for number_of, part in enumerate(found.offer.parts, start=1):
            add(found.offer, _("Part %(number)s", number=number_of), part.day, part.quantity)
    for other in found.others:
        kind = _("Elsewhere") if other.product_id == found.asked.product_id else _("Instead")
        if other.full_on is not None:
            add(other, kind, other.full_on, wanted)
        elif other.parts:
            add(other, kind, other.parts[0].day, other.parts[0].quantity)
    return rows


def reservation_row(row: dict[str, Any]) -> dict[str, Any]:
    """One reservation as the list shows it."""
    names = ("id", "version", "code", "name", "location", "location_name", "uom", "note", "made_by")
    return {
        **{name: row[name] for name in names},
        "state": row["status"],
        "status": marked(status_names()[row["status"]], TONES[row["status"]]),
        "tone": TONES[row["status"]],
        "quantity": float(row["quantity"]),
        "wanted_on": day(row["wanted_on"]),
        "promised_on": day(row["promised_on"]),
        "expires_at": time_left(row),
        "channel": row["channel"] or EMPTY,
        "customer": row["customer"] or EMPTY,
    }


def status_names() -> dict[str, str]:
    """What the states of a reservation are called."""
    return {"held": _("Held"), "confirmed": _("Confirmed"), "released": _("Released"), "expired": _("Expired")}


def time_left(row: dict[str, Any]) -> str:
    """How long a hold still lasts."""
    left = hours_left(row["expires_at"]) if row["status"] == "held" else None
    if left is None:
        return EMPTY
    if left < 1:
        return _("%(minutes)s min", minutes=number(left * 60))
    return _("%(hours)s h", hours=number(left)) if left < 48 else _("%(days)s days", days=number(left / 24))


def totals_text(found: ReservationPage) -> str:
    """How many there are."""
    return _("%(count)s shown · %(live)s count now", count=number(found.total), live=number(found.live))


def allocation_row(row: dict[str, Any]) -> dict[str, Any]:
    """One share as the list shows it, with what its form holds."""
    return {
        "id": row["id"],
        "version": row["version"],
        "what": f"{row['code']} {row['name']}" if row["code"] else row["category"] or _("All items"),
        "location": row["location"] or _("All places"),
        "channel": row["channel"],
        "share": percent(row["share"]),
        "valid_from": day(row["valid_from"]),
        "item_code": row["code"] or "",
        "category_value": row["category"] or "-",
        "location_value": row["location"] or "-",
        "channel_id": str(row["channel_id"]),
        "percent": round(row["share"] * 100, 2),
    }
