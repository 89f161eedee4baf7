"""Moments so short that a careless change would go unnoticed: each test here fails when its line is taken away."""

from datetime import datetime, timedelta

from listener.feed_page import FeedPage
from listener.model import Json, Outgoing, Prepared
from listener.store import people
from tests.intake.test_poll import state
from tests.line import Line


def test_an_opt_out_between_the_check_and_the_claim_is_heeded_in_the_claim(line: Line) -> None:
    """Deciding another mention of the author opts them out while the reply is being prepared."""
    reply = line.approved()
    real = line.platform.prepare

    def prepare(outgoing: Outgoing, now: datetime) -> Prepared:
        with line.store.write() as connection:
            people.opt_out(connection, ("memory", "a1"), "author", "leave me alone", line.now)
        return real(outgoing, now)

    line.platform.prepare = prepare  # type: ignore[assignment]
    line.send()
    assert (line.reply(reply.id).state, line.platform.calls) == ("approved", 0)
    line.send()
    assert (line.reply(reply.id).closed_as, line.platform.calls) == ("withdrawn", 0)


def test_a_first_look_that_comes_late_is_still_a_first_look(line: Line) -> None:
    """Earshot was down for an hour after a lost answer: absent once, then once more before it is sent again."""
    reply = line.approved()
    line.platform.script, line.platform.lag = ["cut"], timedelta(minutes=70)
    line.send()
    line.wait(hours=1)
    line.send()
    assert (line.reply(reply.id).state, line.reply(reply.id).check_count) == ("unconfirmed", 1)
    line.wait(minutes=11)  # listed by now: an index that lags longer than it should
    line.send()
    assert (line.reply(reply.id).state, len(line.platform.posts)) == ("sent", 1)


def test_our_own_posts_are_known_up_to_when_they_were_asked_for(line: Line) -> None:
    """A colleague may have answered while the call was under way."""
    asked_at = line.now

    def fetch(cursor: Json | None, now: datetime) -> FeedPage:
        line.wait(seconds=30)
        return FeedPage({"at": 1}, own_posts_current=True)

    line.platform.fetch = fetch  # type: ignore[method-assign]
    line.stages.poll("memory")
    assert state(line).own_posts_read_at == asked_at
