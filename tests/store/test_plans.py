"""The hot queries use their indexes, whatever the size: asked of SQLite itself, on a database without statistics."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from listener.alert_rules import WEBHOOK_EVENTS
from listener.store import (
    acts,
    beside,
    erasure,
    exchange_log,
    figures,
    items,
    members,
    mentions,
    outgoing,
    people,
    replies,
    rewards,
    standing,
    webhooks,
)
from listener.store.histories import load_histories
from listener.store.records import Exchange
from listener.store.states import WATCHED
from tests.databases import make_store, only_on_sqlite
from tests.factories import mention
from tests.line import NOON

pytestmark = only_on_sqlite("EXPLAIN QUERY PLAN")

ADA = ("memory", "a1")
EXCHANGE = Exchange(1, mention("m1"), NOON, None, None, None, None, None, None)
HOT: dict[str, tuple[Callable[[Connection], Any], str]] = {
    "queue": (lambda c: items.items(c, NOON, awake=True), "ix_reply_waiting"),
    "queue of a kind": (lambda c: items.items(c, NOON, kind="support"), "ix_reply_waiting"),
    "queue of a platform": (lambda c: items.items(c, NOON, platform="memory"), "ix_reply_waiting"),
    "queue of a state": (lambda c: items.items(c, NOON, states=("sent",)), "ix_reply_queue"),
    "totals": (lambda c: (replies.count_by_state(c), replies.count_snoozed_overdue(c, NOON)), "ix_reply_snoozed"),
    "oldest": (exchange_log.oldest_waiting, "ix_reply_queue"),
    "undecided": (exchange_log.count_undecided, "ix_mention_new"),
    "exchanges of a person": (lambda c: items.list_of_person(c, *ADA), "ix_mention_author"),
    "thread": (lambda c: items.list_of_conversation(c, "memory", "c1"), "ix_mention_conversation"),
    "person": (lambda c: people.count_exchanges(c, ADA), "ix_reply_mention"),
    "figures of a person": (lambda c: standing.read_figures(c, NOON, ADA), "ix_mention_author"),
    "marks of a person": (lambda c: standing.list_marks(c, NOON, ADA), "ix_mark_author"),
    "coupons of a person": (lambda c: rewards.list_of_person(c, "d"), "ix_reward_person"),
    "points of members": (lambda c: members.read_points(c, [ADA]), "ix_points_author"),
    "name": (lambda c: people._find_named(c, "memory", "ada"), "ix_mention_handle"),
    "log": (lambda c: list(exchange_log.read_exchanges(c)), "ix_mention_seen"),
    "log since": (lambda c: list(exchange_log.read_exchanges(c, since=NOON - timedelta(days=1))), "ix_mention_seen"),
    "log of a person": (lambda c: list(exchange_log.read_exchanges(c, person=ADA)), "ix_mention_author"),
    "texts of today": (lambda c: outgoing.count_texts(c, NOON, limit=9), "ix_reply_sent"),
    "texts on their way": (lambda c: outgoing.count_texts(c, NOON, limit=9), "ix_reply_queue"),
    "wordings of today": (lambda c: outgoing.list_variants(c, NOON), "ix_reply_sent"),
    "drafts of the hour": (lambda c: items.recent_drafts(c, NOON, 9), "ix_reply_created"),
    "search in the queue": (lambda c: items.items(c, NOON, words="nib", late=True), "ix_reply_waiting"),
    "somebody's queue": (lambda c: items.items(c, NOON, assigned_to="bo"), "ix_reply_waiting"),
    "words to let go": (lambda c: erasure.list_old(c, NOON, 200), "ix_mention_kept"),
    "praise": (lambda c: acts.list_praise(c, NOON, 0.5, 500), "ix_mention_kept"),
    "acts to do": (lambda c: acts.list_due(c, "memory", NOON), "ix_act_state"),
    "acts of a mention": (lambda c: acts.list_of_mention(c, 1), "sqlite_autoindex_act_1"),
    "acts of a person": (lambda c: acts.list_of_person(c, ADA), "ix_mention_author"),
    "acts that are done": (lambda c: acts.count_done(c, NOON, NOON), "ix_act_sent"),
    "deleted posts": (lambda c: erasure.list_deleted(c, {"x": NOON, "*": NOON}, 200), "ix_mention_deleted"),
    "events of a webhook": (
        lambda c: webhooks.list_occurrences(c, 7, WEBHOOK_EVENTS, 20),
        "INTEGER PRIMARY KEY (rowid>?)",
    ),
    "sends to count": (lambda c: figures.count_sends(c, 7, 99), "INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
    "known posts": (lambda c: mentions.stored_mentions(c, "memory", [mention("m1")]), "sqlite_autoindex_mention_2"),
    "answers to authors": (lambda c: load_histories(c, {1: mention("m1")}), "ix_mention_author"),
    "texts that are not sent yet": (lambda c: replies.has_any_in(c, "memory", WATCHED), "ix_reply_queue"),
    "our posts": (lambda c: replies.is_our_post(c, "memory", "9"), "ix_reply_remote"),
    "live replies": (lambda c: replies.list_live(c, [1, 2]), "uq_reply_live"),
    "unchanged": (lambda c: mentions.filter_unchanged(c, {1: mention("m1")}), "INTEGER PRIMARY KEY"),
    "notes": (lambda c: beside.read_notes(c, [EXCHANGE]), "ix_event_mention"),
    "what else waits": (lambda c: beside.read_waiting(c, [EXCHANGE]), "ix_mention_author"),
    "a person's queue": (lambda c: items.items(c, NOON, author=ADA), "ix_reply_waiting"),
    "locate": (lambda c: mentions.locate(c, "memory", "m1"), "sqlite_autoindex_mention_1"),
}
SORTED = {
    "queue of a platform",
    "queue of a kind",
    "queue of a state",
    "queue",
    "search in the queue",
    "somebody's queue",
    "a person's queue",
    "log",
    "log since",
}


def plans(folder: Path, ask: Callable[[Connection], Any]) -> list[str]:
    """What SQLite would do for each statement that is executed."""
    store, asked = make_store(folder), []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    event.listen(store._reader, "before_cursor_execute", note)
    with store.read() as connection:
        ask(connection)
    event.remove(store._reader, "before_cursor_execute", note)
    with store.read() as connection:
        rows = [
            row[3]
            for sql, given in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given).fetchall()
        ]
    store.close()
    return rows


@pytest.mark.parametrize("name", HOT)
def test_no_hot_query_reads_a_whole_table(name: str, tmp_path: Path) -> None:
    """A million mentions must not be felt; a SCAN of an index in the order asked for ends at its limit."""
    ask, index = HOT[name]
    plan = plans(tmp_path, ask)
    assert any(index in step for step in plan), plan
    scans = [step for step in plan if step.startswith("SCAN") and "INDEX" not in step and "subquery" not in step]
    whole = [step for step in plan if step.startswith("SEARCH mention ") and step.endswith("(platform=?)")]
    assert scans == whole == [], plan


@pytest.mark.parametrize("name", sorted(SORTED))
def test_a_page_is_read_in_the_order_of_an_index(name: str, tmp_path: Path) -> None:
    """What is sorted is the page of the queue, or the replies to one mention of the log; never all there is."""
    plan = plans(tmp_path, HOT[name][0])
    assert sum("B-TREE FOR ORDER BY" in step for step in plan) == 1, plan
    assert ("B-TREE" in plan[-1]) is ("queue" in name), plan
