"""What products cost by their bills of material, from the bottom up.

Products, one row per product; the index names it:
    unit_cost          money for a unit: the standard cost; of what is bought, what it costs
    conversion_cost    money for making a unit, without material (column may be absent, NaN = none)
Lines, one row per component of a bill of material in force; any index:
    product, component           as in the index of the products
    quantity                     units of the component for a unit of the product
    scrap_share, yield_share     as in bom_explosion.effective_quantity
Result, on the index of the products:
    level              low-level code: 0 for what goes into nothing
    made               whether it has a bill of material
    material_cost      of what is bought its unit_cost; of what is made, that of its components
    conversion_cost    its own and that of its components; 0 for what is bought
    total_cost         both
    deviation          total_cost - unit_cost
    missing            the first component whose cost or quantity is not known, the product itself included; None
A cost that is not known is missing in everything made of it; it never counts as zero.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.bom_explosion import IntArray, effective_quantity, low_level_codes
from analytics.errors import AnalyticsError
from analytics.inputs import FloatArray, column, require_columns


def cost_rollup(products: pd.DataFrame, *, lines: pd.DataFrame) -> pd.DataFrame:
    """Rolled-up cost of every product, level by level.

    Inputs: products, lines: contract above.
    Returns: frame, contract above.
    Raises: AnalyticsError when a column is missing, a line names an unknown product, or for a cycle, which it names.
    Source: Horngren, Cost Accounting, standard cost roll-up; formulas.md, BOM explosion.
    """
    require_columns(products, "unit_cost")
    require_columns(lines, "product", "component", "quantity", "scrap_share", "yield_share")
    above, below = _places(products, lines["product"]), _places(products, lines["component"])
    taken = effective_quantity(
        column(lines, "quantity"), scrap_share=column(lines, "scrap_share"), yield_share=column(lines, "yield_share")
    )
    level = low_level_codes(above, component=below, items=len(products), names=[str(name) for name in products.index])
    made = np.bincount(above, minlength=len(products)) > 0
    standard = column(products, "unit_cost")
    own = np.where(made, column(products, "conversion_cost", default=0.0), 0.0)
    material = np.where(made, 0.0, standard)
    culprit = np.where(~made & np.isnan(standard), np.arange(len(products)), len(products))
    for depth in np.unique(level[above])[::-1]:
        here = level[above] == depth
        _roll_up((material, own), culprit, above=above[here], below=below[here], taken=taken[here])
    total = material + own
    blamed = np.array([*products.index, None], dtype=object)[culprit]
    return pd.DataFrame(
        {
            "level": level,
            "made": made,
            "material_cost": material,
            "conversion_cost": own,
            "total_cost": total,
            "deviation": total - standard,
            "missing": pd.Series(blamed, products.index, dtype=object),
        },
        index=products.index,
    )


def _roll_up(
    costs: tuple[FloatArray, ...], culprit: NDArray[np.int64], *, above: IntArray, below: IntArray, taken: FloatArray
) -> None:
    """Add what the components of some lines cost to their parents. What is not taken need not have a cost."""
    for cost in costs:
        np.add.at(cost, above, np.where(taken == 0, 0.0, taken * cost[below]))
    blamed = np.where(np.isnan(taken), below, culprit[below])
    np.minimum.at(culprit, above, np.where(taken == 0, len(culprit), blamed))


def _places(products: pd.DataFrame, named: pd.Series) -> IntArray:
    places = products.index.get_indexer(pd.Index(named))
    if (places < 0).any():
        raise AnalyticsError(f"unknown product in a line: {named.iloc[int(np.argmin(places))]}")
    return places
