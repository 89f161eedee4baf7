"""Deadlines of calls, and limits on bodies."""

import threading
import time

import pytest

from listener.platforms.kit.deadline import DeadlineExceeded, DeadlineRunner, TooLarge, read_capped


def test_call_returns_and_raises_as_if_it_ran_here() -> None:
    """The thread is invisible."""
    patience = DeadlineRunner(5)
    assert patience.call(lambda: 7) == 7
    assert isinstance(patience.call(lambda: ValueError("a value")), ValueError)
    with pytest.raises(ZeroDivisionError):
        patience.call(lambda: 1 // 0)


def test_call_that_hangs_is_given_up_on() -> None:
    """After the deadline, not after the hang."""
    held = threading.Event()
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded) as caught:
        DeadlineRunner(0.1).call(lambda: held.wait(30))
    assert caught.value.started
    assert time.monotonic() - began < 5
    held.set()


def test_no_call_is_begun_while_too_many_hang() -> None:
    """Threads are bounded; when the hanging ones end, calls go on."""
    held, patience = threading.Event(), DeadlineRunner(0.05, most=2)
    for _ in range(2):
        with pytest.raises(DeadlineExceeded):
            patience.call(lambda: held.wait(30))
    with pytest.raises(DeadlineExceeded) as caught:
        patience.call(lambda: 7)
    assert not caught.value.started
    held.set()
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        try:
            assert patience.call(lambda: 7) == 7
        except DeadlineExceeded:
            continue
        return
    raise AssertionError("calls never went on")


def test_body_is_read_up_to_its_cap() -> None:
    """The cap counts bytes; the time counts too."""
    assert read_capped(iter([b"ab", b"cd"]), 4, 5) == b"abcd"
    with pytest.raises(TooLarge):
        read_capped(iter([b"ab", b"cde"]), 4, 5)
    with pytest.raises(DeadlineExceeded):
        read_capped(iter([b"a"]), 4, -1)
