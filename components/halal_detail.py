"""What the halal board says: states of certificates, one certificate with its documents, what breaks a product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from components.forms import facts
from components.import_panels import drop_zone
from core.certificate_kinds import kind_name
from core.i18n import EMPTY, _, day, number

STATE_TONES = {
    "expired": "bad",
    "expiring": "warn",
    "missing": "bad",
    "valid": "good",
    "future": "warn",
    "replaced": "quiet",
}
DOCUMENTS = ".pdf,.png,.jpg,.jpeg"
RECORDS_PATH = "/data/records"
Row = dict[str, Any]


def state_name(state: str) -> str:
    """How a certificate stands."""
    return {
        "expired": _("Expired"),
        "expiring": _("Expiring"),
        "missing": _("Missing"),
        "valid": _("Valid"),
        "future": _("Not yet valid"),
        "replaced": _("Replaced"),
    }[state]


def holder_name(holder: str) -> str:
    """What a certificate is of."""
    return {"product": _("Product"), "supplier": _("Supplier"), "location": _("Plant or place")}[holder]


def certificate_facts(shown: Row) -> Component:
    """A certificate with the way to the page where it is edited or renewed."""
    told = [
        (_("Holder"), f"{holder_name(shown['holder'])} {shown['code']}"),
        (_("Standard"), kind_name(shown["kind"])),
        (_("Issued by"), shown["body"] or EMPTY),
        (_("Number"), shown["number"] or EMPTY),
        (_("Valid from"), day(shown["valid_from"])),
        (_("Valid until"), day(shown["valid_until"])),
        (_("Note"), shown["note"] or EMPTY),
    ]
    search = urlencode({"entity": "certificates", "search": shown["number"] or ""})
    edit = _("Enter it in master data") if shown["state"] == "missing" else _("Edit or renew it in master data")
    return html.Div([facts(told), dcc.Link(edit, href=f"{RECORDS_PATH}?{search}", className="to-position")])


def document_list(documents: Sequence[Row], *, remove_type: str, may_edit: bool) -> Component:
    """The documents of a certificate, to be fetched and, by who may, removed."""
    if not documents:
        return html.P(_("No document is kept yet."), className="note")
    lines = [
        html.Li(
            [
                html.A(row["file_name"], href=f"/inventory/halal/document/{row['id']}", download=row["file_name"]),
                " ",
                _(
                    "%(size)s kB, %(day)s, %(who)s",
                    size=number(max(row["size_bytes"] / 1000, 1)),
                    day=day(row["created_at"]),
                    who=row["by"] or "",
                ),
                " ",
                html.Button(
                    _("Remove"),
                    id={"type": remove_type, "index": row["id"]},
                    className="btn btn-link btn-sm",
                    **{"aria-label": _("Remove %(name)s", name=row["file_name"])},
                )
                if may_edit
                else None,
            ]
        )
        for row in documents
    ]
    return html.Ul(lines, className="expiry-history note")


def document_zone(certificate_id: int, *, page: str) -> Component:
    """Where a document of a certificate is dropped."""
    return drop_zone(
        upload_path=f"/inventory/halal/{certificate_id}/document",
        open_path=f"{page}?uploaded=",
        label=_("Add a document: PDF, PNG or JPEG, at most 10 MB"),
        accept=DOCUMENTS,
    )


def broken_goods(goods: Sequence[Row]) -> Component:
    """The finished goods that are not covered because of it."""
    if not goods:
        return html.P(_("It keeps no finished product from being covered."), className="note")
    return html.Ul([html.Li(f"{row['code']} {row['name']}") for row in goods], className="expiry-history note")


def break_list(breaks: Sequence[Row]) -> Component:
    """Everything that keeps a product from being covered."""
    if not breaks:
        return html.P(_("It is covered: all certificates it needs are valid."), className="note")
    lines = [
        html.Li(
            _(
                "%(code)s %(name)s: %(holder)s %(who)s: %(what)s",
                code=row["code"],
                name=row["name"],
                holder=holder_name(row["holder"]).lower(),
                who=row["holder_code"],
                what=row["what"],
            )
        )
        for row in breaks
    ]
    return html.Ul(lines, className="expiry-history note")
