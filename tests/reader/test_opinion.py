"""The second reader doubts, proposes and listens; it never overrules a guard and never makes anything go out alone."""

import json
from dataclasses import replace

import pytest

from listener.model import Decision, History, MentionSignals, Reading
from listener.triage.decide import decide
from listener.triage.signals import SignalExtractor, pack, unpack
from tests.factories import NOW, decided, facts, mention, policy, responders

DOUBTFUL = Reading(0.2, 0.7, 0.3, ("thanks",), ("hours", "but"))
HARSH = Reading(0.02, 0.9, 0.1, (), ("hours",))
KIND = Reading(0.95, 0.02, 0.9, ("thanks",), ())


def _decided(text: str, reading: Reading | None, **changes: object) -> Decision:
    signals: MentionSignals = replace(facts(text), reading=reading, **changes)  # type: ignore[arg-type]
    return decide(signals, policy(), responders())


def test_thank_you_that_it_doubts_goes_to_a_person_with_the_words() -> None:
    """A rule's thank-you to an angry customer is the worst mistake."""
    decision = _decided("thanks for the great help!", DOUBTFUL)
    assert (decision.action, decision.rule, decision.draft) == ("escalate", "reader_doubt", None)
    assert decision.trail[-1].words == ("hours", "but")
    assert "for it: thanks; against it: hours, but" in decision.trail[-1].message
    assert decision.trail[-2].rule == "thank_you" and not decision.trail[-2].hit


def test_in_the_auto_band_it_only_takes_away() -> None:
    """A draft that it is not sure of waits for a person; a proposal never goes out by itself."""
    text = "thank you so much for the great help!"
    assert _decided(text, KIND).draft.auto  # type: ignore[union-attr]
    careful = _decided(text, replace(KIND, balance=0.5))
    assert careful.kind == "thank_you" and careful.draft is not None and not careful.draft.auto
    proposed = _decided("wicked chips, cheers mate", KIND)
    assert proposed.draft is None or not proposed.draft.auto


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Got scammed, reported it, you had my back the same day. Respect and thanks", "thank_you"),
        ("Got scammed, reported it, you had my back the same day. Respect and thanks, ok?", "escalate"),  # a question
        ("thanks I guess", "escalate"),  # a hedge
        ("please help, thanks", "support"),  # a request
        ("the starter was great, the main was raw", "escalate"),  # trouble and no thanks
        ("I used to love your product", "escalate"),
        ("My blue pad sits on the desk beside the lamp and the cup of tea", "escalate"),  # not a kind word
        ("great, I was injured, thanks", "escalate"),  # a guard
    ],
)
def test_proposes_thanks_only_with_kind_words_and_nothing_against_it(text: str, outcome: str) -> None:
    """However sure it is."""
    decision = _decided(text, KIND)
    assert (decision.kind or decision.action) in (outcome, "escalate")
    assert (decision.rule == "reader_praise") == (outcome == "thank_you")


def test_complaint_that_the_rules_would_ignore_goes_to_a_person() -> None:
    """Silence to an angry customer is the second worst mistake."""
    text = "the new colour is blue"
    assert _decided(text, None).rule == "no_action_needed"
    heard = _decided(text, replace(HARSH, complaint=0.6))
    assert (heard.action, heard.rule) == ("escalate", "reader_complaint")


def test_a_clear_complaint_without_a_known_word_gets_help_and_staff_see_who_heard_it() -> None:
    """The trail names the words that the second reader went by."""
    decision = _decided("the new colour is blue", HARSH)
    assert (decision.kind, decision.draft and decision.draft.auto) == ("support", False)
    (line,) = [line for line in decision.trail if line.hit]
    assert "the second reader hears it" in line.message and line.words == HARSH.harsh_words


def test_a_guard_is_never_overruled() -> None:
    """Whatever it reads, danger goes to a person and an opt-out to nobody."""
    assert _decided("the seat belt failed and I was injured", KIND).rule == "safety"
    assert _decided("unsubscribe", HARSH).rule == "opt_out"
    assert _decided("lovely pen, thanks", HARSH, history=History(opted_out=True)).action == "ignore"


def test_what_it_reads_stands_in_the_trail_and_is_stored() -> None:
    """A decision can be explained later; signals of an older version have no reading."""
    signals = facts("thank you so much for the great help!")
    decision = decide(signals, policy(), responders())
    line = next(line for line in decision.trail if line.rule == "reader")
    assert "second reader agrees: praise" in line.message and not line.hit and decision.trail[-1].hit
    packed = json.loads(json.dumps(pack(signals)))
    assert unpack(packed, signals.mention) == signals
    del packed["reading"]
    assert unpack(packed, signals.mention).reading is None


def test_can_be_turned_off() -> None:
    """Then the rules decide alone, and the weights are not even read."""
    alone = replace(policy(), reader=replace(policy().reader, enabled=False))
    signals = SignalExtractor(alone).extract(mention("thanks"), History(), NOW)
    assert signals.reading is None
    assert all(not line.rule.startswith("reader") for line in decide(signals, alone, responders()).trail)


def test_no_thank_you_is_proposed_where_the_policy_has_none() -> None:
    """A kind that the policy does not name is off."""
    text = "Got scammed, reported it, you had my back the same day. Respect and thanks"
    assert decided(text).kind == "thank_you"
    without = replace(policy(), responders=tuple(one for one in policy().responders if one.kind != "thank_you"))
    assert decide(replace(facts(text), reading=KIND), without, responders(without)).kind is None


def test_learned_weights_put_nothing_into_the_auto_band() -> None:
    """Where the shipped weights alone would hold a draft for staff, or draft none, it is held."""
    text = "thank you so much for the great help!"
    assert _decided(text, replace(KIND, shipped=(0.9, 0.1, 0.8))).draft.auto  # type: ignore[union-attr]
    for shipped in ((0.6, 0.4, 0.5), (0.2, 0.7, 0.3)):
        held = _decided(text, replace(KIND, shipped=shipped))
        assert held.kind == "thank_you" and held.draft is not None and not held.draft.auto
        assert any("by the shipped weights alone" in line.message for line in held.trail)
    assert not _decided(text, replace(KIND, balance=0.5, shipped=(0.9, 0.1, 0.8))).draft.auto  # type: ignore[union-attr]


def test_a_wish_to_everybody_is_no_praise() -> None:
    """Nobody says "you're welcome" to a happy Halloween."""
    assert _decided("Oh what a happy Halloween it is 🙌", KIND).rule != "reader_praise"
    assert _decided("Oh what a happy day it is 🙌", KIND).rule == "reader_praise"
