"""The queue on the whole screen: every key, on a real store."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.events import Key
from textual.pilot import Pilot

from listener.cli.review import draw
from listener.cli.review.keys import Review
from listener.desk import marks, people, transitions
from listener.desk.approve import Target, approve
from listener.store import mentions
from tests.cli.review import shots
from tests.cli.review.conftest import Sitting, settled
from tests.desk.world import praise

TROUBLE = "my parcel never arrived, it is broken"


def test_one_key_approves_what_is_shown_and_opens_the_next(sitting: Sitting) -> None:
    """It waits for `undo_seconds`, and the revision is the one that was seen."""
    ids = sitting.world.said(*praise(3))
    shown = sitting.play("a", "a")
    assert [sitting.world.reply(one).state for one in ids] == ["approved", "approved", "drafted"]
    assert sitting.world.reply(ids[0]).hold == "undo" and sitting.world.reply(ids[0]).approved_by == "dana"
    assert f"Reply {ids[2]} ·" in shown and "Reply 2 approved; u: undo, for 10 s" in shown


def test_undo_takes_the_last_back_and_opens_it_again(sitting: Sitting) -> None:
    """Of any kind, the one before with the next u, U all approvals; then there is nothing more."""
    ids = sitting.world.said(*praise(3))
    shown = sitting.play("a", "a", "u")
    assert [sitting.world.reply(one).state for one in ids] == ["approved", "drafted", "drafted"]
    assert f"Reply {ids[1]} ·" in shown and sitting.message[-1] == "Reply 2: approval undone"
    shown = sitting.play("a", "r", "1", "enter", "U", "u", "u")
    assert {sitting.world.reply(one).state for one in ids[1:]} == {"drafted"}
    undone = ["Reply 2: approval undone", "Reply 3: reopened; approve it to send"]
    assert sitting.message[-3:-1] == undone and f"Reply {ids[2]} ·" in shown
    assert sitting.message[-1].startswith("nothing to undo in this session")


def test_a_key_that_is_held_down_undoes_one_act(sitting: Sitting) -> None:
    """The others were not meant."""
    ids = sitting.world.said(*praise(3))

    async def hands(app: Review, pilot: Pilot[None]) -> None:
        for _ in range(2):
            await sitting.step(app, pilot, "a")
        sitting.hand += 1.0
        for _ in range(5):
            app.post_message(Key("u", "u"))
        await pilot.pause()
        await settled(app, pilot)

    sitting.drive(hands)
    assert [sitting.world.reply(one).state for one in ids] == ["approved", "drafted", "drafted"]


def test_a_text_is_edited_in_place_and_waits_for_its_approval(sitting: Sitting) -> None:
    """Ctrl+S keeps it, Escape leaves it."""
    (reply_id,) = sitting.world.said(*praise())
    before = sitting.world.reply(reply_id).text
    sitting.play("e", "X", "escape")
    assert sitting.world.reply(reply_id).text == before and sitting.message[-1] == "Reply 1 unchanged"
    shown = sitting.play("e", "X", "ctrl+s")
    assert sitting.world.reply(reply_id).text == f"{before}X" and "revision 2" in shown
    sitting.play("a")
    assert sitting.world.reply(reply_id).state == "approved"


def test_a_saved_text_is_inserted_with_its_variables_filled_in(sitting: Sitting) -> None:
    """By its digit, where the cursor stands."""
    (reply_id,) = sitting.world.said(TROUBLE)
    sitting.play("e", "ctrl+t", "3", "ctrl+s")
    text = sitting.world.reply(reply_id).text or ""
    assert text.endswith("dana here. I'm looking into it now and will be back with an answer.")


def test_a_text_that_may_not_go_out_cannot_be_kept(sitting: Sitting) -> None:
    """The length and the fault stand under it; the editor stays open."""
    (reply_id,) = sitting.world.said(*praise())
    shown = sitting.play("e", *" evil.com", "ctrl+s")
    assert "links to evil.com" in shown and "of 500" in shown
    assert sitting.world.reply(reply_id).revision == 1


def test_an_escalation_is_answered_from_scratch_in_the_kind_that_is_chosen(sitting: Sitting) -> None:
    """First the kind, then the text."""
    (reply_id,) = sitting.world.said("you will hear from my lawyer")
    sitting.play("e", "3", *"Hello.", "ctrl+s", "a")
    reply = sitting.world.reply(reply_id)
    assert (reply.kind, reply.text, reply.state) == ("answer", "Hello.", "approved")


def test_a_reason_is_picked_by_digit_or_typed_and_remembered(sitting: Sitting) -> None:
    """What was typed once is offered after the usual reasons the next time."""
    first, second, third = sitting.world.said(*praise(3))
    sitting.play("r", "1", "enter", "r", *"zzz", "enter", "r", "escape")
    assert [sitting.world.reply(one).reason for one in (first, second)] == ["irony, or a joke", "zzz"]
    shown = sitting.play("r")
    assert "1 irony, or a joke" in shown and "6 zzz" in shown
    sitting.play("r", "1", "enter")
    assert sitting.world.reply(third).reason == "irony, or a joke"


def test_closing_assigning_snoozing_escalating_noting_and_varying(sitting: Sitting) -> None:
    """One key and its answer each."""
    ids = sitting.world.said(*praise(5))
    text = sitting.world.reply(ids[-1]).text
    closing, giving, sleeping, handing, noted = ids
    sitting.play(
        "c",
        "1",
        "enter",
        "g",
        *"bo",
        "enter",
        "g",
        *"bo",
        "enter",
        "z",
        "b",
        "enter",
        "x",
        "s",
        "n",
        *"vip",
        "enter",
        "v",
    )
    world = sitting.world
    refusal = "nobody named bo has acted here yet (known: dana); g and the name again if it is right"
    assert refusal in sitting.message
    assert world.reply(closing).closed_as == "handled" and world.reply(giving).assigned_to == "bo"
    assert (world.reply(sleeping).snoozed_until or world.now) > world.now
    assert world.reply(handing).state == "escalated"
    assert people.person(world.store, "memory:u5", world.now).notes[0].text == "vip"
    assert world.reply(noted).text not in (text, None) and world.reply(noted).state == "drafted"


def test_a_post_by_hand_shows_text_and_link_and_is_marked_done(sitting: Sitting) -> None:
    """The id of the post may stay empty."""
    (reply_id,) = sitting.world.said(*praise(), can_reply=False, url="https://social.example/7")
    shown = sitting.play("a", "b")
    assert "Post this at https://social.example/7" in shown and (sitting.world.reply(reply_id).text or "")[:20] in shown
    sitting.play("b", "1", "enter", *"77", "enter")
    assert (sitting.world.reply(reply_id).state, sitting.world.reply(reply_id).remote_id) == ("sent", "77")


def test_no_digit_of_a_post_or_a_span_is_taken_for_a_choice(sitting: Sitting) -> None:
    """`1830` begins with 1: it must never mean "not sent", and 45m is no fourth choice."""
    unknown, sleeping = sitting.world.said(*praise(2))
    sitting.world.put(unknown, "unconfirmed", sending_at=sitting.world.now)
    sitting.play("f", "7", "y", *"1830", "enter", "f", "4", "z", *"45m", "enter")
    assert (sitting.world.reply(unknown).state, sitting.world.reply(unknown).remote_id) == ("sent", "1830")
    assert sitting.world.reply(sleeping).snoozed_until == sitting.world.now + timedelta(minutes=45)


def test_several_are_marked_and_approved_after_one_preview(sitting: Sitting) -> None:
    """Every text stands in it; u takes the whole batch back. m marks all drafts shown, M all of a kind."""
    ids = sitting.world.said(*praise(3), "you will hear from my lawyer")
    preview = sitting.play("home", "space", "space", "A")
    assert "2 replies: these exact texts will be sent" in preview and "to @user1" in preview
    sitting.play("s", "space", "space", "A", "a")
    states = [sitting.world.reply(one).state for one in ids]
    assert states.count("approved") == 2 and sitting.message[-1].startswith("2 of 2 approved")
    for reply_id in ids[:3]:
        if sitting.world.reply(reply_id).state == "approved":
            transitions.undo(sitting.world.store, sitting.world.desk(), reply_id)
    shown = sitting.play("m", "m", "end", "M", "A", "a", "u")
    assert sitting.message[0] == "3 marked; A: read and approve them" and sitting.message[1] == "Nothing marked"
    assert [sitting.world.reply(one).state for one in ids].count("approved") == 0
    assert "marked" not in shown.splitlines()[0]


def test_search_filter_person_and_help(sitting: Sitting) -> None:
    """What narrows the queue, and what is only read."""
    sitting.world.said(*praise(2), TROUBLE, "you will hear from my lawyer")
    shown = sitting.play("/", *"parcel", "enter")
    assert "1 reply found" in shown and "@user3" in shown and "@user1" not in shown
    shown = sitting.play("f", "5")
    assert "@user4" in shown and "@user1" not in shown and "escalated" in shown
    assert "memory:u4 · @user4" in sitting.play("f", "5", "p")
    assert "@user1" in sitting.play("f", "5", "escape")
    assert "approve   send exactly the text shown" in sitting.play("question_mark")
    assert "no filter 'zz'" in sitting.play("f", *"zz", "enter")


def test_the_lease_is_taken_by_looking_and_given_back_by_leaving(sitting: Sitting) -> None:
    """Passing by takes none; quitting gives it back."""
    first, second = sitting.world.said(*praise(2))

    def taken(reply_id: int) -> bool:
        return sitting.world.reply(reply_id).claimed_by == "dana"

    sitting.play(lambda app: taken(first), "s", lambda app: taken(second) and not taken(first))
    assert not taken(first) and not taken(second)


def test_what_a_colleague_has_is_told_and_cannot_be_approved(sitting: Sitting) -> None:
    """With who it is."""
    (reply_id,) = sitting.world.said(*praise())
    marks.claim(sitting.world.store, sitting.world.desk("bo"), reply_id)
    shown = sitting.play("a")
    assert "[bo works on it]" in shown
    assert sitting.message[-1] == "bo works on reply 1 until 12:15 UTC; ask bo, or press s"
    assert sitting.world.reply(reply_id).state == "drafted"


def test_new_mentions_and_colleagues_claims_appear_without_a_key(sitting: Sitting) -> None:
    """The cursor stays where it is."""
    (first,) = sitting.world.said(TROUBLE)
    more: list[int] = []

    def comes(app: Review) -> bool:
        more.extend(sitting.world.said(*praise()))
        marks.claim(sitting.world.store, sitting.world.desk("bo"), more[0])
        return True

    def seen(app: Review) -> bool:
        return [one.claimed_by for one in app.presenter.lines] == ["dana", "bo"]

    shown = sitting.play(comes, seen)
    assert "[bo works on it]" in shown and f"Reply {first} ·" in shown


def test_a_text_that_changes_under_ones_eyes_needs_a_second_look(sitting: Sitting) -> None:
    """One keystroke never approves what nobody read."""
    (reply_id,) = sitting.world.said(*praise())

    def rewrites(app: Review) -> bool:
        marks.release_quietly(sitting.world.store, sitting.world.desk(), reply_id)
        transitions.edit(sitting.world.store, sitting.world.desk("bo"), reply_id, "Something else.")
        return True

    def seen(app: Review) -> bool:
        return app.presenter.selected is not None and app.presenter.selected.revision == 2

    sitting.play(rewrites, seen, "a")
    assert (
        sitting.world.reply(reply_id).state == "drafted"
        and "the text changed while you were reading" in sitting.message[-1]
    )
    sitting.play(
        rewrites, lambda app: app.presenter.selected is not None and app.presenter.selected.revision == 3, "a", "a"
    )
    assert sitting.world.reply(reply_id).state == "approved"


def test_what_takes_the_place_of_a_settled_one_is_not_approved_by_a_key_meant_for_that(sitting: Sitting) -> None:
    """The list moves under one's hands: the first key tells."""
    first, second = sitting.world.said(*praise(2))

    def other(app: Review) -> bool:
        marks.release_quietly(sitting.world.store, sitting.world.desk(), first)
        return approve(sitting.world.store, sitting.world.desk("bo"), [Target(first)])[0].ok

    sitting.play(other, lambda app: app.presenter.selected is not None and app.presenter.selected.id == second, "a")
    assert sitting.world.reply(second).state == "drafted"
    assert sitting.message[-1] == "bo approved reply 1. This is reply 2; press a again to approve it."
    sitting.play("a")
    assert sitting.world.reply(second).state == "approved"


def test_a_fault_of_ours_ends_the_screen_and_is_raised_again(sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback is drawn into somebody's terminal: the entry point makes one line of it."""

    def breaks(*args: object) -> list[object]:
        raise ZeroDivisionError("made for this test")

    sitting.world.said(*praise())
    monkeypatch.setattr(draw, "reply_page", breaks)
    with pytest.raises(ZeroDivisionError):
        sitting.play("a")


def test_an_empty_queue_says_whether_anybody_listens(sitting: Sitting) -> None:
    """And no key does harm."""
    shown = sitting.play(*"aevrcxgzntybsk pu", "A", "end", "home")
    assert "Nothing waits here" in shown


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 10), (200, 60)])
def test_the_screen_fits_its_terminal(sitting: Sitting, size: tuple[int, int]) -> None:
    """No line is wider, and the keys stand at the foot."""
    sitting.world.said(*praise(30))
    lines = sitting.play(size=size).splitlines()
    assert max(len(line) for line in lines) <= size[0] and lines[-1].startswith("a approve  e edit")


@pytest.mark.parametrize("name", shots.KEYS)
def test_the_screens_of_the_page_are_the_programs(name: str, tmp_path: Path) -> None:
    """docs/desk.md shows what staff will see; `python -m tests.cli.review.shots` draws them anew."""
    page = shots.page_of(name).read_text(encoding="utf-8")
    assert f"<!-- screen: {name} -->" in page
    assert shots.written(page, {name: shots.drawn(name, tmp_path)}) == page


def test_an_empty_part_of_the_queue_is_not_an_empty_queue(sitting: Sitting) -> None:
    """It says how to see the rest."""
    sitting.world.said(*praise())
    assert "No match; f: filter, /: search" in sitting.play("f", "5")


def test_a_look_while_the_page_is_taken_down_is_nothing(sitting: Sitting) -> None:
    """The timer may tick once more after `q`."""
    sitting.world.said(*praise())

    async def hands(app: Review, pilot: Pilot[None]) -> None:
        await app.query("#detail").remove()
        sitting.world.said(*praise(2))
        app._poll()
        app.require_redraw()

    sitting.drive(hands)


def test_the_second_a_approves_what_the_first_warned_of(sitting: Sitting) -> None:
    """The mention is gone: the first key shows it, the second means it."""
    (reply_id,) = sitting.world.said(*praise())
    with sitting.world.store.write() as connection:
        mentions.record_deletion(connection, sitting.world.item(reply_id).key, sitting.world.now)
    sitting.play("a", "a")
    assert sitting.message[0].startswith("Check: the ") and sitting.message[0].endswith(
        "; press a again to approve it."
    )
    assert sitting.world.reply(reply_id).state == "approved"


def test_a_shared_warning_stands_in_the_head_and_the_due_times_are_whole(sitting: Sitting) -> None:
    """Once for all; and `late 18m` is not cut."""
    bounds = replace(sitting.config.policy.holds, flood_kind=2)
    sitting.config = replace(sitting.config, policy=replace(sitting.config.policy, holds=bounds))
    sitting.world.policy = replace(sitting.world.policy, business_hours=())
    sitting.world.said(*praise(4))
    sitting.world.after(hours=24, minutes=18)
    shown = sitting.play()
    assert "late 18m " in shown
    sitting.world.said(*praise(4))
    shown = sitting.play()
    assert shown.count("more than 2 drafts of the kind thank_you") == 1 and "[!]" not in shown
    assert "more than 2 drafts" in shown.splitlines()[1]


def test_the_footer_fits_the_open_reply(sitting: Sitting) -> None:
    """An escalation has no text to approve."""
    sitting.world.said("you will hear from my lawyer")
    assert sitting.play().splitlines()[-1].startswith("e edit  c close  g give")
    assert sitting.play("c", "1", "enter").splitlines()[-1].startswith("/ search  f filter  u undo")
