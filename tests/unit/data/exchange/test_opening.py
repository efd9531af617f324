"""A file is taken for what its bytes are; everything but a text table is refused with its reason."""

import gzip
import io
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.exchange import opening
from data.exchange.archive import Limits
from data.exchange.opening import examine, open_text
from data.exchange.problems import FileRefused

TABLE = b"sku,qty\n00123,1\nNA,2\n"


@pytest.fixture
def stored(tmp_path):
    def store(content):
        path = tmp_path / "upload"
        path.write_bytes(content)
        return path

    return store


def zipped(name, content=b"x" * 50):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def text_of(source):
    with open_text(source) as text:
        return text.read()


OTHER_CONTENTS = {
    "corrupt_workbook": zipped("[Content_Types].xml"),
    "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "program": b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200),
    "image": b"\x89PNG\r\n\x1a\n" + bytes(40),
    "html": b"\n <!DOCTYPE html><html><body>sku,qty</body></html>",
    "xml": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "b">]><l>&a;</l>',
    "json": b'[{"sku": "00123", "qty": 1}]',
    "rtf": b"{\\rtf1\\ansi sku,qty}",
    "archive": b"7z\xbc\xaf\x27\x1c" + bytes(40),
    "binary": bytes(range(256)) * 20,
    "utf16_without_mark": TABLE.decode().encode("utf-16-le"),
}


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("reason", OTHER_CONTENTS)
def test_other_contents_are_refused_by_their_bytes(stored, reason, compress):
    with pytest.raises(FileRefused) as refusal:
        examine(stored(compress(OTHER_CONTENTS[reason])))
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    "content", [b"", gzip.compress(b"", mtime=0), b"\n\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b" \t\n"]
)
def test_nothing_in_the_file(stored, content):
    with pytest.raises(FileRefused) as refusal:
        examine(stored(content))
    assert refusal.value.reason == "empty"


WHOLE = gzip.compress(TABLE * 500)


@pytest.mark.parametrize(
    "content",
    [WHOLE[:-1], WHOLE[:-8], WHOLE[:40], WHOLE[:5], WHOLE[:-6] + b"\x00\x01\x02\x03\x04\x05", WHOLE + b"sku,qty\n"],
    ids=["last byte", "no checksum", "cut", "header only", "wrong checksum", "something behind"],
)
def test_damaged_gzip(stored, content):
    with pytest.raises(FileRefused) as refusal:
        examine(stored(content))
    assert refusal.value.reason == "corrupt_archive"


def test_gzip_of_gzip(stored):
    with pytest.raises(FileRefused) as refusal:
        examine(stored(gzip.compress(gzip.compress(TABLE))))
    assert refusal.value.reason == "nested_archive"


def test_gzip_in_several_members_is_one_table(stored):
    assert text_of(examine(stored(gzip.compress(TABLE) + gzip.compress(b"A,3\n")))) == TABLE.decode() + "A,3\n"


BOMB = """
import resource, sys
from pathlib import Path
import data.exchange.opening as opening
from data.exchange.problems import FileRefused
resource.setrlimit(resource.RLIMIT_AS, (400_000_000, 400_000_000))
try:
    opening.examine(Path(sys.argv[1]))
except FileRefused as refusal:
    print(refusal.reason)
"""


def test_bomb_is_refused_before_it_fills_the_memory(stored):
    member = gzip.compress(b"a,b\n" * 2_000_000)
    path = stored(member * 60)  # 480 MB of text in half a megabyte
    root = Path(opening.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", BOMB, path], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "bomb"


def test_text_over_the_absolute_limit(stored):
    with pytest.raises(FileRefused) as refusal:
        examine(stored(gzip.compress(TABLE * 1000)), limits=Limits(inflated_bytes=10_000))
    assert refusal.value.reason == "too_much_text"


def test_one_endless_line(stored):
    with pytest.raises(FileRefused) as refusal:
        examine(stored(b"sku,qty\n" + b"x" * 4_000_000))
    assert refusal.value.reason == "no_lines"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_proves_itself(stored, encoding):
    text = "sku,qty\nKopi Terengganu ☕ 茶,1\n" * 100_000
    source = examine(stored(text.encode(encoding)))
    assert source.encoding_certain
    assert source.lines == 200_000
    assert text.startswith(source.sample)
    assert text_of(source) == text


def test_letter_far_behind_the_sample_still_decides_the_encoding(stored):
    content = b"sku,description\n" + b"1,PENCIL\n" * 200_000 + "2,COST £5\n".encode("cp1252")
    source = examine(stored(content))
    assert (source.encoding, source.encoding_certain) == ("cp1252", False)
    assert text_of(source).endswith("2,COST £5\n")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Artikel;Menge;Name\n1;3;Café crème\n2;4;Müller Süßwaren\n3;5;Pâté de forêt\n"),
        ("gb18030", "日期,产品编码,数量\n2026-01-02,绿茶饮料,5\n2026-01-03,酱油,6\n"),
        ("big5", "日期,產品編碼,數量\n2026-01-02,綠茶飲料,5\n2026-01-03,醬油,6\n"),
    ],
)
def test_legacy_encoding_is_a_proposal_a_person_can_change(stored, encoding, text):
    path = stored(text.encode(encoding) * 3)
    source = examine(path)
    assert not source.encoding_certain
    assert encoding in source.encoding_choices
    assert text_of(examine(path, encoding=encoding)) == text * 3


def test_utf16_without_mark_can_be_chosen(stored):
    assert text_of(examine(stored(TABLE.decode().encode("utf-16-be")), encoding="UTF-16-BE")) == TABLE.decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "gb18030", "shift_jis", "cp1252"])
def test_undecodable_byte_is_named_with_row_and_place(stored, encoding):
    before = ("数量,a\n" if encoding in ("gb18030", "shift_jis", "utf-8", "utf-16-le") else "é,a\n") * 3
    wrong = {"utf-16-le": b"\x00\xd8\x41\x00", "cp1252": b"\x81"}.get(encoding, b"\xff")
    content = before.encode(encoding) + wrong + ",b\n".encode(encoding)
    with pytest.raises(FileRefused) as refusal:
        examine(stored(content), encoding=encoding)
    assert refusal.value.reason == "undecodable"
    assert f"Row 4, byte {len(before.encode(encoding)) + 1:,} " in str(refusal.value)


def test_damaged_utf8_is_not_taken_for_something_else(stored):
    with pytest.raises(FileRefused, match=r"Row 101, byte .* \(0xE9\)"):
        examine(stored("sku,Größe\n".encode() * 100 + b"1,caf\xe9\n"))


def test_unknown_encoding_is_refused(stored):
    with pytest.raises(FileRefused, match="Choose one of"):
        examine(stored(TABLE), encoding="rot13")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300), shell=st.sampled_from([bytes, gzip.compress, zlib.compress]))
def test_any_bytes_are_text_or_refused(stored, content, shell):
    try:
        source = examine(stored(shell(content)))
    except FileRefused:
        return
    text_of(source)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(WHOLE) - 1), value=st.integers(0, 255))
def test_flipped_byte_in_a_gzip_never_changes_the_table_silently(stored, place, value):
    damaged = bytearray(WHOLE)
    damaged[place] = value
    try:
        text = text_of(examine(stored(bytes(damaged))))
    except FileRefused:
        return
    assert text == TABLE.decode() * 500
