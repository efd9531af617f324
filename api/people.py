"""The people of a partner's company, kept by its own administrator."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.arguments import Blueprint, Strict
from api.lists import list_arguments, one_arguments, page, page_schema
from api.schemas import required_text, schema_of, schema_with
from api.single import IF_MATCH, named, one, require_match
from core.guard import requires
from core.identity import viewer
from core.permissions import Level, Permission
from services import partner_people
from services.invitations import LONGEST_EMAIL, LONGEST_NAME, Invited

blueprint = Blueprint(
    "people",
    __name__,
    url_prefix="/api/v1",
    description="For administrators of partners: who of your company is in, on which level, and who is invited.",
)

LEVEL = fields.String(required=True, validate=validate.OneOf(list(Level)))
Person = schema_with("Person", numbers="id", texts="name email level", flags="active")
Invitation = schema_with("Invitation", numbers="id", texts="email name level", moments="expires_at", flags="expired")
Access = Strict.from_dict({"level": LEVEL, "active": fields.Boolean(required=True)}, name="PersonAccess")
NewInvitation = Strict.from_dict(
    {"email": required_text(LONGEST_EMAIL), "name": required_text(LONGEST_NAME), "level": LEVEL}, name="NewInvitation"
)
Sent = schema_of(Invited, "SentInvitation")


@blueprint.get("/people")
@requires(Permission.PORTAL_PEOPLE)
@blueprint.arguments(list_arguments("People", "name", "email", "id"), location="query")
@blueprint.response(200, page_schema(Person, "People"))
def people(asked: dict[str, Any]) -> Response:
    """The people of your company."""
    return page(Person, partner_people.partner_people(viewer()).people, asked)


@blueprint.get("/people/<int:person_id>")
@requires(Permission.PORTAL_PEOPLE)
@blueprint.arguments(one_arguments(), location="query")
@blueprint.response(200, Person)
def person(asked: dict[str, Any], person_id: int) -> Response:
    """One of them."""
    return one(Person, _person(person_id), asked)


@blueprint.patch("/people/<int:person_id>")
@requires(Permission.PORTAL_PEOPLE)
@blueprint.arguments(Access)
@blueprint.response(200, Person)
@blueprint.doc(parameters=[IF_MATCH])
def change(access: dict[str, Any], person_id: int) -> Response:
    """Give somebody another level, or end the access; whoever is removed has no session and no key left."""
    found = _person(person_id)
    require_match(Person, found)
    partner_people.change(viewer(), person_id, **access, version=found["version"])
    return one(Person, _person(person_id))


@blueprint.get("/invitations")
@requires(Permission.PORTAL_PEOPLE)
@blueprint.arguments(list_arguments("Invitations", "email", "expires_at"), location="query")
@blueprint.response(200, page_schema(Invitation, "Invitations"))
def invitations(asked: dict[str, Any]) -> Response:
    """Who is invited and has not come yet."""
    return page(Invitation, partner_people.partner_people(viewer()).invited, asked)


@blueprint.post("/invitations")
@requires(Permission.PORTAL_PEOPLE)
@blueprint.arguments(NewInvitation)
@blueprint.response(201, Sent)
def invite(sent: dict[str, Any]) -> Response:
    """Ask a colleague in, or once more: earlier links of the same person end. What is answered is kept nowhere, so
    that it can't be asked for again."""
    return one(Sent, partner_people.invite(viewer(), **sent), status=201)


@blueprint.delete("/invitations/<int:invitation_id>")
@requires(Permission.PORTAL_PEOPLE)
@blueprint.response(204)
def withdraw(invitation_id: int) -> Response:
    """Take an invitation back."""
    found = named(partner_people.partner_people(viewer()).invited, invitation_id)
    partner_people.withdraw(viewer(), found["email"])
    return Response(status=204)


def _person(person_id: int) -> Any:
    return named(partner_people.partner_people(viewer()).people, person_id)
