"""The desk from the command line."""

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests import forked
from tests.conftest import Earshot, environment, write_mentions


def waiting(earshot: Earshot, *args: str) -> list[dict[str, object]]:
    """The queue as JSON."""
    found: list[dict[str, object]] = earshot("queue", "--json", *args).json
    return found


def posts(home: Path) -> list[dict[str, str]]:
    """What was posted."""
    file = home / "data" / "posts.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_what_is_approved_goes_out_once_and_nothing_else_does(queue: Earshot, home: Path) -> None:
    """The whole line: queue, approve, send, log; and again, where nothing happens."""
    drafts = [one for one in waiting(queue) if one["state"] == "drafted"]
    chosen = drafts[:2]
    done = queue("approve", *(f"{one['id']}@{one['revision']}" for one in chosen), "--json")
    assert done.code == 0 and [row["reply"]["state"] for row in done.json] == ["approved", "approved"]
    assert [queue("once", "--stage", "send", "--json").json["sent"] for _ in range(2)] == [2, 0]
    assert {(one["in_reply_to"], one["text"]) for one in posts(home)} == {
        (one["mention"]["id"], one["text"])  # type: ignore[index]
        for one in chosen
    }
    logged = {row["reply_id"]: row for row in queue("log", "--limit", "0").lines}
    for one in chosen:
        row = logged[one["id"]]
        assert (row["state"], row["approved_by"], row["reply_text"]) == ("sent", "dana", one["text"])
    again = queue("approve", str(chosen[0]["id"]))
    assert again.code == 1 and again.err == (
        f"earshot: not approved: reply {chosen[0]['id']} was sent (approved by dana); it cannot be changed any more\n"
    )


def test_what_is_shown_is_what_this_policy_asks(queue: Earshot, home: Path) -> None:
    """Its bounds of a flood warn, its signature stands, its second name is asked for: all three reach the desk."""
    policy = '[brand]\nname = "Fernhill"\n[responders.thank_you]\n[holds]\nflood_kind = 1\n[staff]\n'
    staff = 'names = ["dana", "bo"]\nneeds_second_approval = ["thank_you"]\nsignatures = { dana = "^DK" }\n'
    (home / "config" / "policy.toml").write_text(policy + staff)
    found = [one for one in waiting(queue) if one["kind"] == "thank_you"]
    assert found and all(one["needs_second_approval"] and str(one["text"]).endswith(" ^DK") for one in found)
    assert all("flood" in [row["name"] for row in one["warnings"]] for one in found)  # type: ignore[attr-defined]


def test_each_approval_is_told_and_one_that_fails_makes_exit_1(queue: Earshot) -> None:
    """One line each: what goes out on stdout, what does not on stderr."""
    number = next(one["id"] for one in waiting(queue) if one["state"] == "drafted")
    done = queue("approve", "99", str(number), "--as", "bo")
    assert done.code == 1
    assert done.err == "earshot: reply 99 not approved: there is no reply 99; `earshot queue` lists the ids\n"
    assert done.out.startswith(f"{number} approved") and f"earshot undo {number}" in done.out
    failed = queue("approve", "99", "--json")
    assert failed.code == 1
    assert failed.json == [
        {"id": 99, "ok": False, "error": "there is no reply 99; `earshot queue` lists the ids", "reply": None}
    ]


def test_two_people_approving_the_same_rows_at_one_moment(queue: Earshot, home: Path) -> None:
    """One of them wins each row, and the other hears who."""
    ids = [str(one["id"]) for one in waiting(queue) if one["state"] == "drafted"]
    command = ("approve", *ids, "--json", "--as")
    running = [forked.start(*command, name, env=environment(), cwd=home) for name in ("ada", "bo")]
    ada, bo = (json.loads(one.communicate(timeout=60)[0]) for one in running)
    for first, second in zip(ada, bo, strict=True):
        assert first["ok"] != second["ok"]
        winner, loser = ("ada", second) if first["ok"] else ("bo", first)
        assert f"approved by {winner}" in loser["error"]
        assert loser["reply"]["approved_by"] == winner
    assert queue("once", "--stage", "send", "--json").json["sent"] == len(ids) == len(posts(home))


def test_two_people_approving_two_hundred_replies_at_one_moment(home: Path, earshot: Earshot) -> None:
    """200 approvals, none twice; whoever came second is told who was first. In halves from either end, then all."""
    (home / "config" / "mentions.jsonl").write_text("")
    said = "@fernhill I love the smooth paper, thank you so much!"
    write_mentions(home, *({"id": f"p{number}", "author": f"p{number}", "text": said} for number in range(200)))
    assert earshot("once").code == 0
    ids = [str(one["id"]) for one in earshot("queue", "--json", "--limit", "0", "--state", "drafted").json]
    turns = (["ada", *ids], ["bo", *ids[::-1]])
    running = [forked.start("approve", "--json", "--as", *turn, env=environment(), cwd=home) for turn in turns]
    ada, bo = ({one["id"]: one for one in json.loads(each.communicate(timeout=110)[0])} for each in running)
    assert len(ids) == len(ada) == len(bo) == 200
    for number in map(int, ids):
        assert ada[number]["ok"] != bo[number]["ok"]
        winner, loser = ("ada", bo[number]) if ada[number]["ok"] else ("bo", ada[number])
        assert f"approved by {winner}" in loser["error"]
    database = sqlite3.connect(home / "data" / "earshot.db")
    assert database.execute("SELECT count(*), count(DISTINCT reply_id) FROM approval").fetchone() == (200, 200)
    database.close()


def test_the_queue_is_piped_through_jq_into_approve(queue: Earshot, home: Path) -> None:
    """As docs/desk.md shows it: only the thank-yous, each in the revision that was seen."""
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    earshot = f"{sys.executable} -m listener.cli"
    pick = """jq -r '.[] | select(.kind == "thank_you" and .warnings == []) | "\\(.id)@\\(.revision)"'"""
    line = f"{earshot} queue --json --limit 0 | {pick} | xargs -r {earshot} approve"
    done = subprocess.run(["sh", "-c", line], env=environment(), cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    approved = [one["kind"] for one in waiting(queue, "--state", "approved")]
    assert approved == ["thank_you", "thank_you"] and done.stdout.count(" approved (thank_you) ") == 2


def test_the_revision_of_another_text_is_refused(queue: Earshot) -> None:
    """What dana saw is not what bo wrote."""
    one = next(one for one in waiting(queue) if one["state"] == "drafted")
    edited = queue("edit", str(one["id"]), "--text", "Thank you!", "--as", "bo", "--json").json
    assert (edited["revision"], edited["text"], edited["state"]) == (2, "Thank you!", "drafted")
    done = queue("approve", f"{one['id']}@1")
    assert done.code == 1 and "has changed since revision 1 (it is 2 now)" in done.err


def test_an_escalation_is_edited_into_a_draft(queue: Earshot) -> None:
    """With the kind that staff name."""
    (one,) = waiting(queue, "--state", "escalated")
    assert one["kind"] is None and one["text"] is None
    edited = queue("edit", str(one["id"]), "--text", "We have written to you.", "--kind", "answer", "--json").json
    assert (edited["state"], edited["kind"]) == ("drafted", "answer")
    assert queue("approve", str(one["id"])).code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * 501, "the text is too long for memory: 501 of 500; shorten it"),
        ("See http://evil.test", "the text links to evil.test"),
        (" ", "the reply has no text"),
    ],
)
def test_a_text_that_may_not_go_out_is_refused_with_one_line(queue: Earshot, text: str, message: str) -> None:
    """Nothing has changed."""
    before = waiting(queue)[0]
    done = queue("edit", str(before["id"]), "--text", text)
    assert done.code == 1 and done.err.startswith(f"earshot: {message}") and done.err.count("\n") == 1
    assert waiting(queue)[0]["revision"] == 1


def test_pages_cover_the_queue_once(queue: Earshot) -> None:
    """--limit and --after; --limit 0 is all."""
    whole = [one["id"] for one in waiting(queue, "--limit", "0")]
    seen: list[object] = []
    while page := waiting(queue, "--limit", "2", *(["--after", str(seen[-1])] if seen else [])):
        seen += [one["id"] for one in page]
    assert seen == whole and len(set(whole)) == 5


def test_a_snoozed_reply_is_hidden_until_its_state_is_asked_for(queue: Earshot) -> None:
    """And marked there."""
    one = next(one for one in waiting(queue) if one["state"] == "drafted")
    snoozed = queue("snooze", str(one["id"]), "2h", "--json").json
    assert snoozed["snoozed_until"] is not None
    assert one["id"] not in [other["id"] for other in waiting(queue)]
    shown = queue("queue", "--state", "drafted")
    assert "snoozed until" in shown.out and "1 snoozed" in shown.out


def test_a_claim_keeps_colleagues_away(queue: Earshot) -> None:
    """From approving, editing and closing; until it is released."""
    number = str(waiting(queue)[0]["id"])
    assert queue("claim", number, "--as", "bo", "--json").json["claimed_by"] == "bo"
    for command in (["approve", number], ["edit", number, "--text", "Hi!"], ["close", number, "--reason", "x"]):
        done = queue(*command)
        assert done.code == 1 and "is claimed by bo until" in done.err
    assert queue("release", number, "--as", "bo").code == 0
    assert queue("assign", number, "cy", "--new", "--json").json["assigned_to"] == "cy"


def test_a_mention_that_takes_no_reply_is_posted_by_hand(queue: Earshot, home: Path) -> None:
    """`approve` says what to do, `done` keeps what was done."""
    one = next(one for one in waiting(queue) if one["state"] == "drafted")
    with sqlite3.connect(home / "data" / "earshot.db") as connection:
        connection.execute("UPDATE mention SET can_reply = 0, ineligible_reason = 'replies are limited'")
    connection.close()
    done = queue("approve", str(one["id"]))
    assert done.code == 0 and f"post it at the platform yourself, then run `earshot done {one['id']}`" in done.out
    assert "by hand (replies are limited)" in queue("show", str(one["id"])).out
    sent = queue("done", str(one["id"]), "--remote-id", "p7", "--json").json
    assert (sent["state"], sent["remote_id"]) == ("sent", "p7")
    assert posts(home) == []


def test_a_rejected_reply_is_reopened_by_undo(queue: Earshot) -> None:
    """With its text, in a new revision; then it is approved as any draft."""
    draft = next(one for one in waiting(queue) if one["state"] == "drafted")
    number = str(draft["id"])
    closed = queue("reject", number, "--reason", "irony")
    assert f": rejected (irony); next: to reopen it with its text: `earshot undo {number}`" in closed.out
    reopened = queue("undo", number, "--json").json
    assert (reopened["state"], reopened["text"], reopened["revision"]) == ("drafted", draft["text"], 2)
    assert queue("approve", f"{number}@2").code == 0


def test_an_ignored_mention_is_shown_and_escalated(queue: Earshot) -> None:
    """Its trail tells why nothing was said."""
    found = queue("show", "memory:m5", "--json").json
    assert (found["decision"], found["id"], found["state"]) == ("ignore", None, None)
    assert any(hit["hit"] for hit in found["trail"]) and any(not hit["hit"] for hit in found["trail"])
    made = queue("escalate", "memory:m5", "--json").json
    assert (made["state"], made["rule"]) == ("escalated", "staff")
    assert "has reply" in queue("escalate", "memory:m5").err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "99"], "there is no reply 99; `earshot queue` lists the ids"),
        (
            ["show", "memory:zz"],
            "there is no mention memory:zz; `earshot log` and `earshot quarantine` list what came in",
        ),
        (["undo", "9" * 30], f"there is no reply {2**63 - 1}; `earshot queue` lists the ids"),
        (["queue", "--after", "99"], "there is no reply 99; --after takes the last id of the page before"),
    ],
)
def test_what_is_not_there_is_one_line_and_exit_1(queue: Earshot, arguments: list[str], message: str) -> None:
    """What is wrong, and what to do."""
    done = queue(*arguments)
    assert (done.code, done.out, done.err) == (1, "", f"earshot: {message}\n")


def test_a_number_that_no_database_holds_is_only_one_that_is_not_there(queue: Earshot) -> None:
    """Python itself refuses to read more than 4,300 digits."""
    huge = "9" * 5_000
    for words in (["approve", huge], ["approve", f"1@{huge}"], ["show", huge], ["announce", "show", huge]):
        assert queue(*words).code == 1 and queue(*words).err.startswith("earshot: "), words
    for words in (["queue", "--limit", huge], ["log", "--limit", huge], ["quarantine", "--after", huge]):
        assert queue(*words).code == 0, words


def test_without_a_database_the_desk_says_what_to_run(earshot: Earshot) -> None:
    """A first command on a new machine."""
    done = earshot("queue")
    assert done.code == 1 and done.err.count("\n") == 1 and "earshot once" in done.err


def test_the_first_of_two_names_is_told_that_a_second_is_needed(queue: Earshot, home: Path) -> None:
    """ok, still drafted, in words and in the queue."""
    policy = 'names = ["dana", "bo"]\nneeds_second_approval = ["thank_you"]\nsignatures = { dana = "^DK" }\n'
    starter = (Path(__file__).parents[2] / "config" / "policy.toml").read_text()
    (home / "config" / "policy.toml").write_text(starter.replace("names = []", policy, 1))
    number = next(str(one["id"]) for one in waiting(queue) if one["kind"] == "thank_you")
    done = queue("approve", number)
    assert done.code == 0 and "drafted (thank_you)" in done.out
    assert (
        "approved by dana; a second person must approve too" in done.out and "needs two approvals" in queue("queue").out
    )
    (row,) = queue("approve", number, "--as", "bo", "--json").json
    assert row["ok"] and row["reply"]["state"] == "approved" and row["reply"]["text"].endswith(" ^DK")
    assert [one["by"] for one in row["reply"]["approvals"]] == ["dana", "bo"]


def test_a_misspelt_word_of_four_eyes_stops_every_command(queue: Earshot, home: Path) -> None:
    """It would let everything pass under one name."""
    policy = 'names = ["dana", "bo"]\nneeds_second_approval = ["thank_you", "aboutt_refund"]\n'
    starter = (Path(__file__).parents[2] / "config" / "policy.toml").read_text()
    (home / "config" / "policy.toml").write_text(starter.replace("names = []", policy, 1))
    for command in (["check"], ["approve", "1"], ["run"], ["queue"]):
        done = queue(*command)
        assert done.code == 1 and "aboutt_refund is neither a kind of reply, a guard nor a cue" in done.err


def test_a_text_is_shown_as_this_person_would_sign_it(queue: Earshot, home: Path) -> None:
    """`--as` at queue and show, as at approve."""
    policy = 'names = ["dana", "bo"]\nsignatures = { dana = "^DK", bo = "^BO" }\n'
    starter = (Path(__file__).parents[2] / "config" / "policy.toml").read_text()
    (home / "config" / "policy.toml").write_text(starter.replace("names = []", policy, 1))
    number = next(str(one["id"]) for one in waiting(queue) if one["state"] == "drafted")
    for name, mark in (("dana", " ^DK"), ("bo", " ^BO")):
        (found,) = [one for one in queue("queue", "--as", name, "--json").json if str(one["id"]) == number]
        shown = queue("show", number, "--as", name, "--json").json
        assert found["text"].endswith(mark) and shown["text"].endswith(mark)


def test_several_replies_are_moved_at_once_each_on_its_own(queue: Earshot) -> None:
    """What was done is said in words; one that fails stops no other, and makes exit 1."""
    drafts = [str(one["id"]) for one in waiting(queue) if one["state"] == "drafted"]
    first, second, *_ = drafts
    closed = queue("close", first, "99", second, "--reason", "settled on the phone")
    assert closed.code == 1 and closed.err == "earshot: there is no reply 99; `earshot queue` lists the ids\n"
    assert [line.split(":")[0].split(" to ")[0] for line in closed.out.splitlines()] == [
        f"reply {first}",
        f"reply {second}",
    ]
    assert closed.out.count(": closed (settled on the phone); next: to reopen it with its text: `earshot undo ") == 2
    assert queue("undo", first, second).out.count(": reopened; next: `earshot approve ") == 2
    rows = queue("snooze", first, second, "2h", "--json").json
    assert [(row["id"], row["ok"], row["reply"]["state"]) for row in rows] == [
        (int(number), True, "drafted") for number in (first, second)
    ]
    for command, words in (
        (("claim", first), "claimed by dana until "),
        (("release", first), "released, anybody can take it; "),
        (("assign", first, second, "dana"), "assigned to dana; "),
        (("snooze", first, "30m"), "hidden from the queue until "),
        (("escalate", first, "memory:m5"), "escalated; "),
        (("note", second, "waits for the warehouse"), "noted (waits for the warehouse); "),
    ):
        assert f": {words}" in queue(*command).out
    assert "dana noted: waits for the warehouse" in " ".join(queue("show", second).out.split())
    mixed = queue("escalate", "99", "memory:m5", "--json")
    assert mixed.code == 1 and [row["id"] for row in mixed.json] == ["99", "memory:m5"]


def test_a_refused_text_is_kept_also_of_the_command_line(queue: Earshot) -> None:
    """What was typed in a line is as much work as what was typed in an editor."""
    number = next(str(one["id"]) for one in waiting(queue) if one["state"] == "drafted")
    refused = queue("edit", number, "--text", "Look at https://elsewhere.example/")
    assert refused.code == 1 and "; your text is kept in " in refused.err
    file = Path(refused.err.strip().rpartition(" ")[2])
    assert file.read_text() == "Look at https://elsewhere.example/" and file.stat().st_mode & 0o777 == 0o600
    file.unlink()
