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
        ("no update for days now", "the time this has taken"),
        ("I had no power for five days, disgraceful", None),  # a time that is no wait
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
    ("text", "matter"),
    [
        ("my kettle keeps leaking, it is a disgrace", "the trouble with your kettle"),
        ("the zip broke on day two", "the trouble with the zip"),
        ("worst burger in town", "the trouble with the burger"),
        ("your app won't open", "the trouble with the app"),
        ("no wifi since noon, useless", "the trouble with the wifi"),
        ("another delayed train, useless", "the delay"),
        ("there is no problem with my router, the box is useless", None),  # denied
        ("the modem isn't really the problem here", None),
        ("horrible, and not even at the gate", None),  # a place
        ("stuck on a plane again, useless", None),
        ("somebody was awful to me on your last train", None),
        ("horrible, I was sent to a depot instead of the hotel", None),
        ("terrible, not one response yet", None),  # there was none
        ("awful, there is no receipt yet", None),
        ("terrible seat covers", None),  # part of another noun
        ("flight 86 was a disgrace to sit in", None),  # a name, and what all have
        ("I have two flights with you, and somebody was rude", None),
        ("is my trip cancelled?", None),  # asked, not said
        ("awful: can I dress up or not", None),  # a deed
        ("what time do you stop delivering parcels", None),  # no trouble at all
    ],
)
def test_a_noun_is_printed_only_where_the_trouble_is_its_own(text: str, matter: str | None) -> None:
    """A blind reader found half of the nouns that were merely near beside the point."""
    assert _cue(text, "matter") == matter


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("can I return the kettle?", "the kettle"),
        ("is there a seat for me?", "the seat"),
        ("where do I sit on the train?", None),
        ("do you serve soup, salad, and rice?", None),  # a list
        ("when is my flight?", None),  # what all have
        ("can I dress up?", None),
    ],
)
def test_a_question_is_about_the_only_thing_it_names(text: str, topic: str | None) -> None:
    """Who asks has no trouble; what is a place, a deed or one of many is not what the question is about."""
    assert _cue(text, "topic") == topic


def test_what_is_near_decides_though_no_reply_prints_it() -> None:
    """A noun that has not earned its place still tells that somebody speaks of something."""
    cues = facts("somebody was awful to me on your last train").cues
    assert "concerns" in cues and "matter" not in cues


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("the wait was awful", "the wait"),
        ("had to wait 40 minutes, awful", "the wait"),
        ("you should wait for late customers. Shame", None),
        ("but wait! awful people at the desk", None),
        ("go ahead, check the awful seams. We'll wait", None),
        ("awful! It wasn't a long wait", None),
        ("awful, my delivery was cancelled", "the cancellation"),
        ("awful, they say it will be cancelled", None),  # nobody confirms what is only feared
        ("I can't stand another awful delay", "the delay"),
        ("awful, if you cancelled my order, say so", "the cancellation"),
        ("an awful wait of two hours", "the wait"),
    ],
)
def test_only_a_wait_that_was_is_named(text: str, matter: str | None) -> None:
    """To be sorry for what did not happen shows that nobody reads."""
    assert _cue(text, "matter") == matter


@pytest.mark.parametrize(
    ("text", "is_plain"),
    [
        ("My parcel is late. When will it be here?", True),
        ("and how do I return it?", True),
        ("is this broken?", True),
        ("That is the answer you give me?", False),  # no word that asks
        ("You broke it. WHY?", False),
        ("how is this acceptable??", False),
        ("really, when will it be here?", False),
        ("how do you f***ing sleep?", False),
        ("how can you be such liars?", False),
        ("no question here", False),
    ],
)
def test_a_reproach_is_no_plain_question(text: str, is_plain: bool) -> None:
    """Nobody calls a taunt a fair question."""
    assert ("plain_question" in facts(text).cues) is is_plain


@pytest.mark.parametrize(
    ("text", "praised"),
    [
        ("love the pen", "the pen"),
        ("your crew was so lovely", "our crew"),
        ("an employee was wonderful", "our colleague"),
        ("lovely crew list", None),  # part of another noun
        ("boarding now, yay", None),  # a cry praises nothing
        ("the Ice Cream Sandwich looks fantastic", None),  # part of a name
        ("this Sandwich looks fantastic", "the sandwich"),
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
