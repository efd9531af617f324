"""What a gzip or zip holds is taken out within the limits, whatever its directory claims."""

import gzip
import io
import struct
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import zip_bytes

from data.exchange.archive import Limits, unwrapped
from data.exchange.problems import FileRefused

TABLE = b"sku,qty\n00123,1\n" * 50


@pytest.fixture
def content(tmp_path):
    def read(stored, limits=None):
        path = tmp_path / "upload"
        path.write_bytes(stored)
        with unwrapped(path, limits or Limits()) as file:
            return file.read()

    return read


@pytest.fixture
def refusal(content):
    def reason(stored, limits=None):
        with pytest.raises(FileRefused) as refused:
            content(stored, limits)
        return refused.value

    return reason


def encrypted(stored):
    """With the mark of encryption in the headers of the member."""
    changed = bytearray(stored)
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[changed.index(magic) + place] |= 1
    return bytes(changed)


def claiming(stored, size):
    """With another inflated size in the directory."""
    changed = bytearray(stored)
    struct.pack_into("<I", changed, changed.index(b"PK\x01\x02") + 24, size)
    return bytes(changed)


def stored_with(method):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("sales.csv", TABLE)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "stored",
    [
        TABLE,
        gzip.compress(TABLE),
        zip_bytes({"sales.csv": TABLE}),
        stored_with(zipfile.ZIP_STORED),
        zip_bytes({"a/": b"", "a/b/": b"", "a/b/sales.xlsx": TABLE, "__MACOSX/a/._sales.csv": b"x", ".DS_Store": b"x"}),
    ],
    ids=["plain", "gzip", "zip", "stored zip", "zip with clutter"],
)
def test_content_is_the_table(content, stored):
    assert content(stored) == TABLE


def test_several_files_are_named(refusal):
    refused = refusal(zip_bytes({"may.csv": TABLE, "june.csv": TABLE}))
    assert refused.reason == "several_files"
    assert "“may.csv”, “june.csv”" in str(refused)


BOMB = zip_bytes({"a.csv": bytes(60_000_000)})
OTHERS = {
    "nothing in it": (zip_bytes({}), "empty"),
    "only folders": (zip_bytes({"a/": b"", "__MACOSX/x": b"x"}), "empty"),
    "password": (encrypted(zip_bytes({"sales.csv": TABLE})), "encrypted"),
    "bzip2": (stored_with(zipfile.ZIP_BZIP2), "zip_method"),
    "lzma": (stored_with(zipfile.ZIP_LZMA), "zip_method"),
    "ratio": (BOMB, "bomb"),
    "ratio hidden by a small size": (claiming(BOMB, 1000), "corrupt_archive"),
    "huge size": (claiming(zip_bytes({"sales.csv": TABLE}), 0xF0000000), "too_much_text"),
    "members": (zip_bytes({f"{number}.csv": b"" for number in range(1001)}), "too_many_members"),
    "cut": (zip_bytes({"sales.csv": TABLE})[:-30], "corrupt_archive"),
    "only the head": (zip_bytes({"sales.csv": TABLE})[:20], "corrupt_archive"),
}


@pytest.mark.parametrize("case", OTHERS)
def test_other_zips_are_refused(refusal, case):
    stored, reason = OTHERS[case]
    assert refusal(stored).reason == reason


def test_two_members_of_one_name_are_refused(refusal):
    twice = zip_bytes({"sales.csv": TABLE, "other.csv": TABLE}).replace(b"other.csv", b"sales.csv")
    assert refusal(twice).reason == "corrupt_archive"


def test_directory_of_a_million_members_is_not_even_read(refusal, monkeypatch):
    """The lengths in the last record are what a reader would read at once."""
    entry = b"PK\x01\x02" + bytes(42)
    count = 1_000_000
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, count * len(entry), 4, 0)
    monkeypatch.setattr(zipfile.ZipInfo, "__init__", lambda *_: pytest.fail("a member was taken in"))
    assert refusal(b"PK\x03\x04" + entry * count + end).reason == "too_many_members"


def test_absolute_limit(refusal):
    for stored in (TABLE, gzip.compress(TABLE), zip_bytes({"a.csv": TABLE})):
        assert refusal(stored, Limits(inflated_bytes=100)).reason == "too_much_text"


WHOLE = zip_bytes({"sales.csv": TABLE})


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(WHOLE) - 1), value=st.integers(0, 255))
def test_flipped_byte_in_a_zip_never_changes_the_table_silently(content, place, value):
    damaged = bytearray(WHOLE)
    damaged[place] = value
    try:
        found = content(bytes(damaged))
    except FileRefused:
        return
    assert found in (TABLE, bytes(damaged))
