"""What every platform keeps of a reply that goes well: previewed, counted, prepared, posted, found."""

import json

import pytest

from listener.capabilities import Announcer, Applauder, OutgoingAct
from listener.model import Announcement, Mention
from tests.platforms.other_side import World
from tests.platforms.rounds import now, outgoing, standing

REPLIES = (
    "Thank you!",
    "  blanks around  ",
    "e\u0301clair",
    "two\nlines",
    "See https://example.com/help.",
    "🇩🇪👍🏽",
    "a" * 400,
)


class Replies:
    """Part of PlatformContract."""

    @pytest.mark.parametrize("text", REPLIES)
    def test_preview_of_a_preview_changes_nothing(self, world: World, mention: Mention, text: str) -> None:
        """The text as it will stand is a fixed point, and its length is above zero."""
        once = world.preview(text, mention)
        assert world.preview(once.text, mention) == once
        assert once.length > 0

    def test_text_beyond_the_limit_does_not_fit(self, world: World, mention: Mention) -> None:
        """The preview says what the platform would refuse."""
        limit = world.preview("short", mention).limit
        assert world.preview("short", mention).fits
        assert not world.preview("w " * limit, mention).fits

    def test_prepared_reply_is_plain_json_and_its_key_its_own(self, world: World, mention: Mention) -> None:
        """Preparing twice gives the same key, another reply another one; the request survives JSON."""
        moment = now()
        one = world.platform.prepare(outgoing(world, mention), moment)
        assert one == world.platform.prepare(outgoing(world, mention), moment)
        assert one.key != world.platform.prepare(outgoing(world, mention, reply_id=2), moment).key
        assert json.loads(json.dumps(one.request)) == one.request

    def test_posted_reply_is_found_again(self, world: World, answerable: Mention) -> None:
        """The text arrives to the byte, under the right post, and a new process finds it."""
        reply = outgoing(world, answerable)
        prepared = world.platform.prepare(reply, now())
        assert world.platform.find_reply(prepared) is None
        receipt = world.platform.post(prepared)
        assert world.posted() == [(reply.text, answerable.id)]
        found = world.again().find_reply(prepared)
        assert found is not None and found.remote_id == receipt.remote_id

    def test_announcement_is_found_again_and_only_where_it_is(self, world: World) -> None:
        """A post that answers nothing; another one in other words is not taken for it."""
        if not isinstance(world.platform, Announcer):
            pytest.skip("this platform takes no announcements")
        first, second = (Announcement(number, 1, f"Fresh paper, lot {number}.", now()) for number in (1, 2))
        prepared, other = (world.platform.prepare_announcement(each, now()) for each in (first, second))
        assert json.loads(json.dumps(prepared.request)) == prepared.request and prepared.key != other.key
        assert world.platform.find_reply(prepared) is None
        receipt = world.platform.post(prepared)
        found = world.again().find_reply(prepared)
        assert found is not None and found.remote_id == receipt.remote_id
        assert world.again().find_reply(other) is None

    @pytest.mark.parametrize("what", ["like", "repost"])
    def test_act_that_is_repeated_changes_nothing(self, world: World, mention: Mention, what: str) -> None:
        """It is found where it was done and nowhere before, also by a new process; then it is not done again."""
        if not isinstance(world.platform, Applauder):
            pytest.skip("this platform takes no applause")
        prepared = world.platform.prepare_act(OutgoingAct(1, what, mention), now())
        assert json.loads(json.dumps(prepared.request)) == prepared.request
        assert world.platform.find_reply(prepared) is None
        receipt, again = world.platform.post(prepared), world.again()
        assert again.find_reply(prepared) is not None and receipt.remote_id and isinstance(again, Applauder)
        again.post(prepared)
        again.post(again.prepare_act(OutgoingAct(2, what, mention), now()))  # as another database would
        assert world.applauded() == [(what, mention.id)] and world.posted() == []

    def test_length_is_counted_as_the_platform_counts(self, world: World, mention: Mention) -> None:
        """Links, emoji and combined characters count as they do there."""
        alone = world.preview("x", mention).length
        counted = {text: world.preview(f"x {text}", mention).length - alone - 1 for text in world.lengths()}
        assert counted == world.lengths()

    def test_reply_of_just_the_limit_goes_out(self, world: World, answerable: Mention) -> None:
        """The preview's limit is the platform's own, with whatever it puts first counted in."""
        short = world.preview("w", answerable)
        longest = "w" * (short.limit - short.length + 1)
        assert world.preview(longest, answerable).fits
        assert not world.preview(longest + "w", answerable).fits
        reply = outgoing(world, answerable, longest)
        world.platform.post(world.platform.prepare(reply, now()))
        assert world.posted() == [(reply.text, answerable.id)]

    def test_edit_is_seen_just_before_the_reply_goes_out(self, world: World, mention: Mention) -> None:
        """What was approved may answer words that stand there no more; unchanged words look unchanged."""
        before = standing(world, mention)
        world.edit(mention.id, "goodbye then")
        after = standing(world, mention)
        if before.text is None:
            pytest.skip("this platform tells no text when it is looked at")
        assert (before.is_present, before.text, before.answer_post_id) == (True, mention.text, None)
        assert after.is_present and "goodbye then" in (after.text or "")
