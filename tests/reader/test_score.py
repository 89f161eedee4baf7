"""What the second reader looks at, and what its shipped weights may contain."""

import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest

from listener.intake.phrases import tokenize
from listener.intake.text import plain
from listener.model import ABOUT
from listener.reader import score
from listener.reader.features import own_features, word_features
from listener.reader.samples import AUTHORS, PLACES
from listener.reader.score import SecondReader, Subjects, Weights, probability
from tests.factories import DATA, ears, policy

WEIGHTS = Path(score.__file__).with_name("weights.json")
TRAINED_ON = ("airline_dev", "brands_dev")


def test_features_are_words_pairs_and_what_earshot_knows() -> None:
    """A pair does not span the end of a sentence; numbers are alike, and so are long letters."""
    assert word_features(["sooooo", "late", ".", "42", "hours", "late"]) == [
        "soo", "late", ".", "<n>", "hours", "soo late", "<n> hours", "hours late",
    ]  # fmt: skip
    assert own_features(["thanks"], 0.41, -0.3, 9) == ["=cue thanks", "=score 2", "=lowest -1", "=length 4"]


def test_a_reading_names_the_largest_words_for_and_against() -> None:
    """At most three of each, the largest first, no cue and no word that hardly weighs."""
    weights = {"thanks": (2.0, -1.0), "so": (0.0, 0.0), "late": (-1.0, 1.0), "hours late": (-2.0, 1.0)}
    reader = SecondReader(Weights((0.0, 0.0), {**weights, "=cue thanks": (3.0, 0.0)}))
    reading = reader.read(["thanks", "so", "hours", "late"], ["thanks"], 0.4, 0.4)
    assert (reading.kind_words, reading.harsh_words) == (("thanks",), ("hours late", "late"))
    assert reading.praise == probability(2.0) and reading.complaint == probability(1.0)
    assert reading.balance == probability(0.5)


def test_any_text_can_be_read() -> None:
    """No words, thousands of words, words that nobody knows."""
    reader = SecondReader(score.shipped())
    for tokens in ([], ["never"] * 1500, ["xq" * 50, "\n", "🙂"]):
        reading = reader.read(tokens, (), -1.0, -1.0)
        assert 0 <= reading.praise <= 1 and 0 <= reading.complaint <= 1 and 0 <= reading.balance <= 1


def test_weights_are_small() -> None:
    """They are read at every start: at most 400 KB."""
    assert WEIGHTS.stat().st_size <= 400_000


def test_no_weight_belongs_to_few_people_or_to_a_single_trade() -> None:
    """Nothing that one author wrote can be read out of the weights, and no "flight" is weighed in a pen shop."""
    clean = ears()._clean
    authors, brands, files = (defaultdict[str, set[str]](set) for _ in range(3))
    for name in TRAINED_ON:
        path = DATA / f"{name}.csv"
        if not path.exists():
            pytest.skip(f"{path.name} is not here: it may not be shipped")
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for word in word_features(tokenize(clean(plain(row["text"], False), row["brand"]))):
                    authors[word].add(row["text"])
                    brands[word].add(row["brand"])
                    files[word].add(name)
    content = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    words = [word for word in (*content["weights"], *content["subjects"]["weights"]) if word[0] != "="]
    assert len(words) > 1000
    assert [word for word in words if len(authors[word]) < AUTHORS] == []
    assert [word for word in words if min(len(brands[word]), len(files[word])) < PLACES] == []


def test_changes_of_a_brand_are_added_and_the_shipped_chances_are_kept() -> None:
    """So that a decision can be held against the shipped weights."""
    shipped = Weights((0.0, 0.0), {"thanks": (2.0, -1.0)})
    reading = SecondReader(shipped, Weights((0.5, 0.0), {"thanks": (-1.0, 0.0), "wonky": (0.0, 3.0)})).read(
        ["thanks", "wonky"], {}, 0.0, 0.0
    )
    assert (reading.praise, reading.complaint) == (probability(1.5), probability(2.0))
    assert reading.shipped == (probability(2.0), probability(-1.0), probability(1.5))
    assert SecondReader(shipped).read(["thanks"], {}, 0.0, 0.0).shipped is None


def test_a_subject_is_suggested_only_for_a_complaint_that_no_cue_names_and_only_where_it_is_sure() -> None:
    """A suggestion is worth nothing if it contradicts the rules, or guesses."""
    complaint = Weights((0.0, 2.0), {"lovely": (0.0, -9.0)})
    subjects = Subjects(("delivery", "staff"), (0.0, 0.0), {"luggage": (3.0, 0.0), "maybe": (0.3, 0.0)}, 0.8)
    reader = SecondReader(complaint, None, subjects)
    assert reader.read(["luggage"], {}, 0.0, 0.0).subject == "delivery"
    assert reader.read(["maybe"], {}, 0.0, 0.0).subject is None
    assert reader.read(["luggage"], {"about_refund": ("refund",)}, 0.0, 0.0).subject is None
    assert reader.read(["luggage", "lovely"], {}, 0.0, 0.0).subject is None


def test_the_shipped_subjects_are_those_of_the_rules() -> None:
    """One thing has one name; `other` suggests nothing."""
    subjects = score.shipped_subjects()
    named = {name.removeprefix(ABOUT) for name in policy().cues if name.startswith(ABOUT)}
    assert set(subjects.names) - {"other"} <= named and 0.5 < subjects.sure_from < 1
    assert len(subjects.features) > 1000
    sure = Subjects(("other",), (0.0,), {}, 0.0)
    assert sure.name(["luggage"]) is None
