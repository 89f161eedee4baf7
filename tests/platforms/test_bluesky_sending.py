"""Answers on Bluesky: one place for each, whatever repeats, arrives late, or stands there already."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.errors import Indeterminate, NotSent, ReadFailed, Refused
from listener.model import Mention, Prepared
from tests.fakes.bluesky.server import PUT
from tests.platforms.bluesky_world import BlueskyWorld, planted, serving
from tests.platforms.contract import now, outgoing, walk
from tests.platforms.rounds import found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[BlueskyWorld]:
    """A network and the platform."""
    with serving() as server:
        yield BlueskyWorld(server, tmp_path, search=())


@pytest.fixture
def mention(world: BlueskyWorld) -> Mention:
    """One to answer."""
    return planted(world)


def ready(world: BlueskyWorld, mention: Mention, text: str = "Thank you!", number: int = 1) -> Prepared:
    """A reply on its way."""
    return world.platform.prepare(outgoing(world, mention, text, number), now())


def standing(world: BlueskyWorld) -> list[dict[str, Any]]:
    """Our records that answer something."""
    ours = [record for record in world.network.records.values() if record.did == world.server.us.did]
    return [record.value for record in ours if record.target("parent")]


def test_repeat_of_the_same_request_is_no_second_post(world: BlueskyWorld, mention: Mention) -> None:
    """A receipt each time, of the same record."""
    prepared = ready(world, mention)
    assert world.platform.post(prepared) == world.again().post(prepared)
    assert len(standing(world)) == len(world.posted()) == 1


def test_late_call_never_replaces_what_stands_there(world: BlueskyWorld, mention: Mention) -> None:
    """A call given up on arrives when other words were approved meanwhile: the first stays, a person is told."""
    late, newer = ready(world, mention, "An older text."), ready(world, mention, "A newer text.")
    world.platform.post(newer)
    with pytest.raises(Indeterminate, match="other words"):
        world.platform.post(late)
    assert [one["text"] for one in standing(world)] == ["A newer text."]
    with pytest.raises(Indeterminate):
        world.platform.find_reply(late)


def test_two_replies_to_one_mention_have_one_place(world: BlueskyWorld, mention: Mention) -> None:
    """Whatever becomes of the database: Earshot answers a post once."""
    world.platform.post(ready(world, mention, number=1))
    again = ready(world, mention, number=2)
    assert world.platform.post(again).remote_id.startswith(f"at://{world.server.us.did}/")
    assert len(standing(world)) == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("mode", ["cut", "stall", "half", "unavailable", "internal", "html", "empty", "drip"])
def test_lost_answer_means_nobody_knows(tmp_path: Path, mode: str, after: bool) -> None:
    """Neither sent nor refused; the place where it must stand tells."""
    with serving() as server:
        world = BlueskyWorld(server, tmp_path, seconds=2.0, search=())
        prepared = ready(world, planted(world))
        server.fail_next(PUT, mode, after=after)
        with pytest.raises(Exception, match="may have been posted") as caught:
            world.platform.post(prepared)
        assert not isinstance(caught.value, (NotSent, Refused))
        server.faults.lift()
        assert (world.again().find_reply(prepared) is not None) == after == bool(standing(world))


@pytest.mark.parametrize("method", ["app.bsky.feed.getPosts", "com.atproto.server.createSession"])
@pytest.mark.parametrize("mode", ["cut", "half", "unavailable", "upstream", "rate", "empty"])
def test_trouble_before_the_call_means_surely_not_sent(
    world: BlueskyWorld, mention: Mention, method: str, mode: str
) -> None:
    """What is looked up first writes nothing."""
    prepared = ready(world, mention)
    (world.folder / "bluesky-session.json").unlink()
    world.server.fail_next(method, mode, times=2)
    with pytest.raises(NotSent):
        world.again().post(prepared)
    assert standing(world) == []


def test_answer_names_root_and_parent(world: BlueskyWorld) -> None:
    """Deep in a thread the root stays the thread's, with the cids that stand there now."""
    root = world.network.post("ada.test", "Anybody been to the new shop?")
    middle = world.network.post("bo.test", "Yes, nice.", reply_to=root.uri)
    deep = world.server.mention("@shop.test when do you open?", reply_to=middle.uri)
    world.platform.post(ready(world, found(world)[deep.uri]))
    reply = standing(world)[0]["reply"]
    assert reply == {"root": {"uri": root.uri, "cid": root.cid}, "parent": {"uri": deep.uri, "cid": deep.cid}}


def test_facets_are_bytes_and_name_links_and_people(world: BlueskyWorld, mention: Mention) -> None:
    """Offsets count UTF-8 bytes; the author's DID is known, others are looked up, who does not exist stays text."""
    bo = world.network.actor("bo.test")
    text = "Grüße 👋 @ada.test, see https://example.com/päper?a=1. @bo.test and @nobody.test (https://a.example/(b))"
    world.platform.post(ready(world, mention, text))
    record = standing(world)[0]
    raw = record["text"].encode()
    marks = [
        (raw[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode(), *list(one["features"][0].values())[1:])
        for one in record["facets"]
    ]
    assert marks == [
        ("@ada.test", mention.author_id),
        ("https://example.com/päper?a=1", "https://example.com/päper?a=1"),
        ("@bo.test", bo.did),
        ("https://a.example/(b)", "https://a.example/(b)"),
    ]


def test_mention_edited_meanwhile_is_answered_as_it_stands(world: BlueskyWorld, mention: Mention) -> None:
    """The parent's cid is looked up with the call, not kept from when it was read."""
    prepared = ready(world, mention)
    world.edit(mention.id, "hello again")
    world.platform.post(prepared)
    assert standing(world)[0]["reply"]["parent"]["cid"] == world.network.records[mention.id].cid


def test_text_that_bluesky_refuses_fails_for_good(world: BlueskyWorld, mention: Mention) -> None:
    """Should our counting and theirs differ."""
    prepared = ready(world, mention)
    prepared.request["record"]["text"] = "w" * 301
    with pytest.raises(Refused, match="grapheme too big") as caught:
        world.platform.post(prepared)
    assert caught.value.next_state == "failed"


def test_limit_of_writing_leaves_reading_alone(world: BlueskyWorld, mention: Mention) -> None:
    """Bluesky limits writes by the account, reads by the address."""
    prepared = ready(world, mention)
    end = world.network.now() + timedelta(hours=1)
    world.server.fail_next(PUT, "rate", headers={"ratelimit-reset": str(int(end.timestamp()))})
    with pytest.raises(NotSent) as caught:
        world.platform.post(prepared)
    assert caught.value.retry_at is not None and caught.value.retry_at >= end - timedelta(seconds=1)
    new = world.plant("while writing is limited")
    assert new in found(world)


def test_reply_sent_by_another_account_is_a_persons_to_settle(world: BlueskyWorld, mention: Mention) -> None:
    """Its absence from our repository proves nothing."""
    prepared = ready(world, mention)
    other = replace(prepared, request=prepared.request | {"account": "old.test"})
    with pytest.raises(Indeterminate, match="another account"):
        world.platform.find_reply(other)


@pytest.mark.parametrize("method", ["app.bsky.feed.getPosts", "app.bsky.feed.getPostThread"])
def test_answer_of_no_use_is_no_proof_that_a_mention_is_gone(
    world: BlueskyWorld, mention: Mention, method: str
) -> None:
    """200 and an object of another shape: nothing is withdrawn for it."""
    prepared = ready(world, mention)
    world.server.fail_next(method, "body", text='{"nothing": "of use"}')
    with pytest.raises((NotSent, ReadFailed)):
        world.platform.check_post(mention)
        world.platform.post(prepared)
    assert world.platform.check_post(mention).is_present


def test_our_own_answer_in_the_list_of_own_posts_is_no_persons(world: BlueskyWorld, mention: Mention) -> None:
    """A reply of unknown outcome that arrived is listed before it is settled."""
    world.platform.post(ready(world, mention))
    by_hand = world.server.own("I have written to you.", mention.id).uri
    pages, _ = walk(world.again(), None)
    assert [own.id for page in pages for own in page.brand_posts] == [by_hand]


def test_look_without_an_appview_holds_the_reply(world: BlueskyWorld, mention: Mention) -> None:
    """Writing would work: but what is answered could not be looked at."""
    prepared = ready(world, mention)
    world.server.view_down = True
    with pytest.raises(ReadFailed):
        world.platform.check_post(mention)
    with pytest.raises(NotSent):
        world.platform.post(prepared)
    assert world.platform.find_reply(prepared) is None
