"""An announcement of ours that comes back through a search or a feed is no mention."""

from dataclasses import replace

import pytest

from listener.desk import announcements
from listener.feed_page import FeedPage
from listener.model import Mention, Preview
from listener.store.tables import posting
from tests.intake.test_poll import stored
from tests.line import Line

WORDS = "Ten per cent off all notebooks today: https://fernhill.example/sale"
URL = "https://social.example/@fernhill/77"
HEARD = {"is_addressed": False}
FEED = {"can_reply": False, "ineligible_reason": "a feed"}


def shown(text: str, platform: str) -> Preview:
    """280 code points, as they are."""
    return Preview(text, len(text), 280)


@pytest.fixture
def announced(line: Line) -> Line:
    """A line whose announcement is out."""
    number = announcements.add(line.store, line.desk(), shown, WORDS, line.now, ["memory"])
    announcements.approve(line.store, line.desk(), shown, number)
    line.send()
    assert len(line.platform.posts) == 1
    with line.store.write() as connection:
        connection.execute(posting.update().values(remote_url=URL))
    return line


def read(line: Line, *mentions: Mention) -> list[str]:
    """Poll these; returns the ids that are stored."""
    line.platform.pages = [FeedPage({"at": 1}, mentions)]
    counts = line.stages.poll("memory")
    assert counts.stored + counts.skipped == len(mentions)
    return stored(line)


@pytest.mark.parametrize(
    "back",
    [
        {"text": "whatever", "id": "post-1"},
        {"text": "whatever", "url": URL},
        {"text": "whatever", "url": "http://www.social.example/@fernhill/77/?utm_source=rss"},
        {"text": WORDS, **HEARD},
        {"text": "Ten per cent off all notebooks today: https://t.example/x9", **HEARD},
        {"text": "TEN PER CENT OFF\nall notebooks today", **HEARD},
        {"text": f"Ten per cent off all notebooks...\n{WORDS}", **FEED},
        {"text": f"{WORDS}\n\n{WORDS}", **FEED},
    ],
)
def test_an_announcement_that_comes_back_is_no_mention(announced: Line, back: dict[str, object]) -> None:
    """By its id, its link or its words; what else is on the page is kept."""
    other = announced.mention("I love the notebook")
    assert read(announced, replace(announced.mention(), **back), other) == [other.id]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "said",
    [
        {"text": WORDS},
        {"text": f"Look: {WORDS}", **HEARD},
        {"text": f"{WORDS} Is that true?", **HEARD},
        {"text": "Ten per cent off all notebooks", **HEARD},
        {"text": "notebooks today", **HEARD},
        {"text": "", **HEARD},
    ],
)
def test_what_a_person_says_of_it_is_a_mention(announced: Line, said: dict[str, object]) -> None:
    """Their own words, a part of ours, or our very words to us."""
    mention = replace(announced.mention(), **said)  # type: ignore[arg-type]
    assert read(announced, mention) == [mention.id]


def test_a_draft_that_is_not_out_drops_nothing(line: Line) -> None:
    """Somebody else said it first."""
    announcements.add(line.store, line.desk(), shown, WORDS, line.now, ["memory"])
    mention = line.mention(WORDS, is_addressed=False)
    assert read(line, mention) == [mention.id]


def test_one_whose_outcome_is_not_known_is_recognised_by_its_words(line: Line) -> None:
    """The answer to its call was lost, and the feed has it already."""
    line.platform.script, line.platform.tells = ["cut"], False
    number = announcements.add(line.store, line.desk(), shown, WORDS, line.now, ["memory"])
    announcements.approve(line.store, line.desk(), shown, number)
    line.send()
    assert read(line, line.mention(WORDS, is_addressed=False)) == []
