"""Finds out how the letters of a file are written. Only Unicode proves itself; anything else is a proposal."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from data.exchange.problems import FileRefused

# What a person may choose from; the order is that of the list on the screen.
ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16 with byte order mark",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1252": "Western European (Windows-1252)",
    "cp1250": "Central European (Windows-1250)",
    "cp1251": "Cyrillic (Windows-1251)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1256": "Arabic (Windows-1256)",
    "cp1258": "Vietnamese (Windows-1258)",
    "cp874": "Thai (Windows-874)",
    "gb18030": "Chinese simplified (GB18030)",
    "big5": "Chinese traditional (Big5)",
    "shift_jis": "Japanese (Shift JIS)",
    "euc_kr": "Korean (EUC-KR)",
}
_LEGACY = tuple(name for name in ENCODINGS if not name.startswith("utf"))
# utf-8-sig reads UTF-8 with and without its mark.
UNICODE = "utf-8-sig"
_MARKS = ((codecs.BOM_UTF8, UNICODE), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# In European text letters outside ASCII stand alone; in Asian encodings and other scripts they come in runs.
ALONE_SHARE = 0.8
# With fewer of them a statistic says nothing, and Windows-1252 is the usual answer.
TELLING_LETTERS = 20
_EUROPEAN = ("cp1252", "cp1250", "cp1254", "cp1258")
_ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")


@dataclass(frozen=True, slots=True)
class Undecodable:
    """The first byte that is no text in an encoding."""

    encoding: str
    row: int
    offset: int
    byte: int

    def refusal(self) -> FileRefused:
        """The sentence for the person."""
        return FileRefused(
            "undecodable",
            f"Row {self.row}, byte {self.offset + 1:,} of the file (0x{self.byte:02X}) is no text in "
            f"{ENCODINGS.get(self.encoding, self.encoding)}. Choose the encoding the file was saved in, "
            f"or save it again as UTF-8.",
        )


def marked_encoding(head: bytes) -> str | None:
    """The encoding a byte order mark declares."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def known_encoding(name: str) -> str:
    """The name as we write it; raises FileRefused for an encoding that is not on the list."""
    wanted = name.strip().lower().replace("_", "-")
    wanted = {"utf-8": UNICODE, "utf8": UNICODE, "windows-1252": "cp1252", "latin-1": "cp1252"}.get(wanted, wanted)
    for known in ENCODINGS:
        if known.replace("_", "-") == wanted:
            return known
    raise FileRefused("unknown_encoding", f"The encoding “{name}” is not known. Choose one of: {', '.join(ENCODINGS)}.")


def likely_encodings(evidence: bytes) -> tuple[str, ...]:
    """Legacy encodings the bytes can be, most likely first."""
    from charset_normalizer import from_bytes

    matches = from_bytes(evidence, cp_isolation=list(_LEGACY), enable_fallback=False)
    found = [match.encoding for match in matches if match.encoding in _LEGACY]
    others, alone = sum(byte > 127 for byte in evidence), len(_ALONE.findall(evidence))
    if alone >= ALONE_SHARE * others:
        usual = ["cp1252"] if others < TELLING_LETTERS else []
        found = [*usual, *(name for name in found if name in _EUROPEAN), *_EUROPEAN, *found]
    return tuple(name for name in dict.fromkeys((*found, *_LEGACY)) if _decodes(evidence, name))


def mostly_unicode(evidence: bytes) -> bool:
    """Whether it is UTF-8 with a few broken bytes rather than something else."""
    text = evidence.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return sum(character > "\x7f" for character in text) > 5 * broken


def _decodes(evidence: bytes, encoding: str) -> bool:
    try:
        evidence.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
