"""A mention that is edited after our reply went out: answered once, and shown to staff where the new words matter."""

from dataclasses import replace

import pytest

from listener.feed_page import FeedPage
from listener.store import items, notices
from tests.line import COMPLAINT, PRAISE, Line

LEGAL = "Thank you for nothing, you will hear from my lawyer."


def edit(line: Line, reply_id: int, text: str) -> None:
    """The author edits the mention, and all stages run."""
    known = line.item(reply_id).mention
    line.wait(minutes=5)
    line.platform.pages.append(FeedPage({"at": 2}, (replace(known, text=text, created_at=line.now),), more=True))
    line.listen()
    line.send()


@pytest.mark.parametrize("text", [COMPLAINT, LEGAL, PRAISE + " When do you open on Sundays?"])
def test_new_words_that_ask_for_a_person_open_a_notice_and_send_nothing(line: Line, text: str) -> None:
    """A complaint, a guard, a question."""
    reply = line.approved()
    line.send()
    edit(line, reply.id, text)
    with line.store.read() as connection:
        (notice,) = notices.list_open(connection)
    assert (notice.kind, notice.subject) == ("edited_after_reply", str(reply.id))
    assert (len(line.platform.posts), line.reply(reply.id).state) == (1, "sent")
    assert line.item(reply.id).mention.text == text


@pytest.mark.parametrize("text", [PRAISE + "!", "Thanks, all is well again!"])
def test_new_words_that_only_thank_are_an_event(line: Line, text: str) -> None:
    """Nobody is called."""
    reply = line.approved()
    line.send()
    edit(line, reply.id, text)
    assert not line.notices() and len(line.platform.posts) == 1
    with line.store.read() as connection:
        assert items.item(connection, reply_id=reply.id).edited_at == line.now


def test_an_edit_while_the_reply_is_on_its_way_is_reported_too(line: Line) -> None:
    """Nobody knows yet whether it arrived."""
    reply = line.approved()
    line.platform.script, line.platform.tells = ["lost"], False
    line.send()
    edit(line, reply.id, COMPLAINT)
    assert "edited_after_reply" in line.notices() and line.reply(reply.id).state == "unconfirmed"
