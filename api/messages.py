"""Messages between the company and its partners."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.files import FILE, FILES, NAME, sent_file, takes
from api.lists import list_arguments, page, page_schema
from api.repeatable import PARAMETER, repeatable
from api.schemas import schema_of
from api.single import one
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import partner_messages
from services.partner_messages import Listed, Message, Thread

blueprint = Blueprint(
    "messages", __name__, url_prefix="/api/v1/messages", description="Threads between the company and each partner."
)

KEY: dict[str, fields.Field[Any]] = {
    "company_id": fields.Integer(),
    "subject": fields.String(),
    "subject_id": fields.String(),
}
Shown = schema_of(Message, "Message", without=("files",), files=FILES)
ThreadHead = schema_of(Listed, "ThreadHead", without=("key",), **KEY)
WholeThread = Strict.from_dict(
    {**KEY, "title": fields.String(), "company": fields.String(), "messages": fields.List(fields.Nested(Shown))},
    name="Thread",
)
# Colleagues name the partner of a thread that is about nothing in particular; partners have one company.
Company = Strict.from_dict({"company_id": fields.Integer(load_default=None)}, name="ThreadArguments")
Said = Strict.from_dict(
    {
        "body": fields.String(required=True, validate=validate.Length(1, 10_000)),
        "company_id": fields.Integer(load_default=None),
        "internal": fields.Boolean(load_default=False, metadata={"description": "A note that stays inside."}),
    },
    name="NewMessage",
)
SentFile = Strict.from_dict(
    {"name": NAME, "company_id": fields.Integer(load_default=None), "internal": fields.Boolean(load_default=False)},
    name="SentFileArguments",
)
ThreadKey = Strict.from_dict(KEY, name="ThreadKey")
Made = Strict.from_dict({"id": fields.Integer()}, name="MadeMessage")


@blueprint.get("")
@requires(Permission.SIGNED_IN)  # the service tells colleagues from partners
@blueprint.arguments(
    list_arguments("Threads", "-last_at", search=fields.String(load_default="", validate=validate.Length(max=100))),
    location="query",
)
@blueprint.response(200, page_schema(ThreadHead, "Threads"))
def threads(asked: dict[str, Any]) -> Response:
    """The threads, the newest message first."""
    found = [_head(each) for each in partner_messages.threads(viewer(), search=asked["search"])]
    return page(ThreadHead, found, asked, key="place")


@blueprint.get("/<subject>/<subject_id>")
@requires(Permission.SIGNED_IN)  # the service tells colleagues from partners
@blueprint.arguments(Company, location="query")
@blueprint.response(200, WholeThread)
def thread(asked: dict[str, Any], subject: str, subject_id: str) -> Response:
    """A thread with its newest messages; subject “general”, id “-” is the thread about nothing in particular. They do
    not count as read before you say so."""
    found = partner_messages.thread(viewer(), subject, _id_of(subject_id), asked["company_id"], reading=False)
    return one(WholeThread, _whole(found))


@blueprint.post("/<subject>/<subject_id>/reading")
@requires(Permission.SIGNED_IN)  # the service tells colleagues from partners
@blueprint.arguments(Company)
@blueprint.response(204)
def mark_read(asked: dict[str, Any], subject: str, subject_id: str) -> Response:
    """Have all messages of a thread count as read by you."""
    partner_messages.thread(viewer(), subject, _id_of(subject_id), asked["company_id"])
    return Response(status=204)


@blueprint.post("/<subject>/<subject_id>")
@requires(Permission.SIGNED_IN)  # the service tells colleagues from partners
@blueprint.arguments(Said)
@blueprint.response(201, Made)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def say(sent: dict[str, Any], subject: str, subject_id: str) -> Response:
    """Write a message."""
    more = {"company_id": sent["company_id"], "internal": sent["internal"]}
    made = partner_messages.say(viewer(), subject, _id_of(subject_id), sent["body"], **more)
    return one(Made, {"id": made}, status=201)


@blueprint.post("/<subject>/<subject_id>/files")
@requires(Permission.SIGNED_IN)  # the service tells colleagues from partners
@blueprint.arguments(SentFile, location="query")
@blueprint.response(201, ThreadKey)
@takes(FILE)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def send_file(asked: dict[str, Any], subject: str, subject_id: str) -> Response:
    """Send a file into a thread; it stands there as a message of its own."""
    more = {"company_id": asked["company_id"], "internal": asked["internal"]}
    thread_id = _id_of(subject_id)
    found = partner_messages.send_file(viewer(), subject, thread_id, sent_file(), file_name=asked["name"], **more)
    return one(ThreadKey, found.values(), status=201)


def _id_of(written: str) -> str:
    return "" if written == "-" else written


def _head(found: Listed) -> dict[str, Any]:
    names = ("title", "company", "messages", "unread", "last_at", "last", "author", "internal")
    place = f"{found.key.company_id}|{found.key.subject}|{found.key.subject_id}"
    return {**{name: getattr(found, name) for name in names}, **found.key.values(), "place": place}


def _whole(found: Thread) -> dict[str, Any]:
    key = {name: getattr(found.key, name) for name in KEY}
    return {**key, "title": found.title, "company": found.company, "messages": found.messages}
