"""The weeks at a small part of their length; `make soak` makes them whole."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.meta import FacebookServer, InstagramServer
from tests.platforms.meta_worlds import serving
from tests.soak.meta_week import LOUD, week


@pytest.mark.parametrize("make", [FacebookServer, InstagramServer])
def test_comments_of_hours_are_stored_within_the_budget(
    tmp_path: Path, make: type[FacebookServer | InstagramServer]
) -> None:
    """Late, deleted and in threads: none is missed without a gap."""
    traffic = replace(LOUD, comments=300, old=12, poll_seconds=3600)
    with serving(make()) as server:  # type: ignore[type-var]  # either of the two
        report = week(tmp_path, server, traffic, days=1.25)
    assert not report.wrong, report.lines
    assert "missed 0" in report.lines[0]
