"""Files that go along with things: told by their content, kept with their company, never of the neighbour."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import Trading, load

from core.errors import InvalidInput, NoRoom, NotAllowed, NotFound, TooLarge, UnsupportedMedia
from core.permissions import Permission
from core.settings import settings
from core.viewer import Viewer
from data.db import owner_engine, session_scope
from services import attachments

ViewerOf = Callable[[str], Viewer]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\n%%EOF"


@pytest.fixture(scope="module")
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        yield load()


def package(*names: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return kept.getvalue()


def keep(viewer: Viewer, content: bytes = PDF, *, company: int = 0, about: object = 1, internal: bool = False) -> int:
    with (
        attachments.received(io.BytesIO(content), file_name="../a\u202e.pdf") as file,
        session_scope(viewer) as session,
    ):
        return attachments.keep(
            session, viewer, company or viewer.company_id, "partner_message", about, file=file, internal=internal
        )


def files() -> set[Path]:
    folder = settings().home / attachments.FOLDER
    return set(folder.glob("*")) if folder.exists() else set()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n rest", "image/png"),
        (b"\xff\xd8\xff\xe0 rest", "image/jpeg"),
        (package("[Content_Types].xml", "xl/workbook.xml"), "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("lot,käse\nL1,3\n".encode(), "text/csv"),
    ],
    ids=["pdf", "png", "jpeg", "xlsx", "csv"],
)
def test_kept_by_what_it_is_and_read_by_both_sides(
    ids: Trading, viewer_of: ViewerOf, content: bytes, media_type: str
) -> None:
    made = keep(viewer_of("supplier"), content, about=media_type)
    for reader in ("supplier-viewer", "planner"):
        path, kind, name = attachments.fetch(viewer_of(reader), made)
        assert (path.read_bytes(), kind.removeprefix("application/"), name) == (
            content,
            media_type.removeprefix("application/"),
            "a.pdf",
        )
    with session_scope(viewer_of("planner")) as session:
        (found,) = attachments.attached(session, ids["alpha"], "partner_message", [media_type])[media_type]
    assert (found.id, found.by_partner, found.href) == (made, True, f"/attachment/{made}")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>,<script>",
        b"MZ\x90,",
        b"GIF89a\xf7,",
        b"\x00,\x01",
        b"only words",
        b"PK\x03\x04 broken",
        package("a.txt"),
        package("xl/workbook.xml", "xl/vbaProject.bin"),
    ],
    ids=["empty", "page", "program", "gif", "bytes", "words", "broken zip", "zip", "macros"],
)
def test_g02_anything_else_is_refused_and_not_kept(ids: Trading, viewer_of: ViewerOf, content: bytes) -> None:
    before = files()
    with pytest.raises(UnsupportedMedia, match="neither a PDF"):
        keep(viewer_of("supplier"), content)
    assert files() == before


def test_too_large_too_many_too_much(ids: Trading, viewer_of: ViewerOf, monkeypatch: pytest.MonkeyPatch) -> None:
    supplier, before = viewer_of("supplier2"), files()
    monkeypatch.setattr(attachments, "MOST_OF_A_THING", 0)
    with pytest.raises(InvalidInput, match="0 files already"):
        keep(supplier)
    monkeypatch.undo()
    monkeypatch.setattr(attachments, "COMPANY_BYTES", 5)
    with pytest.raises(NoRoom):
        keep(supplier)
    monkeypatch.setattr(attachments, "LARGEST_BYTES", 5)
    with pytest.raises(TooLarge):
        keep(supplier)
    assert files() == before


def test_b01_b19_files_of_others_are_not_there(ids: Trading, viewer_of: ViewerOf) -> None:
    planner, neighbour = viewer_of("planner"), viewer_of("supplier2")
    theirs = keep(viewer_of("supplier"), about="own")
    internal = keep(planner, company=ids["alpha"], about="own", internal=True)
    without = replace(viewer_of("supplier"), permissions=frozenset({Permission.SUPPLIER_PORTAL}))
    asked = [
        (neighbour, theirs),
        (viewer_of("customer"), theirs),
        (viewer_of("supplier"), internal),
        (without, theirs),
        *((planner, odd) for odd in (None, "x", 10**30, 10**9)),
    ]
    told = set()
    for viewer, wanted in asked:
        with pytest.raises(NotFound) as refused:
            attachments.fetch(viewer, wanted)
        told.add(str(refused.value))
    assert len(told) == 1
    assert attachments.fetch(planner, internal)[1] == "application/pdf"
    with session_scope(viewer_of("supplier")) as session:
        (found,) = attachments.attached(session, ids["alpha"], "partner_message", ["own"])["own"]
        assert found.id == theirs
    with session_scope(neighbour) as session:
        assert (
            session.scalar(text("select count(id) from attachment where company_id = :id"), {"id": ids["alpha"]}) == 0
        )


def test_b08_a_partner_keeps_files_for_its_own_company_only(ids: Trading, viewer_of: ViewerOf) -> None:
    supplier = viewer_of("supplier")
    made = keep(supplier, company=ids["beta"], about="forged")
    with owner_engine().connect() as connection:
        assert connection.scalar(text("select company_id from attachment where id = :id"), {"id": made}) == ids["alpha"]
    forged = (
        "insert into attachment (company_id, subject, subject_id, file_name, stored_name, media_type, size_bytes, "
        "sha256, created_by, by_partner) "
        "values (:company, 'partner_message', '1', 'x', 'x', 'text/csv', 1, 'x', :user, :partner)"
    )
    for changed in ({"company": ids["beta"]}, {"user": ids["person.supplier2"]}, {"partner": False}):
        values = {"company": supplier.company_id, "user": supplier.user_id, "partner": True, **changed}
        with pytest.raises(NotAllowed), session_scope(supplier) as session:
            session.execute(text(forged), values)


def test_a_file_whose_row_is_not_stored_goes_away(ids: Trading, viewer_of: ViewerOf) -> None:
    before = files()
    with pytest.raises(KeyError, match="not stored"), attachments.received(io.BytesIO(PDF), file_name="x"):
        raise KeyError("not stored")
    assert files() == before


def test_f08_sent_to_be_saved_never_to_be_opened(
    ids: Trading, viewer_of: ViewerOf, visitor: Callable[..., object]
) -> None:
    made = keep(viewer_of("supplier"), about="sent")
    answer = visitor("supplier").get(f"/attachment/{made}")  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert visitor("supplier2").get(f"/attachment/{made}").status_code == 404  # type: ignore[attr-defined]
