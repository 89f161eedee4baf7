"""What Mastodon says besides the text: who can read it, media, polls, quotes, labels, what is filtered and lost."""

from collections.abc import Iterator
from typing import Any

import pytest

from listener.errors import NotSent, ReadFailed, Refused
from listener.feed_page import Gap
from listener.model import Json
from tests.fakes.mastodon import MASTODON, REPEATING, SNAC, WALKED_DOWN, MastodonServer
from tests.platforms.mastodon_world import MastodonWorld, a_mention, a_reply, read, serving


@pytest.fixture
def server() -> Iterator[MastodonServer]:
    """A fake with the manners of Mastodon 4.3 and newer."""
    with serving(MASTODON) as one:
        yield one


@pytest.fixture
def world(server: MastodonServer) -> MastodonWorld:
    """The platform on it."""
    return MastodonWorld(server, hashtags=())


@pytest.mark.parametrize(
    ("visibility", "private"),
    [("public", False), ("unlisted", False), ("private", True), ("direct", True), ("guild", True)],
)
def test_who_can_read_it_is_told(world: MastodonWorld, visibility: str, private: bool) -> None:
    """Staff see it before they answer; one that nobody knows is private."""
    assert a_mention(world, visibility=visibility).is_private is private


def test_a_filtered_message_is_read(world: MastodonWorld) -> None:
    """Mastodon filters private mentions by default: a customer's answer to `write to us` was never seen."""
    mention = a_mention(world, visibility="direct")
    assert mention.is_private and mention.is_addressed


def test_check_tells_what_is_dropped_and_what_is_filtered(server: MastodonServer, world: MastodonWorld) -> None:
    """What is dropped nobody can read: an operator must change it."""
    server.policy = {"for_new_accounts": "drop", "for_private_mentions": "filter", "for_bots": "drop"}
    server.policy["for_not_following"], server.policy["summary"] = "accept", "drop"
    dropped, filtered = world.platform.whoami().remarks
    assert "drops notifications of new accounts, bots: Earshot never sees them; change it in" in dropped
    assert "filters notifications of private mentions: Earshot reads them all the same" in filtered


def test_a_quote_is_addressed_to_us(world: MastodonWorld) -> None:
    """Its notification has a type of its own, and it names us nowhere."""
    ours = world.server.own("<p>New <b>paper</b> is in.</p>")
    told: Json = {"state": "accepted", "quoted_status": ours.told()}
    quote = a_mention(world, kind="quote", mentions=[], quote=told)
    assert (quote.is_addressed, quote.attachments) == (True, ("quote: New paper is in.",))


MEDIA: list[tuple[Json, str]] = [
    ({"type": "image", "description": "a torn\nseam"}, "picture: a torn seam"),
    ({"type": "image", "description": None}, "picture"),
    ({"type": "gifv", "description": "it squeaks"}, "video: it squeaks"),
    ({"type": "audio"}, "audio"),
    ({"type": 7}, "file"),
]


@pytest.mark.parametrize(("medium", "shown"), MEDIA)
def test_media_are_told_with_their_description(world: MastodonWorld, medium: Json, shown: str) -> None:
    """A post that is only a picture says what its description says."""
    assert a_mention(world, media=[medium]).attachments == (shown,)


def test_polls_labels_and_nonsense(world: MastodonWorld) -> None:
    """What a server sends instead of them costs nothing."""
    poll: Json = {"options": [{"title": "red"}, {"title": "blue"}, {"votes": 1}, 7]}
    mention = a_mention(world, poll=poll, sensitive=True)
    assert (mention.attachments, mention.labels) == (("poll: red / blue",), ("sensitive",))
    odd = a_mention(world, poll=7, quote=[1], sensitive="yes", media={"type": "image"})
    assert (odd.attachments, odd.labels) == ((), ())


@pytest.mark.parametrize("visibility", ["direct", "private"])
@pytest.mark.parametrize("text", ["Ask @bo please", "Ask (@bo@far.example)", "@ada@other.example hello"])
def test_a_private_answer_names_nobody_else(world: MastodonWorld, visibility: str, text: str) -> None:
    """Whoever it names would be sent it."""
    target = a_mention(world, visibility=visibility)
    with pytest.raises(Refused) as caught:
        world.platform.post(a_reply(world, target, text))
    assert (caught.value.next_state, world.server.posted) == ("failed", [])
    assert "@" in str(caught.value) and "take the handle out" in caught.value.do


def test_a_private_answer_may_name_its_author_us_and_an_address(world: MastodonWorld) -> None:
    """And a public one anybody."""
    target = a_mention(world, visibility="direct")
    world.platform.post(a_reply(world, target, "@Ada write to @shop, help@far.example or https://a.example/@bo"))
    world.platform.post(a_reply(world, a_mention(world), "thanks to @bo", 2))
    assert [line["visibility"] for line in world.server.posted] == ["direct", "public"]


# ---- a look at one post


def test_a_failure_of_one_post_alone_concerns_that_post(world: MastodonWorld) -> None:
    """The others go on; the whole server in trouble is another matter."""
    target = a_mention(world)
    for mode in ("internal", "forbidden", "too-long"):
        world.server.fail_next("GET status", mode, times=2)
        with pytest.raises(ReadFailed) as caught:
            world.platform.check_post(target)
        assert (caught.value.cause, "for one post" in caught.value.message) == ("item", True)
    world.server.fail_next("GET status", "internal")
    world.server.fail_next("GET me", "internal")
    with pytest.raises(ReadFailed) as caught:
        world.platform.check_post(target)
    assert caught.value.cause == "transient"


def test_a_post_that_alone_fails_is_not_answered_and_stops_no_other(world: MastodonWorld) -> None:
    """Its visibility is unknown."""
    first, second = a_mention(world), a_mention(world)
    reply = a_reply(world, first)
    world.server.fail_next("GET status", "internal", times=2)
    with pytest.raises(NotSent) as caught:
        world.platform.post(reply)
    assert caught.value.cause == "item"
    assert world.platform.post(a_reply(world, second, reply_id=2))


@pytest.mark.parametrize("mode", ["internal", "scope"])
def test_a_look_that_worked_the_second_time_is_a_look(world: MastodonWorld, mode: str) -> None:
    """A read may be made again."""
    target = a_mention(world)
    world.server.fail_next("GET status", mode)
    assert world.platform.check_post(target).is_present


# ---- lists that show only their newest


def gaps_after(manners: Any, known: int, new: int, begun: int = 0, **changes: Any) -> list[Gap]:
    """So many are read, so many come while nobody reads; begun: so many are on the first page of a walk that dies."""
    with serving(manners, late=0, forgets=False, **changes) as server:
        world = MastodonWorld(server, hashtags=())
        world.platform.set_own_posts_needed(False)
        for number in range(known):
            server.say(f"<p>{number}</p>")
        _, cursor = world.round(None)
        _, cursor = world.round(cursor)
        gaps, seen = list[Gap](), set[str]()
        if begun:
            for number in range(begun):
                server.say(f"<p>new {number}</p>")
            page = world.again().fetch(cursor, world.now())
            cursor, seen = page.cursor, set(read([page]))
            assert page.more and sum("new" in mention.text for mention in page.mentions) == begun
        for number in range(begun, begun + new):
            server.say(f"<p>new {number}</p>")
        for _ in range(2):
            pages, cursor = world.round(cursor)
            gaps += [gap for page in pages for gap in page.gaps]
            seen |= set(read(pages))
        lost = {one.notice for one in server.statuses.values() if "new" in one.content and one.id not in seen}
        for gap in gaps:
            assert all(key(gap.from_id) < key(notice) < key(gap.to_id) for notice in lost)
        assert bool(gaps) == bool(lost)
        return gaps


def key(item_id: str) -> tuple[int, str]:
    """Ids in their order."""
    return len(item_id), item_id


@pytest.mark.parametrize("manners", [SNAC, WALKED_DOWN], ids=["forward", "down"])
@pytest.mark.parametrize(("known", "new", "told"), [(50, 200, 1), (5, 200, 1), (50, 60, 0)])
def test_what_left_the_list_unread_is_a_gap(manners: Any, known: int, new: int, told: int) -> None:
    """213 of 300 mentions were lost without a word. Once: the next walk meets what this one brought."""
    assert len(gaps_after(manners, known, new, bound=64)) == told


@pytest.mark.parametrize("manners", [SNAC, WALKED_DOWN, REPEATING], ids=lambda manners: manners.name)
@pytest.mark.parametrize(("new", "expected"), [(200, 1), (50, 0)])
def test_what_left_the_list_between_two_pages_of_a_walk_is_a_gap(manners: Any, new: int, expected: int) -> None:
    """A kill lies between two pages as well as between two walks: what was lost there was lost without a notice."""
    assert len(gaps_after(manners, 60, new, begun=30, bound=64)) == expected


def test_known_mentions_that_are_all_deleted_are_no_gap(world: MastodonWorld) -> None:
    """A short list has pushed nothing out."""
    mentions = [a_mention(world) for _ in range(3)]
    _, cursor = world.round(world.round(None)[1])
    for mention in mentions:
        world.delete(mention.id)
    world.server.say("<p>new</p>")
    pages, cursor = world.round(cursor)
    pages += world.round(cursor)[0]
    assert [page.gaps for page in pages if page.gaps] == []


@pytest.mark.parametrize("mode", ["portal", "proxy-page"])
def test_a_page_of_a_proxy_loses_nothing(world: MastodonWorld, mode: str) -> None:
    """It is no answer of the server."""
    mention = world.plant("hello")
    world.server.fail_next("GET notifications", mode)
    with pytest.raises(ReadFailed):
        world.round(None)
    world.server.faults.lift()
    assert mention in read(MastodonWorld(world.server, hashtags=()).round(None)[0])
