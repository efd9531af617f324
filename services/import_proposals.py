"""What an import proposes: columns by their names and by what they hold, and what the rows may be instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from core.errors import InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.entities import ENTITIES
from data.entities.documentation import HOLDS
from data.exchange.dialect import Dialect
from data.exchange.error_file import own_columns
from data.exchange.fields import Entity, match_columns
from data.exchange.matching import match_by_content
from data.queries import import_matching
from data.queries import imports as rows
from data.queries.entity_rows import read
from services import import_file
from services.import_file import FilePreview

SAMPLE_ROWS = 200
# What there are few of.
LISTED = ("locations", "channels", "resources", "oems", "suppliers")
# Another kind of rows is offered when it knows so many more of the columns.
CLEARLY_MORE = 2


@dataclass(frozen=True, slots=True)
class ColumnProposal:
    """The column proposed for each field; ``by_content`` are those found by their cells, not by their name."""

    mapping: dict[str, str]
    by_content: dict[str, str]


def importable(viewer: Viewer) -> dict[str, Entity]:
    """The entities that a viewer may bring in.

    Inputs: the viewer.
    Returns: entities by name, in the order in which a new company brings them in.
    Raises: nothing.
    Source: none; ours.
    """
    return {name: entity for name, entity in ENTITIES.items() if viewer.may(entity.right)}


def proposed_columns(
    viewer: Viewer, seen: FilePreview, entity: Entity, *, chosen: Mapping[str, str] | None = None
) -> ColumnProposal:
    """The columns for the fields of an entity: by name, and for needed fields without one by content.

    Inputs: the viewer, the preview of the file, its entity, and columns that are settled already where the file has
        them.
    Returns: ColumnProposal.
    Raises: NotAllowed.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_READ)
    settled = {name: column for name, column in (chosen or {}).items() if column in seen.header}
    named = match_columns(own_columns(seen.header), entity).mapping
    free = {name: column for name, column in named.items() if column not in settled.values()}
    mapping = {**free, **settled}
    found = _by_content(viewer, seen, entity, mapping)
    return ColumnProposal(mapping | found, found)


def better_entity(viewer: Viewer, seen: FilePreview, found: Entity) -> Entity | None:
    """Another kind of rows that the column names fit clearly better.

    Inputs: the viewer, the preview of the file, and what its rows are said to be.
    Returns: the entity; None when there is none, or when it is not clear.
    Raises: nothing.
    Source: screens.md 20.
    """
    header = own_columns(seen.header)
    fits = {name: match_columns(header, entity) for name, entity in importable(viewer).items()}
    known = {name: len(fit.mapping) for name, fit in fits.items() if not fit.missing}
    best = max(known, key=lambda name: known[name], default=found.name)
    if best == found.name or list(known.values()).count(known[best]) > 1:
        return None
    own = match_columns(header, found)
    more = known[best] - len(own.mapping)
    return ENTITIES[best] if more >= CLEARLY_MORE or (own.missing and more >= 0) else None


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


def field_texts(entity: str) -> list[dict[str, Any]]:
    """What the fields of an entity are called and may hold.

    Inputs: the name of an entity.
    Returns: for each field name, label, help, holds, example and needed.
    Raises: nothing.
    Source: screens.md 20.
    """
    return [
        {
            "name": field.name,
            "label": _(field.label),
            "help": _(field.help),
            "holds": ", ".join(field.choices) or _(HOLDS[field.kind]),
            "example": field.example,
            "needed": field.required,
        }
        for field in ENTITIES[entity].fields
    ]


def entity_called(viewer: Viewer, name: str) -> Entity:
    """The entity of a name.

    Inputs: the viewer and the name.
    Returns: the entity.
    Raises: InvalidInput when there is none, or none for this viewer.
    Source: none; ours.
    """
    found = importable(viewer).get(name)
    if found is None:
        raise InvalidInput(_("“%(entity)s” can't be imported.", entity=name))
    return found


def _naming(entity: str) -> tuple[str, ...]:
    return (ENTITIES[entity].keys[0].name, "name")


def _by_content(viewer: Viewer, seen: FilePreview, entity: Entity, mapping: Mapping[str, str]) -> dict[str, str]:
    wanted = [field for field in entity.fields if field.required and field.name not in mapping]
    if not wanted or seen.header_problem:
        return {}
    dialect = import_file.likely_dialect(seen.detection)
    header = own_columns(seen.header)
    sample = _sample(seen, dialect, header)
    cells = {cell for row in sample for cell in row if cell}
    with session_scope(viewer) as session:
        known = {
            field.reference: import_matching.known_codes(session, field.reference, cells)
            for field in wanted
            if field.reference
        }
    return match_by_content(header, sample, entity, mapping, dialect, known)


def _sample(seen: FilePreview, dialect: Dialect, header: tuple[str, ...]) -> list[list[str]]:
    places = [seen.header.index(name) for name in header]
    with import_file.opened_table(seen.source, dialect) as table:
        good = (cells for _line, cells, problems in table if not problems)
        return [[str(cells[place]) for place in places] for cells in islice(good, SAMPLE_ROWS)]
