"""Words are kept as long as the policy says, and not a batch longer."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from listener.desk import moves
from listener.store import figures, mentions
from listener.store.tables import metadata
from listener.upkeep import retention
from tests.line import COMPLAINT, PRAISE, Line

IDLE = "Going to the shop with my zirconium pen"
DAYS = {"keep_words": timedelta(days=30)}


def keeping(line: Line, **limits: timedelta | None) -> None:
    """The policy with these limits."""
    line.policy = replace(line.policy, limits=replace(line.policy.limits, **limits))  # type: ignore[arg-type]


def texts(line: Line) -> list[str]:
    """The words that are left, in order of arrival."""
    with line.store.read() as connection:
        column = metadata.tables["mention"].c
        return list(connection.execute(select(column.text).order_by(column.key)).scalars())


def test_words_go_when_their_time_is_over_and_the_ledger_stays(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """In batches, so that the write lock is never held for long; younger ones are not touched."""
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        line.say(IDLE)
    line.listen()
    line.wait(days=29)
    line.say(IDLE)
    line.listen()
    line.wait(days=2)
    keeping(line, **DAYS)
    assert retention.retain(line.store, line.policy, line.now) == 5
    assert texts(line) == [""] * 5 + [IDLE]
    with line.store.read() as connection:
        rows = list(figures.exchanges(connection))
    assert [row["decision"] for row in rows] == ["ignore"] * 6 and rows[0]["compound"] is not None
    assert retention.retain(line.store, line.policy, line.now) == 0


def test_nothing_is_let_go_without_the_key(line: Line) -> None:
    """The starter keeps everything."""
    line.say(IDLE)
    line.listen()
    line.wait(days=3000)
    assert line.stages.upkeep() == 0 and texts(line) == [IDLE]


def test_what_waits_for_a_person_keeps_its_words(line: Line) -> None:
    """Nobody can answer what nobody can read; once it is closed they go."""
    said = line.say("Your letter opener cut my hand, we are in the emergency room.")
    line.listen()
    keeping(line, **DAYS)
    line.wait(days=31)
    line.stages.upkeep()
    assert texts(line) == [said.text]
    moves.close(line.store, line.desk(), line.reply_to(said.id).id, "called her")
    line.stages.upkeep()
    assert texts(line) == [""] and line.reply_to(said.id).reason is None


def test_a_reply_that_went_out_loses_its_words_and_keeps_its_receipt(line: Line, tmp_path: Path) -> None:
    """Who approved it, when it went and where it is."""
    number = line.approved(PRAISE).id
    line.send()
    keeping(line, **DAYS)
    line.wait(days=31)
    line.stages.upkeep()
    reply = line.reply(number)
    assert (reply.text, reply.request, reply.state, reply.approved_by) == (None, None, "sent", "ann")
    assert reply.remote_id is not None and texts(line) == [""]


def test_a_deleted_post_loses_its_words_sooner(line: Line) -> None:
    """Platforms ask for that; counted from when we noticed."""
    gone, here = line.say(IDLE), line.say(IDLE)
    line.listen()
    with line.store.write() as connection:
        mentions.gone(connection, mentions.locate(connection, "memory", gone.id) or 0, line.now)
    keeping(line, keep_deleted=timedelta(hours=24))
    line.wait(hours=23)
    line.stages.upkeep()
    assert texts(line) == [IDLE, IDLE]
    line.wait(hours=2)
    line.stages.upkeep()
    assert texts(line) == ["", here.text]


def test_what_is_listed_again_after_its_time_stays_bare(line: Line) -> None:
    """An edit that comes late brings no words back."""
    said = line.say(COMPLAINT)
    line.listen()
    line.wait(days=8)
    keeping(line, keep_words=timedelta(days=7))
    line.stages.upkeep()
    assert texts(line) == [""]
    line.say(f"{COMPLAINT} Again!", id=said.id, interaction_id=said.id, created_at=line.now)
    line.listen()
    assert texts(line) == [""]
