"""A supplier's certificates and documents: how they stand, what is asked for, and new ones that wait for a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from core.certificate_kinds import KINDS, kind_name
from core.clock import today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import EMPTY, _, day
from core.permissions import Permission
from core.viewer import Viewer
from data.exchange.media_types import DOCUMENTS
from data.queries import settings as stored
from data.queries import supplier_documents as rows
from models.base import Json
from services import attachments, certificate_documents, kept_files
from services.audit import record
from services.document_requests import LISTED, PORTAL
from services.form_values import calendar_day, chosen_id, row_id, sentence
from services.partners import partner_scope
from services.submissions import Described, Kind, Submission, own_submissions, submit, withdraw

KIND_NAME = "supplier_document"
ENDS_SOON_DAYS, LONGEST_NUMBER, LONGEST_BODY, LONGEST_YEARS = 60, 80, 120, 10
FIELDS = ("kind", "number", "body", "item", "valid_from", "valid_until")
ORDER = ("asked", "expired", "rejected", "ends_soon", "sent", "valid")
_P = Permission


@dataclass(frozen=True, slots=True)
class Document:
    """A certificate, a document sent in, or one that is asked for. ``state`` is one of ORDER; ``until`` is the last
    day it is valid, or the day by which it is asked for; ``submission_id`` of one that waits for a decision."""

    key: str
    state: str
    kind: str
    until: date | None
    number: str = ""
    body: str = ""
    item: str = ""
    since: date | None = None
    note: str = ""
    submission_id: int | None = None
    files: Sequence[attachments.Attached] = ()


def documents(viewer: Viewer) -> list[Document]:
    """Everything of the viewer's company, what is to be done first.

    Inputs: a supplier with portal.supplier.documents.
    Returns: documents.
    Raises: NotAllowed.
    Source: product.md, documents of suppliers.
    """
    with partner_scope(viewer, _P.SUPPLIER_DOCUMENTS) as session:
        asked = [_asked(row) for row in rows.requests(session, limit=LISTED)]
        held = [_held(f"c{row.id}", row._asdict()) for row in rows.certificates(session)]
        newest: dict[str, Submission] = {}
        for sent in own_submissions(session, KIND_NAME):
            newest.setdefault(sent.subject_id, sent)
        names = {row.id: f"{row.code} · {row.name}" for row in rows.products(session)}
        ids = [each.id for each in newest.values()]
        files = attachments.attached(session, viewer.company_id or 0, KIND_NAME, ids)
    sent_in = [_sent(each, names, files.get(str(each.id), [])) for each in newest.values()]
    found = [*asked, *_without_replaced([*held, *(each for each in sent_in if each)])]
    return sorted(found, key=lambda each: (ORDER.index(each.state), each.until or date.max, each.key))


def items(viewer: Viewer) -> list[tuple[int, str]]:
    """Items that a document can be of.

    Inputs: a supplier with portal.supplier.documents.
    Returns: id, code and name.
    Raises: NotAllowed.
    Source: none; ours.
    """
    with partner_scope(viewer, _P.SUPPLIER_DOCUMENTS) as session:
        return [(row.id, f"{row.code} · {row.name}") for row in rows.products(session)]


def check(viewer: Viewer, values: Mapping[str, object]) -> dict[str, str]:
    """What was said of a document, before its file is sent.

    Inputs: a supplier that may answer; FIELDS: item (id, empty for all items), valid_from may be empty.
    Returns: the same as plain texts.
    Raises: NotAllowed; NotFound for an item that is not there or not the supplier's; InvalidInput naming the field.
    Source: security.md B01, G12.
    """
    with partner_scope(viewer, _P.SUPPLIER_DOCUMENTS, _P.PORTAL_ANSWER) as session:
        payload = _payload(session, values)
    return {name: str(payload[{"item": "product_id"}.get(name, name)] or "") for name in FIELDS}


def send(viewer: Viewer, values: Mapping[str, object], stream: BinaryIO, *, file_name: str) -> int:
    """Send a document in; it counts once somebody accepts it.

    Inputs: as check; the bytes of the file and the name that it had.
    Returns: the id of the submission.
    Raises: as check; TooLarge; UnsupportedMedia for what is neither PDF nor PNG nor JPEG; FileRefused; NoRoom.
    Source: product.md, promise 6; security.md B19, G01–G05.
    """
    check(viewer, values)
    told = _("This is neither a PDF nor a PNG or JPEG picture. Send the document as one of these.")
    with (
        kept_files.received(
            stream,
            attachments.FOLDER,
            file_name=file_name,
            accepted=DOCUMENTS,
            otherwise=told,
            max_bytes=attachments.LARGEST_BYTES,
        ) as file,
        partner_scope(viewer, _P.SUPPLIER_DOCUMENTS, _P.PORTAL_ANSWER) as session,
    ):
        payload = _payload(session, values)
        what = f"{kind_name(str(payload['kind']))} {payload['number']}"
        subject = f"{payload['kind']}/{payload['number']}"
        title = _("Document sent: %(what)s", what=what)
        made = submit(session, viewer, KIND_NAME, payload, title=title, subject_id=subject)
        attachments.keep(session, viewer, viewer.company_id or 0, KIND_NAME, made, file=file)
    return made


def take_back(viewer: Viewer, submission_id: object) -> None:
    """Take a document back that nobody decided on yet.

    Inputs: a supplier that may answer; the id of the submission.
    Returns: nothing.
    Raises: NotAllowed; NotFound, also for those of others; Conflict when it was decided meanwhile.
    Source: security.md B01.
    """
    with partner_scope(viewer, _P.SUPPLIER_DOCUMENTS, _P.PORTAL_ANSWER) as session:
        withdraw(session, viewer, KIND_NAME, submission_id)


def describe(session: Session, _viewer: Viewer, found: Sequence[Submission]) -> Mapping[int, Described]:
    """Documents as colleagues judge them.

    Inputs: an open session and submissions of this kind.
    Returns: by id what is asked for, with its file.
    Raises: nothing.
    Source: none; ours.
    """
    names = rows.products_of(session, [row_id(each.payload.get("product_id")) for each in found])
    files: dict[str, list[attachments.Attached]] = {}
    for company in {each.company_id for each in found}:
        mine = [each.id for each in found if each.company_id == company]
        files |= attachments.attached(session, company, KIND_NAME, mine)
    return {each.id: _described(session, each, names, files.get(str(each.id), [])) for each in found}


def accept(session: Session, viewer: Viewer, found: Submission) -> None:
    """Make the certificate with its document, and settle what was asked for.

    Inputs: the open session of the decision, who decides, the document.
    Returns: nothing.
    Raises: Conflict when its number is another one's, or it has ended; NotFound when its file is gone.
    Source: product.md, promise 6.
    """
    obstacle = _obstacle(session, found)
    if obstacle:
        raise Conflict(obstacle)
    payload = found.payload
    kind, number = str(payload["kind"]), str(payload["number"])
    there = rows.certificate_named(session, kind=kind, number=number)
    days = {name: _day(payload.get(name)) for name in ("valid_from", "valid_until")}
    values = {"kind": kind, "number": number, "body": payload["body"], **_holder(session, found), **days}
    made = rows.save_certificate(session, there.id if there else None, **values)
    for file in attachments.stored(session, found.company_id, KIND_NAME, found.id):
        certificate_documents.take_over(session, viewer, made, file)
    product_id = row_id(payload.get("product_id")) or None
    settled = rows.fulfil(session, company_id=found.company_id, kind=kind, product_id=product_id)
    after = {"kind": kind, "number": number, "until": payload["valid_until"], "settled": settled}
    record(session, viewer, "certificate.from_supplier", subject="certificate", subject_id=made, after=after)
    stored.bump(session, "master")


KIND = Kind(KIND_NAME, "Document of a supplier", Permission.MASTER_EDIT, PORTAL, describe, accept)


def _payload(session: Session, values: Mapping[str, object]) -> Json:
    kind, item = values.get("kind"), values.get("item")
    if kind not in KINDS:
        raise InvalidInput(_("Type: choose one."))
    until = calendar_day(values.get("valid_until"), name=_("Valid until"))
    since = calendar_day(values["valid_from"], name=_("Valid from")) if values.get("valid_from") else None
    if not today() <= until <= today() + timedelta(days=366 * LONGEST_YEARS):
        raise InvalidInput(_("Valid until: enter a day from today on, at most %(count)s years.", count=LONGEST_YEARS))
    if since and since > until:
        raise InvalidInput(_("Valid from: enter a day before the last one."))
    product_id = chosen_id(item) if item else None
    if product_id is not None and product_id not in {row.id for row in rows.products(session)}:
        raise NotFound(_("There is no such item."))
    return {
        "kind": str(kind),
        "number": sentence(values.get("number"), name=_("Number"), longest=LONGEST_NUMBER),
        "body": sentence(values.get("body"), name=_("Issued by"), longest=LONGEST_BODY),
        "product_id": product_id,
        "valid_from": since.isoformat() if since else None,
        "valid_until": until.isoformat(),
    }


def _asked(row: Any) -> Document:
    item = f"{row.code} · {row.item}" if row.code else ""
    return Document(f"r{row.id}", "asked", row.kind, row.due_on, item=item, note=row.note or "")


def _held(key: str, told: Mapping[str, Any], item: str = "", files: Sequence[attachments.Attached] = ()) -> Document:
    left = (told["valid_until"] - today()).days
    state = "expired" if left < 0 else "ends_soon" if left <= ENDS_SOON_DAYS else "valid"
    days = {"until": told["valid_until"], "since": told["valid_from"]}
    named = {"number": told["number"], "body": told["body"]}
    return Document(key, state, told["kind"], item=item, files=files, **named, **days)


def _sent(found: Submission, names: Mapping[int, str], files: Sequence[attachments.Attached]) -> Document | None:
    """One that waits or was refused; of those accepted, those of an item: those of the supplier are certificates."""
    payload = found.payload
    told: dict[str, Any] = {name: str(payload.get(name, "")) for name in ("kind", "number", "body")}
    told |= {name: _day(payload.get(name)) for name in ("valid_from", "valid_until")}
    product_id = row_id(payload.get("product_id"))
    item, key = names.get(product_id, ""), f"s{found.id}"
    if found.status == "accepted":
        return _held(key, told, item, files) if product_id else None
    state = {"pending": "sent", "rejected": "rejected"}.get(found.status)
    if state is None:
        return None
    return Document(
        *(key, state, told["kind"], told["valid_until"], told["number"], told["body"], item, told["valid_from"]),
        note=found.decision_note or "",
        submission_id=found.id if state == "sent" else None,
        files=files,
    )


def _without_replaced(found: Sequence[Document]) -> list[Document]:
    """One that ends does not matter once there is a longer one of its kind for the same item."""
    held = [each for each in found if each.state in ("expired", "ends_soon", "valid")]
    last: dict[tuple[str, str], date] = {}
    for each in held:
        key = (each.kind, each.item)
        last[key] = max(last.get(key, date.min), each.until or date.min)
    gone = {
        each.key for each in held if each.state != "valid" and (each.until or date.min) < last[each.kind, each.item]
    }
    return [each for each in found if each.key not in gone]


def _described(
    session: Session, found: Submission, names: Mapping[int, str], files: Sequence[attachments.Attached]
) -> Described:
    payload = found.payload
    product_id = row_id(payload.get("product_id"))
    there = rows.certificate_named(session, kind=str(payload["kind"]), number=str(payload["number"]))
    facts = [
        (_("Issued by"), there.body if there else EMPTY, str(payload["body"])),
        (_("For"), EMPTY, names.get(product_id, EMPTY) if product_id else _("all items")),
        (_("Valid from"), day(there.valid_from) if there else EMPTY, day(_day(payload.get("valid_from")))),
        (_("Valid until"), day(there.valid_until) if there else EMPTY, day(_day(payload["valid_until"]))),
    ]
    summary = f"{kind_name(str(payload['kind']))} {payload['number']}"
    told = [(file.file_name, file.href) for file in files]
    return Described(summary, facts, obstacle=_obstacle(session, found), files=told)


def _obstacle(session: Session, found: Submission) -> str | None:
    payload = found.payload
    until = _day(payload["valid_until"])
    if until is None or until < today():
        return _("This document has ended meanwhile.")
    there = rows.certificate_named(session, kind=str(payload["kind"]), number=str(payload["number"]))
    if there and any(getattr(there, name) != value for name, value in _holder(session, found).items()):
        return _("There is a certificate with this number of somebody or something else.")
    return None


def _holder(session: Session, found: Submission) -> dict[str, int | None]:
    product_id = row_id(found.payload.get("product_id")) or None
    supplier_id = None if product_id else rows.supplier_of(session, found.company_id)
    return {"product_id": product_id, "supplier_id": supplier_id, "location_id": None}


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None
