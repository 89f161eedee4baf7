"""Who only asks gets no apology: a question or a request that states no failure."""

import pytest

from listener.triage.trouble import is_only_asked
from tests.factories import apologizes, decided, facts

ASKS = [
    "can you DM me",
    "do you ship to Malta?",
    "please add a dark mode",
    "could you change my seat",
    "how much do you charge for gift wrap?",
    "is there a fee if I cancel?",
    "what happens if my parcel is lost?",
    "will I be charged twice if I order two?",
    "can I bring my umbrella in for repair?",
    "do you refuse cheques?",
    "are there delays on Sunday?",
    "I'd like to change the name on my booking please",
    "is the shop closed on Monday?",
    "who do I call if a pen breaks?",
    "hi! where do I find the size of the small box?",
    "could somebody call me about the wedding paper?",
    "is there a number to call if my account is hacked?",
    "how do I reset my password?",
    "does a missing label matter when I return it?",
    "please send me the catalogue",
    "any chance of a discount for schools?",
    "what if my train is late and I miss the workshop?",
    "Hi. I ordered two. If I swap one would I have to pay a fee",
    "are you doing the twelve days of gifts again?",
    "can we have the small box instead of the large one?",
    "how realistic is it to fold one in 80 minutes?",
]
STATES = [
    "can you DM me? My parcel never arrived",
    "do you ever answer? I have waited two weeks",
    "please fix the broken lid",
    "could you change my seat, the screen is broken",
    "why was I charged twice?",
    "is there a fee? I was told there is none, and you took it twice",
    "how is this acceptable?",
    "what is wrong with your website?",
    "WHY do you charge for gift wrap?",
    "do you really charge for gift wrap?!",
    "are you even trying to deliver?",
    "when will you finally send the box that you lost?",
    "where is my order? It was due on Monday and nobody answers",
    "can I get my money back for the cracked pen?",
    "would it kill you to pack this properly?",
    "what is the point of a tracking page that never loads?",
    "please call me, I am stuck in your car park",
    "any idea why the app keeps crashing?",
    "do you still not have my parcel?",
    "the lid is cracked, and so do I feel",
    "could you please answer, this is the third time that I ask",
    "how can you lose my parcel?",
    "how could you charge me twice?",
    "how do you lose a wedding invitation?",
    "can you please stop losing my parcels?",
    "when will you stop ignoring my emails?",
    "who broke my parcel?",
    "is my account hacked?",
    "is the app down?",
    "do you ship to Malta? I have been asking for two weeks",
]


@pytest.mark.parametrize("text", ASKS)
def test_who_only_asks_gets_no_apology(text: str) -> None:
    """Nothing has gone wrong, whatever words of trouble the question needs."""
    assert is_only_asked(facts(text))
    draft = decided(f"@fernhill {text}").draft
    assert draft is None or not apologizes(draft.texts[0].text), draft


@pytest.mark.parametrize("text", STATES)
def test_who_states_a_failure_does_more_than_ask(text: str) -> None:
    """A cheerful "we'd like to help" to somebody who is let down reads like mockery."""
    assert not is_only_asked(facts(text))
