"""An upload arrives whole under our own name, or leaves nothing behind."""

import hashlib
import io
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict, TooLarge
from data.exchange.upload import check_unchanged, display_name, store_upload


class Breaking(io.BytesIO):
    """A connection that dies after its first bytes."""

    def read(self, size=-1):
        if self.tell():
            raise ConnectionResetError
        return super().read(10)


def test_stores_the_bytes_with_their_hash_privately(tmp_path):
    content = bytes(range(256)) * 9000
    stored = store_upload(io.BytesIO(content), tmp_path / "in" / "box", max_bytes=10_000_000, original_name="a.csv")
    assert stored.path.read_bytes() == content
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert stored.size_bytes == len(content)
    assert stored.original_name == "a.csv"
    assert stat.S_IMODE(stored.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(stored.path.parent.stat().st_mode) == 0o700


def test_name_on_disk_never_comes_from_the_sender(tmp_path):
    stored = store_upload(io.BytesIO(b"x"), tmp_path, max_bytes=10, original_name="../../etc/cron.d/evil")
    assert stored.path.parent == tmp_path
    assert "evil" not in stored.path.name
    assert stored.original_name == "evil"


def test_leaves_the_mode_of_an_existing_folder_alone(tmp_path):
    tmp_path.chmod(0o755)
    store_upload(io.BytesIO(b"x"), tmp_path, max_bytes=10)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


@pytest.mark.parametrize(("size", "fits"), [(99, True), (100, True), (101, False), (5_000_000, False)])
def test_limit_counts_bytes_as_they_arrive(tmp_path, size, fits):
    if fits:
        assert store_upload(io.BytesIO(b"x" * size), tmp_path, max_bytes=100).size_bytes == size
        return
    with pytest.raises(TooLarge, match="larger than 100 bytes"):
        store_upload(io.BytesIO(b"x" * size), tmp_path, max_bytes=100)
    assert list(tmp_path.iterdir()) == []


def test_broken_connection_leaves_nothing(tmp_path):
    with pytest.raises(ConnectionResetError):
        store_upload(Breaking(b"x" * 100), tmp_path, max_bytes=1000)
    assert list(tmp_path.iterdir()) == []


def test_changed_bytes_are_noticed(tmp_path):
    stored = store_upload(io.BytesIO(b"sku,qty\n"), tmp_path, max_bytes=100)
    check_unchanged(stored)
    stored.path.write_bytes(b"sku,qty!")
    with pytest.raises(Conflict):
        check_unchanged(stored)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("C:\\Users\\me\\Sales 2026.csv", "Sales 2026.csv"),
        ("a\r\nSet-Cookie: x.csv", "aSet-Cookie: x.csv"),
        ("gpj\u202evsc.exe", "gpjvsc.exe"),
        ("\x00\x1b[31mred.csv", "[31mred.csv"),
        ("jualan_März_销售.csv", "jualan_März_销售.csv"),
        ("", "upload"),
        ("..", "upload"),
        ("a/", "upload"),
    ],
)
def test_shown_name_is_harmless(sent, shown):
    assert display_name(sent) == shown


@given(st.text(max_size=400))
def test_shown_name_has_no_path_and_bounded_length(name):
    result = display_name(name)
    assert 0 < len(result) <= 120
    assert "/" not in result
    assert "\\" not in result
    assert result.isprintable() or any(character.isspace() for character in result)
