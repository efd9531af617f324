"""What a finding of data health is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement

from core.permissions import Permission
from data.queries.entity_rows import EntityTables


class Severity(StrEnum):
    """How much a finding matters, the worst first."""

    ERROR = "error"  # plans are wrong because of it
    WARNING = "warning"  # plans can be wrong because of it
    NOTICE = "notice"  # worth a look


@dataclass(frozen=True, slots=True)
class Rows:
    """The columns that a condition speaks of: those of the entity's table, those of its document, and the day."""

    bound: EntityTables
    today: date

    @property
    def c(self) -> Any:
        return self.bound.rows.c

    @property
    def header(self) -> Any:
        header: Any = self.bound.header
        return header.c

    def ago(self, *, days: int) -> date:
        return self.today - timedelta(days=days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Rows of an entity that something is wrong with: ``holds`` is true of them, SQL over the entity's tables.

    ``fix`` is the field that mends all of them with one value, ``suggestion`` that value where there is a usual one.
    ``href`` and ``link`` lead to where it is mended instead; without either the rows themselves are edited.
    ``needs`` is the right to read what it compares the rows with.
    """

    name: str
    entity: str
    label: str
    why: str
    remedy: str
    severity: Severity
    holds: Callable[[Rows], ColumnElement[bool]]
    fix: str = ""
    suggestion: str = ""
    href: str = ""
    link: str = ""
    needs: Permission = Permission.MASTER_READ


IMPORT = "Import the missing values"
