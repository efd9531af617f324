"""Files that other programs leave in a watched folder, brought in by the worker: all good rows or none, never guessed.

``drop/<entity>/file.csv`` is read as the last file of its shape was, else by the names of its columns. What is in the
data goes to ``archive``, what was refused to ``failed``, each with the result as JSON beside.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import structlog

from core.clock import now
from core.errors import ConfigurationError, InvalidInput, Unavailable, UserError
from core.i18n import _
from core.identity import canonical_email
from core.permissions import Permission
from core.settings import settings
from core.viewer import Viewer, require
from data.db import session_scope, sign_in_scope
from data.drop_files import DropFolder, Dropped, Gone
from data.entities import ENTITIES
from data.exchange.fields import header_key
from data.queries import accounts, jobs
from data.queries import imports as rows
from models.base import Json
from services import import_findings, import_work, imports
from services.accounts import viewer_of_user
from services.imports import Batch, Options
from services.jobs import Report, start

KIND, CAME_BY = "import_dropped", "folder"
MOST_FINDINGS = 1000
COUNTED = ("rows", "new", "changed", "same", "removed", "set_aside", "rejected", "new_products", "new_customers")

log = structlog.get_logger()


class Watch:
    """Looks at the folder again and again. A file is taken when it is the same at two looks in a row."""

    def __init__(self) -> None:
        self._seen: set[Dropped] = set()
        self._links: list[str] = []

    def look(self) -> int:
        """Hand files that nobody writes any more over to the worker.

        Inputs: none; the settings name the folder and the person on whose behalf.
        Returns: how many files were handed over; 0 while no folder is named.
        Raises: ConfigurationError when the person is missing or unknown; NotAllowed without the right to import.
        Source: screens.md 20.
        """
        if settings().drop_folder is None:
            return 0
        viewer, folder = _actor(), _folder()
        folder.make(name for name, entity in ENTITIES.items() if viewer.may(entity.right))
        self._tell_links(folder)
        found = set(folder.files())
        settled = sorted(found & self._seen, key=lambda file: (file.folder, file.name))
        self._seen = found
        return sum(_hand_over(viewer, folder, dropped) for dropped in settled)

    def _tell_links(self, folder: DropFolder) -> None:
        links = folder.links()
        if links and links != self._links:
            log.warning("links in the drop folder are not followed", links=links)
        self._links = links


def import_dropped(viewer: Viewer, args: Json, report: Report) -> Json:
    """Bring one file of the drop folder in, and put it away.

    Inputs: the person the settings name; ``folder``, ``name`` and ``signature`` of the file; a progress function.
    Returns: the result that lies beside the file afterwards.
    Raises: NotAllowed; Unavailable, which is no fault of the file: it stays where it is.
    Source: security.md G16, G20, I01.
    """
    require(viewer, Permission.IMPORT_RUN)
    folder = _folder()
    dropped = Dropped(args["folder"], args["name"], args["signature"])
    try:
        digest = folder.sha256(dropped)
        told = {"file": dropped.name, "entity": dropped.folder, "sha256": digest, "at": now().isoformat()}
        try:
            result = told | _brought_in(viewer, folder, dropped, digest, report)
        except Unavailable:
            raise
        except UserError as error:
            result = told | {"outcome": "refused", "message": error.message}
            folder.fail(dropped, digest, result)
            return result
        if result["outcome"] == "rejected":
            folder.fail(dropped, digest, result, _error_file(viewer, result))
        else:
            folder.archive(dropped, digest, result, on=now().date())
    except Gone:
        return {"file": dropped.name, "entity": dropped.folder, "outcome": "gone"}
    return result


def _brought_in(viewer: Viewer, folder: DropFolder, dropped: Dropped, digest: str, report: Report) -> Json:
    with session_scope(viewer) as session:
        twin = rows.committed_twin(session, batch_id=uuid4(), entity=dropped.folder, sha256=digest)
        waiting = rows.waiting_twin(session, entity=dropped.folder, sha256=digest, source=CAME_BY)
    if twin is not None:
        # Somebody was killed after the commit, or the sender sent it twice: it is in the data once.
        return {"outcome": "known", "import": str(twin.id), "since": twin.committed_at.isoformat()}
    found = _kept(viewer, waiting) or _uploaded(viewer, folder, dropped)
    imports.settle(viewer, found.id, reading=found.reading, mapping=_certain(viewer, found), options=_options(found))
    args = {"batch_id": str(found.id)}
    counts = import_work.check_import(viewer, args, report)
    if counts["rejected"]:
        return _told(viewer, found, counts, "rejected")
    return _told(viewer, found, import_work.commit_import(viewer, args, report), "imported")


def _kept(viewer: Viewer, waiting: UUID | None) -> Batch | None:
    """The import of somebody who was killed before the commit, or of a file that was refused before."""
    found = None if waiting is None else imports.batch(viewer, waiting)
    return found if found is not None and found.path.exists() else None


def _uploaded(viewer: Viewer, folder: DropFolder, dropped: Dropped) -> Batch:
    with folder.opened(dropped) as file:
        return imports.upload(viewer, file, file_name=dropped.name, entity=dropped.folder, came_by=CAME_BY)


def _certain(viewer: Viewer, found: Batch) -> dict[str, str]:
    """The columns that were chosen by a person before, or that their names tell without doubt."""
    seen = imports.file_preview(viewer, found.id, found.reading)
    with session_scope(viewer) as session:
        kept = rows.remembered_mapping(session, entity=found.entity.name, header_key=header_key(seen.header))
    if kept is not None:
        return dict(kept.mapping)
    free = set(seen.proposal.unused)
    for name, others in seen.proposal.rivals.items():
        rivals = [column for column in others if column in free]
        if rivals:
            raise InvalidInput(
                _(
                    "Several columns could be the %(field)s: %(columns)s. Bring one such file in on the page: the "
                    "choice made there is remembered.",
                    field=_(found.entity.field(name).label).lower(),
                    columns=", ".join(f"“{column}”" for column in (seen.proposal.mapping[name], *rivals)),
                )
            )
    return seen.proposal.mapping


def _options(found: Batch) -> Options:
    """What nobody chose for this very file only adds and updates."""
    return Options.of({**found.options.as_json(), "mode": "upsert", "period": None})


def _told(viewer: Viewer, found: Batch, counts: Json, outcome: str) -> Json:
    told: Json = {
        "outcome": outcome,
        "import": str(found.id),
        "counts": {name: counts[name] for name in COUNTED if name in counts},
    }
    if counts["rejected"]:
        with session_scope(viewer) as session:
            listed = rows.not_taken(session, found.id, rule=None, offset=0, limit=MOST_FINDINGS)
        told["findings"] = [_finding(row) for row in listed if row.outcome == "rejected"]
    return told


def _finding(row: Any) -> Json:
    return {
        "row": row.line,
        "column": row.column_name,
        "value": row.value,
        "rule": row.rule,
        "message": row.message,
        "remedy": row.remedy,
    }


def _hand_over(viewer: Viewer, folder: DropFolder, dropped: Dropped) -> bool:
    """Start a job for a file, once; a file whose job ended without putting it away has failed."""
    args = {"folder": dropped.folder, "name": dropped.name, "signature": dropped.signature}
    with session_scope(viewer) as session:
        before = jobs.newest_of(session, owner_id=viewer.user_id, kind=KIND, idem_key=dropped.signature)
        if before is None:
            start(session, viewer, KIND, args, idem_key=dropped.signature)
            return True
    if before.state in ("failed", "cancelled"):
        message = before.error or _("The import was cancelled.")
        told = {"file": dropped.name, "entity": dropped.folder, "at": now().isoformat()}
        with suppress(Gone):
            folder.fail(dropped, folder.sha256(dropped), told | {"outcome": before.state, "message": message})
    return False


def _folder() -> DropFolder:
    path = settings().drop_folder
    if path is None:
        raise ConfigurationError("No drop folder: set TANDEM_DROP_FOLDER.")
    return DropFolder(path)


def _error_file(viewer: Viewer, result: Json) -> Iterator[bytes]:
    """The rejected rows with what is wrong with each, to be corrected and dropped again."""
    return import_findings.error_file(viewer, UUID(result["import"])).chunks


def _actor() -> Viewer:
    """On whose behalf files are brought in, with the rights of this moment."""
    email = settings().drop_folder_user
    with sign_in_scope() as session:
        row = accounts.credentials(session, canonical_email(email)) if email else None
    viewer = None if row is None else viewer_of_user(row.id)
    if viewer is None:
        raise ConfigurationError("TANDEM_DROP_USER must be the e-mail address of an active account.")
    require(viewer, Permission.IMPORT_RUN)
    return viewer
