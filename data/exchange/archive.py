"""Opens what a gzip or zip file wraps, and the parts of a package, without inflating more than the limits allow."""

from __future__ import annotations

import gzip
import io
import shutil
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from data.exchange.contents import CONTENT_TYPES, GZIP_MAGIC, ZIP_MAGICS, refuse_other_package
from data.exchange.problems import FileRefused, shown

CHUNK_BYTES = 1 << 20
ENCRYPTED = 0x1
# The directory of a zip is read into memory as a whole; a thousand members need a tenth of this.
MOST_DIRECTORY_BYTES = 1 << 20
# What the libraries raise, between them, for files that do not keep the rules of their format.
_BROKEN = (
    EOFError, gzip.BadGzipFile, zlib.error, BadZipFile, NotImplementedError, RuntimeError, ValueError, OverflowError,
    struct.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may inflate to. The ratio counts only above the floor: small files compress freely."""

    inflated_bytes: int = 2_000_000_000
    ratio: int = 200
    ratio_floor_bytes: int = 16_000_000
    members: int = 1000


DEFAULT_LIMITS = Limits()


class Package:
    """A zip file of which nobody trusts the directory: its sizes are lies until the bytes were counted."""

    def __init__(self, file: BinaryIO, limits: Limits, *, stored_bytes: int) -> None:
        self._budget = _Budget(stored_bytes, limits, compressed=True)
        with _intact():
            self._zip = ZipFile(cast(IO[bytes], _Directory(file)))
        members = self._zip.infolist()
        if len(members) > limits.members:
            raise FileRefused(
                "too_many_members",
                f"The zip file holds {len(members):,} files; {limits.members:,} are too many already.",
            )
        self._members = {member.filename: member for member in members}
        if len(self._members) < len(members):
            raise FileRefused("corrupt_archive", "The zip file holds two files of the same name. Make it again.")
        for member in members:
            _check_member(member)
        self._budget.expect(sum(member.file_size for member in members))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all members as the file spells them."""
        return tuple(self._members)

    def size(self, name: str) -> int:
        """How many bytes the member has inflated, as the directory says: it never gives more."""
        return self._members[name].file_size

    def open(self, name: str) -> BinaryIO:
        """The bytes of a member, counted while they inflate."""
        with _intact():
            return _counted(cast(BinaryIO, self._zip.open(self._members[name])), self._budget)

    def only_table(self) -> str:
        """The member that is the table; raises FileRefused when it is not the only one."""
        names = [name for name in self.names if not _is_clutter(name)]
        if not names:
            raise FileRefused("empty", "The zip file holds no file.")
        if len(names) > 1:
            listed = ", ".join(f"“{shown(name)}”" for name in names[:10]) + (" and more" if len(names) > 10 else "")
            raise FileRefused(
                "several_files", f"The zip file holds {len(names):,} files: {listed}. Upload them one by one."
            )
        return names[0]


@contextmanager
def unwrapped(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[BinaryIO]:
    """The bytes of the table: those of the file, of its gzip, or of the one file in its zip. Counted; read once."""
    stored_bytes = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(0)
        if head.startswith(GZIP_MAGIC):
            inflated = cast(BinaryIO, gzip.GzipFile(fileobj=file))
            yield _counted(inflated, _Budget(stored_bytes, limits, compressed=True))
            return
        zipped = Package(file, limits, stored_bytes=stored_bytes) if head.startswith(ZIP_MAGICS) else None
        if zipped is None or CONTENT_TYPES in zipped.names:
            file.seek(0)
            yield _counted(file, _Budget(stored_bytes, limits, compressed=False))
        else:
            refuse_other_package(zipped.names)
            yield zipped.open(zipped.only_table())


@contextmanager
def opened_package(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Package]:
    """The office package that the file is or wraps."""
    with unwrapped(path, limits) as content, TemporaryFile() as copy:
        shutil.copyfileobj(content, copy, CHUNK_BYTES)
        package = Package(cast(BinaryIO, copy), limits, stored_bytes=path.stat().st_size)
        if CONTENT_TYPES not in package.names:
            raise FileRefused("nested_archive", "The file is compressed twice. Upload it compressed once.")
        yield package


def is_wrapped(path: Path) -> bool:
    """Whether the file begins like a gzip or zip."""
    with path.open("rb") as file:
        return file.read(4).startswith((GZIP_MAGIC, *ZIP_MAGICS))


class _Budget:
    """How much may still be inflated, over all members of a file."""

    def __init__(self, stored_bytes: int, limits: Limits, *, compressed: bool) -> None:
        self._total, self._limits = 0, limits
        self._most = max(limits.ratio_floor_bytes, limits.ratio * stored_bytes) if compressed else limits.inflated_bytes

    def expect(self, count: int) -> None:
        """Raises FileRefused when so many bytes more would be too many."""
        total = self._total + count
        if total > self._limits.inflated_bytes:
            raise FileRefused(
                "too_much_text",
                f"The file holds more than {self._limits.inflated_bytes / 1e6:,.0f} MB of text. Split it.",
            )
        if total > self._most:
            raise FileRefused(
                "bomb",
                f"The compressed file inflates to more than {self._limits.ratio} times its size; it is not read.",
            )

    def spend(self, count: int) -> None:
        """Counts bytes that were inflated."""
        self.expect(count)
        self._total += count


class _Counted(io.RawIOBase):
    def __init__(self, raw: BinaryIO, budget: _Budget) -> None:
        self._raw, self._budget = raw, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with _intact():
            chunk = self._raw.read(len(buffer))
        self._budget.spend(len(chunk))
        buffer[: len(chunk)] = chunk
        return len(chunk)


class _Directory:
    """A file of which the zip reader cannot be made to read much at once, whatever lengths the file claims."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.tell, self.seekable = file.tell, file.seekable

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_SET and offset < 0:
            raise BadZipFile("a place before the file")
        return self._file.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        most = MOST_DIRECTORY_BYTES + 1
        found = self._file.read(most if size < 0 else min(size, most))
        if len(found) == most:
            raise FileRefused("too_many_members", "The zip file lists more files than are read.")
        return found


@contextmanager
def _intact() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise FileRefused("corrupt_archive", "The compressed file is damaged or cut off. Compress it again.") from error


def _counted(raw: BinaryIO, budget: _Budget) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_Counted(raw, budget), CHUNK_BYTES))


def _check_member(member: ZipInfo) -> None:
    if member.flag_bits & ENCRYPTED:
        raise FileRefused("encrypted", "The zip file is encrypted. Upload it without a password.")
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise FileRefused("zip_method", "The zip file is compressed in an unusual way. Make it again as a plain zip.")


def _is_clutter(name: str) -> bool:
    """Folders, and what the desktop of a Mac adds."""
    return name.endswith("/") or name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1] == ".DS_Store"
