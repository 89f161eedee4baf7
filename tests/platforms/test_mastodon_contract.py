"""Mastodon keeps the contract of every platform, with the manners of three servers."""

from collections.abc import Iterator

import pytest

from tests.fakes.mastodon import GOTOSOCIAL, MASTODON, WALKED_DOWN, Manners
from tests.platforms.contract import PlatformContract
from tests.platforms.mastodon_world import MastodonWorld, serving


class TestMastodon(PlatformContract):
    """Numbers for ids, min_id, an Idempotency-Key that is kept to."""

    manners: Manners = MASTODON

    @pytest.fixture
    def world(self) -> Iterator[MastodonWorld]:
        """A server and the platform."""
        with serving(self.manners) as server:
            yield MastodonWorld(server)


class TestGoToSocial(TestMastodon):
    """ULIDs, in any order within a millisecond; no Idempotency-Key; 5,000 characters, each counted."""

    manners = GOTOSOCIAL


class TestSnac(TestMastodon):
    """No min_id, no Idempotency-Key, an edit gives another id, and kept connections are reset."""

    manners = WALKED_DOWN
