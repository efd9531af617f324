"""Importing files: upload, look, map, dry run, commit, undo. The long steps are in services.import_work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.settings import settings
from core.viewer import Viewer, require
from data.db import session_scope
from data.exchange.fields import Entity, check_mapping, header_key
from data.exchange.opening import Source
from data.exchange.transaction_rules import BAD_CELLS, RULES, SERVICE_CODES
from data.exchange.transactions import TRANSACTIONS
from data.exchange.upload import store_upload
from data.queries import imports as rows
from models.base import Json
from services import import_file, jobs
from services.audit import record
from services.import_file import FilePreview, Reading

ENTITIES: dict[str, Entity] = {TRANSACTIONS.name: TRANSACTIONS}
MODES = ("all_or_nothing", "good_rows")
RULE_TEXTS = {rule.key: (rule.sentence, rule.remedy) for rule in (*RULES, BAD_CELLS)} | {
    "unknown_location": ("There is no location with this code.", "Correct the code, or add the location first."),
    "unknown_channel": ("There is no channel with this code.", "Correct the code, or add the channel first."),
}


@dataclass(frozen=True, slots=True)
class Options:
    """What rows that don't say it themselves get, and which rows are no demand."""

    location: str = ""
    channel: str = ""
    service_codes: tuple[str, ...] = tuple(sorted(SERVICE_CODES))
    cancellation_prefix: str = "C"

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Options:
        """From what a browser or the command line sent."""
        codes = given.get("service_codes", cls().service_codes)
        listed = codes.replace("\n", ",").split(",") if isinstance(codes, str) else codes
        return cls(
            location=str(given.get("location") or ""),
            channel=str(given.get("channel") or ""),
            service_codes=tuple(sorted({str(code).strip() for code in listed if str(code).strip()})),
            cancellation_prefix=str(given.get("cancellation_prefix", "C") or ""),
        )

    def as_json(self) -> Json:
        return {
            "location": self.location,
            "channel": self.channel,
            "service_codes": list(self.service_codes),
            "cancellation_prefix": self.cancellation_prefix,
        }


@dataclass(frozen=True, slots=True)
class Batch:
    """An import as a screen or the command line shows it."""

    id: UUID
    entity: str
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


def upload(viewer: Viewer, stream: BinaryIO, *, file_name: str, entity: str = TRANSACTIONS.name) -> Batch:
    """Take a file in, look what it is, and open an import for it.

    Inputs: the viewer, the bytes, the name the file had, and what its rows are.
    Returns: the new import.
    Raises: NotAllowed; TooLarge; FileRefused with the reason for anything that is not a text table.
    Source: security.md G01–G05, F08.
    """
    require(viewer, Permission.IMPORT_RUN)
    if entity not in ENTITIES:
        raise InvalidInput(_("“%(entity)s” can't be imported.", entity=entity))
    stored = store_upload(stream, settings().uploads, max_bytes=settings().upload_limit_bytes, original_name=file_name)
    try:
        source = import_file.source_of(stored.path)
        reading, mapping, options = _first_guess(viewer, source, entity)
    except BaseException:
        stored.path.unlink(missing_ok=True)
        raise
    batch_id = uuid4()
    with session_scope(viewer) as session:
        rows.add_batch(
            session,
            {
                "id": batch_id,
                "entity": entity,
                "file_name": stored.original_name,
                "stored_name": stored.path.name,
                "sha256": stored.sha256,
                "size_bytes": stored.size_bytes,
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
            after={"file": stored.original_name, "sha256": stored.sha256, "bytes": stored.size_bytes},
        )
    return batch(viewer, batch_id)


def batch(viewer: Viewer, batch_id: UUID) -> Batch:
    """One import.

    Inputs: the viewer and the id.
    Returns: the import.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    require(viewer, Permission.IMPORT_READ)
    with session_scope(viewer) as session:
        return found_batch(session, batch_id)


def newest_batches(viewer: Viewer, *, limit: int = 100) -> list[Batch]:
    """The history of imports, the newest first.

    Inputs: the viewer and how many.
    Returns: imports.
    Raises: NotAllowed.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_READ)
    with session_scope(viewer) as session:
        return [_batch(row) for row in rows.newest_batches(session, limit=limit)]


def file_preview(viewer: Viewer, batch_id: UUID, reading: Reading) -> FilePreview:
    """The first rows of the file under a reading.

    Inputs: the viewer, the import and the choices on the screen.
    Returns: findings, names, rows, proposed columns.
    Raises: NotFound; FileRefused when the file is not text in the chosen encoding.
    Source: screens.md 20.
    """
    found = batch(viewer, batch_id)
    return import_file.preview(_source(found, reading), reading)


def twin(viewer: Viewer, batch_id: UUID) -> str:
    """A sentence when the very same file is in the plan already, else an empty text.

    Inputs: the viewer and the import.
    Returns: the sentence.
    Raises: NotFound.
    Source: security.md G20.
    """
    with session_scope(viewer) as session:
        found = found_batch(session, batch_id)
        same = rows.committed_twin(session, batch_id=batch_id, sha256=found.sha256)
    if same is None or found.state in ("committed", "undone"):
        return ""
    return _(
        "This very file was imported on %(day)s by %(who)s. Importing it again changes only what was edited since.",
        day=f"{same.committed_at:%Y-%m-%d %H:%M}",
        who=same.author or _("the operator"),
    )


def place_choices(viewer: Viewer) -> dict[str, list[tuple[str, str]]]:
    """Locations and channels that a file's rows can be booked to.

    Inputs: the viewer.
    Returns: ``location`` and ``channel`` with (code, name) pairs.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.IMPORT_READ)
    with session_scope(viewer) as session:
        return rows.codes(session)


def rule_text(rule: str) -> str:
    """What a rule says, as a sentence.

    Inputs: the key of a rule.
    Returns: its sentence, the key itself for a rule of an older version.
    Raises: nothing.
    Source: screens.md 20.
    """
    return RULE_TEXTS.get(rule, (rule, ""))[0]


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
    """Remember reading, columns and options, and have the whole file checked without changing the plan.

    Inputs: the viewer, the import, and what the screen holds.
    Returns: the id of the job.
    Raises: NotAllowed; NotFound; Conflict when already committed; InvalidInput for open questions, a field without
        column, or a location or channel that is neither mapped nor chosen.
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
    source = _source(found, reading)
    seen = import_file.preview(source, reading)
    dialect = seen.detection.dialect()
    if seen.header_problem:
        raise InvalidInput(seen.header_problem)
    chosen = {field: column for field, column in mapping.items() if column}
    check_mapping(chosen, seen.header, ENTITIES[found.entity])
    _check_places(viewer, chosen, options)
    stored = {"source": import_file.source_as_json(source), "reading": _reading_json(reading)}
    with session_scope(viewer) as session:
        _require_open(found_batch(session, batch_id, lock=True))
        rows.change_batch(
            session, batch_id, dialect=stored, mapping=chosen, options=options.as_json(), state="uploaded"
        )
        rows.remember_mapping(
            session,
            entity=found.entity,
            header_key=header_key(seen.header),
            name=found.file_name,
            mapping=chosen,
            dialect={"reading": _reading_json(reading), "date_format": dialect.date_format},
            options=options.as_json(),
        )
    return batch(viewer, batch_id)


def start_commit(viewer: Viewer, batch_id: UUID, *, mode: str) -> UUID:
    """Have a checked file taken into the plan.

    Inputs: the viewer, the import and the mode: all rows or nothing, or the good rows only.
    Returns: the id of the job.
    Raises: NotAllowed; NotFound; Conflict when not checked or committed already; InvalidInput for another mode.
    Source: security.md G16.
    """
    require(viewer, Permission.IMPORT_RUN)
    found = batch(viewer, batch_id)
    if mode not in MODES:
        raise InvalidInput(_("“%(mode)s” is not a way to import.", mode=mode))
    if found.state != "checked":
        raise Conflict(_("Check the file first; an import is committed once."))
    return _start(viewer, batch_id, "import_commit", {"mode": mode})


def start_undo(viewer: Viewer, batch_id: UUID) -> UUID:
    """Have a committed import taken back.

    Inputs: the viewer and the import.
    Returns: the id of the job.
    Raises: NotAllowed; NotFound; Conflict when it is not in the plan.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_RUN)
    if batch(viewer, batch_id).state != "committed":
        raise Conflict(_("This import is not in the plan."))
    return _start(viewer, batch_id, "import_undo", {})


def rows_not_taken(
    viewer: Viewer, batch_id: UUID, *, rule: str | None = None, offset: int = 0, limit: int = 100
) -> list[dict[str, Any]]:
    """Rows that were set aside or rejected, each with what is wrong and what to do.

    Inputs: the viewer, the import, one rule or all, and which page of rows.
    Returns: dictionaries with line, outcome, rule, product, quantity, column_name, value, message, remedy.
    Raises: NotAllowed; NotFound.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_READ)
    with session_scope(viewer) as session:
        found_batch(session, batch_id)
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
    if row is None:
        raise NotFound(_("There is no such import."))
    return _batch(row)


def _explained(row: dict[str, Any]) -> dict[str, Any]:
    """A row set aside by rule has no finding of its own: the rule explains it."""
    if row["message"] is None:
        row["message"], row["remedy"] = RULE_TEXTS.get(row["rule"], ("", ""))
    return row


def _first_guess(viewer: Viewer, source: Source, entity: str) -> tuple[Reading, dict[str, str], Options]:
    """What a file of this shape was read by the last time, or what its column names suggest."""
    seen = import_file.preview(source, Reading())
    places = place_choices(viewer)
    with session_scope(viewer) as session:
        kept = rows.remembered_mapping(session, entity=entity, header_key=header_key(seen.header))
    if kept is not None:
        return Reading(**kept.dialect["reading"]), kept.mapping, Options.of(kept.options)
    only = {kind: listed[0][0] if len(listed) == 1 else "" for kind, listed in places.items()}
    return Reading(), seen.proposal.mapping, Options(location=only["location"], channel=only["channel"])


def _check_places(viewer: Viewer, mapping: Mapping[str, str], options: Options) -> None:
    places = place_choices(viewer)
    for kind, chosen in (("location", options.location), ("channel", options.channel)):
        if kind not in mapping and not chosen:
            raise InvalidInput(
                _("No column gives the %(kind)s: choose the one that all rows belong to, or map a column.", kind=kind)
            )
        if chosen and chosen not in dict(places[kind]):
            raise InvalidInput(_("There is no %(kind)s “%(code)s”.", kind=kind, code=chosen))


def _require_open(found: Batch) -> None:
    if found.state in ("committed", "undone"):
        raise Conflict(_("This import is finished. Upload the file again to import it once more."))


def _start(viewer: Viewer, batch_id: UUID, kind: str, more: Json) -> UUID:
    with session_scope(viewer) as session:
        args = {"batch_id": str(batch_id), **more}
        job_id = jobs.start(session, viewer, kind, args, idem_key=str(batch_id))
        rows.change_batch(session, batch_id, job_id=job_id)
    return job_id


def _source(found: Batch, reading: Reading) -> Source:
    kept = import_file.source_from_json(found.path, found.source)
    if reading.encoding and reading.encoding != kept.encoding:
        return import_file.source_of(found.path, encoding=reading.encoding)
    return kept


def _batch(row: Any) -> Batch:
    return Batch(
        id=row.id,
        entity=row.entity,
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
    }
