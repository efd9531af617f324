"""A promotion that a customer announces, until it is an event of the demand plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from databases import TestServer
from demand_company import TODAY, load, rows
from partner_company import load_partners, partner

from core.errors import InvalidInput, NotAllowed, NotFound
from core.permissions import Level
from data.db import session_scope
from services import customer_promotions, partner_requests, planning_events
from services.demand_plan import demand_plan


@pytest.fixture(scope="module")
def company(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        load(patch)
        yield load_partners()


@pytest.fixture(autouse=True)
def _clean(company: Any) -> None:
    rows("delete from planning_event")
    rows("delete from partner_submission")


def wish(company: Any, **changed: object) -> dict[str, object]:
    """The whole of December: 31 of 31 days in which Tea A sells 60 + 50 in modern trade."""
    item = next(each.id for each in customer_promotions.items(company["mart"]))
    given = {
        "name": "Year end",
        "items": [str(item)],
        "starts_on": "2026-12-01",
        "ends_on": "2026-12-31",
        "mechanic": "display",
        "volume": 55,
        "note": "On the front shelf",
    }
    return given | changed


def only(company: Any) -> customer_promotions.Promotion:
    (found,) = customer_promotions.promotions(company["mart"])
    return found


def consensus(viewer: Any) -> bytes:
    with session_scope(viewer) as session:
        return demand_plan(session, viewer).consensus.tobytes()


def test_it_goes_from_the_portal_through_the_calendar_into_the_plan(company: Any) -> None:
    before = consensus(company["planner"])
    customer_promotions.announce(company["mart"], wish(company))
    assert only(company).state == "asked"
    (found,) = partner_requests.requests(company["planner"])
    assert found.described.impact == pytest.approx(55 * 4)
    assert ("Its channel in these days", "110", "55 on top, uplift 50.0 %") in list(found.described.facts)
    assert planning_events.events(company["planner"]).total == 0
    partner_requests.accept(company["marketing"], found.submission.id)
    assert only(company).state == "taken_up"
    assert consensus(company["planner"]) == before
    (event,) = planning_events.events(company["planner"]).rows
    assert (event["status"], event["expected_uplift"], event["channel"]) == ("proposed", 0.5, "MT")
    assert "Announced by Mart" in event["note"]
    planning_events.approve(company["planner"], event["id"], event["version"])
    assert only(company).state == "approved"
    assert consensus(company["planner"]) != before


def test_what_the_calendar_or_a_colleague_refuses_is_declined(company: Any) -> None:
    customer_promotions.announce(company["mart"], wish(company))
    (found,) = partner_requests.requests(company["planner"])
    partner_requests.reject(company["marketing"], found.submission.id, "No goods")
    assert (only(company).state, only(company).answer) == ("declined", "No goods")


def test_it_can_be_withdrawn_until_it_is_decided(company: Any) -> None:
    made = customer_promotions.announce(company["mart"], wish(company))
    with pytest.raises(NotFound):
        customer_promotions.take_back(company["grocer"], made)
    customer_promotions.take_back(company["mart"], made)
    assert only(company).state == "withdrawn"
    assert customer_promotions.promotions(company["grocer"]) == []


def test_the_result_is_what_the_company_ordered_itself(company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the days from the first to the tenth of October 15 were ordered; in the 56 days before, 15 in September."""
    monkeypatch.setenv("TANDEM_TODAY", "2026-09-30")
    customer_promotions.announce(company["mart"], wish(company, starts_on="2026-10-01", ends_on="2026-10-10"))
    monkeypatch.setenv("TANDEM_TODAY", "2026-10-05")
    (found,) = partner_requests.requests(company["planner"])
    partner_requests.accept(company["marketing"], found.submission.id)
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    assert only(company).result is None, "not approved"
    rows("update planning_event set status = 'approved'")
    assert only(company).result == (15, pytest.approx(15 * 10 / 56))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": " "}, "Name"),
        ({"items": []}, "Items"),
        ({"items": ["987654"]}, "Items"),
        ({"items": {"$ne": 1}}, "Items"),
        ({"volume": 0}, "Volume on top"),
        ({"volume": "much"}, "Volume on top"),
        ({"mechanic": "magic"}, "Mechanic"),
        ({"starts_on": str(TODAY - timedelta(1))}, "is over"),
        ({"ends_on": "2026-11-30"}, "Last day"),
        ({"ends_on": str(date(2028, 1, 1))}, "Last day"),
        ({"starts_on": None}, "First day"),
    ],
)
def test_wrong_fields_are_named_and_nothing_is_sent(company: Any, changed: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        customer_promotions.announce(company["mart"], wish(company, **changed))
    assert customer_promotions.promotions(company["mart"]) == []


def test_only_those_who_bind_the_company_announce(company: Any) -> None:
    user = partner(2, "promotions-user", Level.USER)
    with pytest.raises(NotAllowed):
        customer_promotions.announce(user, wish(company))
    assert customer_promotions.promotions(user) == []
    with pytest.raises(NotAllowed):
        customer_promotions.promotions(company["label"])
