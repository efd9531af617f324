"""Certificates as files: taken in, handed out, removed. What a file is, is told by its first bytes, not by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

from core.errors import InvalidInput, NotFound, UnsupportedMedia
from core.i18n import _
from core.permissions import Permission
from core.settings import settings
from core.viewer import Viewer, require
from data.db import session_scope
from data.exchange.scanning import refuse_malware
from data.exchange.upload import StoredFile, store_upload
from data.queries import halal as rows
from services.audit import record
from services.form_values import row_id

LARGEST_BYTES = 10_000_000
MOST_DOCUMENTS = 20
SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}


def upload(viewer: Viewer, certificate_id: object, stream: BinaryIO, *, file_name: str) -> int:
    """Keep a document of a certificate.

    Inputs: a viewer with master.edit, the certificate, the bytes, the name that the file had.
    Returns: the id of the document.
    Raises: NotAllowed; NotFound for a certificate there is not; TooLarge; UnsupportedMedia for what is neither PDF
        nor PNG nor JPEG; InvalidInput for more documents than a certificate can have; FileRefused by the virus scan.
    Source: security.md G01–G05, G18.
    """
    require(viewer, Permission.MASTER_EDIT)
    wanted = row_id(certificate_id)
    _require_room(viewer, wanted)
    file = store_upload(stream, _folder(), max_bytes=LARGEST_BYTES, original_name=file_name)
    try:
        media_type = _media_type(file.path)
        refuse_malware(file.path, settings().virus_scanner)
        return _added(viewer, wanted, file, media_type)
    except BaseException:
        file.path.unlink(missing_ok=True)
        raise


def document(viewer: Viewer, document_id: object) -> tuple[Path, str, str]:
    """A document to be sent.

    Inputs: a viewer with inventory.read, the document.
    Returns: where it is, its media type, the name that it had.
    Raises: NotAllowed; NotFound, also when its file is gone.
    Source: security.md F08.
    """
    require(viewer, Permission.INVENTORY_READ)
    with session_scope(viewer) as session:
        found = _found(rows.document(session, row_id(document_id)))
    path = _folder() / found.stored_name
    if not path.is_file():
        raise NotFound(_("The file of this document is not there any more. Send it again."))
    return path, str(found.media_type), str(found.file_name)


def remove(viewer: Viewer, document_id: object) -> int:
    """Take a document away.

    Inputs: a viewer with master.edit, the document.
    Returns: the certificate it was of.
    Raises: NotAllowed; NotFound.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.MASTER_EDIT)
    with session_scope(viewer) as session:
        found = _found(rows.document(session, row_id(document_id)))
        rows.remove_document(session, found.id)
        before = {"certificate": found.certificate_id, "file": found.file_name, "sha256": found.sha256}
        _record(session, viewer, "certificate_document.remove", found.id, before=before)
    (_folder() / found.stored_name).unlink(missing_ok=True)
    return int(found.certificate_id)


def _require_room(viewer: Viewer, certificate_id: int) -> None:
    with session_scope(viewer) as session:
        if rows.certificate(session, certificate_id) is None:
            raise NotFound(_("There is no such certificate any more. Reload the page."))
        if len(rows.documents(session, certificate_id)) >= MOST_DOCUMENTS:
            raise InvalidInput(
                _("A certificate has at most %(count)s documents. Remove one first.", count=MOST_DOCUMENTS)
            )


def _added(viewer: Viewer, certificate_id: int, file: StoredFile, media_type: str) -> int:
    about = {"file_name": file.original_name, "sha256": file.sha256, "size_bytes": file.size_bytes}
    with session_scope(viewer) as session:
        made = rows.add_document(
            session,
            certificate_id=certificate_id,
            stored_name=file.path.name,
            media_type=media_type,
            created_by=viewer.user_id,
            **about,
        )
        _record(session, viewer, "certificate_document.add", made, after={"certificate": certificate_id, **about})
    return made


def _media_type(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(max(map(len, SIGNATURES)))
    for signature, media_type in SIGNATURES.items():
        if head.startswith(signature):
            return media_type
    raise UnsupportedMedia(_("This is neither a PDF nor a PNG or JPEG picture. Send the certificate as one of these."))


def _folder() -> Path:
    """Beside the imports, not among them: those go away when they are old."""
    return settings().home / "certificates"


def _found(row: Any) -> Any:
    if row is None:
        raise NotFound(_("There is no such document any more. Reload the page."))
    return row


def _record(session: Any, viewer: Viewer, action: str, document_id: int, **about: Any) -> None:
    record(session, viewer, action, subject="certificate_document", subject_id=document_id, **about)
