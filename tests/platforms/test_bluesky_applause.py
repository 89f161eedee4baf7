"""Likes and reposts on Bluesky: one place for each, whatever repeats or arrives late."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from listener.capabilities import OutgoingAct
from listener.errors import Indeterminate, NotSent, PlatformError, Refused
from listener.model import Mention, Prepared
from tests.fakes.bluesky.server import PUT
from tests.platforms.bluesky_world import BlueskyWorld, planted, serving
from tests.platforms.contract import now


@pytest.fixture
def world(tmp_path: Path) -> Iterator[BlueskyWorld]:
    """A network and the platform."""
    with serving() as server:
        yield BlueskyWorld(server, tmp_path, search=())


@pytest.fixture
def mention(world: BlueskyWorld) -> Mention:
    """One to applaud."""
    return planted(world)


def act(world: BlueskyWorld, mention: Mention, what: str = "like") -> Prepared:
    """An act on its way."""
    return world.platform.prepare_act(OutgoingAct(1, what, mention), now())


def test_a_like_and_a_repost_have_places_of_their_own(world: BlueskyWorld, mention: Mention) -> None:
    """And neither is that of our answer."""
    like, repost = (act(world, mention, what) for what in ("like", "repost"))
    assert like.request["rkey"] != repost.request["rkey"]
    for prepared in (like, repost):
        world.platform.post(prepared)
    assert sorted(world.applauded()) == [("like", mention.id), ("repost", mention.id)]
    assert world.platform.check_post(mention).answer_post_id is None


@pytest.mark.parametrize("after", [False, True])
def test_after_a_lost_answer_it_is_looked_for_and_repeated(world: BlueskyWorld, mention: Mention, after: bool) -> None:
    """Whether the call had arrived or not, one record comes of it."""
    prepared = act(world, mention)
    world.server.fail_next(PUT, "cut", after=after)
    with pytest.raises(PlatformError):
        world.platform.post(prepared)
    assert (world.platform.find_reply(prepared) is not None) is after
    world.again().post(prepared)
    assert world.applauded() == [("like", mention.id)]


def test_a_call_that_arrives_late_meets_the_record(world: BlueskyWorld, mention: Mention) -> None:
    """The AppView does not show the like yet, so it is written again: the server refuses, and it is ours."""
    prepared = act(world, mention)
    first = world.platform.post(prepared)
    world.server.listings._done = lambda viewer, one: {}  # type: ignore[method-assign]
    assert world.platform.post(prepared).remote_id == first.remote_id
    assert world.applauded() == [("like", mention.id)]


def test_what_a_person_liked_in_the_app_is_not_liked_again(world: BlueskyWorld, mention: Mention) -> None:
    """Under a key of the app's."""
    liked = world.network.like(world.server.us.handle, mention.id)
    assert world.platform.post(act(world, mention)).remote_id == liked.uri
    assert world.applauded() == [("like", mention.id)]


def test_gone_blocked_and_refused_are_told_apart(world: BlueskyWorld, mention: Mention) -> None:
    """What getPosts leaves out may be back in a moment; a block is a block."""
    world.delete(mention.id)
    with pytest.raises(NotSent):
        world.platform.post(act(world, mention))
    blocked = planted(world, "@shop.test lovely")
    world.network.actors[blocked.author_id].blocks.add(world.server.us.did)
    with pytest.raises(Refused) as caught:
        world.platform.post(act(world, blocked))
    assert caught.value.next_state == "withdrawn" and world.applauded() == []


def test_another_account_cannot_tell(world: BlueskyWorld, mention: Mention) -> None:
    """The account was replaced meanwhile: a person looks."""
    prepared = act(world, mention)
    request = prepared.request | {"account": "other.test"}
    with pytest.raises(Indeterminate, match="another account"):
        world.platform.find_reply(Prepared(prepared.key, request))
