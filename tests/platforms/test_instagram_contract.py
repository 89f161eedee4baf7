"""Instagram keeps the contract of every platform, with both logins."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.meta import InstagramServer
from tests.platforms.contract import PlatformContract
from tests.platforms.meta_worlds import InstagramWorld, serving


class TestInstagram(PlatformContract):
    """Comments 50 a page, answers inside of them, a number of comments to watch."""

    login = "instagram"

    @pytest.fixture
    def world(self, tmp_path: Path) -> Iterator[InstagramWorld]:
        """A server and the platform."""
        with serving(InstagramServer()) as server:
            yield InstagramWorld(server, tmp_path, login=self.login)


class TestFacebookLogin(TestInstagram):
    """The token of a person or a Page, which is not renewed here."""

    login = "facebook"
