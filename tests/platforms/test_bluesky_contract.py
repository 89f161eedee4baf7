"""Bluesky keeps the contract of every platform."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platforms.bluesky_world import BlueskyWorld, serving
from tests.platforms.contract import PlatformContract


class TestBluesky(PlatformContract):
    """The contract against the fake network."""

    @pytest.fixture
    def world(self, tmp_path: Path) -> Iterator[BlueskyWorld]:
        """A network and the platform."""
        with serving() as server:
            yield BlueskyWorld(server, tmp_path)


class TestForgetfulBluesky(TestBluesky):
    """The same against a server that closes kept connections without a word."""

    @pytest.fixture
    def world(self, tmp_path: Path) -> Iterator[BlueskyWorld]:
        """A network and the platform."""
        with serving() as server:
            server.forgets = True
            yield BlueskyWorld(server, tmp_path)
