"""An item that no step can handle costs itself, never its page; what is listed again is not gone."""

import json
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from listener.desk.approve import Target, approve
from listener.desk.forget import forget
from listener.feed_page import FeedPage, OwnPost
from listener.model import PostStatus
from listener.store import mentions, notices, replies
from listener.store.engine import open_store
from listener.store.operation_records import Quarantined
from tests.factories import DATA, author_of
from tests.intake.test_poll import state, stored
from tests.line import PRAISE, Line

MARKED_SECTION = DATA.parent / "cases" / "posts" / "html_marked_section.json"
# What a platform's module may give by mistake, each of which stopped the page for as long as the item was listed.
BROKEN: list[dict[str, Any]] = [
    {"author_followers": 2**70},  # no column takes it
    {"created_at": "yesterday"},  # cannot be compared
    {"text": None},
    {"id": 7},
    {"interaction_id": ["not", "hashable"]},
    {"attachments": (b"bytes",)},
    {"in_reply_to": object()},
]


def set_aside(line: Line) -> list[Quarantined]:
    """What lies in quarantine."""
    with line.store.read() as connection:
        return notices.quarantined_items(connection)


@pytest.mark.parametrize("wrong", BROKEN, ids=lambda wrong: next(iter(wrong)))
def test_an_item_that_a_step_cannot_handle_costs_itself_and_the_cursor_moves(line: Line, wrong: dict[str, Any]) -> None:
    """The others of its page are stored, and it lies in quarantine with all that the platform gave."""
    first, broken, last = line.mention(), replace(line.mention("kept words"), **wrong), line.mention()
    line.platform.pages = [FeedPage({"at": 1}, (first, broken, last))]
    counts = line.stages.poll("memory")
    assert (stored(line), state(line).cursor) == ([first.id, last.id], {"at": 1})
    assert (counts.polled, counts.stored, counts.skipped, counts.quarantined) == (3, 2, 0, 1)
    (item,) = set_aside(line)
    assert json.loads(item.raw)["author_id"] == broken.author_id and item.error


def test_an_edit_that_cannot_be_handled_costs_itself(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it stays half done: the words that were stored stand."""
    first = line.mention("one")
    line.platform.pages = [FeedPage({"at": 1}, (first,))]
    line.stages.poll("memory")
    edit = replace(first, text="two", created_at=first.created_at + timedelta(minutes=1), id="m-edit")
    other = line.mention()
    line.platform.pages = [FeedPage({"at": 2}, (edit, other))]
    real = replies.find_live

    def fail(connection: Any, key: int) -> Any:
        mentions.set_stage(connection, [key], "routed")
        raise KeyError("nobody foresaw this")

    monkeypatch.setattr(replies, "find_live", fail)
    line.stages.poll("memory")
    monkeypatch.setattr(replies, "find_live", real)
    assert (stored(line), [item.mention_id for item in set_aside(line)]) == ([first.id, other.id], ["m-edit"])
    with line.store.read() as connection:
        row = connection.execute(text("SELECT text, stage FROM mention ORDER BY key")).first()
    assert row == ("one", "new")


def test_a_post_of_ours_that_cannot_be_handled_costs_itself(line: Line) -> None:
    """The mentions of its page are stored."""
    mention = line.mention()
    post = OwnPost("p1", 2**70, "hello", line.now)  # type: ignore[arg-type]  # a module's mistake
    line.platform.pages = [FeedPage({"at": 1}, (mention,), brand_posts=(post,))]
    line.stages.poll("memory")
    assert (stored(line), [item.mention_id for item in set_aside(line)]) == ([mention.id], ["p1"])


def test_a_full_disk_is_no_items_fault(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is read again: nothing of it is set aside, and the cursor stays."""
    line.platform.pages = [FeedPage({"at": 1}, (line.mention(), line.mention()))]

    def fail(*args: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(mentions, "add", fail)
    line.stages.poll("memory")
    assert (set_aside(line), state(line).cursor) == ([], None)


def test_an_item_that_is_handled_later_lies_aside_no_more(line: Line) -> None:
    """A newer version of its platform's module gives it right."""
    whole = line.mention()
    line.platform.pages = [
        FeedPage({"at": 1}, (replace(whole, author_followers=2**70),)),
        FeedPage({"at": 1}, (whole,)),
    ]
    line.stages.poll("memory")
    assert len(set_aside(line)) == 1
    line.stages.poll("memory")
    assert (stored(line), set_aside(line)) == ([whole.id], [])


def test_the_words_of_an_item_that_was_set_aside_are_erased_with_its_author(line: Line) -> None:
    """`forget` finds who wrote it."""
    line.platform.pages = [FeedPage({"at": 1}, (replace(line.mention("my secret"), author_followers=2**70),))]
    line.stages.poll("memory")
    forget(line.store, line.desk(), "memory:h1", author_of)
    with line.store.read() as connection:
        assert connection.execute(text("SELECT raw FROM quarantine")).scalars().all() == [""]


@pytest.mark.skipif(not MARKED_SECTION.exists(), reason="the inputs of ../shared/cases are not here")
def test_a_post_with_a_marked_section_stops_no_poll(line: Line) -> None:
    """`<![x[ ]]>` broke the parser, and with it the platform: none of the two is lost."""
    rows = json.loads(MARKED_SECTION.read_text())["items"]
    page = tuple(line.mention(row["content_html"], id=row["id"], is_html=True) for row in rows)
    line.platform.pages = [FeedPage({"at": 1}, page)]
    line.stages.poll("memory")
    assert sorted(stored(line) + [item.mention_id for item in set_aside(line)]) == ["1", "2"]
    assert "2" in stored(line)


# ---- an approval at the moment of an edit


def test_an_approval_at_the_moment_of_an_edit_does_not_stand(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Approved on another connection between the poll's look at the reply and its move: the move did not happen."""
    mention = line.say()
    line.listen()
    reply = line.reply_to(mention.id)
    real, looks = replies.find_live, list[object]()

    def look(connection: Any, key: int) -> Any:
        """Return what was there before somebody approved it."""
        looks.append(key)
        return reply if len(looks) == 2 else real(connection, key)

    (approval,) = approve(line.store, line.desk(), [Target(reply.id)])
    assert approval.ok
    line.say("My mother has died.", id=mention.id, created_at=mention.created_at)
    monkeypatch.setattr(replies, "find_live", look)
    line.stages.poll("memory")
    back = line.reply(reply.id)
    assert (back.state, back.approved_by, back.revision) == ("drafted", None, reply.revision + 1)


def test_an_edit_and_an_approval_of_two_connections_never_leave_an_approval_of_the_old_words(line: Line) -> None:
    """Thirty times at a barrier: whoever is first, nothing goes out."""
    other = open_store(line.store.place)
    for turn in range(30):
        mention = line.say()
        line.listen()
        reply = line.reply_to(mention.id)
        line.say(f"It broke {turn}.", id=mention.id, created_at=mention.created_at)
        line.platform.pages[-1] = replace(line.platform.pages[-1], more=False)  # type: ignore[type-var]
        start, target = Barrier(2), Target(reply.id, reply.revision)

        def approve_it(target: Target = target, start: Barrier = start) -> None:
            start.wait()
            approve(other, line.desk(), [target])

        thread = Thread(target=approve_it)
        thread.start()
        start.wait()
        line.stages.poll("memory")
        thread.join()
        line.send()
        assert line.reply(reply.id).state == "drafted"
    assert line.platform.calls == 0
    other.close()


# ---- listed again


def gone(line: Line) -> int:
    """A reply that was withdrawn because two checks did not find its mention."""
    reply = line.approved()
    line.platform.standing = PostStatus(False)
    line.send()
    line.wait(minutes=11)
    line.send()
    assert line.reply(reply.id).closed_as == "withdrawn"
    return reply.id


def test_a_mention_that_is_listed_again_is_not_gone(line: Line) -> None:
    """Its reply is back with staff, who must approve it again."""
    reply_id = gone(line)
    line.say(PRAISE, id="m1", created_at=line.item(reply_id).mention.created_at)
    line.listen()
    item = line.item(reply_id)
    assert (line.reply(reply_id).state, line.reply(reply_id).approved_by) == ("drafted", None)
    assert (item.deleted_at, item.missing_at) == (None, None)
    line.send()
    assert line.platform.calls == 0
    line.platform.standing = PostStatus(True)
    approve(line.store, line.desk(), [Target(reply_id)])
    line.send()
    assert line.reply(reply_id).state == "sent"


def test_a_reply_that_was_withdrawn_for_another_reason_stays_closed(line: Line) -> None:
    """Only what was closed because it seemed gone comes back."""
    reply = line.approved()
    line.platform.standing = PostStatus(True, None, "own-7")
    line.send()
    with line.store.write() as connection:
        mentions.record_deletion(connection, reply.mention_key, line.now)
    line.say(PRAISE, id="m1", created_at=line.item(reply.id).mention.created_at)
    line.listen()
    assert (line.reply(reply.id).state, line.item(reply.id).deleted_at) == ("closed", None)
