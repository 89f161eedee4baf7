"""`earshot replay` and the record of `earshot status`, on the real command line."""

from pathlib import Path

from tests.conftest import Earshot

STRICT = """
[brand]
name = "Fernhill"
[responders.support]
[responders.answer]
[responders.thank_you]
min_score = 0.99
min_score_warm = 0.99
"""

EARNING = """
[brand]
name = "Fernhill"
[autonomy]
min_reviews = 1
sample_rate = 0.0
[responders.thank_you]
auto = "earned"
"""


def other(home: Path, text: str = STRICT) -> str:
    """A folder with another policy."""
    (home / "other").mkdir(exist_ok=True)
    (home / "other" / "policy.toml").write_text(text, encoding="utf-8")
    return str(home / "other")


def test_replay_lists_what_changes_and_counts_the_kinds(home: Path, earshot: Earshot) -> None:
    """As JSON an array, on a screen before, after and the counts; nothing is stored."""
    assert earshot("once").code == 0
    folder = other(home)
    first = earshot("replay", "--policy", folder, "--json", "--limit", "1")
    assert first.code == 0 and len(first.json) == 1 and "--limit 0 shows all" in first.err
    rows = earshot("replay", "--policy", folder, "--json", "--since", "1d").json
    assert {row["mention_id"]: row["change"] for row in rows} == {
        "m2": "out of the auto band",  # what the stricter rules leave is proposed by the second reader
        "m6": "out of the auto band",
    }
    assert set(rows[0]["before"]) == {"decision", "kind", "rule", "auto", "text"}
    shown = earshot("replay", "--policy", folder)
    assert "6 decisions replayed, 2 would change:" in shown.out and "out of the auto band" in shown.out
    assert earshot("replay", "--policy", str(home / "config"), "--json").json == []


def test_replay_of_a_faulty_or_missing_folder_is_one_line(home: Path, earshot: Earshot) -> None:
    """What is wrong, and what to do."""
    assert earshot("once").code == 0
    for folder in (other(home, "[responders.supprt]\n"), str(home / "nowhere")):
        done = earshot("replay", "--policy", folder)
        assert done.code == 1 and done.out == "" and done.err.startswith("earshot: ") and "Traceback" not in done.err
    assert earshot("replay", "--policy", other(home), "--since", "soon").code == 2


def test_status_shows_how_far_a_kind_is(home: Path, earshot: Earshot) -> None:
    """One draft approved as it was, one rejected: in figures, and in a line for people."""
    (home / "config" / "policy.toml").write_text(EARNING, encoding="utf-8")
    assert earshot("once").code == 0
    first, second = (line["id"] for line in earshot("queue", "--kind", "thank_you", "--json").json)
    assert earshot("approve", str(first)).code == 0
    earned = earshot("status", "--json").json["autonomy"]["thank_you"]
    assert (earned["reviewed"], earned["approved_unchanged"], earned["earned"]) == (1, 1, True)
    assert earshot("reject", str(second), "--reason", "no").code == 0  # it had not begun: only on record
    shown = earshot("status").out
    assert "auto-send  thank_you (auto earned): 1 of 1 reviews, 1 of them rejected or changed; earned" in shown


def test_a_kind_that_was_not_stopped_cannot_be_resumed(home: Path, earshot: Earshot) -> None:
    """One line and exit 1; a kind that does not exist, or a platform beside it, is wrong usage."""
    assert earshot("once").code == 0
    done = earshot("resume", "--kind", "thank_you")
    assert (done.code, done.out) == (1, "") and "thank_you was not stopped" in done.err
    assert earshot("resume", "--kind", "nonsense").code == 2
    assert earshot("resume", "--kind", "thank_you", "--platform", "memory").code == 2
