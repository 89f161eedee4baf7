"""Words are kept as long as the policy says, and not a batch longer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import select

from listener.cli import detail
from listener.desk import control, transitions
from listener.desk.queue import show
from listener.desk.showing import RenderContext
from listener.feed_page import FeedPage, QuarantinedItem
from listener.model import Mention
from listener.store import exchange_log, mentions, moves, notices, people, replies
from listener.store.tables import metadata
from listener.upkeep import retention
from tests.databases import only_on_sqlite
from tests.line import COMPLAINT, PRAISE, Line

IDLE = "Going to the shop with my zirconium pen"
DAYS = {"retain_text": timedelta(days=30)}


def keeping(line: Line, **limits: timedelta | None) -> None:
    """The policy with these limits."""
    line.policy = replace(line.policy, limits=replace(line.policy.limits, **limits))  # type: ignore[arg-type]


def texts(line: Line) -> list[str]:
    """The words that are left, in order of arrival."""
    with line.store.read() as connection:
        column = metadata.tables["mention"].c
        return list(connection.execute(select(column.text).order_by(column.key)).scalars())


def count_pages(line: Line) -> int:
    """How many pages the file has."""
    with line.store.read() as connection:
        return int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())


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
    assert retention.retain(line.store, line.policy, line.now, {}) == 5
    assert texts(line) == [""] * 5 + [IDLE]
    with line.store.read() as connection:
        rows = list(exchange_log.read_exchanges(connection))
    assert [row["decision"] for row in rows] == ["ignore"] * 6 and rows[0]["compound"] is not None
    assert retention.retain(line.store, line.policy, line.now, {}) == 0


def test_platform_with_a_limit_of_its_own_keeps_no_longer(line: Line) -> None:
    """Whatever the policy says; other platforms are not touched, and a shorter time of the policy counts too."""
    line.say(IDLE)
    line.listen()
    line.wait(days=31)
    month = timedelta(days=30)
    assert retention.retain(line.store, line.policy, line.now, {}, {"elsewhere": month}) == 0
    assert retention.retain(line.store, line.policy, line.now, {}, {"memory": timedelta(days=90)}) == 0
    assert retention.retain(line.store, line.policy, line.now, {}, {"memory": month}) == 1
    assert texts(line) == [""]


def test_nothing_is_let_go_without_the_key(line: Line) -> None:
    """The starter keeps everything."""
    line.say(IDLE)
    line.listen()
    line.wait(days=3000)
    assert line.stages.upkeep() == 0 and texts(line) == [IDLE]


def test_what_waits_for_a_person_keeps_its_words(line: Line) -> None:
    """Nobody can answer what nobody can read; once it is closed they go."""
    mention = line.say("Your letter opener cut my hand, we are in the emergency room.")
    line.listen()
    keeping(line, **DAYS)
    line.wait(days=31)
    line.stages.upkeep()
    assert texts(line) == [mention.text]
    transitions.close(line.store, line.desk(), line.reply_to(mention.id).id, "called her")
    line.stages.upkeep()
    assert texts(line) == [""] and line.reply_to(mention.id).reason is None


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
        mentions.record_deletion(connection, mentions.locate(connection, "memory", gone.id) or 0, line.now)
    keeping(line, retain_deleted_text=timedelta(hours=24))
    line.wait(hours=23)
    line.stages.upkeep()
    assert texts(line) == [IDLE, IDLE]
    line.wait(hours=2)
    line.stages.upkeep()
    assert texts(line) == ["", here.text]


def test_what_is_listed_again_after_its_time_stays_bare(line: Line) -> None:
    """An edit that comes late brings no words back."""
    mention = line.say(COMPLAINT)
    line.listen()
    line.wait(days=8)
    keeping(line, retain_text=timedelta(days=7))
    line.stages.upkeep()
    assert texts(line) == [""]
    line.say(f"{COMPLAINT} Again!", id=mention.id, interaction_id=mention.id, created_at=line.now)
    line.listen()
    assert texts(line) == [""]


DAY = {"memory": timedelta(hours=24)}


def deleted(line: Line, text: str = IDLE) -> Mention:
    """A mention that is decided, and then found gone from its platform."""
    mention = line.say(text)
    line.listen()
    with line.store.write() as connection:
        mentions.record_deletion(connection, mentions.locate(connection, "memory", mention.id) or 0, line.now)
    return mention


def kept(line: Line, spans: Mapping[str, timedelta]) -> int:
    """One upkeep under a platform's own rule. Returns how many lost their words."""
    return retention.retain(line.store, line.policy, line.now, spans)


def test_a_platforms_own_rule_holds_where_the_policy_says_nothing(line: Line) -> None:
    """X: gone there, erased here within 24 hours. On a platform without a rule nothing happens."""
    deleted(line)
    line.wait(hours=23)
    assert kept(line, DAY) == 0
    line.wait(hours=1, seconds=1)
    assert kept(line, {"another": timedelta(hours=24)}) == 0 and kept(line, {}) == 0
    assert kept(line, DAY) == 1 and texts(line) == [""]


@pytest.mark.parametrize(("policy", "hours"), [(timedelta(hours=2), 2), (timedelta(days=30), 24)])
def test_the_shorter_of_rule_and_policy_counts(line: Line, policy: timedelta, hours: int) -> None:
    """A policy may be stricter than the platform, never laxer."""
    deleted(line)
    keeping(line, retain_deleted_text=policy)
    line.wait(hours=hours, seconds=-1)
    assert kept(line, DAY) == 0
    line.wait(seconds=2)
    assert kept(line, DAY) == 1


def test_what_waits_for_a_deleted_post_is_withdrawn_with_its_words(line: Line) -> None:
    """Nobody can answer it any more; a reply under way is settled first."""
    mention = deleted(line, COMPLAINT)
    reply = line.reply_to(mention.id)
    line.wait(hours=25)
    with line.store.write() as connection:
        assert moves.update_fields(connection, reply, "sending", "outbox", line.now, state="sending")
    assert kept(line, DAY) == 0 and texts(line) == [mention.text]
    with line.store.write() as connection:
        assert moves.update_fields(connection, line.reply(reply.id), "drafted", "outbox", line.now, state="drafted")
    assert kept(line, DAY) == 1 and texts(line) == [""]
    ended = line.reply(reply.id)
    assert (ended.state, ended.closed_as, ended.text, ended.reason) == ("closed", "withdrawn", None, None)


def test_show_says_why_the_words_are_missing(line: Line) -> None:
    """An empty mention without a reason looks like a fault."""
    mention = deleted(line, COMPLAINT)
    line.wait(hours=25)
    kept(line, DAY)
    view = RenderContext(line.preview, lambda decided, mention: [], line.now)
    shown = show(line.store, view, ("memory", mention.id))
    page = StringIO()
    for part in detail.mention(shown):
        Console(file=page, width=200).print(part)
    assert "the text was erased: the post was deleted on the platform" in page.getvalue()


def test_what_was_never_decided_waits_for_a_person(line: Line) -> None:
    """Put aside by a crash or unread: it keeps its words until somebody dismisses it."""
    mention = crashed(line)
    line.platform.pages.append(
        FeedPage({"at": 1}, quarantined_items=(QuarantinedItem("x1", '{"text": "zirconium"}', "no id"),), more=True)
    )
    line.listen()
    keeping(line, **DAYS)
    line.wait(days=31)
    line.stages.upkeep()
    with line.store.read() as connection:
        aside = notices.quarantined_items(connection)
    assert texts(line) == [mention.text] and {item.raw for item in aside} == {mention.text, '{"text": "zirconium"}'}
    for item in aside:
        control.dismiss(line.store, line.desk(), item.id)
    line.stages.upkeep()
    assert texts(line) == [""]


def crashed(line: Line) -> Mention:
    """A mention that triage could not decide, three times over."""
    triage = line.stages.triage
    ears, triage.reader.extractor = triage.reader.extractor, None  # type: ignore[assignment]
    mention = line.say(COMPLAINT)
    line.listen()
    for _ in range(2):
        line.stages.route()
    triage.reader.extractor = ears
    return mention


def test_what_was_mended_or_said_to_stop_us_goes_too(line: Line) -> None:
    """A broken item that has come whole since; "stop" in the author's words, while the opt-out itself stays."""
    line.platform.pages.append(
        FeedPage({"at": 1}, quarantined_items=(QuarantinedItem("x1", '{"text": "zirconium"}', "no id"),), more=True)
    )
    line.listen()
    line.say(IDLE, id="x1")
    mention = line.say("@brand stop replying to me with your zirconium")
    line.listen()
    who = ("memory", mention.author_id)
    with line.store.read() as connection:
        asked = people.opted_out(connection, who)
    assert asked is not None and asked.why == mention.text
    keeping(line, **DAYS)
    line.wait(days=31)
    line.stages.upkeep()
    with line.store.read() as connection:
        asked = people.opted_out(connection, who)
        raws = connection.execute(select(metadata.tables["quarantine"].c.raw)).scalars().all()
    assert asked is not None and asked.why is None and raws == [""]


@only_on_sqlite("pages of the file")
def test_a_file_uses_the_room_of_erased_words_again(line: Line) -> None:
    """A day with as many mentions adds far less once those of an earlier day are erased: ids and events stay."""
    keeping(line, retain_text=timedelta(days=1, hours=1))
    pages = [count_pages(line)]
    for day in range(7):
        line.platform.pages.append(FeedPage({"at": day}, tuple(line.mention(COMPLAINT) for _ in range(200))))
        line.listen()
        with line.store.write() as connection:
            for waiting in replies.list_where(connection):
                if waiting.state == "drafted":
                    replies.close(connection, waiting, "rejected", "no", by="ann", now=line.now)
        retention.retain(line.store, line.policy, line.now, {})
        pages.append(count_pages(line))
        line.wait(days=1)
    first, *_, last = (after - before for before, after in pairwise(pages))
    assert last < 0.75 * first, pages
