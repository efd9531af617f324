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
    ORDER_DECIDE = "order.decide"
    PARTNER_READ = "partner.read"
    PARTNER_MANAGE = "partner.manage"
    API_USE = "api.use"
    API_MANAGE = "api.manage"
    # A feature of a portal is a right, so that one withheld from a company is closed at every door.
    SUPPLIER_PORTAL = "portal.supplier"
    SUPPLIER_SHIPMENTS = "portal.supplier.shipments"
    SUPPLIER_FORECAST = "portal.supplier.forecast"
    SUPPLIER_CAPACITY = "portal.supplier.capacity"
    SUPPLIER_DOCUMENTS = "portal.supplier.documents"
    SUPPLIER_QUALITY = "portal.supplier.quality"
    SUPPLIER_SCORECARD = "portal.supplier.scorecard"
    SUPPLIER_STOCK = "portal.supplier.stock"
    SUPPLIER_INVOICES = "portal.supplier.invoices"
    CUSTOMER_PORTAL = "portal.customer"
    CUSTOMER_ORDERING = "portal.customer.ordering"
    CUSTOMER_FORECAST = "portal.customer.forecast"
    CUSTOMER_PROMOTIONS = "portal.customer.promotions"
    CUSTOMER_SERVICE = "portal.customer.service"
    CUSTOMER_RETURNS = "portal.customer.returns"
    OEM_PORTAL = "portal.oem"
    OEM_DEMAND = "portal.oem.demand"
    OEM_RISK = "portal.oem.risk"
    OEM_MATERIALS = "portal.oem.materials"
    OEM_QUALITY = "portal.oem.quality"
    OEM_CHANGES = "portal.oem.changes"
    OEM_PRIORITY = "portal.oem.priority"
    PORTAL_MESSAGES = "portal.messages"
    PORTAL_API = "portal.api"
    # What a person may do in the portal of the own company, whatever its kind.
    PORTAL_ANSWER = "portal.answer"  # everyday work: answers, shipments, messages, documents
    PORTAL_COMMIT = "portal.commit"  # what binds the company: orders, forecasts, capacity, lead times
    PORTAL_PEOPLE = "portal.people"  # colleagues, keys and settings of the company


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


class Level(StrEnum):
    """What a partner's person may do in the portal; the role says which portal it is."""

    VIEWER = "portal_viewer"
    USER = "portal_user"
    MANAGER = "portal_manager"
    ADMIN = "portal_admin"


_P = Permission
LEVELS: dict[Level, frozenset[Permission]] = {
    Level.VIEWER: frozenset(),
    Level.USER: frozenset({_P.PORTAL_ANSWER}),
    Level.MANAGER: frozenset({_P.PORTAL_ANSWER, _P.PORTAL_COMMIT}),
    Level.ADMIN: frozenset({_P.PORTAL_ANSWER, _P.PORTAL_COMMIT, _P.PORTAL_PEOPLE}),
}

_INTERNAL_READ = {
    *(_P.HOME_READ, _P.DEMAND_READ, _P.FORECAST_READ, _P.INVENTORY_READ, _P.PURCHASE_READ, _P.MASTER_READ),
    *(_P.PLAN_READ, _P.PARTNER_READ, _P.API_USE),
}
_CONTRIBUTOR = _INTERNAL_READ | {_P.PLAN_SIGN_OFF, _P.RISK_EDIT, _P.DECISION_EDIT, _P.EXPORT}

_EVERY_PORTAL = frozenset({_P.PORTAL_MESSAGES, _P.PORTAL_API})
PARTNER_ROLES = (Role.SUPPLIER, Role.CUSTOMER, Role.OEM)


def features(role: Role) -> list[Permission]:
    """The features of the portal of one kind of partner, the portal itself first."""
    portal = f"portal.{role.value}"
    return [right for right in Permission if right == portal or right.startswith(f"{portal}.")]


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
            *(_P.EVENT_EDIT, _P.EVENT_APPROVE, _P.AOP_EDIT, _P.CYCLE_MANAGE, _P.ORDER_DECIDE),
        }
    ),
    Role.EXECUTIVE: frozenset(_CONTRIBUTOR | {_P.EVENT_APPROVE, _P.AOP_APPROVE, _P.CYCLE_REOPEN, _P.SCENARIO_APPROVE}),
    Role.ANALYST: frozenset(
        _INTERNAL_READ | {_P.FORECAST_RUN, _P.MASTER_EDIT, _P.IMPORT_READ, _P.IMPORT_RUN, _P.EXPORT}
    ),
    Role.SALES: frozenset(_CONTRIBUTOR | {_P.STREAM_SALES, _P.STREAM_CUSTOMER, _P.ORDER_DECIDE}),
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
            *(_P.PARTNER_READ, _P.PARTNER_MANAGE, _P.API_USE, _P.API_MANAGE),
        }
    ),
    **{role: frozenset(features(role)) | _EVERY_PORTAL for role in PARTNER_ROLES},
}
