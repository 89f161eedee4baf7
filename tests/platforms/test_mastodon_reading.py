"""Reading Mastodon: walks, overlap, what a status becomes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from listener.errors import ReadFailed
from listener.intake.text import plain
from listener.platforms.mastodon.page_scan import DEEP, FeedState
from tests.fakes.mastodon import GOTOSOCIAL, MASTODON, WALKED_DOWN, MastodonServer, Status
from tests.fakes.mastodon.statuses import Person
from tests.platforms.mastodon_world import LATE, MastodonWorld, read, serving


@pytest.fixture
def server() -> Iterator[MastodonServer]:
    """A fake with Mastodon's manners."""
    with serving(MASTODON) as one:
        yield one


def one_of(server: MastodonServer, content: str = "<p>hello</p>", **more: Any) -> Any:
    """The mention that a status becomes."""
    status = server.say(content, late=0, **more)
    return read(MastodonWorld(server).round(None)[0])[status.id]


def test_an_edit_is_written_when_it_was_edited(server: MastodonServer) -> None:
    """Else nobody could tell it from words that were erased since; how old the post is stays as it was."""
    status = server.say("<p>hello</p>", at=server.now() - timedelta(hours=2), late=0)
    server.edit(status.id, "<p>help</p>")
    made = read(MastodonWorld(server).round(None)[0])[status.id]
    assert made.created_at - made.age_start_at >= timedelta(hours=1, minutes=59)


def test_first_run_at_now_answers_nothing_old(server: MastodonServer) -> None:
    """A new installation begins where it stands, with one page of a long history."""
    for number in range(300):
        server.say(f"<p>{number}</p>", at=server.now() - timedelta(minutes=5))
    world = MastodonWorld(server, start="now", hashtags=())
    pages, cursor = world.round(None)
    assert (read(pages), [name for name, _ in server.calls].count("GET notifications")) == ({}, 1)
    new = server.say("<p>new</p>")
    assert set(read(world.round(cursor)[0])) == {new.id}


def test_first_run_at_a_time_begins_there(server: MastodonServer) -> None:
    """`start` as a time is walked down to, page by page."""
    now = server.now()
    for hours in range(200, 0, -1):
        server.say(f"<p>{hours}</p>", at=now - timedelta(hours=hours))
    wanted = {status.id for status in server.statuses.values() if status.created_at >= now - timedelta(hours=120.5)}
    assert set(read(MastodonWorld(server, start=now - timedelta(hours=120.5)).round(None)[0])) == wanted


@pytest.mark.parametrize("manners", [MASTODON, WALKED_DOWN], ids=lambda one: one.name)
def test_long_outage_is_read_from_where_it_began(manners: Any) -> None:
    """A backlog of many pages is walked whole, also where min_id is ignored, and the process may die in between."""
    with serving(manners) as server:
        world = MastodonWorld(server, hashtags=())
        before = [server.say(f"<p>{n}</p>", late=0).id for n in range(60)]
        pages, cursor = world.round(None)
        assert set(read(pages)) == set(before)
        missed = {server.say(f"<p>{n}</p>", late=0).id for n in range(400)}
        seen = set[str]()
        for _ in range(40):
            page = world.again().fetch(cursor, world.now())
            cursor, seen = page.cursor, seen | set(read([page]))
        assert missed <= seen


@pytest.mark.parametrize("manners", [MASTODON, WALKED_DOWN], ids=lambda one: one.name)
@pytest.mark.parametrize("known", [60, 300])
def test_deep_pass_reads_what_lies_below_the_overlap_once_an_hour(manners: Any, known: int) -> None:
    """A post that is listed a hundred ids late is found by the reconciling pass, which goes up to the newest."""
    with serving(manners, late=0.0) as server:
        world = MastodonWorld(server, hashtags=())
        for number in range(known):
            server.say(f"<p>{number}</p>")
        late = server.say("<p>late</p>", late=LATE)
        for number in range(100):
            server.say(f"<p>{number}</p>")
        _, cursor = world.round(world.round(None)[1])  # the end of a first walk is trusted when it is met twice
        world.show(late.id)
        _, cursor = world.round(cursor)
        world.ahead(timedelta(minutes=61))
        new = server.say("<p>new</p>")
        pages, _ = world.round(cursor)
        assert {late.id, new.id} <= set(read(pages))


def test_late_post_below_the_overlap_waits_for_the_deep_pass(server: MastodonServer) -> None:
    """What the overlap costs is bounded: a page a poll."""
    world = MastodonWorld(server, hashtags=())
    late = server.say("<p>late</p>", late=LATE)
    for number in range(100):
        server.say(f"<p>{number}</p>")
    _, cursor = world.round(world.round(None)[1])
    world.show(late.id)
    assert late.id not in read(world.round(cursor)[0])


def test_another_account_or_server_begins_anew(server: MastodonServer) -> None:
    """Its ids may all lie below those known: nothing would ever be listed above them."""
    world = MastodonWorld(server, hashtags=())
    for number in range(60):
        server.say(f"<p>{number}</p>")
    _, cursor = world.round(world.round(None)[1])
    with serving(GOTOSOCIAL) as other:
        moved = MastodonWorld(other, hashtags=())
        mention = moved.plant("hello")
        assert mention in read(moved.round(cursor)[0])


def test_a_quiet_poll_is_one_call_a_feed(server: MastodonServer) -> None:
    """Nothing new costs one page of notifications, whatever the history."""
    world = MastodonWorld(server, hashtags=())
    for number in range(90):
        server.say(f"<p>{number}</p>")
    _, cursor = world.round(None)
    _, cursor = world.round(cursor)
    server.calls.clear()
    world.round(cursor)
    assert [name for name, _ in server.calls] == ["GET notifications", "GET own"]


def test_cursor_stays_small(server: MastodonServer) -> None:
    """It is stored with every page: some ids, not the history."""
    world = MastodonWorld(server, hashtags=())
    for number in range(500):
        server.say(f"<p>{number}</p>")
    cursor = world.round(None)[1]
    assert len(FeedState.load(cursor["feeds"]["mentions"]).seen) <= DEEP


def test_content_warning_is_read_with_the_text(server: MastodonServer) -> None:
    """What stands in the warning was said too: guards must see it."""
    mention = one_of(server, spoiler="lawyers & <co>")
    assert plain(mention.text, mention.is_html) == "lawyers & <co>\nhello"


def test_escaped_markup_of_a_hostile_author_stays_text(server: MastodonServer) -> None:
    """Servers hand on `<script>` escaped."""
    mention = one_of(server, "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>")
    assert plain(mention.text, mention.is_html) == "<script>alert(1)</script>"


def test_what_a_status_tells_is_kept(server: MastodonServer) -> None:
    """Handle with its server, language, link."""
    mention = one_of(server, author=Person("a1", "bo@far.example"), language="de")
    assert (mention.author_handle, mention.author_id, mention.author_name, mention.lang) == (
        "bo@far.example",
        "a1",
        "Bo",
        "de",
    )
    assert mention.url and mention.is_html


def test_thread_is_one_conversation_whoever_speaks(server: MastodonServer) -> None:
    """Mastodon names no conversation: the first status of the thread does, asked for once a thread."""
    first = server.say("<p>first</p>")
    ours = server.own("<p>answer</p>", first.id)
    second = server.say("<p>second</p>", reply_to=ours.id)
    third = server.say("<p>third</p>", reply_to=ours.id, by="bo")
    pages, _ = MastodonWorld(server).round(None)
    found, name = read(pages), pages[0].mentions[0].conversation_id
    assert {found[one.id].conversation_id for one in (first, second, third)} == {found[first.id].interaction_id}
    assert pages[0].conversation_names[first.id] == name  # rows of an earlier version bear the id
    assert [name for name, _ in server.calls].count("GET context") == 1


def test_reply_to_a_post_that_is_gone_has_a_conversation(server: MastodonServer) -> None:
    """The thread above is lost: what it answered stands for it."""
    gone = server.own("<p>gone</p>")
    gone.deleted = True
    assert one_of(server, reply_to=gone.id).conversation_id == gone.id


def test_hashtag_hit_that_mentions_us_addresses_us(server: MastodonServer) -> None:
    """The same status in two feeds is the same mention, whichever is read first."""
    status = server.say("<p>both</p>", tags=["fernhill"])
    pages, _ = MastodonWorld(server, hashtags=("#Fernhill",)).round(None)
    hits = [mention for page in pages for mention in page.mentions]
    assert [(one.id, one.is_addressed) for one in hits] == [(status.id, True)] * 2


def test_interaction_policy_that_leaves_us_out_is_told(server: MastodonServer) -> None:
    """GoToSocial lets an author say who may reply."""
    closed = {"can_reply": {"always": ["author", "followers"], "with_approval": []}}
    mention = one_of(server, interaction_policy=closed)
    assert (mention.can_reply, "does not let accounts like ours" in (mention.ineligible_reason or "")) == (False, True)
    assert one_of(server, interaction_policy={"can_reply": {"always": ["public", "me"]}}).can_reply


def test_other_notifications_are_passed_over(server: MastodonServer) -> None:
    """snac ignores types[]: a favourite is no mention."""
    status = server.say("<p>hello</p>")
    told = {**status.notification(), "type": "favourite"}
    vars(status)["notification"] = lambda: told
    pages, _ = MastodonWorld(server, hashtags=()).round(None)
    assert read(pages) == {} and sum(page.skipped for page in pages) > 0


def test_customer_who_blocks_us_takes_all_notifications_along(server: MastodonServer) -> None:
    """The known ids are gone: the next one is read all the same."""
    world = MastodonWorld(server, hashtags=())
    for number in range(90):
        server.say(f"<p>{number}</p>", by="cy")
    _, cursor = world.round(None)
    server.blocked.add("acc-cy")
    _, cursor = world.round(cursor)
    new = server.say("<p>new</p>")
    assert set(read(world.round(cursor)[0])) == {new.id}


def test_hashtag_that_fails_does_not_stop_the_mentions(server: MastodonServer) -> None:
    """It is left out of its round, and read in the next."""
    world = MastodonWorld(server)
    aside, mention = world.plant_aside("the brand"), world.plant("to us")
    server.fail_next("GET tag", "internal")
    pages, cursor = world.round(None)
    assert set(read(pages)) == {mention}
    assert aside in read(world.round(cursor)[0])


@pytest.mark.parametrize("mode", ["unavailable", "bad-gateway", "missing-page", "half", "stall"])
def test_page_that_cannot_be_read_is_read_again(server: MastodonServer, mode: str) -> None:
    """An outage is told as one, and nothing is lost."""
    world = MastodonWorld(server, seconds=0.4)
    mention = world.plant("hello")
    server.fail_next("GET notifications", mode, times=2)
    with pytest.raises(ReadFailed) as caught:
        world.round(None)
    server.faults.lift()
    assert caught.value.cause in ("transient", "item")
    assert mention in read(world.round(None)[0])


def test_connection_that_is_reset_once_is_not_noticed(server: MastodonServer) -> None:
    """A read is made again at once."""
    world = MastodonWorld(server)
    mention = world.plant("hello")
    server.fail_next("GET notifications", "cut")
    assert mention in read(world.round(None)[0])


def test_server_that_moved_is_told_and_never_followed(server: MastodonServer) -> None:
    """A redirect would carry the token away."""
    server.fail_next("GET me", "moved", headers={"Location": "https://elsewhere.example/"})
    with pytest.raises(ReadFailed) as caught:
        MastodonWorld(server).round(None)
    assert (caught.value.cause, "server_url" in caught.value.do) == ("account", True)


@pytest.mark.parametrize("text", ["[1, 2", '{"a": 1}', "NaN", "[" * 100_000, '["\\ud800", null, 7, {"id": 5}]'])
def test_malformed_page_is_told_or_set_aside(server: MastodonServer, text: str) -> None:
    """Whatever a server sends, there is one clear line, and the next page is read."""
    world = MastodonWorld(server, hashtags=())
    world.platform.set_own_posts_needed(False)
    server.fail_next("GET notifications", "body", text=text)
    try:
        page = world.platform.fetch(None, world.now())
    except ReadFailed as error:
        assert "Mastodon" in error.message
    else:
        assert (len(page.quarantined_items), page.skipped) == (3, 1)
    mention = world.plant("hello")
    assert mention in read(world.round(None)[0])


def test_status_that_is_a_repost_is_passed_over(server: MastodonServer) -> None:
    """Nobody is answered for having passed something on."""
    status: Status = server.say("<p>hello</p>", tags=["fernhill"])
    status.raw = {**status.told(), "reblog": {"id": "1"}}
    assert read(MastodonWorld(server).round(None)[0]) == {}


@pytest.mark.parametrize("acct", ["ada @everyone", "ada\n@bo", "", "ada@", "@ada", "ada@x@y"])
def test_handle_that_would_call_others_is_set_aside(server: MastodonServer, acct: Any) -> None:
    """A handle stands in our reply: a foreign server must not put other words there."""
    server.say("<p>hello</p>", author=Person("a1", acct))
    page = MastodonWorld(server, hashtags=()).platform.fetch(None, server.now())
    assert (page.mentions, len(page.quarantined_items)) == ((), 1)
