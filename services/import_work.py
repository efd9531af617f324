"""The long steps of an import, done by a worker or the command line: check, commit, undo.

Each is one transaction: whatever stops it, nothing is half written, and it can be done again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from core.clock import now
from core.errors import Conflict, ImportRejected
from core.i18n import _, counted, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.entities import stored
from data.exchange.error_file import own_columns
from data.exchange.fields import Context, Entity, validated_rows
from data.exchange.readings import (
    TAKEN,
    TRANSACTION_EXTRAS,
    Reading,
    ReadRow,
    References,
    filled_by_reading,
    reading_of,
)
from data.exchange.transaction_account import Tally
from data.exchange.transaction_rules import Choices, Outcome
from data.queries import import_judging, import_makers, import_matching, import_taking, import_undoing, staging
from data.queries import imports as rows
from data.queries.import_undoing import Obstacles
from data.queries.settings import bump
from data.queries.staging import Staged
from models.base import Json
from services import demand_imports, import_file
from services.audit import record
from services.imports import Batch, found_batch, require_undoable, source_as_read
from services.jobs import Report

REPORT_EVERY_ROWS = 2_000
IDS_AT_ONCE = 1_000
NO_TIMEOUT = 0


def check_import(viewer: Viewer, args: Json, report: Report) -> Json:
    """Read the whole file, judge every row, and compare what would be taken with the data. Changes no data.

    Inputs: the owner, ``batch_id`` and a progress function.
    Returns: the counts, also stored with the import.
    Raises: NotFound; Conflict when it is committed already; JobCancelled.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_RUN)
    with session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session:
        found = found_batch(session, UUID(args["batch_id"]), lock=True)
        _require_state(found, "uploaded", "checked")
        require(viewer, found.entity.right)
        rows.forget_findings(session, found.id)
        table = _new_table(session, found)
        read = _stage(viewer, session, found, table, report)
        report(0.75, _("Comparing with the data"))
        staging.analyze(session, table)
        first, last = import_matching.days(session, _staged(found, table))
        span = {"first_day": first and first.isoformat(), "last_day": last and last.isoformat()}
        staged = _staged(found, table, span)
        import_judging.judge(session, staged)
        report(0.9, _("Counting"))
        counts = read | span | import_matching.counts(session, staged) | _not_taken(session, found)
        rows.change_batch(session, found.id, counts=counts, state="checked")
    return counts


def commit_import(viewer: Viewer, args: Json, report: Report) -> Json:
    """Take the checked rows into the data; products and customers that sales name and nobody knows yet are made.

    Inputs: the owner, ``batch_id`` and ``good_rows`` (whether rejected rows may be left out), and a progress function.
    Returns: the counts as they were when the rows were taken.
    Raises: Conflict when not checked, or when the data changed so that a row can't be taken; ImportRejected when there
        are rejected rows and they may not be left out.
    Source: security.md G16, G21, I01.
    """
    require(viewer, Permission.IMPORT_RUN)
    batch_id, good_rows = UUID(args["batch_id"]), bool(args.get("good_rows"))
    _prepare_partitions(viewer, batch_id)
    with session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session:
        found = found_batch(session, batch_id, lock=True)
        _require_state(found, "checked")
        require(viewer, found.entity.right)
        staged = kept_rows(session, found)
        # Somebody may have changed the data since the check: what counts is what is true now.
        import_judging.judge(session, staged)
        not_taken = _not_taken(session, found)
        _require_no_rejects(not_taken["rejected"], good_rows=good_rows)
        report(0.2, _("Writing %(count)s rows", count=number(found.counts["new"] + found.counts["changed"])))
        if found.entity.stored_as:
            import_makers.make(session, staged, user_id=viewer.user_id)
        with demand_imports.noted(session, viewer, staged.entity):
            taken = import_taking.take(session, staged, user_id=viewer.user_id)
        counts = found.counts | not_taken | taken | {"good_rows": good_rows}
        staging.drop(session, staged.table.name)
        rows.change_batch(session, batch_id, counts=counts, state="committed", committed_at=now())
        record(session, viewer, "import.commit", subject="import", subject_id=batch_id, after=_summary(found, counts))
        _tell_readers(session, found)
    return counts


def undo_import(viewer: Viewer, args: Json, report: Report) -> Json:
    """Take an import out of the data: its rows go, what it had changed or removed comes back, unused new ones go.

    Inputs: the owner, ``batch_id`` and ``leave_edited`` (whether rows that were edited or used since stay as they
        are), and a progress function.
    Returns: how many rows were removed and restored, and what had to stay because other records use it.
    Raises: Conflict when it is not in the data, or too old, or when rows were changed again or are used by others.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_RUN)
    with session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session:
        found = found_batch(session, UUID(args["batch_id"]), lock=True)
        require_undoable(found)
        require(viewer, found.entity.right)
        entity = stored(found.entity).name
        obstacles = import_undoing.obstacles(session, found.id, entity)
        if obstacles and not args.get("leave_edited"):
            raise Conflict(_told(obstacles))
        report(0.2, _("Taking rows out"))
        with demand_imports.noted(session, viewer, stored(found.entity)):
            outcome = import_undoing.undo(session, found.id, entity)
        outcome["left"] = obstacles.edited + obstacles.used
        import_undoing.forget(session, found.id)
        rows.change_batch(session, found.id, counts=found.counts | {"undo": outcome}, state="undone", undone_at=now())
        record(session, viewer, "import.undo", subject="import", subject_id=found.id, after=outcome)
        _tell_readers(session, found)
    return outcome


def _new_table(session: Session, found: Batch) -> Any:
    table = _table(found)
    staging.create(session, table)
    return table


def _table(found: Batch) -> Any:
    entity = stored(found.entity)
    extras = TRANSACTION_EXTRAS if found.entity.stored_as else ()
    return staging.staging_table(entity, staging.table_name(found.id), extras)


def kept_rows(session: Session, found: Batch) -> Staged:
    """The rows that the check of an import has staged.

    Inputs: the session and a checked import.
    Returns: Staged.
    Raises: Conflict when they are gone, after a crash of the database server.
    Source: none; ours.
    """
    table = _table(found)
    if not staging.exists(session, table.name):
        raise Conflict(_("The checked rows are no longer there. Check the file again."))
    return _staged(found, table, found.counts)


def _staged(found: Batch, table: Any, counts: Json | None = None) -> Staged:
    entity = stored(found.entity)
    if found.entity.stored_as:
        given = frozenset(field.name for field in entity.fields)
    else:
        given = frozenset((*found.mapping, *found.options.constants, *filled_by_reading(found.entity)))
    period = found.options.period if found.options.mode == "replace" else None
    first, last = (counts or {}).get("first_day"), (counts or {}).get("last_day")
    if period is None and first and last:
        period = (date.fromisoformat(first), date.fromisoformat(last))
    return Staged(found.id, entity, table, given, dict(found.mapping), found.options.mode, period)


def _stage(viewer: Viewer, session: Session, found: Batch, table: Any, report: Report) -> Json:
    """Walk the file once: rows to be taken go to their staging table, the others and all findings wait on disk."""
    entity = stored(found.entity)
    source = source_as_read(found, found.reading)
    dialect = import_file.settled_dialect(source, found.reading, found.entity)
    references = _references(viewer, session, entity)
    prefixes = (found.options.cancellation_prefix,) if found.options.cancellation_prefix else ()
    choices = Choices(frozenset(found.options.service_codes), prefixes)
    reading = reading_of(found.entity, entity, references, choices)
    context = Context(
        dialect,
        found.options.constants,
        {} if found.entity.stored_as else references.known,
        partial=found.options.partial and not found.entity.stored_as,
    )
    columns = ("line", *(field.name for field in entity.fields), *(f"_{extra}" for extra in reading.extras))
    # A file of a million bad rows has a million findings: they wait on disk while the rows are on their way.
    with (
        import_file.opened_table(source, dialect, tuple(found.mapping.values())) as file,
        TemporaryFile() as apart,
        TemporaryFile() as problems,
    ):
        valid = validated_rows(file, found.entity, found.mapping, context)
        walk = _Walk(found.id, reading.read(valid), apart, problems, report, source.lines)
        staging.copy_rows(session, f'{staging.SCHEMA}."{table.name}"', columns, walk.taken())
        staging.copy_rows(session, "import_row", rows.ROW_COLUMNS, _kept_lines(apart))
        staging.copy_rows(session, "import_problem", rows.PROBLEM_COLUMNS, _kept_lines(problems))
        unused = [name for name in own_columns(file.header) if name not in found.mapping.values()]
        return {"rows": walk.rows, "blank": file.blank_rows, "unused_columns": unused} | _account(reading)


class _Walk:
    """The rows of one file on their way into the database."""

    def __init__(  # noqa: PLR0917
        self,
        batch_id: UUID,
        read: Iterator[ReadRow],
        apart: IO[bytes],
        problems: IO[bytes],
        report: Report,
        lines: int,
    ) -> None:
        self._batch_id = str(batch_id)
        self._read, self._apart, self._problems = read, apart, problems
        self._report, self._lines = report, max(lines, 1)
        self.rows = 0

    def taken(self) -> Iterator[tuple[Any, ...]]:
        """The rows to be staged; the others are put aside on the way."""
        for line, outcome, rule, label, values, problems in self._read:
            self.rows += 1
            if self.rows % REPORT_EVERY_ROWS == 0:
                self._report(0.75 * line / self._lines, _("%(count)s rows read", count=number(self.rows)))
            for problem in problems:
                cell = (problem.column, problem.value, problem.rule, problem.message, problem.remedy, problem.notice)
                self._problems.write(orjson.dumps((self._batch_id, problem.row, *cell)) + b"\n")
            if outcome == TAKEN:
                yield (line, *values)
            else:
                self._apart.write(orjson.dumps((self._batch_id, line, outcome, rule, label)) + b"\n")


def _kept_lines(file: IO[bytes]) -> Iterable[Any]:
    file.seek(0)
    return map(orjson.loads, file)


def _references(viewer: Viewer, session: Session, entity: Entity) -> References:
    """The codes of everything that the entity's rows refer to."""
    names = {field.reference for field in entity.fields if field.reference and field.name not in entity.looked_up}
    known = {name: import_matching.codes(session, name) for name in names}
    return References(known, partial(_next_id, viewer, {}))


def _next_id(viewer: Viewer, waiting: dict[str, list[int]], entity: str) -> int:
    """An id of its own for a row that may be made. Taken on a second connection: the first is busy with the rows."""
    if not waiting.get(entity):
        with session_scope(viewer) as session:
            waiting[entity] = import_makers.next_ids(session, entity, IDS_AT_ONCE)[::-1]
    return waiting[entity].pop()


def _account(reading: Reading) -> Json:
    """What the rules made of sales transactions; nothing for rows that are stored as they are."""
    tally: Tally | None = reading.tally
    if tally is None:
        return {}
    outcomes = tally.by_outcome()
    spellings = sorted(tally.unlike_case.values(), key=min)
    made = reading.references.made
    return {
        "sales": outcomes[Outcome.SALE],
        "returns": outcomes[Outcome.RETURN],
        "without_customer": tally.without_customer,
        "without_price": tally.without_price,
        "net_quantity": str(tally.net_quantity),
        "net_revenue": str(tally.net_revenue),
        "new_products": len(made.get("products", ())),
        "new_customers": len(made.get("customers", ())),
        "codes_unlike_case": len(spellings),
        "examples_unlike_case": [" / ".join(sorted(found)) for found in spellings[:5]],
    }


def _not_taken(session: Session, found: Batch) -> Json:
    """The rows that are not taken, by outcome and rule."""
    by_rule = rows.counts_by_rule(session, found.id)
    totals = {outcome: sum(counted.values()) for outcome, counted in by_rule.items()}
    return {
        "set_aside": totals.get(Outcome.SET_ASIDE, 0),
        "rejected": totals.get(Outcome.REJECTED, 0),
        "by_rule": by_rule,
    }


def _require_no_rejects(rejected: int, *, good_rows: bool) -> None:
    if rejected and not good_rows:
        raise ImportRejected(
            counted(
                "1 row is rejected. Correct the file, or choose to import the good rows only.",
                "%(count)s rows are rejected. Correct the file, or choose to import the good rows only.",
                rejected,
            )
        )


def _told(obstacles: Obstacles) -> str:
    sentences = []
    if obstacles.edited:
        sentences.append(_("%(count)s of these rows were changed since.", count=number(obstacles.edited)))
    if obstacles.used:
        sentences.append(_("%(count)s of these rows are used by others.", count=number(obstacles.used)))
    examples = ", ".join(obstacles.examples[:5])
    return _(
        "%(why)s For example: %(examples)s. Undo what came later first, or leave these rows as they are.",
        why=" ".join(sentences),
        examples=examples,
    )


def _tell_readers(session: Session, found: Batch) -> None:
    bump(session, stored(found.entity).subject)
    if found.entity.stored_as:
        bump(session, "products")


def _prepare_partitions(viewer: Viewer, batch_id: UUID) -> None:
    """In a transaction of its own: making a partition locks out readers, and must not do so for a whole import."""
    with session_scope(viewer) as session:
        found = found_batch(session, batch_id)
        entity = stored(found.entity)
        if entity.table in rows.PARTITIONED and found.counts.get("first_day"):
            first, last = (int(found.counts[name][:4]) for name in ("first_day", "last_day"))
            rows.ensure_partitions(session, entity.table, first, last)


def _require_state(found: Batch, *states: str) -> None:
    if found.state not in states:
        raise Conflict(_("This import is %(state)s: that can't be done with it now.", state=found.state))


def _summary(found: Batch, counts: Json) -> Json:
    counted = ("rows", "new", "changed", "same", "removed", "set_aside", "rejected", "good_rows")
    return {"entity": found.entity.name, "mode": found.options.mode} | {name: counts[name] for name in counted}
