"""Invitations: who may invite whom, and a link that works once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import Trading, load

from core import clock
from core.errors import InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine, session_scope, sign_in_scope
from services import accounts, invitations
from services.invitations import Invited

PASSWORD = "violet spoon harbour"
ViewerOf = Callable[[str], Viewer]


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        yield load()


def invite(viewer: Viewer, company_id: int, **typed: Any) -> Invited:
    wanted = {"email": "new@alpha.example", "name": "New Person", "level": "portal_user", **typed}
    with session_scope(viewer) as session:
        return invitations.invite(session, viewer, company_id, **wanted)


def secret_of(invited: Invited) -> str:
    return invited.link.partition("#")[2]


def test_a_link_makes_an_account_once(viewer_of: ViewerOf, ids: Trading) -> None:
    invited = invite(viewer_of("supplier"), ids["beta"], email=" First@Alpha.example ")
    assert invitations.accept(secret_of(invited), PASSWORD) == "first@alpha.example"
    person = accounts.sign_in("first@alpha.example", PASSWORD, address="127.0.0.1", agent="").viewer
    assert (person.company_id, person.role) == (ids["alpha"], "supplier"), (
        "the session's company, not the one asked for"
    )
    assert {"portal.supplier", "portal.answer"} <= person.permissions
    assert "portal.commit" not in person.permissions
    with pytest.raises(NotFound, match="not valid any more"):
        invitations.accept(secret_of(invited), PASSWORD)


def test_c18_a_newer_invitation_ends_the_older_one(viewer_of: ViewerOf, ids: Trading) -> None:
    older = invite(viewer_of("supplier"), ids["alpha"], email="twice@alpha.example")
    newer = invite(viewer_of("supplier"), ids["alpha"], email="twice@alpha.example")
    with pytest.raises(NotFound):
        invitations.accept(secret_of(older), PASSWORD)
    assert invitations.accept(secret_of(newer), PASSWORD)


def test_c18_an_invitation_expires(viewer_of: ViewerOf, ids: Trading, monkeypatch: pytest.MonkeyPatch) -> None:
    invited = invite(viewer_of("supplier"), ids["alpha"], email="late@alpha.example")
    later = clock.now() + invitations.LIFETIME + timedelta(seconds=1)
    monkeypatch.setattr(invitations, "now", lambda: later)
    with pytest.raises(NotFound):
        invitations.accept(secret_of(invited), PASSWORD)


def test_c18_the_database_knows_no_secret(viewer_of: ViewerOf, ids: Trading) -> None:
    secret = secret_of(invite(viewer_of("supplier"), ids["alpha"], email="hash@alpha.example"))
    with owner_engine().connect() as connection:
        for table in ("invitation", "audit_entry"):
            assert not [row for row in connection.scalars(text(f"select t::text from {table} t")) if secret in row]


@pytest.mark.parametrize("password", ["short", "password1234", "aaaaaaaaaaaaaaaa", "alpha-rocket-green", "x" * 1025])
def test_c21_c22_weak_passwords_make_no_account(viewer_of: ViewerOf, ids: Trading, password: str) -> None:
    invited = invite(viewer_of("supplier"), ids["alpha"], email="weak@alpha.example")
    with pytest.raises(InvalidInput):
        invitations.accept(secret_of(invited), password)
    assert _account("weak@alpha.example") is None


@pytest.mark.parametrize("name", ["supplier-viewer", "planner", "executive"])
def test_only_those_who_keep_people_invite(viewer_of: ViewerOf, ids: Trading, name: str) -> None:
    with pytest.raises(NotAllowed):
        invite(viewer_of(name), ids["alpha"])


@pytest.mark.parametrize(
    "typed",
    [
        {"email": "nobody"},
        {"email": "a@b@c.example"},
        {"email": None},
        {"name": " "},
        {"level": "admin"},
        {"level": None},
        {"level": []},
        {"email": "supplier@demo.tandem.example"},
    ],
)
def test_what_makes_no_sense_is_refused(viewer_of: ViewerOf, ids: Trading, typed: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        invite(viewer_of("supplier"), ids["alpha"], **typed)


def test_who_has_an_account_elsewhere_stays_unknown_to_the_inviter(viewer_of: ViewerOf, ids: Trading) -> None:
    invited = invite(viewer_of("supplier"), ids["alpha"], email="supplier2@demo.tandem.example")
    with pytest.raises(InvalidInput, match="sign in with it"):
        invitations.accept(secret_of(invited), PASSWORD)


@pytest.mark.parametrize(
    "statement",
    [
        "update app_user set level = 'admin' where company_id = tandem_company_id()",
        "update app_user set active = false where company_id <> tandem_company_id() returning id",
        "insert into invitation (company_id, role, level, email, name, token_hash, invited_by, expires_at) "
        "values (tandem_company_id(), 'admin', 'portal_admin', 'a@b.c', 'n', 'h', tandem_user_id(), now())",
        "insert into invitation (company_id, role, level, email, name, token_hash, invited_by, expires_at) "
        "values (:beta, 'supplier', 'portal_admin', 'a@b.c', 'n', 'h', tandem_user_id(), now())",
        "select token_hash from invitation",
        "select seed from second_factor",
    ],
)
def test_the_database_itself_keeps_partners_in(viewer_of: ViewerOf, ids: Trading, statement: str) -> None:
    refused, found = False, []
    try:
        with session_scope(viewer_of("supplier")) as session:
            found = list(session.execute(text(statement), {"beta": ids["beta"]} if ":beta" in statement else {}))
    except NotAllowed:
        refused = True
    assert refused or not found
    with owner_engine().connect() as connection:
        assert not connection.scalar(text("select count(*) from app_user where level = 'admin' or not active"))


def test_only_an_administrator_of_the_partner_changes_people_in_the_database(viewer_of: ViewerOf) -> None:
    with session_scope(viewer_of("supplier-viewer")) as session:
        changed = session.execute(
            text("update app_user set level = 'portal_admin' where id = tandem_user_id() returning id")
        )
        assert changed.all() == []


def _account(email: str) -> Any:
    with sign_in_scope() as session:
        return session.scalar(text("select id from app_user where email = :email"), {"email": email})
