"""Praise that is not meant, or not of us, goes to a person; praise that names no merit in plain words is heard."""

import time

import pytest

from listener.intake.audience import find_audience
from listener.intake.irony import find_turned, is_praised, quotes_us
from listener.intake.phrases import CueMatch
from tests.factories import decided, facts

MEANT = [
    "my notebook came two days early, lovely!",
    "parcel arrived a day early, thank you!",
    "three weeks early and beautifully wrapped",
    "not your fault, thank you so much for being so kind",
    "it wasn't your fault, thank you so much for sorting it",
    "who doesn't love a new notebook? Thank you!",
    "who doesn't love your paper",
    "who wouldn't love these pens!",
    "can't wait for my new pen!",
    "can't wait to try my new pen, it looks gorgeous",
    "so excited, I can't wait to write with it",
    "happy tears, the card was perfect",
    "opened the box and cried happy tears, thank you",
    "made my day, shout-out to Anna in York!",
    "shout-out to Tom in your Bath shop, he made my day",
    "you made my week, shoutout to the packing team",
    "this made my morning, props to Lena",
    "your driver @anna was fantastic, thank you so much",
    "my verdict: lovely paper, thank you",
    "the lovely ink that came out of the box, thank you",  # no loss
    "checked the list, thanks so much",  # no demand
    "shout out to my new pen from you, it is lovely",
    "wow, what a lovely pen",
]
DOUBTED = {
    "turned_praise": [
        "great service: three hours on hold",
        "Excellent: my parcel is in Paris",
        "lovely: another crushed box",
        "great 45 minute queue in York, lovely",
        "amazing 2 hour wait, love it",
        "such a lovely 3 week wait, thank you so much",
        "well done, you took all the joy out of writing",
        "this sucks the fun out of it",
        "everyone else was lovely",
    ],
    "closing_thanks": [
        "check the list again, thanks",
        "send me the blue ones, thank you",
    ],
    "others_praised": [
        "thanks @inkworks, you are the best",
        "love @inkworks, such great pens",
        "kudos to @inkworks for the great service",
        "so glad that @inkworks are so helpful",
        "shout out to my friend @inkworks for the pens",
    ],
    "quotes_us": [
        '"we value every customer" so lovely',
        "“our team goes the extra mile” is just lovely, thank you",
    ],
}


@pytest.mark.parametrize("text", MEANT)
def test_praise_in_roundabout_words_is_thanked(text: str) -> None:
    """Early, excited, moved, or forgiving: nobody praises in adjectives alone."""
    assert decided(f"@fernhill {text}").kind == "thank_you", decided(f"@fernhill {text}").trail[-1]


@pytest.mark.parametrize(("cue", "text"), [(cue, text) for cue, texts in DOUBTED.items() for text in texts])
def test_praise_turned_round_is_never_thanked(cue: str, text: str) -> None:
    """However warm its words and high its score."""
    assert cue in facts(f"@fernhill {text}").cues
    assert decided(f"@fernhill {text}").kind != "thank_you"


@pytest.mark.parametrize(
    "text",
    [
        "Got my notebooks today, thank you so much for them!",
        "thank you so much for them",
        "thanks for them 💙",
        "thanks for these",
        "thank you for those",
        "thank you so much for both",
        "thank you so much for both of them",
        "thank you so much for mine",
        "thanks for them guys",
        "thank you for them this morning",
        "thank you so much for them, they arrived today",
    ],
)
def test_thanks_for_them_are_meant(text: str) -> None:
    """A pronoun that stands alone is no bad thing, nor an odd one to give thanks for."""
    assert facts(f"@fernhill {text}").cues.keys().isdisjoint(("ironic_praise", "sarcasm"))


@pytest.mark.parametrize(
    "text",
    [
        "thanks for them cold chips",
        "thanks for these three hours",
        "thanks for this wet Monday",
        "thank you for her face at the till",
        "thank you so much for them being rude",
        "thanks for them, they arrived broken",
        "thank you so much for them and the broken box",
        "thanks for this 🙄",
        "thank you so much for this. Again.",
        "thanks for this really",
        "thank you for them they arrived in bits",
        "thanks for nothing",
        "thanks for none of them",
        "thanks for them that never came",
        "thanks for both cold chips",
        "thanks for one of these crushed boxes",
    ],
)
def test_a_pronoun_before_what_is_odd_or_bad_saves_nothing(text: str) -> None:
    """It is no pronoun before a noun, and what follows it counts as before."""
    assert not facts(f"@fernhill {text}").cues.keys().isdisjoint(("ironic_praise", "sarcasm"))
    assert decided(f"@fernhill {text}").kind != "thank_you"


@pytest.mark.parametrize(
    "text",
    [
        "so glad you fixed it, lol, great work though",
        "good to know you love us, but brilliant work",
        "brilliant idea, but wow, love it",
    ],
)
def test_irony_beside_another_doubt_is_never_outweighed(text: str) -> None:
    """Two doubts may stand beside firm praise, but not if one of them is irony."""
    signals, decision = facts(f"@fernhill {text}"), decided(f"@fernhill {text}")
    assert "ironic_praise" in signals.cues and signals.compound > 0.6
    assert decision.kind != "thank_you"


@pytest.mark.parametrize(
    "text",
    [
        "can't wait to spend another hour on hold, love it",
        "who doesn't love waiting in the rain, great",
        "two days early they said, it came two weeks late, great",
        "I cannot wait to pay more, you are the best",
        "can't wait any longer for this",
    ],
)
def test_the_same_words_about_trouble_are_not_praise(text: str) -> None:
    """What people look forward to, and what they do not."""
    assert decided(f"@fernhill {text}").kind != "thank_you"


def test_nothing_is_proposed_for_praise_of_nobody() -> None:
    """A search hit may praise anything; an answer in our own thread is about us."""
    nobody = facts("just living off salads and loving it, so good")
    assert nobody.cues["names_nobody"] == ("loving",)
    for text in ("just loving it, so good @fernhill", "loving it, thank you", "loving it, you are so good"):
        assert "names_nobody" not in facts(text).cues, text
    assert "names_nobody" not in facts("loving it, so good", in_reply_to="7").cues


def test_praise_of_two_is_praise_of_us() -> None:
    """Where our own handle is praised as well, the other does not matter."""
    assert "others_praised" not in facts("thank you @inkworks, thank you @fernhill, so kind").cues
    assert "others_praised" not in facts("@fernhill I told @inkworks that your paper is lovely").cues


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("@fernhill @ada your ink leaks", None),
        ("@ada @fernhill your ink leaks", "another handle first"),
        ("If you skip the @fernhill sale you are mad", "everybody"),
        ("if you skip my order again I'm gone, @fernhill", None),
        ("@fernhill if you skip the sale you are mad", None),
        ("When you open the @fernhill box: https://x.example/1", "everybody"),
        ("When I open the @fernhill box and see the lid: https://x.example/1", "everybody"),
        ("When I open the @fernhill box it leaks https://x.example/1", None),
        (".@fernhillhelp2 your ink leaks", None),  # perhaps ours
        ("the #Fernhill ink leaks", "no handle of ours"),
        ("hey @fernhill, the #fernhill ink leaks", None),
        ("order #1182 leaks, see https://pictures.example/1", None),
        ("What does everyone think of @fernhill ink? It leaks", "everybody"),
        ("No wonder people think that the ink leaks, @fernhill", None),
        ("@ourpage the ink leaks", None),  # a handle that the policy does not know may be ours
    ],
)
def test_who_is_spoken_to(text: str, audience: str | None) -> None:
    """Talk with others in which we are named is not talk with us; a comment on our page has no handle at all."""
    assert facts(text).cues.get("overheard") == (audience and (audience,))
    assert "overheard" not in facts(text, is_private=True).cues


def test_a_reply_that_names_us_by_a_hashtag_is_still_a_reply() -> None:
    """The platform gave it to us."""
    assert "overheard" not in facts("the #fernhill ink leaks", in_reply_to="7").cues
    assert "overheard" in facts("@ada the #fernhill ink leaks", in_reply_to="7").cues


@pytest.mark.parametrize(
    "text",
    [
        "Beautiful new pens of @fernhill https://news.example/pens",
        "Brilliant window #fernhill https://pictures.example/1",
        "@ada I love your #fernhill name, superb!",
        "Nice @fernhill pic.twitter.com/AbC1",
    ],
)
def test_praise_of_what_is_linked_or_of_others_is_not_thanked(text: str) -> None:
    """A headline, somebody else's picture, a friend."""
    assert decided(text).kind != "thank_you"


@pytest.mark.parametrize(
    "text",
    ["I love my new pen @fernhill https://pictures.example/1", "thank you @fernhill https://pictures.example/1",
     "@fernhill beautiful pens https://pictures.example/1", "beautiful pens https://pictures.example/1",
     "Loving the new pens, so smooth @fernhill pic.twitter.com/AbC1"],
)  # fmt: skip
def test_praise_with_a_picture_of_ones_own_is_thanked(text: str) -> None:
    """Most people add a link when they show what they have."""
    assert decided(text).kind == "thank_you"


def test_what_a_colon_is_not() -> None:
    """Of a smiley, a time, a link, or before the praise."""
    words = ["great", "service"]
    matches = [CueMatch("praise", 0, 1), CueMatch("warm", 0, 2)]
    for text in ("great service :)", "great service :D", "great service:https"):
        assert not [*find_turned(text, words, matches)], text
    assert [*find_turned("great service: none", [*words, "none"], matches)]


def test_only_what_we_may_have_said_is_our_quotation() -> None:
    """A title or a nickname in quotation marks is none."""
    assert quotes_us('"we value you" yes') and not quotes_us('the "blue pen" is lovely')
    assert not quotes_us('"@ada: we love it" so do I')
    assert is_praised("kudos to ", "", lambda text: [CueMatch("thanks", 0, 1)])
    assert not is_praised("kudos to your driver ", "", lambda text: [CueMatch("thanks", 0, 1)])


def test_a_joke_of_many_links_costs_bounded_time() -> None:
    """Each link might be the one that ends it."""
    start = time.perf_counter()
    assert find_audience("when " + ":https://a" * 12_000 + " x", ["fernhill"]) is None
    assert time.perf_counter() - start < 2.0


@pytest.mark.parametrize(
    "text", ["great : " * 4_000, "thanks @a " * 4_000, '"we are great" ' * 3_000, "great 2 days " * 3_000]
)
def test_time_is_bounded_whatever_is_written(text: str) -> None:
    """A stranger cannot keep the daemon busy."""
    facts("great : @a")
    start = time.perf_counter()
    facts(text[:30_000])
    assert time.perf_counter() - start < 2.0
