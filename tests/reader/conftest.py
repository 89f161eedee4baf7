"""A desk whose staff have answered a few hundred mentions: made once, copied for each test."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from listener.store.engine import open_store
from tests import factories
from tests.databases import SERVER, make_store
from tests.desk.world import World
from tests.reader import school
from tests.reader.simulated import Staff
from tests.shared import shared_result

POLICY = replace(factories.policy(), staff=())


def _work() -> bytes:
    with TemporaryDirectory() as folder:
        world = World(make_store(Path(folder)), POLICY)
        Staff(world).work(school.posts())
        world.store.close()
        return world.store.path.read_bytes()


@pytest.fixture(scope="session")
def answered(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The database of a brand whose staff have answered many mentions."""
    if SERVER:
        pytest.skip("SQLite alone: the file that each test copies")
    return shared_result(tmp_path_factory, "answered", _work)


@pytest.fixture
def world(answered: bytes, tmp_path: Path) -> Iterator[World]:
    """A desk on a copy of it, a day later."""
    path = tmp_path / "earshot.db"
    path.write_bytes(answered)
    store = open_store(path)
    yield World(store, POLICY).after(days=1)
    store.close()
