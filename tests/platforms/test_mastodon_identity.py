"""A post that gets another id is the same post: on snac every edit does that, and now and then nothing at all."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from listener.errors import PlatformError
from listener.model import Mention, Outgoing, Prepared
from tests.fakes.mastodon import SNAC
from tests.fakes.mastodon.statuses import Person, markup
from tests.platforms.mastodon_world import MastodonWorld, a_mention, a_reply, read, serving


@pytest.fixture(params=[True, False], ids=["old-id-answers", "old-id-is-gone"])
def world(request: pytest.FixtureRequest) -> Iterator[MastodonWorld]:
    """A server that gives edited posts another id; the old one finds the post, as on snac, or does not."""
    with serving(SNAC, late=0, old_ids=request.param) as server:
        yield MastodonWorld(server, hashtags=())


def edited(world: MastodonWorld, mention: Mention, text: str = "goodbye") -> Mention:
    """The mention as it is listed after an edit."""
    world.server.edit(mention.id, markup(text))
    found = [item for item in read(world.round(None)[0]).values() if item.interaction_id == mention.interaction_id]
    assert len(found) == 1 and found[0].id != mention.id
    return found[0]


def test_an_edit_that_changes_the_id_is_one_interaction(world: MastodonWorld) -> None:
    """Stored by its id one customer got the same answer twice."""
    mention = a_mention(world)
    later = edited(world, mention)
    assert (later.interaction_id, later.conversation_id) == (mention.interaction_id, mention.conversation_id)
    assert later.created_at >= mention.created_at and "goodbye" in later.text


def test_the_identity_names_nobody(world: MastodonWorld) -> None:
    """A uri holds its author's name, and the identity stays when a person is forgotten."""
    mention = a_mention(world, by="adalovelace")
    assert "adalovelace" not in mention.interaction_id + mention.conversation_id


def test_a_look_finds_the_post_under_its_new_id(world: MastodonWorld) -> None:
    """It is edited, not gone; and a colleague's answer below the new id counts."""
    mention = a_mention(world)
    edited(world, mention)
    status = world.platform.check_post(mention)
    assert status.is_present and "goodbye" in (status.text or "")
    by_hand = world.plant_own("done", world.server.status_of(mention.id).id)  # type: ignore[union-attr]
    assert world.platform.check_post(mention).answer_post_id == by_hand


def test_an_answer_goes_to_the_newest_id(world: MastodonWorld) -> None:
    """The id known to the store, or the one that the server gives it now."""
    mention = a_mention(world)
    later = edited(world, mention)
    stored = replace(mention, version_id=later.id)
    reply = world.platform.prepare(Outgoing(1, 1, world.preview("Thank you!", stored).text, stored), world.now())
    assert reply.request["in_reply_to"] == later.id
    world.platform.post(a_reply(world, mention))
    assert [line["in_reply_to"] for line in world.server.posted] == [later.id]


@pytest.mark.parametrize("when", ["before the call", "after the call"])
def test_a_lost_answer_is_found_below_a_post_with_another_id(world: MastodonWorld, when: str) -> None:
    """Our reply names the id that the post has now; looked for by the old one it was sent twice."""
    mention = a_mention(world)
    reply = a_reply(world, mention)
    if when == "before the call":
        world.server.edit(mention.id, markup("goodbye"))
    world.server.fail_next("POST statuses", "cut", after=True)
    with pytest.raises(PlatformError):
        world.platform.post(reply)
    if when == "after the call":
        world.server.edit(mention.id, markup("goodbye"))
    found = world.again().find_reply(reply)
    assert found is not None and [found.remote_id] == [line["id"] for line in world.server.posted]


def test_a_request_of_an_earlier_version_is_still_looked_for(world: MastodonWorld) -> None:
    """It named the id alone."""
    reply = a_reply(world, a_mention(world))
    world.platform.post(reply)
    old = Prepared(reply.key, {name: value for name, value in reply.request.items() if name != "identity"})
    assert world.platform.find_reply(old) is not None


def test_a_conversation_stays_when_its_first_post_gets_another_id(world: MastodonWorld) -> None:
    """Else an answered conversation would count as a new one."""
    first = a_mention(world)
    ours = world.server.own("<p>answer</p>", first.id)
    second = world.server.say("<p>second</p>", reply_to=ours.id)
    before = read(world.round(None)[0])[second.id]
    world.server.edit(first.id, markup("goodbye"))
    world.platform = world.again()
    assert read(world.round(None)[0])[second.id].conversation_id == before.conversation_id == first.conversation_id


def test_a_boosted_post_is_read_as_itself(world: MastodonWorld) -> None:
    """snac lists it as its boost, empty and by who boosted it: the mention was passed over, our reply not found."""
    mention = a_mention(world)
    reply = a_reply(world, mention)
    receipt = world.platform.post(reply)
    for status in world.server.statuses.values():
        status.boosted_by = Person("acc-fan", "fan")
    boosted = read(world.round(None)[0])[mention.id]
    assert (boosted.author_id, boosted.text, boosted.interaction_id) == (
        mention.author_id,
        mention.text,
        mention.interaction_id,
    )
    assert world.platform.check_post(mention).text == mention.text
    assert world.platform.find_reply(reply) == receipt
