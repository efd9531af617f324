"""EDIFACT written as the field reads it, and read with an error for everything that is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pydifact.parser import Parser
from pydifact.segments import SegmentFactory

from core.errors import InvalidInput, TooLarge
from data.exchange.edifact_in import read_answers, read_shipment
from data.exchange.edifact_interchange import MOST_SEGMENTS, Message, decoded, read_interchange
from data.exchange.edifact_out import (
    Forecast,
    ForecastCell,
    ForecastItem,
    Order,
    OrderedLine,
    write_forecast,
    write_order,
)

AT = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
ODD = "O'Neil + Co: 50? Bhd\r\n\x00Ω"
SAFE = "O'Neil + Co: 50? Bhd   ?"


def interchange(*body: str, kind: str = "ORDRSP") -> str:
    segments = [f"UNH+1+{kind}:D:96A:UN", *body, f"UNT+{len(body) + 2}+1"]
    return "'".join(["UNB+UNOC:3+A+B+260302:0900+7", *segments, "UNZ+1+7"]) + "'"


def message(*body: str, kind: str = "ORDRSP") -> Message:
    return read_interchange(interchange(*body, kind=kind))[0]


class _Unchecked(SegmentFactory):
    @staticmethod
    def create_segment(name, *elements, **_options):
        return (name, *elements)


def parsed(content: bytes) -> list[tuple[object, ...]]:
    return list(Parser(factory=_Unchecked()).parse(content.decode("latin-1")))[1:]


def test_own_orders_is_read_back_by_the_library_with_service_characters_escaped() -> None:
    line = OrderedLine(1, "A+1", ODD, "kg", Decimal("100.0000"), Decimal("2.50"), date(2026, 4, 1))
    found = parsed(write_order(Order("PO'1", date(2026, 3, 1), ODD, "KL", [line]), at=AT))
    assert ("BGM", "220", "PO'1", "9") in found
    assert ("NAD", "SU", "", "", SAFE) in found
    assert ("LIN", "1", "", ["A+1", "IN"]) in found
    assert ("QTY", ["21", "100", "KGM"]) in found
    assert ("DTM", ["2", "20260401", "102"]) in found
    assert ("PRI", ["AAA", "2.5"]) in found
    assert found[-2] == ("UNT", str(len(found) - 2), "1")
    assert found[-1] == ("UNZ", "1", found[0][-1])
    (own,) = read_interchange(decoded(write_order(Order("1", date(2026, 3, 1), ODD, "KL", [line]), at=AT)))
    assert own.kind == "ORDERS"


def test_delfor_tells_firm_orders_and_what_is_planned_beyond_them() -> None:
    cell = ForecastCell(date(2026, 4, 1), date(2026, 4, 30), Decimal(1000), Decimal(100))
    item = ForecastItem("A", "Sugar", "sack", "KL", [cell])
    found = parsed(write_forecast(Forecast(3, date(2026, 3, 1), "Alpha", [item]), at=AT))
    assert [segment for segment in found if segment[0] in ("SCC", "QTY")] == [
        ("SCC", "1"),
        ("QTY", ["113", "100"]),
        ("SCC", "4"),
        ("QTY", ["113", "900"]),
    ]


def test_answers_are_read_with_escaped_characters() -> None:
    told = read_answers(
        message(
            "BGM+231+R1+4",
            "RFF+ON:PO?+1",
            "LIN+1+5+A?:1:IN",
            "LIN+2+6",
            "QTY+113:80,5:KGM",
            "DTM+69:20260320:102",
            "FTX+AAI+++It?'s late'UNA".replace("'UNA", "?'UNA") + ":really",
            "RFF+ON:PO2",
            "UNS+S",
        )
    )
    assert [(each.line.order, each.line.line_no, each.line.code, each.action) for each in told] == [
        ("PO+1", 1, "A:1", "accept"),
        ("PO2", 2, "", "change"),
    ]
    assert (told[1].quantity, told[1].promised_on) == (Decimal("80.5"), date(2026, 3, 20))
    assert told[1].reason == "It's late'UNA really"


def test_shipment_is_read_with_other_service_characters() -> None:
    usual = interchange(
        "BGM+351+S1+9",
        "DTM+11:20260303:102",
        "DTM+17:202603041200:203",
        "TDT+20++30++HAUL:::Haul Bhd",
        "PAC+4",
        "LIN+1",
        "QTY+12:30",
        "RFF+ON:PO1:5",
        "GIN+BX+L1",
        "DTM+36:20270101:102",
        kind="DESADV",
    )
    found = read_shipment(read_interchange("UNA|*.\\ ~" + usual.translate(str.maketrans(":+'", "|*~")))[0])
    assert (found.number, found.arrives_on, found.carrier, found.packages) == ("S1", date(2026, 3, 4), "Haul Bhd", "4")
    (lot,) = found.lots
    assert (lot.line.order, lot.line.line_no, lot.quantity, lot.lot) == ("PO1", 5, Decimal(30), "L1")


LINE = ("BGM+231+R1+4", "RFF+ON:PO1", "LIN+1+6")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ((*LINE, "QTY+113:1e5"), "ORDRSP 1, segment 5 (QTY): “1e5” is no quantity. Write a number"),
        ((*LINE, "QTY+113:-5"), "“-5” is no quantity"),
        ((*LINE, "DTM+2:20260231:102"), "segment 5 (DTM): “20260231” is no day"),
        ((*LINE, "DTM+2:20260331:999"), "is no day"),
        (("BGM+231+R1+4", "RFF+ON:PO1", "LIN+1+9"), "segment 4 (LIN): “9” is no answer. Use 5"),
        (("BGM+231+R1+4", "RFF+ON:PO1", "LIN+x+5"), "“x” is no line number"),
        (("BGM+231+R1+4", "LIN+1+5"), "the order is missing"),
        (("BGM+231+R1+4", "RFF+ON:PO1", "LIN+1+5", "LIN+1+7"), "segment 5 (LIN): PO1 / 1 is answered twice"),
        (("BGM+231+R1+4",), "there is no line"),
        (("LIN+1+5",), "the number of the document is missing"),
    ],
    ids=range(10),
)
def test_wrong_values_are_told_with_message_segment_value_and_remedy(body: tuple[str, ...], told: str) -> None:
    with pytest.raises(InvalidInput) as error:
        read_answers(message(*body))
    assert told in error.value.message


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "UNA",
            "UNA:::::'",
            "hello",
            "UNB'",
            "UNB+UNOC:3+A+B+260302:0900+7'",
            "+'",
            ":+'",
            "UNB+?",
            "UNA:+.? 'UNA",
        ),
        *("UNB+a'UNA:+.? 'UNZ+0'", interchange("BGM+1").replace("UNT+3", "UNT+4"), interchange("BGM\x00")),
        interchange("BGM+1").replace("UNZ+1+7", "UNZ+1+8"),
        interchange("BGM+1").replace("UNZ+1", "UNZ+2"),
        interchange("BGM+1").replace("UNT+3+1", "UNT+3+2"),
        interchange("BGM+1").replace("96A", "01B"),
        interchange("BGM+1").replace("UNH+", "XXX+"),
        interchange("BGM+1").replace("UNT+", "XXX+"),
        interchange("BGM+1")[:-1],
    ],
    ids=range(20),
)
def test_files_that_are_no_whole_interchange_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_interchange(text)


def test_size_is_limited() -> None:
    with pytest.raises(TooLarge):
        read_interchange(interchange(*["A+1"] * MOST_SEGMENTS))
    with pytest.raises(TooLarge):
        decoded(b" " * 1_000_001)
    with pytest.raises(TooLarge):
        read_interchange(" " * 1_000_001)
