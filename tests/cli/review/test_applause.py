"""Applause in the review: the pane and the footer offer it where it fits, `l` chooses it, and u withdraws it."""

from dataclasses import replace

import pytest

from listener.cli.review import draw
from listener.cli.review.actions import footer
from listener.cli.review.keys import KEYS
from listener.club_rules import Applause, Club
from listener.desk import applause
from listener.errors import DeskError
from tests.cli.review.conftest import Sitting
from tests.cli.review.test_presenter import opened, press, undone
from tests.desk.world import praise

TROUBLE = "my parcel never arrived, it is broken"


@pytest.fixture
def fans(sitting: Sitting) -> Sitting:
    """Applause is on."""
    policy = replace(sitting.config.policy, club=Club(applause=Applause()))
    sitting.config = replace(sitting.config, policy=policy)
    return sitting


def states(sitting: Sitting) -> list[tuple[str, str]]:
    """The acts on the first mention."""
    with sitting.world.store.read() as connection:
        acts = applause.list_views(connection, sitting.world.item_of("m1"))
    return [(act.what, act.state) for act in acts]


def test_the_page_and_the_footer_offer_it_where_it_fits(fans: Sitting) -> None:
    """Praise has it; a complaint and a review without applause have not."""
    fans.world.said(*praise())
    shown = fans.play(size=(100, 30))
    assert "worth applause: like, repost; l: applaud" in shown and "l applaud" in shown
    fans.world.said(TROUBLE, id="m2")
    presenter = opened(fans)
    presenter.search("parcel")
    presenter.open()
    assert presenter.fitting_keys() == ()
    with pytest.raises(DeskError, match="no applause fits reply"):
        press(presenter, "l")


def test_without_the_club_nothing_of_it_is_seen(sitting: Sitting) -> None:
    """Nobody asked for it."""
    sitting.world.said(*praise())
    shown = sitting.play(size=(100, 30))
    assert "applau" not in shown


def test_the_key_likes_and_undo_withdraws(fans: Sitting) -> None:
    """The reply stays as it is, and is still to be approved."""
    fans.world.said(*praise())
    presenter = opened(fans)
    report = press(presenter, "l", "1")
    assert report.startswith("like: waits until") and report.endswith("(undo), chosen by dana; u: withdraw it")
    assert presenter.selected is not None and presenter.selected.applause == ("repost",)
    assert "l applaud" in footer(KEYS, "drafted", presenter.fitting_keys())
    press(presenter, "l", "repost")
    assert states(fans) == [("like", "approved"), ("repost", "approved")] and presenter.fitting_keys() == ()
    assert "repost withdrawn" in undone(presenter)
    assert states(fans) == [("like", "approved"), ("repost", "closed")]
    assert "like withdrawn" in undone(presenter)
    assert {state for _, state in states(fans)} == {"closed"}
    assert presenter.selected.state == "drafted"


def test_what_is_done_by_hand_is_noted_with_the_same_key(fans: Sitting) -> None:
    """A quote has words of ours: the key first, then the platform, then the key again."""
    long = "I love the smooth paper of your notebooks so much, thank you for making them, they are wonderful!"
    fans.world.said(long)
    presenter = opened(fans)
    assert "do it at" in press(presenter, "l", "quote") and states(fans) == [("quote", "by_hand")]
    press(presenter, "l", "quote is done by hand")
    assert states(fans) == [("quote", "sent")]
    assert "too late" in undone(presenter) or "not undone" in undone(presenter)


def test_it_is_read_out_line_by_line(fans: Sitting) -> None:
    """For who listens: what fits, and where an act stands."""
    fans.world.said(*praise())
    presenter = opened(fans)
    press(presenter, "l", "1")
    assert presenter.selected is not None
    spoken = list(draw.spoken(presenter.selected, fans.world.now))
    assert (
        any(line.startswith("like: waits until") for line in spoken) and "worth applause: repost; l: applaud" in spoken
    )
