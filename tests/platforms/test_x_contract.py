"""X keeps the contract of every platform."""

from collections.abc import Iterator

import pytest

from tests.platforms.contract import PlatformContract
from tests.platforms.x_world import XWorld, serving


class TestX(PlatformContract):
    """The contract against the fake X server."""

    @pytest.fixture
    def world(self) -> Iterator[XWorld]:
        """A server and the platform."""
        with serving() as server:
            yield XWorld(server)
