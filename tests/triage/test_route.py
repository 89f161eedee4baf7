"""Triage as a stage: every mention decided once, kept with its reasons; one that crashes a rule stops no other."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from sqlalchemy import select

from listener.desk import control
from listener.errors import DeskError
from listener.model import MentionSignals, Pass
from listener.policy import Policy, TimeWindow
from listener.protocols import Responder
from listener.settings import load_responders
from listener.stages import Stages
from listener.store import events, notices, policies, replies
from listener.store.tables import basis
from listener.triage.route import Triage
from tests.line import COMPLAINT, PRAISE, Line

INJURY = "Your letter opener cut my hand, we are in the emergency room."
OFFICE = (TimeWindow(time(9), time(17), frozenset(range(5))),)


class Fragile:
    """A responder that falls over a marker, as a faulty rule would."""

    broken = True

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error or ZeroDivisionError("a faulty rule")

    def respond(self, signals: MentionSignals, policy: Policy, options: object) -> Pass:
        """Crash on the marker, pass on everything else."""
        if self.broken and "marker" in signals.text:
            raise self.error
        return Pass("not mine")


def stages(line: Line, fragile: Fragile) -> Stages:
    """The stages with a fragile responder asked first."""
    kinds = tuple(
        replace(responder, kind="fragile") if number == 0 else responder
        for number, responder in enumerate(line.policy.responders)
    )
    policy = replace(line.policy, responders=kinds)
    table: dict[str, Responder] = {**load_responders(line.policy), "fragile": fragile}
    return replace(line.stages, triage=Triage(policy, table, line.preview, "test"))


def test_the_same_mention_decided_again_changes_nothing(line: Line) -> None:
    """A second run finds nothing to do."""
    line.say()
    line.listen()
    again = line.stages.route()
    assert (again.drafted, again.escalated, again.ignored) == (0, 0, 0)


def test_no_wording_comes_twice_while_others_are_unused_today(line: Line) -> None:
    """Neither in a batch nor beside what is on its way; what a decision knew of it is kept for replay."""
    first = line.approved()
    for _ in range(12):
        line.say()
    line.listen()
    with line.store.read() as connection:
        drafts = replies.list_where(connection)
        stored = connection.execute(select(basis.c.signals).order_by(basis.c.decision_id)).scalars().all()
    variants = [draft.variant for draft in drafts]
    suitable = len(set(variants))
    assert len(set(variants[:suitable])) == suitable > 2
    assert [len(signals["history"]) for signals in stored[:2]] == [4, 5]
    assert stored[1]["history"][4] == [f"thank_you/{first.variant}"]


def test_every_arrow_has_its_event(line: Line) -> None:
    """Seen, decided, drafted: who and when."""
    mention = line.say()
    line.listen()
    with line.store.read() as connection:
        log = events.list_events(connection, line.reply_to(mention.id).mention_key)
    assert [(event.what, event.by) for event in log] == [("seen", "poll"), ("decided", "policy"), ("drafted", "policy")]


def test_a_draft_that_waits_counts_as_used_in_the_next_round(line: Line) -> None:
    """Mentions come a minute apart, and staff read the drafts side by side."""
    texts = []
    for _ in range(8):
        said = line.say("@brand my parcel never arrived")
        line.listen()
        texts.append(line.reply_to(said.id).text or "")
    assert len(set(texts)) == len(texts)


def test_the_wordings_of_other_kinds_are_not_stored_with_a_decision(line: Line) -> None:
    """They chose nothing, and a busy day has hundreds."""
    line.approved()
    said = line.say("@brand my parcel never arrived")
    line.listen()
    assert line.item(line.reply_to(said.id).id).decided.signals["history"][4:] == []  # type: ignore[union-attr]


def test_the_policys_text_is_kept_with_the_decision(line: Line) -> None:
    """Replay and explain need it as it was."""
    mention = line.say()
    line.listen()
    item = line.item(line.reply_to(mention.id).id)
    assert item.decided is not None
    with line.store.read() as connection:
        assert policies.texts(connection, item.decided.policy_hash) == dict(line.policy.texts)


def test_a_mention_that_crashes_a_rule_is_quarantined_after_three_tries_and_the_others_go_on(line: Line) -> None:
    """It can be seen with its error."""
    line.say("the marker")
    other = line.say(COMPLAINT)
    line.stages.poll("memory")
    done = stages(line, Fragile()).route()
    assert (done.quarantined, line.reply_to(other.id).state) == (1, "drafted")
    with line.store.read() as connection:
        (item,) = notices.quarantined_items(connection)
    assert (item.stage, item.error) == ("route", "ZeroDivisionError: a faulty rule")


def test_a_mention_that_the_machine_could_not_decide_waits_and_is_not_blamed(line: Line) -> None:
    """A full disk while the language model is unpacked: the others go on, and this one is decided later."""
    fragile = Fragile(OSError(28, "No space left on device"))
    mention = line.say("the marker: " + COMPLAINT)
    other = line.say(COMPLAINT)
    line.stages.poll("memory")
    done = stages(line, fragile).route()
    assert (done.deferred, done.quarantined, line.reply_to(other.id).state) == (1, 0, "drafted")
    fragile.broken = False
    stages(line, fragile).route()
    assert line.reply_to(mention.id).state == "drafted"


def test_a_quarantined_mention_can_be_put_back(line: Line) -> None:
    """Once the rule is mended it is decided as any other."""
    fragile = Fragile()
    mention = line.say("the marker: " + COMPLAINT)
    line.stages.poll("memory")
    stages(line, fragile).route()
    control.requeue(line.store, line.desk(), 1)
    fragile.broken = False
    stages(line, fragile).route()
    assert line.reply_to(mention.id).state == "drafted"
    with pytest.raises(DeskError, match="there is no quarantined item 1"):
        control.requeue(line.store, line.desk(), 1)


def test_a_text_for_which_no_wording_fits_goes_to_a_person(line: Line) -> None:
    """A platform of ten characters."""
    mention = line.say()
    line.preview = lambda text, mention: replace(Line.preview(line, text, mention), limit=10)  # type: ignore[method-assign]
    line.listen()
    assert (line.reply_to(mention.id).state, line.reply_to(mention.id).text) == ("escalated", None)


def test_a_customers_follow_up_goes_to_who_answered(line: Line) -> None:
    """The booking number must not fall under `one reply per conversation`."""
    line.approved(COMPLAINT, conversation_id="talk", author_id="eve")
    line.send()
    mention = line.say("My order number is 12-345, where is it?", conversation_id="talk", author_id="eve")
    line.listen()
    assert (line.reply_to(mention.id).state, line.reply_to(mention.id).assigned_to) == ("escalated", "ann")


def test_thanks_after_help_needs_nothing(line: Line) -> None:
    """No thank-you for a thank-you."""
    line.approved(COMPLAINT, conversation_id="talk", author_id="eve")
    line.send()
    line.say("Thank you!", conversation_id="talk", author_id="eve")
    done = line.stages.poll("memory")
    routed = line.stages.route()
    assert (done.stored, routed.ignored) == (1, 1)


def test_who_asks_us_to_stop_is_never_answered_again(line: Line) -> None:
    """The opt-out is honoured with the decision."""
    line.say("stop replying to me", author_id="kit")
    line.listen()
    line.say(PRAISE, author_id="kit")
    line.stages.poll("memory")
    assert line.stages.route().ignored == 1
    with line.store.read() as connection:
        assert replies.list_where(connection) == []


def test_urgent_matters_are_due_sooner(line: Line) -> None:
    """An injury stands before a late parcel."""
    late = line.say(COMPLAINT)
    hurt = line.say(INJURY)
    line.listen()
    first, second = line.reply_to(hurt.id), line.reply_to(late.id)
    assert first.due_at is not None and second.due_at is not None
    assert (first.due_at < second.due_at, first.urgency > second.urgency) == (True, True)


@pytest.mark.parametrize(
    ("text", "business", "due"),
    [
        (COMPLAINT, True, datetime(2026, 11, 30, 9, 30, tzinfo=UTC)),  # support, 1 h: half of it is left for Monday
        (COMPLAINT, False, datetime(2026, 11, 27, 17, 30, tzinfo=UTC)),
        (INJURY, True, datetime(2026, 11, 27, 16, 45, tzinfo=UTC)),  # immediate: nobody waits for Monday
    ],
)
def test_due_times_run_on_business_hours_except_for_what_is_immediate(
    line: Line, text: str, business: bool, due: datetime
) -> None:
    """A Friday at half past four, with business hours until five."""
    line.now = datetime(2026, 11, 27, 16, 30, tzinfo=UTC)
    line.policy = replace(line.policy, business_hours=OFFICE if business else ())
    mention = line.say(text)
    line.listen()
    assert line.reply_to(mention.id).due_at == due


def test_an_edit_that_comes_while_its_mention_is_decided_is_decided_again(line: Line) -> None:
    """The old text's verdict must not bury the complaint."""
    mention = line.say("My desk today.")
    line.stages.poll("memory")
    fragile = Fragile()

    def edit(signals: MentionSignals, policy: Policy, options: object) -> Pass:
        fragile.respond = lambda signals, policy, options: Pass("not mine")  # type: ignore[method-assign]
        line.say(COMPLAINT, id=mention.id, created_at=mention.created_at)
        line.stages.poll("memory")
        return Pass("not mine")

    fragile.respond = edit  # type: ignore[method-assign]
    stages(line, fragile).route()
    assert line.reply_to(mention.id).kind == "support"
