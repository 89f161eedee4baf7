"""What every platform keeps when things go wrong: three outcomes of a post, rate limits, a token revoked, no server."""

from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest

from listener import send_permit
from listener.errors import Held, Indeterminate, NotSent, ReadFailed, Refused
from listener.model import Mention
from tests.platforms.other_side import SHAPES, Outcome, Shape, World
from tests.platforms.rounds import WAIT, bounded, found, idle, now, outgoing, walk


def once() -> send_permit.Require:
    """A permission that is given once, before the platform is called, and never again."""
    given = count()

    def require() -> None:
        if next(given):
            raise Held("rate", "another process may have taken over")

    return require


class Trouble:
    """Part of PlatformContract."""

    def test_post_that_surely_did_not_go_out(self, world: World, answerable: Mention) -> None:
        """NotSent means that nothing stands on the platform."""
        prepared = world.platform.prepare(outgoing(world, answerable), now())
        if not world.fail("not_sent"):
            pytest.skip("this platform cannot fail so")
        with pytest.raises(NotSent):
            world.platform.post(prepared)
        assert world.posted() == []

    def test_post_is_not_written_when_the_permission_ends_during_the_call(
        self, world: World, answerable: Mention
    ) -> None:
        """A process may stand still behind the last check of the outbox, while another one takes over."""
        prepared = world.platform.prepare(outgoing(world, answerable), now())
        with pytest.raises(Held), send_permit.required(once()):
            world.platform.post(prepared)
        assert world.posted() == []
        assert world.platform.post(prepared).remote_id

    def test_post_that_is_refused_for_good(self, world: World, answerable: Mention) -> None:
        """Refused says what becomes of the reply."""
        prepared = world.platform.prepare(outgoing(world, answerable), now())
        if not world.fail("refused"):
            pytest.skip("this platform cannot fail so")
        with pytest.raises(Refused) as caught:
            world.platform.post(prepared)
        assert caught.value.next_state in ("failed", "by_hand", "withdrawn")
        assert world.posted() == []

    @pytest.mark.parametrize("outcome", ["unconfirmed", "unknown_arrived"])
    def test_post_of_unknown_outcome_is_neither_sent_nor_refused(
        self, world: World, answerable: Mention, outcome: Outcome
    ) -> None:
        """When nobody knows, post raises neither NotSent nor Refused, and find tells."""
        prepared = world.platform.prepare(outgoing(world, answerable), now())
        if not world.fail(outcome):
            pytest.skip("this platform cannot fail so")
        with pytest.raises(Exception) as caught:
            world.platform.post(prepared)
        assert not isinstance(caught.value, (NotSent, Refused))
        assert (
            (world.again().find_reply(prepared) is not None) == (outcome == "unknown_arrived") == bool(world.posted())
        )

    def test_platform_that_takes_no_reply_refuses_it(self, world: World, mention: Mention) -> None:
        """Should one be sent nevertheless, it is a person's, never lost."""
        if world.posts:
            pytest.skip("this platform takes replies")
        with pytest.raises(Refused) as caught:
            world.platform.post(world.platform.prepare(outgoing(world, mention), now()))
        assert caught.value.next_state == "by_hand"

    def test_deleted_mention_is_not_answered(self, world: World, answerable: Mention) -> None:
        """A look tells, or the post is refused for good: withdrawn either way."""
        prepared = world.platform.prepare(outgoing(world, answerable), now())
        world.delete(answerable.id)
        with suppress(Indeterminate):
            if not world.platform.check_post(answerable).is_present:
                return
        with pytest.raises(Refused) as caught:
            world.platform.post(prepared)
        assert (caught.value.next_state, world.posted()) == ("withdrawn", [])

    @pytest.mark.parametrize("shape", SHAPES)
    def test_rate_limit_of_reading_is_kept_in_every_shape(self, world: World, mention: Mention, shape: Shape) -> None:
        """No call is made before its end, which is guessed where no header tells it."""
        _, cursor = walk(world.platform, None)
        world.limit(shape, WAIT)
        moment = now()
        with pytest.raises(ReadFailed) as caught:
            world.platform.fetch(cursor, moment)
        until = bounded(caught.value, shape, moment, world.longest_guess)
        assert idle(world.platform, cursor, until - timedelta(seconds=1))  # the limit strikes once: nobody asked
        world.platform.fetch(cursor, until + timedelta(seconds=1))

    @pytest.mark.parametrize("shape", SHAPES)
    def test_rate_limit_of_sending_is_kept_in_every_shape(
        self, world: World, answerable: Mention, shape: Shape
    ) -> None:
        """The reply surely did not go out, and does not before the limit's end."""
        prepared = world.platform.prepare(outgoing(world, answerable), now())
        world.limit(shape, WAIT)
        moment = now()
        with pytest.raises(NotSent) as caught:
            world.platform.post(prepared)
        bounded(caught.value, shape, moment, world.longest_guess)
        with pytest.raises(NotSent):
            world.platform.post(prepared)
        assert world.posted() == []

    def test_revoked_token_stops_the_platform_until_a_person_acts(self, world: World, answerable: Mention) -> None:
        """It says what to do; a new token counts at once, without a restart."""
        _, cursor = walk(world.platform, None)
        prepared = world.platform.prepare(outgoing(world, answerable), now())
        world.revoke()
        with pytest.raises(ReadFailed) as read:
            world.platform.fetch(cursor, now())
        with pytest.raises(NotSent) as sent:
            world.platform.post(prepared)
        assert (read.value.cause, sent.value.cause, world.posted()) == ("account", "account", [])
        assert read.value.do and sent.value.do
        world.renew()
        new = world.plant("after the new token")
        assert new in found(world, cursor)
        world.platform.post(prepared)
        assert len(world.posted()) == 1

    def test_dead_server_loses_nothing(self, world: World, answerable: Mention) -> None:
        """Reads are tried again, a reply surely did not go out, and nothing can be said of one of unknown outcome."""
        _, cursor = walk(world.platform, None)
        prepared = world.platform.prepare(outgoing(world, answerable), now())
        world.down()
        with pytest.raises(ReadFailed) as read:
            world.platform.fetch(cursor, now())
        assert read.value.cause == "transient"
        with pytest.raises(NotSent):
            world.platform.post(prepared)
        with pytest.raises(ReadFailed):
            world.platform.find_reply(prepared)
