"""Ways of importing that a person saved by name: columns, reading and constants for files of one kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from core.errors import InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import import_templates as rows
from services import imports
from services.audit import record
from services.import_file import Reading
from services.import_proposals import entity_called
from services.imports import Batch, Options

LONGEST_NAME = 80


def names(viewer: Viewer, entity: str) -> list[str]:
    """The templates for files of one kind.

    Inputs: the viewer and the entity.
    Returns: their names, sorted.
    Raises: NotAllowed; InvalidInput for an entity the viewer may not bring in.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_READ)
    kind = entity_called(viewer, entity)
    with session_scope(viewer) as session:
        return rows.names(session, kind.name)


def save(  # noqa: PLR0917 — a template is all of them
    viewer: Viewer, batch_id: UUID, name: str, reading: Reading, mapping: Mapping[str, str], options: Options
) -> str:
    """Save what the screen of an import holds under a name; a template of that name is replaced.

    Inputs: the viewer, the import, the name, and what the screen holds. What may happen to the data, and the period of
        a replacement, are decided anew for every file and not saved.
    Returns: the name as it is saved.
    Raises: NotAllowed; NotFound; InvalidInput for a name that is empty or too long.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_RUN)
    found = imports.batch(viewer, batch_id)
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise InvalidInput(_("Give the template a name of 1 to %(longest)s characters.", longest=LONGEST_NAME))
    chosen = {field.name: mapping[field.name] for field in found.entity.fields if mapping.get(field.name)}
    with session_scope(viewer) as session:
        rows.save(
            session,
            entity=found.entity.name,
            name=plain,
            mapping=chosen,
            reading=reading.as_json(),
            options=replace(options, mode="upsert", period=None).as_json(),
            saved_by=viewer.user_id,
        )
        record(
            session,
            viewer,
            "import_template.save",
            subject="import_template",
            subject_id=f"{found.entity.name}/{plain}",
            after=chosen,
        )
    return plain


def use(viewer: Viewer, batch_id: UUID, name: str) -> Batch:
    """Bring a file in as a template says, as far as the file has its columns.

    Inputs: the viewer, an import that is not in the data, and the name of a template for its entity.
    Returns: the import.
    Raises: NotAllowed; NotFound for an unknown import or template; Conflict when the import is finished.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_RUN)
    found = imports.batch(viewer, batch_id)
    with session_scope(viewer) as session:
        kept = rows.template(session, found.entity.name, name)
    if kept is None:
        raise _unknown(name)
    return imports.adopt(
        viewer, batch_id, reading=Reading(**kept.reading), mapping=kept.mapping, options=Options.of(kept.options)
    )


def remove(viewer: Viewer, entity: str, name: str) -> None:
    """Delete a template.

    Inputs: the viewer, the entity and the name.
    Returns: nothing.
    Raises: NotAllowed; NotFound.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_RUN)
    kind = entity_called(viewer, entity)
    with session_scope(viewer) as session:
        if not rows.remove(session, kind.name, name):
            raise _unknown(name)
        record(
            session,
            viewer,
            "import_template.remove",
            subject="import_template",
            subject_id=f"{kind.name}/{name}",
        )


def _unknown(name: str) -> NotFound:
    return NotFound(_("There is no template “%(name)s”.", name=name))
