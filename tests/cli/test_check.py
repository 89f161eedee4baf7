"""`init` and `check` as a new user meets them."""

from pathlib import Path

from tests.conftest import Earshot


def test_init_writes_the_starter_and_leaves_it_alone_the_second_time(home: Path, inside: Earshot) -> None:
    """A fresh clone has config/ already: that is no fault, and nobody's edits are overwritten."""
    first = inside("init", "fresh")
    assert first.code == 0 and "wrote fresh/earshot.toml" in first.out
    (home / "fresh" / "policy.toml").write_text("# mine\n")
    again = inside("init", "fresh")
    assert (again.code, again.err) == (0, "") and "nothing to do" in again.out
    assert (home / "fresh" / "policy.toml").read_text() == "# mine\n"


def test_init_does_not_fill_up_a_folder_that_has_some_of_the_files(home: Path, inside: Earshot) -> None:
    """A subset of the files is a configuration of its own."""
    done = inside("init", "config")
    assert done.code == 1 and "already exists" in done.err
    assert not (home / "config" / "policy.toml").exists()


def test_check_counts_problems_and_ends_with_a_code(home: Path, inside: Earshot) -> None:
    """No problem is 0; each problem is one line with its file and key."""
    sound = inside("check")
    assert sound.code == 0 and sound.out.splitlines()[-1] == "no problems"
    (home / "config" / "policy.toml").write_text("[responders.supprt]\n[limits]\nmax_agee = '2d'\n")
    done = inside("check")
    assert done.code == 1 and done.err.count("\n") == 2 and done.out.splitlines()[-1] == "2 problems"
