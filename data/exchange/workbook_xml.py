"""Parses the XML of a workbook's parts. A document type, and with it every entity, is refused: workbooks have none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError
from xml.parsers import expat

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from data.exchange.problems import FileRefused

CHUNK_BYTES = 1 << 16
MOST_TREE_BYTES = 1 << 24

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def tree(part: BinaryIO) -> Element:
    """A small part as a whole; raises FileRefused when it is not small."""
    content = part.read(MOST_TREE_BYTES + 1)
    if len(content) > MOST_TREE_BYTES:
        raise FileRefused("workbook_too_large", "The workbook lists more sheets or styles than Excel can.")
    try:
        return fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise _entities() from error
    except (ParseError, LookupError, ValueError) as error:
        raise damaged() from error


def stream(part: BinaryIO, start: Start, end: End, text: Text) -> Iterator[None]:
    """A large part, piece by piece, through handlers; yields after each piece.

    The names handed on have no prefix.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.CharacterDataHandler = text
    _set_handlers(parser, start, end)
    try:
        while chunk := part.read(CHUNK_BYTES):
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        raise damaged() from error
    yield


def local(name: str) -> str:
    """The name of an element without its namespace."""
    return name.rpartition("}")[2]


def damaged() -> FileRefused:
    """About a workbook that does not keep the rules of its format."""
    return FileRefused("corrupt_workbook", "The workbook is damaged. Open it, save it again as XLSX and upload that.")


def _set_handlers(parser: expat.XMLParserType, start: Start, end: End) -> None:
    """Few writers put a prefix before the names; only for those it is taken off, element by element."""

    def first(name: str, _: Attributes) -> None:
        prefix, colon, _local = name.rpartition(":")
        if colon:
            parser.StartElementHandler = lambda name, attributes: start(name.removeprefix(f"{prefix}:"), attributes)
            parser.EndElementHandler = lambda name: end(name.removeprefix(f"{prefix}:"))
        else:
            parser.StartElementHandler, parser.EndElementHandler = start, end

    parser.StartElementHandler = first


def _refuse_doctype(*_: object) -> None:
    raise _entities()


def _entities() -> FileRefused:
    return FileRefused(
        "xml_entities", "The workbook declares XML entities, which no spreadsheet writes; it is not read."
    )
