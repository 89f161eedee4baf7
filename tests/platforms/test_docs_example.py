"""The example platform of docs/platforms.md keeps the contract of every platform."""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from listener.model import Mention, Preview
from tests.pages import example_platform
from tests.platforms.contract import PlatformContract
from tests.platforms.other_side import Outcome, World
from tests.platforms.rounds import now


class BoardWorld(World):
    """Two folders: the test writes into one, the platform into the other."""

    def __init__(self, folder: Path, module: ModuleType) -> None:
        self._module, self._inbox, self._outbox = module, folder / "inbox", folder / "outbox"
        self._inbox.mkdir()
        self._outbox.mkdir()
        self._section = module.Section(folder=folder, start="all")
        self._planted = 0
        self.platform = self.again()

    def again(self) -> Any:
        """The platform as a new process would connect it."""
        return self._module.connect(self._section, None, self._inbox, None)

    def preview(self, text: str, mention: Mention) -> Preview:
        """The module's preview."""
        shown: Preview = self._module.preview(text, mention, self._section)
        return shown

    def plant(self, text: str) -> str:
        """Write a mention."""
        self._planted += 1
        name = f"{self._planted:06}"
        (self._inbox / name).write_bytes(text.encode())
        return name

    def plant_own(self, text: str, reply_to: str) -> str | None:
        """Nobody answers in a folder."""
        return None

    def posted(self) -> list[tuple[str, str]]:
        """The replies in the outbox."""
        files = sorted(self._outbox.iterdir()) if self._outbox.is_dir() else []
        return [(one["text"], one["in_reply_to"]) for one in (json.loads(path.read_text()) for path in files)]

    def fail(self, outcome: Outcome) -> bool:
        """The outbox is gone; a file stands in its place."""
        if outcome == "not_sent":
            self._outbox.rmdir()
            self._outbox.touch()
        return outcome == "not_sent"

    def hide(self, text: str) -> str:
        """Written under a name that is no mention yet."""
        name = self.plant(text)
        (self._inbox / name).rename(self._outbox.parent / name)
        return name

    def show(self, mention_id: str) -> None:
        """Moved into the inbox, whose listing knows no order of arrival."""
        (self._outbox.parent / mention_id).rename(self._inbox / mention_id)

    def edit(self, mention_id: str, text: str) -> None:
        """Write the file anew."""
        (self._inbox / mention_id).write_text(text)

    def delete(self, mention_id: str) -> None:
        """The file is gone."""
        (self._inbox / mention_id).unlink()


class TestTheExample(PlatformContract):
    """The contract against two folders."""

    @pytest.fixture
    def world(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BoardWorld]:
        """A folder and the platform."""
        yield BoardWorld(tmp_path, example_platform(tmp_path, monkeypatch))


def test_first_run_begins_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `start` the example answers nothing that was there before it."""
    module = example_platform(tmp_path, monkeypatch)
    world = BoardWorld(tmp_path, module)
    old, began = world.plant("old"), now() - timedelta(minutes=1)
    os.utime(tmp_path / "inbox" / old, (0, 0))
    platform = module.connect(module.Section(folder=tmp_path), None, tmp_path, None)
    first = platform.fetch(None, began)
    world.plant("new")
    assert first.mentions == ()
    assert [mention.text for mention in platform.fetch(first.cursor, now()).mentions] == ["new"]
