"""The halal board: certificates by urgency, what each breaks, what is allowed for a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import halal_company
import pytest
from halal_company import TODAY, run
from sqlalchemy import text

from core.errors import InvalidInput, NotAllowed, NotFound, UserError
from core.viewer import Viewer
from data.db import owner_engine
from services import halal
from services.halal import HalalFilters


@pytest.fixture(autouse=True)
def ids(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    return halal_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def listed(planner: Viewer, **filters: str) -> dict[str, str]:
    found = halal.certificates(planner, HalalFilters(**filters))
    assert len(found.rows) == found.total
    return {row["number"] or row["id"]: row["state"] for row in found.rows}


def row_of(planner: Viewer, number: str) -> dict[str, object]:
    return next(row for row in halal.certificates(planner, HalalFilters()).rows if row["number"] == number)


def test_states_the_most_urgent_first(planner: Viewer, ids: dict[str, int]) -> None:
    run(
        "update certificate set valid_until = '2026-04-30' where number = 'P-TEA'; "
        "delete from certificate where number = 'L-KL'; "
        "update certificate set valid_from = '2026-05-01' where number = 'P-SUGAR'"
    )
    found = listed(planner)
    assert list(found)[:3] == ["S-GELITA", "P-TEA", f"missing-location-{ids['KL']}"]
    assert (found["S-GELITA"], found["P-TEA"], found["P-SUGAR"], found["S-GULA"]) == (
        *("expired", "expiring", "future"),
        "valid",
    )
    run("insert into setting (key, value) values ('stock.certificate_days', '{\"value\": 30}')")
    assert listed(planner)["P-TEA"] == "valid"


def test_beside_a_missing_certificate_the_others_keep_whole_numbers(planner: Viewer) -> None:
    run("delete from certificate where number = 'L-KL'")  # fractions made an address where no document could be sent
    (row,) = [row for row in halal.certificates(planner, HalalFilters()).rows if row["number"] == "S-GELITA"]
    assert str(halal.certificate(planner, row["id"]).certificate["certificate_id"]) == row["id"]


def test_an_old_certificate_is_replaced_by_a_valid_one(planner: Viewer, ids: dict[str, int]) -> None:
    with owner_engine().begin() as connection:
        halal_company.certify(connection, "S-NEW", supplier_id=ids["Gelita"])
    run("select 1")
    assert listed(planner, search="gelita") == {"S-NEW": "valid", "S-GELITA": "replaced"}
    assert halal.summary(planner).states["expired"] == 0


def test_what_breaks_how_many_goods(planner: Viewer) -> None:
    assert row_of(planner, "S-GELITA")["breaks"] == 1
    run("update certificate set valid_until = '2026-02-01' where number = 'S-GULA'")
    assert row_of(planner, "S-GULA")["breaks"] == 2
    found = halal.certificate(planner, row_of(planner, "S-GULA")["id"])
    assert [good["code"] for good in found.broken] == ["SAUCE", "TEA"]
    valid = halal.certificate(planner, row_of(planner, "P-TEA")["id"])
    assert (valid.broken, valid.documents) == ([], [])


def test_everything_that_breaks_a_product(planner: Viewer, ids: dict[str, int]) -> None:
    run("delete from certificate where number = 'P-SUGAR'")
    found = halal.breaks_of(planner, ids["SAUCE"])
    assert sorted((row["code"], row["holder"], row["what"]) for row in found) == [
        ("GELATIN", "supplier", "JAKIM, S-GELITA, expired on 2026-03-01"),
        ("SUGAR", "product", "none is known"),
    ]
    assert halal.breaks_of(planner, ids["MUG"]) == []
    for wrong in (None, "x", -1, 10**30):
        with pytest.raises(NotFound):
            halal.breaks_of(planner, wrong)


def test_products_those_not_covered_first(planner: Viewer) -> None:
    found = halal.products(planner)
    assert [(row["code"], row["covered"]) for row in found.rows] == [
        ("SAUCE", False),
        ("BASE", False),
        ("GELATIN", False),
        ("TEA", True),
        ("SUGAR", True),
    ]
    assert [row["code"] for row in halal.products(planner, show="broken", search="sau").rows] == ["SAUCE"]
    assert [row["code"] for row in halal.products(planner, start=1, end=2, sort=(("code", True),)).rows] == ["SUGAR"]


def test_summary(planner: Viewer) -> None:
    found = halal.summary(planner)
    assert (found.states["expired"], found.states["missing"], found.halal_goods, found.not_covered) == (1, 0, 2, 1)
    assert (found.blocked, found.allowed, found.due_days) == (1, 0, 60)


def test_allowed_for_a_time_with_a_reason(
    planner: Viewer, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (ids["Gelita"], ids["GELATIN"])
    halal.allow(planner, *source, until="2026-04-01", reason=" on its way ")
    (row,) = halal.blocked(planner).rows
    assert (row["reason"], str(row["until"]), row["by"]) == ("on its way", "2026-04-01", "Planner")
    assert (halal.summary(planner).blocked, halal.summary(planner).allowed) == (0, 1)
    monkeypatch.setenv("TANDEM_TODAY", "2026-04-02")
    assert (halal.summary(planner).blocked, halal.summary(planner).allowed) == (1, 0)
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    halal.block_again(planner, *source)
    assert halal.summary(planner).blocked == 1
    with pytest.raises(NotFound):
        halal.block_again(planner, *source)
    with owner_engine().connect() as connection:
        told = connection.execute(text("select action, reason from audit_entry where subject = 'halal_override'"))
        assert [tuple(line) for line in told] == [("halal.allow", "on its way"), ("halal.block", None)]


def test_what_can_not_be_allowed(planner: Viewer, ids: dict[str, int]) -> None:
    good = {"until": "2026-04-01", "reason": "because"}
    wrong: list[tuple[dict[str, object], type[UserError]]] = [
        ({"until": "2026-03-01"}, InvalidInput),
        ({"until": "2028-03-01"}, InvalidInput),
        ({"until": None}, InvalidInput),
        ({"reason": " "}, InvalidInput),
        ({"reason": "x" * 501}, InvalidInput),
    ]
    for values, error in wrong:
        with pytest.raises(error):
            halal.allow(planner, ids["Gelita"], ids["GELATIN"], **{**good, **values})
    for source in ((ids["Gula"], ids["SUGAR"]), (None, "x"), (10**30, -1)):
        with pytest.raises(NotFound):
            halal.allow(planner, *source, **good)
    assert halal.summary(planner).allowed == 0


def test_rights(viewer_of: Callable[[str], Viewer], ids: dict[str, int]) -> None:
    supplier, executive = viewer_of("supplier"), viewer_of("executive")
    for read in (
        lambda who: halal.certificates(who, HalalFilters()),
        halal.products,
        halal.blocked,
        halal.summary,
        lambda who: halal.certificate(who, "1"),
        lambda who: halal.breaks_of(who, 1),
    ):
        with pytest.raises(NotAllowed):
            read(supplier)
    assert halal.summary(executive).blocked == 1
    for who in (supplier, executive):
        with pytest.raises(NotAllowed):
            halal.allow(who, ids["Gelita"], ids["GELATIN"], until="2026-04-01", reason="x")
        with pytest.raises(NotAllowed):
            halal.block_again(who, 1, 1)


def test_unknown_certificates(planner: Viewer) -> None:
    for wrong in (None, "x", 10**9, {}, "missing-product-1"):
        with pytest.raises(NotFound):
            halal.certificate(planner, wrong)
