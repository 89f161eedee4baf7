"""Acts of applause go through the outbox of replies: once, looked at first, and only while they are right."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from listener.club_rules import Club
from listener.desk import applause, control, people
from listener.errors import DeskError, NotSent, Refused
from listener.feed_page import FeedPage
from listener.model import PostStatus
from listener.policy import TimeWindow
from listener.store import acts, erasure, mentions, postings, replies
from listener.upkeep.expire import expire
from tests.applauding import PRAISE, act, desk, done, fans, liked, said
from tests.line import COMPLAINT, Line

__all__ = ["fans"]

OF_A_CHILD = "My daughter is 12 and loves your pens, they are wonderful, thank you!"
MINOR = "I'm 13 and I love your lovely pens, thank you so much for them!"
IRONY = "Oh great, another wonderful late parcel, thanks for nothing"


def events_of(line: Line, post: tuple[str, str]) -> list[str]:
    """The names of what happened to a mention's acts."""
    from listener.store import events

    with line.store.read() as connection:
        happened = events.list_events(connection, mentions.locate(connection, *post) or 0)
    return [event.what for event in happened if event.what.startswith("applause_")]


def test_a_like_and_a_repost_are_done_once(fans: Line) -> None:
    """Each is logged; a round later nothing is left."""
    post = liked(fans, "like", "repost")
    fans.send()
    fans.send()
    assert done(fans) == ["like m1", "repost m1"] and fans.platform.calls == 2
    assert act(fans, post).state == act(fans, post, "repost").state == "sent"
    assert events_of(fans, post) == ["applause_approved"] * 2 + ["applause_sending", "applause_sent"] * 2
    with pytest.raises(DeskError, match="the like is done already"):
        applause.applaud(fans.store, desk(fans), post, ["like"])


@pytest.mark.parametrize(("step", "calls"), [("cut", 1), ("lost", 2)])
def test_after_a_lost_answer_it_is_looked_for_and_repeated(fans: Line, step: str, calls: int) -> None:
    """At once, for a repeat is harmless; nobody is bothered."""
    post = liked(fans)
    fans.platform.script = [step]
    for _ in range(3):
        fans.send()
    assert done(fans) == ["like m1"] and fans.platform.calls == calls
    assert act(fans, post).state == "sent" and fans.notices() == []


def test_a_platform_without_the_call_is_applauded_by_hand(fans: Line) -> None:
    """The link is shown, what was done is kept, and it needs no choice beforehand."""
    post, at = said(fans, url="https://x.example/1"), desk(fans, api=False)
    (shown,) = applause.applaud(fans.store, at, post, ["like"])
    assert (shown.state, shown.url) == ("by_hand", "https://x.example/1")
    fans.send()
    with pytest.raises(DeskError, match="by hand at https"):
        applause.applaud(fans.store, at, post, ["like"])
    (kept,) = applause.applaud(fans.store, at, post, ["like"], is_done=True)
    (other,) = applause.applaud(fans.store, at, post, ["quote"], is_done=True)
    assert (kept.state, kept.by, other.state) == ("sent", "ann", "sent") and done(fans) == []


def test_a_quote_is_always_made_by_hand(fans: Line) -> None:
    """It has words of ours."""
    assert applause.applaud(fans.store, desk(fans), said(fans), ["quote"])[0].state == "by_hand"


def test_what_waits_can_be_withdrawn_and_chosen_again(fans: Line) -> None:
    """What is done cannot."""
    post = liked(fans)
    (gone,) = applause.withdraw(fans.store, desk(fans), post)
    fans.send()
    assert (gone.state, gone.reason, done(fans)) == ("closed", "withdrawn by ann", [])
    applause.applaud(fans.store, desk(fans), post, ["like"])
    fans.send()
    assert done(fans) == ["like m1"]
    with pytest.raises(DeskError, match="nothing waits"):
        applause.withdraw(fans.store, desk(fans), post)


@pytest.mark.parametrize("text", [IRONY, COMPLAINT, MINOR, OF_A_CHILD])
def test_irony_complaints_and_minors_are_never_suggested_nor_taken(fans: Line, text: str) -> None:
    """However the score is."""
    post = said(fans, text)
    assert applause.read_page(fans.store, desk(fans), None).suggestions == ()
    with pytest.raises(DeskError, match="is not applauded"):
        applause.applaud(fans.store, desk(fans), post, ["like"])


def test_private_praise_is_never_suggested_nor_taken(fans: Line) -> None:
    """Nobody else knows of it."""
    post = said(fans, is_private=True)
    assert applause.read_page(fans.store, desk(fans), None).suggestions == ()
    with pytest.raises(DeskError, match="only its author and we can read it"):
        applause.applaud(fans.store, desk(fans), post, ["repost"])


def test_suggestions_have_a_reason_and_end_with_the_act(fans: Line) -> None:
    """What was chosen, done or withdrawn is not suggested again."""
    post = said(fans)
    (item,) = applause.read_page(fans.store, desk(fans), None).suggestions
    assert (item.mention_id, item.acts) == (post[1], ("like", "repost", "quote"))
    assert item.message.startswith("clear praise (+0.")
    applause.applaud(fans.store, desk(fans), post, ["like"])
    page = applause.read_page(fans.store, desk(fans), None)
    assert page.suggestions == () and [waits.what for waits in page.waiting] == ["like"]


def test_old_praise_is_not_suggested(fans: Line) -> None:
    """A like after a month is odd."""
    said(fans)
    fans.wait(days=15)
    assert applause.read_page(fans.store, desk(fans), None).suggestions == ()


def test_edited_post_is_left_alone_and_decided_again(fans: Line) -> None:
    """It may say the opposite by now."""
    post = liked(fans)
    fans.platform.standing = PostStatus(is_present=True, text="I hate it. My parcel never came.")
    fans.send()
    assert act(fans, post).reason == "the mention was edited" and done(fans) == []
    fans.listen()
    with pytest.raises(DeskError, match="is not applauded"):
        applause.applaud(fans.store, desk(fans), post, ["like"])


def test_words_that_a_poll_has_seen_change_are_not_what_was_chosen(fans: Line) -> None:
    """Still kind, and decided again; but nobody chose to applaud these."""
    post = liked(fans)
    fans.wait(minutes=1)
    newer = fans.mention(PRAISE + " And my cat, too.", id="m1", author_id="a1", author_handle="h1")
    fans.platform.pages.append(FeedPage({"at": "edit"}, (newer,), more=True))
    fans.listen()
    fans.send()
    assert act(fans, post).reason == "the mention was edited" and done(fans) == []
    fans.wait(minutes=1)
    applause.applaud(fans.store, desk(fans), post, ["like"])
    fans.send()
    assert done(fans) == ["like m1"]


def test_words_are_kept_while_an_act_is_under_way(fans: Line) -> None:
    """Its request is needed to find out whether it was done."""
    fans.platform.script, fans.platform.tells = ["lost"], False
    liked(fans)
    fans.send()
    with fans.store.write() as connection:
        assert replies.close(connection, fans.reply_to("m1"), "handled", "by hand", by="ann", now=fans.now)
        assert erasure.list_old(connection, fans.now + timedelta(days=1), 9) == []
    applause.applaud(fans.store, desk(fans), ("memory", "m1"), ["like"], is_done=True)
    with fans.store.read() as connection:
        assert len(erasure.list_old(connection, fans.now + timedelta(days=1), 9)) == 1


def test_a_post_is_gone_after_two_looks(fans: Line) -> None:
    """One look may fail in passing."""
    post = liked(fans)
    fans.platform.standing = PostStatus(is_present=False)
    fans.send()
    assert (act(fans, post).state, act(fans, post).hold) == ("approved", "missing")
    fans.wait(minutes=11)
    fans.send()
    assert act(fans, post).closed_as == "withdrawn" and done(fans) == []


def test_a_post_that_is_back_is_applauded(fans: Line) -> None:
    """The first look was wrong."""
    liked(fans)
    fans.platform.standing = PostStatus(is_present=False)
    fans.send()
    fans.platform.standing = PostStatus(is_present=True)
    fans.wait(minutes=11)
    fans.send()
    assert done(fans) == ["like m1"]


def test_a_post_that_a_look_shows_and_the_act_does_not_find_is_tried_twice(fans: Line) -> None:
    """An author who blocked us, for one: each look began the checks anew, until the choice expired."""
    post = liked(fans)
    fans.platform.script = [Refused("the post is gone", "withdrawn") for _ in range(9)]
    for _ in range(9):
        fans.send()
        fans.wait(minutes=11)
    assert (act(fans, post).closed_as, fans.platform.calls) == ("withdrawn", 2)


def test_where_no_look_is_free_a_person_does_it(fans: Line) -> None:
    """Nothing is applauded unseen."""
    post = liked(fans)
    fans.platform.standing = None
    fans.send()
    assert act(fans, post).state == "by_hand" and "look at the post first" in str(act(fans, post).error)


def test_opting_out_withdraws_what_waits(fans: Line) -> None:
    """Also what would be done by hand."""
    post = liked(fans, "like", "quote")
    people.opt_out(fans.store, desk(fans), "h1", "asked us to stop")
    assert act(fans, post).closed_as == act(fans, post, "quote").closed_as == "withdrawn"
    fans.send()
    assert done(fans) == []


def test_a_mark_of_staff_before_the_act_withdraws_it(fans: Line) -> None:
    """A colleague knows that the author is a minor."""
    from listener.desk import roles

    post = liked(fans)
    roles.mark_role(fans.store, desk(fans), "h1", "minor", "says so in the profile", None)
    fans.send()
    assert act(fans, post).reason == "its author may be a minor" and done(fans) == []


def test_turned_off_nothing_is_done_any_more(fans: Line) -> None:
    """The operator's word is the last."""
    post = liked(fans)
    fans.policy = replace(fans.policy, club=Club())
    fans.send()
    assert "applause is off" in str(act(fans, post).reason) and done(fans) == []
    with pytest.raises(DeskError, match="applause is off"):
        applause.read_page(fans.store, desk(fans), None)


def test_a_pause_quiet_hours_and_grief_hold_it(fans: Line) -> None:
    """As they hold an announcement."""
    post = liked(fans)
    control.pause(fans.store, desk(fans), None, None, None)
    fans.send()
    control.resume(fans.store, desk(fans), None)
    usual = fans.policy
    fans.policy = replace(usual, quiet_hours=(TimeWindow(time(0, 0), time(23, 59)),))
    fans.send()
    assert act(fans, post).hold == "quiet_hours"
    fans.policy = usual
    grieving = liked(fans)
    for _ in range(3):
        fans.say("My father died in the fire at your shop today.")
    fans.listen()
    fans.send()
    assert act(fans, grieving).hold == "tragedy" and done(fans) == []


def test_an_act_that_waited_too_long_is_withdrawn(fans: Line) -> None:
    """As an approval of a reply expires."""
    post = liked(fans)
    fans.wait(seconds=fans.policy.limits.draft_expires.total_seconds() + 1)
    fans.send()
    assert act(fans, post).reason == "chosen too long ago" and done(fans) == []


@pytest.mark.parametrize(
    ("refusal", "state"),
    [(Refused("no scope", "by_hand"), "by_hand"), (Refused("blocked", "failed"), "failed")],
)
def test_a_refusal_is_kept_and_staff_go_on(fans: Line, refusal: Refused, state: str) -> None:
    """By hand, or chosen again."""
    post = liked(fans)
    fans.platform.script = [refusal]
    fans.send()
    assert (act(fans, post).state, act(fans, post).error) == (state, refusal.message)
    if state == "failed":
        applause.applaud(fans.store, desk(fans), post, ["like"])
        fans.send()
        assert done(fans) == ["like m1"]


def test_three_refusals_for_a_while_fail_it(fans: Line) -> None:
    """And each is tried later."""
    post = liked(fans)
    fans.platform.script = [NotSent("not shown just now", cause="item")] * 3
    for _ in range(3):
        fans.send()
        fans.wait(minutes=2)
    assert act(fans, post).state == "failed"


def test_replies_go_before_applause(fans: Line) -> None:
    """Somebody waits for them."""
    liked(fans)
    fans.approved(COMPLAINT)
    fans.send()
    assert len(done(fans)) == 2 and done(fans)[1] == "like m1"


def test_too_many_lost_answers_ask_a_person(fans: Line) -> None:
    """The notice has the command, which is right, and ends with it."""
    post = liked(fans)
    fans.platform.script = ["lost"] * 4
    for _ in range(8):
        fans.send()
        fans.wait(hours=1)
    assert act(fans, post).state == "unconfirmed" and fans.notices() == ["unconfirmed"]
    expire(fans.store, fans.policy, fans.now)
    applause.applaud(fans.store, desk(fans), post, ["like"], is_done=True)
    assert act(fans, post).state == "sent" and fans.notices() == []


def test_an_unconfirmed_act_can_be_chosen_again(fans: Line) -> None:
    """It is not there: staff have looked."""
    post = liked(fans)
    fans.platform.script, fans.platform.tells = ["lost"], False
    fans.send()
    assert act(fans, post).state == "unconfirmed"
    fans.platform.tells = True
    applause.applaud(fans.store, desk(fans), post, ["like"])
    fans.wait(minutes=5)
    fans.send()
    assert act(fans, post).state == "sent" and done(fans) == ["like m1"]


def test_announcements_are_not_counted_with_them(fans: Line) -> None:
    """Two tables, one outbox."""
    liked(fans)
    with fans.store.read() as connection:
        assert postings.list_of_platform(connection, "memory", "approved") == []
        assert [item.label for item in acts.list_of_platform(connection, "memory", "approved")] == [
            "the like of memory:m1"
        ]
