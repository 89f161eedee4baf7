"""Another wording for a draft."""

import pytest

from listener.desk import transitions, wordings
from listener.errors import DeskError
from listener.model import CandidateText, Mention
from listener.store.records import StoredDecision
from tests.desk.world import World, praise

TEXTS = (
    CandidateText("a", "x" * 400),
    CandidateText("a", "Thank you!"),
    CandidateText("b", "Thanks."),
    CandidateText("b", "Ta."),
    CandidateText("c", "Cheers."),
)


def candidates(decided: StoredDecision, mention: Mention) -> tuple[CandidateText, ...]:
    """What a responder would offer: each variant with its short form."""
    return TEXTS


def test_the_wordings_come_in_turn_and_then_from_the_start(world: World) -> None:
    """Of each variant the first form that fits."""
    (reply_id,) = world.said(*praise())
    seen = []
    for _ in range(4):
        wordings.use_next_wording(world.store, world.desk(), reply_id, world.reply(reply_id).revision, candidates)
        seen.append(world.reply(reply_id).text)
    assert seen == ["Thank you!", "Thanks.", "Cheers.", "Thank you!"]
    assert world.reply(reply_id).variant is None  # chosen by a person: no unchanged draft


def test_without_another_wording_nothing_changes(world: World) -> None:
    """One line, and the draft as it was."""
    (reply_id,) = world.said(*praise())
    before = world.reply(reply_id)
    with pytest.raises(DeskError, match="no other wording"):
        wordings.use_next_wording(world.store, world.desk(), reply_id, 1, lambda decided, mention: ())
    with pytest.raises(DeskError, match="no other wording"):
        wordings.use_next_wording(
            world.store, world.desk(), reply_id, 1, lambda decided, mention: (CandidateText("a", before.text or ""),)
        )
    assert world.reply(reply_id) == before


def test_a_wording_put_back_after_it_was_handed_to_staff_keeps_its_kind(world: World) -> None:
    """It is a thank-you again, and no support."""
    (reply_id,) = world.said(*praise())
    transitions.escalate(world.store, world.desk(), reply_id)
    wordings.use_next_wording(world.store, world.desk(), reply_id, world.reply(reply_id).revision, candidates)
    assert (world.reply(reply_id).kind, world.reply(reply_id).text) == ("thank_you", "Thank you!")
