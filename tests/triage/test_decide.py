"""From text to decision: what is drafted, what a person gets, what is left."""

import json
import pickle
import time
from dataclasses import replace
from datetime import date

import pytest

from listener.model import Decision, History
from listener.triage.decide import decide, hits
from listener.triage.signals import SignalExtractor, pack, unpack
from tests.factories import NOW, decided, facts, mention, policy, responders


def _is(decision: Decision) -> str:
    return decision.kind or decision.action


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Best pizza ever!", "thank_you"),
        ("thank you so much for the help, you guys are great", "thank_you"),
        ("My order arrived broken", "support"),
        ("worst shop ever", "support"),
        ("please call me", "support"),
        ("you don't ship to Canada, shame", "correction"),
        ("do you ship to Canada?", "answer"),
        ("thank you for leaving my bag in Houston!", "escalate"),
        ("love how you can't get an agent on the phone", "escalate"),
        ("Thank you - hung up after 1hr 7min on hold", "escalate"),
        ("he just won an oscar 😄💝💝💝 lost luggage", "escalate"),
        ("I love your paper but the pen leaks", "escalate"),
        ("great service... not", "escalate"),
        ("oh great, another delay", "escalate"),
        ('you guys are "amazing"', "escalate"),
        ("the inkworks shop is so much better than you", "escalate"),
        ("is this even a real account", "escalate"),
        ("#epicfail", "support"),
        ("we stood at the window and your kitchen waved to all of us, thank you from the children", "escalate"),
        ("hello", "ignore"),
        ("the new notebook cover is blue", "ignore"),
    ],
)
def test_what_becomes_of(text: str, outcome: str) -> None:
    """The classes VADER gets wrong, and the plain cases beside them."""
    assert _is(decided(text)) == outcome


@pytest.mark.parametrize(
    "text", ["{{7*7}} {% raw %}", "{u.secret}", "'; DROP TABLE x;--", "\x1b[31m\u202e", "\u200b" * 50]
)
def test_hostile_marks_decide_like_any_text(text: str) -> None:
    """Template syntax, SQL and control characters are letters."""
    decision = decided(text)
    assert "49" not in "".join(one.text for one in (decision.draft.texts if decision.draft else ()))


def test_the_same_facts_give_the_same_decision() -> None:
    """Also in another process: everything is picklable."""
    read = facts("My order arrived broken")
    again = pickle.loads(pickle.dumps(read))
    assert decide(read, policy(), responders()) == decide(again, policy(), responders())


def test_facts_survive_storage() -> None:
    """pack is JSON, unpack gives the facts back, with the text as it was read then."""
    read = facts("you don't ship to Canada? I heard so. https://x.example", History(3, True, "mia", False))
    stored = json.loads(json.dumps(pack(read)))
    assert unpack(stored, read.mention) == read
    assert unpack(stored, replace(read.mention, text="edited")) == read


def test_only_hits_are_stored() -> None:
    """Misses are made anew."""
    decision = decided("My order arrived broken")
    assert [hit.rule for hit in hits(decision)] == ["support"]
    assert {hit.rule for hit in decision.trail if not hit.hit} > {"self_harm", "correction"}


def test_an_expired_fact_calls_its_owner() -> None:
    """After `expires` nothing of a fact is said."""
    told = policy(facts=tuple(replace(fact, expires=date(2026, 11, 22)) for fact in policy().facts))
    for text in ("you don't ship to Canada", "do you ship to Canada?"):
        decision = decide(SignalExtractor(told).extract(mention(text), History(), NOW), told, responders())
        assert decision.action == "escalate" and "expired" in decision.trail[-1].message


def test_setting_an_error_right_needs_nothing() -> None:
    """A denial of the claim is a friend's word."""
    assert decided("no idea why people say they don't ship to Canada, they do").rule == "denied"


def test_responders_are_asked_in_the_policys_order() -> None:
    """The first that takes it ends it."""
    told = policy(responders=tuple(reversed(policy().responders)))
    decision = decide(facts("thank you so much, you are great"), told, responders())
    assert decision.kind == "thank_you" and "correction" not in {hit.rule for hit in decision.trail}


def test_a_policy_without_responders_leaves_nothing_unheard() -> None:
    """Trouble and questions go to people."""
    told = policy(responders=())
    assert decide(facts("My order arrived broken"), told, {}).action == "escalate"
    assert decide(facts("when do you open?"), told, {}).action == "escalate"


@pytest.mark.parametrize(
    "text", ["😀" * 10_000, "a " * 50_000, "@a" * 50_000, "?" * 100_000, "no " * 30_000, "1 " * 50_000]
)
def test_a_hostile_mention_costs_bounded_time(text: str) -> None:
    """F27, F37: 100 kB of anything is decided in less than two seconds."""
    start = time.perf_counter()
    decided(text, is_html=False)
    assert time.perf_counter() - start < 2.0
