"""Takes a committed import out again: what it added goes, what it changed or removed comes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session

from data.queries.entity_rows import EntityTables, primary_key_of, table_of, tables_of
from data.queries.import_matching import lock_for_writing
from models.base import Base, Json
from models.import_staging import DataChange

SHOWN = 20
# The changes of an import that stand as it left them: only those are taken back.
STANDING = "desk_standing"


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Rows that can't be taken back: ``edited`` since, or new and ``used`` by other rows; with some of their keys."""

    edited: int
    used: int
    examples: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.edited or self.used)


def obstacles(session: Session, batch_id: UUID, entity: str) -> Obstacles:
    """What stands in the way of an undo; nobody else can write the entity's rows until the transaction ends."""
    lock_for_writing(session, entity)
    return _Undoing(session, batch_id, tables_of(entity)).obstacles()


def undo(session: Session, batch_id: UUID, entity: str) -> Json:
    """Take back whatever stands as the import left it; tell how many rows went and came back, and of those that were
    made for the sake of others how many went and how many had to stay."""
    outcome = _Undoing(session, batch_id, tables_of(entity)).run()
    made = {}
    for name in _entities_made(session, batch_id, entity):
        removed = _Undoing(session, batch_id, tables_of(name)).run()["removed"]
        made[name] = {"removed": removed, "kept": _count(session, batch_id, name) - removed}
    return outcome | {"made": made}


def forget(session: Session, batch_id: UUID) -> None:
    """The changes of an import that was undone are no longer the history of anything."""
    session.execute(text("delete from data_change where batch_id = :batch"), {"batch": batch_id})


def _entities_made(session: Session, batch_id: UUID, entity: str) -> list[str]:
    """Entities of which the import made rows because its own referred to them, the last made first."""
    statement = select(DataChange.entity).where(DataChange.batch_id == batch_id, DataChange.entity != entity)
    return list(session.scalars(statement.group_by(DataChange.entity).order_by(func.min(DataChange.id).desc())))


def _count(session: Session, batch_id: UUID, entity: str) -> int:
    found = select(func.count()).where(DataChange.batch_id == batch_id, DataChange.entity == entity)
    return session.scalar(found) or 0


class _Undoing:
    """One entity's part of an undo. Table and column names come from the models, never from a request."""

    def __init__(self, session: Session, batch_id: UUID, bound: EntityTables) -> None:
        self.session, self.bound = session, bound
        self.given = {"batch": batch_id, "entity": bound.entity.name}
        self.table = bound.table
        self.logged = "batch_id" not in bound.table.c

    def obstacles(self) -> Obstacles:
        edited = self._keys(f"not ({self._stands()})") + self._taken_over()
        used = self._keys(f"c.kind = 'insert' and ({self._stands()}) and not ({self._unused()})") if self.logged else []
        return Obstacles(len(edited), len(used), tuple((*edited, *used)[:SHOWN]))

    def _taken_over(self) -> list[str]:
        """Rows of this import that a later one, still in the plan, has changed again."""
        if self.logged:
            return []
        changed = "select record_key from data_change where entity = :entity and before->>'batch_id' = :text"
        return list(self.session.scalars(text(changed), self.given | {"text": str(self.given["batch"])}))

    def run(self) -> Json:
        self._note_standing()
        restored = self._restore_rows()
        self._restore_documents()
        restored += self._bring_back()
        removed = self._remove()
        self._drop_empty_documents()
        return {"removed": removed, "restored": restored}

    def _keys(self, condition: str) -> list[str]:
        return list(self.session.scalars(text(f"select c.record_key {self._changes()} and {condition}"), self.given))

    def _changes(self) -> str:
        """The changes of the import beside the rows as they are now."""
        join = f"from data_change c left join {self.table.name} t on {_on(self.table, 't')}"
        shared = set(self.bound.entity.header.fields) if self.bound.entity.header else set()
        stored = {name: self.bound.entity.field(name).stored_in for name in self.bound.stored}
        own = [column for name, column in stored.items() if name not in shared]
        state = _json("t", own if self.logged else [*own, "batch_id"])
        if self.bound.entity.header is not None:
            join += f" left join {self.bound.entity.header.table} h on h.id = t.{self.bound.entity.header.link}"
            documents = _json("h", [column for name, column in stored.items() if name in shared])
            state += f" || jsonb_build_object('header', {documents})"
        return f"{join} cross join lateral (select {state} as state) s where c.batch_id = :batch and c.entity = :entity"

    def _stands(self) -> str:
        """That a change is as the import left it: a removed row is still away, any other is what was made of it."""
        key = primary_key_of(self.table)[0]
        return (
            f"case when t.{key} is null then c.kind <> 'update' "
            "when c.kind = 'delete' then false else s.state @> c.after end"
        )

    def _note_standing(self) -> None:
        free = f"(c.kind <> 'insert' or ({self._unused()}))"
        link = "null::bigint" if self.bound.entity.header is None else f"t.{self.bound.entity.header.link}"
        self.session.execute(text(f"drop table if exists {STANDING}"))
        self.session.execute(
            text(
                f"create temporary table {STANDING} "
                "(kind text, row_key jsonb, before jsonb, header_id bigint) on commit drop"
            )
        )
        self.session.execute(
            text(
                f"insert into {STANDING} select c.kind, c.row_key, c.before, {link} {self._changes()} "
                f"and ({self._stands()}) and {free}"
            ),
            self.given,
        )

    def _restore_rows(self) -> int:
        columns = self._columns("before", self.table)
        if not columns:
            return 0
        return self._run(
            f"update {self.table.name} x set {_sets(columns)} "
            f"from (select c.row_key, jsonb_populate_record(null::{self.table.name}, c.before) as r "
            f"from {STANDING} c where c.kind = 'update') c where {_on(self.table, 'x')}"
        )

    def _restore_documents(self) -> None:
        header = self.bound.entity.header
        if header is None:
            return
        columns = self._columns("before->'header'", table_of(header.table))
        if columns:
            self._run(
                f"update {header.table} x set {_sets(columns)} "
                f"from (select c.header_id, jsonb_populate_record(null::{header.table}, c.before->'header') as r "
                f"from {STANDING} c where c.kind = 'update') c where x.id = c.header_id"
            )

    def _columns(self, state: str, table: Table) -> list[str]:
        keys = f"select distinct jsonb_object_keys({state}) from {STANDING} where kind = 'update'"
        return sorted(set(self.session.scalars(text(keys))) & set(table.c.keys()))

    def _bring_back(self) -> int:
        return self._run(
            f"insert into {self.table.name} select (jsonb_populate_record(null::{self.table.name}, c.before)).* "
            f"from {STANDING} c where c.kind = 'delete'"
        )

    def _remove(self) -> int:
        if not self.logged:
            # What the import changed names it no longer by now; what still does was new.
            return self._run(f"delete from {self.table.name} where batch_id = :batch")
        return self._run(
            f"delete from {self.table.name} x using {STANDING} c where c.kind = 'insert' and {_on(self.table, 'x')}"
        )

    def _drop_empty_documents(self) -> None:
        header = self.bound.entity.header
        if header is not None:
            self._run(
                f"delete from {header.table} h using {STANDING} c where c.kind = 'insert' and h.id = c.header_id "
                f"and not exists (select 1 from {self.table.name} l where l.{header.link} = h.id)"
            )

    def _run(self, statement: str) -> int:
        return int(self.session.execute(text(statement), self.given).rowcount)  # type: ignore[attr-defined]

    def _unused(self) -> str:
        """That no other row refers to row ``t``."""
        clauses = []
        for other in Base.metadata.sorted_tables:
            for constraint in other.foreign_key_constraints:
                if constraint.referred_table is self.table:
                    on = " and ".join(f"u.{key.parent.name} = t.{key.column.name}" for key in constraint.elements)
                    clauses.append(f"not exists (select 1 from {other.name} u where {on})")
        return " and ".join(clauses) or "true"


def _on(table: Table, alias: str) -> str:
    """That a row is the one whose primary key a change holds."""
    keys = (f"{alias}.{name} = (c.row_key->>'{name}')::{table.c[name].type}" for name in primary_key_of(table))
    return " and ".join(keys)


def _json(alias: str, columns: Iterable[str]) -> str:
    pairs = ", ".join(f"'{name}', {alias}.{name}" for name in columns)
    return f"jsonb_build_object({pairs})"


def _sets(columns: Iterable[str]) -> str:
    return ", ".join(f"{name} = (c.r).{name}" for name in columns)
