"""What the levels, rows and values of the demand review are called."""

from __future__ import annotations

from core.i18n import _


def level_names() -> dict[str, str]:
    return {
        "all": _("Everything"),
        "category": _("Category"),
        "family": _("Family"),
        "brand": _("Brand"),
        "product": _("Product"),
        "region": _("Region"),
        "location": _("Location"),
        "channel": _("Channel"),
        "leaf": _("Product, location, channel"),
    }


def measure_names(published: str = "") -> dict[str, str]:
    """``published``: the name of the plan that was published last."""
    return {
        "history": _("Sold"),
        "cleaned": _("Sold, cleaned"),
        "last_year": _("Last year"),
        "statistical": _("Statistical"),
        "uplift": _("Events"),
        "sales": _("Sales"),
        "marketing": _("Marketing"),
        "customer": _("Customer"),
        "finance": _("Finance"),
        "consensus": _("Consensus"),
        "aop": _("AOP target"),
        "published": _("Published %(version)s", version=published) if published else _("Published"),
    }


def stream_names() -> dict[str, str]:
    return {
        "planner": _("Demand planner"),
        "sales": _("Sales"),
        "marketing": _("Marketing"),
        "customer": _("Customer"),
        "finance": _("Finance"),
    }


def row_set_names() -> dict[str, str]:
    return {"plan": _("The plan"), "people": _("What people say"), "all": _("All rows")}


def span_names() -> dict[str, str]:
    return {"half": _("6 months of history"), "year": _("12 months of history"), "all": _("36 months of history")}


def tree_value_names() -> dict[str, str]:
    return {
        "plan": _("Plan"),
        "last_year": _("Plan − last year"),
        "statistical": _("Plan − statistical"),
        "published": _("Plan − published"),
    }
