"""Points and tiers: what earns, what does not, and that a year's points and the grace end on the day."""

from datetime import timedelta
from itertools import permutations

import pytest

from listener.calendar import SHORTEST, response_due
from listener.club.joining import asks_to_join, names_account
from listener.club.tiers import award_help, award_mentions, balance, find_tier
from listener.club_rules import Points, Tier
from listener.settings import load, starter
from tests.factories import NOW, old

TIERS = (Tier("silver", 25, 0.75), Tier("gold", 80, 0.5))


def earned(amount: int, days: float) -> Points:
    """So many points, so many days ago."""
    return Points("memory", "ada", "helped", amount, str(days), old(days))


def name(*points: Points) -> str | None:
    """The name of the tier of these points now."""
    tier = find_tier(points, TIERS, NOW)
    return tier.name if tier else None


def test_mentions_earn_three_times_a_week_whatever_their_order() -> None:
    """Who writes a hundred times a day earns no more, and the same mentions always give the same entries."""
    times = [old(day) for day in (0.1, 0.2, 0.3, 0.4, 8, 9)]
    entries = [list(award_mentions("memory", "ada", order)) for order in permutations(times)]
    assert all(other == entries[0] for other in entries)
    assert [entry.amount for entry in entries[0]] == [1] * 5
    assert len({(entry.what, entry.source) for entry in entries[0]}) == 5


def test_the_points_of_a_year_count() -> None:
    """On the 365th day they are gone; what is to come does not count yet."""
    points = [earned(10, 364.9), earned(10, 365), earned(10, -1), award_help("memory", "ada", 7, NOW)]
    assert balance(points, NOW) == 20


@pytest.mark.parametrize(
    ("points", "tier"),
    [
        ([earned(24, 1)], None),
        ([earned(25, 1)], "silver"),
        ([earned(80, 1)], "gold"),
        ([earned(80, 365 + 89)], "gold"),  # gone for 89 days: the grace
        ([earned(80, 365 + 90)], None),
        ([earned(60, 400), earned(20, 60)], "gold"),  # together 80 for a while, less than 90 days ago
        ([earned(60, 470), earned(20, 60)], None),  # never 80 within the grace, and 20 is none
        ([], None),
    ],
)
def test_a_tier_is_the_best_of_the_last_ninety_days(points: list[Points], tier: str | None) -> None:
    """A quiet month costs nobody their standing."""
    assert name(*points) == tier


def test_a_tier_makes_nobody_wait_longer() -> None:
    """Whatever kind and urgency, in business hours and without; at least ten minutes are left of a longer target."""
    policy = load(starter()).policy
    for kind in (None, *(config.kind for config in policy.responders)):
        for urgency in (0, 1, 2):
            for hours in range(0, 24 * 7, 5):
                start = NOW + timedelta(hours=hours)
                usual, sooner = (response_due(policy, kind, urgency, start, share) for share in (1.0, 0.5))
                assert usual is not None and sooner is not None and sooner <= usual
                assert urgency == 2 or sooner - start >= SHORTEST


def test_people_join_in_the_words_of_the_club() -> None:
    """Whole phrases, in any case."""
    join = ("join the club", "sign me up")
    assert asks_to_join("@fernhill I'd like to Join the Club!", join) and asks_to_join("sign me up please", join)
    assert not asks_to_join("the club is one I would join", join) and not asks_to_join("join the club", ())


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("I am @ada over there", True),
        ("on x I'm ADA.", True),
        ("@ada_b", False),
        ("nada", False),
        ("@ada.example", False),
    ],
)
def test_an_account_is_named_by_its_whole_handle(text: str, is_named: bool) -> None:
    """A likeness proves nothing."""
    assert names_account(text, "Ada") is is_named
