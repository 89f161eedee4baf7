"""A code reaches only who it is for, and only where nobody else reads along."""

from dataclasses import replace

import pytest

from listener.codes import mask
from listener.desk import transitions
from listener.errors import DeskError
from tests.club.shop import CLUB, Shop, offer, policy

CODE = "TEN-00001"
SHOWN = mask(CODE)


@pytest.mark.parametrize("around", ["{}-Gutschein", "_{}_", "**{}**", "{}x", "a{}"])
def test_a_mask_that_touches_other_letters_is_refused(shop: Shop, around: str) -> None:
    """Else the text would look as if it had no coupon, and its code went out in public."""
    number = shop.claim()
    with pytest.raises(DeskError, match=r"nobody could tell|not a coupon of this reply"):
        transitions.edit(shop.world.store, shop.desk(), number, f"Here: {around.format(SHOWN)}, thanks")


def test_an_offer_with_a_glued_code_never_goes_out_in_public(shop: Shop) -> None:
    """Whatever wrote the text: approval refuses it, and nothing is sent."""
    glued = offer("glued", "goodwill", text="Use {coupon}-Gutschein. Once.")
    shop.world.policy = policy(replace(CLUB, offers=(*CLUB.offers, glued)))
    number = shop.world.said("my parcel is two weeks late", author_id="ada", author_handle="ada")[0]
    shop.give(number, "glued")
    assert "nobody could tell" in str(shop.approve(number, whispers=False))
    shop.send()
    assert shop.platform.posts == [] and shop.world.reply(number).state == "drafted"
