"""What a person can do here first, by right: Home and the help page read the same steps."""

from __future__ import annotations

from dataclasses import dataclass

from core.pages import page_at
from core.permissions import Permission
from core.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. Texts are English; whoever shows them passes them through ``core.i18n._``."""

    permission: Permission
    path: str
    name: str
    text: str


_P = Permission
STEPS = (
    Step(_P.IMPORT_RUN, "/data/import", "Import sales", "Drop a file, map its columns once, check, commit."),
    Step(_P.HOME_READ, "/", "See what needs you", "The worst exceptions by money, each with its reason."),
    Step(_P.FORECAST_RUN, "/demand/forecast-runs", "Run a forecast", "Choose what and how far; approve the result."),
    Step(_P.FORECAST_READ, "/demand/forecast", "Explain a forecast", "Why each item has its forecast; try otherwise."),
    Step(_P.DEMAND_READ, "/demand/sales", "Compare sales", "Any period against the same days last year."),
    Step(_P.DEMAND_READ, "/demand/order-lines", "Check deliveries", "Which order lines came late or short."),
    Step(_P.INVENTORY_READ, "/inventory/positions", "Look at stock", "Every item against its policy."),
    Step(_P.PROPOSAL_DECIDE, "/inventory/proposals", "Decide what to order", "Accept a proposal: a draft order."),
    Step(_P.PURCHASE_READ, "/supply/purchase-orders", "Follow purchases", "What is on its way and what is late."),
    Step(_P.REVIEW_DECIDE, "/supply/review-queue", "Answer suppliers", "Accept or reject what they propose."),
    Step(_P.SUPPLIER_PORTAL, "/portal/supplier/orders", "Answer orders", "Confirm a line, or propose otherwise."),
    Step(_P.CUSTOMER_PORTAL, "/portal/customer/orders", "Follow your orders", "Promised, delivered, still open."),
    Step(_P.OEM_PORTAL, "/portal/oem/production-orders", "Follow production", "What is made for you, and when."),
    Step(_P.PEOPLE_MANAGE, "/admin/people", "Manage people", "Who may sign in, and as what."),
    Step(_P.JOBS_MANAGE, "/admin/jobs", "Watch the jobs", "Long work of everybody: running, failed, done."),
    Step(_P.AUDIT_READ, "/admin/audit", "Read the audit trail", "Who changed what, when, and why."),
    Step(_P.SIGNED_IN, "/account", "Your account", "Where you are signed in."),
)


def quick_start(viewer: Viewer) -> list[Step]:
    """The steps a person has the right to, in the order of a planning day.

    Inputs: the viewer.
    Returns: steps whose page exists and is open to the viewer.
    Raises: nothing.
    Source: none; ours.
    """
    return [step for step in STEPS if viewer.may(step.permission) and _open(viewer, step.path)]


def _open(viewer: Viewer, path: str) -> bool:
    page = page_at(path)
    return page is not None and viewer.may(page.permission)
