"""Writes a document as PDF: headings, paragraphs, tables with lights, bars; drawn here, no browser, all vectors.

Letters are those of Bitstream Vera (Latin), which the library brings along and which is put into the file. Others are
written with a font of Chinese that readers of PDF bring along; what neither knows is left blank.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import getFont, registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from data.exchange.pdf_document import Bars, Cell, Document, Sheet

PLAIN, BOLD, OTHER = "Vera", "VeraBd", "STSong-Light"
INK, SOFT, LINE, SOLD, TO_COME, TARGET = (
    HexColor(code) for code in ("#17242b", "#51626c", "#d8dee2", "#6b8291", "#1e93a5", "#d9822b")
)
LIGHTS = {"good": HexColor("#e4eefa"), "warn": HexColor("#fdf0da"), "bad": HexColor("#eeb9a5")}
MARKS = {"good": "", "warn": "! ", "bad": "!! "}
MARGIN = 36.0
WIDTH = landscape(A4)[0] - 2 * MARGIN
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def write_pdf(path: Path, document: Document) -> None:
    """The document as a file."""
    _register()
    flow: list[Any] = [_text(document.title, _style(20, BOLD))]
    flow += [_text(line, _style(11, PLAIN)) for line in document.lead]
    for section in document.sections:
        flow.append(PageBreak() if section.page else Spacer(0, 14))
        flow.append(_text(section.title, _style(13, BOLD)))
        for part in section.parts:
            flow += [Spacer(0, 4), _drawn(part)]
    foot = _foot(_printable(document.foot))
    sides = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN)
    with path.open("wb") as file:
        template = SimpleDocTemplate(file, pagesize=landscape(A4), title=_printable(document.title), **sides)
        template.build(flow, onFirstPage=foot, onLaterPages=foot)


def _drawn(part: str | Sheet | Bars) -> Any:
    if isinstance(part, str):
        return _text(part, _style(9, PLAIN))
    return _table(part) if isinstance(part, Sheet) else _bars(part)


def _foot(told: str) -> Any:
    def draw(canvas: Any, page: Any) -> None:
        canvas.setFont(PLAIN, 7)
        canvas.setFillColor(SOFT)
        canvas.drawString(MARGIN, MARGIN / 2, told)
        canvas.drawRightString(MARGIN + WIDTH, MARGIN / 2, str(page.page))

    return draw


def _table(sheet: Sheet) -> Table:
    whole = sum(sheet.widths)
    figure, said = (_style(8, PLAIN, alignment=side) for side in (2, 0))
    head = [_text(name, _style(8, BOLD, alignment=0 if at < sheet.left else 2)) for at, name in enumerate(sheet.head)]
    body = [
        [_text(_told(cell), said if at < sheet.left else figure) for at, cell in enumerate(row)] for row in sheet.rows
    ]
    looks: list[Any] = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        *((name, (0, 0), (-1, -1), 2) for name in ("TOPPADDING", "BOTTOMPADDING")),
        *((name, (0, 0), (-1, -1), 4) for name in ("LEFTPADDING", "RIGHTPADDING")),
    ]
    looks += [
        ("BACKGROUND", (column, row), (column, row), LIGHTS[cell.tone])
        for row, cells in enumerate(sheet.rows, start=1)
        for column, cell in enumerate(cells)
        if isinstance(cell, Cell) and cell.tone in LIGHTS
    ]
    made = Table([head, *body], colWidths=[WIDTH * share / whole for share in sheet.widths], repeatRows=1)
    made.setStyle(TableStyle(looks))
    return made


def _told(cell: str | Cell) -> str:
    return cell if isinstance(cell, str) else f"{MARKS.get(cell.tone, '')}{cell.text}"


HEIGHT, GROUND, ROOM = 150.0, 24.0, 18.0


def _bars(bars: Bars) -> Drawing:
    made = Drawing(WIDTH, HEIGHT + ROOM)
    tops = [(low or 0.0) + (high or 0.0) for low, high in zip(bars.low, bars.high, strict=True)]
    largest = max([*tops, *(value or 0.0 for value in bars.target)], default=0.0)
    scale = (HEIGHT - GROUND) / largest if largest > 0 else 0.0
    step = WIDTH / max(len(bars.names), 1)
    for at, (name, low, high, target) in enumerate(zip(bars.names, bars.low, bars.high, bars.target, strict=True)):
        left, width = at * step + step * 0.15, step * 0.7
        ground = max(low or 0.0, 0.0) * scale
        made.add(Rect(left, GROUND, width, ground, fillColor=SOLD, strokeColor=None))
        made.add(Rect(left, GROUND + ground, width, max(high or 0.0, 0.0) * scale, fillColor=TO_COME, strokeColor=None))
        if target is not None:
            level = GROUND + target * scale
            made.add(Line(at * step, level, (at + 1) * step, level, strokeColor=TARGET, strokeWidth=1.5))
        made.add(String(left, GROUND - 11, _printable(name), fontName=PLAIN, fontSize=7, fillColor=SOFT))
    _add_legend(made, bars.legend)
    return made


def _add_legend(made: Drawing, legend: tuple[str, str, str]) -> None:
    at = 0.0
    for name, color in zip(legend, (SOLD, TO_COME, TARGET), strict=True):
        made.add(Rect(at, HEIGHT + 8, 8, 8, fillColor=color, strokeColor=None))
        made.add(String(at + 12, HEIGHT + 8, name, fontName=PLAIN, fontSize=8, fillColor=INK))
        at += 30 + stringWidth(name, PLAIN, 8)


@lru_cache(maxsize=1)
def _register() -> None:
    for name in (PLAIN, BOLD):
        registerFont(TTFont(name, f"{name}.ttf"))
    registerFont(UnicodeCIDFont(OTHER))


@lru_cache(maxsize=16)
def _style(size: int, font: str, *, alignment: int = 0) -> ParagraphStyle:
    leading = size * 1.3
    return ParagraphStyle(
        f"{font}{size}{alignment}", fontName=font, fontSize=size, leading=leading, textColor=INK, alignment=alignment
    )


def _text(told: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(_marked(_printable(told), style.fontName), style)


def _printable(told: str) -> str:
    return _UNPRINTABLE.sub("", told)


def _marked(told: str, font: str) -> str:
    """The text as the library reads it, letters that the font lacks in the other one."""
    known = getFont(font).face.charToGlyph
    found, own = [], True
    run = ""
    for letter in told:
        mine = ord(letter) in known or letter.isspace()
        if mine is not own and run:
            found.append(_run(run, own=own))
            run = ""
        own, run = mine, run + letter
    return "".join([*found, _run(run, own=own)])


def _run(run: str, *, own: bool) -> str:
    return escape(run) if own else f'<font name="{OTHER}">{escape(run)}</font>'
