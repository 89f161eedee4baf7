"""Leases of a sitting: what is open is ours while somebody works, and nobody's is given back under their hands."""

from listener.desk import marks
from tests.cli.review.conftest import Sitting
from tests.desk.world import praise


def test_a_lease_left_by_a_killed_sitting_is_renewed_and_left_to_run_out(sitting: Sitting) -> None:
    """The same name comes back ten minutes later: what is open is theirs for a whole lease again."""
    (reply_id,) = sitting.world.said(*praise())
    killed = sitting.presenter()
    killed.claim.take(killed.show(reply_id))
    sitting.world.after(minutes=10)
    with sitting.presenter() as presenter:
        presenter.claim.take(presenter.show(reply_id))
        lease = sitting.world.policy.limits.claim_lease
        assert sitting.world.reply(reply_id).claimed_until == sitting.world.now + lease
        sitting.world.after(minutes=10)
        presenter.claim.renew()
        assert sitting.world.reply(reply_id).claimed_until == sitting.world.now + lease
    assert sitting.world.reply(reply_id).claimed_by == "dana"


def test_the_sitting_that_leaves_does_not_end_the_lease_of_another_of_the_same_name(sitting: Sitting) -> None:
    """Two terminals of one person: the first goes, the second still writes."""
    (reply_id,) = sitting.world.said(*praise())
    first, second = sitting.presenter(), sitting.presenter()
    first.claim.take(first.show(reply_id))
    sitting.world.after(seconds=5)
    second.claim.take(second.show(reply_id))
    sitting.world.after(minutes=6)
    first.claim.renew()  # both are at work: neither may end it
    first.claim.release()
    assert sitting.world.reply(reply_id).claimed_by == "dana"
    second.claim.release()
    assert sitting.world.reply(reply_id).claimed_by == "dana"


def test_what_was_claimed_at_the_command_line_stays(sitting: Sitting) -> None:
    """It is looked at, and left."""
    first, second = sitting.world.said(*praise(2))
    marks.claim(sitting.world.store, sitting.world.desk(), first)
    with sitting.presenter() as presenter:
        presenter.claim.take(presenter.show(first))
        presenter.claim.take(presenter.show(second))
        assert sitting.world.reply(second).claimed_by == "dana"
    assert [sitting.world.reply(one).claimed_by for one in (first, second)] == ["dana", None]


def test_a_search_of_any_length_and_all_that_waits(sitting: Sitting) -> None:
    """Sixty thousand characters are no reason to stop; and all is all, whatever was searched."""
    sitting.world.said(*praise(2))
    with sitting.presenter() as presenter:
        presenter.search("x" * 60_000)
        assert presenter.lines == []
        presenter.apply_filter("drafted")
        assert presenter.lines == []
        presenter.apply_filter("all that waits")
        assert len(presenter.lines) == 2
