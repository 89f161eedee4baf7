"""What is changed in a post besides its words: media and labels are seen, and what says the same disturbs nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from listener.feed_page import FeedPage
from listener.model import Mention
from listener.store import edits, mentions
from tests.line import COMPLAINT, PRAISE, Line


def listed(line: Line, mention: Mention) -> None:
    """A later poll that lists it."""
    line.wait(minutes=1)
    line.platform.pages.append(FeedPage({"at": 2}, (mention,)))
    line.listen()


@pytest.mark.parametrize("changes", [{"attachments": ("picture: a torn seam",)}, {"labels": ("graphic-media",)}])
def test_a_picture_or_a_label_that_is_added_takes_the_approval_back(line: Line, changes: dict[str, Any]) -> None:
    """The words are as before; what was approved was an answer to something else."""
    reply = line.approved()
    listed(line, replace(line.item(reply.id).mention, **changes))
    item = line.item(reply.id)
    assert item.reply is not None and item.reply.state in ("drafted", "escalated")
    assert {name: getattr(item.mention, name) for name in changes} == changes


def test_a_new_description_of_a_picture_is_seen(line: Line) -> None:
    """Alternative text is part of what is said."""
    mention = line.say(COMPLAINT, attachments=("picture",))
    line.listen()
    listed(line, replace(mention, attachments=("picture: the burnt plug",)))
    assert line.item(line.reply_to(mention.id).id).mention.attachments == ("picture: the burnt plug",)


def test_a_description_that_a_platform_leaves_out_once_is_no_edit(line: Line) -> None:
    """X answers with an error in place of media that it cannot find just now; the post is the same."""
    mention = line.say(COMPLAINT, attachments=("picture: the burnt plug", "poll: red / blue"))
    line.listen()
    before = line.reply_to(mention.id)
    listed(line, replace(mention, attachments=("picture", "poll")))
    after = line.item(before.id)
    assert (line.reply_to(mention.id).revision, after.edited_at) == (before.revision, None)
    assert after.mention.attachments == mention.attachments


@pytest.mark.parametrize("attachments", [("picture",), ("picture: a", "picture"), ("picture: b", "video")])
def test_other_media_are_an_edit_whatever_they_show(line: Line, attachments: tuple[str, ...]) -> None:
    """A picture less, or another one, is something else."""
    mention = line.say(COMPLAINT, attachments=("picture: a", "video: b"))
    line.listen()
    listed(line, replace(mention, attachments=attachments))
    assert line.item(line.reply_to(mention.id).id).mention.attachments == attachments


def test_a_later_version_with_a_picture_that_is_not_described_is_an_edit(line: Line) -> None:
    """Another picture may stand there now."""
    mention = line.say(COMPLAINT, attachments=("picture: a",))
    line.listen()
    listed(line, replace(mention, attachments=("picture",), created_at=line.now + timedelta(seconds=1)))
    assert line.item(line.reply_to(mention.id).id).mention.attachments == ("picture",)


def test_a_quote_that_feeds_show_differently_and_another_order_are_no_edit(line: Line) -> None:
    """Bluesky's notifications give the address of a quoted post, its search the words."""
    mention = line.say(COMPLAINT, attachments=("picture: a", "quote: at://x"), labels=("a", "b"))
    line.listen()
    before = line.reply_to(mention.id)
    listed(line, replace(mention, attachments=("quote: @ada: hi", "picture: a"), labels=("b", "a")))
    assert (line.reply_to(mention.id).revision, line.item(before.id).edited_at) == (before.revision, None)


def test_a_label_that_is_added_while_its_mention_is_decided_counts_as_a_change(line: Line) -> None:
    """What the decision saw is out of date: it is not kept."""
    line.say(PRAISE)
    line.stages.poll("memory")
    with line.store.write() as connection:
        batch = {key: said for key, (said, _) in mentions.undecided_mentions(connection, 9).items()}
        assert mentions.filter_unchanged(connection, batch) == set(batch) != set()
        for key, said in batch.items():
            edits.record(connection, key, said.text, replace(said, labels=("porn",)), by="poll", now=line.now)
        assert mentions.filter_unchanged(connection, batch) == set()
