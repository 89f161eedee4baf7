"""Fixtures for the club."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.club.shop import Shop
from tests.desk.conftest import world
from tests.desk.world import made

__all__ = ["world"]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A desk with five coupons."""
    store = made(tmp_path)
    yield Shop.open(store)
    store.close()
