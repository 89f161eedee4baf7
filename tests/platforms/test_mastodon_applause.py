"""Likes and reposts on Mastodon: a token that may not applaud stops no reply, and boosts are nobody's answer."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from listener.capabilities import OutgoingAct
from listener.errors import NotSent, PlatformError, Refused
from listener.model import Prepared
from tests.fakes.mastodon import MASTODON, SNAC, MastodonServer
from tests.fakes.mastodon.statuses import markup
from tests.platforms.contract import now
from tests.platforms.mastodon_world import MastodonWorld, a_mention, a_reply, serving

CALLS = {"like": "POST favourite", "repost": "POST reblog"}


@pytest.fixture
def server() -> Iterator[MastodonServer]:
    """A fake with Mastodon's manners."""
    with serving(MASTODON) as one:
        yield one


@pytest.fixture
def world(server: MastodonServer) -> MastodonWorld:
    """The platform on it."""
    return MastodonWorld(server, hashtags=())


def act(world: MastodonWorld, what: str = "like", **mention: str) -> Prepared:
    """An act on its way."""
    return world.platform.prepare_act(OutgoingAct(1, what, a_mention(world, **mention)), now())


@pytest.mark.parametrize("what", CALLS)
def test_a_token_that_may_not_applaud_stops_no_reply(world: MastodonWorld, what: str) -> None:
    """The scope write:favourites is another than that of replies: then a person does it."""
    world.server.fail_next(CALLS[what], "scope")
    with pytest.raises(Refused) as caught:
        world.platform.post(act(world, what))
    assert caught.value.next_state == "by_hand" and "write:favourites" in caught.value.do
    assert world.platform.post(a_reply(world, a_mention(world))).remote_id


@pytest.mark.parametrize(
    ("mode", "error"),
    [("rate", NotSent), ("unauthorized", NotSent), ("proxy-page", NotSent), ("gone", Refused), ("cut", PlatformError)],
)
def test_what_a_failed_call_means(world: MastodonWorld, mode: str, error: type[PlatformError]) -> None:
    """Only a lost answer leaves it open, and then the post shows what was done."""
    prepared = act(world)
    world.server.fail_next("POST favourite", mode, after=mode == "cut")
    with pytest.raises(PlatformError) as caught:
        world.platform.post(prepared)
    assert type(caught.value) is error
    assert (world.again().find_reply(prepared) is not None) is (mode == "cut")


def test_what_a_person_did_by_hand_is_not_done_again(world: MastodonWorld) -> None:
    """The post says so."""
    prepared = act(world)
    status = world.server.statuses[prepared.request["of"]]
    status.favourited = True
    assert world.platform.find_reply(prepared) is not None
    assert world.platform.post(prepared).remote_id == status.id and world.server.acts == []


def test_a_post_that_is_private_by_now_is_left_alone(world: MastodonWorld) -> None:
    """Its author has limited who reads it; a boost would tell of it."""
    prepared = act(world, "repost")
    world.server.statuses[prepared.request["of"]].visibility = "private"
    with pytest.raises(Refused, match="not everybody can read the post"):
        world.platform.post(prepared)
    assert world.server.acts == []


def test_a_post_with_another_id_after_an_edit_is_still_the_one() -> None:
    """On snac; by its uri."""
    with serving(SNAC) as server:
        world = MastodonWorld(server, hashtags=())
        prepared = act(world)
        server.edit(prepared.request["of"], markup("@shop lovely paper indeed"))
        assert world.platform.post(prepared).remote_id != prepared.request["of"]
        assert [call for call, _ in server.acts] == ["favourite"]


def test_what_we_boosted_is_not_taken_for_our_answer(world: MastodonWorld) -> None:
    """Somebody else answers the mention and we boost that: after a lost answer of ours it says nothing."""
    mention = a_mention(world)
    prepared = a_reply(world, mention)
    other = world.server.say(markup("@ada I love it, too"), by="bo", to_us=False, late=0, reply_to=mention.id)
    other.boosted_by = world.server.me
    listed = world.server._timeline
    world.server._timeline = lambda call, wanted, visible: listed(call, lambda one: one is other, visible)  # type: ignore[method-assign]
    world.server.ahead = timedelta(minutes=30)
    assert world.platform.find_reply(prepared) is None
