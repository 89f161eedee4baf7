"""Posts as X gives them: both vocabularies, long posts, edits, whom we may answer, and what is broken."""

import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from listener.errors import ReadFailed
from listener.feed_page import FeedPage
from listener.model import Mention
from tests.fakes.x import XServer
from tests.platforms.contract import mentions, walk
from tests.platforms.x_world import XWorld

FEED = "GET /2/users/:id/mentions"


@pytest.fixture
def world(server: XServer) -> XWorld:
    """The platform against it, a search included."""
    return XWorld(server, search=("teapot",), sister_accounts=("555",))


def read(world: XWorld) -> dict[str, Mention]:
    """All mentions by id."""
    return {mention.id: mention for mention in mentions(walk(world.platform, None)[0])}


def raw(**changes: Any) -> dict[str, Any]:
    """A post's JSON in X's legacy vocabulary."""
    told: dict[str, Any] = {"id": "5000000000", "text": "@shop hello", "author_id": "7001", "lang": "en"}
    told |= {"created_at": "2026-11-22T04:00:00.000Z", "conversation_id": "5000000000"}
    return told | changes


def page(server: XServer, world: XWorld, *items: Any, **more: Any) -> FeedPage:
    """The page that X's answer with these items makes."""
    text = json.dumps({"data": list(items), "meta": {"result_count": len(items)}} | more)
    server.fail_next(FEED, "body", text=text)
    return world.platform.fetch(None, server.x.posts.now())


def test_who_mentions_or_quotes_us_can_be_answered(server: XServer, world: XWorld) -> None:
    """X's rule for replies through the API."""
    ours = server.own("our news")
    named = server.mention("@shop hello")
    quote = server.mention("look at this", quotes=ours.id)
    told = read(world)
    assert [(told[one.id].is_addressed, told[one.id].can_reply) for one in (named, quote)] == [(True, True)] * 2


def test_bare_reply_is_addressed_but_for_a_person_to_answer(server: XServer, world: XWorld) -> None:
    """Under our post, without our @handle: X takes no reply, so staff get the text and the link."""
    ours = server.own("our news")
    told = read(world) if server.mention("great", reply_to=ours.id, reply_to_user="100") else {}
    (one,) = told.values()
    assert (one.is_addressed, one.can_reply, one.in_reply_to) == (True, False, ours.id)
    assert "only replies" in str(one.ineligible_reason)


def test_search_hit_that_names_nobody_is_not_addressed(server: XServer, world: XWorld) -> None:
    """X forbids reaching out; a hit that @mentions us is the same mention as in the other feed."""
    hit, both = server.mention("my teapot broke"), server.mention("@shop my teapot broke")
    told = read(world)
    assert (told[hit.id].is_addressed, told[hit.id].can_reply) == (False, False)
    assert (told[both.id].is_addressed, told[both.id].can_reply) == (True, True)


def test_reposts_own_posts_and_sister_accounts_are_dropped_and_counted(server: XServer, world: XWorld) -> None:
    """They are no mentions; our replies come back as own posts."""
    ours = server.own("our news")
    server.mention("RT our news", retweets=ours.id)
    server.mention("@shop from the sister", author_id="555")
    server.mention("@shop says the shop itself", author_id="100", reply_to=ours.id)
    first = world.platform.fetch(None, server.x.posts.now())
    assert (first.mentions, first.skipped, len(first.brand_posts)) == ((), 3, 1)


def test_long_post_comes_in_full(server: XServer, world: XWorld) -> None:
    """`text` is cut at 280; the note holds the rest."""
    whole = "@shop " + "word " * 200
    post = server.mention(whole, note=whole)
    assert read(world)[post.id].text == whole


def test_what_was_said_besides_words_is_kept(server: XServer, world: XWorld) -> None:
    """Kinds of media, a quote, and that X marks a post as sensitive, which costs nothing; more in test_x_media.py."""
    post = server.mention("@shop", media=["3_1", "7_2", "99_3"], sensitive=True)
    plain = server.mention("@shop hello")
    told = read(world)
    assert told[post.id].attachments == ("picture", "video", "picture or video")
    assert (told[post.id].labels, told[plain.id].labels, told[plain.id].attachments) == (("sensitive",), (), ())
    assert server.x.ledger.usd() == world.bill.usd == 0.002
    link = {"urls": [{"expanded_url": "https://x.com/ann/status/55"}]}
    (quote,) = page(server, world, raw(referenced_tweets=[{"type": "quoted", "id": "55"}], entities=link)).mentions
    assert quote.attachments == ("quote: https://x.com/i/status/55",)


@pytest.mark.parametrize("odd", [5, [], {"media_keys": 7, "poll_ids": [1]}, {"media_keys": [None]}])
def test_odd_attachments_do_not_cost_the_post(server: XServer, world: XWorld, odd: Any) -> None:
    """What cannot be understood is left out."""
    assert len(page(server, world, raw(attachments=odd, possibly_sensitive="yes")).mentions) == 1


def test_edits_are_one_interaction(server: XServer, world: XWorld) -> None:
    """An edit has a new id; the first of the history names the interaction."""
    first = server.mention("@shop helo")
    edited = server.edit(first.id, "@shop hello")
    assert read(world)[edited.id].interaction_id == first.id


def test_edit_history_of_one_empty_text_is_the_post_itself(server: XServer, world: XWorld) -> None:
    """X was seen to answer [""]; tweepy's own Tweet fails on it."""
    told = page(server, world, raw(edit_history_tweet_ids=[""]))
    assert told.mentions[0].interaction_id == "5000000000"


def test_escapes_of_x_are_undone(server: XServer, world: XWorld) -> None:
    """X escapes three characters in text."""
    told = page(server, world, raw(text="@shop a &lt; b &amp;&amp; c &amp;lt;"))
    assert told.mentions[0].text == "@shop a < b && c &lt;"


def test_renamed_fields_are_asked_for_by_their_other_name(server: XServer, world: XWorld) -> None:
    """X answers 200 without the fields it no longer knows: absence is an alarm, not "no reply"."""
    server.x.deaf = "tweet"
    ours = server.own("our news")
    posts = [server.mention("@shop one"), server.mention("@shop two", reply_to=ours.id, reply_to_user="100")]
    told = read(world)
    assert set(told) == {post.id for post in posts}
    assert told[posts[1].id].in_reply_to == ours.id


def test_fields_that_no_vocabulary_gives_stop_reading(server: XServer, world: XWorld) -> None:
    """The operator is told, and the cursor stays."""
    for n in range(2):
        server.mention(f"@shop {n}")
    text = json.dumps({"data": [{"id": "1", "text": "a"}, {"id": "2", "text": "b"}], "meta": {}})
    server.fail_next(FEED, "body", text=text, times=2)
    with pytest.raises(ReadFailed, match="leaves out author_id") as caught:
        world.platform.fetch(None, server.x.posts.now())
    assert caught.value.cause == "account"


def test_threads_that_refer_to_nothing_stop_reading(server: XServer, world: XWorld) -> None:
    """Without references a repost would be thanked and a person's answer not seen: the operator is told."""
    inside = [raw(id=str(5_000_000_001 + n)) for n in range(3)]
    text = json.dumps({"data": inside, "meta": {}})
    server.fail_next(FEED, "body", text=text, times=2)
    with pytest.raises(ReadFailed, match="leaves out referenced_tweets"):
        world.platform.fetch(None, server.x.posts.now())


def test_edited_posts_are_no_threads_that_refer_to_nothing(server: XServer, world: XWorld) -> None:
    """The conversation of an edited post is its own first version."""
    ids = [str(5_000_000_001 + n) for n in range(3)]
    told = page(server, world, *(raw(id=one, edit_history_tweet_ids=["5000000000", one]) for one in ids))
    assert [mention.id for mention in told.mentions] == ids


@pytest.mark.parametrize(
    "broken",
    [
        raw(author_id=7),
        raw(created_at="yesterday"),
        raw(created_at=None),
        raw(id="-5"),
        raw(id="9" * 20),
        raw(conversation_id={"a": 1}),
        raw(edit_history_tweet_ids=5),
        raw(referenced_tweets=[5]),
        raw(text=None),
        {"id": "5"},
        "text",
        5,
        None,
        [],
    ],
)
def test_broken_item_is_set_aside_and_the_page_kept(server: XServer, world: XWorld, broken: Any) -> None:
    """Its raw JSON is kept for a person; the others are read, the cursor goes on."""
    told = page(server, world, raw(id="5000000001", conversation_id="5000000001"), broken)
    assert [mention.id for mention in told.mentions] == ["5000000001"]
    assert len(told.quarantined_items) == 1
    assert json.loads(told.quarantined_items[0].raw) == broken
    assert told.cursor["feeds"]["mentions"]["high"].startswith(("5", "9"))


def test_single_broken_post_does_not_stop_the_feed(server: XServer, world: XWorld) -> None:
    """A page of one post without its keys is set aside, not asked for again for ever."""
    server.mention("@shop", raw={"id": "5", "text": "no more than that"})
    pages, _ = walk(world.platform, None)
    assert [item.mention_id for item in pages[0].quarantined_items] == ["5"]


def test_characters_no_database_takes_are_replaced(server: XServer, world: XWorld) -> None:
    """NUL and lone surrogates, also in names."""
    user = {"id": "7001", "username": "u", "name": "N\ud800\x00"}
    told = page(server, world, raw(text="a\x00b\ud800c 😀"), includes={"users": [user]})
    assert told.mentions[0].text == "a\ufffdb\ufffdc 😀"
    assert told.mentions[0].author_name == "N\ufffd\ufffd"


@pytest.mark.parametrize("entities", [5, [], {"mentions": 5}, {"mentions": [5]}, {"mentions": [{"id": 5}]}])
def test_odd_entities_leave_the_text_to_tell(server: XServer, world: XWorld, entities: Any) -> None:
    """Entities only help; without them the @handle in the text counts."""
    assert page(server, world, raw(entities=entities)).mentions[0].can_reply


def test_very_long_text_is_capped(server: XServer, world: XWorld) -> None:
    """A hundred kilobytes are no post."""
    assert len(page(server, world, raw(text="x" * 100_000)).mentions[0].text) == 50_000


@pytest.mark.parametrize(
    "body",
    [
        *("", "null", "[]", "5", "{}", "<html></html>", "\ud800", '{"data": 5}', '{"data": [], "meta": 5}'),
        *('{"data": NaN}', "[" * 100_000, '{"data": ' + "[" * 100_000),
    ],
)
def test_page_that_cannot_be_read_keeps_the_cursor(server: XServer, world: XWorld, body: str) -> None:
    """HTML, cut or absurdly nested JSON: Unavailable, and the next call reads."""
    server.fail_next(FEED, "body", text=body)
    with pytest.raises(ReadFailed) as caught:
        world.platform.fetch(None, server.x.posts.now())
    assert caught.value.cause == "transient"
    world.ahead(timedelta(seconds=10))
    assert read(world) == {}


def test_page_cut_at_every_byte_never_surprises(server: XServer, world: XWorld) -> None:
    """Each prefix of a real page is either refused or read."""
    whole = json.dumps({"data": [raw()], "meta": {"result_count": 1}})
    for end in range(0, len(whole), 7):
        server.fail_next(FEED, "body", text=whole[:end])
        with pytest.raises(ReadFailed):
            world.again().fetch(None, server.x.posts.now())


def test_partial_errors_are_logged_and_the_page_kept(
    server: XServer, world: XWorld, caplog: pytest.LogCaptureFixture
) -> None:
    """A 200 may carry errors beside its data."""
    server.x.partial_errors = [{"resource_id": "99", "detail": "Could not find tweet"}, "odd"]  # type: ignore[list-item]
    post = server.mention("@shop hello")
    with caplog.at_level(logging.WARNING):
        assert post.id in read(world)
    assert "left out post 99: Could not find tweet" in caplog.text


def test_authors_are_looked_up_only_when_paid_for(server: XServer) -> None:
    """Never by default; with "always" handle, name and followers come along."""
    server.x.users["7001"] = {"id": "7001", "username": "ann", "name": "Ann", "public_metrics": {"followers_count": 12}}
    post = server.mention("@shop hello")
    assert read(XWorld(server))[post.id].author_handle is None
    assert server.x.ledger.usd("user") == 0
    one = read(XWorld(server, look_up_authors="always"))[post.id]
    assert (one.author_handle, one.author_name, one.author_followers) == ("ann", "Ann", 12)
    assert server.x.ledger.usd("user") == 0.01


def test_post_that_is_gone_is_not_told(server: XServer, world: XWorld) -> None:
    """A deleted post is simply absent."""
    post = server.mention("@shop hello")
    server.x.posts.by_id[post.id] = replace(post, deleted=True)
    assert read(world) == {}
