"""What a closed step of the S&OP cycle locks: the edits of its pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from core.errors import Conflict
from core.i18n import _, moment
from core.permissions import Permission
from core.viewer import Viewer, require
from data.db import session_scope
from data.queries import cycles as rows
from services.plan_versions import version_name

DATA, PRODUCT, DEMAND, SUPPLY, RECONCILE, EXECUTIVE = STEPS = (
    *("data", "product", "demand", "supply", "reconcile", "executive"),
)


@dataclass(frozen=True, slots=True)
class StepLock:
    """A step of the running cycle that is closed: who closed it, when, and the plan that was published with it."""

    month: date
    step: str
    closed_by: str | None
    closed_at: datetime | None
    version: str | None

    @property
    def sentence(self) -> str:
        """What a page says of it."""
        head = _(
            "Closed for %(month)s by %(who)s at %(when)s.",
            month=f"{self.month:%Y-%m}",
            who=self.closed_by or _("nobody known"),
            when=moment(self.closed_at),
        )
        return f"{head} {_('Published: %(version)s.', version=self.version)}" if self.version else head


def step_lock(viewer: Viewer, step: str) -> StepLock | None:
    """The lock on the pages of a step.

    Inputs: a viewer with plan.read; one of STEPS.
    Returns: StepLock; None while the step is open, or no cycle runs.
    Raises: NotAllowed.
    Source: screens.md 14.
    """
    require(viewer, Permission.PLAN_READ)
    with session_scope(viewer) as session:
        return lock_of(session, step)


def lock_of(session: Session, step: str) -> StepLock | None:
    """The same within an open session.

    Inputs: an open session; one of STEPS.
    Returns: StepLock or None.
    Raises: nothing.
    Source: screens.md 14.
    """
    found = rows.step_now(session, step)
    if found is None or found.status != "closed":
        return None
    published = None if found.number is None else version_name(found.first_period, found.number)
    return StepLock(found.month, step, found.closed_by, found.closed_at, published)


def require_open(session: Session, step: str) -> None:
    """Stop a change that belongs to a closed step.

    Inputs: the open session of the change; one of STEPS.
    Returns: nothing.
    Raises: Conflict that says who closed it and what to do.
    Source: screens.md 14.
    """
    found = lock_of(session, step)
    if found is not None:
        raise Conflict(_("%(lock)s Ask for the step to be opened again under S&OP › Cycle.", lock=found.sentence))
