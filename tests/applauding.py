"""Praise and acts of applause, for tests of what else they touch."""

from dataclasses import replace
from typing import Any

import pytest

from listener.club_rules import Applause, Club
from listener.desk import applause
from listener.desk.approve import DeskContext
from listener.model import PostStatus
from listener.store import acts, mentions
from listener.store.records import Act
from tests.line import Line

PRAISE = "I love the smooth paper of your notebooks, thank you so much!"


def turn_on(line: Line) -> Line:
    """Applause is on, and the platform shows posts as they are."""
    line.policy = replace(line.policy, club=Club(applause=Applause()), quiet_hours=(), timezone="UTC")
    line.platform.standing = PostStatus(is_present=True)
    return line


@pytest.fixture
def fans(line: Line) -> Line:
    """A line with applause."""
    return turn_on(line)


def desk(line: Line, *, api: bool = True) -> DeskContext:
    """Ann's, on a platform whose API can like and repost, or cannot."""
    return replace(line.desk(), acts_of=lambda platform: ("like", "repost") if api else ())


def said(line: Line, text: str = PRAISE, **changes: Any) -> tuple[str, str]:
    """A mention that is decided."""
    mention = line.say(text, **changes)
    line.listen()
    return ("memory", mention.id)


def act(line: Line, post: tuple[str, str], what: str = "like") -> Act:
    """The act as it stands."""
    with line.store.read() as connection:
        kept = acts.find(connection, mentions.locate(connection, *post) or 0, what)
    assert kept is not None
    return kept


def liked(line: Line, *kinds: str) -> tuple[str, str]:
    """Praise of which these acts are chosen."""
    post = said(line)
    applause.applaud(line.store, desk(line), post, kinds or ("like",))
    return post


def done(line: Line) -> list[str]:
    """What was really done."""
    return [post[2] for post in line.platform.posts]
