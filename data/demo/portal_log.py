"""The log of both sides: what happened between the demo's partners and the company in the last weeks.

Everything in it counts as told, so that nobody is sent a mail or called for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd

from data.demo.calendar import MALAYSIA
from data.demo.frames import numbered
from data.demo.people import PEOPLE, PLANNER_ID, PORTAL_COMPANIES
from data.demo.rules import SUPPLIERS

KEPT_DAYS = 60
Row = dict[str, Any]


def person_of(company: int) -> int:
    """The account of a partner's first person."""
    return next(number for number, person in enumerate(PEOPLE, start=1) if person[2] == company)


def name_of(person: int) -> str:
    """What somebody is called."""
    return PEOPLE[person - 1][3]


def letters_of(supplier: int) -> str:
    """What the papers of a supplier begin with: the first letters of its company."""
    rule = SUPPLIERS[PORTAL_COMPANIES["supplier"].index(supplier)]
    return "".join(word[0] for word in rule.name.split()[:3])


def at(day: Any, hour: int, minute: int = 0) -> datetime:
    """A moment of a working day in Malaysia."""
    return datetime.combine(pd.Timestamp(day).date(), time(hour, minute), tzinfo=MALAYSIA)


def shown(quantity: float) -> str:
    """A quantity with the decimals it has and no more."""
    whole, _point, decimals = f"{quantity:,.4f}".partition(".")
    return f"{whole}.{decimals.rstrip('0')}".rstrip(".")


@dataclass
class Log:
    """What happened until yesterday; older than KEPT_DAYS is left out."""

    today: date
    entries: list[Row] = field(default_factory=list)

    def theirs(self, moment: datetime, company: int, event: str, about: tuple[str, object], **told: Any) -> None:
        """A partner did something. ``told``: title, href, detail."""
        person = person_of(company)
        who = {"user_id": person, "actor": name_of(person), "by_partner": True}
        self._add(moment, {"company_id": company, "event": event, **told, **who}, about)

    def ours(self, moment: datetime, company: int, event: str, about: tuple[str, object], **told: Any) -> None:
        """A colleague did something; the partner does not learn who. ``told``: title, href, detail, reader, who."""
        who = {"user_id": told.pop("who", PLANNER_ID), "actor": "", "by_partner": False}
        self._add(moment, {"company_id": company, "event": event, **told, **who}, about)

    def frame(self) -> pd.DataFrame:
        """Table partner_event, in the order in which it happened."""
        columns = ["at", "company_id", "event", "subject", "subject_id", "title", "href", "detail", "reader"]
        columns += ["user_id", "actor", "by_partner", "mailed_at", "hooked_at"]
        found = sorted(self.entries, key=lambda entry: entry["at"])
        return numbered(pd.DataFrame(found, columns=columns))

    def _add(self, moment: datetime, told: Row, about: tuple[str, object]) -> None:
        if not self.today - timedelta(KEPT_DAYS) <= moment.date() < self.today:
            return
        subject, subject_id = about
        when = {"at": moment, "mailed_at": moment, "hooked_at": moment}
        self.entries.append(
            {"detail": None, "reader": None, **told, "subject": subject, "subject_id": str(subject_id), **when}
        )
