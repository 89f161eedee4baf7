"""Danger is seen by class: our own sentences, half of them near misses; both error rates are below 3 %."""

from pathlib import Path

import pytest

from tests.factories import decided, facts

URGENT = ("safety", "assault", "death", "minors", "self_harm", "discrimination")
MAX_ERRORS = 0.03
LINES = Path(__file__).with_name("sentences.txt").read_text(encoding="utf-8").splitlines()
DANGERS, NEAR_MISSES = ([line[2:] for line in LINES if line[0] == mark] for mark in "!-")


def _is_urgent(text: str) -> bool:
    return decided(f"@fernhill {text}").rule in URGENT


def test_reports_of_danger_go_to_a_person_at_once() -> None:
    """A foreign thing in food that cut a mouth must not be ignored, a belt that opened must not get an apology."""
    missed = [text for text in DANGERS if not _is_urgent(text)]
    assert len(DANGERS) >= 75 and len(missed) < MAX_ERRORS * len(DANGERS), missed


def test_what_only_sounds_like_danger_does_not() -> None:
    """Staff who are called for "killer nib" stop coming."""
    false = [text for text in NEAR_MISSES if _is_urgent(text)]
    assert len(NEAR_MISSES) >= 75 and len(false) < MAX_ERRORS * len(NEAR_MISSES), false


def test_a_fire_is_danger_whatever_else_is_on_fire() -> None:
    """A bag may be; a house is not."""
    assert _is_urgent("my house is on fire") and not _is_urgent("your new bag is on fire")


@pytest.mark.parametrize("text", ["the ladder is red. It snapped", "cut " + "so " * 10 + "my hand"])
def test_words_of_two_sentences_or_far_apart_make_no_danger(text: str) -> None:
    """A class is danger only near its partner."""
    assert "safety" not in facts(text).cues


@pytest.mark.parametrize(
    "text", ["Fernhill recalls desk lamp after fires", "a shard of glass in the yoghurt cut my lip"]
)
def test_danger_that_is_not_addressed_to_us_goes_to_a_person(text: str) -> None:
    """A search hit or a news alert too."""
    decision = decided(text, is_addressed=False)
    assert (decision.action, decision.rule, decision.urgency) == ("escalate", "safety", 2)


def test_the_trail_names_both_words() -> None:
    """Staff see at a glance what it is about."""
    assert decided("glass sliced my mouth").trail[-1].words == ("sliced … my mouth",)
