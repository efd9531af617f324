"""The commit grid: what is forecast for a supplier, what it commits to, and what accepting a commit means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from analytics.supplier_forecast import BAD, WARN, light
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import EMPTY, _, counted, day
from core.permissions import Permission
from core.viewer import Viewer
from data.queries import supplier_planning as rows
from data.queries.settings import bump
from services.audit import record
from services.form_values import calendar_day, quantity_of, row_id, sentence, shown_quantity
from services.partners import partner_scope
from services.submissions import Described, Kind, Submission, own_submissions, submit, withdraw
from services.supplier_agreements import PORTAL_PAGE, is_shared

NAME = "supplier_commit"
VERSIONS_KEPT = 12
MOST_CELLS = 20_000
COMMENT_LENGTH = 200
FACTS = 12
TOLD = 5

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


def commit_grid(viewer: Viewer, number: object = None) -> CommitGrid:
    """What is shared with the viewer's company, and what it committed to.

    Inputs: a supplier with portal.supplier.forecast; the number of an earlier version, None for the newest.
    Returns: CommitGrid.
    Raises: NotAllowed.
    Source: screens.md 19.
    """
    with partner_scope(viewer, Permission.SUPPLIER_FORECAST) as session:
        return _grid(session, row_id(number))


def to_commit(session: Session) -> SharedVersion | None:
    """The newest forecast, while the supplier has not committed to it; within an open session of the supplier.

    Inputs: the open session.
    Returns: the forecast; None when none is shared, or a commit to it waits or was accepted.
    Raises: nothing.
    Source: screens.md 19.
    """
    supplier = rows.own_supplier(session)
    agreement = None if supplier is None else rows.own_agreement(session, supplier.id)
    if supplier is None or agreement is None or not is_shared(agreement._asdict()):
        return None
    newest = next(iter(rows.forecasts(session, supplier.id, limit=1)), None)
    sent = own_submissions(session, NAME, limit=VERSIONS_KEPT)
    committed = {each.payload.get("forecast") for each in sent if each.status in ("pending", "accepted")}
    if newest is None or newest.id in committed:
        return None
    return SharedVersion(newest.id, newest.number, newest.shared_at, newest.bucket)


def send(viewer: Viewer, forecast_id: object, cells: Sequence[Mapping[str, Any]], *, note: object = None) -> int:
    """Send commits for the newest forecast; they count once the buyer accepts them.

    Inputs: a supplier with portal.supplier.forecast and portal.commit; the forecast on the screen; cells: item (id of a
        CommitItem), starts_on, quantity (empty: no commit) and comment, those that are not named stay as sent; a note.
    Returns: how many cells differ from what was sent before; nothing is sent for none.
    Raises: NotAllowed; Conflict when another forecast was shared meanwhile; InvalidInput naming item and bucket.
    Source: screens.md 19; security.md B08.
    """
    with partner_scope(viewer, Permission.SUPPLIER_FORECAST, Permission.PORTAL_COMMIT) as session:
        found = _grid(session, 0)
        if not found.agreed or found.version is None:
            raise InvalidInput(_("No forecast is shared with you at present. Ask your buyer to share one."))
        if row_id(forecast_id) != found.version.id:
            raise Conflict(
                _("Forecast %(number)s is the newest one. Reload the page, then commit.", number=found.version.number)
            )
        known = _known(found)
        typed = _typed(found, cells)
        changed = {key for key, value in typed.items() if value != known[key]}
        if not changed:
            return 0
        lines = _lines(found, known | typed)
        if not lines:
            raise InvalidInput(_("There is no commit: enter a quantity for at least one item."))
        number = found.version.number
        payload = {"forecast": found.version.id, "number": number, "lines": lines}
        submit(session, viewer, NAME, payload, title=_("Commit to forecast %(number)s", number=number), note=note)
    return len(changed)


def take_back(viewer: Viewer, submission_id: object) -> None:
    """Withdraw a commit nobody decided on.

    Inputs: as send; the id of the submission.
    Returns: nothing.
    Raises: NotAllowed, NotFound, Conflict.
    Source: services.submissions.
    """
    with partner_scope(viewer, Permission.SUPPLIER_FORECAST, Permission.PORTAL_COMMIT) as session:
        withdraw(session, viewer, NAME, submission_id)


def _grid(session: Session, number: int) -> CommitGrid:
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
    terms = {name: float(getattr(agreement, name)) for name in ("near_warn", "near_bad", "far_warn", "far_bad")}
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


def lights_of(
    forecast: Sequence[Decimal | float],
    commit: Sequence[Decimal | float | None],
    *,
    near: Sequence[bool],
    terms: Mapping[str, float],
) -> list[str]:
    """The traffic lights of cells.

    Inputs: forecast and commit of each cell, whether it is within the fence, and the thresholds.
    Returns: as analytics.supplier_forecast.light.
    Raises: nothing.
    Source: screens.md 19.
    """
    inside = np.array(near, dtype=bool)
    told = light(
        np.array([float(value) for value in forecast], dtype=np.float64),
        np.array([np.nan if value is None else float(value) for value in commit], dtype=np.float64),
        warn=np.where(inside, terms.get("near_warn", 0.0), terms.get("far_warn", 0.0)),
        bad=np.where(inside, terms.get("near_bad", 0.0), terms.get("far_bad", 0.0)),
    )
    return [str(each) for each in told]


def typed_lights(
    forecast: Sequence[float], commit: Sequence[float | None], *, fields: Sequence[str], near: object, terms: object
) -> list[str]:
    """The traffic lights of figures that are being typed, before anything is sent.

    Inputs: forecast and commit of each cell; fields: the first day of each; near: days within the fence, and terms: the
        thresholds, both as the page holds them.
    Returns: as lights_of; what the browser made of near and terms otherwise counts as none.
    Raises: nothing.
    Source: screens.md 19.
    """
    inside = near if isinstance(near, list) else []
    known = terms if isinstance(terms, dict) else {}
    shares = {name: float(value) for name, value in known.items() if isinstance(value, int | float)}
    return lights_of(forecast, commit, near=[field in inside for field in fields], terms=shares)


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
        else {_line_key(line): (Decimal(line["quantity"]), line["comment"]) for line in _of(pending)}
    )


def _of(found: Submission) -> list[dict[str, Any]]:
    lines = found.payload.get("lines")
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def _line_key(line: Mapping[str, Any]) -> Key:
    return line["product_id"], line["location_id"], date.fromisoformat(line["starts_on"])


def _known(found: CommitGrid) -> dict[Key, tuple[Decimal | None, str]]:
    return {
        (item.product_id, item.location_id, cell.starts_on): (cell.commit, cell.comment)
        for item in found.items
        for cell in item.cells
    }


def _typed(found: CommitGrid, cells: Sequence[Mapping[str, Any]]) -> dict[Key, tuple[Decimal | None, str]]:
    """What was typed, all of it or every bad cell is told."""
    if len(cells) > MOST_CELLS:
        raise InvalidInput(_("That is more than the forecast holds. Send the cells of this forecast only."))
    items = {item.id: item for item in found.items}
    typed: dict[Key, tuple[Decimal | None, str]] = {}
    problems: list[str] = []
    for cell in cells:
        item = items.get(str(cell.get("item")))
        try:
            if item is None:
                raise NotFound(_("%(item)s is not in the forecast.", item=str(cell.get("item"))[:40]))
            key, value = _typed_cell(item, cell)
            typed[key] = value
        except (InvalidInput, NotFound) as error:
            problems.append(error.message)
    if problems:
        more = len(problems) - TOLD
        told = problems[:TOLD] + ([counted("And %(count)s more.", "And %(count)s more.", more)] if more > 0 else [])
        raise InvalidInput("\n".join([_("Nothing was sent."), *told]))
    return typed


def _typed_cell(item: CommitItem, cell: Mapping[str, Any]) -> tuple[Key, tuple[Decimal | None, str]]:
    starts_on = calendar_day(cell.get("starts_on"), name=item.code)
    if starts_on not in {known.starts_on for known in item.cells}:
        raise InvalidInput(_("%(item)s: %(day)s begins no bucket of the forecast.", item=item.code, day=day(starts_on)))
    name = f"{item.code}, {day(starts_on)}"
    written = cell.get("quantity")
    quantity = None
    if written is not None and str(written).strip() not in ("", EMPTY):
        quantity = quantity_of(str(written).replace(",", "") if isinstance(written, str) else written, name=name)
        if quantity < 0:
            raise InvalidInput(_("%(name)s: enter zero or more, such as 1200.", name=name))
    said = cell.get("comment")
    comment = sentence(said, name=name, longest=COMMENT_LENGTH) if isinstance(said, str) and said.strip() else ""
    return (item.product_id, item.location_id, starts_on), (quantity, comment)


def _lines(found: CommitGrid, values: Mapping[Key, tuple[Decimal | None, str]]) -> list[dict[str, Any]]:
    """The payload: every cell with a commit, and the forecast it answers."""
    lines = []
    for item in found.items:
        for cell in item.cells:
            quantity, comment = values[item.product_id, item.location_id, cell.starts_on]
            if quantity is not None:
                lines.append(
                    {
                        "product_id": item.product_id,
                        "location_id": item.location_id,
                        "starts_on": cell.starts_on.isoformat(),
                        "ends_on": cell.ends_on.isoformat(),
                        "near": cell.near,
                        "forecast": str(cell.forecast),
                        "quantity": str(quantity),
                        "comment": comment,
                    }
                )
    return lines


def _describe(session: Session, _viewer: Viewer, found: Sequence[Submission]) -> dict[int, Described]:
    return {each.id: _described(session, each) for each in found}


def _described(session: Session, found: Submission) -> Described:
    supplier = rows.supplier_of(session, found.company_id)
    lines = _of(found)
    agreement = None if supplier is None else rows.agreement(session, supplier.id)
    if supplier is None or agreement is None:
        gone = _("There is no agreement with this supplier any more.")
        return Described(_("Commit of %(count)s figures", count=len(lines)), obstacle=gone)
    forecast, quantity = ([float(line[name]) for line in lines] for name in ("forecast", "quantity"))
    terms = {name: float(getattr(agreement, name)) for name in ("near_warn", "near_bad", "far_warn", "far_bad")}
    lights = lights_of(
        [Decimal(line["forecast"]) for line in lines],
        [Decimal(line["quantity"]) for line in lines],
        near=[bool(line["near"]) for line in lines],
        terms=terms,
    )
    price = rows.prices(session, supplier.id)
    short = [
        max(asked - given, 0.0) * price.get(line["product_id"], 0.0)
        for line, asked, given in zip(lines, forecast, quantity, strict=True)
    ]
    apart = lights.count(BAD) + lights.count(WARN)
    summary = (
        counted("%(count)s figure apart from the forecast", "%(count)s figures apart from the forecast", apart)
        if apart
        else _("Commits to the forecast as asked for")
    )
    worst = sorted(range(len(lines)), key=lambda at: -short[at])[:FACTS]
    names = rows.names(session, [lines[at]["product_id"] for at in worst])
    facts = [_fact(lines[at], names) for at in worst if lines[at]["forecast"] != lines[at]["quantity"]]
    summary = _("Forecast %(number)s: %(summary)s", number=found.payload.get("number"), summary=summary)
    return Described(summary, facts, impact=sum(short), plain=apart == 0)


def _fact(line: Mapping[str, Any], names: Mapping[int, Any]) -> tuple[str, str, str]:
    item = names.get(line["product_id"])
    label = f"{EMPTY if item is None else item.code} · {day(date.fromisoformat(line['starts_on']))}"
    uom = "" if item is None else f" {item.uom}"
    said = f" · {line['comment']}" if line["comment"] else ""
    return (
        label,
        _("forecast %(quantity)s", quantity=shown_quantity(Decimal(line["forecast"])) + uom),
        shown_quantity(Decimal(line["quantity"])) + uom + said,
    )


def _accept(session: Session, viewer: Viewer, found: Submission) -> None:
    """The commits become the capacity of the source: planned purchases may not exceed them."""
    supplier = rows.supplier_of(session, found.company_id)
    if supplier is None:
        raise Conflict(_("There is no agreement with this supplier any more."))
    since = rows.counted_from(session, row_id(found.payload.get("forecast")), supplier.id)
    if since is None:
        raise Conflict(_("The forecast that this commit answers is not there any more."))
    stored = [
        {
            "product_id": line["product_id"],
            "location_id": line["location_id"],
            "starts_on": date.fromisoformat(line["starts_on"]),
            "ends_on": date.fromisoformat(line["ends_on"]),
            "quantity": Decimal(line["quantity"]),
            "comment": line["comment"] or None,
            "counted_from": since,
            "submission_id": found.id,
        }
        for line in _of(found)
    ]
    rows.replace_commits(session, supplier.id, stored)
    record(
        session,
        viewer,
        "supplier_commit.store",
        subject="supplier",
        subject_id=supplier.id,
        after={"submission": found.id, "figures": len(stored)},
    )
    bump(session, "supplier_limits")


KIND = Kind(
    NAME,
    "Commit to a forecast",
    Permission.REVIEW_DECIDE,
    PORTAL_PAGE,
    _describe,
    _accept,
)
