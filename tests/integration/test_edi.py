"""Messages of suppliers: the same answers and shipments as by the pages, of the own orders only, all or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from databases import TestServer
from sqlalchemy import text
from trading import TODAY, Trading, load

from core.errors import InvalidInput, NotAllowed, NotFound
from core.viewer import Viewer
from data.db import owner_engine
from services import edi

ViewerOf = Callable[[str], Viewer]
SOON = f"{TODAY + timedelta(20):%Y%m%d}"


@pytest.fixture(scope="module", autouse=True)
def ids(server: TestServer, empty_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trading]:
    with pytest.MonkeyPatch.context() as patch, server.copy(tmp_path_factory.mktemp("home"), template=empty_template):
        patch.setenv("TANDEM_TODAY", TODAY.isoformat())
        yield load()


SHARED = """
insert into supplier_agreement (supplier_id, horizon, bucket, level, firm_fence, near_warn, near_bad, far_warn, far_bad,
    shared_from) values (:party, 2, 'month', 'item', 1, 0.05, 0.1, 0.2, 0.4, '2026-01-01');
with made as (
    insert into supplier_forecast (supplier_id, number, plan_day, bucket, level, fence_ends_on)
    values (:party, 1, '2026-03-02', 'month', 'item', '2026-04-01') returning id
)
insert into supplier_forecast_line (forecast_id, product_id, starts_on, ends_on, forecast, firm)
select id, :item, '2026-03-01', '2026-03-31', :forecast, 100 from made
"""


def interchange(kind: str, *body: str) -> str:
    segments = [f"UNH+1+{kind}:D:96A:UN", *body, f"UNT+{len(body) + 2}+1"]
    return "'".join(["UNB+UNOC:3+A+B+260302:0900+7", *segments, "UNZ+1+7"]) + "'"


def answers(*body: str, order: str = "PO-ALPHA") -> str:
    return interchange("ORDRSP", "BGM+231+R1+4", f"RFF+ON:{order}", *body, "UNS+S")


def notice(*body: str, number: str = "S-1") -> str:
    head = (f"BGM+351+{number}+9", f"DTM+11:{TODAY:%Y%m%d}:102", f"DTM+17:{SOON}:102")
    return interchange("DESADV", *head, *body)


def stored() -> list[tuple[int, str, str | None]]:
    statement = (
        "select l.line_no, r.kind, r.reason from supplier_response r join purchase_order_line l on l.id = line_id"
    )
    with owner_engine().connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"{statement} order by l.line_no"))]


def content(found: edi.Outgoing) -> str:
    with found:
        return b"".join(found.chunks).decode("latin-1")


def test_supplier_and_buyer_take_the_same_order_without_cancelled_lines(viewer_of: ViewerOf) -> None:
    own, bought = (content(edi.orders_message(viewer_of(name), "PO-ALPHA")) for name in ("supplier", "planner"))
    assert own.count("LIN+") == 7
    assert own.splitlines()[2:-1] == bought.splitlines()[2:-1]
    for secret in ("CANARY", "770077", "BETA"):
        assert secret not in own


@pytest.mark.parametrize("number", ["PO-BETA", "CANARY-ALPHA-draft", "PO-NONE", "", "%", "PO-ALPH"])
def test_b01_foreign_orders_and_drafts_are_as_unknown_ones(viewer_of: ViewerOf, number: str) -> None:
    with pytest.raises(NotFound, match=r"^There is no such order that was sent\.$"):
        edi.orders_message(viewer_of("supplier"), number)


def test_forecast_that_is_not_shared_is_told(viewer_of: ViewerOf) -> None:
    with pytest.raises(NotFound, match="No forecast is shared"):
        edi.forecast_message(viewer_of("supplier"))


def test_levels_and_other_partners(viewer_of: ViewerOf) -> None:
    assert "PO-ALPHA" in content(edi.orders_message(viewer_of("supplier-viewer"), "PO-ALPHA"))
    for name in ("supplier-viewer", "customer", "oem", "planner"):
        for sent in (answers("LIN+1+5"), notice("LIN+5", "QTY+12:1")):
            with pytest.raises(NotAllowed):
                edi.take(viewer_of(name), sent, dry=False)
        with pytest.raises(NotAllowed):
            edi.take(viewer_of(name), "no file at all", dry=True)
    for name in ("customer", "oem"):
        with pytest.raises(NotAllowed):
            edi.orders_message(viewer_of(name), "PO-ALPHA")
        with pytest.raises(NotAllowed):
            edi.forecast_message(viewer_of(name))


def test_b01_answers_to_foreign_orders_are_as_to_unknown_ones_and_nothing_is_kept(viewer_of: ViewerOf) -> None:
    told = []
    for order in ("PO-BETA", "PO-NONE"):
        with pytest.raises(InvalidInput) as error:
            edi.take(viewer_of("supplier"), answers("LIN+1+5", "RFF+ON:PO-ALPHA", "LIN+2+5", order=order), dry=False)
        told.append(error.value.message.replace(order, "…"))
    assert told[0] == told[1]
    assert "segment 6 (LIN)" in told[0]
    assert stored() == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("LIN+1+5+BETA-ITEM:IN", "item “BETA-ITEM” is not the one of the order, ALPHA-ITEM"),
        ("LIN+1+6'QTY+113:5:LTR", "unit “LTR” is not the one of the order, KGM"),
        ("LIN+1+5'QTY+113:5", "not as ordered now"),
        ("LIN+1+6'QTY+113:0", "enter more than 0"),
        ("LIN+4+5", "is past"),
        ("LIN+7+5", "has been received"),
    ],
    ids=range(6),
)
def test_lines_that_can_not_be_answered_so(viewer_of: ViewerOf, line: str, told: str) -> None:
    with pytest.raises(InvalidInput) as error:
        edi.take(viewer_of("supplier"), answers(*line.split("'")), dry=False)
    assert told in error.value.message
    assert "“PO-ALPHA” / " in error.value.message


def test_answers_are_looked_at_then_taken_over(viewer_of: ViewerOf, ids: Trading) -> None:
    with owner_engine().begin() as connection:  # nobody has seen it
        connection.execute(text("delete from order_acknowledgement where line_id = :id"), {"id": ids["alpha.later"]})
    sent = answers(
        *("LIN+1+5+ALPHA-ITEM:IN", "LIN+2+6", "QTY+113:80:KGM", f"DTM+69:{SOON}:102", "FTX+AAI+++It?'s late"), "LIN+3+7"
    )
    supplier = viewer_of("supplier")
    looked = edi.take(supplier, sent, dry=True)
    assert stored() == []
    assert edi.take(supplier, sent, dry=False).told == looked.told
    assert stored() == [(1, "confirm", None), (2, "counter", "It's late"), (3, "reject", "Told by ORDRSP 1")]
    edi.take(supplier, sent, dry=False)
    assert len(stored()) == 3  # sent twice is one answer


def test_shipment_is_looked_at_then_sent(viewer_of: ViewerOf) -> None:
    supplier = viewer_of("supplier")
    sent = notice("LIN+1", "QTY+12:30:KGM", "RFF+ON:PO-ALPHA:5", "GIN+BX+L?+1")
    assert edi.take(supplier, sent, dry=True).told == edi.take(supplier, sent, dry=False).told
    with owner_engine().connect() as connection:
        rows = connection.execute(
            text("select s.number, l.quantity, l.lot from shipment s join shipment_line l on true")
        )
        assert [(row.number, int(row.quantity), row.lot) for row in rows] == [("S-1", 30, "L+1")]
    told = []
    for order in ("PO-BETA", "PO-NONE"):
        with pytest.raises(InvalidInput) as error:
            edi.take(supplier, notice("LIN+1", "QTY+12:1", f"RFF+ON:{order}:5", number="S-2"), dry=False)
        told.append(error.value.message.replace(order, "…"))
    assert told[0] == told[1]


def test_other_messages_are_not_taken(viewer_of: ViewerOf) -> None:
    with pytest.raises(InvalidInput, match="INVOIC"):
        edi.take(viewer_of("supplier"), interchange("INVOIC", "BGM+380+1"), dry=True)


def test_forecast_has_the_own_figures_only(viewer_of: ViewerOf, ids: Trading) -> None:
    with owner_engine().begin() as connection:
        for company, forecast in (("alpha", 1000), ("beta", 8642)):
            named = {"party": ids[f"{company}.party"], "item": ids[f"{company}.item"], "forecast": forecast}
            for statement in SHARED.split(";"):
                connection.execute(text(statement), named)
    found = content(edi.forecast_message(viewer_of("supplier-viewer")))
    assert "SCC+1'\nQTY+113:100:KGM'" in found
    assert "SCC+4'\nQTY+113:900:KGM'\nDTM+64:20260301:102'\nDTM+63:20260331:102'" in found
    assert "BETA" not in found


def test_withheld_feature_is_closed(viewer_of: ViewerOf, ids: Trading) -> None:
    named = {"company": ids["alpha"], "feature": "portal.supplier.shipments"}
    with owner_engine().begin() as connection:
        connection.execute(
            text("insert into company_withheld (company_id, permission) values (:company, :feature)"), named
        )
    with pytest.raises(NotAllowed):
        edi.take(viewer_of("supplier"), notice("LIN+1", "QTY+12:1", "RFF+ON:PO-ALPHA:5"), dry=True)
