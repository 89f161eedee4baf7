"""What the test against a real network demands of itself: `make test-bluesky` runs it, where it can."""

import pytest

from tests.network.story import AUTHORS, EACH, require_all_said


def test_network_test_fails_when_an_author_fell_silent() -> None:
    """A thread that dies left fewer mentions to miss, and the test passed."""
    everything = [str(number) for number in range(AUTHORS * EACH)]
    require_all_said(everything)
    with pytest.raises(AssertionError, match="only 299 of 300 mentions were said"):
        require_all_said(everything[1:])
