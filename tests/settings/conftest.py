"""Fixtures for the settings."""

from pathlib import Path

import pytest


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """A folder with a file of mentions and no TOML."""
    (tmp_path / "m.jsonl").write_text("")
    return tmp_path
