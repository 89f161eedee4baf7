"""What a post on X shows besides its words: pictures by their alternative text, polls, quoted posts, and its price."""

import json
import logging
from typing import Any

import pytest

from listener.model import Mention
from listener.platforms.x.section import Prices
from tests.fakes.x import XServer
from tests.platforms.contract import mentions, walk
from tests.platforms.x_world import XWorld

TORN = {"type": "photo", "alt_text": "a torn seam\non a tent"}
FEED = "GET /2/users/:id/mentions"


@pytest.fixture
def world(server: XServer) -> XWorld:
    """The platform against the fake server."""
    return XWorld(server)


def attached(world: XWorld) -> list[tuple[str, ...]]:
    """What is attached to each mention, oldest first."""
    read: list[Mention] = mentions(walk(world.platform, None)[0])
    return [mention.attachments for mention in sorted(read, key=lambda mention: int(mention.id))]


def test_picture_comes_with_its_alternative_text(server: XServer, world: XWorld) -> None:
    """Staff read what a picture shows, and guards hear it: often it is all that was said."""
    server.x.media = {"3_1": TORN, "7_2": {"type": "video"}, "16_3": {"type": "animated_gif", "alt_text": "a shrug"}}
    server.mention("@shop", media=["3_1", "7_2", "16_3"])
    assert attached(world) == [("picture: a torn seam on a tent", "video", "animation: a shrug")]


def test_poll_comes_with_its_options(server: XServer, world: XWorld) -> None:
    """In their order, as on the other platforms."""
    options = [{"position": 2, "label": "blue", "votes": 0}, {"position": 1, "label": "red", "votes": 3}]
    server.x.polls = {"77": {"options": options}}
    server.mention("@shop which?", polls=["77"])
    assert attached(world) == [("poll: red / blue",)]


def test_media_that_are_gone_keep_their_kind(server: XServer, world: XWorld, caplog: pytest.LogCaptureFixture) -> None:
    """X answers with an error in their place; the key shows the kind, and the mention is read."""
    server.mention("@shop", media=["3_1", "99_2"], polls=["77"])
    with caplog.at_level(logging.WARNING):
        assert attached(world) == [("picture", "picture or video", "poll")]
    assert "left out media 3_1" in caplog.text


@pytest.mark.parametrize(
    ("media", "shown"),
    [
        ({"type": "hologram", "alt_text": "a ghost"}, "picture: a ghost"),
        ({"type": 5, "alt_text": ["a"]}, "picture"),
        ({"type": "photo", "alt_text": "  \n "}, "picture"),
        ({"type": "photo", "alt_text": "a\x00b\ud800"}, "picture: a\ufffdb\ufffd"),
        ({"type": None}, "picture"),
    ],
)
def test_odd_media_cost_nothing_but_their_description(
    server: XServer, world: XWorld, media: dict[str, Any], shown: str
) -> None:
    """A kind that X adds tomorrow is shown by its key."""
    server.x.media = {"3_1": media}
    server.mention("@shop hello", media=["3_1"])
    assert attached(world) == [(shown,)]


@pytest.mark.parametrize("options", [None, 5, [], [5], [{"label": 7}], [{"position": "x", "label": "a"}]])
def test_odd_polls_do_not_cost_the_post(server: XServer, world: XWorld, options: Any) -> None:
    """A poll that cannot be understood is a poll."""
    server.x.polls = {"77": {"options": options}}
    server.mention("@shop which?", polls=["77"])
    assert attached(world)[0][0].startswith("poll")


@pytest.mark.parametrize("includes", [{"media": 5}, {"media": [5, None]}, {"media": [{"media_key": 3}]}, {"polls": {}}])
def test_odd_expansions_do_not_cost_the_page(server: XServer, world: XWorld, includes: dict[str, Any]) -> None:
    """They only help."""
    post = {"id": "5000000000", "text": "@shop hello", "author_id": "7001", "conversation_id": "5000000000"}
    post |= {"created_at": "2026-11-22T04:00:00.000Z"}
    item = post | {"attachments": {"media_keys": ["3_1"]}}
    server.fail_next(FEED, "body", text=json.dumps({"data": [item], "meta": {}, "includes": includes}))
    assert attached(world) == [("picture",)]


@pytest.mark.parametrize("deaf", ["", "tweet"])
def test_media_are_free_on_the_price_page_and_both_vocabularies_ask(server: XServer, deaf: str) -> None:
    """The ledger agrees with the bill, and authors are expanded beside them when they are wanted."""
    server.x.deaf, server.x.media = deaf, {"3_1": TORN}
    world = XWorld(server, look_up_authors="always")
    server.mention("@shop", media=["3_1"])
    server.mention("@shop hello")
    assert ("picture: a torn seam on a tent",) in attached(world)
    assert world.bill.usd == server.x.ledger.usd()
    assert server.x.ledger.usd("user") == 0.01


def test_media_that_x_bills_are_booked_once_a_day(server: XServer) -> None:
    """Should X price them again, the operator enters the price: booked before, and as much as is billed."""
    server.x.media_usd, server.x.media = 0.005, {"3_1": TORN, "3_2": TORN}
    world = XWorld(server, prices=Prices(media_read=0.005))
    server.mention("@shop", media=["3_1", "3_2"])
    server.mention("@shop again", media=["3_1"])
    cursor = walk(world.platform, None)[1]
    walk(world.platform, cursor)
    assert world.bill.usd == server.x.ledger.usd() == 0.012
    assert server.x.ledger.usd("media") == 0.01


def test_page_with_billed_media_is_booked_at_the_most_it_can_cost(server: XServer) -> None:
    """A post shows four pictures at most; a page that is cut stays booked at that."""
    server.x.media_usd = 0.005
    server.x.media = {f"3_{n}": TORN for n in range(4)}
    world = XWorld(server, prices=Prices(media_read=0.005))
    server.mention("@shop", media=[f"3_{n}" for n in range(4)])
    server.fail_next(FEED, "cut", after=True)
    with pytest.raises(Exception, match="X"):
        world.platform.fetch(None, server.x.posts.now())
    assert server.x.ledger.usd() == 0.021
    assert world.bill.usd == pytest.approx(100 * (0.001 + 4 * 0.005))


def test_operator_may_forgo_descriptions(server: XServer) -> None:
    """`look_up_media = "never"`: nothing is expanded, and the kind shows all the same."""
    server.x.media = {"3_1": TORN}
    server.mention("@shop", media=["3_1"])
    assert attached(XWorld(server, look_up_media="never")) == [("picture",)]
    assert all("expansions" not in params for _, _, _, params in server.x.ledger.calls)


def test_own_posts_and_searches_for_a_reply_ask_for_no_media(server: XServer, world: XWorld) -> None:
    """Nobody reads what our own posts show."""
    server.own("our news")
    walk(world.platform, None)
    own = [params for _, name, _, params in server.x.ledger.calls if name.endswith("/tweets")]
    assert own
    assert all("expansions" not in params for params in own)


def test_words_of_a_quoted_post_are_shown_where_x_gives_them_anyway(server: XServer) -> None:
    """Asking for them costs a post each; only X's newer vocabulary, which bills them anyway, brings them along."""
    quoted = server.mention("their tents leak", author_id="9001")
    server.mention("@shop is that so?", quotes=quoted.id, reply_to=quoted.id, reply_to_user="9001")
    assert attached(XWorld(server)) == [(f"quote: https://x.com/i/status/{quoted.id}",)]
    assert server.x.ledger.usd() == 0.001
    server.x.deaf = "tweet"
    assert attached(XWorld(server)) == [("quote: their tents leak",)]
