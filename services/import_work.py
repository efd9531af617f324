"""The long steps of an import, done by a worker or the command line: check, commit, undo.

Each is one transaction: whatever stops it, nothing is half written, and it can be done again.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from core.clock import now
from core.errors import Conflict, ImportRejected
from core.i18n import _, number
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.exchange.fields import validated_rows
from data.exchange.problems import RowProblem
from data.exchange.transaction_account import Account, SortedRow, Tally
from data.exchange.transaction_rules import Choices
from data.queries import imports as rows
from data.queries.settings import bump
from models.base import Json
from services import import_file
from services.audit import record
from services.imports import ENTITIES, RULE_TEXTS, Batch, found_batch
from services.jobs import Report

REPORT_EVERY_ROWS = 2_000
CENT_OF_A_CENT = Decimal("0.0001")
NO_TIMEOUT = 0


def check_import(viewer: Viewer, args: Json, report: Report) -> Json:
    """Read the whole file, judge every row, and compare what would be taken with the plan. Changes no plan.

    Inputs: the owner, ``batch_id`` and a progress function.
    Returns: the counts, also stored with the import.
    Raises: NotFound; Conflict when it is committed already; JobCancelled.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_RUN)
    with session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session:
        found = found_batch(session, UUID(args["batch_id"]), lock=True)
        _require_state(found, "uploaded", "checked")
        rows.clear_staging(session, found.id)
        tally, blank = _stage(session, found, report)
        _reject_unknown_places(session, found.id)
        report(0.9, _("Comparing with the plan"))
        counts = _counts(session, found.id, tally) | {"blank": blank}
        rows.change_batch(session, found.id, counts=counts, state="checked")
    return counts


def commit_import(viewer: Viewer, args: Json, report: Report) -> Json:
    """Take the checked rows into demand history; products and customers that are not known yet are made.

    Inputs: the owner, ``batch_id`` and ``mode``, and a progress function.
    Returns: the counts as they were when the rows were taken.
    Raises: Conflict when not checked; ImportRejected when there are rejected rows and the mode is all or nothing.
    Source: security.md G16, G21, I01.
    """
    require(viewer, Permission.IMPORT_RUN)
    batch_id = UUID(args["batch_id"])
    _prepare_partitions(viewer, batch_id)
    with session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session:
        found = found_batch(session, batch_id, lock=True)
        _require_state(found, "checked")
        rejected = found.counts["rejected"]
        if rejected and args["mode"] != "good_rows":
            raise ImportRejected(
                _(
                    "%(count)s rows are rejected. Correct the file, or choose to import the good rows only.",
                    count=rejected,
                )
            )
        report(0.1, _("Making new products and customers"))
        # Somebody may have committed another file since the check: what counts is what is true now.
        counts = found.counts | rows.compare(session, batch_id) | {"mode": args["mode"]}
        rows.add_products(session, batch_id)
        rows.add_customers(session, batch_id)
        report(0.3, _("Writing %(count)s rows", count=number(counts["new"] + counts["changed"])))
        rows.remember_replaced(session, batch_id)
        rows.take_rows(session, batch_id)
        rows.clear_staging(session, batch_id, only_taken=True)
        rows.change_batch(session, batch_id, counts=counts, state="committed", committed_at=now())
        record(session, viewer, "import.commit", subject="import", subject_id=batch_id, after=_summary(counts))
        bump(session, "demand")
    return counts


def undo_import(viewer: Viewer, args: Json, report: Report) -> Json:
    """Take an import out of the plan: its rows go, what it had replaced comes back, unused new products go.

    Inputs: the owner, ``batch_id`` and a progress function.
    Returns: how many rows were removed and restored, and what had to stay because other records use it.
    Raises: Conflict when it is not in the plan, or when a later import changed its rows again.
    Source: screens.md 20.
    """
    require(viewer, Permission.IMPORT_RUN)
    with session_scope(viewer, statement_timeout_ms=NO_TIMEOUT) as session:
        found = found_batch(session, UUID(args["batch_id"]), lock=True)
        _require_state(found, "committed")
        later = rows.rows_changed_since(session, found.id)
        if later:
            raise Conflict(
                _("A later import changed %(count)s of these rows again. Undo that one first.", count=number(later))
            )
        report(0.1, _("Taking rows out"))
        outcome = rows.put_back(session, found.id)
        outcome["products"] = rows.remove_created(session, found.id, "product")
        outcome["customers"] = rows.remove_created(session, found.id, "customer")
        counts = found.counts | {"undo": outcome}
        rows.change_batch(session, found.id, counts=counts, state="undone", undone_at=now())
        record(session, viewer, "import.undo", subject="import", subject_id=found.id, after=outcome)
        bump(session, "demand")
    return outcome


def _stage(session: Session, found: Batch, report: Report) -> tuple[Tally, int]:
    """Walk the file once: rows go to one staging table, findings to another; lines without any text are counted."""
    entity = ENTITIES[found.entity]
    source = import_file.source_from_json(found.path, found.source)
    dialect = import_file.settled_dialect(source, found.reading)
    options = found.options
    prefixes = (options.cancellation_prefix,) if options.cancellation_prefix else ()
    account = Account(Choices(frozenset(options.service_codes), prefixes))
    # A file of a million bad rows has a million findings: they wait on disk while the rows are on their way.
    with import_file.opened_table(source, dialect) as table, TemporaryFile() as findings:
        sorted_rows = account.sort(validated_rows(table, entity, found.mapping, dialect))
        staged = _staged(found, sorted_rows, findings, report, lines=source.lines)
        rows.stage(session, "import_row", rows.ROW_COLUMNS, staged)
        findings.seek(0)
        rows.stage(session, "import_problem", rows.PROBLEM_COLUMNS, map(orjson.loads, findings))
        return account.tally, table.blank_rows


def _staged(
    found: Batch, sorted_rows: Iterator[SortedRow], findings: IO[bytes], report: Report, *, lines: int
) -> Iterator[tuple[Any, ...]]:
    location, channel = found.options.location or None, found.options.channel or None
    for done, row in enumerate(sorted_rows, start=1):
        if done % REPORT_EVERY_ROWS == 0:
            report(0.85 * row.line / max(lines, 1), _("%(count)s rows read", count=number(done)))
        given = row.transaction
        for problem in row.problems:
            findings.write(orjson.dumps(_finding(found.id, problem)) + b"\n")
        money = None if given.quantity is None else given.quantity * (given.unit_price or 0)
        yield (
            found.id,
            row.line,
            row.rule.outcome.value,
            row.rule.key,
            row.key,
            None if given.booked_at is None else given.booked_at.date(),
            given.product,
            given.description,
            given.quantity,
            None if money is None else money.quantize(CENT_OF_A_CENT),
            given.customer,
            given.region,
            given.location or location,
            given.channel or channel,
        )


def _finding(batch_id: UUID, problem: RowProblem) -> tuple[Any, ...]:
    cell = (problem.column, problem.value, problem.rule, problem.message, problem.remedy)
    return (str(batch_id), problem.row, *cell, problem.notice)


def _reject_unknown_places(session: Session, batch_id: UUID) -> None:
    for kind in ("location", "channel"):
        message, remedy = RULE_TEXTS[f"unknown_{kind}"]
        rows.reject_unknown_codes(session, batch_id, kind=kind, message=message, remedy=remedy)


def _counts(session: Session, batch_id: UUID, tally: Tally) -> Json:
    """The account of the file: new, changed, same, set aside and rejected add up to its rows."""
    by_rule = rows.counts_by_rule(session, batch_id)
    totals = {outcome: sum(found.values()) for outcome, found in by_rule.items()}
    spellings = sorted(tally.unlike_case.values(), key=min)
    return rows.compare(session, batch_id) | {
        "rows": tally.rows,
        "sales": totals.get("sale", 0),
        "returns": totals.get("return", 0),
        "set_aside": totals.get("set_aside", 0),
        "rejected": totals.get("rejected", 0),
        "by_rule": by_rule,
        "without_customer": tally.without_customer,
        "without_price": tally.without_price,
        "codes_unlike_case": len(spellings),
        "examples_unlike_case": [" / ".join(sorted(found)) for found in spellings[:5]],
    }


def _prepare_partitions(viewer: Viewer, batch_id: UUID) -> None:
    """In a transaction of its own: making a partition locks out readers, and must not do so for a whole import."""
    with session_scope(viewer) as session:
        counts = found_batch(session, batch_id).counts
        if counts.get("first_day"):
            rows.ensure_partitions(session, int(counts["first_day"][:4]), int(counts["last_day"][:4]))


def _require_state(found: Batch, *states: str) -> None:
    if found.state not in states:
        raise Conflict(_("This import is %(state)s: that can't be done with it now.", state=found.state))


def _summary(counts: Json) -> Json:
    return {key: counts[key] for key in ("rows", "new", "changed", "same", "set_aside", "rejected", "mode")}
