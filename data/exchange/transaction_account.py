"""Sorts the rows of one transaction file by the rules, names each line and keeps the account of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple, cast

from data.exchange.fields import ValidRow
from data.exchange.problems import RowProblem
from data.exchange.transaction_rules import BAD_CELLS, RULES, Choices, Facts, Outcome, Rule, Transaction, rule_for


class SortedRow(NamedTuple):
    """A row with what became of it. ``key`` names the line within its source; a row that cannot be named has none."""

    line: int
    rule: Rule
    key: str | None
    transaction: Transaction
    problems: tuple[RowProblem, ...]


@dataclass(slots=True)
class Tally:
    """The account of a file. The counts by rule add up to ``rows``; net is sales less returns."""

    rows: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    by_problem: Counter[str] = field(default_factory=Counter)
    without_customer: int = 0
    without_price: int = 0
    unlike_case: dict[str, set[str]] = field(default_factory=dict)
    net_quantity: Decimal = Decimal(0)
    net_revenue: Decimal = Decimal(0)
    first_day: date | None = None
    last_day: date | None = None

    def by_outcome(self) -> dict[Outcome, int]:
        """How many rows had each outcome."""
        counts = dict.fromkeys(Outcome, 0)
        for rule in (*RULES, BAD_CELLS):
            counts[rule.outcome] += self.by_rule[rule.key]
        return counts


class Account:
    """One file's rows, sorted; to be used once."""

    def __init__(self, choices: Choices | None = None) -> None:
        self._choices = choices or Choices()
        self._service_codes = frozenset(code.upper() for code in self._choices.service_codes)
        self._occurrences: dict[int, int] = {}
        self._spellings: dict[str, str] = {}
        self.tally = Tally()

    def sort(self, rows: Iterable[ValidRow]) -> Iterator[SortedRow]:
        """The rows one by one with their outcome; the tally is complete when all are taken."""
        for line, values, problems in rows:
            row = Transaction._make(cast(Any, values))
            rule = self._rule(row, problems)
            self._count(row, rule, problems)
            yield SortedRow(line, rule, self._key(row), row, problems)

    def _rule(self, row: Transaction, problems: tuple[RowProblem, ...]) -> Rule:
        if row.product is None or row.quantity is None or _rejecting(problems):
            return BAD_CELLS
        document = row.document or ""
        return rule_for(
            Facts(
                row.quantity,
                row.unit_price,
                row.product.upper() in self._service_codes,
                document.startswith(self._choices.cancellation_prefixes),
            )
        )

    def _key(self, row: Transaction) -> str | None:
        """Document and code, or all that is known of the line; then the how-manieth of its kind in the file.

        A rejected row is counted too, so that the others keep their keys when it has been corrected.
        """
        if row.product is None or (row.document is None and row.booked_at is None):
            return None
        if row.document is not None:
            parts: tuple[str | None, ...] = (row.document, row.product)
        else:
            day = row.booked_at.date().isoformat() if row.booked_at else None
            parts = (day, row.product, row.location, row.channel, row.customer)
        name = _named(parts)
        # Eight bytes a line instead of the text: a million lines have to fit. Two names with one digest
        # would share a counter, which leaves their keys different and the same at every reading.
        digest = int.from_bytes(blake2b(name.encode(), digest_size=8).digest())
        number = self._occurrences[digest] = self._occurrences.get(digest, 0) + 1
        return f"{name}|{number}"

    def _count(self, row: Transaction, rule: Rule, problems: tuple[RowProblem, ...]) -> None:
        tally = self.tally
        tally.rows += 1
        tally.by_rule[rule.key] += 1
        if problems:
            tally.by_problem.update(problem.rule for problem in problems)
        if rule.outcome is Outcome.REJECTED or row.product is None:
            return
        tally.without_customer += row.customer is None
        tally.without_price += row.unit_price is None
        self._note_spelling(row.product)
        if rule.outcome is not Outcome.SET_ASIDE:
            self._add_up(row)

    def _note_spelling(self, code: str) -> None:
        first = self._spellings.setdefault(code.upper(), code)
        if first != code:
            self.tally.unlike_case.setdefault(code.upper(), {first}).add(code)

    def _add_up(self, row: Transaction) -> None:
        tally, quantity, moment = self.tally, row.quantity, row.booked_at
        if quantity is None or moment is None:
            return
        tally.net_quantity += quantity
        tally.net_revenue += quantity * (row.unit_price or 0)
        day = moment.date()
        tally.first_day = day if tally.first_day is None else min(day, tally.first_day)
        tally.last_day = day if tally.last_day is None else max(day, tally.last_day)


def _rejecting(problems: tuple[RowProblem, ...]) -> bool:
    return bool(problems) and any(not problem.notice for problem in problems)


def line_key(parts: Sequence[str | None], number: int) -> str:
    """What a line is called within its source: the parts that are known of it, and the how-manieth it is."""
    return f"{_named(parts)}|{number}"


def _named(parts: Sequence[str | None]) -> str:
    texts = [part or "" for part in parts]
    joined = "|".join(texts)
    plain = "\\" not in joined and joined.count("|") == len(texts) - 1
    return joined if plain else "|".join(map(_escaped, texts))


def _escaped(part: str) -> str:
    return part.replace("\\", "\\\\").replace("|", "\\|")
