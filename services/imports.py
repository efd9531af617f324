"""Importing files: upload, look, map, dry run, commit, undo. The long steps are in services.import_work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import Conflict, InvalidInput, NotFound, UserError
from core.i18n import _
from core.permissions import Permission
from core.settings import settings
from core.viewer import Viewer, require
from data.db import session_scope
from data.entities import ENTITIES, stored
from data.exchange.error_file import own_columns
from data.exchange.fields import Entity, check_constants, check_mapping, header_key
from data.exchange.opening import Source
from data.exchange.scanning import refuse_malware
from data.exchange.transaction_rules import SERVICE_CODES
from data.exchange.upload import StoredFile, store_upload
from data.queries import imports as rows
from models.base import Json
from services import import_file, jobs
from services.audit import record
from services.form_values import calendar_day
from services.import_file import FilePreview, Reading
from services.import_proposals import ColumnProposal, better_entity, entity_called, proposed_columns, reference_choices
from services.import_quota import require_room

MODES = ("upsert", "insert", "update", "replace")
UNDO_DAYS = 30
SHEETS_TRIED = 20


@dataclass(frozen=True, slots=True)
class Options:
    """What a person decides about a file beside how it is read.

    ``mode`` says what may happen: insert, update, both (upsert), or replace the rows of ``period`` as a whole (the
    days the file spans when it is open). ``constants`` are values for rows that give none. The last two are about
    sales transactions: codes that are no products, and how cancelling documents begin.
    """

    mode: str = "upsert"
    constants: Mapping[str, str] = field(default_factory=dict)
    period: tuple[date, date] | None = None
    service_codes: tuple[str, ...] = tuple(sorted(SERVICE_CODES))
    cancellation_prefix: str = "C"

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Options:
        """From what a browser, the command line or the database holds."""
        codes = given.get("service_codes", cls().service_codes)
        listed = codes.replace("\n", ",").split(",") if isinstance(codes, str) else codes
        mode = str(given.get("mode") or "upsert")
        if mode not in MODES:
            raise InvalidInput(
                _("“%(mode)s” is not a way to import. Choose one of %(modes)s.", mode=mode, modes=", ".join(MODES))
            )
        constants = {
            **(given.get("constants") or {}),
            **{name: given[name] for name in ("location", "channel") if given.get(name)},
        }
        return cls(
            mode=mode,
            constants={str(name): str(value) for name, value in constants.items() if value not in (None, "")},
            period=_period(given.get("period") or ()),
            service_codes=tuple(sorted({str(code).strip() for code in listed if str(code).strip()})),
            cancellation_prefix=str(given.get("cancellation_prefix", "C") or ""),
        )

    @property
    def partial(self) -> bool:
        """Whether rows that are there already may be given in part."""
        return self.mode in {"upsert", "update"}

    def as_json(self) -> Json:
        return {
            "mode": self.mode,
            "constants": dict(self.constants),
            "period": [day.isoformat() for day in self.period or ()],
            "service_codes": list(self.service_codes),
            "cancellation_prefix": self.cancellation_prefix,
        }


@dataclass(frozen=True, slots=True)
class Batch:
    """An import as a screen or the command line shows it."""

    id: UUID
    entity: Entity
    file_name: str
    path: Path
    sha256: str
    size_bytes: int
    scanned: bool
    came_by: str
    state: str
    reading: Reading
    source: Json
    mapping: dict[str, str]
    by_content: dict[str, str]
    options: Options
    counts: Json
    job_id: UUID | None
    author: str
    created_at: datetime
    committed_at: datetime | None
    undone_at: datetime | None

    @property
    def finished(self) -> bool:
        """Whether it was brought in, also when it was taken back since."""
        return self.state in {"committed", "undone"}

    @property
    def undo_until(self) -> datetime | None:
        """Until when the import can be taken back."""
        return None if self.committed_at is None else self.committed_at + timedelta(days=UNDO_DAYS)


def upload(
    viewer: Viewer, stream: BinaryIO, *, file_name: str, entity: str = "transactions", came_by: str = "file"
) -> Batch:
    """Take a file in, look what it is, and open an import for it.

    Inputs: the viewer, the bytes, the name the file had, what its rows are, and how it came (file, folder, command).
    Returns: the new import.
    Raises: NotAllowed; TooLarge; TooMany and NoRoom for a file of the page when there were too many; FileRefused with
        the reason for anything that is not a table.
    Source: security.md G01–G05, G17, G18, F08.
    """
    require(viewer, Permission.IMPORT_RUN)
    kind = entity_called(viewer, entity)
    if came_by == "file":
        require_room(viewer)
    stored_file = store_upload(
        stream, settings().uploads, max_bytes=settings().upload_limit_bytes, original_name=file_name
    )
    try:
        scanned = refuse_malware(stored_file.path, settings().virus_scanner)
        guess = _first_guess(viewer, import_file.source_of(stored_file.path), kind)
    except BaseException as error:
        stored_file.path.unlink(missing_ok=True)
        if isinstance(error, UserError):
            _record_refusal(viewer, stored_file, error)
        raise
    batch_id = uuid4()
    with session_scope(viewer) as session:
        rows.add_batch(
            session,
            {
                "id": batch_id,
                "source": came_by,
                "entity": kind.name,
                "file_name": stored_file.original_name,
                "stored_name": stored_file.path.name,
                "sha256": stored_file.sha256,
                "size_bytes": stored_file.size_bytes,
                "scanned": scanned,
                **guess.as_json(),
                "counts": {},
                "created_by": viewer.user_id,
            },
        )
        record(
            session,
            viewer,
            "import.upload",
            subject="import",
            subject_id=batch_id,
            after={
                "entity": kind.name,
                "file": stored_file.original_name,
                "sha256": stored_file.sha256,
                "bytes": stored_file.size_bytes,
            },
        )
    return batch(viewer, batch_id)


def batch(viewer: Viewer, batch_id: UUID) -> Batch:
    """One import.

    Inputs: the viewer and the id.
    Returns: the import.
    Raises: NotAllowed; NotFound, also for an entity the viewer may not bring in.
    Source: none; ours.
    """
    require(viewer, Permission.IMPORT_READ)
    with session_scope(viewer) as session:
        found = found_batch(session, batch_id)
    if not viewer.may(found.entity.right):
        raise NotFound(_("There is no such import."))
    return found


def file_preview(viewer: Viewer, batch_id: UUID, reading: Reading) -> FilePreview:
    """The first rows of the file under a reading.

    Inputs: the viewer, the import and the choices on the screen.
    Returns: findings, names, rows, proposed columns.
    Raises: NotFound; FileRefused when the file is not text in the chosen encoding.
    Source: screens.md 20.
    """
    found = batch(viewer, batch_id)
    require_file(found)
    return import_file.preview(source_as_read(found, reading), reading, found.entity)


def told_of_better_entity(viewer: Viewer, found: Batch) -> str:
    """A sentence when the columns of a file fit other rows clearly better, else an empty text.

    Inputs: the viewer and the import.
    Returns: the sentence.
    Raises: NotFound when the file is gone.
    Source: screens.md 20.
    """
    other = better_entity(viewer, file_preview(viewer, found.id, found.reading), found.entity)
    if other is None:
        return ""
    return _(
        "The columns of this file look like %(other)s rather than %(own)s.",
        other=_(other.label),
        own=_(found.entity.label),
    )


def require_file(found: Batch) -> None:
    """Refuse what needs the file itself when housekeeping has removed it.

    Inputs: the import.
    Returns: nothing.
    Raises: NotFound.
    Source: none; ours.
    """
    if not found.path.exists():
        raise NotFound(
            _(
                "The file itself is no longer there: files are kept for %(days)s days.",
                days=settings().uploads_kept_days,
            )
        )


def switch_entity(viewer: Viewer, batch_id: UUID, entity: str) -> Batch:
    """Say that the rows of a file are of another kind; columns and options are proposed anew.

    Inputs: the viewer, an import that is not in the data, and the name of the entity.
    Returns: the import.
    Raises: NotAllowed; NotFound; Conflict when it is finished; InvalidInput for an unknown entity.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_RUN)
    kind = entity_called(viewer, entity)
    found = batch(viewer, batch_id)
    require_file(found)
    guess = _first_guess(viewer, source_as_read(found, found.reading), kind)
    with session_scope(viewer) as session:
        _require_open(found_batch(session, batch_id, lock=True))
        rows.forget_findings(session, batch_id)
        rows.change_batch(session, batch_id, entity=kind.name, counts={}, state="uploaded", **guess.as_json())
    return batch(viewer, batch_id)


def adopt(viewer: Viewer, batch_id: UUID, *, reading: Reading, mapping: Mapping[str, str], options: Options) -> Batch:
    """Take over how other files were brought in, as far as it fits this one; nothing is checked yet.

    Inputs: the viewer, an import that is not in the data, and what was saved.
    Returns: the import.
    Raises: NotAllowed; NotFound; Conflict when it is finished.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_RUN)
    found = batch(viewer, batch_id)
    require_file(found)
    fitting = import_file.fitting(reading, import_file.source_from_json(found.path, found.source))
    source = source_as_read(found, fitting)
    seen = import_file.preview(source, fitting, found.entity)
    proposal = proposed_columns(viewer, seen, found.entity, chosen=mapping)
    guess = _Guess(source, fitting, proposal, options)
    with session_scope(viewer) as session:
        _require_open(found_batch(session, batch_id, lock=True))
        rows.change_batch(session, batch_id, state="uploaded", **guess.as_json())
    return batch(viewer, batch_id)


def period_field(entity: Entity) -> str:
    """The day field by which a period can be replaced as a whole.

    Inputs: the entity of a file.
    Returns: its name; empty when there is none, also for transactions, whose lines are named one by one.
    Raises: nothing.
    Source: none; ours.
    """
    return entity.period


def running_job(viewer: Viewer, found: Batch) -> UUID | None:
    """The job that works on an import now, if it is the viewer's.

    Inputs: the viewer and the import.
    Returns: its id, or None.
    Raises: nothing of its own.
    Source: product.md, promise 4.
    """
    mine = {job.id for job in jobs.newest_jobs(viewer, limit=20, active_only=True)}
    return found.job_id if found.job_id in mine else None


def start_check(
    viewer: Viewer, batch_id: UUID, *, reading: Reading, mapping: Mapping[str, str], options: Options
) -> UUID:
    """Remember reading, columns and options, and have the whole file checked without changing the data.

    Inputs: the viewer, the import, and what the screen holds.
    Returns: the id of the job.
    Raises: NotAllowed; NotFound; Conflict when already committed; InvalidInput for open questions, a field without
        column, or a constant that is none.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_RUN)
    settle(viewer, batch_id, reading=reading, mapping=mapping, options=options)
    return _start(viewer, batch_id, "import_check", {})


def settle(viewer: Viewer, batch_id: UUID, *, reading: Reading, mapping: Mapping[str, str], options: Options) -> Batch:
    """Store how a file is to be read, after checking that it can be read so.

    Inputs: as for ``start_check``.
    Returns: the import.
    Raises: as ``start_check``.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_RUN)
    found = batch(viewer, batch_id)
    _require_open(found)
    require_file(found)
    if options.mode == "replace" and not period_field(found.entity):
        raise InvalidInput(
            _("%(entity)s have no day by which a period could be replaced.", entity=_(found.entity.label))
        )
    source = source_as_read(found, reading)
    seen = import_file.preview(source, reading, found.entity)
    dialect = seen.detection.dialect()
    if seen.header_problem:
        raise InvalidInput(seen.header_problem)
    chosen = {name: column for name, column in mapping.items() if column}
    partial = options.partial and not found.entity.stored_as
    check_mapping(chosen, seen.header, found.entity, constants=options.constants, partial=partial)
    check_constants(options.constants, found.entity, dialect)
    _check_constants(viewer, found.entity, chosen, options)
    by_content = {name: column for name, column in found.by_content.items() if chosen.get(name) == column}
    settled = _Guess(source, reading, ColumnProposal(chosen, by_content), options)
    with session_scope(viewer) as session:
        _require_open(found_batch(session, batch_id, lock=True))
        rows.change_batch(session, batch_id, state="uploaded", **settled.as_json())
        rows.remember_mapping(
            session,
            entity=found.entity.name,
            header_key=header_key(own_columns(seen.header)),
            name=found.file_name,
            mapping=chosen,
            dialect={"reading": reading.as_json(), "date_format": dialect.date_format},
            # What may happen to the data is decided anew for every file.
            options=replace(options, mode="upsert", period=None).as_json(),
        )
    return batch(viewer, batch_id)


def is_as_checked(
    viewer: Viewer, batch_id: UUID, *, reading: Reading, mapping: Mapping[str, str], options: Options
) -> bool:
    """Whether what the screen holds is what the file was checked with: only that can be imported.

    Inputs: as for ``start_check``.
    Returns: whether a check would read and take the rows in the same way.
    Raises: NotFound; FileRefused when the file is not text in the chosen encoding.
    Source: screens.md 20.
    """
    found = batch(viewer, batch_id)
    if options != found.options or {name: column for name, column in mapping.items() if column} != found.mapping:
        return False
    return reading == found.reading or _read_alike(
        file_preview(viewer, batch_id, reading), file_preview(viewer, batch_id, found.reading)
    )


def _read_alike(one: FilePreview, other: FilePreview) -> bool:
    dialects = [import_file.likely_dialect(seen.detection) for seen in (one, other)]
    return dialects[0] == dialects[1] and (one.source.encoding, one.source.sheet) == (
        other.source.encoding,
        other.source.sheet,
    )


def start_commit(viewer: Viewer, batch_id: UUID, *, good_rows: bool = False) -> UUID:
    """Have a checked file taken into the data.

    Inputs: the viewer, the import, and whether rejected rows may be left out; else it is all rows or nothing.
    Returns: the id of the job.
    Raises: NotAllowed; NotFound; Conflict when not checked or committed already.
    Source: security.md G16.
    """
    require(viewer, Permission.IMPORT_RUN)
    if batch(viewer, batch_id).state != "checked":
        raise Conflict(_("Check the file first; an import is committed once."))
    return _start(viewer, batch_id, "import_commit", {"good_rows": good_rows})


def start_undo(viewer: Viewer, batch_id: UUID, *, leave_edited: bool = False) -> UUID:
    """Have a committed import taken back.

    Inputs: the viewer, the import, and whether rows that were edited or used since may stay as they are; else it is
        all or nothing.
    Returns: the id of the job.
    Raises: NotAllowed; NotFound; Conflict when it is not in the data, or longer ago than UNDO_DAYS.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_RUN)
    require_undoable(batch(viewer, batch_id))
    return _start(viewer, batch_id, "import_undo", {"leave_edited": leave_edited})


def require_undoable(found: Batch) -> None:
    """Refuse what can't be taken back.

    Inputs: the import.
    Returns: nothing.
    Raises: Conflict when it is not in the data, or was committed more than UNDO_DAYS ago.
    Source: screens.md 20.
    """
    if found.state != "committed":
        raise Conflict(_("This import is not in the data."))
    if found.undo_until is not None and found.undo_until < now():
        raise Conflict(_("An import can be taken back for %(days)s days; this one is older.", days=UNDO_DAYS))


def found_batch(session: Session, batch_id: UUID, *, lock: bool = False) -> Batch:
    """The import in this session.

    Inputs: the session, the id, whether to hold the row until the end of the transaction.
    Returns: the import.
    Raises: NotFound.
    Source: none; ours.
    """
    row = rows.batch(session, batch_id, lock=lock)
    if row is None or row.entity not in ENTITIES:
        raise NotFound(_("There is no such import."))
    return batch_of(row)


def source_as_read(found: Batch, reading: Reading) -> Source:
    """The stored file as a person wants it read.

    Inputs: the import and the choices.
    Returns: the source; the file is looked at again only when the encoding or the sheet is another one.
    Raises: FileRefused when the file is not text in the chosen encoding.
    Source: security.md G05.
    """
    return import_file.source_as_read(import_file.source_from_json(found.path, found.source), reading)


@dataclass(frozen=True, slots=True)
class _Guess:
    """How a file is going to be brought in, as it is kept with the import."""

    source: Source
    reading: Reading
    columns: ColumnProposal
    options: Options

    def as_json(self) -> Json:
        dialect = {
            "source": import_file.source_as_json(self.source),
            "reading": self.reading.as_json(),
            "by_content": self.columns.by_content,
        }
        return {"dialect": dialect, "mapping": self.columns.mapping, "options": self.options.as_json()}


def _first_guess(viewer: Viewer, source: Source, entity: Entity) -> _Guess:
    """What a file of this shape was read by the last time, or what its columns suggest."""
    source = _likeliest_sheet(source, entity)
    seen = import_file.preview(source, Reading(), entity)
    key = header_key(own_columns(seen.header))
    with session_scope(viewer) as session:
        kept = rows.remembered_mapping(session, entity=entity.name, header_key=key)
    if kept is not None:
        reading = _remembered(kept.dialect["reading"], source)
        return _Guess(source, reading, ColumnProposal(kept.mapping, {}), Options.of(kept.options))
    proposal = proposed_columns(viewer, seen, entity)
    only = {
        name: listed[0][0]
        for name, listed in reference_choices(viewer, entity).items()
        if len(listed) == 1 and name not in proposal.mapping
    }
    return _Guess(source, Reading(), proposal, Options(constants=only if entity.stored_as else {}))


def _likeliest_sheet(source: Source, entity: Entity) -> Source:
    """The first sheet of a workbook whose names give all that is needed; the sheet as it is when none does."""
    sheets = dict.fromkeys((source.sheet, *source.sheets[:SHEETS_TRIED])) if source.sheets else ()
    seen = (import_file.preview(source, Reading(sheet=name), entity) for name in sheets)
    return next((each.source for each in seen if each.header and not each.proposal.missing), source)


def _remembered(kept: Json, source: Source) -> Reading:
    """What was chosen about figures, days and letters; the column names were found without the rest of it."""
    reading = Reading(**kept)
    own = Reading(encoding=reading.encoding, numbers=reading.numbers, date_format=reading.date_format)
    return import_file.fitting(own, source)


def _record_refusal(viewer: Viewer, stored_file: StoredFile, error: UserError) -> None:
    told = {"file": stored_file.original_name, "sha256": stored_file.sha256, "bytes": stored_file.size_bytes}
    with session_scope(viewer) as session:
        record(
            session,
            viewer,
            "import.refused",
            subject="import",
            subject_id=stored_file.path.name,
            after=told,
            reason=error.message,
        )


def _check_constants(viewer: Viewer, entity: Entity, mapping: Mapping[str, str], options: Options) -> None:
    """Every constant is of a field there is, and a code there is; what a stored row can't be without is given."""
    choices = reference_choices(viewer, entity)
    fields = {found.name: found for found in entity.fields}
    for name, value in options.constants.items():
        if name in choices and value not in dict(choices[name]):
            raise InvalidInput(_("There is no %(kind)s “%(code)s”.", kind=_(fields[name].label).lower(), code=value))
    for found in stored(entity).fields:
        given = found.name in mapping or found.name in options.constants
        if entity.stored_as and found.required and found.name in choices and not given:
            raise InvalidInput(
                _(
                    "No column gives the %(kind)s: choose the one that all rows belong to, or map a column.",
                    kind=_(fields[found.name].label).lower(),
                )
            )


def _require_open(found: Batch) -> None:
    if found.finished:
        raise Conflict(_("This import is finished. Upload the file again to import it once more."))


def _start(viewer: Viewer, batch_id: UUID, kind: str, more: Json) -> UUID:
    with session_scope(viewer) as session:
        args = {"batch_id": str(batch_id), **more}
        job_id = jobs.start(session, viewer, kind, args, idem_key=str(batch_id))
        rows.change_batch(session, batch_id, job_id=job_id)
    return job_id


def batch_of(row: Any) -> Batch:
    """An import from its stored row.

    Inputs: a row of data.queries.imports.
    Returns: the import.
    Raises: nothing.
    Source: none; ours.
    """
    return Batch(
        id=row.id,
        entity=ENTITIES[row.entity],
        file_name=row.file_name,
        path=settings().uploads / row.stored_name,
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        scanned=row.scanned,
        came_by=row.source,
        state=row.state,
        reading=Reading(**row.dialect["reading"]),
        source=row.dialect["source"],
        mapping=row.mapping,
        by_content=row.dialect.get("by_content", {}),
        options=Options.of(row.options),
        counts=row.counts,
        job_id=row.job_id,
        author=row.author or _("Operator"),
        created_at=row.created_at,
        committed_at=row.committed_at,
        undone_at=row.undone_at,
    )


def _period(given: Any) -> tuple[date, date] | None:
    """Two days, or nothing."""
    if not given or not any(given):
        return None
    first, last = (calendar_day(day, name=_("Period")) for day in given)
    if last < first:
        raise InvalidInput(_("The period ends before it begins."))
    return first, last
