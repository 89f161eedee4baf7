"""Cues, each on its own, with the words that hit."""

import time
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from listener import lexicon
from listener.intake.phrases import Matcher, tokenize
from listener.triage.signals import SignalExtractor
from tests.factories import NOW, facts, mention, policy


def _found(cues: dict[str, tuple[str, ...]], text: str) -> list[tuple[str, str]]:
    words = tokenize(text)
    return [(cue, " ".join(words[start:end])) for cue, start, end in Matcher(cues).find(words)]


def test_phrases_are_found_in_one_pass_with_stars() -> None:
    """A star at a word's end stands for letters, alone for one word; case and apostrophes do not matter."""
    cues = {"a": ("ship*",), "b": ("not * good", "don't ship*"), "c": ("x",)}
    assert _found(cues, "We DON’T Ship; not so good") == [("b", "dont ship"), ("a", "ship"), ("b", "not so good")]


def test_a_bare_star_stands_for_no_negation() -> None:
    """ "It is not open" asks nothing; "is it open" does."""
    cues: dict[str, tuple[str, ...]] = {"a": ("is * open",)}
    assert _found(cues, "is it open") == [("a", "is it open")]
    assert _found(cues, "it is not open") == _found(cues, "is never open") == []


@pytest.mark.parametrize(
    "text",
    [
        "Couldn’t be happier with the new lamp",
        "We COULDNT BE HAPPIER, with the lamp",
        "no fuss, no drama",
        "Repaired without me even asking",
    ],
)
def test_an_idiom_of_praise_is_praise(text: str) -> None:
    """Its words of another sense are no cues, and it is scored as praise."""
    found = facts(text)
    assert {"idiom", "praise", "warm"} <= set(found.cues)
    assert "negation" not in found.cues
    assert found.compound > 0.5


def test_an_idiom_needs_all_its_words() -> None:
    """ "Could not be" alone is a negation."""
    assert {"idiom", "negation"} & set(facts("it couldn't be worse").cues) == {"negation"}


def test_a_phrase_never_runs_over_the_end_of_a_sentence() -> None:
    """`no` and `problem` of two sentences are no `no problem`."""
    assert _found({"a": ("no problem",)}, "No. Problem") == []
    assert _found({"a": ("no * problem",)}, "No! problem") == []


def test_regular_expressions_in_a_word_list_are_letters() -> None:
    """F31: what an operator writes is matched literally, in bounded time."""
    start = time.perf_counter()
    assert _found({"a": ("(a+)+$", "[", "*", "")}, "a" * 50_000 + "!") == []
    assert time.perf_counter() - start < 1.0


def test_faulty_phrases_are_told_in_words() -> None:
    """settings asks this of every phrase of the operator's."""
    assert lexicon.fault("ship* to canada") is None
    assert [bool(lexicon.fault(bad)) for bad in ("", "* a", "a*b c", "**a")] == [True] * 4
    assert lexicon.fault("cannot reach : then you") is not None
    assert lexicon.need_fault("cannot reach : then <contact> or nothing; not after the") is None
    conditions = ("", "reach", "then", "by <nobody>", "then you, by me", "not to you", "then <contact>;by you")
    assert [bool(lexicon.need_fault(f"cannot reach : {bad}")) for bad in conditions] == [True] * 7


@pytest.mark.parametrize("name", lexicon.LISTS)
def test_lists_are_read_as_toml_reads_them(name: str) -> None:
    """They are read by a pattern, for the start of every command; the files stay TOML."""
    written = tomllib.loads((Path(lexicon.__file__).parent / name).read_text(encoding="utf-8"))
    lists: dict[str, list[str]] = {}
    for key, phrases in written.items():
        cue, colon, meant = key.partition(lexicon.MEANT)
        lists.setdefault(cue, []).extend(f"{phrase}{colon}{meant}" for phrase in lexicon.expand_all(phrases))
    assert lexicon._table(name) == lists


@pytest.mark.parametrize("name", sorted(lexicon.cues()))
def test_shipped_phrases_are_sound(name: str) -> None:
    """No shipped list is empty or holds a phrase that cannot match."""
    phrases = lexicon.cues()[name]
    assert phrases
    fault = lexicon.need_fault if name.startswith("need_") else lexicon.fault
    assert [phrase for phrase in phrases if name != "lookalike_letters" and fault(phrase)] == []


@pytest.mark.parametrize(
    ("cue", "text"),
    [
        ("question", "when will it ship"),
        ("question", "really?"),
        ("request", "please call me"),
        ("thanks", "thx a lot"),
        ("thanks", "Thanks so much for the help"),
        ("praise", "the BEST pens"),
        ("negation", "it doesn’t"),
        ("contrast", "nice but"),
        ("duration", "after 3hrs"),
        ("problem", "it broke"),
        ("complaint", "what a joke"),
        ("sarcasm", "thanks for losing my parcel"),
        ("sarcasm", "your “great” service"),
        ("sarcasm", "thanks for the broken lid"),
        ("sarcasm", "love how nobody cares"),
        ("sarcasm", "sure 🙄"),
        ("threat_to_leave", "taking my business elsewhere"),
        ("competitor_praise", "they are better than you"),
        ("hedge", "so far so good"),
        ("hedge", "thanks a lot"),
        ("ironic_praise", "congrats on the new van"),
        ("ironic_praise", "thanks for the cold chips"),
        ("ironic_praise", "thanks for the update that ate my photos"),
        ("ironic_praise", "I love waking up to drills"),
        ("ironic_praise", "nice job parking in my drive"),
        ("ironic_praise", "Superb. A very wet parcel"),
        ("sarcasm", "a great shop. NOT"),
        ("wish", "hoping for a blue one"),
        ("condition", "would be lovely"),
        ("resolved_trouble", "despite the delay we made it"),
        ("resolved_trouble", "thanks for fixing my broken lamp"),
        ("waiting", "it has been two weeks now"),
        ("unrelated_words", "thank you for the aubergine"),
        ("praise", "I <3 you"),
        ("problem", "the battery in my scale died"),
        ("safety", "the shelf fell on my son"),
        ("death", "we lost our baby"),
        ("self_harm", "they would be better off without me"),
        ("discrimination", "only the black customers were searched"),
        ("minors", "my 9 year old spent it all"),
        ("young_age", "my daughter is 12 and loves your pens"),
        ("young_age", "My son Ben, 9, adores it"),
        ("young_age", "made for my daughter’s 10th birthday"),
        ("young_age", "our 6 year old can't stop drawing"),
        ("young_age", "a gift for my 12-year-old"),
        ("young_age", "she's only seven, but what a fan"),
        ("young_age", "I just turned thirteen"),
        ("press", "I'm a producer for a radio show"),
        ("personal_data", "IBAN GB33BUKB20201555555555"),
        ("profanity", "f u c k this"),
        ("opt_out", "@fernhill STOP!"),
        ("opt_out", "please don't reply to my posts"),
        ("self_harm", "I want to kill myself"),
        ("death", "my mother passed away"),
        ("safety", "it caught fire"),
        ("assault", "he groped me"),
        ("discrimination", "that was racist"),
        ("legal", "see you in court"),
        ("press", "I write for a magazine"),
        ("minors", "I'm 13 by the way"),
        ("personal_data", "ring 07700 900123"),
        ("personal_data", "since 2026-11-30 07700 900123 rings"),
        ("personal_data", "I'm joe@example.org"),
        ("personal_data", "card 4111 1111 1111 1111"),
        ("profanity", "fuuuck"),
        ("praise", "greaaaat"),
        ("profanity", "sh!t shop"),
        ("profanity", "f**k"),
        ("profanity", "shіt"),
        ("part", "(2/2) and so on"),
        ("reference", "it is AB12CD"),
        ("no_letters", "😍😍"),
        ("quote", "RT @a: hi there"),
        ("link", "see https://example.com/x"),
        ("other_handles", "better ask @inkworks"),
    ],
)
def test_a_cue_hits_alone(cue: str, text: str) -> None:
    """Each cue on a text of its own."""
    assert facts(text).cues.get(cue), facts(text).cues


@pytest.mark.parametrize(
    ("cue", "text"),
    [
        ("opt_out", "calling non stop for days"),
        ("opt_out", "please stop sending broken pens"),
        ("opt_out", "why did you stop replying to me"),
        ("opt_out", "don't stop replying to me"),
        ("problem", "no problem"),
        ("negation", "can't wait to try it"),
        ("negation", "never disappoints"),
        ("death", "my phone died"),
        ("death", "to die for"),
        ("personal_data", "call 1-800-555-0199"),
        ("personal_data", "order 123456"),
        ("personal_data", "ordered 2026-11-30 15:20"),
        ("personal_data", "ask @joe.example"),
        ("profanity", "first class, gr8 shop"),
        ("profanity", "Scunthorpe assassins pass class"),
        ("question", "see https://example.com/?a=1"),
        ("request", "just wanted to say"),
        ("reference", "in 2015"),
        ("part", "24/7 and 2/14"),
        ("sarcasm", "thank you so much for the pens"),
        ("sarcasm", "thanks a lot for the quick reply"),
        ("ironic_praise", "thanks for the quick reply"),
        ("ironic_praise", "I love flying with you"),
        ("ironic_praise", "Superb! Thank you"),
        ("resolved_trouble", "despite. The delay"),
        ("problem", "thanks for finding my lost bear"),
        ("waiting", "can I return it after 30 days"),
        ("duration", "my daughter is in year one"),
        ("unrelated_words", "thank you so much, you were great"),
        ("death", "this burger is to die for"),
        ("death", "a murder mystery, dead good"),
        ("death", "the battery died"),
        ("safety", "a crash course in pottery"),
        ("safety", "blood orange juice"),
        ("legal", "these notes are legal tender"),
        ("press", "press the green key"),
        ("minors", "I'm 12 minutes away"),
        ("discrimination", "a blind tasting"),
        ("young_age", "my daughter loves her new bear"),
        ("young_age", "my 10 year old bag looks like new"),
        ("young_age", "my daughter is 34"),
        ("young_age", "we waited for 12 years"),
        ("personal_data", "GB33BUKB20201555555556"),
        ("quote", 'a "lovely" shop'),
        ("other_handles", "@a @b hello"),
    ],
)
def test_a_near_miss_is_no_hit(cue: str, text: str) -> None:
    """Words that look like a cue and are none."""
    assert not facts(text).cues.get(cue), facts(text).cues


@pytest.mark.parametrize(
    ("name", "profane"),
    [
        ("ihaten1ggers", True),
        ("fuck_you", True),
        ("fυck", True),
        ("a55hole", True),
        ("h1tler88", True),
        ("kkk_fan", True),
        ("ｆｕｃｋ", True),
        ("f.u.c.k", True),
        ("sh!thead", True),
        ("fuuuuck", True),
        ("user1488", True),
        ("Scunthorpe United", False),
        ("Nigeria Now", False),
        ("Therapist", False),
        ("Ashit Patel", False),
        ("Dickens", False),
        ("cocktails", False),
        ("classy", False),
        ("Shiitake Sam", False),
        ("", False),
        ("💀", False),
        ("Nazir", False),
    ],
)
def test_names_are_read_as_people_read_them(name: str, profane: bool) -> None:
    """Leetspeak and look-alike letters fold; honest names that hold a stem are left in peace."""
    assert ("profane_name" in facts("hello", author_handle=None, author_name=name).cues) is profane


@pytest.mark.parametrize(
    ("handle", "name", "cue"),
    [
        ("fernhi11help", None, "impersonation"),
        ("ada", "Fernhill Support", "impersonation"),
        ("fernhill", "Fernhill", None),
        ("ada", "Fernhill", "impersonation"),
        ("f3rnhill_official", None, "impersonation"),
        ("ада", "Fеrnhill Care", "impersonation"),
        ("fernhillfan", "Fernando Hill", None),
        ("weather_bot", None, "bot_author"),
        ("NewsBot", None, "bot_author"),
        ("ada", "bot 7", "bot_author"),
        ("talbot", "Abbot Robotham", None),
    ],
)
def test_names_tell_who_plays_us_and_who_is_a_machine(handle: str, name: str | None, cue: str | None) -> None:
    """Dressed up, misspelt or in look-alike letters; a name that only begins like ours is its owner's."""
    found = facts("hello", author_handle=handle, author_name=name).cues
    assert [one for one in ("impersonation", "bot_author") if one in found] == ([cue] if cue else [])


def test_a_class_stands_for_each_of_its_words() -> None:
    """`<n>` for numbers in digits too; a class that nobody knows is a fault, not a silence."""
    words = tokenize("Lovely crew, 3 tall men")
    found = Matcher({"a": ("<good> <folk>", "<n> * men")}, ("good lovely", "folk crew", "n one")).find(words)
    assert [(start, end) for _, start, end in found] == [(0, 2), (2, 5)]
    assert lexicon.fault("<good> pens") is None and lexicon.fault("<godo> pens") == "there is no class <godo>"


def test_an_operators_phrases_are_added() -> None:
    """policy.toml's [cues] are as good as the shipped ones."""
    own = policy(cues={**policy().cues, "problem": ("ink bled",)})
    read = SignalExtractor(own).extract(mention("the Ink bled"), facts("x").history, NOW)
    assert read.cues["problem"] == ("ink bled",)


def test_cue_data_may_be_missing_altogether() -> None:
    """A policy built by hand without cues still reads texts."""
    bare = replace(policy(), cues={}, lexicon={}, facts=())
    assert SignalExtractor(bare).extract(mention("thanks?"), facts("x").history, NOW).cues == {
        "question": ("?",),
        "brief": ("brief",),
    }
