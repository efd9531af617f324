"""Files that go along with what the company and a partner do together: kept with their thing, handed to both.

A feature lists its subject in READERS and works in two steps, so that no transaction waits for a slow sender::

    with attachments.received(stream, file_name=name) as file, partner_scope(viewer, …) as session:
        found = own_thing(session, thing_id)  # raises NotFound for what is not the viewer's
        attachments.keep(session, viewer, company_id, "thing", found.id, file=file)
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from core.errors import InvalidInput, NoRoom, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer
from data.db import session_scope
from data.exchange.media_types import DOCUMENTS, TABLES
from data.queries import attachments as rows
from services.audit import record
from services.form_values import row_id
from services.kept_files import KeptFile, kept_at
from services.kept_files import received as received_file

FOLDER = "attachments"
LARGEST_BYTES = 10_000_000
MOST_OF_A_THING = 20
COMPANY_BYTES = 1_000_000_000
# Of which feature a partner needs the right to read the files of a thing.
READERS: dict[str, Permission] = {
    "partner_message": Permission.PORTAL_MESSAGES,
    "quality_issue": Permission.SUPPLIER_QUALITY,
    "supplier_document": Permission.SUPPLIER_DOCUMENTS,
}


@dataclass(frozen=True, slots=True)
class Attached:
    """A file as lists show it; ``href`` is where it is fetched."""

    id: int
    subject_id: str
    file_name: str
    media_type: str
    size_bytes: int
    by_partner: bool
    created_at: datetime

    @property
    def href(self) -> str:
        return f"/attachment/{self.id}"


def received(stream: BinaryIO, *, file_name: str) -> AbstractContextManager[KeptFile]:
    """A file that somebody sends; it stays only if what is done inside succeeds.

    Inputs: the bytes and the name that it had.
    Returns: a context with the file, to be handed to keep.
    Raises: TooLarge; UnsupportedMedia for what is neither a PDF, a PNG or JPEG picture, a workbook nor a CSV table;
        FileRefused by the virus scan.
    Source: security.md G01–G05, G18.
    """
    return received_file(
        stream,
        FOLDER,
        file_name=file_name,
        accepted=DOCUMENTS | TABLES,
        otherwise=_("This is neither a PDF, a picture (PNG, JPEG), a workbook (XLSX) nor a table (CSV)."),
        max_bytes=LARGEST_BYTES,
    )


def keep(
    session: Session,
    viewer: Viewer,
    company_id: int,
    subject: str,
    subject_id: object,
    *,
    file: KeptFile,
    internal: bool = False,
) -> int:
    """Keep a file with a thing. That the thing is the company's, the caller has looked up in the same session.

    Inputs: the open session; who sends it; the partner's company (for a partner it is the viewer's own, whatever
        stands here); one of READERS and which one; the received file; internal: never for the partner.
    Returns: the id of the attachment.
    Raises: InvalidInput for more files than a thing can have; NoRoom when the company's space is full.
    Source: security.md B08, B19.
    """
    company = company_id if viewer.internal else viewer.company_id
    used = rows.use(session, company_id=company, subject=subject, subject_id=str(subject_id))
    if used.of_subject >= MOST_OF_A_THING:
        raise InvalidInput(_("There are %(count)s files already, no more fit.", count=MOST_OF_A_THING))
    if used.bytes + file.size_bytes > COMPANY_BYTES:
        raise NoRoom(_("The space for files between you is full. Ask your administrator for help."))
    values = {"company_id": company, "subject": subject, "subject_id": str(subject_id), **file.values()}
    only_inside = {"internal": True} if internal else {}
    by_partner = not viewer.internal
    made = rows.add(session, **values, created_by=viewer.user_id, by_partner=by_partner, **only_inside)
    record(session, viewer, "attachment.add", subject="attachment", subject_id=made, after=values)
    return made


def attached(
    session: Session, company_id: int, subject: str, subject_ids: Iterable[object]
) -> dict[str, list[Attached]]:
    """The files of some things of one kind; a partner's session gives no internal ones.

    Inputs: an open session; the partner's company; one of READERS and which ones.
    Returns: files by the id of their thing as text, the oldest first; things without files are left out.
    Raises: nothing.
    Source: none; ours.
    """
    wanted = [str(each) for each in subject_ids]
    found: dict[str, list[Attached]] = {}
    for row in rows.of_subjects(session, company_id=company_id, subject=subject, subject_ids=wanted):
        told = (row.id, row.subject_id, row.file_name, row.media_type, row.size_bytes, row.by_partner, row.created_at)
        found.setdefault(row.subject_id, []).append(Attached(*told))
    return found


def stored(session: Session, company_id: int, subject: str, subject_id: object) -> list[KeptFile]:
    """The files of one thing as they are kept, to be taken over elsewhere.

    Inputs: the open session of a colleague; the partner's company; one of READERS and which one.
    Returns: files, the oldest first.
    Raises: nothing.
    Source: none; ours.
    """
    found = rows.of_subjects(session, company_id=company_id, subject=subject, subject_ids=[str(subject_id)])
    return [KeptFile(row.stored_name, row.file_name, row.media_type, row.size_bytes, row.sha256) for row in found]


def fetch(viewer: Viewer, attachment_id: object) -> tuple[Path, str, str]:
    """A file to be sent.

    Inputs: a colleague with partner.read, or a partner with the right for its kind of thing; the id.
    Returns: where it is, its media type, the name that it had.
    Raises: NotFound, in the same words for one that is not there, not the viewer's or whose file is gone.
    Source: security.md B01, F08.
    """
    with session_scope(viewer) as session:
        found = rows.attachment(session, row_id(attachment_id))
    right = Permission.PARTNER_READ if viewer.internal else READERS.get(found.subject if found else "")
    if found is None or right is None or not viewer.may(right):
        raise NotFound(_("There is no such file."))
    return kept_at(FOLDER, found.stored_name), str(found.media_type), str(found.file_name)
