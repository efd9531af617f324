"""Suppliers' certificates and documents: what is asked for, what they send, how it stands."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.files import FILE, FILES, NAME, sent_file, takes
from api.lists import list_arguments, page, page_schema, read_on
from api.own_requests import SentRequest
from api.repeatable import PARAMETER, repeatable
from api.schemas import optional_text, required_text, schema_of, schema_with
from api.single import one
from core.certificate_kinds import KINDS
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import document_requests, supplier_documents
from services.document_requests import LONGEST_NOTE
from services.supplier_documents import LONGEST_BODY, LONGEST_NUMBER, Document

own = Blueprint(
    "supplier documents",
    __name__,
    url_prefix="/api/v1/supplier/documents",
    description="For suppliers: certificates and documents, those that are asked for and those sent in. One "
    "counts once somebody accepts it.",
)
inside = Blueprint(
    "document requests",
    __name__,
    url_prefix="/api/v1/document-requests",
    description="Documents that suppliers are asked for. What they send is decided on among the partner requests.",
)
GROUPS = (own, inside)

KIND = fields.String(required=True, validate=validate.OneOf(KINDS))
Shown = schema_of(Document, "SupplierDocument", without=("files",), files=FILES)
NewDocument = Strict.from_dict(
    {
        "name": NAME,
        "kind": KIND,
        "number": required_text(LONGEST_NUMBER),
        "body": fields.String(
            required=True, validate=validate.Length(1, LONGEST_BODY), metadata={"description": "Who issued it."}
        ),
        "product_id": fields.Integer(
            load_default=None, metadata={"description": "As `/supplier/documents/items` tells; all items without it."}
        ),
        "valid_from": fields.Date(load_default=None),
        "valid_until": fields.Date(required=True),
    },
    name="NewDocument",
)
Item = schema_with("DocumentItem", numbers="id", texts="name")
Request = schema_with(
    "DocumentRequest",
    numbers="id company_id product_id",
    texts="company kind code item note state",
    days="due_on",
    moments="created_at",
)
NewRequest = Strict.from_dict(
    {
        "supplier_id": fields.Integer(required=True, metadata={"description": "As `/supplier-scorecards` tells."}),
        "kind": KIND,
        "item": fields.String(load_default="", metadata={"description": "Its code; all items without it."}),
        "due_on": fields.Date(required=True),
        "note": optional_text(LONGEST_NOTE),
    },
    name="NewDocumentRequest",
)
Made = Strict.from_dict({"id": fields.Integer()}, name="MadeDocumentRequest")


@own.get("")
@requires(Permission.SUPPLIER_DOCUMENTS)
@own.arguments(list_arguments("SupplierDocuments", "until", "state", "key"), location="query")
@own.response(200, page_schema(Shown, "SupplierDocuments"))
def documents(asked: dict[str, Any]) -> Response:
    """Your certificates, what you sent in, and what you are asked for."""
    return page(Shown, supplier_documents.documents(viewer()), asked, key="key")


@own.get("/items")
@requires(Permission.SUPPLIER_DOCUMENTS)
@own.arguments(list_arguments("DocumentItems", "name"), location="query")
@own.response(200, page_schema(Item, "DocumentItems"))
def items(asked: dict[str, Any]) -> Response:
    """The items that a document can be of."""
    found = [{"id": product_id, "name": name} for product_id, name in supplier_documents.items(viewer())]
    return page(Item, found, asked)


@own.post("")
@requires(Permission.PORTAL_ANSWER)
@own.arguments(NewDocument, location="query")
@own.response(201, SentRequest)
@takes(FILE)
@own.doc(parameters=[PARAMETER])
@repeatable
def send(told: dict[str, Any]) -> Response:
    """Send a document in: a PDF, or a PNG or JPEG picture."""
    values = {**told, "item": told["product_id"]}
    made = supplier_documents.send(viewer(), values, sent_file(), file_name=told["name"])
    return one(SentRequest, {"request_id": made}, status=201)


@inside.get("")
@requires(Permission.PARTNER_READ)
@inside.arguments(list_arguments("DocumentRequests", closed=fields.Boolean(load_default=False)), location="query")
@inside.response(200, page_schema(Request, "DocumentRequests"))
def requests(asked: dict[str, Any]) -> Response:
    """What suppliers are asked for, those due first; or what is settled or withdrawn, the newest first."""
    names = ("id",) if asked["closed"] else ("due_on", "id")
    read = partial(document_requests.requests, viewer(), closed=asked["closed"])
    return read_on(Request, asked, read, lambda found: [found[name] for name in names])


@inside.post("")
@requires(Permission.PURCHASE_EDIT)
@inside.arguments(NewRequest)
@inside.response(201, Made)
@inside.doc(parameters=[PARAMETER])
@repeatable
def ask(wanted: dict[str, Any]) -> Response:
    """Ask a supplier for a document; it is told at once."""
    made = document_requests.ask(viewer(), {**wanted, "supplier": wanted["supplier_id"]})
    return one(Made, {"id": made}, status=201)


@inside.post("/<int:request_id>/withdrawal")
@requires(Permission.PURCHASE_EDIT)
@inside.response(204)
@inside.doc(parameters=[PARAMETER])
@repeatable
def withdraw(request_id: int) -> Response:
    """Take a request back that is not settled."""
    document_requests.withdraw(viewer(), request_id)
    return Response(status=204)
