"""A scanner's verdict decides; one that is away keeps files out; without one files are marked as not scanned."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from core.errors import Unavailable
from data.exchange.problems import FileRefused
from data.exchange.scanning import refuse_malware

CONTENT = b"SKU,Quantity\nA,1\n" * 10_000


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def scanner() -> Iterator[Callable[[bytes], tuple[str, list[bytes]]]]:
    """A scanner with one verdict; it keeps what it was sent."""
    with TemporaryDirectory() as folder:  # the path of a socket has to be short
        yield lambda verdict: scanning(Path(folder) / "clamd", verdict)


def scanning(path: Path, verdict: bytes) -> tuple[str, list[bytes]]:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen(1)
    received: list[bytes] = []

    def answer() -> None:
        with listening, listening.accept()[0] as connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while length := struct.unpack("!L", stream.read(4))[0]:
                received.append(stream.read(length))
            connection.sendall(verdict + b"\0")

    threading.Thread(target=answer, daemon=True).start()
    return str(path), received


def test_clean_file_was_seen_whole(upload: Path, scanner: Callable[[bytes], tuple[str, list[bytes]]]) -> None:
    path, received = scanner(b"stream: OK")
    assert refuse_malware(upload, path) is True
    assert b"".join(received) == CONTENT


@pytest.mark.parametrize(
    ("verdict", "reason", "message"),
    [
        (b"stream: Eicar-Signature FOUND", "malware", "Eicar-Signature"),
        (b"INSTREAM size limit exceeded. ERROR", "not_scanned", "size limit"),
        (b"", "not_scanned", "could not read"),
    ],
    ids=["found", "error", "silence"],
)
def test_anything_but_ok_keeps_the_file_out(
    upload: Path, scanner: Callable[[bytes], tuple[str, list[bytes]]], verdict: bytes, reason: str, message: str
) -> None:
    path, _received = scanner(verdict)
    with pytest.raises(FileRefused, match=message) as refused:
        refuse_malware(upload, path)
    assert refused.value.reason == reason


def test_scanner_that_is_away_keeps_files_out(upload: Path, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="virus scanner"):
        refuse_malware(upload, str(tmp_path / "nobody"))


def test_without_a_scanner_nothing_is_scanned(upload: Path) -> None:
    assert refuse_malware(upload, "") is False
