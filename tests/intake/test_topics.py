"""What a text is about: the noun that a reply repeats is the one near the trouble, in the words of the lists."""

import pytest

from tests.factories import facts


def _cue(text: str, name: str) -> str | None:
    return next(iter(facts(text).cues.get(name, ())), None)


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("my screen is broken", "the trouble with your screen"),
        ("the seats were filthy", "the trouble with the seats"),
        ("wi-fi is useless again", "the trouble with the wifi"),
        ("the delay is a disgrace", "the delay"),
        ("been waiting at the gate with a broken bag", "the wait"),  # where it happened is not what it is about
        ("your app is useless. The coffee is lovely", "the trouble with the app"),  # the nearest
        ("I placed my order, and the lid is cracked", "the trouble with the lid"),  # before what all speak of
        ("terrible service", "the service you had"),
        ("nothing for days now", "the time this has taken"),
        ("the gate agent was horrible", None),  # people are not blamed
        ("booking a table is a nightmare", None),  # a verb
        ("no idea how to update this rubbish", None),
        ("what a joke", None),
    ],
)
def test_the_noun_near_the_trouble_is_what_it_is_about(text: str, matter: str | None) -> None:
    """A wrong noun is worse than none."""
    assert _cue(text, "matter") == matter


@pytest.mark.parametrize(
    ("text", "praised"),
    [
        ("love the pen", "the pen"),
        ("your crew was so lovely", "the crew"),
        ("great service, the lid leaks though", "the service you had"),
        ("the delay was great fun", None),  # trouble is praised by nobody in earnest
        ("can't wait for the trip", None),
        ("thanks for fixing my seat", None),
    ],
)
def test_the_noun_beside_praise_is_what_is_praised(text: str, praised: str | None) -> None:
    """What somebody thanks for may have been broken."""
    assert _cue(text, "praised") == praised


def test_nouns_are_no_cues_of_their_own() -> None:
    """Nothing is decided by a noun alone."""
    assert not any(name.startswith("topic_") for name in facts("my seat, my bag, the delay, the crew").cues)
