"""Testimonials: asked through a draft, shown only with the author's own plain words, and looked at again each time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from listener import club_rules
from listener.analysis.report import report
from listener.club_rules import Applause, Club
from listener.desk import access, applause, people, testimonial_export, testimonials, transitions
from listener.desk.approve import Target, approve
from listener.desk.forget import forget
from listener.errors import DeskError, Indeterminate, ReadFailed
from listener.model import Mention, PostStatus
from listener.store import acts, edits, erasure, mentions, states, vacuum
from listener.store import testimonials as kept_testimonials
from tests import factories
from tests.club.shop import CLUB, Shop
from tests.databases import make_store, read_everything
from tests.desk.world import World

ASK = "May we show your words? If so, please answer: you may quote me."
PRAISE = "I love the smooth zirconium paper of your notebooks, thank you so much!"
YES = "yes of course, you may quote me"
RULES = Club(
    applause=Applause(), testimonials=club_rules.Testimonials(ASK, ("you may quote me",)), disclosures=("#gifted",),
)  # fmt: skip
ADA: dict[str, Any] = {"author_id": "ada", "author_handle": "adalovelace"}
POST, ANSWER = ("memory", "m1"), ("memory", "yes")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A desk where testimonials are on, and Ada has praised us."""
    store = make_store(tmp_path)
    made = World(store, replace(factories.policy(), club=RULES))
    made.said(PRAISE, **ADA)
    yield made
    store.close()


def asked(world: World) -> int:
    """The question was posted an hour ago. Returns its reply."""
    number = testimonials.ask(world.store, world.desk(), POST)
    assert approve(world.store, world.desk(), [Target(number)])[0].ok
    world.sent(number)
    world.after(hours=1)
    return number


def confirmed(world: World) -> None:
    """Ada has agreed."""
    asked(world)
    world.said(YES, id="yes", interaction_id="yes", **ADA)
    testimonials.confirm(world.store, world.desk(), POST, ANSWER)


HERE = PostStatus(is_present=True)


def exported(world: World, status: PostStatus | Exception = HERE, **more: bool) -> testimonial_export.TestimonialExport:
    """What may be shown, where the platform shows posts so."""

    def look(mention: Mention) -> PostStatus:
        if isinstance(status, Exception):
            raise status
        return status

    return testimonial_export.export(world.store, world.policy.club, look, world.now, **more)


def dropped(world: World, status: PostStatus | Exception = HERE) -> str:
    """Why the testimonial is left out."""
    done = exported(world, status)
    (item,) = done.dropped
    assert done.quotes == () and item.post == "memory:m1"
    return item.why


def test_the_question_goes_through_the_normal_approval(world: World) -> None:
    """Behind the thank-you, in one draft that no policy approves by itself."""
    number = testimonials.ask(world.store, world.desk(), POST)
    reply = world.reply(number)
    assert (reply.state, reply.auto, reply.revision) == ("drafted", False, 2)
    assert str(reply.text).endswith(ASK) and str(reply.text) != ASK
    (view,) = testimonials.list_views(world.store, RULES)
    assert (view.state, view.words, view.asked_by) == ("to ask", PRAISE, "dana")
    with pytest.raises(DeskError, match="is asked about by reply 1"):
        testimonials.ask(world.store, world.desk(), POST)


def test_a_rejected_question_may_be_asked_again(world: World) -> None:
    """In a new reply."""
    first = testimonials.ask(world.store, world.desk(), POST)
    transitions.reject(world.store, world.desk(), first, "not now")
    assert testimonials.list_views(world.store, RULES)[0].state == "not asked"
    second = testimonials.ask(world.store, world.desk(), POST)
    assert second != first and world.reply(second).text == ASK


def test_praise_that_was_answered_is_asked_about_below_another_mention(world: World) -> None:
    """Its reply is out; only one of theirs will do."""
    world.sent(1)
    world.said("thank you, and see you soon", id="m2", interaction_id="m2", **ADA)
    world.said("thank you", id="m3", interaction_id="m3")
    with pytest.raises(DeskError, match="--below"):
        testimonials.ask(world.store, world.desk(), POST)
    with pytest.raises(DeskError, match="by somebody else"):
        testimonials.ask(world.store, world.desk(), POST, ("memory", "m3"))
    number = testimonials.ask(world.store, world.desk(), POST, ("memory", "m2"))
    assert world.item(number).mention.id == "m2"


@pytest.mark.parametrize(
    "text",
    [
        "Oh great, another wonderful late parcel, thanks for nothing",
        "I'm 13 and I love your lovely pens, thank you so much for them!",
        "my parcel is two weeks late and nobody answers",
    ],
)
def test_nobody_is_asked_about_irony_complaints_or_as_a_minor(world: World, text: str) -> None:
    """What cannot be shown need not be asked about."""
    world.said(text, id="m2", interaction_id="m2")
    with pytest.raises(DeskError, match="cannot be a testimonial"):
        testimonials.ask(world.store, world.desk(), ("memory", "m2"))


def test_nobody_is_asked_in_private(world: World) -> None:
    """What only we can read is not shown to others."""
    world.said(PRAISE, id="m2", interaction_id="m2", is_private=True)
    with pytest.raises(DeskError, match="only its author and we can read it"):
        testimonials.ask(world.store, world.desk(), ("memory", "m2"))


def test_consent_is_their_own_words_after_the_question(world: World) -> None:
    """Kept as evidence, with who confirmed it."""
    confirmed(world)
    (view,) = testimonials.list_views(world.store, RULES)
    assert (view.state, view.consent, view.consent_words) == ("confirmed", "memory:yes", YES)
    (quote,) = exported(world).quotes
    assert (quote.words, quote.consent, quote.checked_at) == (PRAISE, "memory:yes", world.now)


@pytest.mark.parametrize(
    ("text", "changes", "why"),
    [
        (YES, {"author_id": "bo"}, "by somebody else"),
        ("yes, do", {}, "none of the phrases"),
        ("no, you may quote me never", {}, "not a plain yes"),
        ("what if you may quote me?", {}, "not a plain yes"),
    ],
)
def test_what_is_no_consent(world: World, text: str, changes: dict[str, Any], why: str) -> None:
    """Each mistake of staff is refused in a line."""
    asked(world)
    world.said(text, id="yes", interaction_id="yes", **{**ADA, **changes})
    with pytest.raises(DeskError, match=why):
        testimonials.confirm(world.store, world.desk(), POST, ANSWER)
    assert exported(world) == testimonial_export.TestimonialExport((), ())


def test_words_before_the_question_and_an_unasked_yes_count_for_nothing(world: World) -> None:
    """They answered something else."""
    with pytest.raises(DeskError, match="nobody asked about"):
        testimonials.confirm(world.store, world.desk(), POST, POST)
    testimonials.ask(world.store, world.desk(), POST)
    world.said(YES, id="yes", interaction_id="yes", **ADA)
    with pytest.raises(DeskError, match="is not posted"):
        testimonials.confirm(world.store, world.desk(), POST, ANSWER)
    world.after(hours=1).sent(1)
    with pytest.raises(DeskError, match="before the question was posted"):
        testimonials.confirm(world.store, world.desk(), POST, ANSWER)


def test_the_list_names_an_answer_that_seems_to_agree(world: World) -> None:
    """So that nobody has to look for it."""
    asked(world)
    assert testimonials.list_views(world.store, RULES)[0].answer is None
    world.said(YES, id="yes", interaction_id="yes", **ADA)
    (view,) = testimonials.list_views(world.store, RULES)
    assert (view.state, view.answer) == ("asked", "memory:yes")


def test_a_yes_to_a_reply_without_the_question_is_no_consent(world: World) -> None:
    """Staff took the question out before it was posted."""
    number = testimonials.ask(world.store, world.desk(), POST)
    transitions.edit(world.store, world.desk(), number, "Thank you, Ada!")
    assert approve(world.store, world.desk(), [Target(number)])[0].ok
    world.sent(number)
    world.after(hours=1)
    world.said(YES, id="yes", interaction_id="yes", **ADA)
    with pytest.raises(DeskError, match="without the question"):
        testimonials.confirm(world.store, world.desk(), POST, ANSWER)


def test_who_gave_no_plain_yes_may_be_asked_once_more(world: World) -> None:
    """Below their answer, as a refusal of `confirm` advises; not while a question is on its way."""
    asked(world)
    world.said("sure, go ahead", id="yes", interaction_id="yes", **ADA)
    with pytest.raises(DeskError, match="ask once more"):
        testimonials.confirm(world.store, world.desk(), POST, ANSWER)
    number = testimonials.ask(world.store, world.desk(), POST, ANSWER)
    (view,) = testimonials.list_views(world.store, RULES)
    assert (view.state, view.reply_id) == ("to ask", number)
    with pytest.raises(DeskError, match=f"is asked about by reply {number}"):
        testimonials.ask(world.store, world.desk(), POST, ANSWER)


def test_a_question_posted_by_hand_is_answered_before_staff_note_it(world: World) -> None:
    """They post it, and note it the next morning: the answer of the evening counts."""
    number = testimonials.ask(world.store, world.desk(), POST)
    world.after(minutes=5).put(number, "by_hand", approved_by="dana", approved_at=world.now)
    world.after(hours=1).said(YES, id="yes", interaction_id="yes", **ADA)
    world.after(hours=9)
    transitions.done(world.store, world.desk(), number, None)
    assert testimonials.list_views(world.store, RULES)[0].answer == "memory:yes"
    testimonials.confirm(world.store, world.desk(), POST, ANSWER)


def test_withdrawn_is_withdrawn_at_once_and_for_good(world: World) -> None:
    """No export has it, and nobody asks again."""
    confirmed(world)
    testimonials.withdraw(world.store, world.desk(), POST)
    assert dropped(world) == "its author withdrew it"
    for act in (testimonials.withdraw, testimonials.ask):
        with pytest.raises(DeskError, match="withdrawn already"):
            act(world.store, world.desk(), POST)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (PostStatus(is_present=True, text="I hate it"), "it was edited"),
        (PostStatus(is_present=False), "it is gone from its platform"),
        (ReadFailed("no answer"), "it could not be looked at, so try again: no answer"),
        (Indeterminate("not free"), "look at it yourself, then add --unchecked: not free"),
    ],
)
def test_each_is_looked_at_again_before_it_is_shown(world: World, status: PostStatus | Exception, why: str) -> None:
    """And named when it is left out; the same words as HTML are the same."""
    confirmed(world)
    assert dropped(world, status) == why
    same = PostStatus(is_present=True, text=f"<p>{PRAISE}</p>", is_html=True)
    assert len(exported(world, same).quotes) == 1


def test_what_no_platform_shows_needs_the_word_of_staff(world: World) -> None:
    """Then it is marked as not looked at."""
    confirmed(world)
    (quote,) = exported(world, Indeterminate("not free"), with_unchecked=True).quotes
    assert quote.checked_at is None


def test_an_opt_out_ends_it(world: World) -> None:
    """Who wants no reply wants no page either."""
    confirmed(world)
    people.opt_out(world.store, world.desk(), "adalovelace", None)
    assert dropped(world) == "its author opted out of replies"


def test_who_got_a_coupon_must_say_so(shop: Shop) -> None:
    """Within a year, unless the words are labelled; the same for applause."""
    world = shop.world
    world.policy = replace(world.policy, club=replace(CLUB, applause=Applause(), disclosures=("#gifted",),
                                                      testimonials=RULES.testimonials))  # fmt: skip
    shop.give(shop.claim("my parcel is two weeks late and nobody answers", **ADA))
    for name, text in (("p1", PRAISE), ("p2", f"{PRAISE} #gifted")):
        world.said(text, id=name, interaction_id=name, **ADA)
    with pytest.raises(DeskError, match="got a coupon within 365 days"):
        testimonials.ask(world.store, world.desk(), ("memory", "p1"))
    with pytest.raises(DeskError, match="got a coupon within 365 days"):
        applause.applaud(world.store, world.desk(), ("memory", "p1"), ["like"])
    assert testimonials.ask(world.store, world.desk(), ("memory", "p2"))
    assert applause.applaud(world.store, world.desk(), ("memory", "p2"), ["like"])


def test_forget_erases_testimonials_and_applause(world: World) -> None:
    """No word of theirs is left, nor what they agreed to; that something was liked stays as a bare line."""
    confirmed(world)
    applause.applaud(world.store, world.desk(), POST, ["like"])
    done = forget(world.store, world.desk(), "adalovelace", factories.author_of)
    assert done.erased["testimonials"] == 1 and testimonials.list_views(world.store, RULES) == []
    with world.store.read() as connection:
        (kept,) = acts.list_of_mention(connection, mentions.locate(connection, *POST) or 0)
        assert acts.list_waiting(connection) == []
    assert (kept.state, kept.request, kept.reason, kept.remote_url) == ("closed", None, None, None)
    assert vacuum.clean(world.store, world.now)
    assert b"zirconium" not in read_everything(world.store) and YES.encode() not in read_everything(world.store)


def test_what_a_person_is_to_applaud_is_withdrawn_when_the_words_change(world: World) -> None:
    """Nobody is sent to like what was praise when it was chosen."""
    applause.applaud(world.store, world.desk(), POST, ["like"])
    item = world.item_of("m1")
    with world.store.write() as connection:
        newer = replace(item.mention, text="I hate your awful paper, it is the worst ever.")
        edits.record(connection, item.key, PRAISE, newer, by="poll", now=world.now)
        (kept,) = acts.list_of_mention(connection, item.key)
    assert (kept.state, kept.reason) == ("closed", "the mention was edited")
    assert applause.read_page(world.store, world.desk(), None).waiting == ()


def test_forget_waits_for_an_act_under_way(world: World) -> None:
    """Its request is needed to find out whether it was done."""
    from listener.store import moves

    applause.applaud(world.store, replace(world.desk(), acts_of=lambda name: ("like",)), POST, ["like"])
    with world.store.write() as connection:
        (kept,) = acts.list_of_mention(connection, mentions.locate(connection, *POST) or 0)
        assert moves.transition(connection, kept, "sending", by="outbox", now=world.now)
    with pytest.raises(DeskError, match="the like of memory:m1 is sending"):
        forget(world.store, world.desk(), "adalovelace", factories.author_of)


def test_time_erases_no_words_that_may_be_shown(world: World) -> None:
    """The policy's age leaves them, and the consent; a limit of the platform, or a withdrawal, does not."""
    confirmed(world)
    world.put(1, "sent") if world.reply(1).state not in states.OVER else None
    later = world.now + timedelta(days=1)

    def old(**where: str) -> set[int]:
        with world.store.read() as connection:
            return set(erasure.list_old(connection, later, 99, **where))

    with world.store.read() as connection:
        shown = {mentions.locate(connection, *POST), mentions.locate(connection, *ANSWER)}
    assert shown & old() == set() and mentions_of(world, POST) in old(platform="memory")
    testimonials.withdraw(world.store, world.desk(), POST)
    assert mentions_of(world, POST) in old()


def mentions_of(world: World, post: tuple[str, str]) -> int:
    """The key of a mention."""
    with world.store.read() as connection:
        return mentions.locate(connection, *post) or 0


def test_words_that_were_erased_are_left_out(world: World) -> None:
    """A post that was deleted on its platform."""
    confirmed(world)
    with world.store.write() as connection:
        erasure.expire(connection, [mentions_of(world, POST)], "deleted", world.now)
    assert "erased" in dropped(world) or "decided" in dropped(world)
    assert testimonials.list_views(world.store, RULES)[0].words is None


def test_a_person_gets_what_is_kept_about_them(world: World) -> None:
    """An access request."""
    confirmed(world)
    applause.applaud(world.store, world.desk(), POST, ["like"])
    (account,) = access.export_person(world.store, "adalovelace", world.now).accounts
    assert [act.what for act in account.acts] == ["like"] and account.testimonials[0].consent == YES


def test_the_report_counts_them(world: World) -> None:
    """In the period in which it happened."""
    confirmed(world)
    applause.applaud(world.store, world.desk(), POST, ["like", "quote"], is_done=True)
    until = world.now + timedelta(minutes=1)
    with world.store.read() as connection:
        club = report(connection, world.policy, world.now - timedelta(hours=2), until).club
        later = report(connection, world.policy, until, until + timedelta(days=1)).club
    assert (club.applause, club.testimonials) == ({"like": 1, "quote": 1}, kept_testimonials.TestimonialCounts(1, 1, 0))
    assert (later.applause, later.testimonials) == ({}, kept_testimonials.TestimonialCounts(0, 0, 0))


def test_off_means_off(world: World) -> None:
    """Without the section nobody is asked and nobody confirmed; what was withdrawn stays so."""
    world.policy = replace(world.policy, club=Club())
    for act in (lambda: testimonials.ask(world.store, world.desk(), POST),
                lambda: testimonials.confirm(world.store, world.desk(), POST, ANSWER)):  # fmt: skip
        with pytest.raises(DeskError, match="testimonials are off"):
            act()
