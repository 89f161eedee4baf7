"""Persons: found by handle or id, noted on, opted out."""

import pytest

from listener.desk import people, transitions
from listener.desk.approve import Target, approve
from listener.desk.forget import forget
from listener.desk.person_views import OptOutView, WithdrawnReply
from listener.errors import DeskError
from listener.store import people as stored_people
from listener.store.operation_records import Note
from tests import factories
from tests.desk.world import World, praise


def test_a_person_is_found_by_handle_and_by_id(world: World) -> None:
    """Whatever case, with or without @ and platform."""
    world.said(*praise(), author_id="did:plc:abc", author_handle="Ada")
    for name in ("ada", "@ADA", "memory:ada", "did:plc:abc", "memory:did:plc:abc"):
        assert people.person(world.store, name, world.now).author_id == "did:plc:abc"


def test_a_name_that_two_persons_have_asks_which(world: World) -> None:
    """Nobody is opted out by mistake."""
    world.said(*praise(), author_id="a1", author_handle="ada")
    world.said(*praise(), author_id="a2", author_handle="ada")
    with pytest.raises(DeskError, match="more than one person; name one of them: memory:id:a1, memory:id:a2"):
        people.opt_out(world.store, world.desk(), "ada", None)


def test_an_author_is_named_surely_whatever_others_call_themselves(world: World) -> None:
    """Somebody else's handle is their id: both are listed, each in the form that means them alone."""
    world.said(*praise(), author_id="42", author_handle="ada")
    world.said(*praise(), author_id="77", author_handle="42")
    with pytest.raises(DeskError, match="more than one person; name one of them: memory:id:42, memory:id:77"):
        people.person(world.store, "memory:42", world.now)
    for name, handle in (("memory:id:42", "ada"), ("id:42", "ada"), ("memory:id:77", "42")):
        assert people.person(world.store, name, world.now).handle == handle
    with pytest.raises(DeskError, match="nobody called 'memory:id:ada'"):
        people.person(world.store, "memory:id:ada", world.now)


def test_an_opt_out_by_a_sure_name_is_theirs_and_outlives_their_words(world: World) -> None:
    """Also after they were erased, when nothing but the opt-out knows the id."""
    world.said(*praise(), author_id="42", author_handle="ada")
    world.said(*praise(), author_id="77", author_handle="42")
    people.opt_out(world.store, world.desk(), "memory:id:42", None)
    assert people.person(world.store, "memory:id:77", world.now).opted_out is None
    forget(world.store, world.desk(), "memory:id:42", lambda platform, raw: None)
    assert people.opt_in(world.store, world.desk(), "memory:id:42").author_id == "42"


def test_nobody_of_that_name(world: World) -> None:
    """One line, with the ways to write it."""
    with pytest.raises(DeskError, match="nobody called 'zed'"):
        people.person(world.store, "zed", world.now)


def test_a_note_is_kept_with_who_and_when(world: World) -> None:
    """An empty one is refused."""
    world.said(*praise())
    with pytest.raises(DeskError, match="note is empty"):
        people.note(world.store, world.desk(), "user1", " ")
    (note,) = people.note(world.store, world.desk("bo"), "user1", "likes mail").notes
    assert note == Note(world.now, "bo", "likes mail")


def test_an_opt_out_ends_what_waits_and_leaves_what_is_out(world: World) -> None:
    """A draft, an approval and a post by hand are withdrawn; a person may still look at an escalation."""
    who = {"author_id": "u1", "author_handle": "ada"}
    said = world.said(*praise(2), "you will hear from my lawyer", "I love it, thank you so much", **who)
    approve(world.store, world.desk(), [Target(said[1])])
    world.sent(said[3])
    found = people.opt_out(world.store, world.desk(), "ada", "asked on the phone")
    assert [world.reply(one).state for one in said] == ["closed", "closed", "escalated", "sent"]
    assert world.reply(said[0]).closed_as == "withdrawn"
    assert found.opted_out == OptOutView(world.now, "dana", "asked on the phone")
    assert found.closed == (WithdrawnReply(said[0], "m1"), WithdrawnReply(said[1], "m2"))


def test_the_end_of_an_opt_out_lists_what_stays_closed(world: World) -> None:
    """Not what staff closed themselves, what has a new reply, or what an earlier opt-out closed."""
    who = {"author_id": "u1", "author_handle": "ada"}
    (early,) = world.said(*praise(), **who)
    people.opt_out(world.store, world.desk(), "ada", None)
    people.opt_in(world.store, world.desk(), "ada")
    rejected, replaced, closed = world.after(minutes=1).said(*praise(3), **who)
    transitions.reject(world.store, world.desk(), rejected, "irony")
    people.opt_out(world.store, world.desk(), "ada", None)
    transitions.escalate_mention(world.store, world.desk(), "memory", "m3")
    assert people.opt_in(world.store, world.desk(), "ada").closed == (WithdrawnReply(closed, "m4"),)
    assert world.reply(early).state == world.reply(replaced).state == world.reply(closed).state == "closed"


def test_after_an_opt_out_nothing_is_drafted_until_it_is_taken_back(world: World) -> None:
    """Triage asks each time."""
    world.said(*praise(), author_id="u1", author_handle="ada")
    people.opt_out(world.store, world.desk(), "ada", None)
    (silent,) = world.said(*praise(), author_id="u1", author_handle="ada")
    people.opt_in(world.store, world.desk(), "ada")
    (answered,) = world.said(*praise(), author_id="u1", author_handle="ada")
    assert silent == 0 and world.reply(answered).state == "drafted"


def test_an_opt_out_that_is_not_there_cannot_be_taken_back(world: World) -> None:
    """It says so."""
    world.said(*praise())
    with pytest.raises(DeskError, match="user1 has not opted out"):
        people.opt_in(world.store, world.desk(), "user1")


def test_an_opt_out_outlives_the_words_and_can_be_taken_back(world: World) -> None:
    """By the id that `forget` prints; the page has nothing else to show."""
    world.said(*praise(), author_id="u-ada", author_handle="ada")
    people.opt_out(world.store, world.desk(), "ada", "asked by mail")
    forget(world.store, world.desk(), "ada", factories.author_of)
    found = people.person(world.store, "memory:u-ada", world.now)
    assert (found.handle, found.exchanges) == (None, ())
    assert found.opted_out is not None and found.opted_out.why is None
    assert people.opt_in(world.store, world.desk(), "memory:u-ada").opted_out is None
    assert world.after(minutes=1).said(*praise(), author_id="u-ada", author_handle="ada") != [0]


def test_who_was_forgotten_can_be_opted_out(world: World) -> None:
    """Before they write again, by their id; who never was here cannot."""
    world.said(*praise(), author_id="u-ada", author_handle="ada")
    forget(world.store, world.desk(), "ada", factories.author_of)
    assert people.opt_out(world.store, world.desk(), "memory:u-ada", None).opted_out is not None
    assert world.after(minutes=1).said(*praise(), author_id="u-ada") == [0]
    with pytest.raises(DeskError, match="nobody called"):
        people.opt_out(world.store, world.desk(), "memory:u-bob", None)


def test_a_persons_page_has_every_exchange(world: World) -> None:
    """What was said, what became of it, oldest first."""
    who = {"author_id": "u1", "author_handle": "ada"}
    first, _ = world.said(*praise(), "going to the shop", **who)
    world.sent(first)
    found = people.person(world.store, "ada", world.now).exchanges
    assert [(one.decision, one.state, one.approved_by) for one in found] == [
        ("draft", "sent", "dana"),
        ("ignore", None, None),
    ]


def test_the_list_of_opt_outs_repeats_no_words_of_the_author(world: World) -> None:
    """`status --json` goes to monitoring; why somebody opted out may be all that they wrote."""
    words = "@fernhill please stop replying to me, my number is 07700 900123"
    world.said(words, author_id="u1", author_handle="ada")
    with world.store.read() as connection:
        (optout,) = stored_people.opt_outs(connection)
        assert (optout.platform, optout.author_id, optout.handle) == ("memory", "u1", "ada")
        assert "07700" not in repr(optout)
