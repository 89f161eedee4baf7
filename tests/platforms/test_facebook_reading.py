"""How a Page is read: what is nested, what is found by numbers, and what an empty list proves."""

import pytest

from listener.errors import ReadFailed
from listener.model import Json
from listener.platforms.kit.graph.listing import short_id
from tests.fakes.meta import Comment
from tests.platforms.meta_worlds import FacebookWorld, endpoints, facebook_world, later, poll, read

__all__ = ["facebook_world"]


def test_everything_that_is_said_on_a_page_is_read(world: FacebookWorld) -> None:
    """Comments on posts and ads, answers among them, visitors' posts with their comments, posts that tag the Page."""
    server = world.server
    visitor, tagged = server.write("Do you ship?", kind="visitor"), server.write("Love @Fernhill", kind="tagged")
    top = server.say("on a post", server.first)
    said = [top, server.say("an answer", server.first, parent=top)]
    said.append(server.say("on an ad", server.write("Buy!", kind="ad")))
    said.append(server.say("below a visitor's post", visitor))
    mentions = read(poll(world)[0])
    assert set(mentions) == {short_id(visitor.id), short_id(tagged.id), *(one.key for one in said)}
    assert mentions[said[1].key].conversation_id == mentions[top.key].conversation_id == top.key
    assert mentions[said[3].key].conversation_id == short_id(visitor.id)
    assert not mentions[short_id(tagged.id)].can_reply
    assert mentions[short_id(visitor.id)].can_reply


def test_both_spellings_of_an_id_are_one_interaction(world: FacebookWorld) -> None:
    """POST_COMMENT and COMMENT: the store knows a mention by its interaction."""
    comment = world.server.say("hello", world.server.first)
    first, cursor = poll(world)
    world.server.short = True
    second, _ = poll(world, cursor)
    assert {short_id(one.id) for one in (*read(first).values(), *read(second).values())} == {comment.key}
    assert set(read(first)) == set(read(second)) == {comment.key}
    assert read(first)[comment.key].id != read(second)[comment.key].id


def test_token_of_a_person_reads_nothing_and_moves_nothing(world: FacebookWorld) -> None:
    """Meta answers it with empty lists: that is no proof that nobody wrote."""
    comment = world.server.say("hello", world.server.first)
    world.server.is_page = False
    with pytest.raises(ReadFailed) as caught:
        poll(world)
    assert caught.value.cause == "account" and "7001" in caught.value.message
    world.server.is_page, world.env["EARSHOT_FACEBOOK_TOKEN"] = True, "another"
    world.server.token = "another"
    assert set(read(poll(world)[0])) == {comment.key}


def test_numbers_without_comments_are_a_trouble_and_not_silence(world: FacebookWorld) -> None:
    """A permission that is missing looks like an empty list beside a number."""
    poll(world)
    world.server.say("hello", world.server.first)
    world.server.is_page = False  # but who the token belongs to is known by now
    troubles = [page.error for page in poll(world)[0] if page.error]
    assert troubles and "permission" in troubles[0].message


def test_old_posts_are_read_by_a_slow_round_over_their_numbers(world: FacebookWorld) -> None:
    """The newest posts each round, the others when a full round is due; without news a round is one call a feed."""
    old = world.server.first
    for number in range(30):
        world.server.write(f"post {number}")
    cursor = poll(world)[1]
    endpoints(world)
    comment = world.server.say("below an old post", old)
    pages, cursor = poll(world, cursor)
    assert read(pages) == {} and endpoints(world) == ["GET posts", "GET visitors", "GET ads", "GET tagged"]
    later(world, minutes=31)
    pages, cursor = poll(world, cursor)
    assert set(read(pages)) == {comment.key}


def test_comment_that_appears_late_below_many_newer_ones_is_found_by_the_number(world: FacebookWorld) -> None:
    """Meta may list a comment hours after it was made, far below the newest."""
    late = world.server.say("held back for a while", world.server.first, late=86_400)
    for number in range(60):
        world.server.say(f"comment {number}", world.server.first)
    pages, cursor = poll(world)
    assert late.key not in read(pages)
    late.listed_at = world.server.now()
    later(world, minutes=31)
    assert late.key in read(poll(world, cursor)[0])


def test_deleted_and_added_ones_that_cancel_out_are_found_within_a_day(world: FacebookWorld) -> None:
    """The number stays, so a deep round reads each post to its end once a day."""
    late = world.server.say("held back", world.server.first, late=86_400)
    said = [world.server.say(f"comment {number}", world.server.first) for number in range(60)]
    cursor = poll(world)[1]
    late.listed_at, said[30].deleted = world.server.now(), True
    later(world, minutes=31)
    pages, cursor = poll(world, cursor)
    assert late.key not in read(pages)
    later(world, hours=24)
    assert late.key in read(poll(world, cursor)[0])


def test_paging_that_repeats_itself_ends_and_is_a_gap(world: FacebookWorld) -> None:
    """The same page for ever: a known fault of Meta's."""
    for number in range(150):
        world.server.say(f"comment {number}", world.server.first)
    world.server.stuck = True
    pages, _ = poll(world)
    assert len(pages) < 12
    assert {gap.from_id for page in pages for gap in page.gaps} == {world.server.first.id}


def test_more_posts_than_are_watched_are_told_once(world: FacebookWorld) -> None:
    """A gap names what is not read."""
    for number in range(140):
        world.server.write(f"post {number}")
    world.section = type(world.section)(page_id=world.section.page_id, api_url=world.server.url, watched_posts=100)
    world.platform = world.again()
    pages, cursor = poll(world)
    assert [gap.feed for page in pages for gap in page.gaps] == ["mentions"]
    later(world, minutes=31)
    assert [page.gaps for page in poll(world, cursor)[0] if page.gaps] == []


def test_post_that_goes_while_it_is_read_stops_nothing(world: FacebookWorld) -> None:
    """Its comments go with it."""
    post = world.server.write("soon gone")
    for number in range(150):
        world.server.say(f"comment {number}", post)
    stays = world.server.say("stays", world.server.first)
    first = world.platform.fetch(None, world.server.now())
    post.deleted = True
    pages, _ = poll(world, first.cursor)
    assert stays.key in read([first, *pages])


def test_post_that_is_refused_again_and_again_is_a_gap(world: FacebookWorld) -> None:
    """Once may be a page token that is no more; twice is a post that nobody can read, and staff are shown which."""
    post = world.server.write("cannot be read")
    for number in range(60):
        world.server.say(f"comment {number}", post)
    world.server.fail_next("GET comments", "invalid", times=2)
    pages, cursor = poll(world)
    assert [page.gaps for page in pages if page.gaps] == []
    pages, cursor = poll(world, cursor)
    assert [gap.from_id for page in pages for gap in page.gaps] == [post.id]
    assert len(read(poll(world, cursor)[0])) == 60


def test_author_that_meta_leaves_out_is_nobody_else(world: FacebookWorld) -> None:
    """Two such comments have two authors: nobody's history, opt-out or erasure touches another."""
    said = [world.server.say("hello", world.server.first, author=None) for _ in range(2)]
    mentions = read(poll(world)[0])
    assert len({mentions[one.key].author_id for one in said}) == 2


def test_missing_right_for_ads_silences_ads_alone(world: FacebookWorld) -> None:
    """The token is good; the feed's trouble is told."""
    comment = world.server.say("hello", world.server.first)
    world.server.fail_next("GET ads", "permission")
    pages, _ = poll(world)
    assert set(read(pages)) == {comment.key}
    assert [page.feed for page in pages if page.error] == ["ads"]


def _threads(world: FacebookWorld) -> dict[str, Comment]:
    mine = world.server.say("We open at nine.", world.server.first, author=world.server.me)
    top = world.server.say("Nice", world.server.first, by="ada")
    return {
        "to us": world.server.say("thanks", world.server.first, by="bo", parent=mine),
        "themselves": world.server.say("and quick", world.server.first, by="ada", parent=top),
        "to somebody": world.server.say("indeed", world.server.first, by="cy", parent=top),
    }


def test_who_answers_somebody_else_does_not_speak_to_us(world: FacebookWorld) -> None:
    """But who answers the Page does, and who goes on in a thread of their own."""
    said = _threads(world)
    mentions = read(poll(world)[0])
    assert {name: mentions[one.key].is_addressed for name, one in said.items()} == {
        "to us": True,
        "themselves": True,
        "to somebody": False,
    }


def test_near_the_limit_every_other_round_is_left_out(world: FacebookWorld) -> None:
    """Meta's header names 80 per cent: half the pace. `status` shows it with the calls of the day."""
    world.section = type(world.section)(page_id=world.section.page_id, api_url=world.server.url, start="all")
    world.platform = world.again()
    world.server.usage(80)
    cursor = poll(world)[1]
    endpoints(world)
    later(world, seconds=300)
    pages, cursor = poll(world, cursor)
    assert endpoints(world) == [] and pages[0].feed == ""
    later(world, seconds=300)
    poll(world, cursor)
    assert endpoints(world)
    assert "80 %" in " ".join(world.section.status_lines(cursor, world.server.now()))


def test_header_that_says_full_stops_all_calls_for_its_minutes(world: FacebookWorld) -> None:
    """More calls would make the wait longer."""
    world.server.usage(100, minutes=7)
    with pytest.raises(ReadFailed):
        poll(world)
    endpoints(world)
    later(world, minutes=6)
    with pytest.raises(ReadFailed) as caught:
        poll(world)
    assert caught.value.cause == "rate" and endpoints(world) == []
    world.server.headers.clear()
    later(world, minutes=2)
    poll(world)


def test_calls_of_a_day_are_counted_across_restarts_and_bounded(world: FacebookWorld) -> None:
    """Reading leaves a tenth for sending; the next UTC day has calls again."""
    world.section = type(world.section)(page_id=world.section.page_id, api_url=world.server.url, daily_calls=10)
    cursor: Json | None = None
    for _ in range(3):
        world.platform = world.again()
        try:
            cursor = poll(world, cursor)[1]
        except ReadFailed as error:
            failed = error
    assert failed.cause == "rate" and "calls" in failed.message
    assert cursor is not None and cursor["calls"]["used"] <= 10
    later(world, days=1)
    poll(world, cursor)


def test_proof_of_the_apps_secret_goes_along_where_it_is_set(world: FacebookWorld) -> None:
    """Apps may demand it for every call from a server."""
    world.server.app_secret = "app-secret"
    with pytest.raises(ReadFailed):
        poll(world)
    world.env["EARSHOT_FACEBOOK_APP_SECRET"] = "app-secret"
    world.platform = world.again()
    poll(world)


def test_secret_that_meta_gives_back_is_shown_to_nobody(world: FacebookWorld) -> None:
    """In an error of its own shape."""
    echo = f'{{"error": {{"message": "bad token {world.server.token}", "code": 190}}}}'
    world.server.fail_next("GET me", "body", status=400, text=echo)
    with pytest.raises(ReadFailed) as caught:
        poll(world)
    assert world.server.token not in caught.value.message and "[secret]" in caught.value.message


def test_tokens_stand_in_no_address_and_no_cursor(world: FacebookWorld) -> None:
    """Meta's own `next` holds ours; only the page token is taken from it."""
    for number in range(150):
        world.server.say(f"comment {number}", world.server.first)
    _, cursor = poll(world)
    assert world.server.token not in str(cursor)
    assert not any(world.server.token in call.target for _, call in world.server.calls)
