"""The corpus of claims and questions: 480 sentences, each with the outcomes that are right."""

import re
import time
from collections import Counter

import pytest

from listener.intake.phrases import stem
from listener.wording_check import wording_problems
from tests import factories
from tests.claims.corpus import HERE, Case, cases, decided, outcome, policy, read, topic

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"line {case.line}")
def test_a_sentence_gets_what_was_judged_right(case: Case) -> None:
    """Corrected, answered, left alone, or put before a person; and a draft speaks of the right fact."""
    decision = decided(case.text)
    assert outcome(decision) in case.right, f"{case.heading}: {case.text!r} -> {decision.trail[-1]}"
    if outcome(decision) in ("correction", "answer"):
        assert topic(decision) == case.fact


def _fernhill() -> list[tuple[str, str]]:
    """Each sentence of fernhill.txt with the outcomes that are right."""
    found, right = [], ""
    for line in (HERE / "fernhill.txt").read_text(encoding="utf-8").splitlines():
        right = line.strip("= ") if line.startswith("==") else right
        if line and line[0] not in "=#":
            found.append((line, right))
    return found


@pytest.mark.parametrize(("text", "right"), _fernhill())
def test_the_starters_own_sheet_does_as_well(text: str, right: str) -> None:
    """What an operator begins with."""
    assert outcome(factories.decided(text)) in right.split(", ")


def test_the_corpus_is_as_wide_as_it_says() -> None:
    """At least 300 sentences and twelve facts; no sentence twice; every outcome is a word we know."""
    assert len(CASES) >= 300 and len({case.fact for case in CASES}) >= 12
    assert [text for text, number in Counter((case.fact, case.text) for case in CASES).items() if number > 1] == []
    assert {word for case in CASES for word in case.right} == {
        "correction", "answer", "support", "person", "nothing", "thank_you",
    }  # fmt: skip
    assert {case.fact for case in CASES} == {fact.id for fact in policy().facts}


def test_no_correction_repeats_the_error_or_blames() -> None:
    """Every text of every draft of the corpus: what is true and its link, and nothing that is a claim itself."""
    drafts = [(case, draft) for case in CASES if (draft := decided(case.text).draft) and topic(decided(case.text))]
    facts = {fact.id: fact for fact in policy().facts}
    blame = re.compile(r"\b(wrong|false|mistake\w*|lie|lies|incorrect|untrue|myth|misunderst\w*|actually)\b", re.I)
    for case, draft in drafts:
        fact = facts[case.fact]
        for one in draft.texts:
            assert fact.statement in one.text and (fact.link or "") in one.text
            assert not [claim for claim in read(one.text).claims if claim.stance == "stated"], one.text
            assert not blame.search(one.text)
    assert len(drafts) > 150 and wording_problems(policy()) == []


@pytest.mark.parametrize(
    ("word", "same"),
    [
        ("ship", ["ships", "shipping"]),
        ("charge", ["charges", "charging"]),
        ("expire", ["expires", "expiring"]),
        ("accept", ["accepts", "accepting"]),
        ("notebook", ["notebooks"]),
        ("match", ["matches", "matching"]),
        ("sell", ["sells", "selling"]),
    ],
)
def test_plain_endings_do_not_matter(word: str, same: list[str]) -> None:
    """An operator writes one form."""
    assert {stem(one) for one in same} == {stem(word)}


@pytest.mark.parametrize("pair", [("ship", "shipped"), ("us", "use"), ("return", "returned"), ("this", "thi")])
def test_what_was_is_not_what_is(pair: tuple[str, str]) -> None:
    """ "You never shipped my order" is no claim about what we do."""
    assert stem(pair[0]) != stem(pair[1])


HOSTILE = [
    "you don't ship to Canada " * 4_000,
    "don't " * 20_000,
    "ship to Canada, " * 8_000,
    "you do " * 20_000,
    '"you don\'t ship to Canada" ' * 4_000,
    ("you sell our data? no you do not. " * 4_000),
    "canada " * 20_000,
    "(((((,:,:—" * 10_000,
    "do you ship to Canada? " * 5_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_text_made_of_claims_costs_bounded_time(text: str) -> None:
    """100 kB of the fact sheet's own words are read in well under a second."""
    start = time.perf_counter()
    read(text)
    assert time.perf_counter() - start < 1.0
