"""How healthy the stored data are: what was found in each kind of rows, what it costs, and mending it for all rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from analytics.data_quality import entity_score, total_score
from core.clock import today
from core.errors import InvalidInput, NotFound
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.exchange.fields import Entity, Field, Kind
from data.findings import FINDINGS
from data.findings.shared import Finding, Severity
from data.queries import health_findings as queries
from services import records
from services.records import RecordFilters, Saved
from services.stored_figure import stored_figures

__all__ = [
    "EntityHealth", "Finding", "FindingRows", "Fix", "Found", "Health", "Severity", "entity_of", "finding_rows",
    "fix_of", "health", "mend", "score",
]  # fmt: skip

WEIGHTS = MappingProxyType({Severity.ERROR: 1.0, Severity.WARNING: 0.5, Severity.NOTICE: 0.1})
"""Part of the hundred points that a finding takes when all rows have it."""

IMPORTANCE = MappingProxyType(
    {
        **dict.fromkeys(("products", "demand_history", "stock"), 3.0),
        **dict.fromkeys(("supplier_items", "boms", "sales_orders", "purchase_orders"), 2.0),
    }
)
"""What an entity counts in the total; 1 where it is not named."""

# Findings look at products and their partners; some at more.
_LOOKS_AT = ("master", "products")
_LOOKS_FURTHER = {"products": ("stock", "demand"), "locations": ("stock", "demand")}
_STATEMENT_TIMEOUT_MS = 120_000
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Found:
    """A finding that rows have: how many, what part of all, and the points it takes from its entity's score."""

    finding: Finding
    rows: int
    share: float
    points: float


@dataclass(frozen=True, slots=True)
class EntityHealth:
    """The rows of one entity. ``score`` is None without rows; ``newest_on`` is how far they reach, where they grow
    day by day; ``changed_at`` when they were last brought in or edited. The worst finding comes first."""

    entity: Entity
    rows: int
    score: float | None
    newest_on: date | None
    changed_at: datetime | None
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """All that a viewer may read. ``score`` is None when there are no rows at all."""

    score: float | None
    entities: tuple[EntityHealth, ...]

    def entity(self, name: str) -> EntityHealth | None:
        """The health of one entity, None for one that is unknown or not for this viewer."""
        return next((found for found in self.entities if found.entity.name == name), None)


@dataclass(frozen=True, slots=True)
class FindingRows:
    """Some rows that have a finding, by field, and how many there are now."""

    finding: Finding
    rows: list[records.Row]
    total: int


@dataclass(frozen=True, slots=True)
class Fix:
    """The field that mends all rows of a finding with one value, and the (value, text) pairs it is chosen from.

    Without choices any value that the field can hold may be given.
    """

    field: Field
    choices: tuple[tuple[str, str], ...]
    suggestion: str


@dataclass(frozen=True, slots=True)
class _Count:
    """Of a finding, or of all rows; as it is kept in the cache."""

    finding: str
    rows: int


def health(viewer: Viewer) -> Health:
    """The health of every entity that the viewer may read.

    Inputs: a viewer with ``master.read``.
    Returns: Health.
    Raises: NotAllowed.
    Source: issue 4, point 6; glossary: data-health.
    """
    require(viewer, Permission.MASTER_READ)
    readable = [entity for name, entity in records.readable(viewer).items() if name in FINDINGS]
    with session_scope(viewer, statement_timeout_ms=_STATEMENT_TIMEOUT_MS) as session:
        newest = queries.newest_days(session, [entity.name for entity in readable])
        changed = queries.changed_at(session)
        entities = tuple(
            _entity_health(
                viewer,
                entity,
                _counts(session, viewer, entity),
                newest_on=newest.get(entity.name),
                changed_at=changed.get(entity.table),
            )
            for entity in readable
        )
    return Health(_total(entities), entities)


def score(viewer: Viewer) -> float | None:
    """The one figure of data health, over the entities that the viewer may read.

    Inputs: a viewer with ``master.read``.
    Returns: 0 to 100, None without any rows.
    Raises: NotAllowed.
    Source: glossary: data-health.
    """
    return health(viewer).score


def finding_rows(viewer: Viewer, entity: str, finding: str) -> FindingRows:
    """The first rows that have a finding, as they are now.

    Inputs: a viewer with ``master.read`` and the right of the entity; the names of the entity and the finding.
    Returns: FindingRows, at most 100 of them.
    Raises: NotAllowed; NotFound.
    Source: none; ours.
    """
    require(viewer, Permission.MASTER_READ)
    declared = _declared(viewer, entity, finding)
    page = records.record_page(viewer, entity, RecordFilters(finding=declared.name), start=0, end=MOST_SHOWN)
    return FindingRows(declared, page.rows, page.total)


def entity_of(viewer: Viewer, finding: Finding) -> Entity:
    """The entity whose rows a finding is about.

    Inputs: a viewer with the right of the entity, and the finding.
    Returns: Entity.
    Raises: KeyError for an entity that the viewer may not read.
    Source: none; ours.
    """
    return records.readable(viewer)[finding.entity]


def fix_of(viewer: Viewer, finding: Finding) -> Fix | None:
    """How the viewer can mend all rows of a finding at once.

    Inputs: the viewer and the finding.
    Returns: Fix; None where one value mends nothing, or the viewer may not edit the entity.
    Raises: nothing.
    Source: none; ours.
    """
    if not finding.fix or not records.editable(viewer, finding.entity):
        return None
    field = entity_of(viewer, finding).field(finding.fix)
    listed = [(choice, choice) for choice in field.choices]
    if field.kind is Kind.BOOLEAN:
        listed = [("yes", _("yes")), ("no", _("no"))]
    elif field.reference:
        known = records.reference_codes(viewer, finding.entity).get(field.name, [])
        listed = [(code, f"{code} · {name}") for code, name in known]
    return Fix(field, tuple(listed), finding.suggestion)


def mend(viewer: Viewer, entity: str, finding: str, value: str, *, expected: int) -> Saved:
    """Give all rows that have a finding the value that mends it.

    Inputs: a viewer with ``master.edit`` and the right of the entity; the names of the entity and the finding; the
        value as a file would hold it; how many rows the person saw.
    Returns: Saved; it can be taken back like an import.
    Raises: NotAllowed; NotFound; InvalidInput for no value, a finding without one, or a value that a row can't take;
        Conflict when other rows have the finding by now.
    Source: issue 4, point 6: a fix that really happens.
    """
    declared = _declared(viewer, entity, finding)
    if not declared.fix:
        raise InvalidInput(_("One value can't mend “%(finding)s”.", finding=_(declared.label)))
    if not value.strip():
        raise InvalidInput(_("Enter the value that all these rows shall have."))
    filters = RecordFilters(finding=declared.name)
    return records.change_all(viewer, entity, filters, {declared.fix: value.strip()}, expected=expected)


def _declared(viewer: Viewer, entity: str, finding: str) -> Finding:
    found = queries.finding_of(finding, entity)
    if found is None:
        raise NotFound(_("There is no such finding."))
    require(viewer, found.needs)
    return found


def _counts(session: Session, viewer: Viewer, entity: Entity) -> dict[str, int]:
    """From the cache until something changes that the findings look at."""
    subjects = sorted({entity.subject, *_LOOKS_AT, *_LOOKS_FURTHER.get(entity.name, ())})
    counted = stored_figures(
        session,
        viewer,
        "data-health",
        _Count,
        subjects=tuple(subjects),
        args={"entity": entity.name, "findings": list(FINDINGS[entity.name]), "on": today()},
        compute=lambda: [_Count(name, rows) for name, rows in queries.counts(session, entity.name).items()],
    )
    return {count.finding: count.rows for count in counted}


def _entity_health(
    viewer: Viewer, entity: Entity, counts: dict[str, int], *, newest_on: date | None, changed_at: datetime | None
) -> EntityHealth:
    rows = counts[queries.ALL_ROWS]
    found = [
        _found(finding, counts[name], rows)
        for name, finding in FINDINGS[entity.name].items()
        if counts[name] and viewer.may(finding.needs)
    ]
    points = entity_score([each.share for each in found], weight=[WEIGHTS[each.finding.severity] for each in found])
    worst_first = tuple(sorted(found, key=_weight_of))
    return EntityHealth(entity, rows, points if rows else None, newest_on, changed_at, worst_first)


def _weight_of(found: Found) -> tuple[int, float]:
    return list(Severity).index(found.finding.severity), -found.points


def _found(finding: Finding, rows: int, of_rows: int) -> Found:
    share = rows / of_rows
    return Found(finding, rows, share, points=100 * WEIGHTS[finding.severity] * share)


def _total(entities: tuple[EntityHealth, ...]) -> float | None:
    known = [found for found in entities if found.score is not None]
    if not known:
        return None
    importance = [IMPORTANCE.get(found.entity.name, 1.0) for found in known]
    return total_score([found.score for found in known], importance=importance)  # type: ignore[arg-type]
