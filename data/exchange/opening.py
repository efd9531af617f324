"""Opens a stored upload as text: by its content, in one flat-memory pass, and only when it is a text table."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from data.exchange.contents import GZIP_MAGIC, refuse_other_contents
from data.exchange.encodings import (
    UNICODE,
    Undecodable,
    known_encoding,
    likely_encodings,
    marked_encoding,
    mostly_unicode,
)
from data.exchange.problems import FileRefused

CHUNK_BYTES = 1 << 20
HEAD_BYTES = 1 << 16
SAMPLE_CHARACTERS = 1 << 19
EVIDENCE_BYTES = 1 << 14


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may inflate to. The ratio counts only above the floor: small files compress freely."""

    inflated_bytes: int = 2_000_000_000
    ratio: int = 200
    ratio_floor_bytes: int = 16_000_000


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Source:
    """A file found to be a text table. When ``encoding_certain`` is false a person should confirm the encoding."""

    path: Path
    compressed: bool
    encoding: str
    encoding_certain: bool
    encoding_choices: tuple[str, ...]
    lines: int
    sample: str


def examine(path: Path, *, encoding: str | None = None, limits: Limits = DEFAULT_LIMITS) -> Source:
    """Read the whole file once and say what it is; raises FileRefused. ``encoding`` is a person's choice."""
    head = _head(path, limits)
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
        _bytes_of(source.path) as raw,
        io.TextIOWrapper(raw, encoding=source.encoding, errors="strict", newline="") as text,
    ):
        yield text


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
    with _bytes_of(path) as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
        sample = _whole_lines(text.read(SAMPLE_CHARACTERS))
    if not sample.strip("\ufeff \t\r\n\x00\x1a"):
        raise FileRefused("empty", "The file has no rows.")
    return Source(path, _is_gzip(path), encoding, certain, choices, lines, sample)


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
    if head.startswith(GZIP_MAGIC):
        raise FileRefused("nested_gzip", "The file is compressed twice. Upload it compressed once.")
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
    """The inflated bytes, piece by piece, never more of them than the limits allow."""
    stored, total, compressed = path.stat().st_size, 0, _is_gzip(path)
    with _bytes_of(path) as raw:
        while chunk := _read(raw):
            total += len(chunk)
            if total > limits.inflated_bytes:
                raise FileRefused(
                    "too_much_text",
                    f"The file holds more than {limits.inflated_bytes / 1e6:,.0f} MB of text. Split it.",
                )
            if compressed and total > max(limits.ratio_floor_bytes, limits.ratio * stored):
                raise FileRefused(
                    "bomb", f"The compressed file inflates to more than {limits.ratio} times its size; it is not read."
                )
            yield chunk


def _read(raw: BinaryIO) -> bytes:
    try:
        return raw.read(CHUNK_BYTES)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileRefused("corrupt_gzip", "The compressed file is damaged or cut off. Compress it again.") from error


def _bytes_of(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if _is_gzip(path) else path.open("rb")


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == GZIP_MAGIC
