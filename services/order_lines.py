"""Customer order lines: what was promised, what was delivered, on time and in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from analytics.service import Otif, otif, otif_lines
from core.clock import today
from core.errors import InvalidInput
from core.i18n import _
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import deliveries
from data.queries.deliveries import LinesWanted
from services.delivery_rules import DeliveryRules, delivery_rules
from services.kpi import OTIF_DAYS
from services.list_period import list_period
from services.listed_rows import PAGE_ROWS
from services.plain_rows import plain_rows

BATCH_ROWS = 1000
SHOWN = ("all", "missed", "late", "short")
DOWNLOADED = (
    "number",
    "line_no",
    "customer",
    "location",
    "product_code",
    "product",
    "uom",
    "ordered_quantity",
    "delivered_quantity",
    "unit_price",
    "requested_on",
    "first_confirmed_date",
    "delivered_date",
    "due",
    "on_time",
    "in_full",
    "days_late",
)


@dataclass(frozen=True, slots=True)
class LineFilters:
    """Lines first confirmed for these days; ``show`` is all, missed (late or short), late or short."""

    start: date
    end: date
    show: str = "all"
    search: str = ""


@dataclass(frozen=True, slots=True)
class LinePage:
    """Some lines, how many there are, and the service of all lines of the period that match the text."""

    rows: list[dict[str, Any]]
    total: int
    service: Otif
    data_date: date


def line_filters(viewer: Viewer, *, start: object, end: object, show: object, search: object) -> LineFilters:
    """What a browser asked for; what it did not say is the 30 days to the last delivery, all lines.

    Inputs: a viewer with ``demand.read`` and four texts, each may be empty.
    Returns: LineFilters.
    Raises: NotAllowed; InvalidInput for an unknown choice or no period of at most 366 days.
    Source: screens.md 22.
    """
    require(viewer, Permission.DEMAND_READ)
    with session_scope(viewer) as session:
        last, rules = _data_date(session), delivery_rules(session)
    first, end_day = list_period(
        start,
        end,
        last=last - timedelta(days=rules.late_tolerance_days),
        first_of=lambda day: day - timedelta(days=OTIF_DAYS - 1),
    )
    wanted = LineFilters(first, end_day, show=str(show or "all"), search=str(search or "").strip())
    if wanted.show not in SHOWN:
        raise InvalidInput(_("There is no such choice of order lines."))
    return wanted


def order_lines(
    viewer: Viewer,
    filters: LineFilters,
    *,
    first: int = 0,
    end: int = PAGE_ROWS,
    sort: tuple[tuple[str, bool], ...] = (),
) -> LinePage:
    """A page of lines, the newest promise first unless sorted otherwise.

    Inputs: a viewer with ``demand.read``, filters, first row and the one after the last, columns to sort by with
        whether descending.
    Returns: LinePage; rows hold the columns DOWNLOADED and ``id``.
    Raises: NotAllowed.
    Source: glossary, otif, on-time, in-full.
    """
    require(viewer, Permission.DEMAND_READ)
    first = max(first, 0)
    with session_scope(viewer) as session:
        rules, as_of = delivery_rules(session), _data_date(session)
        judged, service = _judged(session, filters, rules, as_of)
        page = deliveries.lines(
            session,
            _wanted(filters, judged),
            order=_order(sort),
            offset=first,
            limit=min(max(end - first, 0), PAGE_ROWS),
        )
    return LinePage(_rows(page, rules, as_of), len(judged), service, as_of)


def lines_download(
    viewer: Viewer, filters: LineFilters, *, sort: tuple[tuple[str, bool], ...] = ()
) -> Iterator[list[Any]]:
    """All lines of the list, for a file, read in batches.

    Inputs: a viewer with ``demand.read``, filters, and columns to sort by with whether descending.
    Returns: the columns DOWNLOADED of each line.
    Raises: NotAllowed.
    Source: product.md: the analyst downloads every table.
    """
    require(viewer, Permission.DEMAND_READ)
    with session_scope(viewer) as session:
        rules, as_of = delivery_rules(session), _data_date(session)
        judged, _service = _judged(session, filters, rules, as_of)
        wanted = _wanted(filters, judged)
        for batch in deliveries.line_batches(session, wanted, order=_order(sort), rows=BATCH_ROWS):
            for row in _rows(batch, rules, as_of):
                yield [row[name] for name in DOWNLOADED]


def _data_date(session: Session) -> date:
    """Deliveries are judged up to the last one that was booked."""
    return deliveries.last_delivery(session, before=today()) or today()


def _judged(session: Session, filters: LineFilters, rules: DeliveryRules, as_of: date) -> tuple[pd.DataFrame, Otif]:
    """The lines to list with their verdicts, and the service of all lines of the period."""
    lines = deliveries.lines_due(session, start=filters.start, end=filters.end, search=filters.search)
    judged = otif_lines(lines, as_of=as_of, **asdict(rules))
    missed = {"missed": "otif", "late": "on_time", "short": "in_full"}.get(filters.show)
    listed = judged if missed is None else judged[judged["due"] & ~judged[missed]]
    return listed, otif(lines, as_of=as_of, **asdict(rules))


def _order(sort: tuple[tuple[str, bool], ...]) -> list[tuple[str, bool]]:
    return [(name, descending) for name, descending in sort if name in deliveries.SORTABLE]


def _wanted(filters: LineFilters, judged: pd.DataFrame) -> LinesWanted:
    ids = None if filters.show == "all" else judged.index.tolist()
    return LinesWanted(filters.start, filters.end, filters.search, ids)


def _rows(lines: Sequence[Row[Any]], rules: DeliveryRules, as_of: date) -> list[dict[str, Any]]:
    if not lines:
        return []
    found = pd.DataFrame([row._asdict() for row in lines])
    verdicts = otif_lines(found, as_of=as_of, **asdict(rules))
    verdicts = verdicts.astype(dict.fromkeys(("on_time", "in_full"), "object"))
    verdicts.loc[~verdicts["due"], ["on_time", "in_full", "days_late"]] = None
    return plain_rows(found.join(verdicts[["due", "on_time", "in_full", "days_late"]]))
