"""What was imported: the list, whether the same file was brought in before, and the files themselves."""

from __future__ import annotations

import time
from pathlib import Path
from uuid import UUID

from core.i18n import _, moment
from core.permissions import Permission
from core.settings import settings
from core.viewer import Viewer, require
from data.db import session_scope
from data.exchange.upload import remove_older
from data.queries import imports as rows
from services import imports
from services.import_proposals import entity_called, importable
from services.imports import Batch

SECONDS_OF_A_DAY = 86_400


def newest_batches(viewer: Viewer, *, entity: str = "", limit: int = 100) -> list[Batch]:
    """The history of imports, the newest first.

    Inputs: the viewer, one entity or all, and how many.
    Returns: imports of files of the entities the viewer may bring in.
    Raises: NotAllowed; InvalidInput for an unknown entity.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_READ)
    wanted = [entity_called(viewer, entity).name] if entity else list(importable(viewer))
    with session_scope(viewer) as session:
        return [imports.batch_of(row) for row in rows.newest_batches(session, entities=wanted, limit=limit)]


def twin(viewer: Viewer, batch_id: UUID) -> str:
    """A sentence when the very same file is in the plan already, else an empty text.

    Inputs: the viewer and the import.
    Returns: the sentence.
    Raises: NotFound.
    Source: security.md G20.
    """
    found = imports.batch(viewer, batch_id)
    with session_scope(viewer) as session:
        same = rows.committed_twin(session, batch_id=batch_id, entity=found.entity.name, sha256=found.sha256)
    if same is None or found.finished:
        return ""
    return _(
        "This very file was imported on %(day)s by %(who)s. Importing it again changes only what was edited since.",
        day=moment(same.committed_at),
        who=same.author or _("the operator"),
    )


def original(viewer: Viewer, batch_id: UUID) -> tuple[Path, str]:
    """The file as it was sent.

    Inputs: the viewer and the import.
    Returns: where it is, and the name it had.
    Raises: NotAllowed; NotFound for an unknown import, and when the file was removed because of its age.
    Source: screens.md 20.
    """
    found = imports.batch(viewer, batch_id)
    imports.require_file(found)
    return found.path, found.file_name


def remove_expired() -> int:
    """Delete uploads that are older than they are kept; what they brought in stays.

    Inputs: none.
    Returns: how many there were.
    Raises: nothing.
    Source: security.md G17.
    """
    kept_seconds = settings().uploads_kept_days * SECONDS_OF_A_DAY
    return remove_older(settings().uploads, before=time.time() - kept_seconds)
