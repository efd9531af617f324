"""JSON as browsers write it.

Python's own reader also takes NaN, halves of characters and NUL, none of which the database can store, and of a key
given twice the last one, though another reader may have looked at the first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from flask.json.provider import DefaultJSONProvider


class StrictJson(DefaultJSONProvider):
    """Reads request bodies; what it refuses is a ValueError, which Flask answers with 400."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        text = s.decode() if isinstance(s, bytes) else s
        try:
            parsed = json.loads(text, parse_constant=_refuse, object_pairs_hook=_object, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        if "\\u" in text:
            for part in _texts(parsed):
                _check_text(part)
        return parsed


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key is given twice")
    return made


def _check_text(text: str) -> None:
    if "\0" in text:
        raise ValueError("text with a NUL")
    text.encode()  # half a character: UnicodeEncodeError, a ValueError too


def _texts(value: object) -> Iterator[str]:
    """Every text in a parsed body, keys as well."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            waiting.extend((*found.keys(), *found.values()))
        elif isinstance(found, list):
            waiting.extend(found)
