"""Quality issues with suppliers, for both sides: raised inside, answered step by step, closed inside."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.files import FILE, FILES, FileName, sent_file, takes
from api.lists import list_arguments, one_arguments, page_schema, read_on
from api.repeatable import PARAMETER, repeatable
from api.schemas import Figure, Note, optional_text, required_text, schema_with
from api.single import IF_MATCH, one, require_match
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import supplier_quality
from services.supplier_quality import LONGEST, LONGEST_TITLE, NEXT, SEVERITIES

blueprint = Blueprint(
    "quality issues",
    __name__,
    url_prefix="/api/v1/quality-issues",
    description="Quality issues with suppliers, for both sides. The supplier gives containment, cause and action, one "
    "after the other; the company closes the issue or sends it back.",
)

ROW = {
    "numbers": "id company_id supplier_id product_id version",
    "texts": "supplier code item lot title description severity state containment cause action",
    "figures": "quantity",
    "days": "found_on due_on action_on",
    "moments": "created_at closed_at",
}
ListedIssue = schema_with("QualityIssueHead", **ROW)
Step = schema_with("QualityStep", texts="actor event note", flags="by_partner", moments="at")
Issue = schema_with(
    "QualityIssue",
    {
        "asked": fields.String(metadata={"description": "What the supplier gives next; empty: it is not its turn."}),
        "steps": fields.List(fields.Nested(Step)),
        "files": FILES,
    },
    **ROW,
)
NewIssue = Strict.from_dict(
    {
        "supplier_id": fields.Integer(required=True, metadata={"description": "As `/supplier-scorecards` tells."}),
        "item": optional_text(100),
        "lot": optional_text(LONGEST),
        "quantity": Figure(load_default=None, allow_none=True, metadata={"description": "Affected, if known."}),
        "title": required_text(LONGEST_TITLE),
        "description": required_text(LONGEST),
        "severity": fields.String(required=True, validate=validate.OneOf(SEVERITIES)),
        "due_on": fields.Date(required=True),
    },
    name="NewQualityIssue",
)
Given = Strict.from_dict(
    {
        "asked": fields.String(required=True, validate=validate.OneOf([asked for asked, _state in NEXT.values()])),
        "text": required_text(LONGEST),
        "done_on": fields.Date(load_default=None, allow_none=True, metadata={"description": "Day of the action."}),
    },
    name="QualityAnswer",
)
SendBack = Strict.from_dict({"note": required_text(LONGEST)}, name="QualityRejection")
WRITE = {"parameters": [IF_MATCH, PARAMETER]}


@blueprint.get("")
@requires(Permission.SIGNED_IN)  # the service tells colleagues from partners
@blueprint.arguments(
    list_arguments("QualityIssues", closed=fields.Boolean(load_default=False)),
    location="query",
)
@blueprint.response(200, page_schema(ListedIssue, "QualityIssues"))
def issues(asked: dict[str, Any]) -> Response:
    """Open issues, those due first; or those closed, the newest first."""
    day = "closed_at" if asked["closed"] else "due_on"
    read = partial(supplier_quality.issues, viewer(), closed=asked["closed"])
    return read_on(ListedIssue, asked, read, lambda found: (found[day], found["id"]))


@blueprint.get("/<int:issue_id>")
@requires(Permission.SIGNED_IN)  # the service tells colleagues from partners
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, Issue)
def issue(asked: dict[str, Any], issue_id: int) -> Response:
    """One issue with its timeline and files."""
    return one(Issue, _issue(issue_id), asked)


@blueprint.post("")
@requires(Permission.PARTNER_READ)  # and purchase.edit or inventory.edit
@blueprint.arguments(NewIssue)
@blueprint.response(201, Issue)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def raise_issue(told: dict[str, Any]) -> Response:
    """Tell a supplier what was wrong."""
    values = {**told, "supplier": told["supplier_id"]}
    return one(Issue, _issue(supplier_quality.raise_issue(viewer(), values)), status=201)


@blueprint.post("/<int:issue_id>/answer")
@requires(Permission.PORTAL_ANSWER)
@blueprint.arguments(Given)
@blueprint.response(200, Issue)
@blueprint.doc(**WRITE)
@repeatable
def answer(given: dict[str, Any], issue_id: int) -> Response:
    """For suppliers: give what the issue asks for next: containment, then cause, then action with its day."""
    version = _seen(issue_id)
    asked, done_on = given["asked"], given["done_on"]
    supplier_quality.answer(viewer(), issue_id, version, given["text"], asked=asked, done_on=done_on)
    return one(Issue, _issue(issue_id))


@blueprint.post("/<int:issue_id>/closure")
@requires(Permission.PARTNER_READ)  # and purchase.edit or inventory.edit
@blueprint.arguments(Note)
@blueprint.response(200, Issue)
@blueprint.doc(**WRITE)
@repeatable
def close(said: dict[str, Any], issue_id: int) -> Response:
    """Accept the action as verified."""
    supplier_quality.close(viewer(), issue_id, _seen(issue_id), said["note"])
    return one(Issue, _issue(issue_id))


@blueprint.post("/<int:issue_id>/rejection")
@requires(Permission.PARTNER_READ)  # and purchase.edit or inventory.edit
@blueprint.arguments(SendBack)
@blueprint.response(200, Issue)
@blueprint.doc(**WRITE)
@repeatable
def send_back(said: dict[str, Any], issue_id: int) -> Response:
    """Ask the supplier for another cause and action, and say why."""
    supplier_quality.send_back(viewer(), issue_id, _seen(issue_id), said["note"])
    return one(Issue, _issue(issue_id))


@blueprint.post("/<int:issue_id>/files")
@requires(Permission.SIGNED_IN)  # the service asks for the right of the viewer's side
@blueprint.arguments(FileName, location="query")
@blueprint.response(201, Issue)
@takes(FILE)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def add_file(asked: dict[str, Any], issue_id: int) -> Response:
    """Keep a file with an issue: a PDF, a PNG or JPEG picture, a workbook or a CSV table."""
    supplier_quality.add_evidence(viewer(), issue_id, sent_file(), file_name=asked["name"])
    return one(Issue, _issue(issue_id), status=201)


def _seen(issue_id: int) -> int:
    """The version of an issue that its sender has seen."""
    found = _issue(issue_id)
    require_match(Issue, found)
    return int(found["version"])


def _issue(issue_id: int) -> dict[str, Any]:
    found = supplier_quality.issue(viewer(), issue_id)
    return {**found.row, "asked": found.asked, "steps": found.steps, "files": found.files}
