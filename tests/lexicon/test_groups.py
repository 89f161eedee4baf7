"""Phrases with groups: what they stand for, and what is wrong with them."""

import pytest

from listener import lexicon


@pytest.mark.parametrize(
    ("phrase", "variants"),
    [
        ("no luck", ("no luck",)),
        ("(very) good", ("very good", "good")),
        ("i('m| am) late", ("i'm late", "i am late")),
        ("apologi(s|z)ing", ("apologising", "apologizing")),
        ("lost (my|the) (bag|coat)", ("lost my bag", "lost my coat", "lost the bag", "lost the coat")),
        ("so (very|much|) <good>", ("so very <good>", "so much <good>", "so <good>")),
        ("crash(es|ed|)", ("crashes", "crashed", "crash")),
        ("(a|a) (b)", ("a b", "a")),
    ],
)
def test_a_phrase_stands_for_all_its_variants(phrase: str, variants: tuple[str, ...]) -> None:
    """Blanks around what is left out close up, and a variant counts once."""
    assert lexicon.fault(phrase) is None
    assert lexicon.expand(phrase) == variants


@pytest.mark.parametrize(
    ("phrase", "fault"),
    [
        ("i('m late", "a group that opens with `(` has no end"),
        ("i'm) late", "a `)` ends no group"),
        ("i'm|am late", "a `|` stands outside of a group"),
        ("(a (very|so) good) pen", "another group inside"),
        ("(very)", "the phrase is empty"),
        ("(*|so) good", "the first word is a bare `*`"),
        ("<(god|good)> pens", "there is no class <god>"),
        ("(a|b|c|d|e|f|g|h)" * 3, "it has 512 variants, more than 400"),
    ],
)
def test_a_faulty_group_is_named(phrase: str, fault: str) -> None:
    """A group that cannot be read must not be taken for words."""
    assert fault in (lexicon.fault(phrase) or "")


def test_elsewhere_than_in_cues_a_bar_is_refused_and_a_bracket_means_nothing() -> None:
    """A brand may be called "Corner (UK)"; a fact with groups would silently match nothing."""
    assert lexicon.plain_fault("corner (uk)") is None
    assert "for [cues] alone" in (lexicon.plain_fault("do (you|we) ship") or "")
