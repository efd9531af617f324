"""Documents of a supplier: asked for, sent in, accepted; nothing counts before."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, UnsupportedMedia
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import attachments, certificate_documents, document_requests, partner_requests, supplier_documents

ViewerOf = Callable[[str], Viewer]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


def told(number: str, **changed: object) -> dict[str, object]:
    known = {"kind": "haccp", "number": number, "body": "SIRIM", "item": "", "valid_from": "2026-01-01"}
    return known | {"valid_until": str(TODAY + timedelta(300))} | changed


def send(viewer: Viewer, number: str, content: bytes = PDF, **changed: object) -> int:
    values = told(number, **changed)
    return supplier_documents.send(viewer, values, io.BytesIO(content), file_name="haccp.pdf")


def ask(viewer: Viewer, ids: Trading, **changed: object) -> int:
    wanted = {"supplier": str(ids["alpha.party"]), "kind": "haccp", "due_on": str(TODAY + timedelta(5))}
    return document_requests.ask(viewer, wanted | changed)


def states(viewer: Viewer) -> dict[str, str]:
    return {each.number or each.key: each.state for each in supplier_documents.documents(viewer)}


def count(statement: str) -> int:
    with owner_engine().connect() as connection:
        return int(connection.scalar(text(statement)))


def test_b19_accepted_it_is_a_certificate_and_settles_what_was_asked(ids: Trading, viewer_of: ViewerOf) -> None:
    planner, supplier = viewer_of("planner"), viewer_of("supplier")
    general, of_item = ask(planner, ids), ask(planner, ids, item="ALPHA-ITEM")
    other = ask(planner, ids, kind="coa")
    assert states(supplier)[f"r{general}"] == "asked"
    sent = send(supplier, "H-1")
    assert states(supplier)["H-1"] == "sent"
    assert count("select count(*) from certificate") == 0, "nothing counts before it is accepted"
    found = partner_requests.request(planner, sent)
    assert [name for name, _href in found.described.files] == ["haccp.pdf"]
    partner_requests.accept(planner, sent)
    assert states(supplier) == {"H-1": "valid", f"r{other}": "asked"}
    document = count("select d.id from certificate_document d join certificate c on c.id = d.certificate_id")
    path, media_type, name = certificate_documents.document(planner, document)
    assert (path.read_bytes(), media_type, name) == (PDF, "application/pdf", "haccp.pdf")
    closed = {row["id"]: row["state"] for row in document_requests.requests(planner, closed=True)}
    assert (closed[general], closed[of_item]) == ("done", "done")
    document_requests.withdraw(planner, other)
    with pytest.raises(Conflict):
        document_requests.withdraw(planner, other)


def test_one_for_an_item_settles_only_what_was_asked_of_it(ids: Trading, viewer_of: ViewerOf) -> None:
    planner, supplier = viewer_of("planner"), viewer_of("supplier")
    general, of_item = ask(planner, ids, kind="gmp"), ask(planner, ids, kind="gmp", item="ALPHA-ITEM")
    partner_requests.accept(planner, send(supplier, "G-1", kind="gmp", item=str(ids["alpha.item"])))
    still = {row["id"] for row in document_requests.requests(planner)}
    assert general in still
    assert of_item not in still
    assert states(supplier)["G-1"] == "valid"


def test_a_number_of_somebody_else_is_not_taken_over(ids: Trading, viewer_of: ViewerOf) -> None:
    planner, supplier, other = viewer_of("planner"), viewer_of("supplier"), viewer_of("supplier2")
    partner_requests.accept(planner, send(supplier, "SAME", kind="organic", valid_until=str(TODAY + timedelta(30))))
    assert states(supplier)["SAME"] == "ends_soon"
    with pytest.raises(Conflict, match="this number"):
        partner_requests.accept(planner, send(other, "SAME", kind="organic"))
    partner_requests.accept(planner, send(supplier, "SAME", kind="organic"))
    assert states(supplier)["SAME"] == "valid", "the own one is renewed"


def test_b01_documents_of_another_supplier_are_not_there(ids: Trading, viewer_of: ViewerOf) -> None:
    planner, supplier, neighbour = viewer_of("planner"), viewer_of("supplier"), viewer_of("supplier2")
    ask(planner, ids, kind="inspection", note="CANARY-ALPHA-note")
    sent = send(supplier, "B-1", kind="iso_22000")
    assert not {"B-1", "asked"} & {*states(neighbour), *states(neighbour).values()}
    refused = set()
    for wanted in (sent, 10**9, None, "x"):
        with pytest.raises(NotFound) as told_so:
            supplier_documents.take_back(neighbour, wanted)
        refused.add(str(told_so.value))
    assert len(refused) == 1
    (file,) = partner_requests.request(planner, sent).described.files
    with pytest.raises(NotFound):
        attachments.fetch(neighbour, int(file[1].rpartition("/")[2]))
    for item in (str(ids["beta.item"]), "999999"):
        with pytest.raises(NotFound, match="no such item"):
            supplier_documents.check(supplier, told("B-2", item=item))
    with session_scope(neighbour) as session:
        assert session.scalar(text("select count(id) from document_request")) == 0
    supplier_documents.take_back(supplier, sent)
    assert "B-1" not in states(supplier)


def test_who_may_do_what(ids: Trading, viewer_of: ViewerOf) -> None:
    reader = viewer_of("supplier-viewer")
    assert supplier_documents.documents(reader) is not None
    with pytest.raises(NotAllowed):
        send(reader, "V-1")
    for stranger in ("customer", "planner"):
        with pytest.raises(NotAllowed):
            supplier_documents.documents(viewer_of(stranger))
    for person in ("executive", "supplier"):
        with pytest.raises(NotAllowed):
            ask(viewer_of(person), ids)
    with pytest.raises(NotAllowed):
        partner_requests.accept(viewer_of("executive"), send(viewer_of("supplier"), "V-2"))


def test_g02_a_wrong_file_or_a_wrong_field_leaves_nothing(ids: Trading, viewer_of: ViewerOf) -> None:
    supplier = viewer_of("supplier")
    before = count("select count(*) from partner_submission")
    with pytest.raises(UnsupportedMedia):
        send(supplier, "W-1", b"MZ\x90\x00 not a document")
    for changed in (
        {"kind": "deed"},
        {"number": ""},
        {"body": None},
        {"valid_until": str(TODAY - timedelta(1))},
        {"valid_until": "9999-12-31"},
        {"valid_from": "soon"},
        {"valid_from": "2027-12-01"},
    ):
        with pytest.raises(InvalidInput):
            send(supplier, **({"number": "W-2"} | changed))  # type: ignore[arg-type]
    assert count("select count(*) from partner_submission") == before


def test_reminded_of_what_is_due_once_a_day(ids: Trading, viewer_of: ViewerOf) -> None:
    soon = ask(viewer_of("planner"), ids, kind="other")
    ask(viewer_of("planner"), ids, kind="other", due_on=str(TODAY + timedelta(8)))
    with owner_engine().begin() as connection:
        connection.execute(text("update document_request set reminded_at = null where kind = 'other'"))
        connection.execute(text("update document_request set reminded_at = now() where kind <> 'other'"))
    assert (document_requests.remind(), document_requests.remind()) == (1, 0)
    reminded = f"select count(*) from partner_event where event = 'document.reminded' and subject_id = '{soon}'"
    assert count(reminded) == 1
