"""The commit grid: what is forecast for a supplier in each bucket, and what it commits to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from data.queries import supplier_planning as rows
from services.submissions import Submission, own_submissions
from services.supplier_agreements import is_shared
from services.supplier_commit_lights import lights_of, thresholds

NAME = "supplier_commit"
VERSIONS_KEPT = 12

Key = tuple[int, int | None, date]


@dataclass(frozen=True, slots=True)
class CommitCell:
    """An item in a bucket. ``before`` is its forecast in the version before; ``commit`` what was sent last, or what is
    accepted; ``accepted`` what the plan counts on."""

    starts_on: date
    ends_on: date
    near: bool
    forecast: Decimal
    before: Decimal | None
    firm: Decimal
    commit: Decimal | None
    accepted: Decimal | None
    comment: str
    light: str

    @property
    def difference(self) -> Decimal | None:
        return None if self.commit is None else self.commit - self.forecast


@dataclass(frozen=True, slots=True)
class CommitItem:
    """An item, at a place where the agreement is by place, with its cells in order."""

    product_id: int
    location_id: int | None
    code: str
    name: str
    uom: str
    location: str | None
    cells: Sequence[CommitCell]

    @property
    def id(self) -> str:
        return f"{self.product_id}-{self.location_id or 0}"


@dataclass(frozen=True, slots=True)
class SharedVersion:
    """One forecast that was shared."""

    id: int
    number: int
    shared_at: datetime
    bucket: str


@dataclass(frozen=True, slots=True)
class CommitGrid:
    """The newest forecast (None: none was shared) with the supplier's commits; ``pending`` and ``decided`` are the wish
    that waits and the last one that was decided on."""

    version: SharedVersion | None
    versions: Sequence[SharedVersion]
    items: Sequence[CommitItem]
    thresholds: Mapping[str, float]
    pending: Submission | None
    decided: Submission | None
    agreed: bool


def grid(session: Session, number: int) -> CommitGrid:
    """The grid of a supplier, within its own open session.

    Inputs: the open session of the supplier; the number of an earlier version, 0 for the newest.
    Returns: CommitGrid.
    Raises: nothing.
    Source: screens.md 19.
    """
    supplier = rows.own_supplier(session)
    agreement = None if supplier is None else rows.own_agreement(session, supplier.id)
    sent = own_submissions(session, NAME, limit=VERSIONS_KEPT)
    pending = next((each for each in sent if each.status == "pending"), None)
    decided = next((each for each in sent if each.status in ("accepted", "rejected")), None)
    if supplier is None or agreement is None:
        return CommitGrid(None, (), (), {}, pending, decided, agreed=False)
    found = rows.forecasts(session, supplier.id, limit=VERSIONS_KEPT)
    place = next((at for at, version in enumerate(found) if version.number == number), 0)
    versions = [SharedVersion(each.id, each.number, each.shared_at, each.bucket) for each in found]
    terms = thresholds(agreement)
    agreed = is_shared(agreement._asdict())
    if not found:
        return CommitGrid(None, (), (), terms, pending, decided, agreed=agreed)
    earlier = found[place + 1] if place + 1 < len(found) else None
    accepted = {_key(row): row for row in rows.commits(session, supplier.id)}
    items = _items(session, found[place], earlier=earlier, accepted=accepted, said=_said(pending), terms=terms)
    return CommitGrid(versions[place], versions, items, terms, pending, decided, agreed=agreed)


def _items(
    session: Session,
    version: Any,
    *,
    earlier: Any,
    accepted: Mapping[Key, Any],
    said: Mapping[Key, tuple[Decimal, str]],
    terms: Mapping[str, float],
) -> list[CommitItem]:
    lines = rows.lines(session, version.id)
    before = {} if earlier is None else {_key(row): row.forecast for row in rows.forecast_figures(session, earlier.id)}
    values = [_value(_key(line), line.ends_on, accepted, said) for line in lines]
    near = [line.starts_on < version.fence_ends_on for line in lines]
    lights = lights_of(
        [line.forecast for line in lines], [commit for commit, _known, _comment in values], near=near, terms=terms
    )
    items: dict[tuple[int, int | None], CommitItem] = {}
    for line, (commit, known, comment), inside, told in zip(lines, values, near, lights, strict=True):
        key = (line.product_id, line.location_id)
        item = items.setdefault(key, CommitItem(*key, line.code, line.name, line.uom, line.location, []))
        cell = CommitCell(
            *(line.starts_on, line.ends_on, inside, line.forecast, before.get(_key(line)), line.firm),
            *(commit, known, comment, told),
        )
        item.cells.append(cell)  # type: ignore[attr-defined]
    return list(items.values())


def sent_lines(found: Submission) -> list[dict[str, Any]]:
    """The commits of a submission.

    Inputs: the submission.
    Returns: its lines as they were sent; what was stored of a bad shape is none.
    Raises: nothing.
    Source: none; ours.
    """
    lines = found.payload.get("lines")
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def _key(row: Any) -> Key:
    return row.product_id, row.location_id, row.starts_on


def _value(
    key: Key, ends_on: date, accepted: Mapping[Key, Any], said: Mapping[Key, tuple[Decimal, str]]
) -> tuple[Decimal | None, Decimal | None, str]:
    """What was sent last, what is accepted, and the comment."""
    row = accepted.get(key)
    held = row if row is not None and row.ends_on == ends_on else None
    known = None if held is None else held.quantity
    if key in said:
        return said[key][0], known, said[key][1]
    return known, known, "" if held is None else held.comment or ""


def _said(pending: Submission | None) -> dict[Key, tuple[Decimal, str]]:
    """The commits of a submission; what was stored of a bad shape is none."""
    return (
        {}
        if pending is None
        else {_line_key(line): (Decimal(line["quantity"]), line["comment"]) for line in sent_lines(pending)}
    )


def _line_key(line: Mapping[str, Any]) -> Key:
    return line["product_id"], line["location_id"], date.fromisoformat(line["starts_on"])
