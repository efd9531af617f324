"""Documents of certificates: kept as they came, told apart by their content, handed out to those who may see them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import halal_company
import pytest
from halal_company import TODAY
from sqlalchemy import text

from core.errors import InvalidInput, NotAllowed, NotFound, TooLarge, UnsupportedMedia
from core.settings import settings
from core.viewer import Viewer
from data.db import owner_engine
from services import certificate_documents, halal

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\n%%EOF"
KINDS = {
    PDF: "application/pdf",
    b"\x89PNG\r\n\x1a\n rest": "image/png",
    b"\xff\xd8\xff\xe0 rest": "image/jpeg",
}


@pytest.fixture(autouse=True)
def company(empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TODAY", TODAY.isoformat())
    halal_company.load()


@pytest.fixture
def planner(viewer_of: Callable[[str], Viewer]) -> Viewer:
    return viewer_of("planner")


def certificate() -> int:
    with owner_engine().connect() as connection:
        return int(connection.execute(text("select id from certificate where number = 'S-GELITA'")).scalar_one())


def send(viewer: Viewer, content: bytes = PDF, name: str = "halal.pdf") -> int:
    return certificate_documents.upload(viewer, certificate(), io.BytesIO(content), file_name=name)


def files() -> list[bytes]:
    folder = settings().home / "certificates"
    return [path.read_bytes() for path in sorted(folder.glob("*"))] if folder.exists() else []


def test_kept_as_it_came(planner: Viewer) -> None:
    for content, media_type in KINDS.items():
        made = send(planner, content, name="../../etc/passwd\u202e.pdf")
        path, kind, name = certificate_documents.document(planner, made)
        assert (path.read_bytes(), kind, name) == (content, media_type, "passwd.pdf")
        assert path.parent == settings().home / "certificates"
    shown = halal.certificate(planner, str(certificate()))
    assert [row["media_type"] for row in shown.documents] == ["image/jpeg", "image/png", "application/pdf"]
    assert shown.certificate["documents"] == 3


def test_what_is_no_document_is_refused_and_not_kept(planner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (b"", b"<html>", b"MZ\x90", b"PK\x03\x04", b" %PDF-1.7", b"GIF89a"):
        with pytest.raises(UnsupportedMedia, match="neither a PDF"):
            send(planner, content)
    monkeypatch.setattr(certificate_documents, "LARGEST_BYTES", 20)
    with pytest.raises(TooLarge):
        send(planner)
    with pytest.raises(NotFound):
        certificate_documents.upload(planner, 10**9, io.BytesIO(PDF), file_name="x")
    assert files() == []


def test_not_more_than_a_folder_can_bear(planner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate_documents, "MOST_DOCUMENTS", 1)
    send(planner)
    with pytest.raises(InvalidInput, match="at most 1"):
        send(planner)


def test_removed_with_its_file(planner: Viewer) -> None:
    made = send(planner)
    assert certificate_documents.remove(planner, made) == certificate()
    assert files() == []
    for gone in (made, None, "x", 10**30):
        with pytest.raises(NotFound):
            certificate_documents.document(planner, gone)
        with pytest.raises(NotFound):
            certificate_documents.remove(planner, gone)
    with owner_engine().connect() as connection:
        told = connection.execute(text("select action from audit_entry where subject = 'certificate_document'"))
        assert list(told.scalars()) == ["certificate_document.add", "certificate_document.remove"]


def test_a_file_that_is_gone_is_told(planner: Viewer) -> None:
    made = send(planner)
    certificate_documents.document(planner, made)[0].unlink()
    with pytest.raises(NotFound, match="Send it again"):
        certificate_documents.document(planner, made)


def test_rights(planner: Viewer, viewer_of: Callable[[str], Viewer]) -> None:
    made = send(planner)
    assert certificate_documents.document(viewer_of("executive"), made)[2] == "halal.pdf"
    for name in ("executive", "supplier"):
        with pytest.raises(NotAllowed):
            send(viewer_of(name))
        with pytest.raises(NotAllowed):
            certificate_documents.remove(viewer_of(name), made)
    with pytest.raises(NotAllowed):
        certificate_documents.document(viewer_of("supplier"), made)
