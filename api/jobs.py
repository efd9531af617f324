"""Rows in bulk, checked and taken over by a worker, and the jobs that do it."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from api.arguments import Blueprint, Strict
from api.lists import list_arguments, one_arguments, page, page_schema
from api.repeatable import PARAMETER, repeatable
from api.schemas import schema_of
from api.single import one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import imports, jobs, sent_rows
from services.jobs import JobView

blueprint = Blueprint(
    "imports and jobs",
    __name__,
    url_prefix="/api/v1",
    description="Rows in bulk: sent, checked by a worker, then taken over as a whole. Nothing is half written.",
)

MOST_ROWS = 50_000
Job = schema_of(JobView, "Job", without=("result", "owner"), result=fields.Dict())
Import = Strict.from_dict(
    {
        "id": fields.UUID(),
        "entity": fields.String(attribute="entity.name"),
        **{name: fields.String() for name in ("file_name", "state", "author")},
        "job_id": fields.UUID(allow_none=True),
        "counts": fields.Dict(),
        "created_at": fields.DateTime(),
        "committed_at": fields.DateTime(allow_none=True),
    },
    name="Import",
)


class SentRows(Strict):
    """Rows of an entity as objects, or as the text of a CSV file."""

    entity = fields.String(required=True, validate=validate.Length(1, 100))
    mode = fields.String(load_default="upsert", validate=validate.OneOf(("upsert", "insert", "update")))
    rows = fields.List(fields.Dict(keys=fields.String()), validate=validate.Length(1, MOST_ROWS))
    csv = fields.String(validate=validate.Length(min=1))

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **_more: Any) -> None:
        if ("rows" in data) == ("csv" in data):
            raise ValidationError("Send either rows or csv.")


Started = Strict.from_dict({"import_id": fields.UUID(), "job_id": fields.UUID()}, name="StartedImport")
Commit = Strict.from_dict({"good_rows": fields.Boolean(load_default=False)}, name="Commit")
REPEATABLE = {"parameters": [PARAMETER]}


@blueprint.post("/imports")
@requires(Permission.IMPORT_RUN)
@blueprint.arguments(SentRows)
@blueprint.response(202, Started)
@blueprint.doc(**REPEATABLE)
@repeatable
def begin(sent: dict[str, Any]) -> Response:
    """Send rows and have them checked. Nothing is changed before you take the import over."""
    content = sent["csv"] if "csv" in sent else sent_rows.as_csv(sent["rows"])
    found, job_id = sent_rows.check(viewer(), io.BytesIO(content.encode()), sent["entity"], mode=sent["mode"])
    return one(Started, {"import_id": found, "job_id": job_id}, status=202)


@blueprint.get("/imports/<uuid:import_id>")
@requires(Permission.IMPORT_READ)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, Import)
def import_(asked: dict[str, Any], import_id: UUID) -> Response:
    """An import: how many rows are new, changed or refused, and whether it was taken over."""
    return one(Import, imports.batch(viewer(), import_id), asked)


@blueprint.post("/imports/<uuid:import_id>/commit")
@requires(Permission.IMPORT_RUN)
@blueprint.arguments(Commit)
@blueprint.response(202, Started)
@blueprint.doc(**REPEATABLE)
@repeatable
def commit(wanted: dict[str, Any], import_id: UUID) -> Response:
    """Take a checked import over: all rows or none, or with good_rows those without a fault."""
    job_id = imports.start_commit(viewer(), import_id, good_rows=wanted["good_rows"])
    return one(Started, {"import_id": import_id, "job_id": job_id}, status=202)


@blueprint.get("/jobs")
@requires(Permission.API_USE)
@blueprint.arguments(list_arguments("Jobs", "-created_at"), location="query")
@blueprint.response(200, page_schema(Job, "Jobs"))
def newest(asked: dict[str, Any]) -> Response:
    """Your newest jobs."""
    return page(Job, [_job(each) for each in jobs.newest_jobs(viewer())], asked)


@blueprint.get("/jobs/<uuid:job_id>")
@requires(Permission.API_USE)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, Job)
def job(asked: dict[str, Any], job_id: UUID) -> Response:
    """One of your jobs: queued, running, done, failed or cancelled."""
    return one(Job, _job(jobs.job(viewer(), job_id)), asked)


@blueprint.post("/jobs/<uuid:job_id>/cancellation")
@requires(Permission.API_USE)
@blueprint.response(200, Job)
def cancel(job_id: UUID) -> Response:
    """Stop one of your jobs; it leaves nothing half written."""
    return one(Job, _job(jobs.cancel(viewer(), job_id)))


def _job(found: JobView) -> dict[str, Any]:
    return {name: getattr(found, name) for name in Job._declared_fields} | {"id": str(found.id)}
