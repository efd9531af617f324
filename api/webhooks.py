"""Webhooks of the own company, and what was sent to them."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.lists import list_arguments, one_arguments, page, page_schema
from api.repeatable import PARAMETER, repeatable
from api.schemas import required_text, schema_with
from api.single import IF_MATCH, named, one, require_match
from core.guard import requires
from core.identity import viewer
from core.permissions import Permission
from services import webhooks
from services.webhook_target import LONGEST_URL

blueprint = Blueprint(
    "webhooks",
    __name__,
    url_prefix="/api/v1",
    description="Addresses of your systems that are told what happens. Each side has its own.",
)

TOPICS = fields.List(fields.String(validate=validate.OneOf(webhooks.TOPICS)))
Webhook = schema_with(
    "Webhook",
    {"events": TOPICS},
    numbers="id",
    texts="url disabled_reason",
    flags="active",
    moments="created_at",
)
Delivery = schema_with(
    "WebhookDelivery",
    numbers="id tries response_code",
    texts="url event state last_error",
    moments="due_at created_at ended_at",
)
NewWebhook = Strict.from_dict(
    {
        "url": required_text(LONGEST_URL),
        "events": fields.List(
            fields.String(validate=validate.OneOf(webhooks.TOPICS)),
            load_default=[],
            metadata={"description": "What it is told of; everything if empty."},
        ),
    },
    name="NewWebhook",
)
Secret = Strict.from_dict(
    {"secret": fields.String(metadata={"description": "Signs what is sent; shown this once."})}, name="WebhookSecret"
)
Switched = Strict.from_dict({"active": fields.Boolean(required=True)}, name="SwitchedWebhook")


@blueprint.get("/webhooks")
@requires(Permission.SIGNED_IN)  # the service tells colleagues from partners
@blueprint.arguments(list_arguments("Webhooks", "id"), location="query")
@blueprint.response(200, page_schema(Webhook, "Webhooks"))
def listed(asked: dict[str, Any]) -> Response:
    """The webhooks of your company."""
    return page(Webhook, webhooks.webhooks(viewer()), asked)


@blueprint.get("/webhooks/<int:webhook_id>")
@requires(Permission.SIGNED_IN)  # the service tells colleagues from partners
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, Webhook)
def webhook(asked: dict[str, Any], webhook_id: int) -> Response:
    """One of them."""
    return one(Webhook, _webhook(webhook_id), asked)


@blueprint.post("/webhooks")
@requires(Permission.SIGNED_IN)  # the service tells colleagues from partners
@blueprint.arguments(NewWebhook)
@blueprint.response(201, Secret)
def add(sent: dict[str, Any]) -> Response:
    """Tell an address of what happens from now on. A company has one webhook for an address; what is answered is kept
    nowhere, so that it can't be asked for again."""
    return one(Secret, {"secret": webhooks.add(viewer(), sent["url"], sent["events"])}, status=201)


@blueprint.patch("/webhooks/<int:webhook_id>")
@requires(Permission.SIGNED_IN)  # the service tells colleagues from partners
@blueprint.arguments(Switched)
@blueprint.response(200, Webhook)
@blueprint.doc(parameters=[IF_MATCH])
def switch(sent: dict[str, Any], webhook_id: int) -> Response:
    """Switch a webhook off, or on again after it failed too often."""
    require_match(Webhook, _webhook(webhook_id))
    webhooks.switch(viewer(), webhook_id, active=sent["active"])
    return one(Webhook, _webhook(webhook_id))


@blueprint.delete("/webhooks/<int:webhook_id>")
@requires(Permission.SIGNED_IN)  # the service tells colleagues from partners
@blueprint.response(204)
def remove(webhook_id: int) -> Response:
    """Delete a webhook with its log."""
    webhooks.remove(viewer(), webhook_id)
    return Response(status=204)


@blueprint.post("/webhooks/<int:webhook_id>/test")
@requires(Permission.SIGNED_IN)  # the service tells colleagues from partners
@blueprint.response(202, Webhook)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def test(webhook_id: int) -> Response:
    """Send a delivery that says it is a test; the deliveries tell how it went."""
    webhooks.send_test(viewer(), webhook_id)
    return one(Webhook, _webhook(webhook_id), status=202)


@blueprint.get("/webhook-deliveries")
@requires(Permission.SIGNED_IN)  # the service tells colleagues from partners
@blueprint.arguments(list_arguments("WebhookDeliveries", "-id"), location="query")
@blueprint.response(200, page_schema(Delivery, "WebhookDeliveries"))
def deliveries(asked: dict[str, Any]) -> Response:
    """What was sent to your webhooks of late, the newest first."""
    return page(Delivery, webhooks.deliveries(viewer()), asked)


@blueprint.post("/webhook-deliveries/<int:delivery_id>/redelivery")
@requires(Permission.SIGNED_IN)  # the service tells colleagues from partners
@blueprint.response(204)
@blueprint.doc(parameters=[PARAMETER])
@repeatable
def redeliver(delivery_id: int) -> Response:
    """Send it once more, as a delivery of its own."""
    webhooks.redeliver(viewer(), delivery_id)
    return Response(status=204)


def _webhook(webhook_id: int) -> Any:
    return named(webhooks.webhooks(viewer()), webhook_id)
