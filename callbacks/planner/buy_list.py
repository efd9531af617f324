"""Supply › Buy list: select orders by rank or by the budget, and make drafts of them."""

from __future__ import annotations

from dataclasses import asdict, replace
from math import ceil
from typing import Any

from dash import Input, Output, State, callback, no_update

from components.download import list_download
from components.forms import chosen
from components.grid import selected_rows
from components.order_texts import order_links
from components.two_line_grid import marked
from core.guard import requires
from core.i18n import EMPTY, _, counted, day, money, number, percent
from core.identity import viewer
from core.ids import PageIds
from core.permissions import Permission
from services import buy_list
from services.buy_list import BuyFilters, BuyList
from services.form_values import shown_quantity
from services.order_terms import shown_terms
from services.proposals import Accepted

PATH = "/supply/buy-list"
FILTERS = ("weeks", "supplier", "location", "search", "budget")
SEEN = ("id", "quantity", "unit_price")
ROW_NAMES = ("id", "rank", "quantity", "unit_price", "money", "within")
FEW_MORE = 0.25  # a next price break is worth a word when it takes at most that much more


class Ids(PageIds):
    filters: str
    weeks: str
    supplier: str
    location: str
    search: str
    budget: str
    rows: str
    totals: str
    suppliers: str
    selected: str
    select: str
    accept: str
    fill: str
    cut: str
    download: str
    outcome: str


@callback(
    Output(Ids.selected, "children"),
    Output(Ids.accept, "disabled"),
    Input(Ids.rows, "selectedRows"),
    prevent_initial_call=True,
)
def show_selection(selected: object) -> tuple[str, bool]:
    rows = selected_rows(selected)
    return selection_text(rows), not rows


@callback(
    Output(Ids.rows, "selectedRows"),
    Input(Ids.select, "n_clicks"),
    State(Ids.rows, "rowData"),
    prevent_initial_call=True,
)
def select_within_budget(_clicks: object, rows: object) -> list[dict[str, Any]]:
    return [row for row in selected_rows(rows) if row.get("within") is True]


@callback(
    Output(Ids.rows, "selectedRows", allow_duplicate=True),
    Output(Ids.outcome, "children", allow_duplicate=True),
    Input(Ids.fill, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    State(Ids.rows, "rowData"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def fill_containers(_clicks: object, selected: object, rows: object, filters: object) -> tuple[Any, str]:
    chosen_rows = selected_rows(selected)
    added = buy_list.top_up(viewer(), wanted_list(filters), [str(row.get("id")) for row in chosen_rows])
    more = [row for row in selected_rows(rows) if row.get("id") in added]
    return [*chosen_rows, *more] if more else no_update, filled_text(more)


@callback(
    Output(Ids.rows, "rowData", allow_duplicate=True),
    Output(Ids.totals, "children", allow_duplicate=True),
    Output(Ids.suppliers, "rowData", allow_duplicate=True),
    Output(Ids.filters, "data"),
    Output(Ids.budget, "value"),
    Output(Ids.download, "children"),
    Input(Ids.cut, "value"),
    State(Ids.cut, "max"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
def move_cut_line(cut: object, most: object, filters: object) -> tuple[Any, ...]:
    if isinstance(cut, bool) or not isinstance(cut, int | float):
        return (no_update,) * 6
    all_of_it = isinstance(most, int | float) and cut >= most
    wanted = replace(wanted_list(filters), budget="" if all_of_it else str(cut))
    found = buy_list.buy_list(viewer(), wanted)
    shown = buy_rows(found), totals_text(found), supplier_rows(found)
    return *shown, asdict(wanted), wanted.budget, list_download("buy-list", asdict(wanted))


@callback(
    Output(Ids.rows, "rowData"),
    Output(Ids.rows, "selectedRows", allow_duplicate=True),
    Output(Ids.totals, "children"),
    Output(Ids.suppliers, "rowData"),
    Output(Ids.outcome, "children"),
    Input(Ids.accept, "n_clicks"),
    State(Ids.rows, "selectedRows"),
    State(Ids.filters, "data"),
    prevent_initial_call=True,
)
@requires(Permission.PURCHASE_EDIT)
def accept_selected(_clicks: object, selected: object, filters: object) -> tuple[Any, ...]:
    choices = [{name: row.get(name) for name in SEEN} for row in selected_rows(selected)]
    done = buy_list.accept(viewer(), choices)
    found = buy_list.buy_list(viewer(), wanted_list(filters))
    return buy_rows(found), [], totals_text(found), supplier_rows(found), accepted_text(done)


def wanted_list(filters: object) -> BuyFilters:
    """The filters of the page, from its own store or its address."""
    given = filters if isinstance(filters, dict) else {}
    return BuyFilters(**{name: chosen(given.get(name)) for name in FILTERS if given.get(name)})


def selection_text(rows: list[dict[str, Any]]) -> str:
    """How much is selected, and of how many suppliers."""
    if not rows:
        return ""
    values = [row.get("money") for row in rows]
    told = {
        "count": number(len(rows)),
        "money": money(sum(value for value in values if isinstance(value, int | float))),
    }
    of = len({str(row.get("supplier_code")) for row in rows})
    suppliers = counted("1 supplier", "%(count)s suppliers", of)
    return _("%(count)s selected · %(money)s · %(suppliers)s", **told, suppliers=suppliers)


def accepted_text(done: Accepted) -> list[Any]:
    """What came of it, with links to the draft orders."""
    return [_("%(count)s ordered. Draft orders:", count=number(done.count)), *order_links(done.orders)]


def filled_text(more: list[dict[str, Any]]) -> str:
    """What the room in part-empty containers was filled with."""
    if not more:
        return _(
            "No order was added: select orders first. What is added must fit into a container that they leave part "
            "empty, so pallets of the items and the pallets that a container of the supplier takes have to be known."
        )
    return counted(
        "1 order added that fits into a container already needed.",
        "%(count)s orders added that fit into containers already needed.",
        len(more),
    )


def supplier_rows(found: BuyList) -> list[dict[str, Any]]:
    """Totals a supplier, with the containers in words."""
    return [{**row, "filled": container_text(row)} for row in found.suppliers]


def container_text(row: dict[str, Any]) -> str:
    """How many containers the orders of a supplier need and how full the last one is."""
    if row["containers"] is None:
        return EMPTY if not row["pallets"] else _("%(pallets)s pallets", pallets=number(row["pallets"], decimals=1))
    count = ceil(round(row["containers"], 6))
    if not count:
        return EMPTY
    last = row["containers"] - (count - 1)
    text = _("%(count)s, last %(last)s full", count=number(count), last=percent(last, decimals=0))
    if row["not_measured"]:
        text += _(" · %(count)s without pallets", count=number(row["not_measured"]))
    return text


def buy_rows(found: BuyList) -> list[dict[str, Any]]:
    """The orders as the grid shows them; the first one over the budget carries the cut line."""
    return [
        _row(row, budget=found.budget, first_over=place == found.within and found.budget is not None)
        for place, row in enumerate(found.rows)
    ]


def _row(row: dict[str, Any], *, budget: float | None, first_over: bool) -> dict[str, Any]:
    terms = shown_terms(moq=row["minimum"], multiple=row["multiple"], uom=row["uom"])
    quantity = f"{shown_quantity(row['quantity'])} {row['uom']}"
    score = _("free") if row["score"] is None else _("%(score)s per RM", score=number(row["score"], decimals=2))
    reasons = _reasons(row)
    return {
        **{name: row[name] for name in ROW_NAMES},
        "item": f"{row['code']} {row['name']}\n{row['location']} · {row['location_name']}",
        "supplier": f"{row['supplier']}\n{terms}",
        "supplier_code": row["supplier_code"],
        "order": f"{quantity}\n{_('at %(price)s', price=_price(row['unit_price']))}",
        "when": f"{day(row['release_week'])}\n→ {day(row['arrival_week'])}",
        "cost": f"{number(row['money'])}\n{_('total %(spent)s', spent=number(row['spent']))}",
        "gain": f"{number(row['prevented'])}\n{score}",
        "budget": EMPTY if budget is None else _("✓ within") if row["within"] else _("✕ over"),
        "why": "\n".join([marked(reasons[0], _tone(row)), " · ".join(reasons[1:])]),
        "tone": _tone(row),
        "first_over": first_over,
    }


def _price(value: float) -> str:
    """With the decimals it has: what is bought by the thousand has a price below a sen."""
    return money(value, decimals=2) if round(value, 2) == round(value, 4) else money(value, decimals=4).rstrip("0")


def _tone(row: dict[str, Any]) -> str:
    if row["late"] > 0 or row["blocked"]:
        return "bad"
    return "warn" if row["short_week"] else "quiet"


def _reasons(row: dict[str, Any]) -> list[str]:
    """The reason chips, the one that weighs most first."""
    uom = row["uom"]
    if row["late"] > 0:
        late = _("%(late)s %(uom)s late already", late=shown_quantity(round(row["late"], 1)), uom=uom)
        reasons = [late, _("short from %(week)s", week=day(row["short_week"]))]
    elif row["short_week"]:
        reasons = [_("runs short %(week)s", week=day(row["short_week"]))]
    else:
        reasons = [_("safety stock only")]
    if row["blocked"]:
        reasons.insert(0, row["blocked"])
    if row["cover_days"] is not None:
        reasons.append(_("lasts %(days)s days", days=number(row["cover_days"])))
    return reasons + _price_reasons(row)


def _price_reasons(row: dict[str, Any]) -> list[str]:
    reasons = []
    if row["unit_price"] < row["list_price"]:
        reasons.append(_("price break, list %(price)s", price=_price(row["list_price"])))
    more = (row["next_quantity"] or 0) - row["quantity"]
    if 0 < more <= FEW_MORE * row["quantity"]:
        reasons.append(
            _(
                "%(more)s more: %(price)s each, saves %(saving)s for %(extra)s",
                more=shown_quantity(more),
                price=_price(row["next_price"]),
                saving=money(row["saving"]),
                extra=money(row["extra"]),
            )
        )
    return reasons


def totals_text(found: BuyList) -> str:
    """What the list costs and prevents, and where the budget cuts it."""
    text = _(
        "%(count)s orders · %(money)s · they prevent %(prevented)s of late demand",
        count=number(found.total),
        money=money(found.money),
        prevented=money(found.prevented),
    )
    if found.budget is not None:
        text += _(
            " · cut line: %(within)s orders for %(spent)s are within the budget of %(budget)s",
            within=number(found.within),
            spent=money(found.within_money),
            budget=money(found.budget),
        )
    if len(found.rows) < found.total:
        text += _(" · the first %(count)s by rank are listed", count=number(len(found.rows)))
    return text
