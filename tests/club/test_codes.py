"""A code reaches only who it is for, and only where nobody else reads along."""

from dataclasses import replace
from datetime import timedelta

import pytest

from listener.codes import mask
from listener.desk import announcements, offers, roles, transitions
from listener.errors import DeskError
from listener.model import Preview
from tests.club.shop import CLUB, Shop, offer, policy

CODE = "TEN-00001"


def shown(text: str, platform: str) -> Preview:
    """280 code points, as they are."""
    return Preview(text, len(text), 280)


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


@pytest.mark.parametrize(
    "typed",
    [
        "code:TEN-00002",
        "Code=TEN-00002",
        "\u201cTEN-00002\u201d",
        "`ten-00002`",
        "<TEN-00002>",
        "TEN-00002\u2026",
        "TEN-00002\u2013enjoy",
        "TEN-00002/",
        "_TEN-00002_",
        "TEN-00002-Gutschein",
        "my-TEN-00002",
        "autumngift",
        "codeTEN-00002",
        "TEN-00002x",
        "xTEN-00002x",
        "myautumngifts",
        "\U0001f381TEN-00002\U0001f381",
        "\U0001f381TEN\ufe0f-00002",
        "TE\u200bN-0\u2060000\u200d2",
        "TEN\u201300002",
        "TEN\u221200002",
        "\uff34\uff25\uff2e-\uff10\uff10\uff10\uff10\uff12",
        "T\u0301EN-00002",
        "?code=TEN-00002&x=1",
        "#TEN-00002",
        "10TEN-00002",
    ],
)
def test_a_typed_code_is_refused_whatever_stands_around_it(shop: Shop, typed: str) -> None:
    """Codes go out by an offer alone; also those that look like a word."""
    offers.import_codes(shop.world.store, shop.desk(), "ten", ["AUTUMNGIFT"], None)
    number = shop.claim()
    with pytest.raises(DeskError, match="the text contains a coupon code"):
        transitions.edit(shop.world.store, shop.desk(), number, f"Here: {typed} thanks")


def test_a_void_code_is_not_approved_again(shop: Shop) -> None:
    """By hand, closed, reopened: the text has the mask of a code that is void."""
    number = shop.claim()
    assert shop.approve(number, whispers=False) is None
    transitions.reject(shop.world.store, shop.desk(), number, "no")
    assert shop.stock().void == 1
    transitions.reopen(shop.world.store, shop.desk(), number)
    assert f"the coupon of reply {number} is void" in str(shop.approve(number))
    shop.send()
    assert shop.platform.posts == []


def mark_minor(shop: Shop) -> None:
    """Staff learn that ada is a child."""
    roles.mark_role(shop.world.store, shop.desk(), "ada", "minor", "says so", None)


def test_a_minor_who_is_marked_after_the_draft_gets_no_coupon(shop: Shop) -> None:
    """Approval asks again."""
    number = shop.claim()
    mark_minor(shop)
    assert "the author may be a minor" in str(shop.approve(number))


@pytest.mark.parametrize("cause", ["minor", "ended"])
def test_what_changed_after_the_approval_is_asked_before_sending(shop: Shop, cause: str) -> None:
    """The reply goes back to staff with why."""
    offers.void(shop.world.store, shop.desk(), "ten", None, "leaked")
    offers.import_codes(shop.world.store, shop.desk(), "ten", ["END-00001"], shop.world.now + timedelta(hours=1))
    number = shop.claim()
    assert shop.approve(number) is None
    if cause == "minor":
        mark_minor(shop)
    else:
        shop.world.after(hours=2)
    shop.send()
    assert shop.platform.posts == [] and shop.world.reply(number).state == "drafted"
    expected = "the author may be a minor" if cause == "minor" else f"the coupon of reply {number} ended"
    assert expected in str(shop.world.reply(number).error)


@pytest.mark.parametrize("number", ["5512345678", "order 1234567890", "call 020 1234567"])
def test_a_code_of_digits_alone_blocks_no_longer_number(shop: Shop, number: str) -> None:
    """Order numbers and telephone numbers are what support writes all day."""
    offers.import_codes(shop.world.store, shop.desk(), "ten", ["123456"], None)
    reply = shop.claim()
    transitions.edit(shop.world.store, shop.desk(), reply, f"See {number}, thanks")
    with pytest.raises(DeskError, match="the text contains a coupon code"):
        transitions.edit(shop.world.store, shop.desk(), reply, "See code123456x, thanks")


@pytest.mark.parametrize("word", ["WELCOME", "Really", "thank-you", "parcel", "Fernhill", "relati"])
def test_a_plain_word_is_no_code(shop: Shop, word: str) -> None:
    """Refused with its line, or every reply with that word would come back."""
    done = offers.import_codes(shop.world.store, shop.desk(), "ten", ["GOOD-00001", word, "QXZKWPVM"], None)
    assert (done.new, [bad.line for bad in done.bad]) == (2, [2])
    assert "is a plain word, and no reply with that word could be sent" in done.bad[0].why


def test_our_own_wording_blocks_no_code_with_digits(shop: Shop) -> None:
    """A digit makes it no word, whatever its letters."""
    done = offers.import_codes(shop.world.store, shop.desk(), "ten", ["WELCOME10", "10OFFSALE"], None)
    assert (done.new, done.bad) == (2, ())


def test_an_announcement_says_no_code(shop: Shop) -> None:
    """It goes to everybody: neither written, nor edited in, nor approved, nor posted."""
    store, desk, at = shop.world.store, shop.desk(), shop.world.now + timedelta(hours=1)
    with pytest.raises(DeskError, match="the text contains a coupon code"):
        announcements.add(store, desk, shown, "Use TEN-00002 today!", at, ["memory"])
    number = announcements.add(store, desk, shown, "Use LATER-0001 today!", at, ["memory"])
    with pytest.raises(DeskError, match="the text contains a coupon code"):
        announcements.edit(store, desk, shown, number, "Use (TEN-00003) today!", None)
    announcements.approve(store, desk, shown, number)
    offers.import_codes(store, desk, "ten", ["LATER-0001"], None)
    shop.world.after(hours=1)
    shop.send()
    assert shop.platform.posts == []
    with pytest.raises(DeskError, match="the text contains a coupon code"):
        announcements.approve(store, shop.desk(), shown, number)
