"""Everything that can be brought in, taken out: an entity's rows as a file, and the empty form to fill in."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from core.clock import today
from core.errors import NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.entities import ENTITIES
from data.entities.documentation import HOLDS
from data.exchange.dialect import OWN_DIALECT
from data.exchange.export import Cell, csv_chunks
from data.exchange.fields import Context, Entity, Field, parse_of
from data.exchange.workbook_output import SheetContent, write_workbook
from data.queries import exports as queries
from data.queries.records import RecordFilters
from services.download_list import Query, filter_model, sorting
from services.outgoing import Format, Made, Outgoing, archive, outgoing, through_a_file

# A long list is sorted before its first row comes.
STATEMENT_TIMEOUT_MS = 300_000
EVERY_ROW: Query = {}


@dataclass(frozen=True, slots=True)
class EntityFile:
    """An entity that can be taken out, how many rows it has, and when an import or an edit last changed them."""

    entity: Entity
    rows: int
    changed_at: datetime | None


def exportable(viewer: Viewer) -> dict[str, Entity]:
    """The entities that a viewer may take out.

    Inputs: the viewer.
    Returns: entities by name, in the order in which a new company brings them in; none without the right to export.
    Raises: nothing.
    Source: none; ours.
    """
    if not viewer.may(Permission.EXPORT):
        return {}
    return {name: entity for name, entity in ENTITIES.items() if entity.table and viewer.may(entity.right)}


def entity_files(viewer: Viewer) -> list[EntityFile]:
    """What there is to take out, entity by entity.

    Inputs: the viewer.
    Returns: the entities of ``exportable`` in their order, with their rows and their last change.
    Raises: nothing.
    Source: none; ours.
    """
    found = exportable(viewer)
    with session_scope(viewer) as session:
        counts, changed = queries.row_counts(session, list(found)), queries.changed_at(session)
    return [EntityFile(entity, counts[name], changed.get(name)) for name, entity in found.items()]


def export_csv(viewer: Viewer, entity: str, query: Query = EVERY_ROW) -> Outgoing:
    """The rows of an entity as a CSV file that the import takes back with nothing to change.

    Inputs: a viewer with ``export`` and the right of the entity; the entity's name; the query of the page of its rows:
        ``search``, ``finding``, and of its grid ``where`` and ``sort``; all rows without.
    Returns: Outgoing, its rows read while it is sent.
    Raises: NotAllowed; NotFound for an entity that is unknown or not for this viewer, and for a finding there is not;
        InvalidInput for a filter there is not.
    Source: product.md: your data is yours, out as it came in; security.md F05.
    """
    found = _exported(viewer, entity)
    counts: dict[str, int] = {}
    return _export(entity, Format.CSV, _csv(viewer, found, counts, query), counts)


def export_workbook(viewer: Viewer, entity: str, query: Query = EVERY_ROW) -> Outgoing:
    """The rows of an entity as an XLSX workbook of one sheet.

    Inputs: as for ``export_csv``.
    Returns: Outgoing, its file written before the first piece.
    Raises: as ``export_csv``; InvalidInput for more rows than a sheet holds.
    Source: as ``export_csv``.
    """
    found = _exported(viewer, entity)
    counts: dict[str, int] = {}

    def write(path: Path) -> None:
        with _session(viewer) as session, _rows(session, found, counts, query) as rows:
            write_workbook(path, [(found.label, _labels(found), rows)])

    return _export(entity, Format.XLSX, through_a_file(write), counts)


def everything(viewer: Viewer) -> Outgoing:
    """The rows of every entity that the viewer may take out, as they are at one moment: one CSV file each, in a zip.

    Inputs: a viewer with ``export``.
    Returns: Outgoing, its file written before the first piece.
    Raises: NotAllowed.
    Source: as ``export_csv``.
    """
    require(viewer, Permission.EXPORT)
    counts: dict[str, int] = {}
    return _export("everything", Format.ZIP, archive(_files(viewer, counts)), counts)


def template(viewer: Viewer, entity: str, kind: str) -> Outgoing:
    """The form of an entity: its column names and one example row; a workbook also explains each column.

    Inputs: a viewer with ``import.read`` and the right of the entity, the entity's name, and ``csv`` or ``xlsx``.
    Returns: Outgoing.
    Raises: NotAllowed; NotFound for an entity that is unknown or not for this viewer, and for another kind.
    Source: screens.md 20.
    """
    found = _templates(viewer).get(entity)
    if found is None or kind not in (Format.CSV, Format.XLSX):
        raise _nothing()
    chunks = _csv_template(found) if kind == Format.CSV else through_a_file(partial(_write_form, entity=found))
    return _export(f"{entity}-template", Format(kind), chunks, {}, dated=False)


def templates(viewer: Viewer) -> Outgoing:
    """The forms of all entities that the viewer may bring in, one workbook each, in a zip archive.

    Inputs: a viewer with ``import.read``.
    Returns: Outgoing.
    Raises: NotAllowed.
    Source: screens.md 20.
    """
    forms = (
        (f"{name}-template.xlsx", through_a_file(partial(_write_form, entity=entity)))
        for name, entity in _templates(viewer).items()
    )
    return _export("templates", Format.ZIP, archive(forms), {}, dated=False)


def _exported(viewer: Viewer, name: str) -> Entity:
    require(viewer, Permission.EXPORT)
    found = exportable(viewer).get(name)
    if found is None:
        raise _nothing()
    return found


def _templates(viewer: Viewer) -> dict[str, Entity]:
    require(viewer, Permission.IMPORT_READ)
    return {name: entity for name, entity in ENTITIES.items() if viewer.may(entity.right)}


def _nothing() -> NotFound:
    return NotFound(_("There is no such file."))


def _export(name: str, kind: Format, made: Made, counts: Mapping[str, int], *, dated: bool = True) -> Outgoing:
    return outgoing(f"{name}-{today():%Y-%m-%d}" if dated else name, kind, made, counts)


def _csv(viewer: Viewer, entity: Entity, counts: dict[str, int], query: Query) -> Made:
    with _session(viewer) as session:
        yield from _csv_of(session, entity, counts, query)


def _files(viewer: Viewer, counts: dict[str, int]) -> Generator[tuple[str, Made], None, None]:
    with _session(viewer, one_snapshot=True) as session:
        for name, entity in exportable(viewer).items():
            yield f"{name}.csv", _csv_of(session, entity, counts, EVERY_ROW)


def _csv_of(session: Session, entity: Entity, counts: dict[str, int], query: Query) -> Made:
    with _rows(session, entity, counts, query) as rows:
        yield from csv_chunks(_labels(entity), rows)


def _session(viewer: Viewer, *, one_snapshot: bool = False) -> AbstractContextManager[Session]:
    """Open until the last row is taken, or nobody wants the rest."""
    return session_scope(viewer, statement_timeout_ms=STATEMENT_TIMEOUT_MS, one_snapshot=one_snapshot)


@contextmanager
def _rows(session: Session, entity: Entity, counts: dict[str, int], query: Query) -> Iterator[Iterator[Sequence[Cell]]]:
    """The rows that the query asks for, counted as they are taken."""
    filters = RecordFilters(query.get("search", ""), filter_model(query), query.get("finding", ""))
    with queries.rows(session, entity.name, filters, sort=sorting(query)) as rows:
        yield _counted(entity.name, rows, counts)


def _counted(entity: str, rows: Iterable[Sequence[Cell]], counts: dict[str, int]) -> Iterator[Sequence[Cell]]:
    counts[entity] = 0
    for row in rows:
        counts[entity] += 1
        yield row


def _labels(entity: Entity) -> list[str]:
    return [field.label for field in entity.fields]


def _csv_template(entity: Entity) -> Made:
    return csv_chunks(_labels(entity), [_example(entity)])


def _write_form(path: Path, entity: Entity) -> None:
    write_workbook(path, [(entity.label, _labels(entity), [_example(entity)]), _explained(entity)])


def _example(entity: Entity) -> list[Cell]:
    """The examples as values, so that days and figures are such in a workbook too."""
    context = Context(OWN_DIALECT)
    return [parse_of(field, context, as_text=True)(field.example) if field.example else None for field in entity.fields]


def _explained(entity: Entity) -> SheetContent:
    names = (_("Column"), _("Needed"), _("Kind"), _("What it is"), _("Choices"))
    return _("Fields"), names, [_explained_field(field) for field in entity.fields]


def _explained_field(field: Field) -> tuple[Cell, ...]:
    return field.label, field.required, _(HOLDS[field.kind]), _(field.help), ", ".join(field.choices)
