"""Forgetting a person: the words are nowhere in the file, the bare ledger is whole, and they do not come back."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from listener.desk import autonomy, people, roles, transitions
from listener.desk import forget as stage
from listener.desk.approve import DeskContext, Target, approve
from listener.desk.queue import show
from listener.desk.state_words import PHRASES
from listener.errors import DeskError
from listener.feed_page import FeedPage, QuarantinedItem
from listener.intake.poll import poll
from listener.policy import Holds
from listener.store import draft_reviews, exchange_log, ledger, mentions, notices, vacuum
from listener.store import people as persons
from listener.store.engine import Store
from listener.store.tables import metadata
from tests import factories
from tests.databases import read_everything
from tests.desk.world import World, praise, preview
from tests.fakes.scripted import Scripted

WORD = "zirconium"  # stands for whatever the person said
COMPLAINT = f"@fernhill my parcel with the {WORD} nib is two weeks late"


def ada(world: World, text: str = COMPLAINT, **changes: Any) -> int:
    """A mention of Ada's, decided. Returns the reply's id."""
    return world.said(text, author_id="u-ada", author_handle="adalovelace", author_name="Ada L", **changes)[0]


def forget(store: Store, desk: DeskContext, handle: str) -> stage.Erasure:
    """Erase, and clean the file."""
    done = stage.forget(store, desk, handle, factories.author_of)
    assert vacuum.clean(store, desk.clock())
    return done


def traces(store: Store, *words: str) -> list[str]:
    """Which of these words the database still holds."""
    kept = read_everything(store)
    return [word for word in words if word.encode() in kept]


def test_no_file_holds_the_words_afterwards(world: World, tmp_path: Path) -> None:
    """Not in a table, a free page or the log beside the file, wherever staff and triage had carried them."""
    first, second = ada(world), ada(world, conversation_id="c9")
    said = world.item(second).mention
    transitions.edit(world.store, world.desk(), first, f"Sorry about your {WORD} nib, Ada L!")
    transitions.reject(world.store, world.desk(), second, f"{WORD} is not ours")
    world.polled(replace(said, text=f"edited: {WORD}!", created_at=world.after(minutes=1).now))
    people.note(world.store, world.desk(), "adalovelace", f"asks about {WORD}")
    roles.mark_role(world.store, world.desk(), "adalovelace", "critic", f"hates {WORD}", None)
    people.opt_out(world.store, world.desk(), "adalovelace", f"said: leave me and my {WORD} alone")
    bad = QuarantinedItem("x1", '{"author": "AdaLovelace", "text": "' + WORD + '"}', f"no id near {WORD}")
    poll(world.store, Scripted(world.clock, pages=[FeedPage({}, quarantined_items=(bad,))]), world.clock)
    assert traces(world.store, WORD)
    done = forget(world.store, world.desk(), "adalovelace")
    assert traces(world.store, WORD, WORD.upper(), "adalovelace", "AdaLovelace", "Ada L") == []
    assert done.erased["mentions"] == 2 and done.erased["notes"] == 1 and done.erased["quarantine"] == 1
    assert done.opted_out and stage.copies(world.store.place) == []


ERASED = {
    *("mention", "basis", "reply", "approval", "event", "note", "optout", "quarantine", "notice", "billed"),
    *("reader_weights", "mark", "member", "account", "points", "reward", "act", "testimonial"),
}
BARE = {  # nothing in them is said by, or names, who writes to us
    *("decision", "policy", "platform", "pause", "gap", "ledger", "forgotten"),
    *("draft_review", "autonomy", "sentiment_bucket"),  # numbers, names of kinds, names of staff
    *("feed", "stage", "alert"),  # an alert names rules and numbers, no person
    "offer_turn",  # digests of persons, which name nobody: else who is forgotten would get a second coupon
    "pool_home",  # of which restore a pool is
    "coupon",  # codes of the shop
    *("digest", "webhook"),  # which periods and events went out, and why one did not
    *("announcement", "posting"),  # what the brand says to everybody
}


def test_every_table_is_thought_of() -> None:
    """A new one must be put on one side or the other."""
    assert set(metadata.tables) - {"exchange"} == ERASED | BARE


def test_what_goes_by_itself_leaves_no_trace_of_the_person(world: World, tmp_path: Path) -> None:
    """A flood's notice names the author, a request the handle, the day's bill the id; verdicts have no words."""
    told = factories.policy(holds=Holds(flood_author=1), quiet_hours=(), timezone="UTC")
    policy = replace(told, responders=tuple(replace(one, auto="always") for one in told.responders))
    first, second = (ada(world, f"I love the smooth {WORD} paper, thank you so much!") for _ in range(2))
    autonomy.approve_automatically(world.store, policy, preview, "memory", world.now)
    transitions.edit(world.store, world.desk(), first, f"Enjoy your {WORD} paper!")
    request = {"text": f"@adalovelace enjoy your {WORD} paper!", "dids": {"adalovelace": "u-ada"}}
    world.put(second, "sent", sent_at=world.now, request=request)
    with world.store.write() as connection:
        ledger.mark_billed(connection, "memory", ["user:u-ada", "user:u-adam"], world.now)
        assert [one.subject for one in notices.list_open(connection)] == ["to the author u-ada"]
    forget(world.store, world.desk(), "adalovelace")
    assert traces(world.store, WORD, "adalovelace", '"u-ada"', "author u-ada") == []
    with world.store.read() as connection:
        assert connection.execute(select(metadata.tables["billed"].c.unit)).scalars().all() == ["user:u-adam"]
        assert draft_reviews.count_reviews(connection, "thank_you", 9) == (1, 0)
        assert "u-ada" not in str(notices.list_open(connection))


def test_the_bare_ledger_stays(world: World) -> None:
    """What was decided, by which rule, who approved it and when, and where it is on the platform."""
    number = ada(world)
    approve(world.store, world.desk("bo"), [Target(number)])
    world.sent(number, by="bo")
    forget(world.store, world.desk(), "adalovelace")
    with world.store.read() as connection:
        (line,) = exchange_log.read_exchanges(connection)
    assert (line["decision"], line["rule"], line["kind"]) == ("draft", "support", "support")
    assert (line["state"], line["remote_id"], line["approved_by"]) == ("sent", f"p{number}", "bo")
    assert (line["mention_text"], line["reply_text"]) == ("", "")
    assert line["author"].startswith("forgotten-") and line["sent_at"] is not None
    shown = show(world.store, world.view(), number)
    assert [one.what for one in shown.events][-1] == "forgotten"
    assert [(one.text, one.ours) for one in shown.thread] == [("", False), ("", True)]


@pytest.mark.parametrize("state", ["drafted", "approved", "by_hand", "escalated", "failed"])
def test_what_was_to_be_said_is_stopped(world: World, state: str) -> None:
    """An answer to words that nobody can read any more goes nowhere."""
    number = ada(world)
    if state != "drafted":
        world.put(number, state)
    assert forget(world.store, world.desk(), "adalovelace").stopped == (number,)
    assert (world.reply(number).state, world.reply(number).closed_as) == ("closed", "withdrawn")


@pytest.mark.parametrize("state", ["sending", "unconfirmed"])
def test_a_reply_under_way_is_settled_first(world: World, state: str) -> None:
    """Without its text nobody could find out whether it arrived, and it might go out twice."""
    number = ada(world)
    world.put(number, state)
    with pytest.raises(DeskError, match=f"reply {number} to this person {PHRASES[state]}"):
        forget(world.store, world.desk(), "adalovelace")
    assert world.item(number).mention.text == COMPLAINT


def test_a_mention_that_waits_to_be_decided_is_not_decided(world: World) -> None:
    """Triage has nothing to read."""
    said = factories.mention(COMPLAINT, author_id="u-ada")
    world.polled(said)
    forget(world.store, world.desk(), "memory:u-ada")
    world.route()
    assert world.item_of(said.id).decided is None


def test_old_words_that_come_again_are_not_kept(world: World) -> None:
    """The same post, an edit of it from before, and an older one that the platform lists late."""
    number = ada(world)
    said = world.item(number).mention
    edit = replace(said, text=f"{WORD} again", created_at=world.after(minutes=5).now)
    forget(world.store, world.desk(), "adalovelace")
    world.after(minutes=5)
    world.heard(said, edit, replace(said, id="m77", interaction_id="m77"))
    with world.store.read() as connection:
        texts = connection.execute(select(metadata.tables["mention"].c.text)).scalars().all()
    assert texts == [""]


def test_what_the_person_says_later_is_heard(world: World) -> None:
    """They speak to us anew: it is handled like anybody's, with no history, and can be forgotten again."""
    ada(world)
    forget(world.store, world.desk(), "adalovelace")
    world.after(days=1)
    number = ada(world, f"@fernhill where is my {WORD} parcel now? two weeks!")
    assert number and world.item(number).decided is not None
    assert forget(world.store, world.desk(), "adalovelace").stopped == (number,)


def test_an_edit_after_forgetting_is_heard(world: World) -> None:
    """It may be a cry for help: decided like anything new, once, under the name it comes with."""
    number = ada(world)
    said = world.item(number).mention
    forget(world.store, world.desk(), "adalovelace")
    edit = replace(said, text="@fernhill your ink burned my child, call me", created_at=world.after(minutes=5).now)
    world.heard(edit)
    world.heard(edit)
    found = world.item_of(said.id)
    assert found.reply is not None and (found.reply.id, found.reply.state) == (world.reply_to(said.id), "escalated")
    assert found.reply.id != number and (found.mention.author_id, found.mention.text) == ("u-ada", edit.text)
    assert [one.what for one in world.events(number)].count("edited") == 1
    assert forget(world.store, world.desk(), "adalovelace").stopped == (found.reply.id,)


def test_an_edit_of_an_answered_post_is_kept_after_forgetting(world: World, tmp_path: Path) -> None:
    """The answer stays sent, as with any edit; the new words can be forgotten again."""
    number = ada(world)
    said = world.item(number).mention
    world.sent(number)
    forget(world.store, world.desk(), "adalovelace")
    world.heard(replace(said, text=f"now {WORD}", created_at=world.after(minutes=5).now))
    assert (world.reply(number).state, world.item_of(said.id).mention.text) == ("sent", f"now {WORD}")
    forget(world.store, world.desk(), "adalovelace")
    assert traces(world.store, WORD) == []


def test_forgetting_twice_cleans_the_file_again(world: World) -> None:
    """For when another process kept it from being written anew."""
    ada(world)
    forget(world.store, world.desk(), "adalovelace")
    for name in ("memory:u-ada", "u-ada", "AdaLovelace", "memory:@adalovelace"):
        again = forget(world.store, world.desk(), name)
        assert again.erased == {} and again.stopped == ()
    with pytest.raises(DeskError, match="nobody called"):
        forget(world.store, world.desk(), "memory:u-bob")


def test_nobody_else_loses_a_word(world: World) -> None:
    """Neither their mentions nor what was set aside of them."""
    ada(world)
    other = world.said(*praise())[0]
    bad = QuarantinedItem("x2", '{"author": "ada", "text": "hello adalovelaces"}', "no id")
    poll(world.store, Scripted(world.clock, pages=[FeedPage({}, quarantined_items=(bad,))]), world.clock)
    forget(world.store, world.desk(), "adalovelace")
    assert world.item(other).mention.text == praise()[0] and world.reply(other).state == "drafted"
    with world.store.read() as connection:
        raws = connection.execute(select(metadata.tables["quarantine"].c.raw)).scalars().all()
        assert raws == [bad.raw]
        assert persons.was_forgotten(connection, ("memory", "u-ada")) and len(mentions.list_keys(connection)) == 2


def test_a_name_that_is_a_word_takes_no_other_items(world: World) -> None:
    """Who is called `a` is not in every sentence with an a."""
    world.said(COMPLAINT, author_id="u-a", author_handle="a")
    bad = QuarantinedItem("x3", '{"author": "bob", "text": "ask a friend, @a"}', "no id")
    poll(world.store, Scripted(world.clock, pages=[FeedPage({}, quarantined_items=(bad,))]), world.clock)
    assert forget(world.store, world.desk(), "a").erased["quarantine"] == 0


def test_a_notice_of_something_else_is_not_taken_for_the_persons(world: World) -> None:
    """Of which the subject ends in a number that is also their id."""
    world.said(COMPLAINT, author_id="17", author_handle="ada")
    with world.store.write() as connection:
        for kind, subject in (("unconfirmed", "reply 17"), ("flood", "in the conversation 17")):
            notices.open_notice(connection, kind, "memory", "x", "y", world.now, subject=subject)
    forget(world.store, world.desk(), "ada")
    with world.store.read() as connection:
        assert [one.subject for one in notices.list_open(connection)] == ["reply 17", "in the conversation 17"]
