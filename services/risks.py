"""The register of risks and opportunities: what may cost or bring money that the plan does not count on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from core.clock import now, today
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import _, day, moment, money
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import inbox as people
from data.queries import risks as rows
from models.base import Json
from services import comments
from services.audit import record
from services.form_values import calendar_day, quantity_of, row_id, sentence
from services.listed_rows import Sort, equal_to, in_order, mentioning
from services.notifications import TASK, Notice, done, tell
from services.plain_rows import plain_rows

PATH = "/sop/risks"
KINDS = RISK, OPPORTUNITY = ("risk", "opportunity")
STATUSES = OPEN, MITIGATED, HAPPENED, CLOSED = ("open", "mitigated", "happened", "closed")
COMMENTS = "risk"
"""The subject of remarks about a risk."""
LONGEST_TITLE, LONGEST_TEXT = 160, 1000
LARGEST_IMPACT = Decimal(10) ** 12
YEARS_AHEAD = 5
TEXTS = (
    "category",
    "product",
    "product_name",
    "owner",
    "due_on",
    "mitigation",
    "source",
    "created_by",
    "changed_by",
    "cycle",
)
"""Columns that may be empty."""
OWN_ORDER: Sort = (("weight", True), ("id", False))


@dataclass(frozen=True, slots=True)
class RiskFilters:
    """What the register is narrowed to; an empty text narrows nothing."""

    kind: str = ""
    status: str = OPEN
    category: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class RiskSums:
    """Open risks and opportunities: how many, their impact in RM, and that times their probability. Risks are below
    zero; ``expected`` is both together."""

    risks: int
    risk_impact: float
    risk_expected: float
    opportunities: int
    opportunity_impact: float
    opportunity_expected: float

    @property
    def expected(self) -> float:
        """What the plan is to come to more or less, if all goes as likely as they say."""
        return self.risk_expected + self.opportunity_expected


def risks(viewer: Viewer, filters: RiskFilters, *, sort: Sort = ()) -> list[dict[str, Any]]:
    """The register, the largest expected value first unless sorted otherwise.

    Inputs: a viewer with plan.read; filters; columns to sort by with whether descending.
    Returns: dictionaries of the columns of the table with product (code), product_name, owner, created_by, changed_by
        (names), cycle (its month); ``impact`` below zero for a risk, ``expected`` = probability x impact, ``weight``
        its size.
    Raises: NotAllowed.
    Source: screens.md 16.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        found = _listed(session)
    keep = equal_to(found, filters, "kind", "status", "category")
    keep &= mentioning(found, filters.search, "title", "product", "product_name", "owner", "mitigation")
    return plain_rows(in_order(found[keep], sort, otherwise=OWN_ORDER))


def risk(viewer: Viewer, risk_id: object) -> dict[str, Any]:
    """One risk or opportunity with what was said about it.

    Inputs: a viewer with plan.read; its id.
    Returns: as a row of risks, with ``remarks`` as services.comments.thread gives them.
    Raises: NotAllowed; NotFound.
    Source: screens.md 16.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        found = _listed(session)
    own = plain_rows(found[found["id"] == row_id(risk_id)])
    if not own:
        raise NotFound(_("There is no such risk."))
    return {**own[0], "remarks": comments.thread(viewer, COMMENTS, str(own[0]["id"]))}


def sums(viewer: Viewer) -> RiskSums:
    """What the open risks and opportunities come to.

    Inputs: a viewer with plan.read.
    Returns: RiskSums.
    Raises: NotAllowed.
    Source: screens.md 16: probability x value.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        found = _listed(session)
    found = found[found["status"] == OPEN]
    risk, chance = (found[found["kind"] == kind] for kind in KINDS)
    return RiskSums(
        risks=len(risk),
        risk_impact=float(risk["impact"].sum()),
        risk_expected=float(risk["expected"].sum()),
        opportunities=len(chance),
        opportunity_impact=float(chance["impact"].sum()),
        opportunity_expected=float(chance["expected"].sum()),
    )


def top_risks(viewer: Viewer, limit: int = 5) -> list[dict[str, Any]]:
    """The open risks and opportunities of the largest expected value.

    Inputs: a viewer with plan.read; how many at most.
    Returns: as risks.
    Raises: NotAllowed.
    Source: screens.md 16: top five by probability x value.
    """
    return risks(viewer, RiskFilters(status=OPEN))[: max(limit, 0)]


def create(viewer: Viewer, given: Json) -> int:
    """Add a risk or opportunity; its owner is told.

    Inputs: a viewer with risk.edit; given: title, kind, category and product (code) if it is of one, probability in
        per cent, impact in RM, month it hits, owner_id, due_on, mitigation.
    Returns: its id. It belongs to the cycle that runs.
    Raises: NotAllowed; InvalidInput that names the field and says what it takes.
    Source: issue 6, AOP.
    """
    require(viewer, Permission.RISK_EDIT)
    with session_scope(viewer) as session:
        return add(session, viewer, _checked(session, given))


def add(session: Session, viewer: Viewer, values: Json) -> int:
    """The same within an open session, of values that were checked.

    Inputs: the open session of the change; who adds; columns of the table.
    Returns: the id.
    Raises: nothing of its own.
    Source: none; ours.
    """
    risk_id = rows.add(session, **values, cycle_id=rows.running_cycle(session), created_by=viewer.user_id)
    record(session, viewer, "risk.create", subject="risk", subject_id=risk_id, after=_texts(values))
    _tell_owner(session, viewer, risk_id, values)
    return risk_id


def change(viewer: Viewer, risk_id: object, version: object, given: Json) -> None:
    """Change a risk or opportunity; a new owner is told.

    Inputs: a viewer with risk.edit; its id and the version on the screen; given: as create.
    Returns: nothing.
    Raises: NotAllowed; NotFound; Conflict when somebody changed it meanwhile; InvalidInput.
    Source: issue 6, AOP.
    """
    require(viewer, Permission.RISK_EDIT)
    with session_scope(viewer) as session:
        held = _held(session, risk_id, version)
        values = _checked(session, given)
        changed = {name: value for name, value in values.items() if getattr(held, name) != value}
        if not changed:
            return
        rows.change(session, held.id, **changed, **_stamp(viewer))
        before = _texts({name: getattr(held, name) for name in changed})
        after = _texts(changed)
        record(session, viewer, "risk.change", subject="risk", subject_id=held.id, before=before, after=after)
        if held.status == OPEN and changed.keys() & {"owner_id", "due_on", "title"}:
            done(session, _key(held.id))
            _tell_owner(session, viewer, held.id, values)


def set_status(viewer: Viewer, risk_id: object, version: object, status: object, note: object) -> None:
    """Say what became of a risk or opportunity, and why.

    Inputs: a viewer with risk.edit; its id and the version on the screen; one of STATUSES; a note, which stands among
        its remarks.
    Returns: nothing. Its owner's task is done unless it is open.
    Raises: NotAllowed; NotFound; Conflict when somebody changed it meanwhile; InvalidInput without a note.
    Source: issue 6, AOP.
    """
    require(viewer, Permission.RISK_EDIT)
    if not isinstance(status, str) or status not in STATUSES:
        raise InvalidInput(_("Status: choose what became of it."))
    why = sentence(note, name=_("Note"), longest=LONGEST_TEXT)
    with session_scope(viewer) as session:
        rows.lock_register(session)
        held = _held(session, risk_id, version)
        if status == held.status:
            raise InvalidInput(_("Status: it is %(status)s already.", status=status_name(status).lower()))
        if status == OPEN and held.source in rows.open_sources(session) and held.status not in (OPEN, MITIGATED):
            raise Conflict(_("The same finding is in the register again. Change that entry instead."))
        rows.change(session, held.id, status=status, **_stamp(viewer))
        before, after = {"status": held.status}, {"status": status}
        record(
            session, viewer, "risk.status", subject="risk", subject_id=held.id, before=before, after=after, reason=why
        )
        said = _("%(status)s: %(note)s", status=status_name(status), note=why)
        people.add_comment(session, subject=COMMENTS, subject_id=str(held.id), body=said, created_by=viewer.user_id)
        done(session, _key(held.id))
        if status == OPEN:
            _tell_owner(session, viewer, held.id, held._mapping)


def kind_name(kind: str) -> str:
    """What a kind is called.

    Inputs: one of KINDS; what is none stays.
    Returns: text.
    Raises: nothing.
    Source: none; ours.
    """
    return {RISK: _("Risk"), OPPORTUNITY: _("Opportunity")}.get(kind, kind)


def status_name(status: str) -> str:
    """What a status is called.

    Inputs: one of STATUSES; what is none stays.
    Returns: text.
    Raises: nothing.
    Source: none; ours.
    """
    names = {OPEN: _("Open"), MITIGATED: _("Mitigated"), HAPPENED: _("Happened"), CLOSED: _("Closed")}
    return names.get(status, status)


def categories(viewer: Viewer) -> list[str]:
    """Categories that a risk can be of.

    Inputs: a viewer with plan.read.
    Returns: names.
    Raises: NotAllowed.
    Source: none; ours.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return rows.categories(session)


def _listed(session: Session) -> pd.DataFrame:
    found = rows.listed(session).astype(dict.fromkeys(("product_id", "owner_id", "cycle_id"), "Int64"))
    sign = found["kind"].map({RISK: -1.0, OPPORTUNITY: 1.0}).astype(float)
    impact = found["impact"].astype(float) * sign
    expected = impact * found["probability"].astype(float)
    texts = {name: found[name].astype(object).where(found[name].notna(), None) for name in TEXTS}
    return found.assign(impact=impact, expected=expected, weight=expected.abs(), **texts)


def _checked(session: Session, given: Json) -> Json:
    kind = given.get("kind")
    if kind not in KINDS:
        raise InvalidInput(_("Kind: choose risk or opportunity."))
    return {
        "title": sentence(given.get("title"), name=_("Title"), longest=LONGEST_TITLE),
        "kind": kind,
        "category": _category(session, given.get("category")),
        "product_id": _product(session, given.get("product")),
        "probability": _probability(given.get("probability")),
        "impact": _impact(given.get("impact")),
        "month": _month(given.get("month")),
        "owner_id": _owner(session, given.get("owner_id")),
        "due_on": calendar_day(given["due_on"], name=_("Due on")) if given.get("due_on") else None,
        "mitigation": sentence(given["mitigation"], name=_("Mitigation"), longest=LONGEST_TEXT)
        if given.get("mitigation")
        else None,
    }


def _category(session: Session, value: object) -> str | None:
    if not value:
        return None
    if value not in rows.categories(session):
        raise InvalidInput(_("Category: choose one of the list."))
    return str(value)


def _product(session: Session, value: object) -> int | None:
    if not value:
        return None
    code = sentence(value, name=_("Product"), longest=100)
    found = rows.product_id(session, code)
    if found is None:
        raise InvalidInput(_("Product: there is none with the code “%(code)s”. Enter a product code.", code=code))
    return found


def _probability(value: object) -> float:
    percent = quantity_of(value, name=_("Probability"))
    if not 0 <= percent <= 100:
        raise InvalidInput(_("Probability: enter 0 to 100 per cent."))
    return float(round(percent / 100, 4))


def _impact(value: object) -> Decimal:
    found = quantity_of(value, name=_("Impact"))
    if not 0 <= found <= LARGEST_IMPACT:
        raise InvalidInput(_("Impact: enter RM from 0 on; the kind tells whether it costs or brings them."))
    return found


def _month(value: object) -> date:
    text = f"{value}-01" if isinstance(value, str) and len(value) == len("2026-01") else value
    found = calendar_day(text, name=_("Month")).replace(day=1)
    if not today().year - 1 <= found.year <= today().year + YEARS_AHEAD:
        raise InvalidInput(_("Month: choose one from last year to %(count)s years ahead.", count=YEARS_AHEAD))
    return found


def _owner(session: Session, value: object) -> int | None:
    if not value:
        return None
    wanted = row_id(int(value)) if isinstance(value, str) and value.isascii() and value.isdigit() else row_id(value)
    if wanted not in {row.id for row in people.colleagues(session)}:
        raise InvalidInput(_("Owner: choose somebody of the list."))
    return wanted


def _held(session: Session, risk_id: object, version: object) -> Any:
    held = rows.held(session, row_id(risk_id))
    if held is None:
        raise NotFound(_("There is no such risk."))
    if held.version != version or isinstance(version, bool):
        raise Conflict(
            _(
                "%(who)s changed it at %(when)s, after you opened it. Open it again, then change it.",
                who=rows.person_name(session, held.changed_by) or _("Somebody"),
                when=moment(held.changed_at),
            )
        )
    return held


def _tell_owner(session: Session, viewer: Viewer, risk_id: int, values: Any) -> None:
    if values["owner_id"] is None:
        return
    title = _("%(kind)s: %(title)s", kind=kind_name(values["kind"]), title=values["title"])
    detail = _("%(money)s, hits %(month)s", money=money(values["impact"]), month=f"{values['month']:%Y-%m}")
    notice = Notice(TASK, _key(risk_id), title, f"{PATH}?risk={risk_id}", detail=detail, due_on=values["due_on"])
    tell(session, viewer, [values["owner_id"]], notice)


def _stamp(viewer: Viewer) -> Json:
    return {"changed_by": viewer.user_id, "changed_at": now()}


def _key(risk_id: int) -> str:
    return f"risk:{risk_id}"


def _texts(values: Json) -> Json:
    """JSON knows neither days nor decimals."""
    return {
        name: day(value) if isinstance(value, date) else float(value) if isinstance(value, Decimal) else value
        for name, value in values.items()
    }
