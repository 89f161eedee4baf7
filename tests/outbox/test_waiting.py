"""A platform's limit on sending: who waits for long is told, and new secrets or a restart end the wait."""

from datetime import timedelta

import pytest

from listener.desk import transitions
from listener.errors import NotSent
from listener.store import notices, platforms
from tests.line import Line


def limited(line: Line, minutes: float) -> None:
    """An approved reply that the platform takes only after so many minutes."""
    line.approved()
    line.platform.script = [NotSent("too many", cause="rate", retry_at=line.now + timedelta(minutes=minutes))]
    line.send()


def restart(line: Line) -> None:
    """The program starts again."""
    with line.store.write() as connection:
        platforms.enable(connection, {"memory": 60.0}, line.now)


def test_a_long_wait_opens_a_notice_until_something_is_sent(line: Line) -> None:
    """It names the end and the reason."""
    limited(line, minutes=90)
    with line.store.read() as connection:
        (notice,) = notices.list_open(connection)
    assert (notice.kind, notice.subject) == ("waiting", "sending")
    assert notice.what == "nothing is sent on memory until 2026-11-24 13:30 UTC: too many"
    line.wait(minutes=90)
    line.send()
    assert (len(line.platform.posts), line.notices()) == (1, [])


def test_a_short_wait_opens_no_notice(line: Line) -> None:
    """Nobody need be called for five minutes."""
    limited(line, minutes=5)
    assert line.notices() == []


@pytest.mark.parametrize("is_read_first", [False, True])
def test_new_secrets_end_a_wait_at_once(line: Line, is_read_first: bool) -> None:
    """Also where the first call with them is a poll, after which the platform calls them new no more."""
    limited(line, minutes=90)
    line.platform.new_secret = True
    if is_read_first:
        line.stages.poll("memory")
        line.platform.new_secret = False
    line.send()
    assert (len(line.platform.posts), line.notices()) == (1, [])


def test_the_notice_ends_with_new_secrets_also_where_nothing_is_to_be_sent_any_more(line: Line) -> None:
    """Staff took the reply back meanwhile."""
    limited(line, minutes=90)
    transitions.undo(line.store, line.desk(), 1)
    line.platform.new_secret = True
    line.stages.poll("memory")
    line.send()
    assert (line.platform.posts, line.notices()) == ([], [])


@pytest.mark.parametrize(("minutes", "sent"), [(4, 0), (90, 1)])
def test_a_restart_ends_a_long_wait_but_not_a_short_one(line: Line, minutes: float, sent: int) -> None:
    """A program that is started again and again must not call again and again."""
    limited(line, minutes)
    restart(line)
    line.send()
    assert (len(line.platform.posts), line.notices()) == (sent, [])
