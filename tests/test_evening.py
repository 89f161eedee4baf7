"""What the tests on real servers demand of themselves: `make test-bluesky` and `make test-mastodon` run them."""

import pytest

from tests.evening import require_all_posted
from tests.fediverse.story import inside_gaps

GAP = (1_700_000_000_000_100, 1_700_000_000_000_200)


def test_an_evening_fails_when_an_author_fell_silent() -> None:
    """A thread that dies left fewer mentions to miss, and the test passed."""
    require_all_posted(300, 300)
    with pytest.raises(AssertionError, match="only 299 of 300 mentions were said"):
        require_all_posted(299, 300)


@pytest.mark.parametrize(
    ("offsets", "is_inside"),
    [([150], True), ([100], False), ([200], False), ([250], False), ([150, 250], False), ([], False)],
)
def test_a_missed_mention_is_excused_by_no_gap_but_its_own(offsets: list[int], is_inside: bool) -> None:
    """A gap anywhere excused whatever was missed; also one that was listed again, or never notified, must be read."""
    notifications = [("uri", GAP[0] - 100 + offset) for offset in offsets]
    assert ("uri" in inside_gaps(notifications, [GAP])) is is_inside
