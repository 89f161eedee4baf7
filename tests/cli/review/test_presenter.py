"""The presenter: what each key does to the queue, without a terminal."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from listener.cli.review import listing
from listener.cli.review.actions import ACTIONS, UNDO, footer
from listener.cli.review.key_info import APPROVE, EDIT
from listener.cli.review.presenter import Presenter
from listener.cli.review.question import Question
from listener.cli.review.undo import summary
from listener.desk import marks, people, transitions
from listener.desk.approve import Target, approve
from listener.errors import DeskError
from listener.policy import Policy
from listener.store import mentions
from tests.cli.review.conftest import Sitting
from tests.desk.world import praise

TROUBLE = "my parcel never arrived, it is broken"


def opened(sitting: Sitting, by: str = "dana") -> Presenter:
    """A review with the first reply open."""
    presenter = sitting.presenter(by)
    presenter.refresh(advance=True)
    return presenter


def press(presenter: Presenter, key: str, *answers: str) -> str:
    """Do what a key does to the open reply, with these answers to what it asks; returns the report."""
    reply = presenter.selected
    assert reply is not None
    if key == "a":
        report = presenter.approve(reply)
    else:
        action = next(action for action in ACTIONS if action.key == key)
        report = action.run(presenter, reply, answered(action.ask(presenter, reply), answers) if action.ask else "")
    presenter.refresh(advance=key == "a" or action.advances)
    return report


def answered(question: Question, answers: Sequence[str]) -> str:
    """What these answers mean, as both views take them."""
    meant = question.resolve(answers[0])
    return answered(question.follow_ups[meant], answers[1:]) if meant in question.follow_ups else meant


def undone(presenter: Presenter, *, all_approvals: bool = False) -> str:
    """Undo; returns the report."""
    report = " · ".join(summary(presenter.undo(all_approvals=all_approvals)))
    presenter.refresh()
    return report


def test_undo_takes_the_last_act_back_and_then_the_one_before(sitting: Sitting) -> None:
    """Approvals one by one, then all of them; then there is nothing more."""
    ids = sitting.world.said(*praise(3))
    presenter = opened(sitting)
    for _ in ids:
        assert "approved; u: undo, for 10 s" in press(presenter, "a")
    assert undone(presenter) == f"Reply {ids[2]}: approval undone"
    assert [sitting.world.reply(one).state for one in ids] == ["approved", "approved", "drafted"]
    assert "approval undone" in undone(presenter, all_approvals=True)
    assert {sitting.world.reply(one).state for one in ids} == {"drafted"}
    with pytest.raises(DeskError, match="nothing to undo in this session"):
        presenter.undo()
    with pytest.raises(DeskError, match="no approval to undo in this session"):
        presenter.undo(all_approvals=True)


def test_what_was_sent_is_too_late_to_undo(sitting: Sitting) -> None:
    """The report says who approved it."""
    (reply_id,) = sitting.world.said(*praise())
    presenter = opened(sitting)
    press(presenter, "a")
    sitting.world.put(reply_id, "sent", sent_at=sitting.world.now)
    assert undone(presenter).startswith("Reply 1: approve not undone: too late; reply 1 was sent (approved by dana); ")


@pytest.mark.parametrize(
    ("keys", "report"),
    [
        (("r", "1"), "Reply 1: reopened; approve it to send"),
        (("c", "1"), "Reply 1: reopened; approve it to send"),
        (("x",), "Reply 1: text restored; approve it to send"),
        (("v",), "Reply 1: text restored; approve it to send"),
        (("g", "dana"), "Reply 1: assigned to nobody again"),
        (("z", "2h"), "Reply 1: no longer snoozed"),
        (("a",), "Reply 1: approval undone"),
    ],
)
def test_an_act_of_any_kind_is_undone(sitting: Sitting, keys: tuple[str, ...], report: str) -> None:
    """The reply is a draft with its text again, and waits for nobody in particular."""
    (reply_id,) = sitting.world.said(TROUBLE)
    before, presenter = sitting.world.reply(reply_id), opened(sitting)
    press(presenter, *keys)
    after = sitting.world.reply(reply_id)
    assert (after.state, after.text, after.assigned_to, after.snoozed_until) != (
        *(before.state, before.text, before.assigned_to, before.snoozed_until),
    )
    assert undone(presenter) == report
    now = sitting.world.reply(reply_id)
    assert (now.state, now.text, now.kind, now.closed_as) == ("drafted", before.text, "support", None)
    assert now.snoozed_until is None or now.snoozed_until <= sitting.world.now
    assert [line.id for line in presenter.lines] == [reply_id]
    with pytest.raises(DeskError, match="nothing to undo"):
        presenter.undo()


def test_an_edit_is_undone_also_of_an_escalation(sitting: Sitting) -> None:
    """The text before it comes back; an escalation has none again."""
    draft, escalated = sitting.world.said(TROUBLE, "you will hear from my lawyer")
    text, presenter = sitting.world.reply(draft).text, opened(sitting)
    presenter.write(presenter.show(draft), "Something else.")
    presenter.write(presenter.show(escalated), "Hello.", "answer")
    assert undone(presenter) == f"Reply {escalated}: escalated again, without a draft"
    assert (sitting.world.reply(escalated).state, sitting.world.reply(escalated).text) == ("escalated", None)
    assert undone(presenter) == f"Reply {draft}: text restored; approve it to send"
    assert (sitting.world.reply(draft).text, sitting.world.reply(draft).revision) == (text, 3)


def test_an_assignment_and_a_snooze_come_back_as_they_were(sitting: Sitting) -> None:
    """To the colleague before, and until the time before."""
    (reply_id,) = sitting.world.said(*praise())
    marks.assign(sitting.world.store, sitting.world.desk(), reply_id, "eve", is_new=True)
    marks.snooze(sitting.world.store, sitting.world.desk(), reply_id, timedelta(hours=3))
    until, presenter = sitting.world.reply(reply_id).snoozed_until, sitting.presenter()
    presenter.apply_filter("drafted")
    presenter.open()
    press(presenter, "z", "1w")
    press(presenter, "g", "dana")
    assert undone(presenter) == "Reply 1: assigned to eve again"
    assert undone(presenter) == "Reply 1: snoozed as before"
    assert (sitting.world.reply(reply_id).assigned_to, sitting.world.reply(reply_id).snoozed_until) == ("eve", until)


def test_an_act_that_cannot_be_undone_says_why_and_the_one_before_is_next(sitting: Sitting) -> None:
    """A note, a post by hand, a settled outcome and a retry."""
    (reply_id,) = sitting.world.said(*praise(), can_reply=False, url="https://social.example/7")
    presenter = opened(sitting)
    press(presenter, "a")
    press(presenter, "n", "vip")
    assert undone(presenter) == "Reply 1: note not undone: notes are kept; add another one"
    press(presenter, "b", "1", "77")
    assert undone(presenter).startswith("Reply 1: by hand not undone: it counts as posted; delete the post")
    assert "approve not undone: too late" in undone(presenter)
    sitting.world.put(reply_id, "failed", error="the platform said no")
    presenter.apply_filter("unconfirmed or failed")
    presenter.open()
    press(presenter, "t")
    assert undone(presenter).startswith("Reply 1: retry not undone: the failed attempt is over")


def test_a_reply_settled_as_not_sent_is_kept_from_being_sent_again(sitting: Sitting) -> None:
    """Settled as sent, it stays so."""
    first, second = sitting.world.said(*praise(2))
    for reply_id in (first, second):
        sitting.world.put(reply_id, "unconfirmed", sending_at=sitting.world.now)
    presenter = opened(sitting)
    assert press(presenter, "y", "2") == f"Reply {first} will be sent again"
    assert undone(presenter) == f"Reply {first}: approval undone" and sitting.world.reply(first).state == "drafted"
    presenter.go_to([second])
    assert press(presenter, "y", "1", "88") == f"Reply {second} sent as 88"
    assert undone(presenter) == f"Reply {second}: settle not undone: it counts as sent; check the post on the platform"


def test_what_a_colleague_changed_meanwhile_is_not_undone(sitting: Sitting) -> None:
    """Their change stands, and the report says so."""
    (reply_id,) = sitting.world.said(*praise())
    presenter = opened(sitting)
    press(presenter, "g", "dana")
    marks.assign(sitting.world.store, sitting.world.desk("bo"), reply_id, "eve", is_new=True)
    assert undone(presenter).startswith("Reply 1: give not undone: bo assigned it (it is a draft); ")
    assert sitting.world.reply(reply_id).assigned_to == "eve"
    press(presenter, "r", "1")
    transitions.reopen(sitting.world.store, sitting.world.desk("bo"), reply_id)
    assert "reject not undone: bo reopened it" in undone(presenter)


def test_a_rejected_reply_is_found_and_reopened_later(sitting: Sitting) -> None:
    """In another session, with its text."""
    (reply_id,) = sitting.world.said(*praise())
    text = sitting.world.reply(reply_id).text
    press(opened(sitting), "r", "1")
    presenter = opened(sitting)
    assert presenter.selected is None
    presenter.apply_filter("closed")
    presenter.open()
    assert "R reopen" in footer([*ACTIONS, UNDO], presenter.selected_state())
    assert press(presenter, "R") == f"Reply {reply_id} reopened; it is back in the queue"
    assert (sitting.world.reply(reply_id).state, sitting.world.reply(reply_id).text) == ("drafted", text)


def test_another_wording_is_the_policys(sitting: Sitting) -> None:
    """Not one made up."""
    (reply_id,) = sitting.world.said(TROUBLE)
    before = sitting.world.reply(reply_id).text
    press(opened(sitting), "v")
    assert sitting.world.reply(reply_id).text not in (before, None)
    assert sitting.world.reply(reply_id).state == "drafted"


def test_an_unconfirmed_reply_is_settled_and_a_failure_tried_again(sitting: Sitting) -> None:
    """After a check on the platform."""
    unconfirmed, failed = sitting.world.said(*praise(2))
    sitting.world.put(unconfirmed, "unconfirmed", sending_at=sitting.world.now)
    sitting.world.put(failed, "failed", error="the platform said no")
    presenter = sitting.presenter()
    presenter.apply_filter("unconfirmed or failed")
    presenter.open()
    press(presenter, "y", "2")
    press(presenter, "t")
    assert sitting.world.reply(unconfirmed).state == "approved" and sitting.world.reply(failed).state == "drafted"


def by_hand(sitting: Sitting) -> tuple[Presenter, int]:
    """A reply that waits to be posted by hand, open."""
    (reply_id,) = sitting.world.said(*praise(), can_reply=False, url="https://social.example/7")
    assert approve(sitting.world.store, sitting.world.desk(), [Target(reply_id)])[0].ok
    return opened(sitting), reply_id


def test_words_never_mean_that_it_is_posted(sitting: Sitting) -> None:
    """2 says that it is not."""
    presenter, reply_id = by_hand(sitting)
    for answer in ("no", "not sent", "yes"):
        with pytest.raises(DeskError, match="is not a post id or link"):
            press(presenter, "b", answer)
    assert press(presenter, "b", "2") == f"Reply {reply_id} still has to be posted"
    assert sitting.world.reply(reply_id).state == "by_hand"
    with pytest.raises(DeskError, match="nothing to undo"):
        presenter.undo()


@pytest.mark.parametrize(
    ("answers", "remote_id"),
    [
        (("1", ""), None),
        (("1", "77"), "77"),
        (("https://s.example/@u/1830?s=2",), "1830"),
        (("at://did:plc:x/post/3k",), "at://did:plc:x/post/3k"),
    ],
)
def test_it_is_posted_with_or_without_an_id(sitting: Sitting, answers: Sequence[str], remote_id: str | None) -> None:
    """Of a link that ends in an id, the id is kept."""
    presenter, reply_id = by_hand(sitting)
    press(presenter, "b", *answers)
    assert (sitting.world.reply(reply_id).state, sitting.world.reply(reply_id).remote_id) == ("sent", remote_id)


def test_words_never_settle_an_unconfirmed_reply(sitting: Sitting) -> None:
    """Neither as sent nor as not; 3 says that nobody can tell; an id must be one."""
    (reply_id,) = sitting.world.said(*praise())
    sitting.world.put(reply_id, "unconfirmed", sending_at=sitting.world.now)
    presenter = opened(sitting)
    for answers in (("no",), ("not-sent",), ("1", "no")):
        with pytest.raises(DeskError, match=f"{answers[-1]!r} is not a post id or link"):
            press(presenter, "y", *answers)
    assert press(presenter, "y", "3") == f"Reply {reply_id} unconfirmed; still checking"
    assert sitting.world.reply(reply_id).state == "unconfirmed"
    press(presenter, "y", "1", "88")
    assert (sitting.world.reply(reply_id).state, sitting.world.reply(reply_id).remote_id) == ("sent", "88")


def test_reasons_that_were_given_follow_the_usual_ones(sitting: Sitting) -> None:
    """The digits of the usual ones never move."""
    sitting.world.said(*praise(3))
    presenter = opened(sitting)
    press(presenter, "r", "1")
    press(presenter, "r", "zzz")
    assert presenter.reasons("rejected", ("wrong tone",)) == ("wrong tone", "zzz", "irony, or a joke")


@pytest.mark.parametrize("change", ["edited", "gone"])
def test_a_mention_that_changed_needs_a_second_look(sitting: Sitting, change: str) -> None:
    """It is shown once for each reply; another doubt is shown again."""
    (reply_id,) = sitting.world.said(*praise())
    item, presenter = sitting.world.item(reply_id), opened(sitting)
    sitting.world.after(minutes=1)
    with sitting.world.store.write() as connection:
        if change == "edited":
            mentions.record_edit(connection, item.key, item.mention, sitting.world.now, again=False)
        else:
            mentions.record_deletion(connection, item.key, sitting.world.now)
    reply = presenter.show(reply_id)
    assert presenter.new_doubts(reply).startswith("Check: the ") and not presenter.new_doubts(reply)
    with sitting.world.store.write() as connection:
        mentions.record_deletion(connection, item.key, sitting.world.now)
    assert ("no longer" in presenter.new_doubts(presenter.show(reply_id))) == (change == "edited")
    presenter.forget_doubts()
    assert presenter.new_doubts(reply)


def test_what_a_colleague_settled_is_refused_with_their_name(sitting: Sitting) -> None:
    """One wins; the other goes on with the next, and a second look at what took its place."""
    first, second = sitting.world.said(*praise(2))
    presenter = opened(sitting)
    presenter.poll()
    assert approve(sitting.world.store, sitting.world.desk("bo"), [Target(first)])[0].ok
    with pytest.raises(DeskError, match=f"^bo approved reply {first} meanwhile; nothing was changed"):
        press(presenter, "a")
    assert presenter.poll() == f"bo approved reply {first}. This is reply {second}"
    assert presenter.selected is not None and presenter.selected.id == second
    doubts = f"bo approved reply {first}. This is reply {second}; press a again to approve it"
    assert presenter.new_doubts(presenter.selected) == doubts
    assert presenter.poll() is None


def test_the_first_that_no_colleague_works_on_is_opened(sitting: Sitting) -> None:
    """At the start, and after each decision: two people meet on nothing."""
    first, second, third, fourth = sitting.world.said(*praise(4))
    for claimed in (first, third):
        marks.claim(sitting.world.store, sitting.world.desk("bo"), claimed)
    presenter = opened(sitting)
    assert presenter.selected is not None and presenter.selected.id == second
    press(presenter, "a")
    assert presenter.selected is not None and presenter.selected.id == fourth


def four_eyed(policy: Policy) -> Policy:
    """Two names for thanks."""
    return replace(policy, needs_second_approval=("thank_you",))


def test_a_batch_reports_which_approvals_are_not_complete(sitting: Sitting) -> None:
    """And is undone as one."""
    sitting.config = replace(sitting.config, policy=four_eyed(sitting.config.policy))
    ids = sitting.world.said(*praise(2))
    ids += sitting.world.said(TROUBLE, can_reply=False)
    presenter = opened(sitting)
    assert presenter.mark() == 3
    assert presenter.approve_batch(presenter.marked_details()) == [
        *("1 of 3 approved; u: undo", "2 approved; a second person must approve too"),
        "1 to post by hand; b: text and link",
    ]
    assert undone(presenter).count("approval undone") == 3
    assert {sitting.world.reply(one).state for one in ids} == {"drafted"}


def test_many_that_are_undone_are_reported_in_numbers(sitting: Sitting) -> None:
    """With how many were too late."""
    ids = sitting.world.said(*praise(5))
    presenter = opened(sitting)
    presenter.mark()
    presenter.approve_batch(presenter.marked_details())
    sitting.world.put(ids[0], "sending", sending_at=sitting.world.now)
    assert undone(presenter) == "4 approvals undone · 1 too late to undo: being sent"


def test_all_drafts_or_those_of_a_kind_are_marked(sitting: Sitting) -> None:
    """Not what a colleague works on, nor what has no text; once more unmarks them."""
    taken, first, second, trouble, lawyer = sitting.world.said(*praise(3), TROUBLE, "you will hear from my lawyer")
    marks.claim(sitting.world.store, sitting.world.desk("bo"), taken)
    presenter = opened(sitting)
    assert presenter.mark("thank_you") == 2 and presenter.marked == {first, second}
    assert presenter.mark() == 3 and presenter.marked == {first, second, trouble}
    assert presenter.mark("support") == 2 and presenter.mark() == 3 and presenter.mark() == 0
    presenter.mark()
    presenter.apply_filter("support")
    assert presenter.marked == {trouble} and lawyer


def test_the_footer_has_the_keys_that_fit_the_state(sitting: Sitting) -> None:
    """Of the open reply, or of nothing."""
    keys = (APPROVE, EDIT, *ACTIONS, UNDO)
    shown = {state: footer(keys, state) for state in ("drafted", "escalated", "by_hand", "unconfirmed", "failed")}
    assert shown["drafted"].startswith("a approve  e edit") and "y settle" not in shown["drafted"]
    assert shown["escalated"].startswith("e edit  c close") and "a approve" not in shown["escalated"]
    assert "b by hand" in shown["by_hand"] and "y settle" in shown["unconfirmed"] and "t retry" in shown["failed"]
    assert all("u undo" in line for line in shown.values())
    (reply_id,) = sitting.world.said(*praise())
    marks.claim(sitting.world.store, sitting.world.desk("bo"), reply_id)
    presenter = opened(sitting)
    assert presenter.selected_state() == "claimed" and "a approve" not in footer(keys, "claimed")
    presenter.search("nowhere")
    presenter.open()
    assert presenter.selected_state() == "none"


def test_a_warning_that_many_share_is_told_once(sitting: Sitting) -> None:
    """A flood is one notice; the drafts keep what is theirs alone."""
    bounds = replace(sitting.config.policy.holds, flood_kind=2)
    sitting.config = replace(sitting.config, policy=replace(sitting.config.policy, holds=bounds))
    first, *_ = sitting.world.said(*praise(4))
    with sitting.world.store.write() as connection:
        mentions.record_deletion(connection, sitting.world.item(first).key, sitting.world.now)
    presenter = opened(sitting)
    assert len(presenter.notices) == 1 and "more than 2 drafts of the kind thank_you" in presenter.notices[0]
    assert presenter.selected is not None
    assert [warning.name for warning in presenter.personal(presenter.selected).warnings] == ["gone"]
    assert [len(presenter.own_warnings(line)) for line in presenter.lines] == [1, 0, 0, 0]


def test_escape_clears_the_search_and_then_the_filter(sitting: Sitting) -> None:
    """Then nothing is left to clear."""
    sitting.world.said(*praise(2), TROUBLE)
    presenter = opened(sitting)
    presenter.apply_filter("drafted")
    presenter.search("parcel")
    assert len(presenter.lines) == 1
    assert presenter.clear_search() and (presenter.filter_name, len(presenter.lines)) == ("drafted", 3)
    assert presenter.clear_search() and presenter.filter_name == "" and not presenter.clear_search()


def test_all_that_waits_is_counted_and_not_only_the_page(sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a filter, too."""
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    first, *_ = sitting.world.said(*praise(5), TROUBLE)
    marks.snooze(sitting.world.store, sitting.world.desk(), first, timedelta(hours=1))
    presenter = opened(sitting)
    assert (len(presenter.lines), presenter.total()) == (2, 5)
    presenter.apply_filter("thank_you")
    assert (len(presenter.lines), presenter.total()) == (2, 4)


def test_browsing_claims_without_an_event(sitting: Sitting) -> None:
    """Colleagues see it on their list; the events do not fill with it."""
    (reply_id,) = sitting.world.said(*praise())
    presenter, other = opened(sitting), opened(sitting, "bo")
    other.poll()
    before = len(sitting.world.events(reply_id))
    assert presenter.selected is not None and presenter.claim.take(presenter.selected) == ""
    assert other.poll() == "" and other.lines[0].claimed_by == "dana"
    presenter.claim.release()
    assert len(sitting.world.events(reply_id)) == before and sitting.world.reply(reply_id).claimed_by is None


def test_a_database_that_is_held_is_told_and_the_claim_is_renewed_later(sitting: Sitting) -> None:
    """The failed renewal is tried again, and not with every key."""
    (reply_id,) = sitting.world.said(*praise())
    sitting.short_wait()
    presenter = opened(sitting)
    assert presenter.selected is not None
    presenter.claim.take(presenter.selected)
    other = sqlite3.connect(sitting.world.store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    sitting.world.after(minutes=10)
    with pytest.raises(Exception, match="another process holds"):
        presenter.claim.renew()
    assert "another process holds" in presenter.claim.trouble
    presenter.claim.renew()
    other.execute("ROLLBACK")
    other.close()
    sitting.world.after(seconds=20)
    presenter.claim.renew()
    assert sitting.world.reply(reply_id).claimed_until == sitting.world.now + sitting.world.policy.limits.claim_lease
    assert presenter.claim.trouble == ""


def test_a_note_is_about_the_person(sitting: Sitting) -> None:
    """It can be read on their page."""
    sitting.world.said(*praise())
    presenter = opened(sitting)
    assert press(presenter, "n", "vip") == "Note saved"
    assert people.person(sitting.world.store, "memory:u1", sitting.world.now).notes[0].text == "vip"
