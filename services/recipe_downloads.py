"""Recipes as files: the costs of made products and the tree of one, for the query of their page."""

from __future__ import annotations

from core.permissions import Permission
from core.viewer import Viewer
from services import recipes
from services.download_list import DownloadList, Query, Rows, chosen_filters, sorting
from services.recipes import COST_COLUMNS, TREE_COLUMNS, CostFilters


def _costs(viewer: Viewer, query: Query) -> Rows:
    wanted = recipes.cost_filters(viewer, **chosen_filters(query, CostFilters))
    return recipes.costs_download(viewer, wanted, sort=sorting(query))


def _tree(viewer: Viewer, query: Query) -> Rows:
    on, quantity = recipes.day_of(query.get("on")), recipes.asked_quantity(query.get("quantity"))
    return recipes.tree_download(viewer, query.get("product", ""), on=on, quantity=quantity)


LISTS = {
    "recipe-costs": DownloadList(Permission.MASTER_READ, COST_COLUMNS, _costs),
    "recipe-tree": DownloadList(Permission.MASTER_READ, TREE_COLUMNS, _tree),
}
