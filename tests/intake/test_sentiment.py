"""The score is vaderSentiment's to the last digit, in bounded time."""

import csv
import time

import pytest
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from listener.intake.sentiment import EMOJI, Scorer
from tests.factories import DATA

ODD = [
    "",
    " ",
    "!!!",
    "no",
    "no good",
    "kind of good",
    "The service is kind",
    "not good but great",
    "GREAT day, but SO bad!!!!!",
    "never so good",
    "never this good",
    "without doubt good",
    "without a doubt the best",
    "least good",
    "at least good",
    "I'm dying to see the bomb",
    "yeah right",
    ":) :( :D",
    "😀😀 but 😡",
    "a😀b",
    "good😀 ",
    "😀 ",
    "it isn't good nor bad",
    "The plot was good, but the characters are uncompelling and the dialog is not great.",
    "ok? ok?? ok???",
    "❤️ © ™ love",
    "no no no good or bad",
    "none of it was ever so nice",
    "sort of the shit",
    "bus stop",
    "VERY very VERY good",
    "x" * 300,
]


@pytest.fixture(scope="module")
def bare() -> Scorer:
    """A scorer without words of ours."""
    return Scorer()


@pytest.fixture(scope="module")
def vader() -> SentimentIntensityAnalyzer:
    """The library as it comes."""
    return SentimentIntensityAnalyzer()


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_score_as_the_library_scores_them(bare: Scorer, vader: SentimentIntensityAnalyzer, text: str) -> None:
    """Negation, boosters, idioms, emoji and capitals keep their quirks."""
    assert bare.compound(text) == vader.polarity_scores(text)["compound"]


@pytest.mark.parametrize("name", ["airline_dev", "sarcasm_dev", "languages_dev"])
def test_real_mentions_score_as_the_library_scores_them(
    bare: Scorer, vader: SentimentIntensityAnalyzer, name: str
) -> None:
    """Every second text of a real set, exactly."""
    path = DATA / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not here: it may not be shipped")
    with path.open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)][::2]
    assert [text for text in texts if bare.compound(text) != vader.polarity_scores(text)["compound"]] == []


@pytest.mark.parametrize(
    "hostile", ["😀" * 10_000, "😀 but " * 3_000, "a " * 50_000, "not good but " * 8_000, "good\u0301" * 9_000]
)
def test_ten_thousand_emoji_cost_milliseconds(bare: Scorer, hostile: str) -> None:
    """F37: vaderSentiment takes minutes."""
    start = time.perf_counter()
    assert -1 <= bare.compound(hostile) <= 1
    assert time.perf_counter() - start < 1.0


def test_emoji_within_the_bound_are_all_read(bare: Scorer, vader: SentimentIntensityAnalyzer) -> None:
    """The bound changes nothing below it."""
    text = "😀 " * EMOJI
    assert bare.compound(text) == vader.polarity_scores(text)["compound"]


def test_a_word_worth_nothing_is_no_word_of_the_lexicon() -> None:
    """0.0 takes a word out: not even in capitals does it weigh."""
    scorer = Scorer({"please": 0.0, "Thx": 1.5, "exceptional": 2.8})
    assert scorer.compound("PLEASE do that") == 0.0
    assert scorer.compound("thx") > 0.3
    assert scorer.compound("exceptional service") > 0.5
