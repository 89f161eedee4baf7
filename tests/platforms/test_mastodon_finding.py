"""Looking for a reply on Mastodon, and looking at a mention again: who answered, what is gone, what proves nothing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from listener.errors import Indeterminate, NotSent, PlatformError, ReadFailed, Refused
from tests.fakes.mastodon import MASTODON, SNAC
from tests.fakes.mastodon.statuses import markup
from tests.platforms.mastodon_world import MastodonWorld, a_mention, a_reply, read, serving

POST = "POST statuses"


@pytest.fixture
def world() -> Iterator[MastodonWorld]:
    """A fake with Mastodon's manners, and the platform on it."""
    with serving(MASTODON) as server:
        yield MastodonWorld(server, hashtags=())


def test_lost_answer_is_found_below_the_mention(world: MastodonWorld) -> None:
    """The line was cut after the server had accepted: nobody knows, and the thread tells."""
    reply = a_reply(world, a_mention(world))
    world.server.fail_next(POST, "cut", after=True)
    with pytest.raises(PlatformError) as caught:
        world.platform.post(reply)
    assert type(caught.value) is PlatformError
    found = world.again().find_reply(reply)
    assert found is not None and found.remote_id == world.server.posted[0]["id"]


def test_own_post_that_is_listed_late_is_not_there_yet(world: MastodonWorld) -> None:
    """Absence counts only after the listings have caught up: settle_after is longer than the lag."""
    reply = a_reply(world, a_mention(world))
    world.server.own_lag = 30.0
    world.platform.post(reply)
    assert world.platform.find_reply(reply) is None
    world.ahead(timedelta(seconds=31))
    assert world.platform.settle_after > timedelta(seconds=30)
    assert world.platform.find_reply(reply) is not None


def test_somebody_elses_answer_in_the_same_words_is_not_ours(world: MastodonWorld) -> None:
    """A look-alike below the mention proves nothing."""
    target = a_mention(world)
    reply = a_reply(world, target)
    world.server.say(markup(str(reply.request["text"])), by="shop@fake.example", reply_to=target.id, late=0)
    assert world.platform.find_reply(reply) is None


def test_our_answer_is_told_from_a_persons_by_its_words(world: MastodonWorld) -> None:
    """Both stand below the mention; links and handles are marked up by the server."""
    target = a_mention(world)
    world.server.own(markup("I have written to you."), target.id)
    reply = a_reply(
        world, target, "We ship to Canada & Mexico: https://fernhill.example/ship?to=ca.\nAsk us <anything>!"
    )
    receipt = world.platform.post(reply)
    assert world.platform.find_reply(reply) == receipt


def test_answer_by_a_person_stops_ours(world: MastodonWorld) -> None:
    """Just before the call the thread is looked at: nobody is answered twice."""
    target = a_mention(world)
    by_hand = world.plant_own("done", target.id)
    assert world.platform.check_post(target).answer_post_id == by_hand


def test_colleagues_answer_is_not_taken_for_ours(world: MastodonWorld) -> None:
    """Ours may be listed a little later; after that a person says which it was, and nothing is sent again."""
    target = a_mention(world)
    world.plant_own("I have written to you.", target.id)
    reply = a_reply(world, target)
    with pytest.raises(ReadFailed):
        world.platform.find_reply(reply)
    world.ahead(2 * world.platform.settle_after)
    with pytest.raises(Indeterminate):
        world.platform.find_reply(reply)
    receipt = world.again().post(reply)
    assert world.platform.find_reply(reply) == receipt


def test_reply_to_a_mention_that_was_deleted_meanwhile_is_found(world: MastodonWorld) -> None:
    """It went out, then its target was deleted: the server leaves no thread, our own posts still have it."""
    target = a_mention(world)
    reply = a_reply(world, target)
    receipt = world.platform.post(reply)
    world.delete(target.id)
    world.server.statuses[receipt.remote_id].reply_to = None
    assert world.platform.find_reply(reply) == receipt


def test_mention_of_who_has_blocked_us_is_withdrawn(world: MastodonWorld) -> None:
    """Their posts are gone for us."""
    target = a_mention(world, by="cy")
    world.server.blocked.add("acc-cy")
    assert not world.platform.check_post(target).is_present
    with pytest.raises(Refused) as caught:
        world.platform.post(a_reply(world, target))
    assert caught.value.next_state == "withdrawn"


def test_post_that_a_plain_404_hides_is_looked_for_again(world: MastodonWorld) -> None:
    """A proxy's page proves nothing: nor do two while the mention is still listed."""
    target = a_mention(world)
    world.server.fail_next("GET status", "missing-page")
    assert world.platform.check_post(target).is_present
    world.server.fail_next("GET status", "missing-page", times=2)
    assert world.platform.check_post(target).is_present
    world.delete(target.id)
    assert not world.platform.check_post(target).is_present


@pytest.mark.parametrize("text", ["[]", '{"id": "1"}', '"gone"'])
def test_look_at_nonsense_withdraws_nothing(world: MastodonWorld, text: str) -> None:
    """A reply is only withdrawn when the server says that the mention is gone."""
    target = a_mention(world)
    reply = a_reply(world, target)
    world.server.fail_next("GET status", "body", text=text, times=2)
    with pytest.raises(ReadFailed):
        world.platform.check_post(target)
    with pytest.raises(NotSent):
        world.platform.post(reply)


def test_thread_that_is_gone_on_snac_proves_absence() -> None:
    """It answers a plain 404: the reply is not waited for for ever."""
    with serving(SNAC) as server:
        world = MastodonWorld(server, hashtags=())
        target = a_mention(world)
        reply = a_reply(world, target)
        world.delete(target.id)
        assert world.platform.find_reply(reply) is None


def test_thread_that_cannot_be_read_costs_no_mention(world: MastodonWorld) -> None:
    """What it answers stands in; a page asks for no second thread after that, and the next poll asks anew."""
    first, other = (world.server.say(f"<p>{n}</p>", by=n) for n in ("first", "other"))
    second = world.server.say("<p>second</p>", reply_to=world.server.own("<p>answer</p>", first.id).id)
    third = world.server.say("<p>third</p>", reply_to=world.server.own("<p>answer</p>", other.id).id)
    world.server.fail_next("GET context", "internal", times=9)
    pages, cursor = world.round(None)
    found = read(pages)
    assert (found[second.id].conversation_id, found[third.id].conversation_id) == (second.reply_to, third.reply_to)
    assert len({call.path for name, call in world.server.calls if name == "GET context"}) == 1
    world.server.faults.lift()
    found = read(world.round(cursor)[0])
    assert found[second.id].conversation_id == found[first.id].conversation_id


def test_hashtag_that_fails_again_and_again_is_told_until_it_is_read() -> None:
    """An operator hears of it while the mentions are read, and no more once it is well."""
    with serving(MASTODON) as server:
        world, cursor, told = MastodonWorld(server), None, list[str]()
        server.fail_next("GET tag", "internal", times=4)
        for _ in range(5):
            pages, cursor = world.round(cursor)
            told += [page.feed for page in pages if page.error]
        assert told == ["#fernhill"] * 4
        assert [page.feed for page in pages] == ["mentions", "own", "#fernhill"]
