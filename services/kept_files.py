"""Files that people send along with something: taken in, told apart by their content, scanned, handed out."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import NotFound, UnsupportedMedia
from core.i18n import _
from core.settings import settings
from data.exchange.media_types import media_type
from data.exchange.scanning import refuse_malware
from data.exchange.upload import store_upload


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file on disk; ``stored_name`` is ours, ``file_name`` is what it was called."""

    stored_name: str
    file_name: str
    media_type: str
    size_bytes: int
    sha256: str

    def values(self) -> dict[str, Any]:
        """The columns of the row that tells of it."""
        return asdict(self)


@contextmanager
def received(
    stream: BinaryIO, folder: str, *, file_name: str, accepted: Collection[str], otherwise: str, max_bytes: int
) -> Iterator[KeptFile]:
    """A file that stays only if what is done with it inside succeeds.

    Inputs: the bytes, the folder of TANDEM_HOME it goes to, the name that it had, the media types that may be, what
        is said to somebody who sends another, the largest size.
    Returns: the file.
    Raises: TooLarge; UnsupportedMedia; FileRefused by the virus scan.
    Source: security.md G01–G05, G18.
    """
    file = store_upload(stream, settings().home / folder, max_bytes=max_bytes, original_name=file_name)
    try:
        found = media_type(file.path)
        if found not in accepted:
            raise UnsupportedMedia(otherwise)
        refuse_malware(file.path, settings().virus_scanner)
        yield KeptFile(file.path.name, file.original_name, str(found), file.size_bytes, file.sha256)
    except BaseException:
        file.path.unlink(missing_ok=True)
        raise


def kept_at(folder: str, stored_name: str) -> Path:
    """Where a kept file is.

    Inputs: the folder of TANDEM_HOME and our name of it.
    Returns: its path.
    Raises: NotFound when it is gone.
    Source: none; ours.
    """
    path = settings().home / folder / stored_name
    if not path.is_file():
        raise NotFound(_("The file of this document is not there any more. Send it again."))
    return path


def copied(folder: str, target: str, stored_name: str) -> None:
    """Copy a kept file to another folder under the same name, so that one half done is done again.

    Inputs: the folders of TANDEM_HOME and our name of it.
    Returns: nothing.
    Raises: NotFound when it is gone.
    Source: none; ours.
    """
    source, folder_of_target = kept_at(folder, stored_name), settings().home / target
    folder_of_target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder_of_target / stored_name)


def forget(folder: str, stored_name: str) -> None:
    """Delete a kept file, after its row is gone.

    Inputs: as kept_at.
    Returns: nothing.
    Raises: nothing for one that is not there.
    Source: none; ours.
    """
    (settings().home / folder / stored_name).unlink(missing_ok=True)
