"""Forecast a bare file on the page: take it in, look, choose, start, delete. The plan never knows of it.

The work is in services.forecast_file_work, what came of it in services.forecast_file_results; both are about a file of
any columns. services.file_forecast is for files that are series already, at the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Literal, cast, get_args
from uuid import UUID

from core.clock import now
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.settings import settings
from core.viewer import Viewer, require
from data.db import session_scope
from data.exchange.dialect import Dialect
from data.exchange.opening import Source
from data.exchange.series_sums import (
    Bucket,
    SeriesColumns,
    proposed_bucket,
    proposed_columns,
    read_entries,
)
from data.forecast_files import FileFolder, all_folders, remove_older, take_in
from services import import_file, jobs
from services.audit import record
from services.import_file import FilePreview, Reading

JOB_KIND = "file_forecast"
KEPT_DAYS = 7
MOST_FILES = 20
LONGEST_HORIZON: dict[Bucket, int] = {"day": 366, "week": 156, "month": 60}
USUAL_HORIZON: dict[Bucket, int] = {"day": 28, "week": 13, "month": 6}
SEASON_PERIODS: dict[Bucket, int] = {"day": 7, "week": 52, "month": 12}
SAMPLE_ROWS = 5000

Gaps = Literal["no_demand", "own_end", "unknown"]
Mode = Literal["fast", "full"]


@dataclass(frozen=True, slots=True)
class Choices:
    """How a file is to be forecast.

    gaps says what a period without a row means: no demand, to the end of the file; no demand, but each series ends
    with its own last row; not known. whole_periods leaves the last period out while it is not over. good_only
    forecasts the series without faults when there are faults; otherwise nothing is forecast then.
    """

    bucket: Bucket = "week"
    gaps: Gaps = "no_demand"
    horizon: int = USUAL_HORIZON["week"]
    mode: Mode = "fast"
    whole_periods: bool = True
    good_only: bool = False

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Choices:
        """From what a browser sent; raises InvalidInput."""
        bucket, gaps, mode = (str(given.get(name)) for name in ("bucket", "gaps", "mode"))
        if bucket not in LONGEST_HORIZON or gaps not in get_args(Gaps) or mode not in get_args(Mode):
            raise InvalidInput(_("Reload the page and try again."))
        horizon, longest = given.get("horizon"), LONGEST_HORIZON[bucket]
        whole = isinstance(horizon, int) and not isinstance(horizon, bool)
        if not whole or not 1 <= cast(int, horizon) <= longest:
            raise InvalidInput(_("Choose a horizon of 1 to %(longest)s periods.", longest=longest))
        return cls(
            bucket=bucket,
            gaps=cast(Gaps, gaps),
            horizon=cast(int, horizon),
            mode=cast(Mode, mode),
            whole_periods=bool(given.get("whole_periods")),
            good_only=bool(given.get("good_only")),
        )


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as its owner sees it."""

    folder: FileFolder
    name: str
    size_bytes: int
    uploaded_at: datetime
    source: Source
    reading: Reading
    columns: SeriesColumns
    choices: Choices
    job_id: UUID | None

    @property
    def id(self) -> UUID:
        return self.folder.id

    @property
    def deleted_at(self) -> datetime:
        return self.uploaded_at + timedelta(days=KEPT_DAYS)


def upload(viewer: Viewer, stream: BinaryIO, *, file_name: str) -> UploadedFile:
    """Take a file in, look what it is, and propose how to forecast it.

    Inputs: a viewer with forecast.run, the bytes, and the name the file had.
    Returns: the file, with proposed columns, bucket and horizon.
    Raises: NotAllowed; TooLarge; FileRefused with the reason for anything that is no table; Conflict when there are
        too many files already.
    Source: security.md G01-G05.
    """
    require(viewer, Permission.FORECAST_RUN)
    remove_expired()
    if len(_own(viewer)) >= MOST_FILES:
        raise Conflict(_("You have %(count)s files here already. Delete one of them first.", count=MOST_FILES))
    folder, stored = take_in(stream, max_bytes=settings().upload_limit_bytes, original_name=file_name)
    try:
        source = import_file.source_of(folder.upload)
        columns, choices = _proposal(source)
        found = UploadedFile(
            folder, stored.original_name, stored.size_bytes, now(), source, Reading(), columns, choices, None
        )
        _store(viewer, found)
    except BaseException:
        folder.remove()
        raise
    with session_scope(viewer) as session:
        told = {"file": found.name, "sha256": stored.sha256, "bytes": stored.size_bytes}
        record(session, viewer, "forecast_file.upload", subject="forecast_file", subject_id=found.id, after=told)
    return found


def uploaded_file(viewer: Viewer, file_id: UUID) -> UploadedFile:
    """One file of the viewer.

    Inputs: a viewer with forecast.run and the id.
    Returns: the file.
    Raises: NotAllowed; NotFound for an unknown id and for another person's file alike.
    Source: security.md A19.
    """
    require(viewer, Permission.FORECAST_RUN)
    folder = FileFolder.of(file_id)
    about = folder.about()
    if about is None or about["owner_id"] != viewer.user_id:
        raise NotFound(_("There is no such file, or it was deleted."))
    return _file(folder, about)


def own_files(viewer: Viewer) -> list[UploadedFile]:
    """The files of the viewer, the newest first.

    Inputs: a viewer with forecast.run.
    Returns: files.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.FORECAST_RUN)
    remove_expired()
    return sorted(_own(viewer), key=lambda found: found.uploaded_at, reverse=True)


def file_id_of(text: object) -> UUID:
    """The id of a file, as a browser sent it.

    Inputs: what should be the text of a UUID.
    Returns: the id.
    Raises: NotFound for anything else, as for an id that no file has.
    Source: security.md A17.
    """
    try:
        return UUID(str(text))
    except ValueError as error:
        raise NotFound(_("There is no such file, or it was deleted.")) from error


def columns_of(item: str, day: str, quantity: str) -> SeriesColumns:
    """The columns that a person chose.

    Inputs: names of columns; empty texts where none is chosen.
    Returns: SeriesColumns.
    Raises: nothing: start() says what is wrong with them.
    Source: none; ours.
    """
    return SeriesColumns(item, day, quantity)


def look(viewer: Viewer, file_id: UUID, reading: Reading) -> FilePreview:
    """The first rows of a file under a reading.

    Inputs: the viewer, the file and the choices on the screen.
    Returns: findings, names of columns, rows.
    Raises: NotFound; FileRefused when the file is not text in the chosen encoding.
    Source: screens.md 20.
    """
    return import_file.preview(uploaded_file(viewer, file_id).source, reading)


def fitting_columns(seen: FilePreview, columns: SeriesColumns) -> SeriesColumns:
    """The chosen columns while the file has them under this reading, else what its names and first rows suggest.

    Inputs: the preview and the columns on the screen.
    Returns: SeriesColumns, with empty texts where nothing fits.
    Raises: nothing.
    Source: screens.md 20.
    """
    settled = columns.day and columns.quantity and all(name in seen.header for name in columns.named)
    return columns if settled else _proposed_columns(seen)


def start(viewer: Viewer, file_id: UUID, *, reading: Reading, columns: SeriesColumns, choices: Choices) -> UUID:
    """Remember how the file is to be forecast, and have a worker do it.

    Inputs: the viewer, the file, and what the screen holds.
    Returns: the id of the job, of the one under way if there is one.
    Raises: NotFound; InvalidInput for open questions about the file and for columns that are missing or chosen twice.
    Source: security.md G07.
    """
    found = uploaded_file(viewer, file_id)
    active = running_job(viewer, found)
    if active is not None:
        return active
    seen = import_file.preview(found.source, reading)
    seen.detection.dialect()
    if seen.header_problem:
        raise InvalidInput(seen.header_problem)
    _check_columns(columns, seen.header)
    with session_scope(viewer) as session:
        args = {"file_id": str(found.id)}
        job_id = jobs.start(session, viewer, JOB_KIND, args, idem_key=str(found.id))
        settled = replace(found, source=seen.source, reading=reading, columns=columns, choices=choices, job_id=job_id)
        _store(viewer, settled)
    return job_id


def running_job(viewer: Viewer, found: UploadedFile) -> UUID | None:
    """The job that works on a file now, so that a reloaded page can follow it again.

    Inputs: the viewer and the file.
    Returns: its id, or None.
    Raises: nothing of its own.
    Source: product.md, promise 4.
    """
    active = {job.id for job in jobs.newest_jobs(viewer, limit=MOST_FILES, active_only=True)}
    return found.job_id if found.job_id in active else None


def delete(viewer: Viewer, file_id: UUID) -> None:
    """Delete the upload and all that came of it; a job that works on it is cancelled.

    Inputs: the viewer and the file.
    Returns: nothing.
    Raises: NotFound.
    Source: security.md G05.
    """
    found = uploaded_file(viewer, file_id)
    job_id = running_job(viewer, found)
    if job_id is not None:
        jobs.cancel(viewer, job_id)
    found.folder.remove()
    with session_scope(viewer) as session:
        record(session, viewer, "forecast_file.delete", subject="forecast_file", subject_id=found.id)


def remove_expired() -> int:
    """Delete everybody's files that are older than they are kept.

    Inputs: none.
    Returns: how many there were.
    Raises: nothing.
    Source: none; ours.
    """
    return remove_older(now() - timedelta(days=KEPT_DAYS))


def _check_columns(columns: SeriesColumns, header: tuple[str, ...]) -> None:
    named = {_("date"): columns.day, _("quantity"): columns.quantity}
    for what, name in named.items():
        if not name:
            raise InvalidInput(_("Choose the column that holds the %(what)s.", what=what))
    given = columns.named
    unknown = [name for name in given if name not in header]
    if unknown:
        raise InvalidInput(_("The file has no column “%(name)s”. Choose another one.", name=unknown[0]))
    if len(set(given)) < len(given):
        raise InvalidInput(_("Item, date and quantity are different columns. Choose another one for one of them."))


def _proposal(source: Source) -> tuple[SeriesColumns, Choices]:
    """What the first rows suggest; nothing while there are open questions about them."""
    seen = import_file.preview(source, Reading())
    columns = _proposed_columns(seen)
    if seen.detection.questions() or seen.header_problem or not (columns.day and columns.quantity):
        return columns, Choices()
    dialect = seen.detection.dialect()
    with import_file.opened_table(source, dialect, columns.named) as table:
        first = read_entries(table, columns, dialect, most_rows=SAMPLE_ROWS)
    bucket = proposed_bucket(first)
    return columns, Choices(
        bucket=bucket,
        gaps="no_demand" if first.has_transactions() else "own_end",
        horizon=USUAL_HORIZON[bucket],
    )


def _proposed_columns(seen: FilePreview) -> SeriesColumns:
    """By name and content; by name alone while there are open questions about the content."""
    if seen.detection.questions():
        return proposed_columns(seen.header, (), Dialect())
    return proposed_columns(seen.header, seen.rows, seen.detection.dialect())


def _own(viewer: Viewer) -> list[UploadedFile]:
    known = [(folder, folder.about()) for folder in all_folders()]
    return [
        _file(folder, about) for folder, about in known if about is not None and about["owner_id"] == viewer.user_id
    ]


def _store(viewer: Viewer, found: UploadedFile) -> None:
    try:
        found.folder.tell(
            {
                "owner_id": viewer.user_id,
                "name": found.name,
                "size_bytes": found.size_bytes,
                "uploaded_at": found.uploaded_at.isoformat(),
                "source": import_file.source_as_json(found.source),
                "reading": asdict(found.reading),
                "columns": asdict(found.columns),
                "choices": asdict(found.choices),
                "job_id": None if found.job_id is None else str(found.job_id),
            }
        )
    except FileNotFoundError as error:
        raise NotFound(_("The file was deleted meanwhile. Upload it again.")) from error


def _file(folder: FileFolder, about: Mapping[str, Any]) -> UploadedFile:
    return UploadedFile(
        folder=folder,
        name=about["name"],
        size_bytes=about["size_bytes"],
        uploaded_at=datetime.fromisoformat(about["uploaded_at"]),
        source=import_file.source_from_json(folder.upload, about["source"]),
        reading=Reading(**about["reading"]),
        columns=SeriesColumns(**about["columns"]),
        choices=Choices(**about["choices"]),
        job_id=None if about["job_id"] is None else UUID(about["job_id"]),
    )
