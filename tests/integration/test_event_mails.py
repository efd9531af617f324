"""Mails about events: the right people on the other side, in the way they chose, and nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from mails import outbox_rows
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.permissions import Permission
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import event_mails, mail_digests, mail_preferences, mail_reminders, purchase_orders
from services.partner_events import PartnerEvent, announce

ViewerOf = Callable[[str], Viewer]
MORNING = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)  # 8:00 in Kuala Lumpur
SENT = PartnerEvent(
    "purchase_order.sent", "purchase_order", 1, "Order PO-ALPHA", "/portal/supplier/orders", "by Friday"
)
ANSWERED = PartnerEvent("order_line.answered", "purchase_order_line", 1, "PO-ALPHA/1", "/supply/review-queue")


@pytest.fixture(scope="module")
def company(server: Any, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        yield load()


@pytest.fixture(autouse=True)
def morning(company: Trading, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    run("delete from mail_outbox", "delete from partner_event", "delete from mail_preference")
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    with time_machine.travel(MORNING, tick=False):
        yield


def run(*statements: str) -> None:
    with owner_engine().begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def say(viewer: Viewer, company_id: int, *events: PartnerEvent) -> None:
    with session_scope(viewer) as session:
        for event in events:
            announce(session, viewer, company_id, event)


def mailed() -> list[tuple[str, str, str]]:
    """Who, which template, and whether it goes at once."""
    with owner_engine().connect() as connection:
        found = connection.execute(
            text(
                "select split_part(u.email, '@', 1) as who, m.template, m.state from mail_outbox m "
                "join app_user u on u.id = m.user_id order by m.id"
            )
        )
        return [(row.who, row.template, row.state) for row in found]


def everybody(template: str, *names: str, state: str = "waiting") -> list[tuple[str, str, str]]:
    return [(name, template, state) for name in names]


def test_b20_an_event_of_the_company_goes_to_that_partners_people_only(company: Trading, viewer_of: ViewerOf) -> None:
    say(viewer_of("planner"), company["alpha"], SENT)
    assert event_mails.tell() == 3
    assert mailed() == everybody("order_sent", "supplier", "supplier-colleague", "supplier-viewer")
    assert event_mails.tell() == 0, "each is told once"
    first = outbox_rows()[0]
    assert (first.subject, first.values["who"], first.reader) == ("Order PO-ALPHA", "Own Sdn Bhd", "portal.supplier")


def test_an_event_of_a_partner_goes_to_those_who_decide(company: Trading, viewer_of: ViewerOf) -> None:
    say(viewer_of("supplier"), company["alpha"], ANSWERED)
    assert event_mails.tell() == 1
    assert mailed() == everybody("event", "planner", state="held"), "colleagues read a digest unless they want it now"
    assert outbox_rows()[0].values["who"] == "Supplier, Alpha Sdn Bhd"


@pytest.mark.parametrize(
    ("away", "left"),
    [
        ("update app_user set active = false where email like 'supplier@%'", ["supplier-colleague", "supplier-viewer"]),
        ("update company set active = false where name like 'Alpha%'", []),
        (
            "insert into company_withheld (company_id, permission) select id, 'portal.supplier' from company "
            "where name like 'Alpha%'",
            [],
        ),
    ],
    ids=["deactivated person", "suspended company", "withheld feature"],
)
def test_b13_who_may_not_read_it_gets_no_mail(
    company: Trading, viewer_of: ViewerOf, away: str, left: list[str]
) -> None:
    say(viewer_of("planner"), company["alpha"], SENT)
    run(away)
    try:
        event_mails.tell()
    finally:
        run("update app_user set active = true", "update company set active = true", "delete from company_withheld")
    assert [who for who, *_rest in mailed()] == left
    assert event_mails.tell() == 0, "and none later for what is over"


def test_a_reader_named_by_the_event_counts(company: Trading, viewer_of: ViewerOf) -> None:
    people_only = PartnerEvent("company.changed", "company", 1, "T", "/account", reader=Permission.PORTAL_PEOPLE)
    say(viewer_of("planner"), company["alpha"], people_only)
    event_mails.tell()
    assert mailed() == everybody("event", "supplier", "supplier-colleague")


def test_preferences_decide_how_somebody_hears(company: Trading, viewer_of: ViewerOf) -> None:
    choices = {"supplier": "never", "supplier-colleague": "daily"}
    for name, delivery in choices.items():
        mail_preferences.choose(viewer_of(name), {"orders": delivery}, quiet_from="", quiet_until="")
    say(viewer_of("planner"), company["alpha"], SENT)
    event_mails.tell()
    assert mailed() == [
        ("supplier-colleague", "order_sent", "held"),
        ("supplier-viewer", "order_sent", "waiting"),
    ]


def test_a_digest_a_day_holds_all_that_waited(company: Trading, viewer_of: ViewerOf) -> None:
    say(viewer_of("supplier"), company["alpha"], ANSWERED, ANSWERED)
    event_mails.tell()
    with time_machine.travel(MORNING - timedelta(hours=2), tick=False):
        assert mail_digests.send_digests() == 0, "not before the morning"
    assert [mail_digests.send_digests(), mail_digests.send_digests()] == [1, 0]
    *news, digest = outbox_rows()
    assert [row.state for row in news] == ["bundled", "bundled"]
    assert (digest.template, digest.state, len(digest.values["entries"])) == ("digest", "waiting", 2)
    say(viewer_of("supplier"), company["alpha"], ANSWERED)
    event_mails.tell()
    assert mail_digests.send_digests() == 0, "the next one goes tomorrow"
    with time_machine.travel(MORNING + timedelta(days=1), tick=False):
        assert mail_digests.send_digests() == 1


def test_b13_a_digest_is_for_who_may_still_read_it(company: Trading, viewer_of: ViewerOf) -> None:
    say(viewer_of("supplier"), company["alpha"], ANSWERED)
    event_mails.tell()
    run("update app_user set active = false where email like 'planner@%'")
    try:
        assert mail_digests.send_digests() == 0
    finally:
        run("update app_user set active = true")
    assert [row.state for row in outbox_rows()] == ["cancelled"]


def test_what_happened_a_week_ago_is_no_news(company: Trading, viewer_of: ViewerOf) -> None:
    say(viewer_of("planner"), company["alpha"], SENT)
    run(f"update partner_event set at = '{MORNING - timedelta(days=8)}'")
    assert event_mails.tell() == 0
    assert outbox_rows() == []


def test_suppliers_are_reminded_once_a_day_of_their_own_lines(company: Trading) -> None:
    assert [mail_reminders.remind(), mail_reminders.remind()] == [3, 0]
    who = everybody("reminder", "supplier", "supplier-colleague", "supplier2")
    assert mailed() == who, "viewers can't confirm"
    alpha, _colleague, beta = outbox_rows()
    # Lines of LINES within three days: "soon" and "past".
    assert alpha.subject == "2 order lines wait for your confirmation"
    assert all("PO-ALPHA" in line for line in alpha.values["lines"])
    assert all("PO-BETA" in line for line in beta.values["lines"])


def test_an_order_sent_or_cancelled_is_told_and_why_stays_inside(company: Trading, viewer_of: ViewerOf) -> None:
    planner = viewer_of("planner")
    sent = purchase_orders.send(planner, company["alpha.draft"], 1)
    purchase_orders.cancel(planner, company["alpha.draft"], sent.order["version"], reason="CANARY too dear")
    with session_scope(viewer_of("supplier")) as session:
        found = session.execute(text("select event, title, detail from partner_event order by id")).all()
    assert [row.event for row in found] == ["purchase_order.sent", "purchase_order.cancelled"]
    assert "too dear" not in str(found)


def test_preferences_refuse_what_is_no_choice(viewer_of: ViewerOf) -> None:
    from core.errors import InvalidInput

    supplier = viewer_of("supplier")
    for bad in ({"orders": "sometimes"}, {"no topic": "never"}):
        with pytest.raises(InvalidInput):
            mail_preferences.choose(supplier, bad, quiet_from="", quiet_until="")
    for hours in (("22:00", ""), ("22:00", "22:00"), ("x", "y"), ("25:00", "07:00"), ("22:00+01:00", "07:00")):
        with pytest.raises(InvalidInput):
            mail_preferences.choose(supplier, {}, quiet_from=hours[0], quiet_until=hours[1])
    assert mail_preferences.preferences(supplier).quiet is None
