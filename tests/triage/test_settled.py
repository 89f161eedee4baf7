"""An apology that waits is withdrawn when its author says that the trouble is over."""

import pytest

from listener.desk import transitions
from listener.model import History
from listener.triage.over import find_settled, says_over
from tests.factories import facts
from tests.line import Line

TROUBLE = "@brand my parcel never arrived, nothing at the door"
FOUND = "@brand found it, a neighbour had it. Thanks for the help!"
THREAD = {"author_id": "ada", "conversation_id": "c1"}


def test_an_apology_after_found_it_is_withdrawn_with_the_reason_and_the_thanks_stay(line: Line) -> None:
    """What would go out says that somebody reads; staff can open the apology again."""
    trouble = line.say(TROUBLE, **THREAD)
    line.listen()
    waiting = line.reply_to(trouble.id)
    assert (waiting.state, waiting.kind) == ("drafted", "support")
    found = line.say(FOUND, **THREAD)
    line.listen()
    closed = line.reply(waiting.id)
    assert (closed.state, closed.closed_as) == ("closed", "withdrawn")
    assert closed.reason is not None and closed.reason == f"the author says that it is settled (memory:{found.id})"
    assert (line.reply_to(found.id).state, line.reply_to(found.id).kind) == ("drafted", "thank_you")
    transitions.reopen(line.store, line.desk(), waiting.id)
    assert (line.reply(waiting.id).state, line.reply(waiting.id).text) == ("drafted", waiting.text)


def test_both_in_one_poll_and_an_approval_that_waits_are_no_different(line: Line) -> None:
    """The words count, not when they were read; an approved apology that is not out yet is stopped too."""
    both = [line.say(TROUBLE, **THREAD), line.say(FOUND, **THREAD)]
    line.stages.poll("memory")
    line.listen()
    assert line.reply_to(both[0].id).closed_as == "withdrawn"
    approved = line.approved(TROUBLE, author_id="bo", conversation_id="c2")
    line.say("@brand all sorted now", author_id="bo", conversation_id="c2")
    line.listen()
    assert line.reply(approved.id).closed_as == "withdrawn"


def test_a_demand_withdraws_nothing(line: Line) -> None:
    """Who wants it sorted now has nothing sorted, and still waits for the first answer."""
    trouble = line.say(TROUBLE, **THREAD)
    line.listen()
    line.say("@brand I wish it was sorted now", **THREAD)
    line.listen()
    assert line.reply_to(trouble.id).state == "drafted"


def test_who_asks_for_help_with_such_words_withdraws_nothing(line: Line) -> None:
    """Words as in "get it back up" say the contrary."""
    trouble = line.say(TROUBLE, **THREAD)
    line.say("@brand please get your site back up", **THREAD)
    line.stages.poll("memory")
    line.listen()
    assert line.reply_to(trouble.id).state == "drafted"


@pytest.mark.parametrize("other", [{"author_id": "eve"}, {"conversation_id": "c9"}])
def test_somebody_else_and_another_conversation_withdraw_nothing(line: Line, other: dict[str, str]) -> None:
    """Who found theirs has not found hers."""
    trouble = line.say(TROUBLE, **THREAD)
    line.say(FOUND, **(THREAD | other))
    line.stages.poll("memory")
    line.listen()
    assert line.reply_to(trouble.id).state == "drafted"


@pytest.mark.parametrize(
    "text",
    [
        "found it, but it is broken",
        "it arrived. Where is the second one?",
        "never mind, worst shop ever",
        "that was not found",
        "it is not fixed now",
        "thanks for the help",
        "please get this sorted now!",
        "get this sorted now",
        "I want this sorted now",
        "I need it fixed now",
        "I'd like this all sorted by Friday",
        "I wish it was sorted now",
        "hope it is all sorted now",
        "you said it was all sorted",
        "fix it and all good",
        "found it! now refund me",
        "never mind, you people never answer",
        "found it in the bin, in three pieces",
        "it came today with a dead mouse in it",
        "all good companies answer their customers",
        "it works when it wants to",
    ],
)
def test_what_says_more_than_that_settles_nothing(text: str) -> None:
    """A person reads it, and the apology waits."""
    assert find_settled(facts(f"@fernhill {text}", History())) == ()


@pytest.mark.parametrize(
    "text",
    [
        *("found it!", "sorted now", "never mind, it turned up", "all good, thanks", "nvm"),
        "it came this morning - thank you",
    ],
)
def test_words_that_settle_it(text: str) -> None:
    """As people say it."""
    assert find_settled(facts(f"@fernhill {text}", History()))


@pytest.mark.parametrize(
    ("text", "is_over"),
    [
        ("I turned my phone on and off again, and now it works 😂", True),
        ("that explains it! You sold it to somebody else", False),
        ("the issues went away, and came back", False),
        ("it's all good, just waste my whole day again", False),
        ("I had issues with the lamp. Bought a new bulb. Problem solved", True),
        ("the problem has not been fixed", False),
        ("it arrived, three days late", False),
        ("it works, but only when it wants to", False),
        ("fixed it myself, what a disgrace", False),
        ("is it fixed now?", False),
    ],
)
def test_who_says_that_it_is_over_gets_no_general_apology(text: str, is_over: bool) -> None:
    """There is nothing left to look into."""
    assert bool(says_over(facts(f"@fernhill {text}", History()))) is is_over
