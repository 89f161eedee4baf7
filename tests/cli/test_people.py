"""Persons, and the operator's hand on sending."""

import sqlite3
from pathlib import Path

from tests.conftest import Earshot


def test_a_person_is_shown_noted_and_opted_out(queue: Earshot) -> None:
    """And may be answered again."""
    assert queue("note", "ada", "likes mail", "--json").json["notes"][0]["by"] == "dana"
    page = queue("optout", "ada", "--as", "bo", "--json").json
    assert page["opted_out"]["by"] == "bo"
    assert page["exchanges"][0]["state"] == "closed"
    page = queue("person", "memory:ada").out
    assert "opted out of replies (bo" in page and "likes mail" in page
    assert queue("optout", "ada", "--undo", "--json").json["opted_out"] is None
    again = queue("optout", "ada", "--undo")
    assert again.code == 1 and "ada has not opted out" in again.err
    assert queue("person", "nobody").code == 1


def test_an_opt_out_lists_what_it_closed_and_how_to_answer_later(queue: Earshot) -> None:
    """At the opt-out, at its end, and where somebody tries to reopen such a reply."""
    opted = queue("optout", "ada").out.splitlines()
    assert opted == [
        "memory:ada will not be answered; `earshot optout ada --undo` allows replies again",
        "1 draft closed: reply 1",
    ]
    for command in ("undo", "escalate", "edit"):
        refused = queue(command, "1", *(["--text", "Hi!"] if command == "edit" else []))
        assert refused.code == 1 and "; to answer all the same: `earshot escalate memory:m1`" in refused.err
    reason = "reply 1 was closed (withdrawn: the author opted out of replies) and cannot be reopened"
    assert reason in queue("undo", "1").err
    again = queue("optout", "ada", "--undo").out.splitlines()
    assert again[1:] == ["reply 1 stays closed; to answer: `earshot escalate memory:m1`"]
    assert queue("escalate", "memory:m1").code == 0


def test_a_pause_holds_what_is_approved_until_it_is_lifted(queue: Earshot) -> None:
    """Sending stops at once; an approval is kept and goes later."""
    paused = queue("pause", "--for", "2h", "--reason", "outage", "--json").json
    assert paused["paused"] == ["memory"] and paused["until"] is not None
    approved = queue("approve", "1")
    assert "will be sent when sending is resumed" in approved.out
    held = queue("once", "--stage", "send", "--json")
    assert held.code == 3 and held.json["held"] == {"paused": 1} and held.json["sent"] == 0
    assert queue("resume", "--json").json == {"resumed": 1, "still_paused": []}
    sent = queue("once", "--stage", "send", "--json")
    assert sent.code == 0 and sent.json["sent"] == 1


def test_where_sending_is_paused_is_named_in_one_way(queue: Earshot) -> None:
    """By the command, the status, the notice and the rest of a pause."""
    assert queue("pause").out == "sending is paused everywhere until `earshot resume`\n"
    assert queue("pause", "--platform", "memory").out == "sending is paused on memory until `earshot resume`\n"
    status, notices = queue("status").out, queue("notices").out
    for where in ("everywhere", "on memory"):
        assert f"paused     {where} by dana; " in status
        assert f"paused {where}, since" in notices and f"sending is paused {where} by dana" in notices


def test_the_status_lists_opt_outs_by_handle_where_it_is_known(queue: Earshot, home: Path) -> None:
    """An erased person has only an id left."""
    database = sqlite3.connect(home / "data" / "earshot.db")
    database.execute("UPDATE mention SET author_handle = 'ada_b', handle_key = 'ada_b' WHERE author_id = 'ada'")
    database.commit()
    database.close()
    assert queue("optout", "ada_b").code == 0
    assert "opted out  1: memory:ada_b\n" in queue("status").out
    assert queue("status", "--json").json["opted_out"][0]["handle"] == "ada_b"
    assert queue("forget", "ada_b").code == 0
    assert "opted out  1: memory:ada\n" in queue("status").out


def test_resuming_one_platform_of_a_pause_of_all_says_so(queue: Earshot) -> None:
    """And a platform that is not on is named."""
    queue("pause")
    done = queue("resume", "--platform", "memory")
    assert "nothing was paused there" in done.out and "still paused everywhere" in done.out
    assert queue("pause", "--platform", "memry").err == "earshot: no platform 'memry' is on; choose one of: memory\n"


def test_who_acts_needs_a_name_that_can_be_shown(queue: Earshot) -> None:
    """`policy` is the program's own."""
    for name in ("policy", " ", "a\nb"):
        assert queue("approve", "1", "--as", name).code == 1


def test_forgetting_says_what_was_done_and_what_is_left(queue: Earshot, home: Path) -> None:
    """Staff can tell the person; the opt-out and a copy of the database are named."""
    queue("optout", "ada")
    assert queue("backup", str(home / "data" / "monday.db")).code == 0
    done = queue("forget", "ada")
    assert done.out.startswith("memory:ada is forgotten: erased the words of 1 decision, ")
    assert (
        "the opt-out and the id stay" in done.out
        and f"still holds the words: {home / 'data' / 'monday.db'}" in done.out
    )
    assert b"two weeks now" not in (home / "data" / "earshot.db").read_bytes()
    assert "No reply" not in queue("show", "memory:m1").out
    assert done.out.splitlines()[-1] == "database file cleaned"
    again = queue("forget", "ada")
    assert again.code == 0 and "there were no words to erase" in again.out
    nobody = queue("forget", "who")
    assert nobody.code == 1 and "nobody called 'who'" in nobody.err


def test_forgetting_erases_a_row_that_could_not_be_read(queue: Earshot, home: Path) -> None:
    """Each platform's own rule shows who wrote it."""
    with (home / "config" / "mentions.jsonl").open("a") as file:
        file.write('{"id": "q1", "author": "Ada", "words": "two weeks"}\n')
    assert queue("once", "--stage", "poll", "--json").json["quarantined"] == 1
    assert "1 quarantined item" in queue("forget", "ada").out
    assert queue("quarantine", "--json").json == []


def test_forgetting_while_another_program_reads_tells_what_was_done(queue: Earshot, home: Path) -> None:
    """All of it first; then that upkeep goes on, and the code of an open notice."""
    reader = sqlite3.connect(home / "data" / "earshot.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM mention").fetchone()
    done = queue("forget", "ada")
    assert done.code == 3 and done.out.startswith("memory:ada is forgotten: erased the words of ")
    assert "withdrawn: reply" in done.out and "`erasure_incomplete` is open" in done.out.splitlines()[-1]
    assert "erasure_incomplete" in queue("notices").out
    reader.close()
    assert queue("once", "--stage", "upkeep").code == 0 and "erasure_incomplete" not in queue("notices").out


def test_people_are_listed_and_a_role_is_corrected(queue: Earshot) -> None:
    """As a list, as JSON, and with one line for each mistake."""
    people = queue("people").out
    assert "memory:flo" in people and "new: first wrote" in people
    assert queue("people", "--role", "critic").out.startswith("Nobody; ")
    page = queue("person", "ada", "--role", "critic", "--reason", "three letters", "--until", "30d", "--json").json
    assert [role["name"] for role in page["roles"]] == ["critic", "new"] and page["roles"][0]["by"] == "dana"
    (line,) = queue("people", "--role", "critic", "--json").json
    assert (line["platform"], line["handle"], line["open"]) == ("memory", "ada", 1)
    assert "critic: marked by dana until" in queue("show", "1").out
    assert queue("person", "ada", "--role", "critic", "--off", "--reason", "a joke").code == 0
    assert queue("people", "--role", "critic", "--json").json == []
    assert queue("person", "ada", "--role", "crook").err.endswith(
        "advocate, critic, trendsetter, gossiper, regular, new\n"
    )
    assert queue("person", "ada", "--role", "critic").code == 1
    assert "is in the past" in queue("person", "ada", "--role", "critic", "--until", "2020-01-01").err
    assert queue("person", "ada", "--off").code == 2


def test_a_member_joins_leaves_and_is_exported(queue: Earshot, home: Path) -> None:
    """With a club.toml of one's own; each mistake is one line."""
    assert "there is no club" in queue("member", "cy", "--join", "memory:m3").err
    (home / "config" / "club.toml").write_text(
        '[club]\njoin = ["your opening hours"]\nterms = "the terms"\n[tiers.gold]\npoints = 1\n'
    )
    assert queue("member", "cy").out == "memory:cy: not a member\n"
    assert "does not ask to join" in queue("member", "flo", "--join", "memory:m6").err
    member = queue("member", "cy", "--join", "memory:m3", "--json").json["member"]
    assert (member["evidence"], member["accounts"], member["points"]) == ("memory:m3", ["memory:cy"], 0)
    assert "member since" in queue("person", "cy").out
    assert queue("people", "--tier", "gold", "--json").json == []
    assert queue("people", "--tier", "tin").err.endswith("'tin' is not a tier; choose one of gold\n")
    record = queue("person", "cy", "--export").json
    assert record["accounts"][0]["exchanges"][0]["mention"]["id"] == "m3" and record["member"]["terms"] == "the terms"
    assert queue("member", "cy", "--leave", "--join", "memory:m3").code == 2
    assert queue("member", "cy", "--proof", "memory:m3").code == 2
    assert "by which they joined" in queue("member", "cy", "--remove-account", "cy").err
    assert queue("member", "cy", "--leave", "--remove-account", "cy").code == 2
    assert queue("member", "cy", "--leave").out == "memory:cy: not a member\n"
