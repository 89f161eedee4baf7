"""What every platform must keep. A platform's test subclasses `PlatformContract` and gives it a `World`.

The tests stand in contract_reading, contract_replies and contract_trouble. What a world leaves undone is skipped with
its reason: a file has no rate limit.
"""

from collections.abc import Iterator

import pytest

from listener.model import Mention
from tests.platforms.contract_reading import Reading
from tests.platforms.contract_replies import Replies
from tests.platforms.contract_trouble import Trouble
from tests.platforms.other_side import Outcome, World
from tests.platforms.rounds import mentions, now, outgoing, walk

__all__ = ["Outcome", "PlatformContract", "World", "mentions", "now", "outgoing", "walk"]


class PlatformContract(Reading, Replies, Trouble):
    """Inherit, and give a fixture `world` whose platform reads everything from the start (`start = "all"`)."""

    @pytest.fixture
    def world(self) -> Iterator[World]:
        """The platform under test."""
        raise NotImplementedError

    @pytest.fixture
    def mention(self, world: World) -> Mention:
        """One mention that can be answered."""
        world.plant("hello there")
        return mentions(walk(world.platform, None)[0])[0]

    @pytest.fixture
    def answerable(self, world: World, mention: Mention) -> Mention:
        """The same, where the platform takes replies."""
        if not world.posts:
            pytest.skip("this platform takes no reply: they are written by hand")
        return mention
