"""Feeds: what is new, what is asked for again, hostile and broken files."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.errors import ReadFailed
from listener.feed_page import FeedPage
from listener.intake.text import plain
from listener.model import Mention
from listener.platforms import feed
from listener.platforms.feed.parse import parse_documents
from listener.settings import EnvSecrets
from tests.fakes.feeds import FeedServer
from tests.platforms.feed_world import ALERTS, REVIEWS, FeedWorld, serving
from tests.platforms.memory_files import Bill


@pytest.fixture
def server() -> Iterator[FeedServer]:
    """A site."""
    with serving() as one:
        yield one


def said(pages: list[FeedPage]) -> list[str]:
    """What the mentions of these pages say."""
    return [plain(mention.text, mention.is_html) for page in pages for mention in page.mentions]


def only(world: FeedWorld) -> Mention:
    """The one mention there is."""
    (mention,) = [mention for page in world.round(None)[0] for mention in page.mentions]
    return mention


def test_first_run_at_now_reads_what_is_listed_later_whatever_its_date(server: FeedServer) -> None:
    """A moderated review appears days after it was written: listed later is new."""
    world = FeedWorld(server, start="now")
    world.add("there before", made=None)
    pages, cursor = world.round(None)
    assert (said(pages), pages[0].skipped) == ([], 1)
    world.add("moderated", made=server.now() - timedelta(days=2))
    assert said(world.round(cursor)[0]) == ["moderated"]


def test_first_run_at_a_time_begins_there(server: FeedServer) -> None:
    """What bears no date counts as old then."""
    now = server.now()
    world = FeedWorld(server, start=now - timedelta(hours=2))
    for text, made in (("old", now - timedelta(hours=3)), ("new", now - timedelta(hours=1)), ("undated", None)):
        world.add(text, made=made)
    assert said(world.round(None)[0]) == ["new"]


@pytest.mark.parametrize("conditional", [True, False])
def test_unchanged_feed_gives_nothing_again(server: FeedServer, conditional: bool) -> None:
    """By its ETag, or by its bytes where the server knows no condition."""
    world, server.conditional = FeedWorld(server), conditional
    world.add("hello")
    pages, cursor = world.round(None)
    assert said(pages) == ["hello"]
    again, cursor = world.round(cursor)
    assert said(again) == []
    asked = [call.headers.get("if-none-match") for _, call in server.calls]
    assert asked[:2] == [None, None] and all(asked[2:])
    world.add("more")
    assert "more" in said(world.round(cursor)[0])


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_what_an_item_tells_is_kept(server: FeedServer, kind: Any) -> None:
    """Title and text, author, language, link; a date in the future is now."""
    world = FeedWorld(server, kind)
    ahead = server.now() + timedelta(days=3)
    world.add("<b>so</b> & so", title="Fine pens", link="https://reviews.example/1", author="Bo", made=ahead)
    mention = only(world)
    assert plain(mention.text, mention.is_html) == "Fine pens\n<b>so</b> & so"
    assert (mention.author_name, mention.lang, mention.url) == ("Bo", "en", "https://reviews.example/1")
    assert mention.created_at <= server.now()
    assert world.preview("Thank you!", mention).link == mention.url


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_items_without_ids_are_told_apart(server: FeedServer, kind: Any) -> None:
    """By their links, else by what they say; read twice they are the same."""
    world = FeedWorld(server, kind)
    world.add("one", id="", link="https://reviews.example/1")
    world.add("two", id="", link="https://reviews.example/2")
    world.add("three", id="", link="")
    first, _ = world.round(None)
    second, _ = world.round(None)
    ids = [mention.id for mention in first[0].mentions]
    assert len(set(ids)) == 3
    assert ids == [mention.id for mention in second[0].mentions]


def test_one_id_for_all_items_is_none(server: FeedServer) -> None:
    """Some sites give every item the address of the site."""
    world = FeedWorld(server)
    for number in range(3):
        world.add(f"review {number}", id="https://reviews.example", link=f"https://reviews.example/{number}")
    assert len({mention.id for mention in world.round(None)[0][0].mentions}) == 3


def test_feed_that_alone_fails_stops_no_other_and_is_told(server: FeedServer) -> None:
    """`check --online` asks each of them."""
    world = FeedWorld(server)
    world.add("alert", ALERTS)
    del server.sites[REVIEWS]
    assert said(world.round(None)[0]) == ["alert"]
    assert [REVIEWS in message and "404" in message for message in world.platform.whoami().remarks] == [True]
    del server.sites[ALERTS]
    for ask in (lambda: world.round(None), world.platform.whoami):
        with pytest.raises(ReadFailed):
            ask()


def test_feed_that_fails_again_and_again_is_told_until_it_is_read(server: FeedServer) -> None:
    """An operator hears of it while the others are read, and no more once it is well."""
    world, site = FeedWorld(server), server.sites[REVIEWS]
    del server.sites[REVIEWS]
    cursor, told = None, []
    for _ in range(4):
        pages, cursor = world.round(cursor)
        told += [(page.feed, page.error.message) for page in pages if page.error]
    assert [(feed, "404" in message) for feed, message in told] == [(server.url + REVIEWS, True)] * 4
    server.sites[REVIEWS] = site
    pages, _ = world.round(cursor)
    assert [(page.feed, page.error) for page in pages] == [(server.url + one, None) for one in (ALERTS, REVIEWS)]


def test_redirect_is_followed_without_credentials_and_not_for_ever(server: FeedServer) -> None:
    """Feeds move now and then; in a circle, or to another scheme, they are left."""
    world = FeedWorld(server, alerts=())
    world.add("hello")
    server.sites["/new"] = server.sites[REVIEWS]
    server.fail_next(REVIEWS, "body", status=301, headers={"Location": "/new"})
    assert said(world.round(None)[0]) == ["hello"]
    assert all("authorization" not in call.headers for _, call in server.calls)
    for target in (REVIEWS, "ftp://a.example/", "http://user:word@a.example/", "http://["):
        server.fail_next(REVIEWS, "body", status=302, times=4, headers={"Location": target})
        with pytest.raises(ReadFailed):
            world.round(None)
        server.faults.lift()


BROKEN = {
    "a web page": "<!doctype html><html><body>Please log in</body></html>",
    "nothing": "",
    "half": "<?xml version='1.0'?><rss version='2.0'><channel><item><title>half",
    "entities": "<!DOCTYPE r [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><rss version='2.0'>&b;</rss>",
    "entities in UTF-16": "<!DOCTYPE r [<!ENTITY a 'b'>]><rss/>".encode("utf-16").decode("latin-1"),
    "a foreign file": "<!DOCTYPE r SYSTEM 'file:///etc/hostname'><rss version='2.0'><channel/></rss>",
    "other JSON": '{"items": [1]}',
    "JSON of wrong types": '{"version": "https://jsonfeed.org/version/1", "items": {"a": 1}}',
    "deep JSON": '{"version": ' + "[" * 100_000,
    "items that are none": '{"version": "https://jsonfeed.org/version/1", "items": [7, null, {}, {"authors": {}}]}',
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_broken_feed_is_told_in_one_line_or_its_items_are_set_aside(server: FeedServer, text: str) -> None:
    """Never a traceback, and the feed is read when it is well again."""
    world = FeedWorld(server, alerts=())
    world.add("hello")
    server.fail_next(REVIEWS, "body", text=text)
    try:
        page = world.platform.fetch(None, server.now())
    except ReadFailed as error:
        assert REVIEWS in error.message and "\n" not in error.message
        assert not {"Error", "Expecting", "<unknown>"} & set(re.findall(r"[\w<>]+", error.message))
    else:
        assert set(said([page])) <= {"half"}
    assert said(world.round(None)[0]) == ["hello"]


def test_author_of_a_hundred_thousand_letters_holds_up_nothing() -> None:
    """feedparser looks for an address in it for minutes: in a process of its own, which is ended."""
    documents = [f"<rss version='2.0'><channel><item><title>x</title>{more}</item></channel></rss>"
                 for more in ("", "<author>" + "a" * 100_000 + "</author>", "")]  # fmt: skip
    began = time.monotonic()
    answers = parse_documents(documents, "http://127.0.0.1/", 60)
    assert [entry["title"]["value"] for answer in answers for entry in answer["entries"]] == ["x"]
    assert parse_documents(documents[1:], "http://127.0.0.1/", 1) == []
    assert time.monotonic() - began < 50


def test_endless_feed_is_cut_off(server: FeedServer) -> None:
    """At a few megabytes."""
    world = FeedWorld(server, alerts=())
    server.fail_next(REVIEWS, "body", text="x" * (5 << 20))
    with pytest.raises(ReadFailed):
        world.round(None)


def test_feed_that_asks_for_rest_is_left_alone_and_the_other_is_read(server: FeedServer) -> None:
    """A limit is the site's own."""
    world = FeedWorld(server)
    server.fail_next(REVIEWS, "body", status=503, headers={"Retry-After": "3600"})
    _, cursor = world.round(None)
    server.calls.clear()
    world.add("alert", ALERTS)
    assert said(world.round(cursor)[0]) == ["alert"]
    assert [path for path, _ in server.calls] == [ALERTS]


def test_public_door_reads_a_feed(server: FeedServer, tmp_path: Path) -> None:
    """As the program connects it."""
    world = FeedWorld(server)
    world.add("hello")
    platform = feed.connect(world.section, EnvSecrets({}), tmp_path, Bill())
    assert said([platform.fetch(None, server.now())]) == ["hello"]


@pytest.mark.parametrize(
    "keys",
    [{}, {"urls": ("reviews.example",)}, {"urls": ("https://u:p@a.example",)}, {"urls": ("https://a.example", "https://a.example")}],
)  # fmt: skip
def test_fault_of_a_key_is_told(keys: dict[str, Any]) -> None:
    """Before anything is read."""
    assert [key for key, _, _ in feed.Section(**keys).problems()] == ["urls"]
