"""Everything data health looks for: one declaration each.

A new finding is an entry of one of the modules; its count, its part in the score, its list and its fix follow from it.
"""

from __future__ import annotations

from data.entities import ENTITIES
from data.findings.demand import FINDINGS as DEMAND
from data.findings.network import FINDINGS as NETWORK
from data.findings.orders import FINDINGS as ORDERS
from data.findings.products import FINDINGS as PRODUCTS
from data.findings.shared import Finding
from data.findings.stock import FINDINGS as STOCK

_DECLARED = (*PRODUCTS, *NETWORK, *STOCK, *DEMAND, *ORDERS)

# By entity, in the order in which a new company brings them in.
FINDINGS: dict[str, dict[str, Finding]] = {
    name: {finding.name: finding for finding in _DECLARED if finding.entity == name}
    for name in ENTITIES
    if any(finding.entity == name for finding in _DECLARED)
}
