"""What Earshot writes is its owner's alone, whatever the umask of the shell; a configuration is not."""

import os
from pathlib import Path

from tests.process import PRAISE, Home

OUTPUTS = ("copy.db", "page.html", "out.csv")


def test_files_are_0600_and_folders_0700_whatever_the_umask(tmp_path: Path) -> None:
    """The data folder with its database, lock and posts; a backup, a report, an export."""
    home = Home(tmp_path, env={"EARSHOT_DATA": str(tmp_path / "deep" / "data")})
    home.say(PRAISE)
    (tmp_path / "rows.csv").write_text("id,text,label\n1,Thanks!,positive\n")
    before = os.umask(0o000)
    try:
        with home.start_anew("once") as process:
            process.communicate()
    finally:
        os.umask(before)
    home.run("approve", "1")
    for line in ("once", "backup copy.db", "report --html page.html", "evaluate rows.csv --out out.csv"):
        assert home.run(*line.split()).code == 0
    written = [tmp_path / "deep", *(tmp_path / "deep").rglob("*"), *(tmp_path / name for name in OUTPUTS)]
    modes = {path.name: path.stat().st_mode & 0o777 for path in written}
    assert {"deep", "data", "earshot.db", "earshot.db.lock", *OUTPUTS} <= set(modes)
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


def test_a_configuration_can_be_read_by_the_containers_user(tmp_path: Path) -> None:
    """`init` heeds the umask: the files hold no secret."""
    before = os.umask(0o022)
    try:
        with Home(tmp_path).start_anew("init", "fresh") as process:
            process.communicate()
    finally:
        os.umask(before)
    assert (tmp_path / "fresh" / "policy.toml").stat().st_mode & 0o777 == 0o644


def test_a_folder_that_cannot_be_written_is_named_with_its_owner_and_mode(tmp_path: Path) -> None:
    """A file stands where the data folder should be, which no user may write into."""
    (tmp_path / "taken").write_text("")
    home = Home(tmp_path, env={"EARSHOT_DATA": str(tmp_path / "taken" / "data")})
    done = home.run("once")
    assert done.code == 1 and "Traceback" not in done.err and "[Errno" not in done.err
    assert f"{tmp_path / 'taken'} belongs to user {os.getuid()} with mode 0" in done.err
