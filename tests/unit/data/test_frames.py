"""Frames that requests share: made once, by one request, while the others wait only if they need that frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier, Event
from typing import Any
from unittest.mock import Mock

import pytest

from data import frames

WAIT = 10.0


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The version of each subject, as if it were stored; nothing is kept before and after."""
    stored: dict[str, str] = {}
    monkeypatch.setattr(frames, "version", lambda _session, *subjects: ".".join(stored.get(s, "0") for s in subjects))
    monkeypatch.setattr(frames, "_kept", {})
    yield stored
    assert len(frames._locks) == 0


def shared(name: str, compute: Callable[[], Any], *, args: tuple[Any, ...] = (), internal: bool = True) -> Any:
    viewer = Mock(internal=internal, company_id=7)
    return frames.shared_frame(Mock(), viewer, name, subjects=("stock",), args=args, compute=compute)


def test_a_frame_is_made_once_while_its_subjects_stay(versions: dict[str, str]) -> None:
    made = count()
    assert [shared("a", lambda: next(made)) for _time in range(3)] == [0, 0, 0]
    versions["stock"] = "1"
    assert shared("a", lambda: next(made)) == 1


def test_arguments_and_companies_have_frames_of_their_own(versions: dict[str, str]) -> None:
    made = count()
    assert [shared("a", lambda: next(made), args=(day,)) for day in (1, 2, 1)] == [0, 1, 0]
    assert shared("a", lambda: next(made), args=(1,), internal=False) == 2


def test_many_threads_make_a_frame_once(versions: dict[str, str]) -> None:
    made, together = count(), Barrier(8)

    def ask() -> Any:
        together.wait(WAIT)
        return shared("a", lambda: next(made))

    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(ask) for _thread in range(8)]
        assert {answer.result(WAIT) for answer in asked} == {0}


def test_a_long_computation_does_not_hold_up_other_frames(versions: dict[str, str]) -> None:
    begun, go_on = Event(), Event()

    def long() -> str:
        begun.set()
        assert go_on.wait(WAIT)
        return "long"

    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(shared, "long", long)
        assert begun.wait(WAIT)
        assert shared("short", lambda: "short") == "short"
        go_on.set()
        assert answer.result(WAIT) == "long"


def test_a_frame_may_be_made_of_another(versions: dict[str, str]) -> None:
    together, made = Barrier(6), count()

    def outer() -> str:
        return f"of {shared('inner', lambda: next(made))}"

    def ask(at: int) -> str:
        together.wait(WAIT)
        return str(shared("outer", outer) if at % 2 else shared("inner", lambda: next(made)))

    with ThreadPoolExecutor(6) as threads:
        asked = [threads.submit(ask, at) for at in range(6)]
        assert {answer.result(WAIT) for answer in asked} == {"of 0", "0"}


def test_a_failure_is_told_and_the_next_one_tries_again(versions: dict[str, str]) -> None:
    def fails() -> None:
        raise ValueError("no data")

    for _time in range(2):
        with pytest.raises(ValueError, match="no data"):
            shared("a", fails)
    assert shared("a", lambda: "there") == "there"


def test_what_was_used_longest_ago_is_dropped(versions: dict[str, str]) -> None:
    made = count()
    for at in range(frames.KEPT_FRAMES):
        shared(str(at), lambda: next(made))
    assert shared("0", lambda: next(made)) == 0
    shared("one more", lambda: next(made))
    assert shared("0", lambda: next(made)) == 0
    assert shared("1", lambda: next(made)) == frames.KEPT_FRAMES + 1


def test_many_scenarios_do_not_push_out_the_frames_of_other_pages(versions: dict[str, str]) -> None:
    made = count()
    shared("other page", lambda: next(made))
    for at in range(frames.KEPT_FRAMES):
        shared("scenario", lambda: next(made), args=(at,))
    assert shared("other page", lambda: next(made)) == 0
    assert [key[1] for key in frames._kept].count("scenario") == frames.KEPT_OF_A_NAME
