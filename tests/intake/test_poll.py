"""Intake: mentions and cursor together, each mention once, and no platform's trouble loses anything."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from listener.errors import DatabaseBusy, ReadFailed
from listener.feed_page import FeedPage, Gap, QuarantinedItem
from listener.store import notices, platforms
from listener.store.operation_records import PlatformState
from tests.line import COMPLAINT, Line


def stored(line: Line) -> list[str]:
    """The ids of all stored mentions, in the order of arrival."""
    with line.store.read() as connection:
        return list(connection.execute(text("SELECT id FROM mention ORDER BY key")).scalars())


def state(line: Line) -> PlatformState:
    """How listening stands."""
    with line.store.read() as connection:
        status = platforms.read_state(connection, "memory")
    assert status is not None
    return status


def test_overlapping_pages_and_repeats_within_a_page_store_each_mention_once(line: Line) -> None:
    """The same mention thrice, in two pages."""
    first, second = line.mention(), line.mention()
    line.platform.pages = [FeedPage({"at": 1}, (first, first), more=True), FeedPage({"at": 2}, (second, first))]
    done = line.stages.poll("memory")
    assert stored(line) == [first.id, second.id]
    assert (done.polled, done.stored, done.skipped) == (4, 2, 2)


def test_the_cursor_moves_with_its_page(line: Line) -> None:
    """What is stored and how far we read are one fact."""
    line.platform.pages = [FeedPage({"at": 7}, (line.mention(),))]
    line.stages.poll("memory")
    assert state(line).cursor == {"at": 7}


def test_a_platform_that_cannot_be_read_keeps_its_cursor_and_waits_longer_each_time(line: Line) -> None:
    """The third failure in a row tells the operator; the next success clears it."""
    line.platform.pages = [FeedPage({"at": 7}), *[ReadFailed("no route") for _ in range(3)]]
    line.stages.poll("memory")
    for _ in range(3):
        line.stages.poll("memory")
        line.wait(minutes=16)
    assert (state(line).cursor, state(line).failures, line.notices()) == ({"at": 7}, 3, ["unreachable"])
    line.stages.poll("memory")
    assert (state(line).failures, line.notices()) == (0, [])


def test_a_platform_is_not_read_before_the_time_it_named(line: Line) -> None:
    """A rate limit is obeyed."""
    line.platform.pages = [
        ReadFailed("wait", cause="rate", retry_at=line.now + timedelta(minutes=15)),
        FeedPage({"at": 1}),
    ]
    line.stages.poll("memory")
    line.wait(minutes=14)
    line.stages.poll("memory")
    assert len(line.platform.pages) == 1
    line.wait(minutes=2)
    line.stages.poll("memory")
    assert line.platform.pages == []


def test_an_account_in_trouble_is_told_at_once(line: Line) -> None:
    """No third failure is waited for."""
    line.platform.pages = [ReadFailed("token revoked", "make a new one", cause="account")]
    line.stages.poll("memory")
    assert line.notices() == ["account"]


def test_a_fault_of_the_platforms_module_is_a_failed_poll_and_no_crash(line: Line) -> None:
    """Whatever it raises, the attempt has ended."""
    line.platform.pages = [ZeroDivisionError("a bug")]
    done = line.stages.poll("memory")
    assert done.failed is not None and "ZeroDivisionError" in done.failed
    assert state(line).attempt_at == line.now


def test_a_bad_item_is_set_aside_once_with_its_raw_text_and_the_page_is_kept(line: Line) -> None:
    """Seen again at the next poll, it is not counted again."""
    bad = QuarantinedItem("b1", '{"id": "b1", "text"', "cut off")
    line.platform.pages = [FeedPage({"at": 1}, (line.mention(),), quarantined_items=(bad,))]
    assert line.stages.poll("memory").quarantined == 1
    line.platform.pages = [FeedPage({"at": 2}, quarantined_items=(bad,))]
    assert line.stages.poll("memory").quarantined == 0
    with line.store.read() as connection:
        (item,) = notices.quarantined_items(connection)
    assert (item.raw, len(stored(line))) == (bad.raw, 1)


def test_two_items_without_an_id_are_two(line: Line) -> None:
    """Named after their content."""
    line.platform.pages = [
        FeedPage(
            {"at": 1},
            quarantined_items=(QuarantinedItem("", "{one", "cut off"), QuarantinedItem("", "{two", "cut off")),
        )
    ]
    assert line.stages.poll("memory").quarantined == 2


def test_an_item_that_comes_whole_later_lies_aside_no_more(line: Line) -> None:
    """A half-written line, completed."""
    whole = line.mention(id="b1")
    line.platform.pages = [
        FeedPage({"at": 1}, quarantined_items=(QuarantinedItem("b1", "half", "cut off"),), more=True),
        FeedPage({"at": 2}, (whole,)),
    ]
    line.stages.poll("memory")
    with line.store.read() as connection:
        assert notices.quarantined_items(connection) == []


def test_a_gap_opens_one_notice_that_stays_until_a_person_clears_it(line: Line) -> None:
    """The same gap told twice is one."""
    gap = Gap("mentions", "100", "900", "400 mentions between 100 and 900 could not be read")
    line.platform.pages = [FeedPage({"at": 1}, gaps=(gap,), more=True), FeedPage({"at": 2}, gaps=(gap,))]
    line.stages.poll("memory")
    assert line.notices() == ["gap"]
    with line.store.write() as connection:
        (notice,) = notices.list_open(connection)
        notices.clear_by_hand(connection, notice.id, "ann", line.now)
    assert line.notices() == []


def test_text_that_no_database_takes_is_made_storable_and_stops_no_other(line: Line) -> None:
    """A lone surrogate and a NUL between two sound mentions."""
    hostile = line.mention("a \ud800 lone surrogate and a \x00 NUL", author_name="\udfff")
    first, last = line.mention(), line.mention()
    line.platform.pages = [FeedPage({"at": 1}, (first, hostile, last))]
    line.stages.poll("memory")
    assert stored(line) == [first.id, hostile.id, last.id]


def test_markup_is_taken_off_at_the_door(line: Line) -> None:
    """Staff, the log and a look just before sending see words, not tags; what is no markup stays as it is."""
    line.say("<p>@<span>fernhill</span> 5 &lt; 6<br>so</p>", is_html=True)
    line.say("5 &lt; 6")
    line.stages.poll("memory")
    with line.store.read() as connection:
        texts = connection.execute(text("SELECT text, is_html FROM mention ORDER BY key")).all()
    assert [tuple(row) for row in texts] == [("@fernhill 5 < 6\nso", 0), ("5 &lt; 6", 0)]


def test_an_endless_text_is_capped(line: Line) -> None:
    """100 kB come in, a judgeable length is kept."""
    line.platform.pages = [FeedPage({"at": 1}, (line.mention("x" * 100_000),))]
    line.stages.poll("memory")
    with line.store.read() as connection:
        assert connection.execute(text("SELECT length(text) FROM mention")).scalar_one() <= 30_000


def test_sql_in_every_field_is_stored_verbatim(line: Line) -> None:
    """Little Bobby Tables."""
    evil = "x'); DROP TABLE mention; --"
    line.platform.pages = [FeedPage({"at": 1}, (line.mention(evil, id=evil, author_id=evil, author_handle=evil),))]
    line.stages.poll("memory")
    assert stored(line) == [evil]


def test_an_edit_with_a_new_id_is_the_same_interaction(line: Line) -> None:
    """Each edit on X is a new post: one row, the newest text, decided again while nothing was drafted."""
    first = line.mention("My desk today.")
    edit = replace(first, id="m-edit", text=COMPLAINT, created_at=first.created_at + timedelta(minutes=5))
    line.platform.pages = [FeedPage({"at": 1}, (first,))]
    line.listen()
    line.platform.pages = [FeedPage({"at": 2}, (edit, first))]
    line.listen()
    assert stored(line) == [first.id]
    assert line.reply_to(first.id).kind == "support"


def test_an_older_version_listed_again_does_not_bring_the_old_text_back(line: Line) -> None:
    """The overlap reads the first version after the edit."""
    first = line.mention("one")
    edit = replace(first, id="m-edit", text="two", created_at=first.created_at + timedelta(minutes=5))
    line.platform.pages = [FeedPage({"at": 1}, (edit,), more=True), FeedPage({"at": 2}, (first,))]
    line.stages.poll("memory")
    with line.store.read() as connection:
        assert connection.execute(text("SELECT text FROM mention")).scalar_one() == "two"


def test_a_first_run_begins_when_it_was_first_tried(line: Line) -> None:
    """A dead network at the first start must not move `now` on."""
    began = state(line).began_at
    line.platform.pages = [ReadFailed("no route")]
    line.stages.poll("memory")
    line.wait(hours=3)
    line.stages.poll("memory")
    assert state(line).began_at == began


def test_a_poll_that_backs_off_is_an_attempt_that_ended_and_says_why(line: Line) -> None:
    """A container does not get unhealthy for a rate limit, and `once` does not pretend that all is well."""
    line.platform.pages = [ReadFailed("wait", cause="rate", retry_at=line.now + timedelta(minutes=15))]
    line.stages.poll("memory")
    line.wait(minutes=10)
    done = line.stages.poll("memory")
    assert done.failed is not None and done.failed.startswith("wait; next try at")
    assert state(line).attempt_at == line.now


def test_a_clock_that_was_a_day_ahead_does_not_deafen_us(line: Line) -> None:
    """Its time to read again means nothing once the clock is right."""
    line.wait(days=1)
    line.platform.pages = [
        ReadFailed("wait", cause="rate", retry_at=line.now + timedelta(minutes=15)),
        FeedPage({"at": 1}),
    ]
    line.stages.poll("memory")
    line.wait(days=-1)
    line.stages.poll("memory")
    assert state(line).cursor == {"at": 1}


def test_a_database_that_is_busy_is_no_fault_of_the_platform(line: Line) -> None:
    """The stage waits, and is tried again; the platform is not blamed for it."""
    line.platform.pages = [DatabaseBusy("the database is locked")]
    line.stages.poll("memory")
    assert (state(line).failures, state(line).error) == (0, None)


def test_one_id_under_two_interactions_stops_no_poll(line: Line) -> None:
    """A platform that contradicts itself."""
    mention = line.mention()
    line.platform.pages = [FeedPage({"at": 1}, (mention, replace(mention, interaction_id="other")))]
    assert line.stages.poll("memory").stored == 1


def test_a_page_listed_newest_first_is_kept_in_the_order_of_writing(line: Line) -> None:
    """The log reads as it was said."""
    first = line.mention()
    later = line.mention(created_at=first.created_at + timedelta(minutes=1))
    line.platform.pages = [FeedPage({"at": 1}, (later, first))]
    line.stages.poll("memory")
    assert stored(line) == [first.id, later.id]


def test_a_platform_is_asked_for_our_own_posts_only_while_something_waits(line: Line) -> None:
    """Listing them costs money on X; one without the method is read as ever."""
    line.stages.poll("memory")
    assert not line.platform.own_posts_needed
    line.approved()
    line.stages.poll("memory")
    assert line.platform.own_posts_needed
