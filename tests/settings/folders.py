"""Configuration folders for tests, and their faults as lines."""

from pathlib import Path

from listener import settings
from listener.errors import ConfigError

MEMORY = '[platforms.memory]\nmentions = "m.jsonl"\n'
POLICY = '[brand]\nname = "Corner Shop"\n'
FACT = '[[fact]]\nid = "a"\nstatement = "s"\nsource = "x"\nowner = "o"\nchecked = 2026-01-01\nexpires = 2026-06-01\n'


def faults(folder: Path, **files: str) -> list[str]:
    """The faults of a folder after writing these files, each as one line; none when it loads."""
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    try:
        settings.load(folder)
    except ConfigError as error:
        return [str(problem) for problem in error.problems]
    return []


def one_fault(folder: Path, **files: str) -> str:
    """The only fault of these files."""
    found = faults(folder, **files)
    assert len(found) == 1, found
    return found[0]
