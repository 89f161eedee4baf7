"""What every platform must keep. A platform's test subclasses `PlatformContract` and gives it a `World`."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal, Protocol

import pytest

from listener.errors import NotSent, Refused
from listener.model import Json, Mention, Outgoing, Page, Platform, Preview

Outcome = Literal["not_sent", "refused", "unknown", "unknown_arrived"]

HOSTILE = (
    "line\nbreak\ttab",
    "{{7*7}} {u.secret} %s $(reboot)",
    "'; DROP TABLE mention; --",
    "\u202eevil\u202c \u200bzero\u200d width",
    "👨‍👩‍👧‍👦 🇩🇪 e\u0301 日本語 العربية",
    "=cmd|' /C calc'!A0",
    "x" * 5_000,
    "(a+)+$ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
)
REPLIES = (
    "Thank you!",
    "  blanks around  ",
    "e\u0301clair",
    "two\nlines",
    "See https://example.com/help.",
    "🇩🇪👍🏽",
    "a" * 400,
)


class World(Protocol):
    """A platform and the other side of it, as a test needs them."""

    platform: Platform

    def again(self) -> Platform:
        """The platform as a new process would connect it."""

    def preview(self, text: str, mention: Mention) -> Preview:
        """The platform's preview with the test's section."""

    def plant(self, text: str) -> str:
        """Somebody posts to us; returns its id."""

    def plant_own(self, text: str, reply_to: str) -> str | None:
        """A person answers on the platform; returns its id, None where no such post can be seen."""

    def posted(self) -> list[tuple[str, str]]:
        """What really stands on the platform because of `post`: (text, id it answers)."""

    def fail(self, outcome: Outcome) -> bool:
        """Let the next post end so; False where the platform cannot fail in this way."""


def now() -> datetime:
    """The time of a call."""
    return datetime.now(UTC)


def walk(platform: Platform, cursor: Json | None) -> tuple[list[Page], Json]:
    """Fetch until there is no more; the cursor goes through JSON after every page, as the store keeps it."""
    pages: list[Page] = []
    for _ in range(400):
        page = platform.fetch(cursor, now())
        pages.append(page)
        cursor = json.loads(json.dumps(page.cursor))
        if not page.more:
            return pages, cursor
    raise AssertionError("the platform never says that there is no more")


def mentions(pages: list[Page]) -> list[Mention]:
    """The mentions of these pages in order."""
    return [mention for page in pages for mention in page.mentions]


def outgoing(world: World, mention: Mention, text: str = "Thank you!", reply_id: int = 1) -> Outgoing:
    """An approved reply, its text the preview's."""
    return Outgoing(reply_id, 1, world.preview(text, mention).text, mention)


class PlatformContract:
    """Inherit, and give a fixture `world` whose platform reads everything from the start (`start = "all"`)."""

    many = 230  # more than two pages of any platform

    @pytest.fixture
    def world(self) -> Iterator[World]:
        """The platform under test."""
        raise NotImplementedError

    @pytest.fixture
    def mention(self, world: World) -> Mention:
        """One mention that can be answered."""
        world.plant("hello there")
        return mentions(walk(world.platform, None)[0])[0]

    def test_nothing_to_read_is_an_empty_page(self, world: World) -> None:
        """A quiet platform gives pages without mentions and comes to an end."""
        pages, _ = walk(world.platform, None)
        assert mentions(pages) == []

    def test_all_pages_are_walked(self, world: World) -> None:
        """What does not fit one page is read page by page, every mention of it."""
        planted = [world.plant(f"post number {n}") for n in range(self.many)]
        pages, _ = walk(world.platform, None)
        assert sorted({one.id for one in mentions(pages)}) == sorted(planted)

    def test_what_comes_after_is_read_next_time(self, world: World) -> None:
        """A later round finds what came since, and repeats nothing but what it had."""
        first = world.plant("first")
        _, cursor = walk(world.platform, None)
        second = world.plant("second")
        found = {one.id for one in mentions(walk(world.platform, cursor)[0])}
        assert second in found
        assert found <= {first, second}

    def test_process_that_died_between_two_pages_goes_on(self, world: World) -> None:
        """The cursor of any page, given to a new process, leads to all the rest."""
        planted = {world.plant(f"post number {n}") for n in range(self.many)}
        page = world.platform.fetch(None, now())
        rest, _ = walk(world.again(), json.loads(json.dumps(page.cursor)))
        assert {one.id for one in mentions([page, *rest])} == planted

    def test_page_that_was_not_stored_comes_again(self, world: World) -> None:
        """The same cursor gives the same mentions: a page lost before its commit is not lost."""
        world.plant("once")
        assert [m.id for m in mentions(walk(world.platform, None)[0])] == [
            m.id for m in mentions(walk(world.again(), None)[0])
        ]

    def test_own_posts_are_no_mentions(self, world: World, mention: Mention) -> None:
        """What we post never comes back as something to answer; a person's answer comes as an own post."""
        remote = world.plant_own("answered by hand", mention.id)
        pages, _ = walk(world.again(), None)
        assert {one.id for one in mentions(pages)} == {mention.id}
        if remote is not None:
            assert (remote, mention.id) in {(own.id, own.in_reply_to) for page in pages for own in page.own}

    def test_hostile_text_comes_through(self, world: World) -> None:
        """Texts meant to break something are read as they are."""
        planted = {world.plant(text): text for text in HOSTILE}
        read = {one.id: one.text for one in mentions(walk(world.platform, None)[0])}
        assert read == planted

    def test_mention_is_told_in_full(self, world: World, mention: Mention) -> None:
        """Times are in UTC, ids are text, and a mention that addresses us can be answered."""
        assert mention.created_at.utcoffset() == mention.aged_from.utcoffset() == now().utcoffset()
        assert mention.platform == world.platform.name
        assert (mention.addressed, mention.can_reply, mention.why_not) == (True, True, None)
        assert mention.interaction_id and mention.conversation_id and mention.author_id

    @pytest.mark.parametrize("text", REPLIES)
    def test_preview_of_a_preview_changes_nothing(self, world: World, mention: Mention, text: str) -> None:
        """The text as it will stand is a fixed point, and its length is above zero."""
        once = world.preview(text, mention)
        assert world.preview(once.text, mention) == once
        assert once.length > 0

    def test_text_beyond_the_limit_does_not_fit(self, world: World, mention: Mention) -> None:
        """The preview says what the platform would refuse."""
        limit = world.preview("short", mention).limit
        assert world.preview("short", mention).fits
        assert not world.preview("w " * limit, mention).fits

    def test_prepared_reply_is_plain_json_and_its_key_its_own(self, world: World, mention: Mention) -> None:
        """Preparing twice gives the same key, another reply another one; the request survives JSON."""
        moment = now()
        one = world.platform.prepare(outgoing(world, mention), moment)
        assert one == world.platform.prepare(outgoing(world, mention), moment)
        assert one.key != world.platform.prepare(outgoing(world, mention, reply_id=2), moment).key
        assert json.loads(json.dumps(one.request)) == one.request

    def test_posted_reply_is_found_again(self, world: World, mention: Mention) -> None:
        """The text arrives to the byte, under the right post, and a new process finds it."""
        reply = outgoing(world, mention)
        prepared = world.platform.prepare(reply, now())
        assert world.platform.find(prepared) is None
        receipt = world.platform.post(prepared)
        assert world.posted() == [(reply.text, mention.id)]
        found = world.again().find(prepared)
        assert found is not None and found.remote_id == receipt.remote_id

    def test_post_that_surely_did_not_go_out(self, world: World, mention: Mention) -> None:
        """NotSent means that nothing stands on the platform."""
        prepared = world.platform.prepare(outgoing(world, mention), now())
        if not world.fail("not_sent"):
            pytest.skip("this platform cannot fail so")
        with pytest.raises(NotSent):
            world.platform.post(prepared)
        assert world.posted() == []

    def test_post_that_is_refused_for_good(self, world: World, mention: Mention) -> None:
        """Refused says what becomes of the reply."""
        prepared = world.platform.prepare(outgoing(world, mention), now())
        if not world.fail("refused"):
            pytest.skip("this platform cannot fail so")
        with pytest.raises(Refused) as caught:
            world.platform.post(prepared)
        assert caught.value.then in ("failed", "by_hand", "withdrawn")
        assert world.posted() == []

    @pytest.mark.parametrize("outcome", ["unknown", "unknown_arrived"])
    def test_post_of_unknown_outcome_is_neither_sent_nor_refused(
        self, world: World, mention: Mention, outcome: Outcome
    ) -> None:
        """When nobody knows, post raises neither NotSent nor Refused, and find tells."""
        prepared = world.platform.prepare(outgoing(world, mention), now())
        if not world.fail(outcome):
            pytest.skip("this platform cannot fail so")
        with pytest.raises(Exception) as caught:
            world.platform.post(prepared)
        assert not isinstance(caught.value, (NotSent, Refused))
        assert (world.again().find(prepared) is not None) == (outcome == "unknown_arrived") == bool(world.posted())

    def test_we_know_who_we_are(self, world: World) -> None:
        """whoami names an account."""
        account = world.platform.whoami()
        assert account.id and account.handle
