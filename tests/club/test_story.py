"""The story of a customer in docs/club.md is what the program says."""

from pathlib import Path

from tests.club import story
from tests.databases import only_on_sqlite

pytestmark = only_on_sqlite("commands of the real command line on a file")


def test_the_story_is_told_as_it_happens(tmp_path: Path) -> None:
    """`python -m tests.club.story` writes it anew."""
    page = story.PAGE.read_text(encoding="utf-8")
    log = story.tell(tmp_path)
    assert story.written(page, log) == page
    codes = [code for code in story.CODES if code in log]
    assert len(codes) == 2 and all(log.count(code) == 1 for code in codes)
