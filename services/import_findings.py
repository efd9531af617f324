"""What the check of an import found: rows that are not taken, what would change, and the file of rows to correct."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from uuid import UUID

from core.errors import NotFound
from core.i18n import EMPTY, _, day
from core.viewer import Viewer
from data.db import session_scope
from data.entities import stored
from data.exchange.dialect import Dialect
from data.exchange.error_file import ERROR_COLUMN, own_columns, rows_with_errors
from data.exchange.export import csv_chunks
from data.exchange.fields import Entity
from data.exchange.transaction_rules import BAD_CELLS, RULES
from data.queries import import_changes, import_matching
from data.queries import imports as rows
from services import import_file, import_work, imports
from services.imports import Batch
from services.outgoing import Format, Made, Outgoing, outgoing

MOST_ROWS = 10_000
NO_TIMEOUT = 0
RULE_TEXTS = {rule.key: (rule.sentence, rule.remedy) for rule in (*RULES, BAD_CELLS)}


def rule_text(rule: str) -> str:
    """What a rule says, as a sentence.

    Inputs: the key of a rule.
    Returns: its sentence; for a fault of single cells the key in words.
    Raises: nothing.
    Source: screens.md 20.
    """
    return RULE_TEXTS.get(rule, (rule.replace("_", " ").capitalize(), ""))[0]


def rows_not_taken(
    viewer: Viewer, batch_id: UUID, *, rule: str | None = None, offset: int = 0, limit: int = 100
) -> list[dict[str, Any]]:
    """Rows that were set aside or rejected, with what is wrong and what to do, once for each cell that is wrong.

    Inputs: the viewer, the import, one rule or all, and which page of findings.
    Returns: dictionaries with line, outcome, rule, label, column_name, value, message, remedy.
    Raises: NotAllowed; NotFound.
    Source: screens.md 20.
    """
    imports.batch(viewer, batch_id)
    with session_scope(viewer) as session:
        listed = rows.not_taken(session, batch_id, rule=rule, offset=offset, limit=min(limit, MOST_ROWS))
    return [_explained(row._asdict()) for row in listed]


def changed_fields(found: Batch) -> list[tuple[str, str, int]]:
    """In how many rows each field changes.

    Inputs: a checked import.
    Returns: name, label and rows of each field that changes, the most changed first.
    Raises: nothing.
    Source: screens.md 20.
    """
    entity = stored(found.entity)
    counted = sorted(found.counts.get("changed_fields", {}).items(), key=lambda each: (-each[1], each[0]))
    return [(name, _(entity.field(name).label), count) for name, count in counted]


def differences(viewer: Viewer, batch_id: UUID, *, field: str = "", limit: int = 100) -> list[dict[str, Any]]:
    """What an import would change in rows that are there, or, once committed, what it has changed.

    Inputs: the viewer, the import, one field or all, and how many rows to look at.
    Returns: dictionaries with line (none after the commit), key, field, before, after as texts.
    Raises: NotAllowed; NotFound.
    Source: screens.md 20.
    """
    found = imports.batch(viewer, batch_id)
    entity = stored(found.entity)
    limit = min(limit, MOST_ROWS)
    with session_scope(viewer) as session:
        if found.state == "checked":
            staged = import_work.kept_rows(session, found)
            listed = list(import_matching.differences(session, staged, limit=limit, field=field))
            return [_difference(entity, each.line, each.key, each.field, (each.before, each.after)) for each in listed]
        changes = import_changes.changed_fields(session, batch_id, entity.name, limit=limit, field=field)
        return [_difference(entity, None, *change) for change in changes]


def error_file(viewer: Viewer, batch_id: UUID, *, all_rows: bool = False) -> Outgoing:
    """The rejected rows as the file has them, or all its rows, with a column that says what is wrong with each.

    Inputs: the viewer, a checked import, and whether good rows are wanted too.
    Returns: Outgoing, a CSV file in the reading of the original; corrected, it is brought in as it is, because the
        error column is left out then.
    Raises: NotAllowed; NotFound, also when no row is rejected or the original was removed.
    Source: screens.md 20; security.md G16, F05.
    """
    found = imports.batch(viewer, batch_id)
    if not found.counts.get("rejected"):
        raise NotFound(_("No row of this import is rejected."))
    imports.require_file(found)
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", PurePath(found.file_name).stem)[:80].strip("._-") or "import"
    ending = "with-errors" if all_rows else "rejected"
    return outgoing(f"{stem}-{ending}", Format.CSV, _error_pieces(viewer, found, all_rows=all_rows))


def _error_pieces(viewer: Viewer, found: Batch, *, all_rows: bool) -> Made:
    """Made while it is sent: neither the file nor the findings are ever held as a whole."""
    source = imports.source_as_read(found, found.reading)
    dialect = import_file.settled_dialect(source, found.reading, found.entity)
    written = Dialect(dialect.delimiter, dialect.decimal, dialect.thousands, dialect.date_format)
    with (
        session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session,
        import_file.opened_table(source, dialect, tuple(found.mapping.values())) as table,
        closing(rows.findings(session, found.id)) as errors,
    ):
        told = rows_with_errors(table, table.header, errors, all_rows=all_rows)
        yield from csv_chunks((ERROR_COLUMN, *own_columns(table.header)), told, written)


def _explained(row: dict[str, Any]) -> dict[str, Any]:
    """A row set aside by rule has no finding of its own: the rule explains it."""
    if row["message"] is None:
        row["message"], row["remedy"] = RULE_TEXTS.get(row["rule"], ("", ""))
    return row


def _difference(entity: Entity, line: int | None, key: str, field: str, values: tuple[Any, Any]) -> dict[str, Any]:
    before, after = map(_text, values)
    label = _("Row removed") if field == import_changes.REMOVED else _(entity.field(field).label)
    return {"line": line, "key": key, "field": label, "before": before, "after": after}


def _text(value: object) -> str:
    """A value to be compared by eye: figures with all their digits."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return day(value)
    if isinstance(value, (Decimal, float)):
        exact = format(Decimal(str(value)).normalize(), "f")
        whole, point, decimals = exact.partition(".")
        return exact if whole == "-0" else f"{int(whole):,}{point}{decimals}"
    return str(value)
