"""A supplier's documents: what is asked for, how they stand, sending one in, taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dash import Input, Output, State, callback, no_update, set_props
from dash.development.base_component import Component

from components.forms import chosen
from components.grid import selected_row
from components.halal_detail import DOCUMENTS
from components.import_panels import drop_zone
from components.shell import Ids as Shell
from components.shell import toast
from components.two_line_grid import marked
from core.certificate_kinds import kind_name
from core.i18n import EMPTY, _, day
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import supplier_documents
from services.document_requests import PORTAL
from services.supplier_documents import FIELDS, Document

PATH = PORTAL


class Ids(PageIds):
    rows: str
    back: str
    kind: str
    number: str
    body: str
    item: str
    valid_from: str
    valid_until: str
    choose: str
    file: str


@callback(
    Output(Ids.file, "children"),
    Input(Ids.choose, "n_clicks"),
    State(Ids.kind, "value"),
    State(Ids.number, "value"),
    State(Ids.body, "value"),
    State(Ids.item, "value"),
    State(Ids.valid_from, "value"),
    State(Ids.valid_until, "value"),
    prevent_initial_call=True,
)
def offer_file(_clicks: object, *said: object) -> Component:
    told = dict(zip(FIELDS, said, strict=True))
    told["item"] = chosen(told["item"])
    checked = supplier_documents.check(viewer(), told)
    return drop_zone(
        upload_path=f"{PATH}/file?{urlencode(checked)}",
        open_path=f"{PATH}?sent=",
        label=_(
            "File of %(what)s: PDF, PNG or JPEG, at most 10 MB",
            what=f"{kind_name(checked['kind'])} {checked['number']}",
        ),
        accept=DOCUMENTS,
    )


@callback(Output(Ids.back, "disabled"), Input(Ids.rows, "selectedRows"), prevent_initial_call=True)
def offer_taking_back(selected: object) -> bool:
    row = selected_row(selected)
    return row is None or not row.get("submission") or not viewer().may(Permission.PORTAL_ANSWER)


@callback(
    Output(Ids.rows, "rowData"),
    Output(Ids.rows, "selectedRows"),
    Input(Ids.back, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def take_back(_clicks: object, selected: object) -> tuple[Any, ...]:
    row = selected_row(selected)
    if row is None:
        return no_update, no_update
    person = viewer()
    supplier_documents.take_back(person, row.get("submission"))
    set_props(Shell.toasts, {"children": [toast(_("Taken back."))]})
    return document_rows(supplier_documents.documents(person)), []


def document_rows(found: Sequence[Document]) -> list[dict[str, Any]]:
    """Documents as grid rows of two text lines each."""
    return [_row(each) for each in found]


def _row(found: Document) -> dict[str, Any]:
    texts = {
        "asked": (_("Asked for"), "warn"),
        "expired": (_("Expired"), "bad"),
        "rejected": (_("Not accepted"), "bad"),
        "ends_soon": (_("Ends soon"), "warn"),
        "sent": (_("With us"), "quiet"),
        "valid": (_("Valid"), "good"),
    }
    text, tone = texts[found.state]
    due = _("due %(day)s", day=day(found.until)) if found.state == "asked" else _("until %(day)s", day=day(found.until))
    about = " · ".join(filter(None, (found.number, found.item or _("all items"))))
    return {
        "id": found.key,
        "submission": found.submission_id,
        "what": f"{kind_name(found.kind)}\n{about}",
        "state": f"{marked(text, tone)}\n{due}",
        "tone": tone,
        "more": f"{found.body or EMPTY}\n{found.note}",
    }
