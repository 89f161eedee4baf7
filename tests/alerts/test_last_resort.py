"""A full disk: the outbox of alerts cannot be written either, and people are told all the same."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

import pytest

from listener.alerts.notifier import Notifier, bind
from listener.errors import StoreError
from listener.settings import EnvSecrets
from tests.alerts.conftest import OPS, Bell
from tests.databases import only_on_sqlite

pytestmark = only_on_sqlite("the disk of the file is full")


def notifier(bell: Bell) -> Notifier:
    """All that notifies, as the daemon binds it."""
    line = bell.line
    return bind(
        line.store, bell.rules, (), line.policy, {}, line.folder, EnvSecrets(bell.env), lambda *_: ("", ""), line.clock
    )


@contextmanager
def full_disk(bell: Bell) -> Iterator[None]:
    """No file may grow: here by the limit of a file's size, which a log of the database meets at once."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def fail(bell: Bell, whole: Notifier, **span: float) -> list[str]:
    """Run the stage on the full disk after a while; returns what came."""
    before = len(bell.hook.bodies)
    bell.line.wait(**span)
    with full_disk(bell), pytest.raises(StoreError, match="full"):
        whole.notify()
    return [str(body["message"]) for body in bell.hook.bodies[before:]]


def test_people_are_told_once_an_hour_and_of_the_end(bell: Bell) -> None:
    """A minute goes by first; what to do is part of it; the end comes with the first run that can write."""
    bell.open()
    whole = notifier(bell)
    assert fail(bell, whole) == []
    (told,) = fail(bell, whole, minutes=1)
    assert "fails or is full" in told and "What to do: " in told
    assert str(bell.hook.bodies[-1]["title"]).startswith("URGENT: Earshot Fernhill: ")
    assert fail(bell, whole, minutes=30) == []
    assert len(fail(bell, whole, minutes=31)) == 1
    before = len(bell.hook.bodies)
    whole.notify()
    whole.notify()
    assert [str(body["message"])[:5] for body in bell.hook.bodies[before:]] == ["Over:"]


def test_a_channel_that_fails_is_told_at_the_next_run(bell: Bell) -> None:
    """What did not go out is not taken for told, and gets no all-clear."""
    bell.open()
    whole = notifier(bell)
    fail(bell, whole)
    bell.hook.status = 500
    fail(bell, whole, minutes=2)
    bell.hook.status = 200
    assert len(fail(bell, whole, seconds=5)) == 1


def test_a_channel_of_other_kinds_is_not_told(bell: Bell) -> None:
    """As it chose."""
    bell.rules = replace(bell.rules, channels=(replace(OPS, kinds=("spike",)),))
    bell.open(kind="spike")
    whole = notifier(bell)
    fail(bell, whole)
    assert fail(bell, whole, minutes=2) == []


def test_people_are_told_also_when_no_alert_is_to_be_written(bell: Bell) -> None:
    """A disk that can only be read: no cause comes or goes, so that the outbox of alerts has nothing to note."""
    ticks = count(0.0, 20.0)
    stages = replace(bell.line.stages, notifier=notifier(bell), ticks=lambda: next(ticks))
    stages.notify()
    with full_disk(bell):
        for _ in range(4):
            bell.line.wait(seconds=30)
            stages.notify()
    (told,) = [str(body["message"]) for body in bell.hook.bodies]
    assert "fails or is full" in told
    stages.notify()
    stages.notify()
    assert [str(body["message"])[:5] for body in bell.hook.bodies[1:]] == ["Over:"]
