"""A review of a shop that has offers for staff to give."""

from pathlib import Path

from listener import settings
from listener.desk import offers
from tests.cli.review.conftest import Sitting

CLUB = """
[club]
join = ["join the club"]
terms = "the terms"

[pools.ten]
cents = 1000
currency = "EUR"

[offers.sorry]
for = "goodwill"
from = 2026-01-01
until = 2027-01-01
pool = "ten"
text = "As an apology, {coupon} takes 10 euros off your next order. {terms}"
terms = "Once per person."
owner = "customer care"

[offers.thanks]
for = "members"
from = 2026-01-01
until = 2027-01-01
pool = "ten"
text = "Your code is {coupon}. {terms}"
terms = "For members."
owner = "marketing"
"""


def open_club(sitting: Sitting, folder: Path, codes: int = 3) -> Sitting:
    """Give the review a club, and its shop some codes."""
    (folder / "club.toml").write_text(CLUB)
    sitting.config = settings.load(folder)
    lines = [f"TEN-{number:05}" for number in range(1, codes + 1)]
    offers.import_codes(sitting.world.store, sitting.world.desk(policy=sitting.config.policy), "ten", lines, None)
    return sitting
