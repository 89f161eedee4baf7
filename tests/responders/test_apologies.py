"""No apology to happy people: it needs two signs of trouble, or a strong one."""

import csv
from dataclasses import replace

import pytest

from listener.model import Decision, Reading
from listener.triage.decide import decide
from tests.factories import DATA, decided, facts, policy, responders

CALM, CLEAR = Reading(0.1, 0.2, 0.4), Reading(0.02, 0.9, 0.1)
EVERYDAY = DATA.parent / "cases" / "everyday.csv"


def _decided(text: str, reading: Reading | None) -> Decision:
    return decide(replace(facts(text), reading=reading), policy(), responders())


@pytest.mark.parametrize(
    "text",
    [
        "a cold coffee, a pen and no plans",
        "waiting for my parcel like a kid on the last day of school",
        "my first pen died after thirty years, what a friend it was",
        "sold out again? You must be doing something right",
        "ink stains on every shirt I own, happy birthday to you",
    ],
)
def test_a_lone_weak_word_gets_no_apology(text: str) -> None:
    """Happy people say them too: a person may look, but nothing is drafted."""
    assert decided(f"@fernhill {text}").kind != "support"


@pytest.mark.parametrize(
    "text",
    ["worst shop ever", "my parcel is late and nobody answers you useless lot", "the mirror arrived cracked",
     "you broke my pushchair", "please call me"],
)  # fmt: skip
def test_a_strong_sign_or_a_wish_for_help_still_gets_support(text: str) -> None:
    """The second reader takes a draft away only where signs are weak."""
    assert decided(f"@fernhill {text}").kind == "support"


def test_the_second_reader_is_the_second_sign() -> None:
    """The same weak word is trouble if the rest of the text reads like a complaint."""
    text = "waiting for my parcel"
    assert _decided(text, CALM).kind != "support"
    assert _decided(text, CLEAR).kind == "support"
    assert _decided(text, None).kind == "support"  # turned off: the rules alone, as before


def test_happy_keeps_its_promise() -> None:
    """From `no_apology_above` on nobody is apologized to, but for a complaint."""
    text = "happy day, the bed broke and we all laughed"
    assert facts(text).compound >= 0.3
    assert _decided(text, CLEAR).kind != "support"


def test_everyday_posts_of_happy_people_get_no_apology() -> None:
    """Only the complaints among them do."""
    if not EVERYDAY.exists():
        pytest.skip(f"{EVERYDAY.name} is not here: it may not be shipped")
    with EVERYDAY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    supported = [row["text"] for row in rows if decided(row["text"]).kind == "support" and row["label"] != "negative"]
    assert supported == []


@pytest.mark.parametrize(
    "text",
    [
        "the crew played on through two delays of game, what a night",
        "sick and through all of this, your music was with me",
        "you gave us one less thing to worry about and we appreciate it greatly",
        "give her a bonus: what persistence, compassion and problem solving ability",
    ],
)
def test_no_word_of_trouble_out_of_its_sense(text: str) -> None:
    """A delay in a game, sick and, a worry less, problems that are solved."""
    assert {"problem", "complaint", "need_late"}.isdisjoint(facts(text).cues)
