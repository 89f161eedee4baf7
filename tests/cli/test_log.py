"""The exchange log, notices and quarantined items."""

from pathlib import Path

from tests.cli.conftest import Watch
from tests.conftest import Earshot, write_mentions

KEYS = [
    *("platform", "mention_id", "author", "mention_text", "mentioned_at", "seen_at", "compound", "lang", "decision"),
    *("kind", "rule", "reply_id", "state", "reply_text", "remote_id", "approved_by", "approved_at", "sent_at"),
    "cost_usd",
]


def test_the_log_is_a_json_object_a_line_and_pages(queue: Earshot) -> None:
    """Oldest first; --after takes the last line's mention."""
    rows = queue("log").lines
    assert [row["mention_id"] for row in rows] == ["m1", "m2", "m3", "m4", "m5", "m6"]
    assert list(rows[0]) == KEYS
    assert [row["mention_id"] for row in queue("log", "--json", "--after", "memory:m2", "--limit", "2").lines] == [
        "m3",
        "m4",
    ]
    missing = queue("log", "--after", "memory:zz")
    assert missing.code == 1 and "there is no mention memory:zz" in missing.err


def test_the_log_of_a_time_and_of_a_person(queue: Earshot) -> None:
    """--since takes an age or a time."""
    assert len(queue("log", "--since", "1h").lines) == 6
    assert queue("log", "--since", "2999-01-01").lines == []
    assert [row["author"] for row in queue("log", "--person", "@BO").lines] == ["bo"]


def test_on_a_terminal_the_log_is_for_people(queue: Earshot, watch: Watch) -> None:
    """Three short lines an exchange."""
    queue("approve", "2")
    queue("once", "--stage", "send")
    drawn = watch("log", env={"NO_COLOR": "1"})
    assert "@bo  @fernhill I love" in drawn and "reply 2 sent by dana" in drawn and "    → " in drawn


def test_a_row_that_could_not_be_read_is_listed_and_cannot_be_put_back(home: Path, inside: Earshot) -> None:
    """Its source is the place to mend it; the other rows went on."""
    write_mentions(home, {"id": "m9", "txt": "no text"})
    assert inside("once", "--json").json["stored"] == 6
    (item,) = inside("quarantine", "--json").json
    assert (item["platform"], item["stage"]) == ("memory", "poll") and "no text" in item["raw"]
    done = inside("quarantine", "--retry", str(item["id"]))
    assert done.code == 1 and "correct it at its source" in done.err
    assert inside("quarantine", "--retry", "77").code == 1


def test_notices_tell_what_to_do_and_only_gaps_are_cleared_by_hand(queue: Earshot) -> None:
    """A pause ends with `resume`."""
    assert queue("notices", "--json").json == []
    queue("pause", "--reason", "outage")
    (notice,) = queue("notices", "--json").json
    assert set(notice) == {"id", "kind", "platform", "since", "what", "do"} and notice["kind"] == "paused"
    refused = queue("notices", "--clear", str(notice["id"]))
    assert refused.code == 1 and "clears when its cause ends" in refused.err
    assert "outage" in queue("notices").out
