"""C5: without club.toml nothing changes; with it every decision is the same, and nobody's reply is due later."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from listener import club_rules
from listener.club_rules import NO_CLUB, Applause, Club, Points, Tier
from listener.desk import offers, transitions
from listener.settings import load, read_policy, starter
from listener.store import members
from listener.store.tables import basis, decision, mention, reply
from tests import factories
from tests.club.shop import CLUB, Shop, numbers, policy
from tests.databases import make_store
from tests.desk.world import World
from tests.fakes.scripted import Scripted
from tests.history import rows

FULL = replace(
    CLUB,
    terms="the terms",
    tiers=(Tier("gold", 1, 0.5),),
    disclosures=("#gifted",),
    applause=Applause(),
    testimonials=club_rules.Testimonials("May we show your words?", ("you may",)),
)
TEXTS = sorted({row.fields["text"] for row in rows()})[::5]
COLUMNS = (
    *(decision.c[name] for name in ("action", "kind", "rule", "compound", "auto", "urgency")),
    *(basis.c[name] for name in ("signals", "hits")),
    *(reply.c[name] for name in ("state", "text", "variant", "assigned_to")),
)

LATER = mention.c.id.like("%x")  # what they write after they were greeted, and some given an offer


def test_the_starters_club_is_off() -> None:
    """Who upgrades gets nothing that they did not ask for."""
    assert load(starter()).policy.club == NO_CLUB


def test_a_policy_that_was_stored_before_is_read() -> None:
    """The trail of an old decision is made again from three files."""
    texts = {name: text for name, text in factories.policy().texts.items() if name != "club.toml"}
    assert read_policy(texts).club == NO_CLUB


def routed(folder: Path, club: Club) -> tuple[list[tuple[Any, ...]], list[datetime | None]]:
    """Decide every text by an author who wrote before.

    Under a club all of them are members of the highest tier, who have had an offer, and may ask for another one.
    """
    folder.mkdir()
    store = make_store(folder)
    world = World(store, policy(club) if club.tiers else factories.policy())
    greeted = world.said(*["hello"] * len(TEXTS))
    with store.write() as connection:
        for key, author in connection.execute(select(mention.c.key, mention.c.author_id)).all() if club.tiers else ():
            members.join(connection, ("memory", author), key, "join the club", "the terms", "dana", world.now)
            members.add_points(connection, [Points("memory", author, "helped", 10, str(key), world.now)])
    if club.offers:
        give_all(world, greeted)
    world.heard(*(world._mention(number, text, {"id": f"m{number}x", "interaction_id": f"m{number}x"})
                  for number, text in enumerate(TEXTS, start=1)))  # fmt: skip
    with store.read() as connection:
        source = mention.join(decision, decision.c.mention_key == mention.c.key).join(basis)
        source = source.outerjoin(reply, reply.c.mention_key == mention.c.key)
        found = connection.execute(
            select(*COLUMNS, reply.c.due_at).select_from(source).where(LATER).order_by(mention.c.key)
        ).all()
    store.close()
    return [tuple(row[:-1]) for row in found], [row.due_at for row in found]


def give_all(world: World, replies: list[int]) -> None:
    """Import codes, and give the members' offer to whoever has a reply that can carry it."""
    shop = Shop(world, Scripted(world.clock))
    offers.import_codes(world.store, shop.desk(), "ten", numbers(len(replies)), None)
    mentions = [f"m{place}" for place, reply_id in enumerate(replies, start=1) if not reply_id]
    given = [transitions.escalate_mention(world.store, shop.desk(), "memory", name) for name in mentions[:40]]
    for reply_id in given:
        shop.give(reply_id, "thanks")
    assert shop.stock().reserved == len(given) > 30


def test_tiers_and_offers_change_no_decision_and_delay_nobody(tmp_path: Path) -> None:
    """Hundreds of mentions of many trades, decided by the real stage in two databases."""
    without, usual = routed(tmp_path / "without", NO_CLUB)
    within, sooner = routed(tmp_path / "with", FULL)
    assert within == without and len(within) > 150
    pairs = [(early, late) for early, late in zip(sooner, usual, strict=True) if early is not None and late is not None]
    assert all(early <= late for early, late in pairs) and sum(early < late for early, late in pairs) > 30
