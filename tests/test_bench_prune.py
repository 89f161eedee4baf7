"""The list of phrases that change nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.prune import lists, proof, texts
from bench.prune.lists import FOLDER, WrittenPhrase
from bench.prune.rounds import Pruning
from bench.prune.texts import Sample
from listener import lexicon
from listener.model import History
from tests.factories import mention, policy

NAMES = ("cues.toml", "needs.toml")
PHRASES = [  # each variant by itself, however the files put them together
    replace(phrase, phrase=variant)
    for name in NAMES
    for phrase in lists.read_phrases(FOLDER / name)
    for variant in lexicon.expand(phrase.phrase)
]
CLASSES = ("good great", "good lovely", "be is", "be was", "n two")


def _shipped(cue: str, phrase: str) -> WrittenPhrase:
    return next(written for written in PHRASES if (written.cue, written.phrase) == (cue, phrase))


def _written(*phrases: str, cue: str = "praise") -> list[WrittenPhrase]:
    return [WrittenPhrase("cues.toml", line, cue, phrase) for line, phrase in enumerate(phrases, 1)]


@pytest.mark.parametrize("name", NAMES)
def test_shipped_groups_are_sound(name: str) -> None:
    """A fault is reported with file and line."""
    assert list(lists.find_faults(FOLDER / name)) == []


def test_a_fault_is_reported_with_file_line_and_list(tmp_path: Path) -> None:
    """Whoever breaks a list of a thousand phrases must see where."""
    path = tmp_path / "cues.toml"
    path.write_text('thanks = ["ta"]\npraise = [\n  "so good",\n  "so (good",\n]\n', encoding="utf-8")
    fault = 'cues.toml:4: praise "so (good": a group that opens with `(` has no end, or another group inside'
    assert list(lists.find_faults(path)) == [fault]


def test_rewriting_keeps_comments_and_order_and_lists_that_lose_nothing() -> None:
    """A list is filled up again only where something left it."""
    text = '# a head\na = [\n  "b c",\n  "d", "e",\n]\n# of f\nf = ["g",   "d"]\n'
    assert lists.rewrite(text, {("a", "d")}) == '# a head\na = ["b c", "e"]\n# of f\nf = ["g",   "d"]\n'
    assert lists.rewrite(text, {("z", "d")}) == text


def test_a_list_with_conditions_is_one_of_its_own(tmp_path: Path) -> None:
    """The same phrase may stand with and without conditions, and only one of the two goes."""
    path, text = tmp_path / "needs.toml", 'late = ["b", "delay(s)"]\n"late : not then me" = ["b", "delay(s)"]\n'
    path.write_text(text, encoding="utf-8")
    assert [phrase.entries for phrase in lists.read_phrases(path)][-1] == (
        "delays : not then me", "delay : not then me",
    )  # fmt: skip
    dropped = {("late : not then me", "delay(s)")}
    assert lists.rewrite(text, dropped) == 'late = ["b", "delay(s)"]\n"late : not then me" = ["b"]\n'


def test_a_long_list_is_filled_up_and_breaks_no_phrase() -> None:
    """A phrase stands on one line, or the loader would read its line end."""
    phrases = [f"{word} * after <n> days" for word in ("late", "early", "soon", "never-ending", "lost") * 5]
    longest = f"({'|'.join(map(str, range(100, 150)))}) pens"
    assert f'  "{longest}",' in lists.format_list("a", [longest, "b"]).splitlines()
    written = lists.format_list("a", phrases)
    assert max(map(len, written.splitlines())) <= lists.WIDTH
    assert [line.count('"') % 2 for line in written.splitlines()] == [0] * len(written.splitlines())
    assert written.replace("\n  ", " ").replace("[ ", "[").count("late * after <n> days") == 5


@pytest.mark.parametrize(
    ("phrase", "other"),
    [
        ("great pen", "<good> pen"),
        ("<good> pen", "* pen"),
        ("delays", "delay*"),
        ("so great", "so (very) <good>"),
        ("(great|lovely) pen", "<good> pen"),
    ],
)
def test_a_phrase_that_another_matches_word_for_word_is_a_double(phrase: str, other: str) -> None:
    """No text can tell them apart."""
    pairs = proof.find_doubles(_written(phrase, "a " + other) + _written("a " + phrase), CLASSES)
    assert [(double.phrase, wider.phrase) for double, wider in pairs] == [("a " + phrase, "a " + other)]


@pytest.mark.parametrize(
    ("phrase", "other"),
    [
        ("a not * pen", "a never * pen"),
        ("a not pen", "a * pen"),
        ("a great pen", "a great"),
        ("a <n> pen", "a one pen"),
        ("a <be> pen", "a <good> pen"),
    ],
)
def test_a_phrase_that_matches_more_is_no_double(phrase: str, other: str) -> None:
    """`*` stands for no "not"; a longer phrase covers more words; a class is no wider than its words."""
    assert list(proof.find_doubles(_written(phrase, other), CLASSES)) == []


def test_phrases_of_guards_and_exceptions_from_them_stay() -> None:
    """What nobody has written yet is a danger all the same."""
    phrases = [
        *_written("bleeding badly", cue="safety"), *_written("cut off", "i'm <n> minutes", "no plan", cue="except"),
        *_written("superb"), *_written("i heard", cue="claim_hedged"),
    ]  # fmt: skip
    guarded = proof.find_guarded(phrases, policy().cues)
    assert {phrase.phrase for phrase in guarded} == {"bleeding badly", "cut off", "i'm <n> minutes", "i heard"}


def test_a_phrase_that_a_decision_needs_stays_and_of_two_that_cover_for_each_other_only_one_goes() -> None:
    """Each of two could go by itself; together they are all that says what is missing."""
    written = ("my parcel never arrived", "cheers for the pens")
    pruning = Pruning(PHRASES, [Sample("a", mention(text), History()) for text in written])
    missing = [_shipped("need_missing", "never arrived"), _shipped("need_missing", "my <order> never")]
    lone, unmet = _shipped("thanks", "cheers"), _shipped("thanks", "kudos")
    assert [*pruning.run([*missing, lone, unmet])][-1] == 0
    assert [len(pruning.removed.intersection(pair)) for pair in (missing, [lone, unmet])] == [1, 0]
    assert list(pruning.restore()) == []


def test_what_is_away_together_and_missed_is_taken_back() -> None:
    """A word may be known by two phrases, and lost with both."""
    pruning = Pruning(PHRASES, [Sample("a", mention("I was charged twice, where is my refund?"), History())])
    pruning.removed.update(phrase for phrase in PHRASES if "charged" in phrase.phrase or "refund" in phrase.phrase)
    assert list(pruning.restore())
    assert list(pruning.restore()) == []


def test_held_out_files_are_refused(tmp_path: Path) -> None:
    """They are measured once at the end."""
    with pytest.raises(SystemExit, match="held out"):
        texts.read_samples((tmp_path / "airline_test.csv",))
