"""Quality issues with a supplier, from raising to closure."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, UserError
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import attachments, partner_messages, supplier_quality

ViewerOf = Callable[[str], Viewer]


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


@pytest.fixture
def raised(ids: Trading, viewer_of: ViewerOf) -> int:
    return supplier_quality.raise_issue(viewer_of("planner"), values(ids))


def values(ids: Trading, **changed: object) -> dict[str, object]:
    known = {
        "supplier": str(ids["alpha.party"]),
        "item": "ALPHA-ITEM",
        "lot": "L7",
        "quantity": 12,
        "title": "Wet cartons",
        "description": "Cartons of lot L7 are wet",
        "severity": "major",
        "due_on": str(TODAY + timedelta(7)),
    }
    return known | changed


def answer(viewer: Viewer, issue_id: int, asked: str, **more: object) -> None:
    found = supplier_quality.issue(viewer, issue_id)
    supplier_quality.answer(viewer, issue_id, found.row["version"], f"Our {asked}", asked=asked, **more)  # type: ignore[arg-type]


def test_from_raising_to_closure(ids: Trading, viewer_of: ViewerOf, raised: int) -> None:
    supplier, planner = viewer_of("supplier"), viewer_of("planner")
    assert supplier_quality.issue(supplier, raised).asked == "containment"
    answer(supplier, raised, "containment")
    answer(supplier, raised, "cause")
    answer(supplier, raised, "action", done_on=str(TODAY))
    found = supplier_quality.issue(planner, raised)
    assert (found.row["state"], found.row["action_on"], found.asked) == ("action", TODAY, "")
    supplier_quality.send_back(planner, raised, found.row["version"], "That is not the cause")
    assert supplier_quality.issue(supplier, raised).asked == "cause"
    answer(supplier, raised, "cause")
    answer(supplier, raised, "action", done_on=str(TODAY))
    supplier_quality.close(planner, raised, supplier_quality.issue(planner, raised).row["version"], "Checked")
    steps = [step["event"] for step in supplier_quality.issue(supplier, raised).steps]
    assert steps == ["raised", "contained", "cause_found", "action", "sent_back", "cause_found", "action", "closed"]
    assert raised in {row["id"] for row in supplier_quality.issues(supplier, closed=True)}
    with owner_engine().connect() as connection:
        told = text("select event, company_id from partner_event where subject_id = :id and not by_partner order by id")
        assert [tuple(row) for row in connection.execute(told, {"id": str(raised)})] == [
            ("quality_issue.raised", ids["alpha"]),
            ("quality_issue.sent_back", ids["alpha"]),
            ("quality_issue.closed", ids["alpha"]),
        ]


def test_b21_no_step_is_skipped_or_given_twice(ids: Trading, viewer_of: ViewerOf, raised: int) -> None:
    supplier, planner = viewer_of("supplier"), viewer_of("planner")
    for asked in ("action", "cause", "closed", None, ""):
        with pytest.raises(Conflict):
            supplier_quality.answer(supplier, raised, 1, "x", asked=asked, done_on=str(TODAY))
    with pytest.raises(Conflict):
        supplier_quality.close(planner, raised, 1)
    answer(supplier, raised, "containment")
    with pytest.raises(Conflict):
        supplier_quality.answer(supplier, raised, 2, "x", asked="containment")
    with pytest.raises(Conflict, match="Somebody changed"):
        supplier_quality.answer(supplier, raised, 1, "x", asked="cause")
    with pytest.raises(NotAllowed), session_scope(supplier) as session:
        session.execute(text("update quality_issue set state = 'closed' where id = :id"), {"id": raised})
    answer(supplier, raised, "cause")
    with pytest.raises(InvalidInput, match="Done on"):
        answer(supplier, raised, "action")


def test_b01_an_issue_of_another_supplier_is_not_there(ids: Trading, viewer_of: ViewerOf, raised: int) -> None:
    neighbour = viewer_of("supplier2")
    assert supplier_quality.issues(neighbour) == []
    told = set()
    for wanted in (raised, 10**9, None, "x", [], 10**30):
        for act in (
            lambda: supplier_quality.issue(neighbour, wanted),  # noqa: B023
            lambda: supplier_quality.answer(neighbour, wanted, 1, "x", asked="containment"),  # noqa: B023
            lambda: supplier_quality.add_evidence(neighbour, wanted, io.BytesIO(b"a,b"), file_name="x"),  # noqa: B023
        ):
            with pytest.raises(NotFound) as refused:
                act()
            told.add(str(refused.value))
    assert len(told) == 1
    with session_scope(neighbour) as session:
        for table in ("quality_issue", "quality_step"):
            assert session.scalar(text(f"select count(id) from {table}")) == 0
    with pytest.raises(NotAllowed):
        supplier_quality.issues(viewer_of("customer"))
    with pytest.raises(NotFound):
        partner_messages.thread(neighbour, "quality_issue", raised)
    assert partner_messages.thread(viewer_of("supplier"), "quality_issue", raised).title == "Quality issue: Wet cartons"


def test_b19_evidence_goes_along_with_its_issue(ids: Trading, viewer_of: ViewerOf, raised: int) -> None:
    supplier_quality.add_evidence(viewer_of("supplier"), raised, io.BytesIO(b"lot,dry\nL7,no\n"), file_name="lots.csv")
    (file,) = supplier_quality.issue(viewer_of("planner"), raised).files
    assert attachments.fetch(viewer_of("supplier-viewer"), file.id)[2] == "lots.csv"
    with pytest.raises(NotFound):
        attachments.fetch(viewer_of("supplier2"), file.id)


def test_who_may_do_what(ids: Trading, viewer_of: ViewerOf, raised: int) -> None:
    reader, executive = viewer_of("supplier-viewer"), viewer_of("executive")
    assert supplier_quality.issue(reader, raised).row["title"] == "Wet cartons"
    with pytest.raises(NotAllowed):
        answer(reader, raised, "containment")
    with pytest.raises(NotAllowed):
        supplier_quality.add_evidence(reader, raised, io.BytesIO(b"a,b"), file_name="x")
    with pytest.raises(NotAllowed):
        supplier_quality.raise_issue(executive, values(ids))
    with pytest.raises(NotAllowed):
        supplier_quality.close(viewer_of("supplier"), raised, 1)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": ""},
        {"description": None},
        {"severity": "huge"},
        {"due_on": str(TODAY - timedelta(1))},
        {"due_on": "soon"},
        {"quantity": 0},
        {"quantity": "much"},
        {"item": "NO-SUCH"},
        {"supplier": "999999"},
        {"supplier": None},
    ],
    ids=lambda changed: "-".join(f"{name} {value}" for name, value in changed.items()),
)
def test_what_is_wrong_is_told(ids: Trading, viewer_of: ViewerOf, changed: dict[str, object]) -> None:
    with pytest.raises(UserError):
        supplier_quality.raise_issue(viewer_of("planner"), values(ids, **changed))


def test_an_issue_of_a_lot_leads_to_its_deliveries(ids: Trading, viewer_of: ViewerOf) -> None:
    statement = "insert into receipt (line_id, received_on, quantity, lot) values (:line, :on, 7, 'LOT-77')"
    with owner_engine().begin() as connection:
        for line in ("alpha.received", "beta.received"):
            connection.execute(text(statement), {"line": ids[line], "on": TODAY})
    told = {"title": "Wet", "description": "Wet", "severity": "minor", "due_on": str(TODAY), "lot": "LOT-77"}
    made = supplier_quality.raise_issue(viewer_of("planner"), told | {"supplier": str(ids["alpha.party"])})
    for name in ("planner", "supplier"):
        found = supplier_quality.issue(viewer_of(name), made).deliveries
        assert [(row["order"][:8], row["quantity"]) for row in found] == [("PO-ALPHA", 7)]
