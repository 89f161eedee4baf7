"""A phrase means its need only beside the right words: who acts, on what, and whether it has happened."""

import pytest

from listener import lexicon
from listener.intake.phrases import CueMatch, Matcher, tokenize
from listener.intake.senses import ALSO, MEANT, Senses
from listener.triage.needs import need_cue
from tests.factories import facts

# one class a line: what is meant, and its neighbour that uses the same words for something else
SENSES = {
    "unreachable": [
        ("I cannot reach anybody at your office", "we couldn't reach the summit before dark"),
        ("trying to reach your support since Monday", "trying to reach Lisbon before Friday"),
        ("I can't get through on the phone", "I can't get through the second chapter"),
        ("how do I get through to a person", "how do I get through to the old town"),
        ("forty minutes on hold and counting", "you put my parcel on hold"),
        ("holding for 50 minutes now", "my brother is holding for me at the door"),
        ("I want to talk to a human", "you talk about food like a human"),
        ("we tried to speak to someone all day", "we will speak to someone at the fair"),
        ("your support doesn't answer", "that doesn't answer my question"),
        ("I called 6 times", "the porter called 6 times for a ladder"),
        ("the line disconnects after a minute", "my wifi disconnects after a minute"),
        ("I got disconnected twice by your support", "I get disconnected in every game"),
        ("your line keeps disconnecting", "on my PC it keeps disconnecting"),
        ("still haven't heard anything", "I haven't heard of that pen"),
    ],
    "message_sent": [
        ("you still have not replied to my email", "the shop has my email and my number"),
        ("please answer my message", "my messages will not load on this phone"),
        ("please look at my DM", "my DMs are open"),
        ("I sent it via DM", "can you help me via DM"),
        ("I wrote 3 emails", "I wrote 3 poems with this pen"),
        ("I have sent a message", "you have sent a message to everybody"),
        ("we filed a complaint last week", "we filed a nail with it"),
        ("I submitted the form", "I submitted the novel to a prize"),
    ],
    "cannot_message": [
        ("please follow me so I can write", "please follow up with the warehouse"),
        ("I can't send you a message", "I can't send you a postcard from here"),
    ],
    "billing": [
        ("how can you charge me twice", "how can I be charged in euros"),
        ("you charged me twice", "hopefully nobody charged me twice"),
        ("they charged my card", "I charged my phone in your shop"),
        ("I was charged for two", "will I be charged for two"),
        ("you are charging me for nothing", "do you charge for gift wrap"),
        ("I have been charged again", "I have not been charged"),
    ],
    "rudeness": [
        ("your driver was rude", "a rude passenger sat beside my son"),
        ("the lady at the till was so unfriendly", "what an unfriendly shade of green"),
    ],
    "change": [
        ("please cancel my order", "why did you cancel my order"),
        ("can you change my seat", "you change my seat every time"),
        ("I need to change the date", "you need to change the way you work"),
        ("how can I move my delivery", "I want to move my sofa tomorrow"),
        ("could you reschedule our visit", "they reschedule our visit every week"),
        ("I want to cancel", "they want to cancel"),
        ("please rebook me", "you cancel a train and rebook me on a bus"),
        ("can I change my booking", "this pen will change my life"),
    ],
    "broken": [
        ("it came with a broken lid", "I have a broken foot"),
        ("the kettle was broken", "the class was broken up into groups"),
        ("the shirt is too small", "your town is too small to have two shops"),
        ("the pen doesn't work", "Thursday doesn't work for me"),
        ("the box was ripped", "I feel ripped off"),
    ],
    "missing": [
        ("the parcel never came", "the driver never came back"),
        ("I haven't got my lamp", "I haven't got any help from you yet"),
        ("you don't know where my bag is", "I don't know where to write"),
    ],
    "late": [
        ("my parcel is late", "the lamp glows until late at night"),
        ("you cancelled our trip", "I cancelled our trip"),
        ("we are stuck in the terminal", "this song is stuck in my head"),
        ("stuck on the platform for an hour", "the software is stuck on 5.00"),
        ("I missed the ferry because of you", "this advert missed the mark"),
    ],
    "service": [
        ("your customer service is a shambles", "who comes after customer service"),
        ("you don't care at all", "I don't care which colour"),
        ("you don't care about your customers", "you don't care about the lower ranks"),
        ("the service was awful", "the service was on the third floor"),
    ],
    "leaving": [
        ("time to switch to another shop", "how do I switch to the family plan"),
        ("I want to switch to another shop", "I am unable to switch to the engineer"),
        ("I won't fly with you", "a pelican won't fly in snow"),
    ],
    "idea": [
        ("you need to add a dark mode", "I need to add a bag"),
        ("please bring back the green ink", "please bring back my bag"),
        ("can we have a button for that", "can we have a refund for that"),
    ],
    "request": [
        ("please send me a new invoice", "you send me a new advert each day"),
        ("please check my order", "they check my bag at every door"),
    ],
    "outage": [
        ("your website isn't loading", "your website isn't cheap"),
        ("I keep getting an error", "the clerk made an error"),
    ],
    "quality": [("my soup was cold", "the weather was cold")],
    "terms": [("my voucher has expired", "my password has expired")],
    "left_behind": [
        ("I left my scarf in your shop", "I left my job last week"),
        ("we forgot our coat", "I forgot my password"),
    ],
    "in_private": [("can you DM me", "I don't want you to message me"), ("please message me", "they never message me")],
    "reach": [
        ("is there a phone number", "my phone number has changed"),
        ("can you give me an email address", "you sent it to the old email address"),
        ("do you have a contact number", "there is a phone number to reach me"),
    ],
    "account": [
        ("I keep getting logged out", "I have just logged out and in again"),
        ("your site kicks me out", "the game kicks me out after ten minutes"),
        ("my account is suspended", "the ferry service is suspended"),
        ("I forgot my username", "his username is BrownBear"),
    ],
}
PAIRS = [(need, *pair) for need, pairs in SENSES.items() for pair in pairs]


@pytest.mark.parametrize(("need", "meant", "other"), PAIRS)
def test_a_need_is_read_from_its_words_only_in_their_sense(need: str, meant: str, other: str) -> None:
    """The wrong need answers what nobody said: "we're sorry that it is so hard to reach us", to a hiker."""
    assert need_cue(need) in facts(meant).cues
    assert need_cue(need) not in facts(other).cues


def _find(phrase: str, text: str) -> list[CueMatch]:
    senses, words = Senses({"lost": (phrase,), "classes": ("bag trunk", "bag satchel")}), tokenize(text)
    return senses.keep(Matcher(senses.phrases).find(words), words, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("lost : then <bag>", "they lost my old trunk"),
        ("lost : then <bag> or it", "they lost it"),
        ("lost : then nothing", "my trunk is lost, and my umbrella"),
        ("lost : by they or nothing", "they have already lost my trunk"),
        ("lost : by they or nothing", "lost my trunk"),
        ("lost : by they or nothing", "Why? Just lost my trunk"),
        ("lost : after train*", "the trains lost it"),
        ("lost : with <bag>", "a satchel, as old as I am, was lost"),
        ("lost : not after not or never; not then <bag>", "they lost my umbrella"),
    ],
)
def test_a_condition_holds(phrase: str, text: str) -> None:
    """Behind, by whom, before, anywhere in the sentence, and what must not be there."""
    assert [hit.cue for hit in _find(phrase, text)] == ["lost"]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("lost : then <bag>", "they lost my way and then my trunk"),  # another clause
        ("lost : then <bag>", "they lost. My trunk is here"),
        ("lost : then <bag>", "they lost my big old ugly trunk"),  # too far
        ("lost : then nothing", "my trunk is lost again"),
        ("lost : by they or nothing", "the porter lost my trunk"),
        ("lost : with <bag>", "my trunk is here. I am lost"),
        ("lost : not after not or never", "they never lost my trunk"),
        ("lost : then <bag>; not after not", "they have not lost my trunk"),
    ],
)
def test_a_condition_fails(phrase: str, text: str) -> None:
    """What stands in another clause or sentence, or too far away, is not meant."""
    assert _find(phrase, text) == []


def test_a_phrase_with_other_conditions_means_it_all_the_same() -> None:
    """Each way in which a phrase may be meant is enough, and it stands once in the trail."""
    senses, text = Senses({"lost": ("lost : then bag", "lost : by they")}), "they lost a hat. lost bag"
    words = tokenize(text)
    assert [hit.start for hit in senses.keep(Matcher(senses.phrases).find(words), words, text)] == [0 + 1, 5]


def test_shipped_conditions_are_read_as_they_are_checked() -> None:
    """The word lists and the reader of texts know no more of each other than the marks between conditions."""
    assert lexicon.MEANT == MEANT
    assert lexicon.need_fault(f"lost{MEANT}then you{ALSO}not by i") is None
