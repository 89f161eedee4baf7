"""Claims and questions of the fact sheet: manners, gaps and negations."""

import pytest

from tests.factories import facts


@pytest.mark.parametrize(
    ("text", "manner"),
    [
        ("you don't ship to Canada", "stated"),
        ("You guys never deliver to Canada.", "stated"),
        ("They no longer ship anything to Canada", "stated"),
        ("Fernhill doesn’t ship to Canada!!", "stated"),
        ("sad that you won't send it to Canada", "stated"),
        ("you don't ship to Canada?", "asked"),
        ("is it true that you don't ship to Canada", "asked"),
        ("why don't you ship to Canada?", "asked"),
        ("I heard you don't ship to Canada", "hedged"),
        ("my friend says you don't ship to Canada", "hedged"),
        ("if you don't ship to Canada I can't order", "hedged"),
        ("no idea why people say they don't ship to Canada, they do", "denied"),
        ("it's a myth that they don't ship to Canada", "denied"),
        ("You don't ship to Canada. Not true!", "denied"),
        ("your glue isn't made from animals", "denied"),
        ("your glue is made from animals", "stated"),
    ],
)
def test_in_what_manner_a_claim_is_made(text: str, manner: str) -> None:
    """Stated, asked, denied or hedged, by its sentence."""
    assert [claim.stance for claim in facts(text).claims] == [manner]


@pytest.mark.parametrize(
    "text",
    [
        "love that you ship to Canada",
        "I don't like how you packed the parcel you had to ship off to Canada",
        "Canada is nice. You don't ship",
        "they don't ship to France",
        "I don't think the pen I bought was made for anybody who would take a ship to Canada",
    ],
)
def test_what_is_no_claim(text: str) -> None:
    """The words must be there, in order, close together, in one sentence."""
    assert not [claim for claim in facts(text).claims if claim.stance == "stated"]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("do you ship to Canada?", "ships-to-canada"),
        ("Is the glue in your notebooks vegan", "vegan-glue"),
        ("how long is the warranty on a pen?", "warranty"),
        ("where's my order? where is my parcel", "track-order"),
        ("Can I use a gift card online?", "gift-cards"),
    ],
)
def test_which_topic_a_question_touches(text: str, topic: str) -> None:
    """Words in any order, in one sentence."""
    assert topic in facts(text).topics


def test_who_never_returns_a_call_says_nothing_about_returns() -> None:
    """A claim "no returns" is about a thing; after "never" the same letters are a verb."""
    assert facts("Your man never returns my calls").claims == ()
    assert [claim.fact for claim in facts("you take no returns").claims]
