"""[platforms.NAME]: each key is checked by the section of the module that the name or `module` leads to."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from listener import settings
from tests.settings.folders import MEMORY, faults, one_fault


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("poll_seconds = 0.05", "poll_seconds: is out of bounds: 0.05"),
        ("poll_seconds = -1", "poll_seconds: is negative"),
        ("poll_seconds = nan", "poll_seconds: is not a usable number"),
        ("poll_seconds = inf", "poll_seconds: is not a usable number"),
        ("poll_seconds = 1e300", "poll_seconds: is out of bounds"),
        ("poll_seconds = true", "poll_seconds: expected a number, found true"),
        ("replay = 1", "replay: expected true or false, found 1"),
        ('start = "nwo"', 'start: expected "now" or "all" or a time such as 2026-01-31T09:00:00Z, found "nwo"'),
        ("start = 0001-01-01T00:00:00+05:00", "start: expected"),
        ('enabled = "no"', "enabled: expected true or false"),
        ("module = 3", "module: expected text"),
        ('module = "no.such.thing"', "module: cannot import no.such.thing"),
        ('module = "listener.platforms.x"', "module: listener.platforms.x is the module of another platform"),
        ('module = "json"', "module: json has no subclass Section"),
        ('posts = ""', "posts: is not a file name"),
        ("api_token = 1", "api_token: is an unknown key; remove it: secrets come from the environment"),
    ],
)
def test_wrong_value_of_a_platform_is_one_fault(folder: Path, line: str, message: str) -> None:
    """Each is told with the section, the key and what was expected."""
    assert one_fault(folder, earshot=MEMORY + line).startswith(f"earshot.toml [platforms.memory] {message}")


@pytest.mark.parametrize("name", ["memry", "../etc", "os", "x.section"])
def test_platform_that_nobody_ships_is_refused(folder: Path, name: str) -> None:
    """Only modules of listener.platforms, or the one that `module` names, are imported."""
    assert "there is no platform of this name" in one_fault(folder, earshot=f'[platforms."{name}"]\n')


def test_disabled_platform_is_left_alone(folder: Path) -> None:
    """enabled = false switches a section off without its files being there; `check` says that nothing is on."""
    assert faults(folder, earshot='[platforms.memory]\nmentions = "gone.jsonl"\nenabled = false\n') == []
    made = settings.load(folder)
    assert made.platforms == ()
    assert "no platform is on" in str(settings.problems(made)[0])


def test_mentions_of_another_format_are_refused(folder: Path) -> None:
    """The section's own problems() are told with the others."""
    (folder / "m.xml").write_text("")
    assert "ends in neither .jsonl nor .csv" in one_fault(folder, earshot='[platforms.memory]\nmentions = "m.xml"\n')


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"all"', "all"),
        ("2026-01-31T09:00:00+01:00", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ('"2026-01-31T09:00:00Z"', datetime(2026, 1, 31, 9, tzinfo=UTC)),
    ],
)
def test_start_is_a_word_or_a_time_in_utc(folder: Path, written: str, meant: object) -> None:
    """TOML's own times, dates, and ISO 8601 in quotes."""
    assert faults(folder, earshot=f"{MEMORY}start = {written}") == []
    assert settings.load(folder).platforms[0].section.start == meant


def test_platform_outside_this_repository_is_named_by_its_module(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A package of the operator's own needs no registry; a broken one is one fault."""
    section = "class Section(protocols.Section):\n    secret_names = ('EARSHOT_OURS_TOKEN',)\n"
    module = f"from listener import protocols\n{section}preview = connect = print\n"
    (tmp_path / "our_platform.py").write_text(module)
    (tmp_path / "broken_platform.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert faults(folder, earshot='[platforms.ours]\nmodule = "our_platform"\n') == []
    made = settings.load(folder)
    assert (made.platforms[0].name, made.platforms[0].module) == ("ours", "our_platform")
    missing = settings.secret_problems(made, settings.EnvSecrets({}))
    assert [problem.where for problem in missing] == ["EARSHOT_OURS_TOKEN"]
    assert settings.secret_problems(made, settings.EnvSecrets({"EARSHOT_OURS_TOKEN": "abc"})) == []
    assert "ZeroDivisionError" in one_fault(folder, earshot='[platforms.ours]\nmodule = "broken_platform"\n')
