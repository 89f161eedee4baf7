"""Fixtures for the desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import make_store
from tests.desk.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A desk on a database of its own."""
    store = make_store(tmp_path)
    yield World(store)
    store.close()
