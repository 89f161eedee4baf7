"""`earshot learn` on the real command line: what it shows, what it keeps, and the way back."""

import json
from pathlib import Path

import pytest

from tests.process import Home


@pytest.fixture
def home(answered: bytes, tmp_path: Path) -> Home:
    """A home whose staff have answered many mentions."""
    made = Home(tmp_path / "home")
    made.data.mkdir()
    (made.data / "earshot.db").write_bytes(answered)
    return made


def reader_of(home: Home) -> dict[str, object]:
    """What `status --json` says of the second reader."""
    status: dict[str, object] = json.loads(home.run("status", "--json").out)["reader"]
    return status


def test_a_trial_shows_what_would_change_and_keeps_nothing(home: Home) -> None:
    """Figures before and after, changed decisions by kind, the largest words; and the same as JSON."""
    shown = home.run("learn", "--dry-run")
    assert shown.code == 0 and "this was a dry run, nothing was changed; `earshot learn` adopts it" in shown.out
    assert "would learn from " in shown.out and "complaints missed" in shown.out
    assert "escalate -> support" in shown.out and "chuffed +" in shown.out
    attempt = home.run("learn", "--dry-run", "--json").json
    assert attempt["adopted"] is False and attempt["after"]["loss"] < attempt["before"]["loss"]
    assert reader_of(home) == {"learn": False, "weights": None, "last": None}


def test_learned_shown_used_reported_and_left(home: Home) -> None:
    """From `learn` by `status`, `try`, `show` and `report` to `--back`, each naming the weights."""
    before = home.run("try", "chuffed, quill sorted", "--json", "--all").json["trail"]
    assert "adopted as weights 1; `earshot learn --back` goes back" in home.run("learn").out
    reader = reader_of(home)
    assert reader["weights"] == 1 and isinstance(reader["last"], dict) and reader["last"]["state"] == "adopted"
    assert "learned weights 1 in use" in home.run("status").out
    assert home.run("try", "chuffed, quill sorted", "--json", "--all").json["trail"] != before
    home.say("@fernhill chuffed, the quill is sorted, thank you!")
    assert home.run("once").code == 0
    assert home.run("show", "memory:1", "--json").json["weights_id"] == 1
    assert home.run("show", "memory:1").out.count("weights 1") == 1
    (learned,) = home.run("report", "--json").json["learning"]
    assert (learned["state"], learned["weights"]) == ("adopted", 1)
    assert "Learning" in home.run("report").out
    left = home.run("learn", "--back")
    assert (left.code, left.err) == (0, "") and "the shipped weights are in use" in left.out
    assert reader_of(home)["weights"] is None and home.run("learn", "--back", "--json").code != 0


@pytest.mark.parametrize(
    ("arguments", "policy", "message"),
    [
        (["--back"], "", "the second reader uses the shipped weights; there is nothing to go back to"),
        (["--back", "--dry-run"], "", "--dry-run and --back do not go together"),
        ([], "[reader]\nenabled = false\n", "the policy turns the second reader off"),
        ([], '[staff]\nnames = ["dana"]\n', "ann is not on the staff list"),
    ],
)
def test_what_cannot_be_done_is_one_line(home: Home, arguments: list[str], policy: str, message: str) -> None:
    """With what to do, and an exit code that is not 0."""
    if policy:
        home.configure(f'[brand]\nname = "Fernhill"\n{policy}', "policy.toml")
    done = home.run("learn", *arguments)
    assert done.code != 0 and done.out == "" and message in done.err and done.err.count("\n") == 1


def test_upkeep_learns_where_the_policy_wants_it(home: Home) -> None:
    """With `learn = true`, once a week: the second round learns nothing new."""
    home.configure('[brand]\nname = "Fernhill"\n[reader]\nlearn = true\n', "policy.toml")
    for _ in range(2):
        assert home.run("once", "--stage", "upkeep").code == 0
    last = reader_of(home)["last"]
    assert isinstance(last, dict) and (last["id"], last["by"], last["state"]) == (1, "upkeep", "adopted")
