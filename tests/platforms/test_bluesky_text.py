"""How texts are counted on Bluesky, what its section refuses, keys that carry a time, and the bot label."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.errors import ReadFailed
from listener.model import Mention
from listener.platforms.bluesky import Section, preview
from listener.platforms.bluesky.profile import DECLARATION, NO_MESSAGES, UNLABELLED
from listener.platforms.bluesky.reply import is_earshots, record_key
from listener.platforms.bluesky.text import facets, length
from listener.platforms.bluesky.times import instant, stamp, tid, tid_instant
from tests.fakes.bluesky.network import PROFILE
from tests.fakes.bluesky.server import PUT
from tests.platforms.bluesky_world import BlueskyWorld, serving
from tests.platforms.contract import now

FAMILY = "👨‍👩‍👧‍👦"  # one grapheme of 25 bytes


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("w" * 300, True),
        ("w" * 301, False),
        ("日" * 300, True),
        (FAMILY * 120, True),
        (FAMILY * 121, False),
        ("", False),
        ("e\u0301" * 300, True),
    ],
)
def test_both_limits_hold(text: str, fits: bool) -> None:
    """300 graphemes and 3,000 bytes, as bluesky.md observed them."""
    assert (0 < length(text) <= 300) == fits


def test_text_of_endless_length_is_counted_soon() -> None:
    """Whatever staff paste."""
    assert length("a\u0301" * 500_000) > 300


@given(st.text(max_size=400))
def test_facets_point_at_whole_characters(text: str) -> None:
    """Offsets cut no character in two, and a link stands in the text as its uri says."""
    raw = text.encode("utf-8", "replace").decode()
    for one in facets(raw, {"ada.test": "did:plc:ada"}):
        piece = raw.encode()[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode()
        feature = one["features"][0]
        assert piece in (
            feature.get("uri", piece).removeprefix("https://"),
            feature.get("uri"),
            f"#{feature.get('tag')}",
        )


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("see “https://a.example/x”, or »https://b.example« …", ["https://a.example/x", "https://b.example"]),
        ("[https://c.example/y] and (https://d.example/(z)) …", ["https://c.example/y", "https://d.example/(z)"]),
        ("https://a.example…", ["https://a.example"]),
        (
            "fernhill.com/shop, readme.md, node.js, a@b.com, great.It was (shop.com.au).",
            ["fernhill.com/shop", "shop.com.au"],
        ),
        ("#Earshot, #2026 ##x a#b #über!", ["#Earshot", "#über"]),
    ],
)
def test_links_and_hashtags_end_where_people_end_them(text: str, marks: list[str]) -> None:
    """As the official client marks them: a bare domain is a link, a hashtag a search."""
    raw = text.encode()
    marked = facets(text, {})
    indexes = [one["index"] for one in marked]
    assert [raw[index["byteStart"] : index["byteEnd"]].decode() for index in indexes] == marks
    targets = [one["features"][0].get("uri") or f"#{one['features'][0]['tag']}" for one in marked]
    assert targets == [mark if mark.startswith(("#", "https:")) else f"https://{mark}" for mark in marks]


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 2**32 - 1))
def test_key_is_a_tid_of_its_millisecond(moment: datetime, salt: int) -> None:
    """Bluesky takes no other key for a post; times before 1970 have none and count as 1970."""
    key = tid(moment, salt)
    assert re.fullmatch(r"[2-7a-j][2-7a-z]{12}", key)
    read = tid_instant(key)
    if datetime(1970, 1, 1, tzinfo=UTC) <= moment < datetime(2250, 1, 1, tzinfo=UTC):
        assert read is not None and read.replace(microsecond=0) == moment.replace(microsecond=0)
        assert abs(read - moment) < timedelta(milliseconds=1)


def test_key_is_the_mentions_alone() -> None:
    """The same in every process; another mention of the same instant has another."""
    made = datetime(2026, 11, 22, 12, tzinfo=UTC)
    one, other = (
        Mention("bluesky", f"at://did:plc:ada/app.bsky.feed.post/{name}", "x", "a", made, made, "i", "c")
        for name in "ab"
    )
    assert record_key(one) == record_key(replace(one, text="edited")) != record_key(other)
    assert is_earshots(record_key(one), one.id) and not is_earshots(record_key(one), other.id)


@pytest.mark.parametrize("value", ["20261122", "100", "soon", "", None, 7, "2026-11-22T25:00:00Z"])
def test_what_names_no_instant_is_none(value: object) -> None:
    """An offset of eight digits passes for a date in Python."""
    assert instant(value) is None
    assert instant(stamp(now())) is not None


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("service_url", {"service_url": "bsky.social"}),
        ("service_url", {"service_url": "http://bsky.social"}),
        ("service_url", {"service_url": "https://bsky.social/xrpc"}),
        ("service_url", {"service_url": "https://user:pw@bsky.social"}),
        ("search", {"search": (" ",)}),
        ("search", {"search": ("paper", "paper ")}),
        ("settle_after_seconds", {"settle_after_seconds": -1.0}),
    ],
)
def test_fault_of_the_section_is_told(key: str, changes: dict[str, Any]) -> None:
    """With the key, and what to do."""
    assert [(fault[0], bool(fault[2])) for fault in Section(**changes).problems()] == [(key, True)]
    assert Section().problems() == []


def test_preview_links_to_the_post() -> None:
    """For who answers by hand."""
    made = datetime(2026, 11, 22, 12, tzinfo=UTC)
    mention = Mention("bluesky", "at://x", "hi", "a", made, made, "i", "c", url="https://bsky.app/profile/a/post/b")
    shown = preview(" Thank you!\r\n\x07", mention, Section())
    assert (shown.text, shown.length, shown.limit, shown.link) == ("Thank you!", 10, 300, mention.url)


def test_bot_label_is_set_once_and_leaves_the_rest(tmp_path: Path) -> None:
    """A profile is somebody's words and pictures; other labels stay too."""
    with serving() as server:
        world = BlueskyWorld(server, tmp_path)
        assert world.platform.whoami().remarks == (UNLABELLED, NO_MESSAGES)
        world.network.put(server.us.did, DECLARATION, "self", {"allowIncoming": "following"})
        assert world.platform.whoami().remarks == (UNLABELLED, NO_MESSAGES)
        world.network.put(server.us.did, DECLARATION, "self", {"allowIncoming": "all"})
        assert world.platform.whoami().remarks == (UNLABELLED,)
        other = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "!no-unauthenticated"}]}
        profile = {"$type": PROFILE, "displayName": "The Shop", "avatar": {"$type": "blob"}, "labels": other}
        world.network.put(server.us.did, PROFILE, "self", dict(profile))
        assert world.platform.fix() == ("our account carries the bot label now",)
        record = world.network.records[f"at://{server.us.did}/{PROFILE}/self"].value
        labels = {"val": "!no-unauthenticated"}, {"val": "bot"}
        assert record == profile | {"labels": {**other, "values": list(labels)}} and server.us.bot
        assert world.platform.fix() == ("our account carries the bot label already",)
        assert (world.platform.whoami().remarks, world.platform.whoami().name) == ((), "The Shop")


def test_bot_label_of_an_account_without_a_profile(tmp_path: Path) -> None:
    """It gets one."""
    with serving() as server:
        world = BlueskyWorld(server, tmp_path)
        world.platform.fix()
        assert server.us.bot


@pytest.mark.parametrize("mode", ["rate", "invalid", "cut", "internal"])
def test_label_that_cannot_be_set_is_told(tmp_path: Path, mode: str) -> None:
    """One line, for `check`."""
    with serving() as server:
        world = BlueskyWorld(server, tmp_path)
        server.fail_next(PUT, mode)
        with pytest.raises(ReadFailed):
            world.platform.fix()
