"""Who speaks to us on Bluesky, who only below us or about us, and whom an answer of ours would never reach."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from listener.errors import Refused
from listener.model import Mention
from listener.platforms.bluesky.items import BELOW, BOT, FOUND
from listener.platforms.bluesky.views import BLOCKED, GATED
from tests.platforms.bluesky_world import BlueskyWorld, planted, serving
from tests.platforms.contract import now, outgoing
from tests.platforms.rounds import found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[BlueskyWorld]:
    """A network and the platform, which also searches for "paper"."""
    with serving() as server:
        yield BlueskyWorld(server, tmp_path, search=("paper",))


def told(one: Mention) -> tuple[bool, bool, str | None]:
    """What is said of its eligibility."""
    return one.is_addressed, one.can_reply, one.ineligible_reason


def test_mention_reply_and_quote_address_us(world: BlueskyWorld) -> None:
    """Each is one notification, and each may be answered; a reply keeps what it answers."""
    ours = world.server.own("We open at nine.").uri
    named = world.plant("hello")
    reply = world.network.post("bo.test", "And on Sundays?", reply_to=ours).uri
    quote = world.network.post("cy.test", "Look who is open.", quotes=ours).uri
    read = found(world)
    assert {uri: told(read[uri]) for uri in (named, reply, quote)} == dict.fromkeys(
        (named, reply, quote), (True, True, None)
    )
    assert (read[reply].in_reply_to, read[reply].conversation_id) == (ours, ours)
    assert (read[named].in_reply_to, read[named].conversation_id) == (None, named)
    assert read[quote].in_reply_to is None


def test_quote_with_a_picture_is_a_quote(world: BlueskyWorld) -> None:
    """The record then lies one level deeper."""
    ours = world.server.own("We open at nine.").uri
    one = world.network.post("bo.test", "Look, paper", quotes=ours)
    one.value["embed"] = {"$type": "app.bsky.embed.recordWithMedia", "record": {"record": {"uri": ours, "cid": "x"}}}
    assert told(found(world)[one.uri]) == (True, True, None)


def test_reply_to_others_below_our_post_does_not_address_us(world: BlueskyWorld) -> None:
    """Bluesky notifies us of it as a reply."""
    ours = world.server.own("We open at nine.").uri
    first = world.network.post("bo.test", "And on Sundays?", reply_to=ours).uri
    aside = world.network.post("cy.test", "Never on Sundays, I think.", reply_to=first).uri
    assert told(found(world)[aside]) == (False, False, BELOW)


def test_handle_typed_without_a_facet_is_found_by_search_and_addresses_us(world: BlueskyWorld) -> None:
    """Bluesky notifies nobody of it; a longer handle that begins like ours is another's."""
    typed = world.network.post("bo.test", "@Shop.Test where is my paper?").uri
    other = world.network.post("cy.test", "@shop.test.example has nice paper").uri
    brand = world.network.post("di.test", "the paper of shop.test is nice").uri
    read = found(world)
    assert told(read[typed]) == (True, True, None)
    assert told(read[other]) == told(read[brand]) == (False, False, FOUND)


def test_search_hit_and_notification_agree(world: BlueskyWorld) -> None:
    """Whichever comes first is stored."""
    ours = world.server.own("New paper is in.").uri
    both = world.network.post("bo.test", "What paper?", reply_to=ours).uri
    first = world.again().fetch(None, now()).mentions
    assert [told(one) for one in first if one.id == both] == [told(found(world)[both])]


@pytest.mark.parametrize(("allow", "can"), [([], False), (["mention"], True)])
def test_threadgate_is_looked_at_before_anything_is_drafted(world: BlueskyWorld, allow: list[str], can: bool) -> None:
    """The server takes a forbidden reply, and shows it to nobody; who lets the mentioned in lets us in."""
    uri = world.plant("hello")
    world.network.gates[uri] = allow
    assert told(found(world)[uri]) == (True, can, None if can else GATED)


def test_threadgate_set_after_the_draft_hands_over_to_a_person(world: BlueskyWorld) -> None:
    """It is looked at once more when the reply goes out."""
    uri = world.plant("hello")
    prepared = world.platform.prepare(outgoing(world, found(world)[uri]), now())
    world.network.gates[uri] = []
    with pytest.raises(Refused, match="limited who may reply") as caught:
        world.platform.post(prepared)
    assert (caught.value.next_state, world.posted()) == ("by_hand", [])


def test_who_blocks_us_is_neither_read_nor_answered(world: BlueskyWorld) -> None:
    """Bluesky takes them out of the list, and shows a blocked post instead of theirs."""
    uri = world.plant("hello")
    mention = found(world)[uri]
    prepared = world.platform.prepare(outgoing(world, mention), now())
    world.network.actor("ada.test").blocks.add(world.server.us.did)
    assert found(world) == {}
    assert not world.platform.check_post(mention).is_present
    with pytest.raises(Refused) as caught:
        world.platform.post(prepared)
    assert (caught.value.next_state, world.posted()) == ("withdrawn", [])


def test_block_that_the_list_still_shows_is_seen_in_the_view() -> None:
    """A view tells it of its author."""
    from listener.platforms.bluesky.views import hidden_reason

    assert hidden_reason({"author": {"viewer": {"blockedBy": True}}}) == BLOCKED


def test_bot_is_never_answered(world: BlueskyWorld) -> None:
    """Two machines could thank each other for ever; the label counts when the account gave it itself."""
    bot, other = world.server.mention("hello", "bot.test"), world.server.mention("hello", "other.test")
    prepared = world.platform.prepare(outgoing(world, found(world)[bot.uri]), now())
    world.network.actor("bot.test").bot = True
    read = found(BlueskyWorld(world.server, world.folder))
    assert told(read[bot.uri]) == (False, False, BOT)
    assert told(read[other.uri]) == (True, True, None)
    with pytest.raises(Refused) as caught:
        world.platform.post(prepared)
    assert (caught.value.next_state, world.posted()) == ("by_hand", [])


def test_answer_given_in_the_app_is_seen_and_our_own_is_not_mistaken_for_it(world: BlueskyWorld) -> None:
    """What Earshot writes has the key that the mention gives it; any other answer of ours is a person's."""
    mention = planted(world)
    world.platform.post(world.platform.prepare(outgoing(world, mention), now()))
    assert world.platform.check_post(mention).answer_post_id is None
    by_hand = world.server.own("I have written to you.", mention.id).uri
    assert world.platform.check_post(mention).answer_post_id == by_hand


def test_text_that_a_database_would_not_take_looks_unchanged(world: BlueskyWorld) -> None:
    """It is stored with replacements, and a look gives the same ones."""
    uri = world.server.mention("nul \x00 and half \ud800").uri
    mention = found(world)[uri]
    assert "\x00" not in mention.text and world.platform.check_post(mention).text == mention.text


@pytest.mark.parametrize(
    "change",
    [
        {"facets": 7, "embed": [], "reply": "x", "langs": {}},
        {"facets": [None, {"features": [3]}], "embed": {"record": 4}, "reply": {"root": 1, "parent": {"uri": 5}}},
        {"reply": {"root": {"uri": "at://did:plc:x/app.bsky.feed.post/" + "k" * 900}, "parent": {"uri": "http://x"}}},
        {"createdAt": "yesterday", "langs": ["en", "de"]},
        {"createdAt": "0001-01-01T00:00:00Z"},
        {"createdAt": "9999-12-31T23:59:59+14:00"},
    ],
)
def test_record_of_odd_shape_is_read_as_far_as_it_goes(world: BlueskyWorld, change: dict[str, object]) -> None:
    """Records are whatever their authors' programs wrote."""
    one = world.network.post("ada.test", "@shop.test about the paper")
    one.value |= change
    mention = found(world)[one.uri]
    assert (mention.text, mention.conversation_id, mention.is_addressed) == (one.value["text"], one.uri, True)
    assert mention.created_at <= now()
    world.platform.post(world.platform.prepare(outgoing(world, mention), now()))
    assert world.posted() == [("Thank you!", one.uri)]
