"""EDIFACT files: messages with their segments, read from text and written to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, cast

from pydifact.control.characters import Characters
from pydifact.exceptions import EDISyntaxError, ValidationError
from pydifact.parser import Parser
from pydifact.segments import Segment as WrittenSegment
from pydifact.segments import SegmentFactory
from pydifact.serializer import Serializer

from core.errors import InvalidInput, TooLarge
from core.i18n import _

SERVICE_STRING = "UNA:+.? '"
SERVICE_CHARACTERS = 6
LARGEST_BYTES = 1_000_000
MOST_SEGMENTS = 5_000
LONGEST_SHOWN = 40
OWN_NAME = "TANDEM"
DIRECTORY = ("D", "96A", "UN")
CHARACTER_SET = ("UNOC", "3")
ENCODING = "latin-1"  # what UNOC stands for
LINE_ENDS = "\r\n"

Element = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as it was read; ``number`` counts within its message from 1 (UNH) on."""

    tag: str
    elements: tuple[tuple[str, ...], ...]
    number: int = 0

    def part(self, element: int, component: int = 0) -> str:
        """A component without surrounding blanks; empty when it is not there."""
        found = self.elements[element] if element < len(self.elements) else ()
        return found[component].strip() if component < len(found) else ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: ``kind`` as ORDRSP, the reference of its UNH, and what stands between UNH and UNT."""

    kind: str
    reference: str
    segments: tuple[Segment, ...]

    def refused(self, segment: Segment, why: str) -> InvalidInput:
        """The error that tells where in the file something is wrong."""
        return InvalidInput(
            _(
                "%(kind)s %(message)s, segment %(number)s (%(tag)s): %(why)s",
                kind=self.kind,
                message=self.reference,
                number=segment.number,
                tag=segment.tag[:LONGEST_SHOWN],
                why=why,
            )
        )


def shown(value: str) -> str:
    """A value of a file as an error quotes it."""
    return f"“{value[:LONGEST_SHOWN]}…”" if len(value) > LONGEST_SHOWN else f"“{value}”"


def decoded(raw: bytes) -> str:
    """The text of a file: UTF-8, or else ISO 8859-1 as UNOC has it."""
    if len(raw) > LARGEST_BYTES:
        raise _too_large()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode(ENCODING)


def read_interchange(text: str) -> tuple[Message, ...]:
    """The messages of a file, its envelope and its counts checked."""
    segments = _segments(text)
    if not segments or segments[0].tag != "UNB":
        raise InvalidInput(_("The file does not begin with UNA or UNB. Send a whole EDIFACT interchange."))
    last = segments[-1]
    if last.tag != "UNZ":
        raise InvalidInput(_("The file does not end with UNZ. Send the whole interchange."))
    messages = tuple(_messages(segments[1:-1]))
    if last.part(0) != str(len(messages)):
        raise InvalidInput(
            _(
                "UNZ tells of %(told)s messages, the file has %(count)s. Send the whole interchange.",
                told=shown(last.part(0)),
                count=len(messages),
            )
        )
    if last.part(1) != segments[0].part(4):
        raise InvalidInput(
            _(
                "UNZ has the reference %(end)s, UNB %(start)s. Send one whole interchange.",
                end=shown(last.part(1)),
                start=shown(segments[0].part(4)),
            )
        )
    if not messages:
        raise InvalidInput(_("There is no message in the file. Send at least one ORDRSP or DESADV."))
    return messages


def write_interchange(
    kind: str, *, receiver: str, reference: str, at: datetime, body: Sequence[tuple[str, *tuple[Element, ...]]]
) -> bytes:
    """A file of one message around ``body``, every service character in it escaped."""
    header = ("UNH", "1", (kind, *DIRECTORY))
    envelope = ("UNB", CHARACTER_SET, OWN_NAME, receiver[:35] or "SUPPLIER", (f"{at:%y%m%d}", f"{at:%H%M}"), reference)
    # UNT counts itself and UNH.
    segments: list[tuple[str, *tuple[Element, ...]]] = [
        envelope,
        header,
        *body,
        ("UNT", str(len(body) + 2), "1"),
        ("UNZ", "1", reference),
    ]
    written = [WrittenSegment(segment[0], *(_writable(element) for element in segment[1:])) for segment in segments]
    text: str = Serializer(Characters.from_str(SERVICE_STRING)).serialize(written, break_lines=True)
    return text.encode(ENCODING)


class _PlainSegments(SegmentFactory):
    """Segments as they stand: which of them a message needs is its reader's to say, in words for people."""

    @staticmethod
    def create_segment(name: str, *elements: Any, **_options: Any) -> Segment:  # type: ignore[override]
        return Segment(name, tuple((part,) if isinstance(part, str) else tuple(part) for part in elements))


def _segments(text: str) -> list[Segment]:
    if len(text) > LARGEST_BYTES:
        raise _too_large()
    bad = next((sign for sign in text if _unprintable(sign)), None)
    if bad is not None:
        raise InvalidInput(
            _("The file has the control character %(code)s. Send plain EDIFACT text.", code=f"U+{ord(bad):04X}")
        )
    whole = text.lstrip("\ufeff \r\n")
    # The library looks for a UNA anywhere in the text, also in somebody's remark, unless there is one in front.
    whole = whole if whole.startswith("UNA") else SERVICE_STRING + whole
    _check_service_string(whole[3 : 3 + SERVICE_CHARACTERS])
    try:
        parsed = Parser(factory=_PlainSegments()).parse(whole.rstrip())
        found = cast(list[Segment], list(islice(parsed, MOST_SEGMENTS + 2)))
    except (EDISyntaxError, ValidationError, IndexError) as error:
        raise InvalidInput(
            _("The file is not EDIFACT: a segment is not finished, or has no name. Send the whole interchange.")
        ) from error
    if len(found) > MOST_SEGMENTS + 1:  # UNA comes as one
        raise TooLarge(_("The file has more than %(most)s segments. Send it in parts.", most=f"{MOST_SEGMENTS:,}"))
    return [segment for segment in found if segment.tag != "UNA"]


def _check_service_string(given: str) -> None:
    separators = given[:2] + given[3:4] + given[5:]
    if len(given) < SERVICE_CHARACTERS or len(set(separators)) < len(separators) or _plain(separators):
        raise InvalidInput(_("UNA: %(given)s are no service characters. Usual are :+.? '", given=shown(given)))


def _plain(separators: str) -> bool:
    return any(sign.isalnum() or sign.isspace() for sign in separators)


def _unprintable(sign: str) -> bool:
    return (sign < " " and sign not in LINE_ENDS) or "\x7f" <= sign <= "\x9f"


def _messages(segments: Sequence[Segment]) -> Iterator[Message]:
    place = 0
    while place < len(segments):
        header = segments[place]
        if header.tag != "UNH":
            raise InvalidInput(
                _("%(tag)s stands outside of a message. Begin each message with UNH.", tag=shown(header.tag))
            )
        end = next((at for at in range(place, len(segments)) if segments[at].tag == "UNT"), None)
        if end is None:
            raise InvalidInput(
                _("Message %(reference)s does not end with UNT. Send it whole.", reference=shown(header.part(0)))
            )
        yield _message(segments[place : end + 1])
        place = end + 1


def _message(segments: Sequence[Segment]) -> Message:
    numbered = [Segment(each.tag, each.elements, number) for number, each in enumerate(segments, start=1)]
    header, *body, trailer = numbered
    message = Message(header.part(1)[:LONGEST_SHOWN], header.part(0)[:LONGEST_SHOWN], tuple(body))
    told = (header.part(1, 1), header.part(1, 2), header.part(1, 3))
    if told != DIRECTORY:
        raise message.refused(header, _("%(told)s is not read here. Send D:96A:UN.", told=shown(":".join(told))))
    if trailer.part(0) != str(len(segments)):
        raise message.refused(
            trailer,
            _(
                "it tells of %(told)s segments, the message has %(count)s. Send the message whole.",
                told=shown(trailer.part(0)),
                count=len(segments),
            ),
        )
    if trailer.part(1) != header.part(0):
        raise message.refused(
            trailer,
            _("the reference is %(told)s, and another one in UNH. Use one for both.", told=shown(trailer.part(1))),
        )
    return message


def _too_large() -> TooLarge:
    return TooLarge(_("The file is larger than 1 MB. Send it in parts."))


def _writable(element: Element) -> str | list[str]:
    return _text(element) if isinstance(element, str) else [_text(part) for part in element]


def _text(value: str) -> str:
    """What the character set holds of a text, on one line."""
    one_line = "".join(" " if _unprintable(sign) or sign in LINE_ENDS else sign for sign in value)
    return one_line.encode(ENCODING, "replace").decode(ENCODING)
