"""Keeps a spreadsheet from running an exported text, by a mark the reader takes off again.

A text is dangerous when, after any apostrophes, it could start a formula: = + - @ (also full-width), with or without
blanks before it, or a tab, line end or NUL. Plain signed numbers are not. A dangerous text gets one apostrophe in
front; of a dangerous text with apostrophes one is taken off. So every text comes back as it was.
"""

from __future__ import annotations

import re

_DANGER = re.compile(
    "[\t\r\n\x00]|[\\s\x00\ufeff\u200b-\u200f\u2060]*[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]"
)
_SIGNED_NUMBER = re.compile(r"[+-][0-9]+(?:[.,][0-9]+)*")


def neutralise(text: str) -> str:
    """The text as it may stand in a file that a spreadsheet opens."""
    return f"'{text}" if _dangerous(text.lstrip("'")) else text


def restore(text: str) -> str:
    """The text that ``neutralise`` was given."""
    return text[1:] if text.startswith("'") and _dangerous(text.lstrip("'")) else text


def _dangerous(text: str) -> bool:
    return _DANGER.match(text) is not None and _SIGNED_NUMBER.fullmatch(text) is None
