"""Documents of the first supplier with a portal: a certificate that ends soon, and one it is asked for."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from data.demo.people import PLANNER_ID

ENDS_DAYS, VALID_DAYS, DUE_DAYS = 40, 730, 10


def with_ending_soon(certificates: pd.DataFrame, suppliers: pd.DataFrame, *, today: date) -> pd.DataFrame:
    """Table certificate with one more of the supplier: HACCP, which ends soon."""
    supplier, until = _first(suppliers), today + timedelta(ENDS_DAYS)
    more = pd.DataFrame(
        {
            "id": [len(certificates) + 1],
            "kind": "haccp",
            "number": f"HACCP/{supplier.code}/{until.year}",
            "body": "SIRIM QAS International",
            "supplier_id": supplier.id,
            "valid_from": until - timedelta(VALID_DAYS),
            "valid_until": until,
        }
    )
    shape = more.reindex(columns=certificates.columns).astype(certificates.dtypes)
    return pd.concat([certificates, shape], ignore_index=True)


def document_requests(suppliers: pd.DataFrame, *, today: date) -> pd.DataFrame:
    """Table document_request: its renewal."""
    return pd.DataFrame(
        {
            "id": [1],
            "company_id": int(_first(suppliers).company_id),
            "kind": "haccp",
            "due_on": today + timedelta(DUE_DAYS),
            "note": "The present one ends soon; please send the renewal.",
            "created_by": PLANNER_ID,
        }
    )


def _first(suppliers: pd.DataFrame) -> pd.Series:  # type: ignore[type-arg]
    return suppliers.dropna(subset=["company_id"]).sort_values("company_id").iloc[0]
