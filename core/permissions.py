"""What a person may do. Roles are sets of permissions; they are stored, and seeded from ``ROLES``."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One right. Pages, callbacks, routes and services each name the one they need."""

    SIGNED_IN = "signed_in"  # every account has it: own profile, help
    HOME_READ = "home.read"
    DEMAND_READ = "demand.read"
    FORECAST_READ = "forecast.read"
    FORECAST_RUN = "forecast.run"
    FORECAST_APPROVE = "forecast.approve"
    INVENTORY_READ = "inventory.read"
    INVENTORY_EDIT = "inventory.edit"
    PROPOSAL_DECIDE = "proposal.decide"
    PURCHASE_READ = "purchase.read"
    PURCHASE_EDIT = "purchase.edit"
    REVIEW_DECIDE = "review.decide"
    MASTER_READ = "master.read"
    MASTER_EDIT = "master.edit"
    IMPORT_READ = "import.read"
    IMPORT_RUN = "import.run"
    EXPORT = "export"
    PLAN_READ = "plan.read"
    PLAN_SIGN_OFF = "plan.sign_off"
    DEMAND_EDIT = "demand.edit"
    STREAM_SALES = "stream.sales"
    STREAM_MARKETING = "stream.marketing"
    STREAM_CUSTOMER = "stream.customer"
    STREAM_FINANCE = "stream.finance"
    EVENT_EDIT = "event.edit"
    EVENT_APPROVE = "event.approve"
    AOP_EDIT = "aop.edit"
    AOP_APPROVE = "aop.approve"
    RISK_EDIT = "risk.edit"
    CYCLE_MANAGE = "cycle.manage"
    CYCLE_REOPEN = "cycle.reopen"
    DECISION_EDIT = "decision.edit"
    SCENARIO_APPROVE = "scenario.approve"
    PEOPLE_MANAGE = "people.manage"
    JOBS_MANAGE = "jobs.manage"
    AUDIT_READ = "audit.read"
    SUPPLIER_PORTAL = "portal.supplier"
    CUSTOMER_PORTAL = "portal.customer"
    OEM_PORTAL = "portal.oem"


class Role(StrEnum):
    """Who people are to the plan; each role is a set of permissions."""

    PLANNER = "planner"
    EXECUTIVE = "executive"
    ANALYST = "analyst"
    SALES = "sales"
    MARKETING = "marketing"
    FINANCE = "finance"
    ADMIN = "admin"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    OEM = "oem"


_P = Permission
_INTERNAL_READ = {
    *(_P.HOME_READ, _P.DEMAND_READ, _P.FORECAST_READ, _P.INVENTORY_READ, _P.PURCHASE_READ, _P.MASTER_READ),
    _P.PLAN_READ,
}
_CONTRIBUTOR = _INTERNAL_READ | {_P.PLAN_SIGN_OFF, _P.RISK_EDIT, _P.DECISION_EDIT, _P.EXPORT}

ROLES: dict[Role, frozenset[Permission]] = {
    Role.PLANNER: frozenset(
        _CONTRIBUTOR
        | {
            _P.FORECAST_RUN,
            _P.FORECAST_APPROVE,
            _P.INVENTORY_EDIT,
            _P.PROPOSAL_DECIDE,
            _P.PURCHASE_EDIT,
            _P.REVIEW_DECIDE,
            _P.MASTER_EDIT,
            _P.IMPORT_READ,
            *(_P.DEMAND_EDIT, _P.STREAM_SALES, _P.STREAM_MARKETING, _P.STREAM_CUSTOMER, _P.STREAM_FINANCE),
            *(_P.EVENT_EDIT, _P.EVENT_APPROVE, _P.AOP_EDIT, _P.CYCLE_MANAGE),
        }
    ),
    Role.EXECUTIVE: frozenset(_CONTRIBUTOR | {_P.EVENT_APPROVE, _P.AOP_APPROVE, _P.CYCLE_REOPEN, _P.SCENARIO_APPROVE}),
    Role.ANALYST: frozenset(
        _INTERNAL_READ | {_P.FORECAST_RUN, _P.MASTER_EDIT, _P.IMPORT_READ, _P.IMPORT_RUN, _P.EXPORT}
    ),
    Role.SALES: frozenset(_CONTRIBUTOR | {_P.STREAM_SALES, _P.STREAM_CUSTOMER}),
    Role.MARKETING: frozenset(_CONTRIBUTOR | {_P.STREAM_MARKETING, _P.EVENT_EDIT}),
    Role.FINANCE: frozenset(_CONTRIBUTOR | {_P.STREAM_FINANCE, _P.AOP_EDIT}),
    Role.ADMIN: frozenset(
        {
            _P.HOME_READ,
            _P.MASTER_READ,
            _P.IMPORT_READ,
            _P.IMPORT_RUN,
            _P.PEOPLE_MANAGE,
            _P.JOBS_MANAGE,
            _P.AUDIT_READ,
            _P.EXPORT,
        }
    ),
    Role.SUPPLIER: frozenset({_P.SUPPLIER_PORTAL}),
    Role.CUSTOMER: frozenset({_P.CUSTOMER_PORTAL}),
    Role.OEM: frozenset({_P.OEM_PORTAL}),
}
