"""Facebook keeps the contract of every platform."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.meta import FacebookServer
from tests.platforms.contract import PlatformContract
from tests.platforms.meta_worlds import FacebookWorld, serving


class TestFacebook(PlatformContract):
    """Ids as POST_COMMENT, nested comments, cursors."""

    @pytest.fixture
    def world(self, tmp_path: Path) -> Iterator[FacebookWorld]:
        """A server and the platform."""
        with serving(FacebookServer()) as server:
            yield FacebookWorld(server, tmp_path)
