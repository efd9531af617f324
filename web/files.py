"""Files in and out: uploads streamed to disk and downloads, outside Dash's JSON."""

from __future__ import annotations

from typing import BinaryIO, cast
from uuid import UUID

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from core.file_answers import in_pieces, to_be_saved
from core.guard import public, requires
from core.i18n import _
from core.identity import viewer
from core.permissions import Permission
from services import (
    attachments,
    certificate_documents,
    count_sheets,
    downloads,
    edi,
    exports,
    forecast_file,
    forecast_file_results,
    import_findings,
    import_history,
    imports,
    partner_forecast_cells,
    partner_messages,
    review_pack,
    supplier_commit_sheet,
    supplier_documents,
    supplier_quality,
)
from services.outgoing import Format, Outgoing

blueprint = Blueprint("files", __name__)


@blueprint.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """Nothing here is for search engines."""
    return "User-agent: *\nDisallow: /\n", 200, {"Content-Type": "text/plain"}


@blueprint.post("/data/import/upload")
@requires(Permission.IMPORT_RUN)
def upload() -> ResponseReturnValue:
    """Take a file as the plain body of the request, straight to disk."""
    found = imports.upload(
        viewer(),
        cast(BinaryIO, request.stream),
        file_name=request.args.get("name", ""),
        entity=request.args.get("entity", "transactions"),
    )
    return jsonify(id=str(found.id), told=imports.told_of_better_entity(viewer(), found))


@blueprint.get("/data/import/<uuid:batch_id>/errors/<any(rejected, all):which>.csv")
@requires(Permission.IMPORT_READ)
def import_errors(batch_id: UUID, which: str) -> ResponseReturnValue:
    """The rows of an import with what is wrong with them, to be corrected and sent again."""
    return _sent(import_findings.error_file(viewer(), batch_id, all_rows=which == "all"))


@blueprint.get("/data/import/<uuid:batch_id>/original")
@requires(Permission.IMPORT_READ)
def import_original(batch_id: UUID) -> ResponseReturnValue:
    """The file as it was sent, never to be opened by the browser itself."""
    path, name = import_history.original(viewer(), batch_id)
    return to_be_saved(path, "application/octet-stream", name)


@blueprint.get("/download/<list_name>.<any(csv, xlsx):kind>")
@requires(Permission.SIGNED_IN)  # each list names its own right
def download(list_name: str, kind: str) -> ResponseReturnValue:
    """A list as a file, piece by piece; the address holds the filters of its page."""
    return _sent(downloads.download(viewer(), list_name, Format(kind), request.args))


@blueprint.get("/download/own-forecast.<any(csv, xlsx):kind>")
@requires(Permission.SIGNED_IN)  # the service asks for the right of the viewer's kind of partner
def own_forecast(kind: str) -> ResponseReturnValue:
    """A partner's own forecast, in the layout in which it is taken back."""
    return _sent(partner_forecast_cells.download(viewer(), Format(kind)))


@blueprint.get("/download/order.edi")
@requires(Permission.SIGNED_IN)  # the service asks for the right of the viewer's side
def order_message() -> ResponseReturnValue:
    """A purchase order as ORDERS."""
    return _sent(edi.orders_message(viewer(), request.args.get("number", "")))


@blueprint.get("/download/supplier-forecast.edi")
@requires(Permission.SUPPLIER_FORECAST)
def forecast_message() -> ResponseReturnValue:
    """The forecast that is shared with a supplier as DELFOR."""
    return _sent(edi.forecast_message(viewer()))


@blueprint.get("/download/sop-review.pdf")
@requires(Permission.PLAN_READ)  # and, to take it along, export
def review() -> ResponseReturnValue:
    """The pack of the S&OP review."""
    asked = request.args
    return _sent(review_pack.pack(viewer(), month=asked.get("cycle", ""), measure=asked.get("measure", "")))


@blueprint.post("/data/forecast-file/upload")
@requires(Permission.FORECAST_RUN)
def upload_to_forecast() -> ResponseReturnValue:
    """Take a file that is to be forecast beside the plan, straight to disk."""
    found = forecast_file.upload(viewer(), cast(BinaryIO, request.stream), file_name=request.args.get("name", ""))
    return jsonify(id=str(found.id))


@blueprint.get("/download/forecast-file/<uuid:file_id>/<what>.<any(csv, xlsx):kind>")
@requires(Permission.FORECAST_RUN)
def download_of_forecast_file(file_id: UUID, what: str, kind: str) -> ResponseReturnValue:
    """What came of such a file, for its owner."""
    return _sent(forecast_file_results.download(viewer(), file_id, what, Format(kind)))


@blueprint.post("/inventory/halal/<int:certificate_id>/document")
@requires(Permission.MASTER_EDIT)
def upload_certificate(certificate_id: int) -> ResponseReturnValue:
    """Take a document of a certificate as the plain body of the request, straight to disk."""
    name = request.args.get("name", "")
    certificate_documents.upload(viewer(), certificate_id, cast(BinaryIO, request.stream), file_name=name)
    return jsonify(id=str(certificate_id))


@blueprint.post("/inventory/counts/<int:count_id>/sheet")
@requires(Permission.INVENTORY_EDIT)
def upload_count_sheet(count_id: int) -> ResponseReturnValue:
    """Take the filled-in sheet of a count as the plain body of the request."""
    count_sheets.send_in(viewer(), count_id, cast(BinaryIO, request.stream))
    return jsonify(id=str(count_id))


@blueprint.post("/portal/supplier/forecast/sheet")
@requires(Permission.SUPPLIER_FORECAST)  # and, to send them, the level of a manager
def upload_commits() -> ResponseReturnValue:
    """Take the filled-in sheet of a supplier's commits as the plain body of the request."""
    changed = supplier_commit_sheet.send_in(viewer(), cast(BinaryIO, request.stream))
    return jsonify(id=str(changed), told=_("%(count)s changed.", count=changed))


@blueprint.get("/inventory/halal/document/<int:document_id>")
@requires(Permission.INVENTORY_READ)
def certificate_document(document_id: int) -> ResponseReturnValue:
    """A document of a certificate, to be saved: the browser itself never opens what somebody sent."""
    return to_be_saved(*certificate_documents.document(viewer(), document_id))


@blueprint.post("/portal/messages/file")
@requires(Permission.PORTAL_MESSAGES)
def upload_message() -> ResponseReturnValue:
    """Take a file that a partner sends into a thread."""
    return _sent_into_thread()


@blueprint.post("/supply/messages/file")
@requires(Permission.PARTNER_READ)
def upload_partner_message() -> ResponseReturnValue:
    """Take a file that a colleague sends into a thread, or keeps there as a note."""
    return _sent_into_thread()


def _sent_into_thread() -> ResponseReturnValue:
    asked = request.args
    partner_messages.send_file(
        viewer(),
        asked.get("about"),
        asked.get("id"),
        cast(BinaryIO, request.stream),
        file_name=asked.get("name", ""),
        company_id=asked.get("company"),
        internal=asked.get("internal"),
    )
    return jsonify(id="1")


@blueprint.post("/portal/supplier/quality/<int:issue_id>/file")
@requires(Permission.SUPPLIER_QUALITY)
def upload_evidence(issue_id: int) -> ResponseReturnValue:
    """Take a supplier's evidence of a quality issue."""
    return _kept_with_issue(issue_id)


@blueprint.post("/supply/supplier-quality/<int:issue_id>/file")
@requires(Permission.PURCHASE_EDIT)
def upload_evidence_inside(issue_id: int) -> ResponseReturnValue:
    """Take evidence of a quality issue from inside."""
    return _kept_with_issue(issue_id)


def _kept_with_issue(issue_id: int) -> ResponseReturnValue:
    name = request.args.get("name", "")
    return jsonify(
        id=str(supplier_quality.add_evidence(viewer(), issue_id, cast(BinaryIO, request.stream), file_name=name))
    )


@blueprint.post("/portal/supplier/documents/file")
@requires(Permission.SUPPLIER_DOCUMENTS)  # and the right to answer
def upload_supplier_document() -> ResponseReturnValue:
    """Take a document that a supplier sends in; what it is stands in the address."""
    name = request.args.get("name", "")
    made = supplier_documents.send(viewer(), request.args, cast(BinaryIO, request.stream), file_name=name)
    return jsonify(id=str(made))


@blueprint.get("/attachment/<int:attachment_id>")
@requires(Permission.SIGNED_IN)  # each kind of thing names its own right
def attachment(attachment_id: int) -> ResponseReturnValue:
    """A file of a thing, to be saved: the browser itself never opens what somebody sent."""
    return to_be_saved(*attachments.fetch(viewer(), attachment_id))


@blueprint.get("/data/export/<entity>.csv")
@requires(Permission.EXPORT)
def export_csv(entity: str) -> ResponseReturnValue:
    """The rows of an entity, as the import takes them back."""
    return _sent(exports.export_csv(viewer(), entity, request.args))


@blueprint.get("/data/export/<entity>.xlsx")
@requires(Permission.EXPORT)
def export_workbook(entity: str) -> ResponseReturnValue:
    """The same as a workbook."""
    return _sent(exports.export_workbook(viewer(), entity, request.args))


@blueprint.get("/data/export/everything.zip")
@requires(Permission.EXPORT)
def export_everything() -> ResponseReturnValue:
    """The rows of every entity that the viewer may take out."""
    return _sent(exports.everything(viewer()))


@blueprint.get("/data/template/<entity>.csv")
@requires(Permission.IMPORT_READ)
def template_csv(entity: str) -> ResponseReturnValue:
    """The form of an entity, with an example row."""
    return _sent(exports.template(viewer(), entity, Format.CSV))


@blueprint.get("/data/template/<entity>.xlsx")
@requires(Permission.IMPORT_READ)
def template_workbook(entity: str) -> ResponseReturnValue:
    """The same as a workbook that explains its columns."""
    return _sent(exports.template(viewer(), entity, Format.XLSX))


@blueprint.get("/data/template/all.zip")
@requires(Permission.IMPORT_READ)
def all_templates() -> ResponseReturnValue:
    """The forms of all entities that the viewer may bring in."""
    return _sent(exports.templates(viewer()))


def _sent(found: Outgoing) -> Response:
    return in_pieces(found.chunks, found.media_type, found.file_name)
