"""Says what a stored upload is, text table or workbook, by its content and in one flat-memory pass; opens its text."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from data.exchange.archive import CHUNK_BYTES, DEFAULT_LIMITS, Limits, is_wrapped, unwrapped
from data.exchange.contents import OLE_MAGIC, ZIP_MAGICS, refuse_encrypted, refuse_other_contents
from data.exchange.encodings import (
    UNICODE,
    Undecodable,
    known_encoding,
    likely_encodings,
    marked_encoding,
    mostly_unicode,
)
from data.exchange.problems import FileRefused, shown
from data.exchange.workbook import opened_workbook

HEAD_BYTES = 1 << 16
SAMPLE_CHARACTERS = 1 << 19
EVIDENCE_BYTES = 1 << 14


@dataclass(frozen=True, slots=True)
class Source:
    """A file found to be a table. When ``encoding_certain`` is false a person should confirm the encoding.

    ``sheets`` are those of a workbook that hold rows, ``sheet`` the one that is read; a text has none. ``lines`` says
    about how many rows there are.
    """

    path: Path
    compressed: bool
    encoding: str
    encoding_certain: bool
    encoding_choices: tuple[str, ...]
    lines: int
    sample: str
    sheets: tuple[str, ...] = ()
    sheet: str = ""


def examine(
    path: Path, *, encoding: str | None = None, sheet: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> Source:
    """Read the whole file once and say what it is; raises FileRefused.

    ``encoding`` and ``sheet`` are a person's choice; without the latter the first sheet with rows is taken.
    """
    head = _head(path, limits)
    if head.startswith(ZIP_MAGICS):
        return _workbook(path, sheet, limits)
    if head.startswith(OLE_MAGIC):
        refuse_encrypted(_chunks(path, limits))
    chosen = known_encoding(encoding) if encoding is not None else marked_encoding(head)
    refuse_other_contents(head, wide=chosen is not None and chosen.startswith("utf-16"))
    if chosen is not None:
        return _as_chosen(path, chosen, limits)
    survey = _survey(path, UNICODE, limits)
    if isinstance(survey, int):
        return _source(path, UNICODE, survey, choices=(UNICODE,), certain=True)
    return _by_likelihood(path, survey, limits)


@contextmanager
def open_text(source: Source) -> Iterator[TextIO]:
    """The file as text, line ends as they are."""
    with (
        unwrapped(source.path) as raw,
        io.TextIOWrapper(raw, encoding=source.encoding, errors="strict", newline="") as text,
    ):
        yield text


def _workbook(path: Path, sheet: str | None, limits: Limits) -> Source:
    with opened_workbook(path, limits) as workbook:
        filled = {found.name: found for found in workbook.sheets if workbook.has_rows(found)}
        if not filled:
            raise FileRefused("empty", "No visible sheet of the workbook holds rows.")
        chosen = next(iter(filled)) if sheet is None else sheet
        if chosen not in filled:
            names = ", ".join(f"“{shown(name)}”" for name in filled)
            raise FileRefused(
                "no_such_sheet", f"The workbook has no rows in a sheet “{shown(chosen)}”. Choose {names}."
            )
        lines = workbook.count_rows(filled[chosen])
    return Source(path, is_wrapped(path), UNICODE, True, (UNICODE,), lines, "", tuple(filled), chosen)


def _as_chosen(path: Path, encoding: str, limits: Limits) -> Source:
    survey = _survey(path, encoding, limits)
    if isinstance(survey, Undecodable):
        raise survey.refusal()
    return _source(path, encoding, survey, choices=(encoding,), certain=True)


def _by_likelihood(path: Path, not_unicode: Undecodable, limits: Limits) -> Source:
    """The likeliest legacy encoding in which the whole file, not only a sample, is text."""
    evidence = _evidence(path, limits)
    if mostly_unicode(evidence):
        raise not_unicode.refusal()
    choices = likely_encodings(evidence)
    for encoding in choices:
        survey = _survey(path, encoding, limits)
        if isinstance(survey, int):
            return _source(path, encoding, survey, choices=choices, certain=False)
    raise not_unicode.refusal()


def _source(path: Path, encoding: str, lines: int, *, choices: tuple[str, ...], certain: bool) -> Source:
    with unwrapped(path) as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
        sample = _whole_lines(text.read(SAMPLE_CHARACTERS))
    if not sample.strip("\ufeff \t\r\n\x00\x1a"):
        raise FileRefused("empty", "The file has no rows.")
    return Source(path, is_wrapped(path), encoding, certain, choices, lines, sample)


def _whole_lines(sample: str) -> str:
    if len(sample) < SAMPLE_CHARACTERS:
        return sample
    end = max(sample.rfind("\n"), sample.rfind("\r")) + 1
    return sample[:end] or sample


def _head(path: Path, limits: Limits) -> bytes:
    if path.stat().st_size == 0:
        raise FileRefused("empty", "The file is empty.")
    head = next(_chunks(path, limits), b"")[:HEAD_BYTES]
    if not head:
        raise FileRefused("empty", "The compressed file holds nothing.")
    return head


def _survey(path: Path, encoding: str, limits: Limits) -> int | Undecodable:
    """The number of lines, or the first byte that is no text in the encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    fed = feeds = returns = 0
    last = ""
    try:
        for chunk in _chunks(path, limits):
            fed += len(chunk)
            text = decoder.decode(chunk)
            last = text[-1:] or last
            feeds, returns = feeds + text.count("\n"), returns + text.count("\r")
            if len(chunk) == CHUNK_BYTES and "\n" not in text and "\r" not in text:
                raise FileRefused("no_lines", f"Row {max(feeds, returns) + 1} is longer than a million characters.")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(encoding, errors="ignore")
        row = max(feeds + before.count("\n"), returns + before.count("\r")) + 1
        offset = fed - len(error.object) + error.start
        return Undecodable(encoding, row, offset, error.object[error.start])
    return max(feeds, returns) + (last not in "\r\n")


def _evidence(path: Path, limits: Limits) -> bytes:
    """Lines with letters outside ASCII, wherever in the file they are."""
    found = bytearray()
    for chunk in _chunks(path, limits):
        for match in re.finditer(rb"[^\r\n]*[\x80-\xff][^\r\n]*[\r\n]*", chunk):
            found += match.group()
            if len(found) >= EVIDENCE_BYTES:
                return bytes(found)
    return bytes(found)


def _chunks(path: Path, limits: Limits) -> Iterator[bytes]:
    """The bytes of the table, piece by piece, never more of them than the limits allow."""
    with unwrapped(path, limits) as raw:
        while chunk := raw.read(CHUNK_BYTES):
            yield chunk
