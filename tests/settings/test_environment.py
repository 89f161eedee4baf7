"""Folders, the database and the secrets, from the environment."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from listener import settings
from listener.errors import ConfigError
from listener.messages import redact

ROOT = Path(__file__).parents[2]


def test_built_wheel_carries_the_starter_set_and_finds_it(tmp_path: Path) -> None:
    """An unpacked wheel, with nothing beside it, loads its own configuration."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, check=True, cwd=ROOT, capture_output=True)
    with zipfile.ZipFile(next((tmp_path / "dist").glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "site")
    code = "from listener import settings; print(settings.load(settings.starter()).folder)"
    env = {"PYTHONPATH": str(tmp_path / "site"), "PATH": ""}
    run = [sys.executable, "-c", code]
    told = subprocess.run(run, check=True, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert told.stdout.strip() == str(tmp_path / "site" / "listener" / "_starter")


def test_checkout_uses_the_folder_beside_the_package() -> None:
    """What developers edit is what they run."""
    assert settings.starter() == ROOT / "config"


def test_folders_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """EARSHOT_CONFIG wins even if it is missing, then ./config, then the starter; data is ./data."""
    monkeypatch.chdir(tmp_path)
    assert settings.find_folder({}) == settings.starter()
    (tmp_path / "config").mkdir()
    assert settings.find_folder({"EARSHOT_CONFIG": ""}) == Path("config")
    assert settings.find_folder({"EARSHOT_CONFIG": "gone"}) == Path("gone")
    assert settings.data_folder({}) == Path("data")
    assert settings.database_place({"EARSHOT_DATA": "d"}) == Path("d/earshot.db")


@pytest.mark.parametrize(
    ("given", "path"),
    [("a.db", "a.db"), ("/b/a.db", "/b/a.db"), ("sqlite:///a.db", "a.db"), ("sqlite:////b/a.db", "/b/a.db")],
)
def test_database_is_a_path_or_an_sqlite_url(given: str, path: str) -> None:
    """Three slashes are relative, four absolute, as SQLAlchemy has them."""
    assert settings.database_place({"EARSHOT_DATABASE_URL": given}) == Path(path)


@pytest.mark.parametrize(
    "given",
    [
        "postgresql://me:hunter2@host",
        "postgres://me:hunter2@host:x/db",
        "mysql://me:hunter2@host/db",
        "sqlite://",
        "sqlite://host/a.db",
        ":memory:",
        "sqlite:///a.db?mode=ro",
        "d/",
    ],
)
def test_other_databases_are_refused_without_printing_a_password(given: str) -> None:
    """One line, and what stands behind the scheme is never shown."""
    with pytest.raises(ConfigError) as caught:
        settings.database_place({"EARSHOT_DATABASE_URL": given})
    assert str(caught.value).startswith("EARSHOT_DATABASE_URL: ")
    assert "hunter2" not in str(caught.value)


def test_secret_is_read_again_at_every_call(tmp_path: Path) -> None:
    """A rotated file is seen without a restart; the variable wins over the file; line ends are stripped."""
    file = tmp_path / "token"
    file.write_text("first-token\n")
    env = {"EARSHOT_X_TOKEN_FILE": str(file)}
    secrets = settings.EnvSecrets(env)
    assert secrets.get("EARSHOT_X_TOKEN") == "first-token"
    file.write_text("second-token\r\n")
    assert secrets.get("EARSHOT_X_TOKEN") == "second-token"
    env["EARSHOT_X_TOKEN"] = "third-token"
    assert secrets.get("EARSHOT_X_TOKEN") == "third-token"
    assert secrets.missing(["EARSHOT_X_TOKEN", "EARSHOT_Y_TOKEN"]) == ["EARSHOT_Y_TOKEN"]


def test_every_secret_that_was_or_is_set_is_redacted(tmp_path: Path) -> None:
    """Old values stay on the list, handles and very short values never come on it."""
    file = tmp_path / "password"
    file.write_text("from-a-file")
    env = {
        "EARSHOT_BLUESKY_APP_PASSWORD_FILE": str(file),
        "EARSHOT_X_ACCESS_TOKEN": "old-token",
        "EARSHOT_BLUESKY_HANDLE": "shop.example",
        "EARSHOT_X_BEARER_TOKEN": "abc",
        "HOME_TOKEN": "not-ours-at-all",
    }
    secrets = settings.EnvSecrets(env)
    secrets.remember_all()
    env["EARSHOT_X_ACCESS_TOKEN"] = "new-token"
    secrets.get("EARSHOT_X_ACCESS_TOKEN")
    for shown in ("from-a-file", "old-token", "new-token"):
        assert redact(f"a {shown} b") == "a [secret] b"
    for plain in ("shop.example", "abc", "not-ours-at-all"):
        assert redact(plain) == plain


@pytest.mark.parametrize(("content", "why"), [(None, "No such file"), (b"\xff\xfe", "not UTF-8"), (b"\n", "empty")])
def test_secret_file_that_cannot_be_used_says_why(tmp_path: Path, content: bytes | None, why: str) -> None:
    """get gives None, so that a platform stops quietly; the problem names the file."""
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    secrets = settings.EnvSecrets({"A_TOKEN_FILE": str(file)})
    assert secrets.get("A_TOKEN") is None
    assert why in str(secrets.problem("A_TOKEN"))
