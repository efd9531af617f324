"""Certificates as files: taken in, handed out, removed. What a file is, is told by its first bytes, not by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from core.errors import InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.exchange.media_types import DOCUMENTS
from data.queries import halal as rows
from services import attachments
from services.audit import record
from services.form_values import row_id
from services.kept_files import KeptFile, copied, forget, kept_at, received

LARGEST_BYTES = 10_000_000
MOST_DOCUMENTS = 20
# Beside the imports, not among them: those go away when they are old.
FOLDER = "certificates"


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
    told = _("This is neither a PDF nor a PNG or JPEG picture. Send the certificate as one of these.")
    with received(
        stream, FOLDER, file_name=file_name, accepted=DOCUMENTS, otherwise=told, max_bytes=LARGEST_BYTES
    ) as file:
        return _added(viewer, wanted, file)


def take_over(session: Session, viewer: Viewer, certificate_id: int, file: KeptFile) -> None:
    """Keep what a supplier sent as a document of the certificate that was made of it.

    Inputs: the open session of the acceptance, who accepts, the certificate, the file among the attachments.
    Returns: nothing.
    Raises: NotFound when the file is gone.
    Source: product.md, promise 6.
    """
    copied(attachments.FOLDER, FOLDER, file.stored_name)
    made = rows.add_document(session, certificate_id=certificate_id, created_by=viewer.user_id, **file.values())
    about = {"certificate": certificate_id, "file_name": file.file_name, "sha256": file.sha256}
    _record(session, viewer, "certificate_document.add", made, after=about)


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
    return kept_at(FOLDER, found.stored_name), str(found.media_type), str(found.file_name)


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
    forget(FOLDER, found.stored_name)
    return int(found.certificate_id)


def _require_room(viewer: Viewer, certificate_id: int) -> None:
    with session_scope(viewer) as session:
        if rows.certificate(session, certificate_id) is None:
            raise NotFound(_("There is no such certificate any more. Reload the page."))
        if len(rows.documents(session, certificate_id)) >= MOST_DOCUMENTS:
            raise InvalidInput(
                _("A certificate has at most %(count)s documents. Remove one first.", count=MOST_DOCUMENTS)
            )


def _added(viewer: Viewer, certificate_id: int, file: KeptFile) -> int:
    about = {"file_name": file.file_name, "sha256": file.sha256, "size_bytes": file.size_bytes}
    with session_scope(viewer) as session:
        made = rows.add_document(session, certificate_id=certificate_id, created_by=viewer.user_id, **file.values())
        _record(session, viewer, "certificate_document.add", made, after={"certificate": certificate_id, **about})
    return made


def _found(row: Any) -> Any:
    if row is None:
        raise NotFound(_("There is no such document any more. Reload the page."))
    return row


def _record(session: Any, viewer: Viewer, action: str, document_id: int, **about: Any) -> None:
    record(session, viewer, action, subject="certificate_document", subject_id=document_id, **about)
