"""What the command line shows of an edited, a private and an illustrated mention, and what it refuses."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from listener.store import edits, items
from listener.store.engine import open_store
from tests.cli.test_editor import script
from tests.conftest import Earshot


@contextmanager
def database(home: Path) -> Iterator[Connection]:
    """The database of a home, to write to."""
    with closing(open_store(home / "data" / "earshot.db")) as store, store.write() as connection:
        yield connection


def edit(home: Path, reply_id: int, text: str, **changes: object) -> None:
    """The author edits the mention, as a poll records it."""
    now = datetime.now(UTC)
    with database(home) as connection:
        known = items.queued(connection, reply_id)
        newer = replace(known.mention, text=text, created_at=now, **changes)  # type: ignore[arg-type]
        edits.record(connection, known.key, known.mention.text, newer, by="poll", now=now)


def test_an_edited_mention_is_shown_with_both_words_and_approved_only_by_its_new_revision(
    queue: Earshot, home: Path
) -> None:
    """Every warning is printed, also with a refusal."""
    (before, *_) = queue("queue", "--kind", "thank_you", "--json").json
    number, words = before["id"], "We love this paper, thank you so very much!"
    edit(home, number, words, attachments=("picture: a desk",))
    assert queue("once", "--stage", "route").code == 0
    after = queue("show", str(number), "--json").json
    (change,) = after["mention"]["edits"]
    assert (change["before"], change["after"]) == (before["mention"]["text"], words) and change["at"]
    assert after["mention"]["attachments"] == ["picture: a desk"] and after["private"] is False
    refused = queue("approve", str(number))
    assert refused.code == 1 and refused.err.count("the author edited the mention") == 2
    assert queue("approve", f"{number}@{before['revision']}").code == 1
    done = queue("approve", f"{number}@{after['revision']}")
    assert done.code == 0 and "edited the mention after this was first drafted" in done.err
    with database(home) as connection:
        connection.exec_driver_sql("UPDATE platform SET attempt_at = NULL")  # nothing runs
    shown = queue("show", str(number)).out
    assert "the words before:" in shown and "+ picture: a desk" in shown
    assert "when `earshot run`" in shown and "at once" not in shown


def test_a_private_mention_is_marked_in_the_queue_and_in_show(queue: Earshot, home: Path) -> None:
    """So that nobody answers it in public."""
    (reply, *_) = queue("queue", "--kind", "thank_you", "--json").json
    with database(home) as connection:
        key = items.queued(connection, reply["id"]).key
        connection.exec_driver_sql("UPDATE mention SET is_private = 1, labels = '[\"graphic\"]' WHERE key = ?", (key,))
    assert queue("show", str(reply["id"]), "--json").json["private"] is True
    for drawn in (queue("queue", "--kind", "thank_you").out, queue("show", str(reply["id"])).out):
        assert "private:" in drawn
    assert "labelled graphic" in queue("show", str(reply["id"])).out
    refused = queue("edit", str(reply["id"]), "--text", "Ask @zoe.")
    assert refused.code == 1 and "@zoe could read the reply" in refused.err


def test_a_nul_from_the_editor_is_refused_and_the_text_kept(queue: Earshot, home: Path) -> None:
    """No database takes it."""
    (reply, *_) = queue("queue", "--kind", "thank_you", "--json").json
    done = queue("edit", str(reply["id"]), env={"VISUAL": script(home, 'printf "a\\000b" > "$2"'), "EDITOR": "false"})
    assert done.code == 1 and "cannot be stored (U+0000)" in done.err and "your text is kept in" in done.err
