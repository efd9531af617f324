"""Takes staged rows into their tables, and keeps what is needed to take them out again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Table,
    Text,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import Conflict
from core.i18n import _
from data.exchange.fields import Header
from data.queries.entity_rows import (
    EntityTables,
    column_of,
    json_of,
    record_key,
    table_of,
    tables_of,
)
from data.queries.import_matching import (
    differs,
    lock_for_writing,
    matched,
    new_value,
    removed,
    same,
    written,
)
from data.queries.staging import Staged
from models.base import Json
from models.import_staging import DataChange

TAKEN = "desk_taken"


def take(session: Session, staged: Staged, *, user_id: int | None) -> Json:
    """Write the staged rows and tell how many were new, changed, the same and removed.

    Raises Conflict when a row that it refers to, or that refers to it, changed meanwhile.
    """
    lock_for_writing(session, staged.entity.name)
    try:
        return _Taking(session, staged, user_id).run()
    except IntegrityError as error:
        constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        raise Conflict(
            _(
                "The database refused a row (%(constraint)s). Nothing was written: check the file again.",
                constraint=constraint or _("unknown rule"),
            )
        ) from error


class _Taking:
    """One taking; the steps in their order."""

    def __init__(self, session: Session, staged: Staged, user_id: int | None) -> None:
        self.session, self.staged, self.user_id = session, staged, user_id
        self.bound: EntityTables = tables_of(staged.entity.name)
        # Rows that name their import need no log of their own to be taken out again.
        self.logged = "batch_id" not in self.bound.table.c
        self.taken = _taken_table(self.bound)

    def run(self) -> Json:
        removed_rows = self._remove()
        self._headers()
        counted = self._note_changes()
        self._update()
        self._insert()
        self._log()
        return counted | {"removed": removed_rows}

    def _note_changes(self) -> Json:
        """A temporary table of the rows that change, with what they were; of new ones too where those are logged."""
        source, there = matched(self.staged)
        changed = differs(self.staged)
        kind = case((there, "update"), else_="insert")
        wanted = (~there | changed) if self.logged else (there & changed)
        noted = (
            select(
                self.staged.table.c.line,
                kind,
                *self.bound.primary_key,
                case((there, self._state(self._changing()))),
            )
            .select_from(source)
            .where(wanted)
        )
        connection = self.session.connection()
        self.taken.drop(connection, checkfirst=True)
        self.taken.create(connection)
        self.session.execute(insert(self.taken).from_select(list(self.taken.c), noted))
        self.session.execute(text(f"analyze {TAKEN}"))
        count = select(
            func.count().filter(~there).label("new"),
            func.count().filter(there & changed).label("changed"),
            func.count().filter(there & ~changed).label("same"),
        ).select_from(source)
        return dict(self.session.execute(count).one()._mapping)

    def _changing(self) -> list[str]:
        keys = {field.name for field in self.bound.entity.keys}
        return [name for name in written(self.staged) if name not in keys]

    def _state(self, names: list[str]) -> ColumnElement[Any]:
        """The stored columns of a matched row as JSON; those of its document under ``header``."""
        bound = self.bound
        own = [(bound.entity.field(name).stored_in, bound.stored[name]) for name in names if not self._in_header(name)]
        if not self.logged:
            own.append(("batch_id", bound.rows.c.batch_id))
        shared = [(bound.entity.field(name).stored_in, bound.stored[name]) for name in names if self._in_header(name)]
        return json_of([*own, ("header", json_of(shared))] if shared else own)

    def _in_header(self, name: str) -> bool:
        header = self.bound.entity.header
        return header is not None and name in header.fields

    def _headers(self) -> None:
        """Documents that are not there yet are made; the others follow below, with their lines."""
        header = self.bound.entity.header
        if header is None or self.bound.header is None:
            return
        table = table_of(header.table)
        keys = [field for field in self.bound.entity.keys if field.name in header.fields]
        firsts = (
            select(self.staged.table)
            .ext(distinct_on(*(self.staged.table.c[field.name] for field in keys)))
            .order_by(*(self.staged.table.c[field.name] for field in keys), self.staged.table.c.line)
            .subquery("first")
        )
        there = select(literal(1)).where(*(same(table.c[key.stored_in], firsts.c[key.name]) for key in keys)).exists()
        values = {
            self.bound.entity.field(name).stored_in: new_value(self.staged, name, firsts)
            for name in header.fields
            if name in self.staged.given
        }
        values |= self._bookkeeping(table)
        made = insert(table).from_select(list(values), select(*values.values()).select_from(firsts).where(~there))
        self.session.execute(made)

    def _update(self) -> None:
        taken = self.taken
        of_this_row = and_(
            taken.c.line == self.staged.table.c.line,
            taken.c.kind == "update",
            *(ours == taken.c[f"_{ours.name}"] for ours in self._own_key()),
        )
        values = {
            self.bound.entity.field(name).stored_in: _as_update(self, name)
            for name in self._changing()
            if not self._in_header(name)
        }
        table = self.bound.table
        if "version" in table.c:
            values["version"] = table.c.version + 1
        if "batch_id" in table.c:
            values["batch_id"] = literal(self.staged.batch_id, table.c.batch_id.type)
        if values:
            self.session.execute(update(table).values(values).where(of_this_row))
        self._update_headers()

    def _update_headers(self) -> None:
        header = self.bound.entity.header
        if header is None:
            return
        table = table_of(header.table)
        keys = [field for field in self.bound.entity.keys if field.name in header.fields]
        values: dict[str, Any] = {
            self.bound.entity.field(name).stored_in: _as_update(self, name)
            for name in self._changing()
            if self._in_header(name)
        }
        if not values:
            return
        different = [table.c[column].is_distinct_from(value) for column, value in values.items()]
        if "version" in table.c:
            values["version"] = table.c.version + 1
        of_this = [same(table.c[key.stored_in], self.staged.table.c[key.name]) for key in keys]
        self.session.execute(update(table).values(values).where(*of_this, or_(*different)))

    def _own_key(self) -> list[ColumnElement[Any]]:
        return [self.bound.table.c[column.name] for column in self.bound.primary_key]

    def _insert(self) -> None:
        source, there = matched(self.staged)
        entity, table = self.bound.entity, self.bound.table
        values: dict[str, ColumnElement[Any]] = {
            entity.field(name).stored_in: new_value(self.staged, name)
            for name in self.bound.stored
            if not self._in_header(name) and name in self.staged.given
        }
        values |= {
            ours: self.staged.table.c[f"_{ours}"] for lookup in entity.lookups for ours, _theirs in lookup.columns
        }
        if entity.header is not None:
            values[entity.header.link] = self._header_id(entity.header)
        values |= self._bookkeeping(table)
        rows = select(*values.values()).select_from(source).where(~there).order_by(self.staged.table.c.line)
        self.session.execute(insert(table).from_select(list(values), rows))

    def _header_id(self, document: Header) -> ColumnElement[Any]:
        """The document that a row's keys name."""
        header = table_of(document.table).alias("document")
        keys = [field for field in self.bound.entity.keys if field.name in document.fields]
        named = [same(header.c[key.stored_in], self.staged.table.c[key.name]) for key in keys]
        return select(header.c.id).where(*named).correlate(self.staged.table).scalar_subquery()

    def _bookkeeping(self, table: Table) -> dict[str, ColumnElement[Any]]:
        """What new rows hold besides their fields."""
        values: dict[str, ColumnElement[Any]] = {
            name: cast(literal(value), table.c[name].type)
            for name, value in self.bound.entity.constants.items()
            if name in table.c
        }
        if "created_by" in table.c:
            values["created_by"] = literal(self.user_id, table.c.created_by.type)
        if "batch_id" in table.c:
            values["batch_id"] = literal(self.staged.batch_id, table.c.batch_id.type)
        return values

    def _remove(self) -> int:
        """Rows of the period that the file does not have go, and are kept whole in the log."""
        condition = removed(self.staged)
        if condition is None:
            return 0
        entity, bound = self.bound.entity, self.bound
        whole = func.to_jsonb(text('"row"'))
        gone = (
            select(
                literal(self.staged.batch_id),
                cast(literal(entity.name), Text),
                record_key(entity.name),
                cast(literal("delete"), Text),
                self._key_json(bound.rows),
                cast(whole, JSONB),
                literal(self.user_id),
            )
            .select_from(bound.source)
            .where(condition)
        )
        columns = ["batch_id", "entity", "record_key", "kind", "row_key", "before", "changed_by"]
        self.session.execute(insert(DataChange).from_select(columns, gone))
        keys = select(*bound.primary_key).select_from(bound.source).where(condition)
        result = self.session.execute(delete(bound.table).where(tuple_(*self._own_key()).in_(keys)))
        return int(result.rowcount)  # type: ignore[attr-defined]

    def _log(self) -> None:
        """What changed, from what to what, for undo and for the history of a record."""
        bound, taken = self.bound, self.taken
        source, _there = matched(self.staged)
        after = self._state(list(written(self.staged)) if self.logged else self._changing())
        keys = [column.label(f"_{column.name}") for column in bound.primary_key]
        named = select(*keys, record_key(bound.entity.name).label("key")).select_from(bound.source).subquery("named")
        of_this = and_(*(column == named.c[f"_{column.name}"] for column in bound.primary_key))
        rows = select(
            literal(self.staged.batch_id),
            cast(literal(bound.entity.name), Text),
            named.c.key,
            taken.c.kind,
            self._key_json(bound.rows),
            taken.c.before,
            after,
            literal(self.user_id),
        ).select_from(source.join(taken, taken.c.line == self.staged.table.c.line).join(named, of_this))
        columns = ["batch_id", "entity", "record_key", "kind", "row_key", "before", "after", "changed_by"]
        self.session.execute(insert(DataChange).from_select(columns, rows))

    def _key_json(self, rows: Any) -> ColumnElement[Any]:
        return json_of([(column.name, rows.c[column.name]) for column in self.bound.primary_key])


def _as_update(taking: _Taking, name: str) -> ColumnElement[Any]:
    """The new value in an update, which names the table itself and not an alias of it."""
    column = column_of(taking.bound, name)
    value = cast(taking.staged.table.c[name], column.type)
    return value if column.nullable else func.coalesce(value, column)


def _taken_table(bound: EntityTables) -> Table:
    """The rows that change: line, insert or update, the key of the row that is there, and what it was."""
    return Table(
        TAKEN,
        MetaData(),
        Column("line", Integer),
        Column("kind", Text),
        *(Column(f"_{key.name}", key.type) for key in bound.primary_key),
        Column("before", JSONB),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
