"""Cover through a recipe of three levels, on which day, and what may not be ordered of whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import halal_company
import pytest
from halal_company import END, TODAY, run
from sqlalchemy import text

from core.errors import Conflict, InvalidInput
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import halal, halal_cover, proposals
from services.proposals import ProposalFilters

GELITA = "Gelatin: supplier Gelita (JAKIM, S-GELITA, expired on 2026-03-01)"


@pytest.fixture(autouse=True)
def ids(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    return halal_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def cover(planner: Viewer, on: date = TODAY) -> dict[str, str]:
    """Why each product is not covered, empty for those that are."""
    with session_scope(planner) as session:
        found = halal_cover.halal_cover(session, as_of=on).products
    assert (found["covered"] == (found["why"] == "")).all()
    return dict(zip(found["code"], found["why"], strict=True))


def blocked(planner: Viewer) -> list[tuple[str, str]]:
    with session_scope(planner) as session:
        found = halal_cover.blocked_sources(session, planner)
    return sorted(zip(found["code"], found["supplier"], strict=True))


def propose(ids: dict[str, int], item: str, supplier: str) -> dict[str, Any]:
    run(
        "insert into reorder_proposal (product_id, location_id, supplier_id, quantity, unit_price, needed_on, "
        f"money_at_stake, why) values ({ids[item]}, {ids['KL']}, {ids[supplier]}, 10, 1, '2026-04-01', 5, "
        '\'{"status": "at_risk", "bound": "none"}\')'
    )
    with owner_engine().connect() as connection:
        return dict(connection.execute(text("select id, version from reorder_proposal")).one()._mapping)


def test_the_ingredient_of_an_ingredient_breaks_the_product(planner: Viewer) -> None:
    assert cover(planner) == {"SAUCE": GELITA, "BASE": GELITA, "GELATIN": GELITA, "TEA": "", "SUGAR": ""}


def test_all_is_covered_on_a_day_on_which_all_was_valid(planner: Viewer) -> None:
    assert set(cover(planner, date(2026, 2, 1)).values()) == {""}
    assert cover(planner, date(2026, 3, 1))["SAUCE"] == "", "the last day counts"
    assert "expired on 2026-12-31" in cover(planner, date(2027, 1, 1))["TEA"]
    assert "valid only from 2025-01-01" in cover(planner, date(2024, 12, 31))["TEA"]


def test_the_recipe_of_the_day_counts(planner: Viewer, ids: dict[str, int]) -> None:
    run(
        f"with made as (insert into bom (product_id, valid_from) values ({ids['BASE']}, '2026-03-10') returning id) "
        f"insert into bom_line (bom_id, component_id, quantity) select id, {ids['SUGAR']}, 1 from made"
    )
    assert cover(planner, date(2026, 3, 9))["SAUCE"] == GELITA
    assert cover(planner, date(2026, 3, 10))["SAUCE"] == ""


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("delete from certificate where number = 'P-SUGAR'", "Sugar has no valid certificate (none is known)"),
        ("delete from certificate where number = 'L-KL'", "made at Plant (none is known)"),
        ("update certificate set valid_until = '2026-02-01' where number = 'S-GULA'", "supplier Gula (JAKIM, S-GULA, "),
        ("update product set halal = 'pending' where code = 'SUGAR'", ""),
        ("update product set halal = 'not_applicable' where code = 'SUGAR'", ""),
        ("update supplier_item set share = 0 from supplier s where s.id = supplier_id and s.code = 'GULA'", ""),
        ("delete from certificate where number in ('S-GULA', 'P-SUGAR'); "
         "update product set halal = 'not_applicable' where code = 'SUGAR'", ""),
        ("update certificate set kind = 'haccp' where number = 'P-TEA'", "Tea has no valid certificate"),
    ],
    ids=range(8),
)  # fmt: skip
def test_each_link_of_tea(planner: Viewer, change: str, why: str) -> None:
    run(change)
    told = cover(planner)["TEA"]
    assert why in told
    assert bool(told) == bool(why)


def test_what_is_marked_not_applicable_is_never_looked_at(planner: Viewer) -> None:
    assert not {"MUG", "SALT", "BOTTLE"} & set(cover(planner))
    assert ("BOTTLE", "Plastik") not in blocked(planner)


def test_a_product_made_of_itself_is_named(planner: Viewer, ids: dict[str, int]) -> None:
    run(f"insert into bom_line select id, {ids['SAUCE']}, 1, 0 from bom where product_id = {ids['BASE']}")
    with pytest.raises(InvalidInput, match="made of itself"):
        cover(planner)


def test_an_uncertified_source_is_blocked_where_it_goes_into_halal_goods(planner: Viewer) -> None:
    assert blocked(planner) == [("GELATIN", "Gelita")]
    run("update product set halal = 'not_applicable' where code = 'SAUCE'")
    assert blocked(planner) == [], "what it goes into need not be halal any more"


def test_a_blocked_proposal_says_so_and_is_not_accepted(planner: Viewer, ids: dict[str, int]) -> None:
    proposal = propose(ids, "GELATIN", "Gelita")
    why = "blocked: no valid halal certificate (JAKIM, S-GELITA, expired on 2026-03-01)"
    assert proposals.open_proposals(planner, ProposalFilters()).rows[0]["blocked"] == why
    assert proposals.proposal(planner, proposal["id"])["blocked"] == why
    with pytest.raises(Conflict, match="Gelatin of Gelita is blocked"):
        proposals.accept(planner, proposal["id"], proposal["version"])
    halal.allow(planner, ids["Gelita"], ids["GELATIN"], until="2026-04-01", reason="Renewal is on its way")
    assert proposals.open_proposals(planner, ProposalFilters()).rows[0]["blocked"] is None
    assert proposals.accept(planner, proposal["id"], proposal["version"]).count == 1


def test_a_covered_source_is_free(planner: Viewer, ids: dict[str, int]) -> None:
    proposal = propose(ids, "SUGAR", "Gula")
    assert proposals.open_proposals(planner, ProposalFilters()).rows[0]["blocked"] is None
    assert proposals.accept(planner, proposal["id"], proposal["version"]).count == 1


def test_renewing_frees_the_source(planner: Viewer, ids: dict[str, int]) -> None:
    with owner_engine().begin() as connection:
        halal_company.certify(connection, "S-NEW", supplier_id=ids["Gelita"], valid_from=TODAY, valid_until=END)
    run("select 1")
    assert blocked(planner) == []
    assert set(cover(planner).values()) == {""}


def test_company_without_anything(planner: Viewer) -> None:
    run("truncate product, supplier, certificate cascade")
    assert cover(planner) == {}
    assert blocked(planner) == []
