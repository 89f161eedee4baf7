"""A suspected fact at the desk: shown, one key from a text that states it, and never sent by itself."""

from dataclasses import replace
from datetime import date

from listener.desk.facts import list_texts
from tests.cli.review.conftest import Sitting

VOUCHERS = "@fernhill your vouchers run out after a year"
STATEMENT = "Fernhill gift cards never expire"


def test_the_fact_stands_on_the_page_and_a_key_uses_its_text(sitting: Sitting) -> None:
    """d asks which wording; the text is drafted by staff, and still has to be approved."""
    (reply_id,) = sitting.world.said(VOUCHERS)
    shown = sitting.play(size=(100, 30))
    assert "May be about this fact; d: use its text" in shown and STATEMENT in shown and "[vouchers, run out]" in shown
    asked = sitting.play("d", size=(100, 30))
    assert "Use which text of the fact gift-cards?" in asked
    sitting.play("d", "1")
    reply = sitting.world.reply(reply_id)
    assert (reply.state, reply.kind, reply.auto) == ("drafted", "correction", False) and STATEMENT in (reply.text or "")
    sitting.play("d", "4")
    assert sitting.world.reply(reply_id).kind == "answer"


def test_the_key_offers_other_texts_the_next_time(sitting: Sitting) -> None:
    """Who likes none of the first three sees the next ones, until all were there."""
    sitting.world.said(VOUCHERS)
    presenter = sitting.presenter()
    presenter.refresh()
    assert presenter.selected is not None
    turns = [presenter.offer_fact_texts(presenter.selected) for _ in range(4)]
    corrections = [[text for kind, text in offered if kind == "correction"] for offered in turns]
    assert [len(texts) for texts in corrections] == [3] * 4 and not set(corrections[0]) <= set(corrections[1])
    assert len({text for texts in corrections for text in texts}) > 3
    assert sitting.play("d", "escape", "d", size=(100, 30)).count("Use which text of the fact gift-cards?") == 1


def test_writing_the_facts_text_can_be_undone(sitting: Sitting) -> None:
    """As every act."""
    (reply_id,) = sitting.world.said(VOUCHERS)
    sitting.play("d", "1", "u")
    assert sitting.world.reply(reply_id).state == "escalated"


def test_other_mentions_are_offered_other_wordings(sitting: Sitting) -> None:
    """Else everybody who asks the same gets the same three."""
    world = sitting.world
    replies = world.said(*(VOUCHERS + "!" * number for number in range(6)))
    first = {list_texts(world.store, world.desk(), reply)[0] for reply in replies}
    assert len(first) > 1


def test_where_no_fact_is_suspected_the_key_says_so(sitting: Sitting) -> None:
    """It changes nothing."""
    (reply_id,) = sitting.world.said("@fernhill my parcel never came, this is awful")
    before = sitting.world.reply(reply_id).text
    sitting.play("d")
    assert "is not suspected to be about a fact" in sitting.message[-1]
    assert sitting.world.reply(reply_id).text == before


def test_an_expired_fact_is_not_offered(sitting: Sitting) -> None:
    """Its owner must check it first."""
    (reply_id,) = sitting.world.said(VOUCHERS)
    policy = sitting.config.policy
    facts = tuple(replace(fact, expires=date(2026, 1, 1)) for fact in policy.facts)
    sitting.config = replace(sitting.config, policy=replace(policy, facts=facts))
    sitting.play("d")
    assert "expired on 2026-01-01; sales must check it" in sitting.message[-1]
    assert sitting.world.reply(reply_id).state == "escalated"


def test_a_fact_that_is_gone_is_named_all_the_same(sitting: Sitting) -> None:
    """The fact sheet has changed since."""
    sitting.world.said(VOUCHERS)
    policy = sitting.config.policy
    facts = tuple(fact for fact in policy.facts if fact.id != "gift-cards")
    sitting.config = replace(sitting.config, policy=replace(policy, facts=facts))
    assert "no longer in the fact sheet" in sitting.play(size=(100, 30))
    sitting.play("d")
    assert "the fact gift-cards is no longer in the fact sheet" in sitting.message[-1]
