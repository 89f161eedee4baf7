"""Private mentions, media, names and handles at the desk: who could read along, and whom a word of ours concerns."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from listener.desk import control, forget, marks, people, queue, transitions
from listener.desk.approve import Target, approve
from listener.errors import DeskError
from listener.model import History
from listener.store.people import find_person
from listener.store.tables import reply
from listener.triage.signals import SignalExtractor
from tests import factories
from tests.desk.world import World, praise

COMPLAINT = "My parcel is two weeks late and nobody answers my mails."


def test_a_private_mention_is_marked_and_not_asked_for_a_direct_message(world: World) -> None:
    """Its author has just written one."""
    open_, private = world.said(COMPLAINT), world.said(COMPLAINT, is_private=True)
    shown = [queue.single(world.store, world.view(), reply_id) for reply_id in (*open_, *private)]
    assert [view.private for view in shown] == [False, True]
    assert "direct message" in (shown[0].text or "") and "direct message" not in (shown[1].text or "")
    assert shown[1].kind == "support"


def test_a_handle_of_somebody_else_is_a_warning_and_to_a_private_mention_a_refusal(world: World) -> None:
    """Who bears it is told, and could read along; the author's own handle, a link and an address are none."""
    (open_,), (private,) = world.said(COMPLAINT), world.said(COMPLAINT, is_private=True)
    text = "Hello @USER1, ask @Bo or help@fernhill.example"
    transitions.edit(world.store, world.desk(), open_, text)
    names = [warning.name for warning in queue.single(world.store, world.view(), open_).warnings]
    assert names == ["other_handle"]
    with pytest.raises(DeskError, match="private, and @Bo could read the reply"):
        transitions.edit(world.store, world.desk(), private, text.replace("USER1", "USER2"))
    with world.store.write() as connection:
        connection.execute(update(reply).where(reply.c.id == private).values(text="ask @bo"))
    (outcome,) = approve(world.store, world.desk(), [Target(private)])
    assert not outcome.ok and "could read the reply" in (outcome.error or "")


def test_an_addressed_post_of_pictures_alone_goes_to_a_person_with_its_description(world: World) -> None:
    """A search hit of pictures alone does not."""
    alt = ("picture: a torn seam",)
    (reply_id,) = world.said("@fernhill", attachments=alt)
    shown = queue.show(world.store, world.view(), reply_id)
    assert (shown.state, shown.rule, shown.mention.attachments) == ("escalated", "media", alt)
    assert world.said("", attachments=alt, is_addressed=False) == [0]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"attachments": ("picture: my hand, burnt when the pen exploded",)}, "safety"),
        ({"labels": ("porn",)}, "label"),
        ({"labels": ("!no-unauthenticated",)}, "thank_you"),
        ({"attachments": ("picture: a notebook on a desk",)}, "thank_you"),
        ({"attachments": ("quote: stop replying to me",)}, "thank_you"),
    ],
)
def test_guards_hear_what_is_attached_and_labelled(changes: dict[str, Any], rule: str) -> None:
    """Thanks above a picture of an injury are no thanks; a quote opts nobody out."""
    decided = factories.decided(praise()[0], **changes)
    assert decided.rule == rule
    if decided.draft is not None and "attachments" in changes:
        assert not decided.draft.auto


def test_a_person_is_found_by_handle_in_any_case_and_alphabet(world: World) -> None:
    """SQLite's own lower() knows ASCII alone."""
    world.said(COMPLAINT, author_handle="ÅSA_Ödmann", author_id="u-åsa")
    with world.store.read() as connection:
        assert {find_person(connection, name)[1] for name in ("åsa_ödmann", "@Åsa_ÖDMANN", "memory:ÅSA_ÖDMANN")} == {
            "u-åsa"
        }
    assert people.opt_out(world.store, world.desk(), "åsa_ödmann", None).opted_out
    erased = forget.forget(world.store, world.desk(), "@ÅSA_ÖDMANN", factories.author_of)
    assert erased.erased["mentions"] == 1


def test_our_own_handle_in_any_case_is_no_impersonation() -> None:
    """Also beyond ASCII."""
    policy = factories.policy()
    brand = replace(policy.brand, name="Ödmann", handles=("ödmann",))
    extractor = SignalExtractor(replace(policy, brand=brand))
    read = extractor.extract(factories.mention("hello", author_handle="ÖDMANN"), History(), factories.NOW)
    assert "impersonation" not in read.cues


def test_a_displayed_name_identifies_nobody(world: World) -> None:
    """Neither opt-out nor history, flood or erasure travels from one 'A Google user' to the next."""
    same = {"author_handle": None, "author_name": "A Google user"}
    ids = [world.said(*praise(), **same)[0] for _ in range(7)]
    with pytest.raises(DeskError, match="nobody called"):
        people.person(world.store, "A Google user", world.now)
    first = world.item(ids[0]).mention.author_id
    people.opt_out(world.store, world.desk(), f"memory:{first}", None)
    erased = forget.forget(world.store, world.desk(), f"memory:{first}", factories.author_of)
    shown = [queue.show(world.store, world.view(), reply_id) for reply_id in ids[1:]]
    assert erased.erased["mentions"] == 1
    assert all(view.warnings == () and view.state == "drafted" and view.person.mentions == 1 for view in shown)


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", "\udcff"])
def test_what_no_database_takes_is_refused_wherever_staff_type(world: World, bad: str) -> None:
    """In one line, before anything is changed."""
    (reply_id,) = world.said(*praise())
    before, desk, store = world.reply(reply_id), world.desk(), world.store
    for act in (
        lambda: transitions.edit(store, desk, reply_id, bad),
        lambda: transitions.reject(store, desk, reply_id, bad),
        lambda: transitions.close(store, desk, reply_id, bad),
        lambda: people.note(store, desk, "user1", bad),
        lambda: people.opt_out(store, desk, "user1", bad),
        lambda: marks.assign(store, desk, reply_id, bad),
        lambda: control.pause(store, desk, None, None, bad),
        lambda: transitions.done(store, desk, reply_id, bad),
        lambda: transitions.resolve(store, desk, reply_id, bad),
    ):
        with pytest.raises(DeskError, match=r"cannot be (stored|printed)"):
            act()
    assert world.reply(reply_id) == before
