"""What the people of a cycle find in their inbox: a step that opened, is due soon, is late or was opened again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from core.clock import today
from core.i18n import _, counted, day
from core.viewer import Viewer
from data.db import session_scope
from data.queries import cycles as rows
from services.accounts import operator
from services.cycle_template import step_name
from services.notifications import REMINDER, TASK, Notice, done, done_below, tell, tell_once

PATH = "/sop/cycle"


def remind() -> int:
    """Remind the owners of steps that are due soon or late; called again and again, each is told once a day.

    Inputs: none.
    Returns: how many were told.
    Raises: NotSignedIn while there is no company; Unavailable.
    Source: screens.md 14.
    """
    clerk = operator()
    with session_scope(clerk) as session:
        return sum(_remind(session, clerk, step) for step in rows.open_steps(session))


def opened(session: Session, viewer: Viewer, step: Any) -> None:
    """Tell the owner that a step is theirs now.

    Inputs: the open session of the change; who causes it; the step: id, month, step, owner_id, due_on.
    Returns: nothing.
    Raises: nothing.
    Source: screens.md 14.
    """
    title = _("%(step)s of the cycle %(month)s is open", **_names(step))
    tell(session, viewer, _owner(step), Notice(TASK, _key(step), title, _href(step), due_on=step.due_on))


def opened_again(session: Session, viewer: Viewer, step: Any, people: Iterable[int], *, reason: str) -> None:
    """Tell all owners of the cycle that a closed step is open again.

    Inputs: as opened; the owners; why.
    Returns: nothing.
    Raises: nothing.
    Source: screens.md 14.
    """
    title = _("%(step)s of the cycle %(month)s was opened again by %(who)s", **_names(step), who=viewer.name)
    told = dict.fromkeys(people)
    tell(session, viewer, told, Notice(REMINDER, f"{_key(step)}:again", title, _href(step), detail=reason))
    opened(session, viewer, step)


def settled(session: Session, step: Any) -> None:
    """Take all that was said of a step out of the inboxes: it is closed, or has to wait again.

    Inputs: the open session of the change; the step.
    Returns: nothing.
    Raises: nothing.
    Source: screens.md 21.
    """
    done(session, _key(step))
    done_below(session, _key(step))


def _remind(session: Session, viewer: Viewer, step: Any) -> int:
    on = today()
    late = (on - step.due_on).days
    if late > 0:
        key = f"{_key(step)}:late:{day(on)}"
        title = counted(
            "%(step)s of the cycle %(month)s is a day late",
            "%(step)s of the cycle %(month)s is %(count)s days late",
            late,
            **_names(step),
        )
    elif _working_day_before(step.due_on) <= on < step.due_on:
        key = f"{_key(step)}:due:{day(step.due_on)}"
        title = _("%(step)s of the cycle %(month)s is due on %(day)s", **_names(step), day=day(step.due_on))
    else:
        return 0
    for older in ("due", "late"):  # one reminder of a step is enough: the newest says all
        done_below(session, f"{_key(step)}:{older}", but=key)
    return tell_once(session, viewer, _owner(step), Notice(REMINDER, key, title, _href(step), due_on=step.due_on))


def _working_day_before(due_on: date) -> date:
    found: date = np.busday_offset(np.datetime64(due_on, "D"), -1, roll="forward").astype(date)
    return found


def _owner(step: Any) -> list[int]:
    return [] if step.owner_id is None else [step.owner_id]


def _names(step: Any) -> dict[str, str]:
    return {"step": step_name(step.step), "month": f"{step.month:%Y-%m}"}


def _key(step: Any) -> str:
    return f"sop_step:{step.id}"


def _href(step: Any) -> str:
    return f"{PATH}?month={step.month:%Y-%m}&step={step.step}"
