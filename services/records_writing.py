"""Rows edited by hand, written by the very engine that takes in files: read, staged, judged, taken, kept for undo."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from core.clock import now
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _
from core.viewer import Viewer
from data.exchange.dialect import OWN_DIALECT
from data.exchange.fields import Context, Entity, ValidRow, validated_rows
from data.exchange.problems import RowProblem
from data.exchange.reader import hidden_problems
from data.exchange.readings import References, filled_by_reading, reading_of
from data.exchange.transaction_rules import Choices
from data.queries import import_judging, import_matching, import_taking, import_undoing, imports, records
from data.queries.settings import bump
from data.queries.staging import Staged, temporary_table
from models.base import Json
from services import demand_imports

MOST_TOLD = 50
_HALF = re.compile("[\ud800-\udfff]")

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Saved:
    """What an edit did: rows made, changed, and those that had the new values already.

    ``batch_id`` names it, as it names an import, to take it back; None when nothing was written.
    """

    batch_id: UUID | None
    new: int = 0
    changed: int = 0
    same: int = 0


class EditRefused(InvalidInput):
    """An edit with faults; nothing was written. ``row`` of a problem counts the rows from 1, ``column`` is a field."""

    def __init__(self, entity: Entity, problems: Sequence[RowProblem]) -> None:
        self.problems = tuple(_by_hand(entity, problem) for problem in problems)
        super().__init__(" ".join(_sentence(entity, problem) for problem in self.problems[:5]))


def texts_of(given: Mapping[str, Any]) -> dict[str, str]:
    """Values as a person typed them, each letter in its usual spelling.

    Inputs: texts by field; None counts as empty.
    Returns: the texts.
    Raises: InvalidInput for half a character, which no file could hold either.
    Source: security.md G06: two codes that look alike must be alike.
    """
    texts = {name: unicodedata.normalize("NFC", "" if text is None else str(text)) for name, text in given.items()}
    for text in texts.values():
        if _HALF.search(text):
            raise InvalidInput(_("A text holds half of a character. Type it again."))
    return texts


def typed_rows(
    session: Session, entity: Entity, rows: Sequence[Texts], *, given: Sequence[str], new: bool = False
) -> list[dict[str, Any]]:
    """The values that texts stand for, by the rules that hold for the cells of a file.

    Inputs: the session, the entity, its rows as texts by field, the fields that are given, and whether rows are new.
    Returns: one dictionary a row: ``line`` from 1 and all fields, ids for references.
    Raises: EditRefused for every cell that can't be taken.
    Source: none; ours.
    """
    known = _known(session, entity, rows, given)
    context = Context(OWN_DIALECT, known=known, partial=not new)
    table = _Typed(tuple(given), rows)
    valid = list(validated_rows(table, entity, {name: name for name in given}, context))
    problems = [problem for _line, _values, found in valid for problem in found if not problem.notice]
    if not new:
        problems += _emptied(entity, valid, given)
    if problems:
        raise EditRefused(entity, problems)
    reading = reading_of(entity, entity, References(known, _nothing_made), Choices())
    names = [field.name for field in entity.fields]
    return [{"line": row.line, **dict(zip(names, row.values, strict=True))} for row in reading.read(valid)]


def write(
    session: Session,
    viewer: Viewer,
    entity: Entity,
    *,
    given: Collection[str],
    mode: str,
    stage: Callable[[Session, Staged], None],
) -> Saved:
    """Stage rows, judge and take them, as an import of source ``edit`` that can be taken back like any other.

    Inputs: the session, who edits, the entity, the fields that are given, ``insert`` or ``update``, and what puts the
        rows into their staging table.
    Returns: Saved.
    Raises: EditRefused with every fault; Conflict when rows were changed meanwhile.
    Source: none; ours.
    """
    batch_id = uuid4()
    fields = frozenset((*given, *(filled_by_reading(entity) if mode == "insert" else ())))
    table = temporary_table(entity)
    staged = Staged(batch_id, entity, table, fields, {name: name for name in fields}, mode)
    imports.add_batch(session, _batch(viewer, batch_id, entity, mode))
    stage(session, staged)
    first, last = import_matching.days(session, staged)
    if first is not None:
        staged = replace(staged, period=(first, last))
        if entity.table in imports.PARTITIONED:
            imports.ensure_partitions(session, entity.table, first.year, last.year)
    import_judging.judge(session, staged)
    problems = records.problems(session, batch_id, limit=MOST_TOLD)
    if problems:
        raise EditRefused(entity, problems)
    with demand_imports.noted(session, viewer, entity):
        counts = import_taking.take(session, staged, user_id=viewer.user_id)
    if not counts["new"] + counts["changed"]:
        records.forget_batch(session, batch_id)
        return Saved(None, same=counts["same"])
    imports.change_batch(session, batch_id, counts=_counted(counts), state="committed", committed_at=now())
    bump(session, entity.subject)
    return Saved(batch_id, counts["new"], counts["changed"], counts["same"])


def take_back(session: Session, viewer: Viewer, entity: Entity, batch_id: UUID) -> int:
    """Undo an edit of the viewer's own, as an import is undone.

    Inputs: the session, the viewer, the entity and what Saved gave.
    Returns: how many rows are as they were before, or gone again.
    Raises: NotFound when it is no edit of theirs that stands; Conflict when rows were changed or used since.
    Source: none; ours.
    """
    found = imports.batch(session, batch_id, lock=True)
    own = found is not None and (found.source, found.entity, found.created_by) == ("edit", entity.name, viewer.user_id)
    if found is None or not own or found.state != "committed":
        raise NotFound(_("There is no such edit of yours to undo."))
    obstacles = import_undoing.obstacles(session, batch_id, entity.name)
    if obstacles:
        rows = ", ".join(obstacles.examples[:5])
        raise Conflict(_("Changed or used since, so that it stays as it is: %(rows)s.", rows=rows))
    with demand_imports.noted(session, viewer, entity):
        outcome = import_undoing.undo(session, batch_id, entity.name)
    import_undoing.forget(session, batch_id)
    imports.change_batch(session, batch_id, counts=found.counts | {"undo": outcome}, state="undone", undone_at=now())
    bump(session, entity.subject)
    return int(outcome["removed"]) + int(outcome["restored"])


class _Typed:
    """Typed rows in the place of a file."""

    def __init__(self, header: tuple[str, ...], rows: Sequence[Texts]) -> None:
        self.header = header
        self.blank_rows = 0
        self._rows = rows

    def __iter__(self) -> Iterator[tuple[int, list[str], tuple[RowProblem, ...]]]:
        for line, row in enumerate(self._rows, 1):
            cells = [row.get(name, "") for name in self.header]
            hidden = [hidden_problems(line, name, cell) for name, cell in zip(self.header, cells, strict=True)]
            yield line, cells, tuple(problem for found in hidden for problem in found)


def _known(
    session: Session, entity: Entity, rows: Sequence[Texts], given: Sequence[str]
) -> dict[str, Mapping[str, int]]:
    """The ids of the codes that the rows name; of all codes where one is unknown, for those it resembles."""
    wanted: dict[str, set[str]] = {}
    for field in entity.fields:
        if field.reference and field.name not in entity.looked_up:
            codes = {row.get(field.name, "").strip() for row in rows} if field.name in given else set()
            wanted.setdefault(field.reference, set()).update(code for code in codes if code and code.isprintable())
    known: dict[str, Mapping[str, int]] = {}
    for name, codes in wanted.items():
        known[name] = records.ids_of(session, name, codes) if codes else {}
        if len(known[name]) < len(codes):
            known[name] = import_matching.codes(session, name)
    return known


def _emptied(entity: Entity, valid: Sequence[ValidRow], given: Sequence[str]) -> Iterator[RowProblem]:
    """A file leaves what can't be empty as it is; a person who empties a cell is told."""
    places = {field.name: place for place, field in enumerate(entity.fields)}
    full = [
        field.name
        for field in entity.fields
        if field.name in given
        and not (field.key or field.required or field.name in entity.looked_up)
        and not records.can_be_empty(entity.name, field.name)
    ]
    for line, values, found in valid:
        for name in full if not found else ():
            if values[places[name]] is None:
                yield RowProblem(line, name, "", "empty", "can't be empty.", "Write a value.")


def _nothing_made(entity: str) -> int:
    raise LookupError(f"{entity}: an edit makes no rows of other entities")


def _batch(viewer: Viewer, batch_id: UUID, entity: Entity, mode: str) -> Json:
    return {
        "id": batch_id,
        "source": "edit",
        "entity": entity.name,
        "file_name": "",
        "stored_name": "",
        "sha256": "",
        "size_bytes": 0,
        "dialect": {"source": {"lines": 0}, "reading": {}},
        "mapping": {},
        "options": {"mode": mode},
        "counts": {},
        "created_by": viewer.user_id,
    }


def _counted(counts: Json) -> Json:
    rows = counts["new"] + counts["changed"] + counts["same"]
    return counts | {"rows": rows, "set_aside": 0, "rejected": 0, "good_rows": False}


def _by_hand(entity: Entity, problem: RowProblem) -> RowProblem:
    """A file can be read in another number style or mode; for what is typed there is the one."""
    if problem.rule == "number_style":
        remedy = "Write it with a point, and thousands without a sign, such as 1234.5."
        return replace(problem, message="is not written as a number here.", remedy=remedy)
    if problem.rule == "is_there":
        others = ", ".join(_(key.label) for key in entity.keys if key.name != problem.column)
        message = f"is there already with this {others}." if others else problem.message
        return replace(problem, message=message, remedy="Look for that row and change it, or write something else.")
    return problem


def _sentence(entity: Entity, problem: RowProblem) -> str:
    labels = {field.name: _(field.label) for field in entity.fields}
    label = labels.get(problem.column or "", problem.column or "")
    value = f" “{problem.value}”" if problem.value else ""
    return _(
        "%(field)s%(value)s %(message)s %(remedy)s",
        field=label if problem.message[:1].islower() else f"{label}:",
        value=value if problem.message[:1].islower() else "",
        message=problem.message,
        remedy=problem.remedy,
    ).rstrip()
