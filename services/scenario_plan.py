"""The supply plan of a scenario: today's, with its changes, through the same engine."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from core.clock import today
from core.errors import NotFound
from core.i18n import _
from core.viewer import Viewer
from data.frames import shared_frame
from data.queries import scenarios as rows
from data.queries.settings import version
from services.form_values import row_id
from services.scenario_changes import Known, PlanChange, changed_model
from services.supply_planned import SUBJECTS, Planned, plan_of, planned

CHANNEL_DAYS = 365
SCOPE = ("product_id", "location_id", "category", "channel_id", "resource_id", "from_week", "to_week")


def scenario_planned(session: Session, viewer: Viewer, scenario_id: int) -> Planned:
    """The plan of a scenario, kept in memory until it, or anything the plan is made of, changes.

    Inputs: an open session, the viewer, and the scenario.
    Returns: Planned, of all items and places; without changes that of today. Not to be changed.
    Raises: NotFound.
    Source: analytics.supply_plan.
    """
    found = rows.stored(session, scenario_id)
    if found is None:
        raise NotFound(_("There is no such scenario. It may have been dropped."))
    # The version first: a plan that is newer than it is only worked out once more.
    made_of = version(session, *SUBJECTS)
    base = planned(session, viewer)
    changes = plan_changes(rows.changes(session, scenario_id))
    if not changes:
        return base
    return shared_frame(
        session,
        viewer,
        "scenario_plan",
        subjects=(),
        args=(today(), made_of, scenario_id, found.version),
        compute=lambda: plan_of(changed_model(base.stored, changes, known_of(session, changes))),
    )


def opened(session: Session, viewer: Viewer, scenario: object = None) -> Planned:
    """The plan that a page shows.

    Inputs: an open session, the viewer, and the scenario that is open on the page, None for the plan itself.
    Returns: Planned.
    Raises: NotFound for a scenario that is none.
    Source: none; ours.
    """
    return planned(session, viewer) if scenario is None else scenario_planned(session, viewer, row_id(scenario))


def plan_changes(stored: pd.DataFrame) -> list[PlanChange]:
    """Stored changes as those that can be applied.

    Inputs: stored: frame of data.queries.scenarios.changes.
    Returns: changes in their order.
    Raises: nothing.
    Source: none; ours.
    """
    return [
        PlanChange(
            row["kind"],
            row["mode"],
            float(row["value"]),
            discount=None if pd.isna(row["discount"]) else float(row["discount"]),
            **{name: _some(row[name]) for name in SCOPE},
        )
        for row in stored.astype(object).to_dict("records")
    ]


def _some(value: Any) -> Any:
    if pd.isna(value):
        return None
    return int(value) if isinstance(value, float) else value


def known_of(session: Session, changes: list[PlanChange]) -> Known:
    """What changes need beyond the model.

    Inputs: an open session; the changes.
    Returns: Known, of the channels they name, and of the service targets where one changes service.
    Raises: nothing.
    Source: none; ours.
    """
    until = pd.Timestamp(today())
    since = (until - pd.Timedelta(days=CHANNEL_DAYS)).date()
    channels = {change.channel_id for change in changes if change.channel_id is not None}
    shares = {channel: rows.channel_shares(session, channel, since=since, before=until.date()) for channel in channels}
    if not any(change.kind == "service" for change in changes):
        return Known(channels=shares)
    return Known(rows.service_targets(session), shares)
