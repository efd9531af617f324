"""Demand › Calendar: bars, the form, moving, deciding, and what each role may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from callbacks.planner.marketing_calendar import FIELDS, SHARES, Ids, given_fields
from core.clock import today
from core.viewer import Viewer
from data.db import owner_engine
from services import planning_events
from services.planning_events import PATH

Visit = Callable[..., Any]
HIDDEN = {"display": "none"}
REASON = {f"{Ids.reason}.value": "too dear"}


@pytest.fixture(autouse=True)
def company(database: Path) -> None:
    """The demo company."""


@pytest.fixture
def product() -> str:
    with owner_engine().connect() as connection:
        return str(connection.scalar(text("select code from product where kind = 'finished' order by code limit 1")))


def typed(product: str, **changes: Any) -> dict[str, Any]:
    """The form as a person fills it."""
    start = today() + timedelta(days=20)
    values = dict.fromkeys(FIELDS, None) | {
        "name": "Shop window",
        "kind": "promotion",
        "mechanic": "discount",
        "products": product,
        "category": "-",
        "family": "-",
        "brand": "-",
        "location": "-",
        "channels": ["MT"],
        "starts_on": start.isoformat(),
        "ends_on": (start + timedelta(days=13)).isoformat(),
        "discount": 20,
        "uplift": 60,
    }
    return {f"{getattr(Ids, name)}.value": value for name, value in (values | changes).items()}


def saved(visitor: Any, product: str, **changes: Any) -> dict[str, Any]:
    """What the browser remembers of a new event."""
    answer = visitor.press(Ids.save, {f"{Ids.seen}.data": {"id": None}, **typed(product, **changes)})
    assert answer.status_code == 200, answer.text
    seen: dict[str, Any] = answer.json["response"][Ids.seen]["data"]
    return seen


def press(visitor: Any, button: str, seen: Any, **values: Any) -> dict[str, Any]:
    answer = visitor.press(button, {f"{Ids.seen}.data": seen, **values})
    assert answer.status_code == 200, answer.text
    response: dict[str, Any] = answer.json["response"]
    return response


def acted(visitor: Any, **act: Any) -> dict[str, Any]:
    answer = visitor.call(f"{Ids.title}.children", {f"{Ids.acted}.data": act})
    assert answer.status_code == 200, answer.text
    response: dict[str, Any] = answer.json["response"]
    return response


def test_the_board_shows_promotions_in_lanes(visitor: Visit) -> None:
    page = visitor("planner").layout(PATH).text
    assert "event-bar event-approved" in page
    assert "PROMO-" not in visitor("planner").layout(PATH, "?search=nothing-is-called-so").text
    assert "No event fits" in visitor("planner").layout(PATH, "?search=nothing-is-called-so").text
    assert "Modern trade" in visitor("planner").layout(PATH, "?by=channel").text


@pytest.mark.parametrize("search", ["?month=odd", "?by=x&status=y&brand=none", "?event=99999999", "?month=9999-12"])
def test_odd_addresses_show_a_page(visitor: Visit, search: str) -> None:
    assert visitor("planner").layout(PATH, search).status_code == 200


def test_an_event_is_planned_proposed_and_approved(
    visitor: Visit, product: str, viewer_of: Callable[[str], Viewer]
) -> None:
    marketing = visitor("marketing")
    seen = saved(marketing, product)
    shown = press(marketing, Ids.propose, seen)
    assert shown[Ids.approve]["style"] == HIDDEN
    assert shown[Ids.propose]["style"] == HIDDEN
    executive = visitor("executive")
    opened = acted(executive, kind="open", event=seen["id"])
    assert opened[Ids.save]["style"] == HIDDEN
    approved = press(executive, Ids.approve, opened[Ids.seen]["data"])
    assert "counts on it" in approved[Ids.outcome]["children"]
    assert planning_events.event(viewer_of("planner"), seen["id"])["status"] == "approved"


def test_a_proposal_is_rejected_with_a_reason_and_goes_back(visitor: Visit, product: str) -> None:
    planner = visitor("planner")
    seen = press(planner, Ids.propose, saved(planner, product))[Ids.seen]["data"]
    answer = planner.press(Ids.reject, {f"{Ids.seen}.data": seen})
    assert "Reason: write a few words" in answer.text
    shown = press(planner, Ids.reject, seen, **REASON)
    assert "too dear" in str(shown[Ids.state]["children"])
    assert shown[Ids.propose]["style"] == {}


def test_moving_shows_other_days_and_stores_nothing(
    visitor: Visit, product: str, viewer_of: Callable[[str], Viewer]
) -> None:
    planner = visitor("planner")
    seen = saved(planner, product)
    shown = acted(planner, kind="move", event=seen["id"], days=7)
    assert shown[Ids.starts_on]["value"] == (today() + timedelta(days=27)).isoformat()
    assert "not saved" in shown[Ids.outcome]["children"]
    stored = planning_events.event(viewer_of("planner"), seen["id"])
    assert stored["starts_on"] == today() + timedelta(days=20)


def test_a_lane_pointed_at_begins_an_event(visitor: Visit) -> None:
    shown = acted(visitor("planner"), kind="new", lane="Warisan", day="2026-12-24")
    assert (shown[Ids.starts_on]["value"], shown[Ids.ends_on]["value"]) == ("2026-12-24", "2027-01-06")
    assert shown[Ids.title]["children"] == "New event"


def test_the_effect_is_shown_before_it_is_saved(visitor: Visit, product: str) -> None:
    planner = visitor("planner")
    answer = planner.call(f"{Ids.preview}.children", typed(product))
    assert answer.status_code == 200, answer.text
    shown = answer.json["response"]
    assert "Difference" in str(shown[Ids.preview]["children"])
    assert "Learned" in shown[Ids.evidence]["children"]
    taken = planner.press(Ids.take, {f"{Ids.proposal}.data": shown[Ids.proposal]["data"]}).json["response"]
    assert taken[Ids.uplift]["value"] == shown[Ids.proposal]["data"]["uplift"]
    half = planner.call(f"{Ids.preview}.children", typed(product, ends_on=""))
    assert "Last day: enter a date" in half.text


def test_a_second_save_of_the_same_version_is_told_who_was_first(visitor: Visit, product: str) -> None:
    planner = visitor("planner")
    seen = saved(planner, product)
    press(visitor("marketing"), Ids.save, seen, **typed(product, budget=500))
    answer = planner.press(Ids.save, {f"{Ids.seen}.data": seen, **typed(product, budget=900)})
    assert "has changed since you opened it, last by" in answer.text


def test_readers_see_no_buttons_and_may_not_press_them(visitor: Visit, product: str) -> None:
    seen = saved(visitor("planner"), product)
    sales = visitor("sales")
    shown = acted(sales, kind="open", event=seen["id"])
    assert all(shown[part]["style"] == HIDDEN for part in (Ids.save, Ids.propose, Ids.approve, Ids.reject, Ids.cancel))
    assert sales.press(Ids.save, {f"{Ids.seen}.data": seen, **typed(product)}).status_code == 403
    assert visitor("marketing").press(Ids.approve, {f"{Ids.seen}.data": seen}).status_code == 403


def test_cancelled_events_stand_by_themselves(visitor: Visit, product: str) -> None:
    planner = visitor("planner")
    seen = saved(planner, product, name="Called off")
    press(planner, Ids.cancel, seen, **REASON)
    assert "Called off" not in planner.layout(PATH).text
    assert "Called off" in planner.layout(PATH, "?status=cancelled").text


def test_past_events_are_listed_and_taken_along(visitor: Visit) -> None:
    planner = visitor("planner")
    request = {f"{Ids.results}.getRowsRequest": {"startRow": 0, "endRow": 10, "sortModel": []}}
    shown = planner.call(f"{Ids.results}.getRowsResponse", request).json["response"]
    rows = shown[Ids.results]["getRowsResponse"]["rowData"]
    assert rows
    assert {"actual_uplift", "incremental_margin", "roi"} <= set(rows[0])
    assert planner.get("/download/past-events.csv").status_code == 200


def test_per_cent_become_shares_and_nonsense_stays_to_be_refused() -> None:
    given = given_fields({"products": " a, b\nc ", "discount": 12.5, "uplift": "much", "kind": "-"})
    assert given["products"] == ["a", "b", "c"]
    assert (given["discount"], given["expected_uplift"], given["kind"]) == (0.125, "much", None)
    assert set(SHARES) < set(FIELDS)
