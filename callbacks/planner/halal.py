"""Inventory › Halal: certificates, their documents, products that are not covered, blocked sources."""

from __future__ import annotations

from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, html, no_update
from dash.development.base_component import Component

from callbacks.grid_renewal import renew_rows
from components.forms import chosen
from components.grid import requested_page, selected_row
from components.halal_detail import (
    STATE_TONES,
    break_list,
    broken_goods,
    certificate_facts,
    document_list,
    document_zone,
    holder_name,
    state_name,
)
from components.todo_cards import TodoCard, todo_cards
from components.two_line_grid import marked
from core.certificate_kinds import kind_name
from core.guard import requires
from core.i18n import _, counted, day, number
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import certificate_documents, halal
from services.halal import CertificateDetail, HalalFilters

PATH = "/inventory/halal"
FILTERS = ("state", "kind", "holder", "search")
CLOSED = ("split", "panel detail")
OPEN = ("split split-open", "panel detail detail-open")


class Ids(PageIds):
    filters: str
    state: str
    kind: str
    holder: str
    search: str
    cards: str
    outcome: str
    changed: str
    rows: str
    renewed: str
    totals: str
    products: str
    product_totals: str
    blocked: str
    blocked_renewed: str
    products_renewed: str
    split: str
    detail: str
    close: str
    title: str
    place: str
    body: str
    remove: str
    source: str
    chosen_source: str
    until: str
    reason: str
    allow: str
    block: str


DETAIL = (
    (Ids.split, "className"),
    (Ids.detail, "className"),
    (Ids.title, "children"),
    (Ids.place, "children"),
    (Ids.body, "children"),
)

for grid_id, renewed_id in (
    (Ids.rows, Ids.renewed),
    (Ids.blocked, Ids.blocked_renewed),
    (Ids.products, Ids.products_renewed),
):
    renew_rows(grid_id, after=Ids.changed, renewed=renewed_id)


@callback(
    Output(Ids.rows, "getRowsResponse"),
    Output(Ids.totals, "children"),
    Input(Ids.rows, "getRowsRequest"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_certificates(request: object, filters: object) -> tuple[dict[str, Any], str]:
    wanted = wanted_certificates(filters)
    answer, found = requested_page(
        request,
        lambda start, end, sort: halal.certificates(viewer(), wanted, start=start, end=end, sort=sort),
        certificate_row,
    )
    return answer, counted("1 certificate", "%(count)s certificates, the most urgent on top", found.total)


@callback(
    Output(Ids.products, "getRowsResponse"),
    Output(Ids.product_totals, "children"),
    Input(Ids.products, "getRowsRequest"),
    prevent_initial_call=True,
)
def show_products(request: object) -> tuple[dict[str, Any], str]:
    answer, found = requested_page(
        request,
        lambda start, end, sort: halal.products(viewer(), start=start, end=end, sort=sort),
        product_row,
    )
    return answer, counted("1 product has to be halal", "%(count)s products have to be halal", found.total)


@callback(
    Output(Ids.blocked, "getRowsResponse"),
    Input(Ids.blocked, "getRowsRequest"),
    prevent_initial_call=True,
)
def show_blocked(request: object) -> dict[str, Any]:
    answer, _found = requested_page(
        request,
        lambda start, end, sort: halal.blocked(viewer(), start=start, end=end, sort=sort),
        blocked_row,
    )
    return answer


@callback(
    Output(Ids.cards, "children"),
    Input(Ids.changed, "data"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def show_cards(_changed: object, filters: object) -> list[Component]:
    return alert_cards(wanted_certificates(filters).state)


@callback(
    *(Output(*part) for part in DETAIL),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_certificate(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return (no_update,) * len(DETAIL)
    return certificate_parts(halal.certificate(viewer(), row.get("id")))


@callback(
    *(Output(*part, allow_duplicate=True) for part in DETAIL),
    Input(Ids.products, "selectedRows"),
    prevent_initial_call=True,
)
def show_product(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return (no_update,) * len(DETAIL)
    breaks = halal.breaks_of(viewer(), row.get("product_id"))
    return *OPEN, str(row.get("name")), str(row.get("code")), break_list(breaks)


@callback(
    Output(Ids.split, "className", allow_duplicate=True),
    Output(Ids.detail, "className", allow_duplicate=True),
    Output(Ids.rows, "selectedRows"),
    Output(Ids.products, "selectedRows"),
    Input(Ids.close, "n_clicks"),
    prevent_initial_call=True,
)
def close_detail(_clicks: object) -> tuple[str, str, list[Any], list[Any]]:
    return *CLOSED, [], []


@callback(
    *(Output(*part, allow_duplicate=True) for part in DETAIL),
    Output(Ids.changed, "data", allow_duplicate=True),
    Input({"type": Ids.remove, "index": ALL}, "n_clicks"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def remove_document(clicks: object) -> tuple[Any, ...]:
    """Also called when the buttons appear, with no click."""
    pressed = ctx.triggered_id
    if not isinstance(pressed, dict) or not isinstance(clicks, list) or not any(clicks):
        return (no_update,) * (len(DETAIL) + 1)
    certificate_id = certificate_documents.remove(viewer(), pressed.get("index"))
    return *certificate_parts(halal.certificate(viewer(), certificate_id)), f"removed {pressed.get('index')}"


@callback(
    Output(Ids.source, "data"),
    Output(Ids.chosen_source, "children"),
    Output(Ids.allow, "disabled"),
    Output(Ids.block, "disabled"),
    Input(Ids.blocked, "selectedRows"),
    prevent_initial_call=True,
)
def choose_source(selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return None, "", True, True
    source = {name: row.get(name) for name in ("supplier_id", "product_id")}
    return source, f"{row.get('supplier')}: {row.get('name')}", False, not row.get("allowed")


@callback(
    Output(Ids.outcome, "children"),
    Output(Ids.changed, "data"),
    Output(Ids.reason, "value"),
    Output(Ids.blocked, "selectedRows"),
    Input(Ids.allow, "n_clicks"),
    State(Ids.source, "data"),
    State(Ids.until, "value"),
    State(Ids.reason, "value"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def allow_source(clicks: object, source: object, until: object, reason: object) -> tuple[Any, ...]:
    halal.allow(viewer(), *source_of(source), until=until, reason=reason)
    return _("Allowed; it can be ordered until then."), f"allowed {clicks}", "", []


@callback(
    Output(Ids.outcome, "children", allow_duplicate=True),
    Output(Ids.changed, "data", allow_duplicate=True),
    Output(Ids.blocked, "selectedRows", allow_duplicate=True),
    Input(Ids.block, "n_clicks"),
    State(Ids.source, "data"),
    prevent_initial_call=True,
)
@requires(Permission.MASTER_EDIT)
def block_source(clicks: object, source: object) -> tuple[Any, ...]:
    halal.block_again(viewer(), *source_of(source))
    return _("Blocked again."), f"blocked {clicks}", []


def wanted_certificates(filters: object) -> HalalFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return HalalFilters(**{name: chosen(given.get(name)) for name in FILTERS})


def source_of(source: object) -> tuple[object, object]:
    """Supplier and product that the browser remembers, unchecked."""
    given = source if isinstance(source, dict) else {}
    return given.get("supplier_id"), given.get("product_id")


def alert_cards(wanted_state: str) -> list[Component]:
    """What there is to do; a card of certificates opens its list."""
    found = halal.summary(viewer())
    notes = {
        "expired": _("certificates have run out"),
        "expiring": _("end within %(days)s days", days=number(found.due_days)),
        "missing": _("certificates are needed and not known"),
    }
    cards = [
        TodoCard(
            state_name(state),
            number(found.states[state]),
            note,
            f"{PATH}?state={state}&kind=halal",
            STATE_TONES[state] if found.states[state] else "quiet",
            chosen=wanted_state == state,
        )
        for state, note in notes.items()
    ]
    goods = _("of %(count)s finished products that have to be", count=number(found.halal_goods))
    sources = _("of their ingredients; %(count)s allowed for a time", count=number(found.allowed))
    cards.append(
        TodoCard(_("Not covered"), number(found.not_covered), goods, PATH, "bad" if found.not_covered else "quiet")
    )
    cards.append(
        TodoCard(_("Blocked sources"), number(found.blocked), sources, PATH, "warn" if found.blocked else "quiet")
    )
    return todo_cards(cards)


def certificate_row(row: dict[str, Any]) -> dict[str, Any]:
    """One certificate as the grid shows it."""
    tone = STATE_TONES[row["state"]]
    names = ("id", "code", "name", "body", "number", "days_left", "documents", "breaks")
    return {
        **{name: row[name] for name in names},
        "state": marked(state_name(row["state"]), tone),
        "tone": tone,
        "kind": kind_name(row["kind"]),
        "holder": holder_name(row["holder"]),
        "valid_until": day(row["valid_until"]),
    }


def product_row(row: dict[str, Any]) -> dict[str, Any]:
    """One product as the grid shows it."""
    tone = "good" if row["covered"] else "bad"
    names = ("id", "product_id", "code", "name", "why")
    covered = marked(_("Covered") if row["covered"] else _("Not covered"), tone)
    return {**{name: row[name] for name in names}, "covered": covered, "tone": tone}


def blocked_row(row: dict[str, Any]) -> dict[str, Any]:
    """One source as the grid shows it."""
    tone = "warn" if row["allowed"] else "bad"
    names = ("id", "supplier_id", "product_id", "code", "name", "supplier", "reason", "by", "allowed")
    state = _("Allowed until %(day)s", day=day(row["until"])) if row["allowed"] else _("Blocked")
    return {**{name: row[name] for name in names}, "why": row["why"], "state": marked(state, tone), "tone": tone}


def certificate_parts(found: CertificateDetail) -> tuple[Any, ...]:
    """The values of DETAIL for one certificate."""
    shown, may_edit = found.certificate, viewer().may(Permission.MASTER_EDIT)
    return *OPEN, shown["name"], state_name(shown["state"]), certificate_body(found, may_edit=may_edit)


def certificate_body(found: CertificateDetail, *, may_edit: bool) -> list[Any]:
    """A certificate, its documents and what it breaks."""
    shown = found.certificate
    documents: list[Any] = []
    if shown["certificate_id"]:
        documents = [
            html.H3(_("Documents")),
            document_list(found.documents, remove_type=Ids.remove, may_edit=may_edit),
            document_zone(shown["certificate_id"], page=PATH) if may_edit else None,
        ]
    return [certificate_facts(shown), *documents, html.H3(_("Products it breaks")), broken_goods(found.broken)]
