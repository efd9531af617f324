"""Asks a virus scanner about an upload, by the protocol of ClamAV's clamd."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

from core.errors import Unavailable
from data.exchange.problems import FileRefused, shown

CHUNK_BYTES = 1 << 16
PATIENCE_SECONDS = 60
ANSWER_BYTES = 4096


def refuse_malware(path: Path, scanner: str) -> bool:
    """Whether the file was looked at: without a scanner (the path of clamd's socket) it is not.

    Raises FileRefused for what the scanner finds, Unavailable when it does not answer: nothing comes in unseen.
    """
    if not scanner:
        return False
    try:
        answer = _answer(path, scanner)
    except OSError as error:
        raise Unavailable("The virus scanner does not answer. Try again in a moment.") from error
    if answer.endswith("FOUND"):
        found = answer.removesuffix("FOUND").removeprefix("stream:").strip()
        raise FileRefused("malware", f"The virus scanner found {shown(found)} in the file.")
    if not answer.endswith("OK"):
        raise FileRefused("not_scanned", f"The virus scanner could not read the file: {shown(answer)}")
    return True


def _answer(path: Path, scanner: str) -> str:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection, path.open("rb") as file:
        connection.settimeout(PATIENCE_SECONDS)
        connection.connect(scanner)
        connection.sendall(b"zINSTREAM\0")
        while chunk := file.read(CHUNK_BYTES):
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
        return connection.recv(ANSWER_BYTES).decode(errors="replace").strip("\0\r\n ")
