"""Every figure of a report, recomputed by hand from a small history (docs/report.md says how each is counted).

Business hours are Monday to Friday, 9 to 17 in London, which keeps UTC in November; Friday the 27th is a holiday.
"""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from listener.analysis.report import report
from listener.analysis.report.numbers import distance, nearest
from listener.calendar import business_time
from listener.desk import autonomy, people, transitions
from listener.desk.approve import Target, approve
from listener.feed_page import Gap
from listener.model import Json
from listener.policy import Autonomy, Holds, TimeWindow
from listener.store import ledger, notices, platforms, reader_weights
from listener.store.reader_weights import NewWeights
from listener.store.tables import basis, metadata
from tests import factories
from tests.databases import make_store
from tests.desk.world import World, preview

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
PRAISE = "I love the smooth paper, thank you so much!"
LATE = "@fernhill my parcel has not arrived, two weeks now"
REFUND = "@fernhill my parcel has not arrived, I want a refund"
LAWYER = "@fernhill you will hear from my lawyer about this"
IDLE = "@fernhill going to the shop"
HOUR = 3600
NINE_TO_FIVE = (TimeWindow(time(9), time(17), frozenset(range(5))),)
POLICY = factories.policy(
    timezone="Europe/London", business_hours=NINE_TO_FIVE, holidays=frozenset({date(2026, 11, 27)})
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty desk on a Tuesday morning, listening since Monday."""
    store = make_store(tmp_path)
    desk = World(store, policy=POLICY, now=TUESDAY)
    with store.write() as connection:
        platforms.enable(connection, {"memory": 60.0}, TUESDAY - timedelta(days=1))
    yield desk
    store.close()


def measured(world: World, days: float = 7) -> Json:
    """The report of the last days, as its JSON has it."""
    with world.store.read() as connection:
        return asdict(report(connection, world.policy, world.now - timedelta(days=days), world.now))


def answered(world: World, number: int, by: str = "dana", **later: float) -> None:
    """Approved and out, after this time."""
    world.after(**later)
    (done,) = approve(world.store, world.desk(by), [Target(number)])
    assert done.ok, done.error
    world.put(number, "sent", sent_at=world.now, remote_id=f"p{number}")


def test_volume_is_counted_by_kind_hour_and_day_of_the_policys_zone(world: World) -> None:
    """Two thanks and a problem at 10, an idle word at 23:30 UTC: in Oslo that is 11 o'clock, and Wednesday."""
    world.policy = replace(POLICY, timezone="Europe/Oslo")
    world.said(PRAISE, PRAISE, LATE)
    world.after(hours=13, minutes=30).said(IDLE)
    world.after(minutes=1)
    volume = measured(world)["volume"]
    assert volume["kinds"] == {"thank_you": 2, "support": 1, "ignored": 1}
    assert {hour["hour"]: hour["mentions"] for hour in volume["hours"] if hour["mentions"]} == {11: 3, 0: 1}
    assert volume["days"] == [
        {"day": "2026-11-24", "mentions": 3, "kinds": {"thank_you": 2, "support": 1}},
        {"day": "2026-11-25", "mentions": 1, "kinds": {"ignored": 1}},
    ]


def test_only_what_was_heard_in_the_period_counts(world: World) -> None:
    """Up to its end, which is not part of it."""
    world.said(PRAISE)
    world.after(days=2).said(PRAISE, PRAISE)
    assert measured(world, days=1)["mentions"] == 0
    world.after(minutes=1)
    assert (measured(world, days=1)["mentions"], measured(world)["mentions"]) == (2, 3)


def test_response_rate_is_of_the_mentions_that_asked(world: World) -> None:
    """Six asked (one idle did not): staff answered 1, itself 1, on the platform 1, ended 2, waiting 1: 3 of 6."""
    staff, itself, there, rejected, withdrawn, _ = world.said(*[PRAISE] * 5, LAWYER)
    world.said(IDLE)
    answered(world, staff)
    world.put(itself, "sent", sent_at=world.now, approved_by="policy", approved_at=world.now)
    key = world.item(there).key
    with world.store.write() as connection:
        connection.execute(update(mention).where(mention.c.key == key).values(answered_remotely="own-1"))
    world.put(there, "closed", closed_as="withdrawn", reason="a person answered")
    transitions.reject(world.store, world.desk(), rejected, "irony")
    people.opt_out(world.store, world.desk(), f"user{withdrawn}", None)
    world.after(minutes=1)
    assert measured(world)["response"] == {
        "asked": 6, "staff": 1, "automatic": 1, "on_platform": 1, "ended": 2, "waiting": 1, "rate": 0.5
    }  # fmt: skip


def test_first_response_runs_on_the_business_clock_and_knows_no_automatic_reply(world: World) -> None:
    """After 1 h and 2 h; from Tuesday 14:00 to Wednesday 10:00 it is 3 h + 1 h; itself at once is not counted."""
    first, second, itself = world.said(PRAISE, PRAISE, PRAISE)
    world.put(itself, "sent", sent_at=world.now, approved_by="policy", approved_at=world.now)
    answered(world, first, hours=1)
    answered(world, second, hours=1)
    (three,) = world.after(hours=2).said(PRAISE)
    answered(world, three, hours=20)
    world.after(minutes=1)
    assert measured(world)["first_response"] == {
        "of": 3, "median_seconds": 2 * HOUR, "p90_seconds": 4 * HOUR,
        "wall_median_seconds": 2 * HOUR, "wall_p90_seconds": 20 * HOUR, "wall_longest_seconds": 20 * HOUR,
    }  # fmt: skip


def test_a_second_answer_in_a_conversation_is_no_first_response(world: World) -> None:
    """Ten minutes count, the day until the next answer does not, also when the first was before the period."""
    (first,) = world.said(LATE, conversation_id="c")
    answered(world, first, minutes=10)
    (second,) = world.after(hours=1).said(LATE, conversation_id="c", author_id="other")
    answered(world, second, hours=24)
    world.after(minutes=1)
    metrics = measured(world)["first_response"]
    assert (metrics["of"], metrics["median_seconds"], metrics["wall_p90_seconds"]) == (1, 600, 600)
    assert measured(world, days=1.03)["first_response"]["of"] == 0


def test_targets_met_are_of_those_sent_or_overdue(world: World) -> None:
    """Support in 1 h, thanks in 24 h. Met: 1 thanks; missed: one late, one overdue, one expired; 3 are left out."""
    met, rejected, itself, expired = world.said(*[PRAISE] * 4)
    late, overdue = world.said(LATE, LATE)
    answered(world, met, minutes=30)
    transitions.reject(world.store, world.desk(), rejected, "no")
    world.put(itself, "sent", sent_at=world.now, approved_by="policy", approved_at=world.now)
    answered(world, late, minutes=31)
    world.put(expired, "closed", closed_as="expired", reason="old")
    world.said(PRAISE)  # not due yet
    world.after(minutes=1)
    assert world.reply(overdue).state == "drafted"
    assert measured(world)["targets"] == {
        "met": 1, "missed": 3, "rate": 0.25,
        "kinds": {"support": {"met": 0, "missed": 2, "rate": 0.0}, "thank_you": {"met": 1, "missed": 1, "rate": 0.5}},
    }  # fmt: skip


def test_a_rules_drafts_are_approved_edited_rejected_or_escalated(world: World) -> None:
    """Of eight thanks staff decided five: 2 approved, 1 edited, 1 rejected, 1 escalated; the others are apart."""
    numbers = world.said(*[PRAISE] * 8)
    answered(world, numbers[0])
    approve(world.store, world.desk(), [Target(numbers[1])])
    transitions.edit(world.store, world.desk(), numbers[2], "Thank you, Ada!")
    answered(world, numbers[2])
    transitions.reject(world.store, world.desk(), numbers[3], "irony")
    transitions.escalate(world.store, world.desk(), numbers[4])
    world.put(numbers[5], "sent", sent_at=world.now, approved_by="policy", approved_at=world.now)
    transitions.close(world.store, world.desk(), numbers[6], "settled on the phone")
    world.said(LAWYER)  # never a draft
    world.after(minutes=1)
    assert measured(world)["rules"] == [
        {
            "rule": "thank_you", "kind": "thank_you", "drafts": 8, "decided": 5, "approved": 2, "edited": 1,
            "rejected": 1, "escalated": 1, "automatic": 1, "ended": 1, "open": 1,
            "approve_rate": 0.4, "edit_rate": 0.2, "reject_rate": 0.2,
        }
    ]  # fmt: skip


def test_a_draft_counts_by_what_staff_did_to_it_last(world: World) -> None:
    """Saved unchanged and approved; edited, approved and undone; edited, then rejected; handed on and then answered."""
    saved, changed, refused, handed, undone = world.said(*[PRAISE] * 5)
    transitions.edit(world.store, world.desk(), saved, world.reply(saved).text or "")
    answered(world, saved)
    for number in (changed, refused):
        transitions.edit(world.store, world.desk(), number, "Thank you, Ada!")
    approve(world.store, world.desk(), [Target(changed), Target(undone)])
    for number in (changed, undone):
        transitions.undo(world.store, world.desk(), number)
    transitions.reject(world.store, world.desk(), refused, "irony")
    transitions.escalate(world.store, world.desk(), handed)
    transitions.edit(world.store, world.desk(), handed, "Thank you!")
    answered(world, handed)
    world.after(minutes=1)
    (metrics,) = measured(world)["rules"]
    assert {name: metrics[name] for name in ("approved", "edited", "rejected", "escalated", "open")} == {
        "approved": 1, "edited": 1, "rejected": 1, "escalated": 1, "open": 1
    }  # fmt: skip
    assert [reason["number"] for reason in measured(world)["reject_reasons"]] == [metrics["rejected"]]


def test_what_was_earned_is_no_first_response_and_no_decision_of_staff(world: World) -> None:
    """Ten approvals of staff earn it; the eleventh goes by itself and counts as such, as `earshot status` has it."""
    world.policy = replace(POLICY, autonomy=Autonomy(10, 0, 0.0), holds=Holds(max_similar_per_day=0))
    world.policy = replace(
        world.policy, responders=tuple(replace(config, auto="earned") for config in POLICY.responders)
    )
    for number in world.said(*[PRAISE] * 10):
        answered(world, number)
    (itself,) = world.said(PRAISE)
    autonomy.approve_automatically(world.store, world.policy, preview, "memory", world.now)
    world.put(itself, "sent", sent_at=world.now, remote_id="p")
    world.after(minutes=1)
    metrics = measured(world)
    assert (metrics["first_response"]["of"], metrics["response"]["staff"], metrics["response"]["automatic"]) == (
        10,
        10,
        1,
    )
    (row,) = metrics["rules"]
    with world.store.read() as connection:
        progress = autonomy.progress(connection, world.policy, "thank_you")
    assert (row["automatic"], row["decided"], row["approved"]) == (
        1,
        progress.reviewed,
        progress.approved_unchanged,
    )


def test_reasons_are_counted_as_staff_wrote_them(world: World) -> None:
    """Most frequent first; blanks do not make two of one."""
    for number, reason in zip(world.said(*[PRAISE] * 3), ("wrong  tone", "irony", "wrong tone"), strict=True):
        transitions.reject(world.store, world.desk(), number, reason)
    world.after(minutes=1)
    assert measured(world)["reject_reasons"] == [
        {"reason": "wrong tone", "number": 2},
        {"reason": "irony", "number": 1},
    ]


def test_edit_distance_is_in_words_from_our_draft_to_what_went_out(world: World) -> None:
    """One text with 1 word more, edited twice, one replaced wholly by 2 words; the middle of 1 and n."""
    first, second = world.said(PRAISE, PRAISE)
    drafts = [world.reply(number).text or "" for number in (first, second)]
    transitions.edit(world.store, world.desk(), first, "something else first")
    transitions.edit(world.store, world.desk(), first, drafts[0] + " Ada")
    transitions.edit(world.store, world.desk(), second, "Xyzzy plugh")
    for number in (first, second):
        answered(world, number)
    world.after(minutes=1)
    lengths = [len(text.split()) for text in drafts]
    assert min(lengths) > 2
    assert measured(world)["edits"] == {
        "of": 2,
        "median_words": (1 + lengths[1]) / 2,
        "median_share": round((1 / (lengths[0] + 1) + 1.0) / 2, 4),
    }


def test_net_sentiment_names_its_denominator(world: World) -> None:
    """Two praise, one complains, one says nothing: (2 - 1) of 4; the German mention is in no figure of it."""
    world.said(PRAISE, PRAISE, "@fernhill terrible, awful service", IDLE)
    world.said("Der Kundendienst ist furchtbar und niemand antwortet mir seit Wochen", lang="de")
    world.after(minutes=1)
    assert measured(world)["sentiment"] == {
        "positive": 2, "negative": 1, "neutral": 1, "of": 4, "other_languages": 1, "net": 0.25,
        "denominator": "decided mentions in en",
    }  # fmt: skip


def test_complaints_are_counted_by_what_they_are_about(world: World) -> None:
    """Three complain: two of the delivery, one of these of a refund too, one of nothing that we know."""
    world.said(LATE, REFUND, "@fernhill this is a disgrace, I am so disappointed", PRAISE, IDLE)
    world.after(minutes=1)
    shown = REFUND.removeprefix("@fernhill ")
    assert measured(world)["complaints"] == {
        "of": 3,
        "categories": [
            {"category": "delivery", "number": 2, "suggested": 0, "share": 0.6667, "quote": shown},
            {"category": "refund", "number": 1, "suggested": 0, "share": 0.3333, "quote": shown},
            {
                "category": "other",
                "number": 1,
                "suggested": 0,
                "share": 0.3333,
                "quote": "this is a disgrace, I am so disappointed",
            },
        ],
    }


def test_a_suggested_subject_counts_where_no_cue_names_one(world: World) -> None:
    """Counted apart from what the cues name."""
    world.said(LATE, "@fernhill this is a disgrace, I am so disappointed")
    with world.store.write() as connection:
        for row in connection.execute(select(basis)).all():
            if not any(cue.startswith("about_") for cue in row.signals["cues"]):
                row.signals["reading"][-1] = "delivery"
                connection.execute(
                    update(basis).where(basis.c.decision_id == row.decision_id).values(signals=row.signals)
                )
    world.after(minutes=1)
    (category,) = measured(world)["complaints"]["categories"]
    assert (category["category"], category["number"], category["suggested"]) == ("delivery", 2, 1)


def test_attempts_to_learn_are_listed_by_their_time(world: World) -> None:
    """What became of each, with its figures; those of another time are not."""
    measures = {"before": {"loss": 0.3}, "after": {"loss": 0.2}, "changes": {"ignore -> escalate": 2}, "faults": []}
    new = NewWeights("base", 240, measures)
    with world.store.write() as connection:
        reader_weights.adopt(connection, new, "ann", world.now)
        reader_weights.refuse(connection, NewWeights("base", 90, {"faults": ["too few"]}), "upkeep", world.now)
        reader_weights.refuse(connection, new, "upkeep", world.now + timedelta(days=1))
    world.after(minutes=1)
    adopted, refused = measured(world)["learning"]
    assert (adopted["weights"], adopted["state"], adopted["decisions"]) == (1, "adopted", 240)
    assert (adopted["loss_before"], adopted["loss_after"], adopted["changes"]) == (0.3, 0.2, {"ignore -> escalate": 2})
    assert (refused["state"], refused["loss_before"], refused["faults"]) == ("refused", None, ["too few"])


def test_listening_counts_gaps_outages_and_lag(world: World) -> None:
    """Lags of 0, 60 and 120 s (older words were there before us); 2 gaps, 1 cleared; an outage of 2 h, one still on."""
    for seconds in (0, 60, 120):
        world.said(IDLE, created_at=world.now - timedelta(seconds=seconds))
    world.said(IDLE, created_at=world.now - timedelta(days=30))
    with world.store.write() as connection:
        for name in ("1", "2"):
            notices.record_gap(connection, "memory", Gap("mentions", name, name, "lost"), world.now)
        notices.clear_by_hand(connection, 1, "dana", world.now)
        notices.open_notice(connection, "unreachable", "memory", "x", "y", world.now, subject="reading")
        world.after(hours=2)
        notices.clear(connection, "unreachable", "memory", world.now)
        notices.open_notice(connection, "billing", "memory", "x", "y", world.now, subject="reading")
        notices.open_notice(connection, "billing", "memory", "x", "y", world.now, subject="sending")
    began = world.now
    world.after(minutes=30)
    metrics = measured(world)["listening"]
    assert (metrics["gaps"], metrics["gaps_open"], metrics["outage_seconds"]) == (2, 1, 2.5 * 3600)
    assert metrics["outages"][1] == {
        "platform": "memory", "kind": "billing", "since": began, "until": world.now, "over": False
    }  # fmt: skip
    assert metrics["lag"] == {"of": 3, "median_seconds": 60, "p90_seconds": 120, "most_seconds": 120}


def test_spend_has_the_cost_of_replies(world: World) -> None:
    """0.005 for reading, 0.01 and 0.02 for two replies; last month's is not in it."""
    first, second = world.said(PRAISE, PRAISE)
    with world.store.write() as connection:
        ledger.charge(connection, "x", "GET", 1, 9.0, world.now - timedelta(days=30))
        ledger.charge(connection, "x", "GET", 1, 0.005, world.now)
        ledger.charge(connection, "x", "POST", 1, 0.01, world.now, reply_id=first)
        ledger.charge(connection, "x", "POST", 1, 0.02, world.now, reply_id=second)
    world.after(minutes=1)
    (metrics,) = measured(world)["spend"]
    assert metrics == {
        "platform": "x", "usd": pytest.approx(0.035), "calls": 3, "for_replies_usd": pytest.approx(0.03), "replies": 2
    }  # fmt: skip


def test_nothing_heard_is_no_figure_and_no_error(world: World) -> None:
    """Without a denominator there is no rate."""
    metrics = measured(world)
    assert (metrics["mentions"], metrics["response"]["rate"], metrics["sentiment"]["net"]) == (0, None, None)
    assert (metrics["first_response"].pop("of"), set(metrics["first_response"].values())) == (0, {None})


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-24T10:00", "2026-11-24T12:30", 2.5),
        ("2026-11-24T16:00", "2026-11-25T10:00", 2),  # over night
        ("2026-11-26T16:00", "2026-11-30T10:00", 2),  # a holiday and a weekend between
        ("2026-11-28T10:00", "2026-11-29T10:00", 0),  # Saturday to Sunday
        ("2026-11-24T12:00", "2026-11-24T10:00", 0),  # a clock set back
        ("2026-03-27T16:00", "2026-03-30T09:00", 2),  # summer time begins: nine in London is eight in UTC
    ],
)
def test_the_business_clock_stands_still_outside_business_hours(start: str, end: str, hours: float) -> None:
    """Nights, weekends, holidays; and the hours are London's, whatever UTC says."""
    begun, ended = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end))
    assert business_time(POLICY, begun, ended) == timedelta(hours=hours)


def test_hours_that_overlap_are_not_counted_twice_and_none_means_all() -> None:
    """Nor does a span over midnight lose its second half."""
    over = replace(
        POLICY, business_hours=(*NINE_TO_FIVE, TimeWindow(time(16), time(18)), TimeWindow(time(22), time(6)))
    )
    day = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert business_time(over, day, day + timedelta(days=1)) == timedelta(hours=6 + 9 + 2)
    assert business_time(replace(POLICY, business_hours=()), day, day + timedelta(days=1)) == timedelta(days=1)


def test_the_nearest_rank_and_the_distance_are_what_the_page_says() -> None:
    """Nine of ten values do not exceed the p90; two words are apart by the fewest changes."""
    assert [nearest(range(1, n + 1), 0.9) for n in (1, 9, 10, 11, 20)] == [1, 9, 9, 10, 18]
    assert nearest([], 0.9) is None
    assert distance(["we", "are", "so", "sorry"], ["we", "are", "sorry", "Ada"]) == 2
    assert (distance([], ["a"]), distance(["a"], []), distance([], [])) == (1, 1, 0)


mention: Any = metadata.tables["mention"]
