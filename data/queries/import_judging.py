"""What is wrong with staged rows that no cell alone can tell: found in PostgreSQL, told row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, delete, func, insert, literal, select
from sqlalchemy.orm import Session

from data.exchange.fields import Entity, Field
from data.queries import recipe_cycles
from data.queries.entity_rows import tables_of
from data.queries.import_matching import as_code, find_looked_up, matched, merged
from data.queries.staging import Staged
from models.import_staging import ImportProblem, ImportRow

PROBLEM_COLUMNS = ("batch_id", "line", "column_name", "value", "rule", "message", "remedy", "notice")

# What no declaration can say: checks that look at all rows together. Each gives line, column, value, message, remedy.
CHECKS: Mapping[str, Callable[[Session, Staged], list[tuple[int, str, str, str, str]]]] = {"boms": recipe_cycles.cycles}


def judge(session: Session, staged: Staged) -> None:
    """Find every fault of every row, then set the rows with faults apart from those that may be taken."""
    find_looked_up(session, staged)
    _not_found(session, staged)
    _outside_the_period(session, staged)
    _twice_in_the_file(session, staged)
    _against_the_mode(session, staged)
    _documents_at_odds(session, staged)
    _missing_for_new_rows(session, staged)
    _broken_rules(session, staged)
    _checks(session, staged)
    set_apart(session, staged)


def set_apart(session: Session, staged: Staged) -> None:
    """Rows with a fault leave the staged ones and join those that are not taken."""
    faulty = select(ImportProblem.line, func.min(ImportProblem.id).label("first")).where(
        ImportProblem.batch_id == staged.batch_id, ~ImportProblem.notice
    )
    faults = faulty.group_by(ImportProblem.line).subquery()
    rows = (
        select(
            literal(staged.batch_id).label("batch_id"),
            staged.table.c.line,
            literal("rejected"),
            ImportProblem.rule,
            _label(staged),
        )
        .join(faults, faults.c.line == staged.table.c.line)
        .join(ImportProblem, ImportProblem.id == faults.c.first)
    )
    session.execute(insert(ImportRow).from_select(["batch_id", "line", "outcome", "rule", "label"], rows))
    session.execute(delete(staged.table).where(staged.table.c.line.in_(select(faults.c.line))))


def _label(staged: Staged) -> ColumnElement[str]:
    """The key of a staged row, as a person knows it."""
    return func.concat_ws(" | ", *(cast(_own_value(staged, field), Text) for field in staged.entity.keys))


def _tell(
    session: Session,
    staged: Staged,
    broken: Select[Any],
    *,
    field: Field,
    rule: str,
    message: ColumnElement[str] | str,
    remedy: str,
    value: ColumnElement[Any] | None = None,
) -> None:
    """``broken`` selects the lines (and whatever value and message need) that a finding is told of."""
    shown = func.coalesce(cast(literal("") if value is None else value, Text), "")
    told = broken.add_columns(
        literal(staged.batch_id),
        cast(literal(staged.columns.get(field.name, field.label)), Text),
        func.left(shown, 80),
        cast(literal(rule), Text),
        cast(message if isinstance(message, ColumnElement) else literal(message), Text),
        cast(literal(remedy), Text),
        literal(False),
    )
    columns = ["line", "batch_id", "column_name", "value", "rule", "message", "remedy", "notice"]
    session.execute(insert(ImportProblem).from_select(columns, told))


def _own_value(staged: Staged, field: Field) -> ColumnElement[Any]:
    """What the row holds in a field; ids mean nothing to a person, codes do."""
    own = staged.table.c[field.name]
    return own if field.name in staged.entity.looked_up else as_code(tables_of(staged.entity.name), field.name, own)


def _not_found(session: Session, staged: Staged) -> None:
    for lookup in staged.entity.lookups:
        column = staged.table.c[f"_{lookup.columns[0][0]}"]
        first = staged.entity.field(lookup.fields[0][0])
        named = func.concat_ws(" | ", *(cast(staged.table.c[ours], Text) for ours, _theirs in lookup.fields))
        _tell(
            session,
            staged,
            select(staged.table.c.line).where(column.is_(None)),
            field=first,
            rule="unknown_row",
            message=func.concat("is not known: there is none of these: “", named, "”."),
            remedy=f"Correct {_listed(staged.entity, [ours for ours, _ in lookup.fields])}, or bring the row in first.",
            value=_own_value(staged, first),
        )


def _outside_the_period(session: Session, staged: Staged) -> None:
    """A replacement is of its days alone: a row of another day may be there already, unseen."""
    if staged.mode != "replace" or staged.period is None:
        return
    field = staged.entity.field(staged.entity.period)
    day = staged.table.c[field.name]
    first, last = (found.isoformat() for found in staged.period)
    _tell(
        session,
        staged,
        select(staged.table.c.line).where(~day.between(*staged.period)),
        field=field,
        rule="outside_the_period",
        message=f"is outside the period that is replaced, {first} to {last}.",
        remedy="Take the row out, or choose a longer period.",
        value=day,
    )


def _twice_in_the_file(session: Session, staged: Staged) -> None:
    keys = [staged.table.c[field.name] for field in staged.entity.keys]
    first = func.min(staged.table.c.line).over(partition_by=keys)
    numbered = select(staged.table.c.line, first.label("first")).subquery()
    again = (
        select(staged.table.c.line)
        .join(numbered, numbered.c.line == staged.table.c.line)
        .where(numbered.c.line != numbered.c.first)
    )
    _tell(
        session,
        staged,
        again,
        field=staged.entity.keys[0],
        rule="twice_in_the_file",
        message=func.concat("names the same as row ", cast(numbered.c.first, Text), "."),
        remedy=f"Keep one row for each {_listed(staged.entity, [field.name for field in staged.entity.keys])}.",
        value=_own_value(staged, staged.entity.keys[0]),
    )


def _against_the_mode(session: Session, staged: Staged) -> None:
    source, there = matched(staged)
    field = staged.entity.keys[0]
    lines = select(staged.table.c.line).select_from(source)
    if staged.mode not in {"insert", "update"}:
        return
    rule, message, remedy = _AGAINST_THE_MODE[staged.mode]
    faulty = lines.where(there if staged.mode == "insert" else ~there)
    value = _own_value(staged, field)
    _tell(session, staged, faulty, field=field, rule=rule, message=message, remedy=remedy, value=value)


_AGAINST_THE_MODE = {
    "insert": ("is_there", "is there already.", "Choose to update as well, or take the row out."),
    "update": ("is_not_there", "is not there yet.", "Correct the key, or choose to insert as well."),
}


def _documents_at_odds(session: Session, staged: Staged) -> None:
    """Lines of one document have to agree about it."""
    header = staged.entity.header
    if header is None:
        return
    keys = [staged.table.c[field.name] for field in staged.entity.keys if field.name in header.fields]
    first = func.min(staged.table.c.line).over(partition_by=keys)
    firsts = select(staged.table.c.line, first.label("first")).subquery()
    model = staged.table.alias("model")
    for name in header.fields:
        if name not in staged.given or staged.entity.field(name).key:
            continue
        own = staged.table.c[name]
        odd = (
            select(staged.table.c.line)
            .join(firsts, firsts.c.line == staged.table.c.line)
            .join(model, model.c.line == firsts.c.first)
            .where(own.is_distinct_from(model.c[name]))
        )
        _tell(
            session,
            staged,
            odd,
            field=staged.entity.field(name),
            rule="document_at_odds",
            message=func.concat("differs from row ", cast(firsts.c.first, Text), " of the same document."),
            remedy="Give the same value in all its rows.",
            value=_own_value(staged, staged.entity.field(name)),
        )


def _missing_for_new_rows(session: Session, staged: Staged) -> None:
    bound = tables_of(staged.entity.name)
    missing = [
        field
        for field in staged.entity.fields
        if field.required and field.name in bound.stored and field.name not in staged.given
    ]
    if not missing or staged.mode == "update":
        return
    source, there = matched(staged)
    new = select(staged.table.c.line).select_from(source).where(~there)
    for field in missing:
        _tell(
            session,
            staged,
            new,
            field=field,
            rule="needed_for_a_new_row",
            message="is needed, because the row is new.",
            remedy="Map a column to it, or update existing rows only.",
        )


def _broken_rules(session: Session, staged: Staged) -> None:
    if not staged.entity.rules:
        return
    source, _there = matched(staged)
    row = merged(staged)
    for rule in staged.entity.rules:
        field = staged.entity.field(rule.field)
        broken = select(staged.table.c.line).select_from(source).where(rule.broken(row))
        _tell(
            session,
            staged,
            broken,
            field=field,
            rule=rule.key,
            message=rule.message,
            remedy=rule.remedy,
            value=_own_value(staged, field),
        )


def _checks(session: Session, staged: Staged) -> None:
    check = CHECKS.get(staged.entity.name)
    if check is None:
        return
    for line, name, value, message, remedy in check(session, staged):
        session.execute(
            insert(ImportProblem).values(
                batch_id=staged.batch_id,
                line=line,
                column_name=staged.columns.get(name, staged.entity.field(name).label),
                value=value,
                rule="check",
                message=message,
                remedy=remedy,
                notice=False,
            )
        )


def _listed(entity: Entity, names: list[str]) -> str:
    return ", ".join(entity.field(name).label.lower() for name in names)
