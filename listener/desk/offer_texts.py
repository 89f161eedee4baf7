"""The text of an offer in a draft: put behind the words, in the place of a void coupon, or taken out."""

from listener.club_rules import Club, Offer
from listener.codes import CODE
from listener.errors import DeskError
from listener.store.rewards import Reward


def write_offer(club: Club, offer: Offer, text: str, old: Reward | None) -> str:
    """Return a draft's text with that of an offer, where {coupon} stands for the code. old: a coupon that is void.

    Raises DeskError.
    """
    if old is not None and old.mask in text:
        if old.offer == offer.name:
            return text.replace(old.mask, CODE)
        text = take_out(club, text, old)
    return f"{text} {offer.text}" if text else offer.text


def take_out(club: Club, text: str, kept: Reward) -> str:
    """Return a draft's text without that of its offer. Raises DeskError where it was changed."""
    offer = club.offer(kept.offer)
    part = offer.text.replace(CODE, kept.mask) if offer else kept.mask
    if part not in text:
        do = f"`earshot edit {kept.reply_id}` without {kept.mask}"
        raise DeskError("the text of the offer was changed", do)
    return " ".join(text.replace(part, " ").split(" ")).strip()
