"""What a customer or OEM expects to need of us, by item and month: written as a draft, sent as a version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from core.clock import now, today
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.i18n import EMPTY, _, counted
from core.permissions import Permission
from core.viewer import CompanyKind, Viewer
from data.queries import partner_forecasts as rows
from services import submissions
from services.audit import record
from services.form_values import row_id, sentence, shown_quantity
from services.partners import partner_scope

HORIZON = 12
"""Months that are forecast, from the next one on: the month of today is half ordered already."""
LISTED = 100
FEATURES = {
    CompanyKind.CUSTOMER: Permission.CUSTOMER_FORECAST,
    CompanyKind.OEM: Permission.OEM_DEMAND,
}
KINDS = {CompanyKind.CUSTOMER: "customer_forecast", CompanyKind.OEM: "oem_demand"}
"""As which kind of request a version is sent."""
SUBJECT = "partner_forecast"

Cell = tuple[int, date]
Figures = dict[Cell, Decimal]


@dataclass(frozen=True, slots=True)
class Item:
    """Something that the partner buys of us."""

    id: int
    code: str
    name: str
    uom: str


@dataclass(frozen=True, slots=True)
class ForecastVersion:
    """One version: draft, sent, accepted, rejected or superseded; ``cells`` that it says something of."""

    id: int
    number: int
    state: str
    note: str | None
    author: str
    created_at: datetime
    sent_at: datetime | None
    decided_at: datetime | None
    cells: int = 0


@dataclass(frozen=True, slots=True)
class ForecastSheet:
    """What is written now: the draft, or before there is one what was sent last. ``sent`` are the figures of the newest
    version that was sent, ``last_year`` what was ordered in the same month a year before."""

    items: list[Item]
    months: list[date]
    draft: ForecastVersion | None
    newest: ForecastVersion | None
    figures: Figures
    sent: Figures = field(default_factory=dict)
    last_year: Figures = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """Cells in which the draft differs from what was sent last."""
        if self.draft is None:
            return 0
        return sum(self.figures.get(cell) != self.sent.get(cell) for cell in self.figures.keys() | self.sent.keys())


def coming_months() -> list[date]:
    """The months that can be forecast now.

    Inputs: none.
    Returns: first days of the HORIZON months after that of today.
    Raises: nothing.
    Source: none; ours.
    """
    return months_from(today(), 1, HORIZON)


def months_from(day: date, step: int, count: int) -> list[date]:
    """First days of months.

    Inputs: a day; how many months after its own the first one is; how many.
    Returns: first days in order.
    Raises: nothing.
    Source: none; ours.
    """
    first = pd.Timestamp(day.replace(day=1)) + pd.DateOffset(months=step)
    return [(first + pd.DateOffset(months=place)).date() for place in range(count)]


def feature_of(viewer: Viewer) -> Permission:
    """The right of the viewer's kind of partner.

    Inputs: a viewer.
    Returns: the right that its page needs.
    Raises: NotAllowed for everybody who is neither customer nor OEM.
    Source: screens.md 19.
    """
    if viewer.company_kind not in FEATURES:
        raise NotAllowed(_("You don't have permission for this."))
    return FEATURES[viewer.company_kind]


def sheet(viewer: Viewer) -> ForecastSheet:
    """What is written now, beside what was sent last and ordered a year before.

    Inputs: a customer or OEM.
    Returns: ForecastSheet; items that the company ordered or spoke of, by code.
    Raises: NotAllowed without the feature.
    Source: screens.md 19.
    """
    with partner_scope(viewer, feature_of(viewer)) as session:
        return sheet_of(session, viewer)


def sheet_of(session: Session, viewer: Viewer) -> ForecastSheet:
    """The same within an open session of the partner.

    Inputs: the open session, the viewer.
    Returns: ForecastSheet.
    Raises: nothing.
    Source: screens.md 19.
    """
    months, party = coming_months(), viewer.company_kind.value
    draft, newest = current(session)
    sent = figures_of(session, newest.id, months) if newest else {}
    past = rows.needed(session, party=party, since=_year_before(months[0]), until=months[0])
    return ForecastSheet(
        items=[Item(**row._asdict()) for row in rows.items(session, party=party)],
        months=months,
        draft=draft,
        newest=newest,
        figures=figures_of(session, draft.id, months) if draft else sent,
        sent=sent,
        last_year=_a_year_later(past, months),
    )


def current(session: Session) -> tuple[ForecastVersion | None, ForecastVersion | None]:
    """The draft and the version that was sent last, within an open session of the partner.

    Inputs: the open session.
    Returns: both; None for what there is not.
    Raises: nothing.
    Source: screens.md 19.
    """
    known = [_version(row) for row in rows.versions(session, limit=LISTED)]
    draft = next((version for version in known if version.state == "draft"), None)
    return draft, next((version for version in known if version.state != "draft"), None)


def versions(viewer: Viewer) -> list[ForecastVersion]:
    """The company's own versions, the newest first.

    Inputs: a customer or OEM.
    Returns: at most LISTED versions.
    Raises: NotAllowed without the feature.
    Source: screens.md 19.
    """
    with partner_scope(viewer, feature_of(viewer)) as session:
        return [_version(row) for row in rows.versions(session, limit=LISTED)]


def send(viewer: Viewer, *, note: object = None) -> int:
    """Send the draft as a new version. It enters the plan when it is accepted, and not before.

    Inputs: a customer or OEM with portal.commit; a note for who decides.
    Returns: the number of the version.
    Raises: NotAllowed; InvalidInput when there is no draft, it is empty, or the note is too long.
    Source: product.md, promise 6.
    """
    with partner_scope(viewer, feature_of(viewer), Permission.PORTAL_COMMIT) as session:
        draft = rows.draft(session)
        if draft is None:
            raise InvalidInput(_("There is nothing to send: change a figure first."))
        said = rows.values(session, draft.id)
        if said.empty:
            raise InvalidInput(_("The forecast is empty: enter what you expect to need, then send it."))
        why = sentence(note, name=_("Note"), longest=submissions.NOTE_LENGTH) if note else None
        rows.send(session, draft.id, note=why, at=now())
        title = _(
            "Forecast %(number)s: %(items)s, %(first)s to %(last)s",
            number=draft.number,
            items=counted("1 item", "%(count)s items", said["product_id"].nunique()),
            first=f"{said['period'].min():%Y-%m}",
            last=f"{said['period'].max():%Y-%m}",
        )
        payload = {"forecast_id": draft.id, "number": draft.number, "cells": len(said)}
        submissions.submit(session, viewer, KINDS[viewer.company_kind], payload, title=title, note=why)
        return int(draft.number)


def withdraw(viewer: Viewer) -> None:
    """Take the version back that nobody decided on yet; it becomes the draft again, where there is no other one.

    Inputs: a customer or OEM with portal.commit.
    Returns: nothing.
    Raises: NotAllowed; NotFound when none waits; Conflict when it was decided meanwhile.
    Source: ours.
    """
    with partner_scope(viewer, feature_of(viewer), Permission.PORTAL_COMMIT) as session:
        kind = KINDS[viewer.company_kind]
        waiting = [one for one in submissions.own_submissions(session, kind) if one.status == "pending"]
        if not waiting:
            raise NotFound(_("No version waits for an answer."))
        submissions.withdraw(session, viewer, kind, waiting[0].id)
        rows.take_back(session, row_id(waiting[0].payload.get("forecast_id")), to_draft=rows.draft(session) is None)


def write(session: Session, viewer: Viewer, cells: Mapping[Cell, Decimal | None], before: Mapping[Cell, object]) -> int:
    """Put figures into the draft, which is made of the newest version where there is none.

    Inputs: the open session of a partner with portal.answer; quantities by item and month, None for no word, all of
        items and months of its sheet; before: what its screen showed there, where that is to be compared.
    Returns: how many cells changed.
    Raises: Conflict when a cell is another one than was shown, or the draft was sent meanwhile.
    Source: product.md, promise 5.
    """
    draft = _open_draft(session, viewer)
    stored = figures_of(session, draft.id, coming_months())
    for cell, shown in before.items():
        if shown != stored.get(cell):
            item = next((each.code for each in rows.items(session, party=draft.party) if each.id == cell[0]), EMPTY)
            raise Conflict(_overtaken(draft.changed_by, f"{item}, {cell[1]:%Y-%m}", shown, stored.get(cell)))
    changed = {cell: quantity for cell, quantity in cells.items() if quantity != stored.get(cell)}
    if changed:
        rows.write(session, draft.id, [(*cell, quantity) for cell, quantity in changed.items()])
        rows.touch(session, draft.id, user_id=viewer.user_id)
        record(
            session,
            viewer,
            "partner_forecast.write",
            subject=SUBJECT,
            subject_id=draft.id,
            before={_key(cell): _text(stored.get(cell)) for cell in changed},
            after={_key(cell): _text(quantity) for cell, quantity in changed.items()},
        )
    return len(changed)


def figures_of(session: Session, forecast_id: int, months: list[date]) -> Figures:
    """What a version says.

    Inputs: an open session, the id of a version, the months that are wanted.
    Returns: quantities by product and month.
    Raises: nothing.
    Source: none; ours.
    """
    wanted, found = set(months), rows.values(session, forecast_id)
    cells = zip(found["product_id"], found["period"], found["quantity"], strict=True)
    return {(int(product), period): quantity for product, period, quantity in cells if period in wanted}


def _open_draft(session: Session, viewer: Viewer) -> Any:
    """The draft, made of the newest version where there is none."""
    found = rows.draft(session)
    if found is not None:
        return found
    newest = rows.newest_sent(session)
    rows.add_draft(session, company_id=viewer.company_id, party=viewer.company_kind.value, user_id=viewer.user_id)
    made = rows.draft(session)
    if made is None:
        raise Conflict(_("A colleague of yours has sent this forecast meanwhile. Reload the page."))
    if newest is not None:
        copied = figures_of(session, newest.id, coming_months())
        rows.write(session, made.id, [(*cell, quantity) for cell, quantity in copied.items()])
    return made


def _overtaken(who: str | None, cell: str, *figures: object) -> str:
    """Who changed what, for the person that came second."""
    before, after = (shown_quantity(each) if isinstance(each, Decimal) else EMPTY for each in figures)
    return _(
        "%(who)s has changed %(cell)s from %(before)s to %(after)s meanwhile. Reload the page and decide again.",
        who=who or _("A colleague of yours"),
        cell=cell,
        before=before,
        after=after,
    )


def _version(row: object) -> ForecastVersion:
    names = ForecastVersion.__slots__
    return ForecastVersion(**{name: getattr(row, name) for name in names if hasattr(row, name)})


def _year_before(month: date) -> date:
    return month.replace(year=month.year - 1)


def _a_year_later(past: pd.DataFrame, months: list[date]) -> Figures:
    cells = zip(past["product_id"], past["period"], past["quantity"], strict=True)
    known = {(int(product), period): float(quantity) for product, period, quantity in cells}
    later = {_year_before(month): month for month in months}
    return {
        (product, later[period]): Decimal(str(round(quantity, 4)))
        for (product, period), quantity in known.items()
        if period in later
    }


def _key(cell: Cell) -> str:
    return f"{cell[0]} {cell[1]:%Y-%m}"


def _text(quantity: Decimal | None) -> str | None:
    return None if quantity is None else str(quantity)
