"""Findings in the history: proposed on request, decided by planners, kept apart from what was sold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import selling
from databases import TestServer
from forecasting import forecast_of, query

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.permissions import ROLES, Role
from core.viewer import CompanyKind, Viewer
from data.db import session_scope
from data.queries import demand_annotations as rows
from services import accounts, demand_annotations
from services.demand_annotations import Annotation

SPIKE = date(2024, 9, 1)


@pytest.fixture(scope="module")
def company(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """SOY at KL sold 30 times as much on one day of September 2024."""
    home = tmp_path_factory.mktemp("home")
    with server.copy(home, template=empty_template), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_TODAY", selling.TODAY.isoformat())
        selling.load()
        selling.sell("SOY", "KL", "900", date(2024, 9, 16), date(2024, 9, 16))
        forecast_of(accounts.operator())
        yield home


@pytest.fixture
def ann(company: Path) -> Iterator[Viewer]:
    """Ann, who has an account; what a test notes is forgotten after it."""
    operator = accounts.operator()
    ((user_id,),) = query(operator, "select id from app_user")
    yield Viewer(user_id, operator.company_id, operator.company_kind, "planner", "Ann", "a@x.my", operator.permissions)
    query(operator, "delete from demand_annotation returning 1")


def soy(viewer: Viewer) -> tuple[int, int]:
    (found,) = query(viewer, "select p.id, l.id from product p, location l where p.code = 'SOY' and l.code = 'KL'")
    return found[0], found[1]


def noticed(viewer: Viewer) -> list[Annotation]:
    return demand_annotations.noticed(viewer, 1, *soy(viewer)).annotations


def find(viewer: Viewer) -> Annotation:
    """The spike, proposed."""
    demand_annotations.find(viewer, 1, *soy(viewer))
    (found,) = (one for one in noticed(viewer) if one.period == SPIKE)
    return found


def annotate(viewer: Viewer, **typed: Any) -> int:
    fields = {"kind": "event", "period": "2025-05-01", "corrected": "", "note": "Strike at the port"}
    return demand_annotations.annotate(viewer, 1, soy(viewer), **(fields | typed))


def accepted(viewer: Viewer, *, frequency: str = "month") -> list[dict[str, Any]]:
    with session_scope(viewer) as session:
        return rows.accepted_annotations(session, [soy(viewer)[0]], frequency).to_dict("records")


# Finding


def test_a_spike_is_proposed_with_what_was_to_be_expected(ann: Viewer) -> None:
    found = find(ann)
    assert (found.kind, found.status, found.author, found.judge) == ("outlier", "proposed", None, None)
    assert found.observed > 900
    assert found.corrected is not None
    assert found.corrected < found.observed / 3
    assert accepted(ann) == [], "nothing is corrected without consent"


def test_looking_twice_proposes_once_and_does_not_disturb_the_version(ann: Viewer) -> None:
    first = find(ann)
    again = demand_annotations.find(ann, 1, *soy(ann))
    assert again.new == 0
    assert find(ann) == first


def test_a_proposal_follows_the_history_and_goes_when_it_fits_again(ann: Viewer) -> None:
    first = find(ann)
    query(ann, "update demand_history set quantity = 1800 where day = '2024-09-16' and quantity = 900 returning 1")
    second = find(ann)
    assert (second.id, second.observed) == (first.id, first.observed + 900)
    assert second.version > first.version
    query(ann, "update demand_history set quantity = 25 where day = '2024-09-16' and quantity = 1800 returning 1")
    demand_annotations.find(ann, 1, *soy(ann))
    assert SPIKE not in {one.period for one in noticed(ann)}
    query(ann, "update demand_history set quantity = 900 where day = '2024-09-16' and quantity = 25 returning 1")


def test_what_was_decided_stays_decided(ann: Viewer) -> None:
    found = find(ann)
    demand_annotations.decide(ann, [(found.id, found.version)], accepted=False, note="A real order")
    demand_annotations.find(ann, 1, *soy(ann))
    assert find(ann).status == "rejected"


def test_promotions_are_no_outliers(ann: Viewer) -> None:
    statement = (
        "insert into planning_event (code, name, kind, product_id, starts_on, ends_on) "
        "select 'BIG', 'Sale', 'promotion', id, '2024-09-10', '2024-09-20' from product where code = 'SOY' returning id"
    )
    ((event_id,),) = query(ann, statement)
    demand_annotations.find(ann, 1, *soy(ann))
    assert SPIKE not in {one.period for one in noticed(ann)}
    query(ann, "delete from planning_event where id = :id returning 1", id=event_id)


# Deciding


def test_accepted_ones_are_what_the_next_run_learns_from(ann: Viewer) -> None:
    found = find(ann)
    assert demand_annotations.decide(ann, [(found.id, found.version)], accepted=True, note="") == 1
    decided = find(ann)
    assert (decided.status, decided.judge, decided.version) == ("accepted", "Ann", found.version + 1)
    (learnt,) = accepted(ann)
    assert (learnt["period"], learnt["kind"], learnt["corrected"]) == (SPIKE, "outlier", found.corrected)
    assert accepted(ann, frequency="week") == []
    audit = query(ann, "select action, after from audit_entry where subject = 'demand_annotation' order by id desc")
    assert audit[0][0] == "annotation.accept"
    assert audit[0][1]["period"] == "2024-09-01"


def test_a_decision_can_be_taken_back(ann: Viewer) -> None:
    found = find(ann)
    demand_annotations.decide(ann, [(found.id, found.version)], accepted=True, note="Typing error")
    demand_annotations.decide(ann, [(found.id, found.version + 1)], accepted=False, note="It was real after all")
    assert accepted(ann) == []
    assert find(ann).note == "It was real after all"


def test_decided_meanwhile_is_a_conflict_and_changes_nothing(ann: Viewer) -> None:
    found = find(ann)
    own = annotate(ann)
    demand_annotations.decide(ann, [(found.id, found.version)], accepted=True, note="")
    with pytest.raises(Conflict, match="2024-09-01 was changed meanwhile"):
        demand_annotations.decide(ann, [(own, 1), (found.id, found.version)], accepted=False, note="No")
    assert {one.status for one in noticed(ann)} == {"accepted"}, "all or none"


def test_rejecting_needs_a_note_and_a_choice(ann: Viewer) -> None:
    found = find(ann)
    with pytest.raises(InvalidInput, match="Note"):
        demand_annotations.decide(ann, [(found.id, found.version)], accepted=False, note="  ")
    with pytest.raises(InvalidInput, match="at least one"):
        demand_annotations.decide(ann, [], accepted=True, note="")
    for odd in (10**30, None, "x", -1):
        with pytest.raises(NotFound):
            demand_annotations.decide(ann, [(odd, 1)], accepted=True, note="")


# Own notes


def test_an_event_is_noted_without_changing_anything(ann: Viewer) -> None:
    annotate(ann)
    (event,) = noticed(ann)
    assert (event.status, event.author, event.judge, event.note) == ("accepted", "Ann", "Ann", "Strike at the port")
    assert event.corrected is None
    assert event.observed == pytest.approx(
        query(ann, "select sum(quantity) from demand_history h join product p on p.id = product_id "
              "where code = 'SOY' and date_trunc('month', day::timestamp) = '2025-05-01'")[0][0]
    )  # fmt: skip
    assert np.isnan(accepted(ann)[0]["corrected"])


def test_an_own_correction_holds_at_once(ann: Viewer) -> None:
    annotate(ann, kind="outlier", corrected="120.5")
    assert accepted(ann)[0]["corrected"] == 120.5


def test_a_period_has_one_note_of_a_kind(ann: Viewer) -> None:
    annotate(ann)
    with pytest.raises(Conflict, match="2025-05-01"):
        annotate(ann)
    annotate(ann, kind="outlier", corrected=1)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"note": ""}, "Note"),
        ({"kind": "level_shift"}, "Kind"),
        ({"kind": None}, "Kind"),
        ({"kind": "outlier", "corrected": ""}, "Corrected demand"),
        ({"corrected": "many"}, "Corrected demand"),
        ({"corrected": -1}, "zero or more"),
        ({"period": "2025-05-02"}, "from 2023-01-01 to 2026-02-01"),
        ({"period": "2026-03-01"}, "from 2023-01-01 to 2026-02-01"),
        ({"period": "soon"}, "enter a date"),
        ({"period": None}, "enter a date"),
    ],
)
def test_what_makes_no_sense_is_explained(ann: Viewer, typed: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        annotate(ann, **typed)
    assert noticed(ann) == []


# Rights


@pytest.mark.parametrize("role", list(Role))
def test_rights(ann: Viewer, role: Role) -> None:
    partner = role in (Role.SUPPLIER, Role.CUSTOMER, Role.OEM)
    kind = CompanyKind(role) if partner else CompanyKind.INTERNAL
    viewer = Viewer(ann.user_id, ann.company_id, kind, role, "X", "x@example.com", ROLES[role])
    item = soy(ann)
    found = find(ann)
    if role not in (Role.PLANNER, Role.ANALYST):
        for call in (
            lambda: demand_annotations.find(viewer, 1, *item),
            lambda: demand_annotations.decide(viewer, [(found.id, found.version)], accepted=True, note=""),
            lambda: demand_annotations.annotate(
                viewer, 1, item, kind="event", period="2025-05-01", corrected="", note="Strike"
            ),
        ):
            with pytest.raises(NotAllowed):
                call()
    if partner or role is Role.ADMIN:
        with pytest.raises(NotAllowed):
            demand_annotations.noticed(viewer, 1, *item)
    else:
        assert demand_annotations.noticed(viewer, 1, *item).annotations


def test_unknown_series_are_not_found(ann: Viewer) -> None:
    for asked in ((99, *soy(ann)), (1, 10**30, 1), (1, "x", None)):
        with pytest.raises(NotFound):
            demand_annotations.find(ann, *asked)
        with pytest.raises(NotFound):
            demand_annotations.noticed(ann, *asked)
