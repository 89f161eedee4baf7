"""Fixtures for the club."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.club.shop import Shop
from tests.databases import make_store
from tests.desk.conftest import world

__all__ = ["world"]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A desk with five coupons."""
    store = make_store(tmp_path)
    yield Shop.open(store)
    store.close()
