"""Ids that change: a post keeps its row, whatever the platform calls it now, and rows of earlier versions are known."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from listener.feed_page import FeedPage
from listener.model import Mention
from tests.line import COMPLAINT, PRAISE, Line

URL = "https://far.example/@ada/1"


def listed(line: Line, *mentions: Mention) -> None:
    """A poll that lists these."""
    line.platform.pages = [FeedPage({"at": 1}, mentions)]
    line.listen()


def rows(line: Line, columns: str) -> list[tuple[object, ...]]:
    """What is stored of all mentions."""
    with line.store.read() as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT {columns} FROM mention ORDER BY key"))]


def of_old(line: Line, words: str = PRAISE) -> Mention:
    """A mention as an earlier version read it: its id was its identity, and its conversation."""
    mention = line.mention(words)
    return replace(mention, interaction_id=mention.id, conversation_id=mention.id, url=URL)


def as_now(mention: Mention, post_id: str, **changes: Any) -> Mention:
    """The same post as it is read now."""
    return replace(mention, id=post_id, interaction_id="uri:1", conversation_id="uri:1", **changes)


def test_a_row_of_an_earlier_version_is_known_by_its_id_and_from_then_on_by_its_identity(line: Line) -> None:
    """The first overlap after the upgrade lists all that is known: nothing is new."""
    old = of_old(line)
    listed(line, old)
    listed(line, as_now(old, old.id))
    edit = as_now(old, "later", text=COMPLAINT, created_at=old.created_at + timedelta(minutes=1))
    listed(line, edit)
    assert rows(line, "id, interaction_id, conversation_id, version_id, text") == [
        (old.id, "uri:1", "uri:1", "later", COMPLAINT)
    ]


def test_a_row_of_an_earlier_version_whose_post_has_another_id_is_known_by_its_address(line: Line) -> None:
    """It was edited while the upgrade was made."""
    old = of_old(line)
    listed(line, old)
    listed(line, as_now(old, "later", text=COMPLAINT, created_at=old.created_at + timedelta(minutes=1)))
    assert rows(line, "id, interaction_id, version_id, text") == [(old.id, "uri:1", "later", COMPLAINT)]


@pytest.mark.parametrize("changes", [{"author_id": "somebody"}, {"url": f"{URL}2"}, {"url": None}])
def test_another_persons_post_or_address_is_another_post(line: Line, changes: dict[str, str | None]) -> None:
    """An address alone proves nothing."""
    old = of_old(line)
    listed(line, old)
    listed(line, as_now(old, "later", **changes))
    assert len(rows(line, "id")) == 2


def test_an_id_that_changes_without_an_edit_is_followed_and_disturbs_no_approval(line: Line) -> None:
    """snac gives a post another id when it is delivered once more."""
    first = as_now(of_old(line, COMPLAINT), "1")
    listed(line, first)
    before = line.reply_to(first.id)
    listed(line, replace(first, id="2"))
    assert rows(line, "id, version_id, edited_at") == [("1", "2", None)]
    assert (line.reply_to(first.id).state, line.reply_to(first.id).revision) == (before.state, before.revision)


def test_two_edits_of_one_second_are_both_seen(line: Line) -> None:
    """Some servers tell times in seconds."""
    first = as_now(of_old(line), "1")
    listed(line, first)
    listed(line, replace(first, id="2", text=COMPLAINT))
    assert rows(line, "version_id, text") == [("2", COMPLAINT)]


def test_a_conversation_that_could_not_be_read_is_known_later(line: Line) -> None:
    """What the post answers stood in for it; a stand-in never replaces what is known."""
    answer = replace(as_now(of_old(line), "2"), in_reply_to="parent", conversation_id="parent")
    listed(line, answer)
    listed(line, replace(answer, conversation_id="uri:1"))
    listed(line, answer)
    assert rows(line, "conversation_id") == [("uri:1",)]


def test_what_an_earlier_version_did_not_store_is_filled_in_when_the_post_is_listed(line: Line) -> None:
    """Every row counts as public after the upgrade, also that of a direct message; nothing that is known is emptied."""
    old = of_old(line, COMPLAINT)
    listed(line, old)
    now = as_now(old, old.id, is_private=True, attachments=("quote: so late",))
    for mention in (now, replace(now, attachments=())):
        listed(line, mention)
    ((is_private, attachments, edited_at),) = rows(line, "is_private, CAST(attachments AS TEXT), edited_at")
    assert is_private and (attachments, edited_at) == ('["quote: so late"]', None)
    assert line.item(line.reply_to(old.id).id).mention.is_private


def test_older_rows_of_a_conversation_get_its_name_when_a_page_tells_it(line: Line) -> None:
    """They bear the id of its first post: one automatic reply a conversation counts those before the upgrade too."""
    old, other = replace(of_old(line), conversation_id="root"), of_old(line)
    listed(line, old, other)
    new = replace(line.mention(), conversation_id="uri:1")
    line.platform.pages = [FeedPage({"at": 2}, (new,), conversation_names={"root": "uri:1"})]
    line.listen()
    assert rows(line, "conversation_id") == [("uri:1",), (other.id,), ("uri:1",)]
