"""Fixtures of the platforms' tests."""

from collections.abc import Iterator

import pytest

from tests.fakes.x import XServer
from tests.platforms.x_world import serving


@pytest.fixture
def server() -> Iterator[XServer]:
    """A fake X."""
    with serving() as one:
        yield one
