"""SAFETY.md, row by row, and each guard's near miss."""

import inspect
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from listener.model import History
from listener.triage.decide import GUARDS, decide
from tests.factories import decided, facts, old, policy, responders
from tests.pages import POLICY, section

PEOPLE = [
    ("self_harm", "I want to kill myself"),
    ("death", "my grandma passed away and you still charge her card"),
    ("safety", "I am safe. I got into a car accident while riding in my @Uber. Thanks to the great driver"),
    ("safety", "the pen exploded and burned my hand"),
    ("assault", "your driver groped me"),
    ("assault", "i will kill you all, you idiots"),
    ("discrimination", "your staff were racist to us"),
    ("minors", "I'm 13 and love your pens"),
    ("legal", "my lawyer will be in touch"),
    ("press", "I'm a reporter, can you comment"),
    ("personal_data", "call me on 07700 900123 please"),
    ("profanity", "Congrats on being the largest, shittiest airline"),
    ("profanity", "you are sh!t"),
    # a space is missing: what looks like a link is not removed before the guards read
    ("self_harm", "I love this shop but I can not go on.Suicide/self-harm is all I think of"),
    ("legal", "great.lawyer/police will write to you, thanks so much"),
    ("safety", "great service, thank you.child/injured by your lamp"),
    ("profanity", "worst thing ever, broken again.fuck/you"),
]


@pytest.mark.parametrize(("guard", "text"), PEOPLE)
def test_grave_words_go_to_a_person_whatever_the_score(guard: str, text: str) -> None:
    """No draft, and the guard's name in the trail."""
    decision = decided(text)
    assert (decision.action, decision.rule, decision.draft) == ("escalate", guard, None)
    assert decision.trail[-1].hit and decision.trail[-1].words


@pytest.mark.parametrize(("handle", "name"), [("ihaten1ggers", None), ("ada", "Fυck You")])
def test_a_profane_name_goes_to_a_person(handle: str, name: str | None) -> None:
    """Look-alike letters are folded; praise from such a name gets no automatic thanks."""
    assert decided("thank you so much, great pens", author_handle=handle, author_name=name).rule == "profane_name"


@pytest.mark.parametrize("text", ["stop", "@fernhill STOP", "please stop", "unsubscribe", "don't reply to my posts"])
def test_an_opt_out_is_honoured_in_silence(text: str) -> None:
    """The whole message, or a phrase aimed at us."""
    decision = decided(text)
    assert (decision.action, decision.rule, decision.opt_out) == ("ignore", "opt_out", True)


def test_an_opt_out_that_complains_is_honoured_and_read() -> None:
    """Both: silence from the machine, and a person."""
    decision = decided("stop replying to me, your service is terrible")
    assert (decision.action, decision.opt_out) == ("escalate", True)


def test_an_opt_out_is_honoured_beside_a_graver_word() -> None:
    """The guard that comes first does not swallow the wish."""
    decision = decided("stop replying to me or my lawyer will write")
    assert (decision.rule, decision.action, decision.opt_out) == ("legal", "escalate", True)


@pytest.mark.parametrize(
    "text", ["calling non stop for days", "please stop sending broken pens", "it won't stop leaking"]
)
def test_the_word_stop_in_a_sentence_silences_nobody(text: str) -> None:
    """A customer silenced by mistake is a customer lost."""
    assert decided(text).opt_out is False


def test_who_opted_out_is_never_answered_but_danger_is_seen() -> None:
    """Silence, unless somebody may be in danger: then a person reads it."""
    history = History(opted_out=True)
    assert decided("great pens, thank you", history).rule == "opted_out_earlier"
    assert decided("the pen exploded in my face", history).rule == "safety"


@pytest.mark.parametrize(
    ("text", "lang", "rule"),
    [("muchas gracias, me encanta", "es", "language"), ("شكرا", "en", "language"), ("😍😍", "ar", "language")],
)
def test_other_languages_reach_a_person(text: str, lang: str, rule: str) -> None:
    """Also where the tag and the script differ, and where only the tag tells."""
    decision = decided(text, lang=lang)
    assert (decision.action, decision.rule) == ("escalate", rule)


def test_emoji_alone_are_understood() -> None:
    """Hearts are thanked, anger is answered."""
    assert decided("😍😍😍", lang=None).kind == "thank_you"
    assert decided("😡😡", lang="und").kind == "support"


@pytest.mark.parametrize(
    ("text", "action"),
    [("thank you so much", "ignore"), ("my pen is broken", "escalate"), ("do you ship to Canada?", "escalate")],
)
def test_an_old_mention_is_never_answered_by_a_draft(text: str, action: str) -> None:
    """2013, a fake account answered ten-month-old posts."""
    decision = decided(text, age_start_at=old(300))
    assert (decision.action, decision.rule) == (action, "too_old")


def test_age_is_reckoned_from_aged_from() -> None:
    """History that is replayed counts as fresh."""
    assert decided("thank you so much", created_at=old(4_000)).kind == "thank_you"


@pytest.mark.parametrize(
    ("text", "action"), [("love fernhill pens", "ignore"), ("fernhill pens are broken", "escalate")]
)
def test_who_did_not_address_us_gets_no_draft(text: str, action: str) -> None:
    """2018, a template answered a celebrity's whole thread."""
    decision = decided(text, is_addressed=False)
    assert (decision.action, decision.rule) == (action, "not_addressed")


def test_a_follow_up_goes_to_whoever_answered() -> None:
    """The booking number after our reply must not be silenced by one reply per conversation."""
    decision = decided("it is AB123C", History(exchanges=1, answered=True, answered_by="mia"))
    assert (decision.action, decision.rule, decision.assign_to) == ("escalate", "follow_up", "mia")


@pytest.mark.parametrize("text", ["thanks!", "ok thank you", "👍", "Thank you so much, you are great"])
def test_thanks_after_help_are_left_alone(text: str) -> None:
    """Closed without a draft."""
    assert decided(text, History(answered=True, answered_by="mia")).action == "ignore"


@pytest.mark.parametrize("text", ["thanks for nothing", "thanks, but it is still broken", "thank you. when?"])
def test_sour_thanks_after_help_are_read(text: str) -> None:
    """Whoever answered goes on."""
    assert decided(text, History(answered=True, answered_by="mia")).action == "escalate"


@pytest.mark.parametrize("text", ["@fernhill", "", "https://t.co/x", "@fernhill @other ."])
def test_nothing_left_needs_nothing(text: str) -> None:
    """Handles and links alone are no message."""
    assert (decided(text).action, decided(text).rule) == ("ignore", "empty")


def test_a_bare_question_mark_is_read_by_somebody() -> None:
    """Not nothing: somebody waits."""
    assert decided("@fernhill ???").action != "ignore"


def test_a_repost_is_not_the_authors_own_praise() -> None:
    """Somebody else's words get no thanks."""
    assert decided("RT @friend: thank you so much, great pens").rule == "repost"
    assert decided("RT @friend: my pen is broken").action == "escalate"


def test_every_guard_names_what_its_miss_means() -> None:
    """The first line of its docstring, as plain as a hit; the names are unique and in the file's order."""
    assert [name for name, _, miss in GUARDS if not re.fullmatch(r"[A-Z][^.:;]{9,60}[^.]", miss.message)] == []
    assert [name for name, _, _ in GUARDS][:2] == ["self_harm", "death"]
    assert len(decided("the cover is blue").trail) > len(GUARDS)


def test_staff_read_the_sentences_of_the_page() -> None:
    """The table of docs/policy.md names each guard's sentence."""
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", section(POLICY, "Guards"), re.MULTILINE)
    sources = {name: inspect.getsource(guard) for name, guard, _ in GUARDS}
    assert [name for name, _ in rows] == list(sources)
    assert [name for name, sentence in rows if f'"{sentence.split("{")[0]}' not in sources[name]] == []


@pytest.mark.parametrize(
    ("text", "changes", "message"),
    [
        ("muchas gracias", {"lang": "es"}, "Language not supported: es"),
        ("thank you", {"age_start_at": old(300)}, "Older than 3 days: not answered"),
        ("my pen is broken", {"age_start_at": old(300)}, "Older than 3 days: not answered; staff decide"),
        ("my pen is broken", {"is_addressed": False}, "Not addressed to us; staff decide"),
        ("RT @friend: my pen is broken", {}, "Reposts someone else's words; staff decide"),
        ("stop replying to me, your service is terrible", {}, "Asks us to stop: opted out now; staff decide"),
        ("is it open?", {"author_handle": "pen_bot"}, "Author is a bot: no draft; staff decide"),
    ],
)
def test_a_sentence_names_what_is_special_about_a_mention(text: str, changes: dict[str, Any], message: str) -> None:
    """Which language, what age, and that staff decide where the author needs something."""
    assert decided(text, **changes).trail[-1].message == message


@pytest.mark.parametrize(("by", "message"), [("mia", "back to mia"), (None, "back to staff")])
def test_a_follow_up_names_who_answered(by: str | None, message: str) -> None:
    """An automatic reply was nobody's."""
    trail = decided("it is AB123C", History(answered=True, answered_by=by)).trail
    assert trail[-1].message == f"Follow-up to our reply: {message}"


def test_an_age_in_hours_is_written_in_hours() -> None:
    """Days where they are whole."""
    limits = replace(policy().limits, max_age=timedelta(hours=36))
    late = facts("thank you", age_start_at=old(2))
    assert decide(late, policy(limits=limits), responders()).trail[-1].message == "Older than 36 hours: not answered"


def test_the_policys_languages_decide() -> None:
    """A policy that names Spanish takes Spanish."""
    spanish = policy(languages=("en", "es"))
    assert decide(facts("hola", lang="es"), spanish, responders()).rule != "language"
