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
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.settings import settings
from core.viewer import Viewer, require
from data.db import session_scope
from data.entities import ENTITIES, stored
from data.exchange.fields import Entity, check_constants, check_mapping, header_key
from data.exchange.opening import Source
from data.exchange.transaction_rules import BAD_CELLS, RULES, SERVICE_CODES
from data.exchange.upload import store_upload
from data.queries import imports as rows
from data.queries.entity_rows import read
from models.base import Json
from services import import_file, jobs
from services.audit import record
from services.form_values import calendar_day
from services.import_file import FilePreview, Reading

MODES = ("upsert", "insert", "update", "replace")
UNDO_DAYS = 30
RULE_TEXTS = {rule.key: (rule.sentence, rule.remedy) for rule in (*RULES, BAD_CELLS)}


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
    state: str
    reading: Reading
    source: Json
    mapping: dict[str, str]
    options: Options
    counts: Json
    job_id: UUID | None
    author: str
    created_at: datetime
    committed_at: datetime | None
    undone_at: datetime | None

    @property
    def undo_until(self) -> datetime | None:
        """Until when the import can be taken back."""
        return None if self.committed_at is None else self.committed_at + timedelta(days=UNDO_DAYS)


def importable(viewer: Viewer) -> dict[str, Entity]:
    """The entities that a viewer may bring in.

    Inputs: the viewer.
    Returns: entities by name, in the order in which a new company brings them in.
    Raises: nothing.
    Source: none; ours.
    """
    return {name: entity for name, entity in ENTITIES.items() if viewer.may(entity.right)}


def upload(
    viewer: Viewer, stream: BinaryIO, *, file_name: str, entity: str = "transactions", came_by: str = "file"
) -> Batch:
    """Take a file in, look what it is, and open an import for it.

    Inputs: the viewer, the bytes, the name the file had, what its rows are, and how it came (file, folder, command).
    Returns: the new import.
    Raises: NotAllowed; TooLarge; FileRefused with the reason for anything that is not a table.
    Source: security.md G01–G05, F08.
    """
    require(viewer, Permission.IMPORT_RUN)
    kind = _entity(viewer, entity)
    stored_file = store_upload(
        stream, settings().uploads, max_bytes=settings().upload_limit_bytes, original_name=file_name
    )
    try:
        source = import_file.source_of(stored_file.path)
        reading, mapping, options = _first_guess(viewer, source, kind)
    except BaseException:
        stored_file.path.unlink(missing_ok=True)
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
                "dialect": {"source": import_file.source_as_json(source), "reading": _reading_json(reading)},
                "mapping": mapping,
                "options": options.as_json(),
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


def newest_batches(viewer: Viewer, *, limit: int = 100) -> list[Batch]:
    """The history of imports, the newest first.

    Inputs: the viewer and how many.
    Returns: imports of the entities the viewer may bring in.
    Raises: NotAllowed.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_READ)
    allowed = list(importable(viewer))
    with session_scope(viewer) as session:
        return [_batch(row) for row in rows.newest_batches(session, entities=allowed, limit=limit)]


def file_preview(viewer: Viewer, batch_id: UUID, reading: Reading) -> FilePreview:
    """The first rows of the file under a reading.

    Inputs: the viewer, the import and the choices on the screen.
    Returns: findings, names, rows, proposed columns.
    Raises: NotFound; FileRefused when the file is not text in the chosen encoding.
    Source: screens.md 20.
    """
    found = batch(viewer, batch_id)
    return import_file.preview(source_as_read(found, reading), reading, found.entity)


def twin(viewer: Viewer, batch_id: UUID) -> str:
    """A sentence when the very same file is in the plan already, else an empty text.

    Inputs: the viewer and the import.
    Returns: the sentence.
    Raises: NotFound.
    Source: security.md G20.
    """
    found = batch(viewer, batch_id)
    with session_scope(viewer) as session:
        same = rows.committed_twin(session, batch_id=batch_id, entity=found.entity.name, sha256=found.sha256)
    if same is None or found.state in ("committed", "undone"):
        return ""
    return _(
        "This very file was imported on %(day)s by %(who)s. Importing it again changes only what was edited since.",
        day=f"{same.committed_at:%Y-%m-%d %H:%M}",
        who=same.author or _("the operator"),
    )


def reference_choices(viewer: Viewer, entity: Entity) -> dict[str, list[tuple[str, str]]]:
    """The rows that a file without a column for them can all be booked to.

    Inputs: the viewer and the entity of the file.
    Returns: by field, (code, name) pairs of what it refers to; fields whose choice is too long to list are left out.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.IMPORT_READ)
    with session_scope(viewer) as session:
        return {
            found.name: rows.codes_and_names(session, read(found.reference, fields=_naming(found.reference)))
            for found in entity.fields
            if found.reference in LISTED and not found.makes
        }


def period_field(entity: Entity) -> str:
    """The day field by which a period can be replaced as a whole.

    Inputs: the entity of a file.
    Returns: its name; empty when there is none, also for transactions, whose lines are named one by one.
    Raises: nothing.
    Source: none; ours.
    """
    return entity.period


# What there are few of.
LISTED = ("locations", "channels", "resources", "oems", "suppliers")


def _naming(entity: str) -> tuple[str, ...]:
    return (ENTITIES[entity].keys[0].name, "name")


def rule_text(rule: str) -> str:
    """What a rule says, as a sentence.

    Inputs: the key of a rule.
    Returns: its sentence; for a fault of single cells the key in words.
    Raises: nothing.
    Source: screens.md 20.
    """
    return RULE_TEXTS.get(rule, (rule.replace("_", " ").capitalize(), ""))[0]


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
    kept = {"source": import_file.source_as_json(source), "reading": _reading_json(reading)}
    with session_scope(viewer) as session:
        _require_open(found_batch(session, batch_id, lock=True))
        rows.change_batch(session, batch_id, dialect=kept, mapping=chosen, options=options.as_json(), state="uploaded")
        rows.remember_mapping(
            session,
            entity=found.entity.name,
            header_key=header_key(seen.header),
            name=found.file_name,
            mapping=chosen,
            dialect={"reading": _reading_json(reading), "date_format": dialect.date_format},
            # What may happen to the data is decided anew for every file.
            options=replace(options, mode="upsert", period=None).as_json(),
        )
    return batch(viewer, batch_id)


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


def rows_not_taken(
    viewer: Viewer, batch_id: UUID, *, rule: str | None = None, offset: int = 0, limit: int = 100
) -> list[dict[str, Any]]:
    """Rows that were set aside or rejected, each with what is wrong and what to do.

    Inputs: the viewer, the import, one rule or all, and which page of rows.
    Returns: dictionaries with line, outcome, rule, label, column_name, value, message, remedy.
    Raises: NotAllowed; NotFound.
    Source: screens.md 20.
    """
    batch(viewer, batch_id)
    with session_scope(viewer) as session:
        listed = rows.not_taken(session, batch_id, rule=rule, offset=offset, limit=min(limit, 10_000))
    return [_explained(row._asdict()) for row in listed]


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
    return _batch(row)


def source_as_read(found: Batch, reading: Reading) -> Source:
    """The stored file as a person wants it read.

    Inputs: the import and the choices.
    Returns: the source; the file is looked at again only when the encoding or the sheet is another one.
    Raises: FileRefused when the file is not text in the chosen encoding.
    Source: security.md G05.
    """
    return import_file.source_as_read(import_file.source_from_json(found.path, found.source), reading)


def _explained(row: dict[str, Any]) -> dict[str, Any]:
    """A row set aside by rule has no finding of its own: the rule explains it."""
    if row["message"] is None:
        row["message"], row["remedy"] = RULE_TEXTS.get(row["rule"], ("", ""))
    return row


def _entity(viewer: Viewer, name: str) -> Entity:
    found = ENTITIES.get(name)
    if found is None or not viewer.may(found.right):
        raise InvalidInput(_("“%(entity)s” can't be imported.", entity=name))
    return found


def _first_guess(viewer: Viewer, source: Source, entity: Entity) -> tuple[Reading, dict[str, str], Options]:
    """What a file of this shape was read by the last time, or what its column names suggest."""
    seen = import_file.preview(source, Reading(), entity)
    with session_scope(viewer) as session:
        kept = rows.remembered_mapping(session, entity=entity.name, header_key=header_key(seen.header))
    if kept is not None:
        return Reading(**kept.dialect["reading"]), kept.mapping, Options.of(kept.options)
    only = {
        name: listed[0][0]
        for name, listed in reference_choices(viewer, entity).items()
        if len(listed) == 1 and name not in seen.proposal.mapping
    }
    constants = only if entity.stored_as else {}
    return Reading(), seen.proposal.mapping, Options(constants=constants)


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
    if found.state in ("committed", "undone"):
        raise Conflict(_("This import is finished. Upload the file again to import it once more."))


def _start(viewer: Viewer, batch_id: UUID, kind: str, more: Json) -> UUID:
    with session_scope(viewer) as session:
        args = {"batch_id": str(batch_id), **more}
        job_id = jobs.start(session, viewer, kind, args, idem_key=str(batch_id))
        rows.change_batch(session, batch_id, job_id=job_id)
    return job_id


def _batch(row: Any) -> Batch:
    return Batch(
        id=row.id,
        entity=ENTITIES[row.entity],
        file_name=row.file_name,
        path=settings().uploads / row.stored_name,
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        state=row.state,
        reading=Reading(**row.dialect["reading"]),
        source=row.dialect["source"],
        mapping=row.mapping,
        options=Options.of(row.options),
        counts=row.counts,
        job_id=row.job_id,
        author=row.author or _("Operator"),
        created_at=row.created_at,
        committed_at=row.committed_at,
        undone_at=row.undone_at,
    )


def _reading_json(reading: Reading) -> Json:
    return {
        "encoding": reading.encoding,
        "delimiter": reading.delimiter,
        "header_row": reading.header_row,
        "numbers": reading.numbers,
        "date_format": reading.date_format,
        "sheet": reading.sheet,
    }


def _period(given: Any) -> tuple[date, date] | None:
    """Two days, or nothing."""
    if not given or not any(given):
        return None
    first, last = (calendar_day(day, name=_("Period")) for day in given)
    if last < first:
        raise InvalidInput(_("The period ends before it begins."))
    return first, last
