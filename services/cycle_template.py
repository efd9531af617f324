"""What every cycle begins with: who owns a step, on which working day it is due, what is on its agenda."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput
from core.i18n import _
from core.permissions import ROLES, Permission, Role
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import cycles as rows
from data.queries import settings as stored
from services.audit import record
from services.cycle_lock import DATA, DEMAND, EXECUTIVE, PRODUCT, RECONCILE, STEPS, SUPPLY
from services.form_values import quantity_of, sentence

SETTING = "cycle.template"
LONGEST_AGENDA = 2_000
LAST_WORKING_DAY = 40
OWNERS = tuple(role.value for role in Role if Permission.PLAN_READ in ROLES[role])
"""Roles whose people can own a step."""


@dataclass(frozen=True, slots=True)
class TemplateStep:
    """A step of every cycle. ``role``: whose people own it; ``due_day``: the working day of the month it is due on."""

    step: str
    role: str
    due_day: int
    agenda: str


def template(viewer: Viewer) -> tuple[TemplateStep, ...]:
    """The template in force.

    Inputs: a viewer with plan.read.
    Returns: a TemplateStep for each of STEPS, in their order.
    Raises: NotAllowed.
    Source: screens.md 14.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return in_force(session)


def in_force(session: Session) -> tuple[TemplateStep, ...]:
    """The same within an open session.

    Inputs: an open session.
    Returns: as template.
    Raises: nothing of its own.
    Source: screens.md 14.
    """
    found = (stored.value(session, SETTING) or {}).get("steps", {})
    return tuple(TemplateStep(**{**asdict(step), **found.get(step.step, {})}) for step in _standard())


def save_template(viewer: Viewer, entered: Mapping[str, Mapping[str, object]], *, seen: object) -> None:
    """Change the template; cycles that run stay as they are.

    Inputs: a viewer with cycle.manage; by step role, due_day and agenda as entered; the template that was on the
        screen, as of as_seen.
    Returns: nothing.
    Raises: NotAllowed; InvalidInput that names the step and the field; Conflict when somebody has changed it since.
    Source: product.md, promise 5.
    """
    require(viewer, Permission.CYCLE_MANAGE)
    wanted = [_checked(step, entered.get(step, {})) for step in STEPS]
    _require_rising(wanted)
    with session_scope(viewer) as session:
        rows.lock_cycles(session)
        before = in_force(session)
        if seen != as_seen(before):
            raise Conflict(_("Somebody else has changed the template since you opened it. Reload the page."))
        stored.save(session, SETTING, {"steps": as_seen(wanted)})
        after = as_seen(wanted)
        record(
            session,
            viewer,
            "cycle.template",
            subject="setting",
            subject_id=SETTING,
            before=as_seen(before),
            after=after,
        )


def as_seen(steps: Sequence[TemplateStep]) -> dict[str, dict[str, Any]]:
    """The template as a page keeps it to tell whether it has changed since.

    Inputs: steps.
    Returns: role, due_day and agenda by step.
    Raises: nothing.
    Source: none; ours.
    """
    return {step.step: {"role": step.role, "due_day": step.due_day, "agenda": step.agenda} for step in steps}


def working_day(month: date, number: int) -> date:
    """A working day of a month, Monday to Friday.

    Inputs: its first day; the number of the working day, from 1; a number past the month's last goes on into the next.
    Returns: the day.
    Raises: nothing.
    Source: none; ours.
    """
    found: date = np.busday_offset(np.datetime64(month, "D"), number - 1, roll="forward").astype(date)
    return found


def _checked(step: str, entered: Mapping[str, object]) -> TemplateStep:
    name = step_name(step)
    role = entered.get("role")
    if not isinstance(role, str) or role not in OWNERS:
        raise InvalidInput(_("%(step)s, owner: choose a role of the list.", step=name))
    due_day = quantity_of(entered.get("due_day"), name=_("%(step)s, working day", step=name))
    if due_day != int(due_day) or not 1 <= due_day <= LAST_WORKING_DAY:
        raise InvalidInput(
            _("%(step)s, working day: enter a whole number from 1 to %(last)s.", step=name, last=LAST_WORKING_DAY)
        )
    agenda = sentence(entered.get("agenda"), name=_("%(step)s, agenda", step=name), longest=LONGEST_AGENDA)
    return TemplateStep(step, role, int(due_day), agenda)


def _require_rising(steps: Sequence[TemplateStep]) -> None:
    for before, after in pairwise(steps):
        if after.due_day < before.due_day:
            raise InvalidInput(
                _(
                    "%(after)s can't be due before %(before)s: a step begins when the one before is closed.",
                    after=step_name(after.step),
                    before=step_name(before.step),
                )
            )


def step_name(step: str) -> str:
    """What a step is called.

    Inputs: one of STEPS.
    Returns: text.
    Raises: KeyError for another.
    Source: screens.md 14.
    """
    return {
        DATA: _("Data"),
        PRODUCT: _("Product"),
        DEMAND: _("Demand"),
        SUPPLY: _("Supply"),
        RECONCILE: _("Reconcile"),
        EXECUTIVE: _("Executive"),
    }[step]


def _standard() -> tuple[TemplateStep, ...]:
    """While nothing is stored. Days and agendas as S&OP is taught: Wallace & Stahl, Sales & Operations Planning."""
    return (
        TemplateStep(DATA, Role.ANALYST, 3, _("Sales of last month are in\nFindings of data health\nForecast run")),
        TemplateStep(PRODUCT, Role.MARKETING, 5, _("Launches and phase-outs\nSuccessors and last buys\nRecipes")),
        TemplateStep(
            DEMAND,
            Role.PLANNER,
            9,
            _("Accuracy and bias of last month\nFigures of sales, marketing and finance\nA items\nEvents"),
        ),
        TemplateStep(
            SUPPLY,
            Role.PLANNER,
            13,
            _("Overloads of the next months\nLate orders\nStock at risk and in excess"),
        ),
        TemplateStep(
            RECONCILE,
            Role.FINANCE,
            16,
            _("Gap to the annual plan\nRisks and opportunities\nScenarios\nOne set of figures"),
        ),
        TemplateStep(
            EXECUTIVE,
            Role.EXECUTIVE,
            19,
            _("Key figures\nGap to the annual plan\nDecisions asked\nPublishing the plan"),
        ),
    )
