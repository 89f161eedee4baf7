"""What every platform keeps while it reads: nothing missed, nothing taken for what it is not."""

import json

from listener.intake.text import plain
from listener.model import Mention
from tests.platforms.other_side import World
from tests.platforms.rounds import found, mentions, now, walk

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


class Reading:
    """Part of PlatformContract."""

    many = 230  # more than two pages of any platform

    def test_nothing_to_read_is_an_empty_page(self, world: World) -> None:
        """A quiet platform gives pages without mentions and comes to an end."""
        pages, _ = walk(world.platform, None)
        assert mentions(pages) == []

    def test_all_pages_are_walked(self, world: World) -> None:
        """What does not fit one page is read page by page, every mention of it."""
        planted = [world.plant(f"post number {n}") for n in range(self.many)]
        pages, _ = walk(world.platform, None)
        assert sorted({mention.id for mention in mentions(pages)}) == sorted(planted)

    def test_what_comes_after_is_read_next_time(self, world: World) -> None:
        """A later round finds what came since, and repeats nothing but what it had."""
        first = world.plant("first")
        _, cursor = walk(world.platform, None)
        second = world.plant("second")
        found = {mention.id for mention in mentions(walk(world.platform, cursor)[0])}
        assert second in found
        assert found <= {first, second}

    def test_process_that_died_between_two_pages_goes_on(self, world: World) -> None:
        """The cursor of any page, given to a new process, leads to all the rest."""
        planted = {world.plant(f"post number {n}") for n in range(self.many)}
        page = world.platform.fetch(None, now())
        rest, _ = walk(world.again(), json.loads(json.dumps(page.cursor)))
        assert {mention.id for mention in mentions([page, *rest])} == planted

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
        assert {mention.id for mention in mentions(pages)} == {mention.id}
        if remote is not None:
            names = (mention.id, mention.interaction_id)  # the store knows a mention by either
            answers = [own for page in pages for own in page.brand_posts if own.in_reply_to in names]
            assert remote in {own.id for own in answers}

    def test_hostile_text_comes_through(self, world: World) -> None:
        """Texts meant to break something are read as they are."""
        planted = {world.plant(text): text for text in HOSTILE}
        read = {name: plain(one.text, html=True) if one.is_html else one.text for name, one in found(world).items()}
        if not any(mention.is_html for mention in found(world).values()):
            assert read == planted
        assert {name: text.split() for name, text in read.items()} == {
            name: text.split() for name, text in planted.items()
        }

    def test_mention_is_told_in_full(self, world: World, mention: Mention) -> None:
        """Times are in UTC, ids are text, and a mention that addresses us can be answered where any can."""
        assert mention.created_at.utcoffset() == mention.age_start_at.utcoffset() == now().utcoffset()
        assert mention.platform == world.platform.name
        assert (mention.is_addressed, mention.can_reply) == (True, world.posts)
        assert (mention.ineligible_reason is None) == world.posts
        assert mention.interaction_id and mention.conversation_id and mention.author_id

    def test_we_know_who_we_are(self, world: World) -> None:
        """whoami names an account."""
        account = world.platform.whoami()
        assert account.id and account.handle

    def test_what_is_listed_late_is_read(self, world: World) -> None:
        """Ids are made before they are listed: one that appears below the newest we have read is not missed."""
        late = world.hide("made first, listed last")
        world.plant("in time")
        _, cursor = walk(world.platform, None)
        world.show(late)
        assert late in found(world, cursor)

    def test_what_is_listed_out_of_order_is_read(self, world: World) -> None:
        """Several hidden ids appear newest first, between polls, and a poll dies on the way."""
        hidden = [world.hide(f"hidden {n}") for n in range(6)]
        seen, cursor = set[str](), None
        for late in reversed(hidden):
            world.plant("in time")
            pages, cursor = walk(world.platform, cursor)
            world.show(late)
            world.platform.fetch(cursor, now())  # a page that was never stored
            seen |= {mention.id for mention in mentions(pages)}
        seen |= set(found(world, cursor))
        assert set(hidden) <= seen

    def test_what_is_listed_twice_is_one_interaction(self, world: World, mention: Mention) -> None:
        """The store knows a mention by its interaction: a repetition bears the same one, and the same id."""
        world.repeat(mention.id)
        pages, cursor = walk(world.platform, None)
        pages += walk(world.platform, cursor)[0]
        assert {(mention.id, mention.interaction_id) for mention in mentions(pages)} == {
            (mention.id, mention.interaction_id)
        }

    def test_empty_page_loses_nothing(self, world: World) -> None:
        """A page without items is no proof that nothing is left: at the next round at the latest all is read."""
        planted = {world.plant(f"post number {n}") for n in range(self.many)}
        first = world.platform.fetch(None, now())
        world.empty_page()
        pages, cursor = walk(world.platform, first.cursor)
        assert planted == {mention.id for mention in mentions([first, *pages, *walk(world.platform, cursor)[0]])}

    def test_item_that_cannot_be_read_stops_no_other(self, world: World) -> None:
        """It is set aside with its raw text; what stands before and after it is read."""
        planted = {world.plant("before")}
        broken = world.plant_broken()
        planted.add(world.plant("after"))
        pages, cursor = walk(world.platform, None)
        assert {mention.id for mention in mentions(pages)} == planted
        bad = [item for page in pages for item in page.quarantined_items]  # an overlap may list it once more
        assert {(item.mention_id, bool(item.raw), bool(item.error)) for item in bad} == {(broken, True, True)}
        assert set(found(world, cursor)) <= planted

    def test_who_speaks_of_us_and_not_to_us_is_told_apart(self, world: World) -> None:
        """A search hit is no invitation: it is never answered by machine."""
        aside = world.plant_aside("hello there")
        assert not found(world)[aside].is_addressed

    def test_who_cannot_be_answered_is_told_with_the_reason(self, world: World) -> None:
        """Staff see why, and answer by hand."""
        name = world.plant_unanswerable("hello there")
        out_of_reach = found(world)[name]
        assert (out_of_reach.is_addressed, out_of_reach.can_reply) == (True, False)
        assert out_of_reach.ineligible_reason

    def test_edited_mention_is_the_same_interaction(self, world: World, mention: Mention) -> None:
        """An edit is no second mention, and its new text is read."""
        world.edit(mention.id, "goodbye then")
        edits = found(world).values()
        assert {edit.interaction_id for edit in edits} == {mention.interaction_id}
        assert any("goodbye then" in edit.text for edit in edits)
