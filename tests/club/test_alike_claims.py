"""Claims in nearly the same words by several accounts get one coupon; what everybody writes who asks gets one each."""

import pytest

from listener.club.claims import is_alike
from listener.desk import transitions
from tests.club.shop import ADA, CLAIM, Shop

BO = {"author_id": "bo", "author_handle": "bo"}
CY = {"author_id": "cy", "author_handle": "cy"}
PHRASES = ("my autumn code", "send me the code")
FIRST = "@fernhill your green notebooks saved my thesis, may I have my autumn code please?"


@pytest.mark.parametrize(
    "again",
    [
        FIRST,
        "@fernhill YOUR GREEN NOTEBOOKS SAVED MY THESIS!!! may i have my autumn code please",
        "@fernhill Your green note-books saved my thesis... May I have my autumn code, please.",
        "@fernhill your green notebooks savd my tesis, can I get my autumn code pls? https://a.example/1",
        "hello @fernhill, thanks! Your green notebooks have saved my thesis. I would like my autumn code",
    ],
)
def test_nearly_the_same_words_by_another_account_call_a_person(shop: Shop, again: str) -> None:
    """Case, punctuation, spelling and courtesy make no other text; the reason names the first reply."""
    first = shop.claim(FIRST, **ADA)
    second = shop.world.reply(shop.claim(again, **BO))
    assert shop.world.reply(first).state == "drafted"
    assert (second.state, second.text) == ("escalated", None)
    assert f"the claim that reply {first} answers" in str(second.error)
    assert len(shop.holders()) == 1


def test_staff_who_looked_give_it_all_the_same(shop: Shop) -> None:
    """The other account may be a friend who copied the text."""
    shop.claim(FIRST, **ADA)
    second = shop.claim(FIRST, **BO)
    shop.give(second, "autumn", "her sister")
    assert shop.world.reply(second).state == "drafted" and len(shop.holders()) == 2


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (CLAIM, CLAIM),
        ("@fernhill hi, could I please get my autumn code? thank you so much!", CLAIM.replace("may", "could")),
        (FIRST, "@fernhill your blue pencils ruined my exam, may I have my autumn code please?"),
        (FIRST, "@fernhill may I have my autumn code please"),
    ],
)
def test_who_asks_as_everybody_does_gets_a_coupon(shop: Shop, text: str, other: str) -> None:
    """The phrase and courtesy are nobody's own words, and other words are another person's."""
    for claimed, author in ((text, ADA), (other, BO), (text if text == CLAIM else CLAIM, CY)):
        assert shop.world.reply(shop.claim(claimed, **author)).state == "drafted"
    assert len(shop.holders()) == 3


def test_the_same_person_is_told_of_their_own_coupon(shop: Shop) -> None:
    """Their own words are no other account's."""
    shop.claim(FIRST, **ADA)
    assert "has offer autumn already" in str(shop.world.reply(shop.claim(FIRST, **ADA)).error)


def test_a_claim_that_was_rejected_is_remembered(shop: Shop) -> None:
    """Whoever tries the next account."""
    first = shop.claim(FIRST, **ADA)
    transitions.reject(shop.world.store, shop.desk(), first, "five accounts")
    assert "answers" in str(shop.world.reply(shop.claim(FIRST, **BO)).error)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("my dog ate the last green notebook, my autumn code?", True),
        ("my cat ate the first blue notebook, my autumn code?", False),
        ("my autumn code", False),
        ("", False),
    ],
)
def test_own_words_are_compared_letter_by_letter(other: str, expected: bool) -> None:
    """Not word by word: a typo in each of them hides nobody."""
    assert is_alike("My dog ate the last green notebok. MY AUTUMN CODE!", other, PHRASES) is expected


def test_a_long_text_takes_no_time() -> None:
    """Whatever somebody pastes."""
    long = " ".join(f"word{chr(97 + n % 26)}x{chr(97 + n % 7)}" for n in range(5_000))
    assert is_alike(long, long, PHRASES)
