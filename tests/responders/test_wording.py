"""Texts that go out: from data only, that fit, with links that are allowed."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from listener.model import CandidateText, Draft, History, MentionSignals
from listener.policy import Policy, SavedReply, Variant
from listener.triage.decide import decide
from listener.wording import asks_for_private_message, candidates, disallowed_hosts, first_fitting, render_saved_replies
from listener.wording_check import private_wording_notes, saved_reply_problems, wording_problems
from tests.factories import decided, facts, policy, preview, responders


def _worded(text: str, short: str | None = None) -> Policy:
    return policy(wording={**policy().wording, "thank_you": (Variant("one", text, short),)})


def test_the_starter_has_no_fault() -> None:
    """Every variant renders, fits 280 characters, and links only where it may."""
    told = policy()
    assert wording_problems(told) == []
    for kind, variants in told.wording.items():
        assert len(variants) >= 5
        for fact in told.facts:
            for text in candidates(kind, facts("x"), told, fact)[1::2] or candidates(kind, facts("x"), told, fact):
                assert preview(text.text).fits, text


@pytest.mark.parametrize("kind", ["correction", "answer"])
def test_every_fact_fits_in_full_in_some_variant(kind: str) -> None:
    """A fact that never fits would always call a person."""
    told = policy()
    for fact in told.facts:
        draft = Draft(candidates(kind, facts("x"), told, fact), kind, "")
        assert first_fitting(draft, preview) is not None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{{ broken", "not a valid template"),
        ("hello {{ handle }}", "unknown variable handle"),
        ("hello {{ statement }}", "unknown variable statement"),
        ("{{ ''.__class__.__mro__ }}", "not a valid template"),
        ("{{ contact.nothing.at_all }}", "not a valid template"),
        ("   ", "empty"),
        ("see https://evil.example.net/x", "links to evil.example.net"),
        ("see evil.com", "links to evil.com"),
        ("{% for x in range(999999999) %}a{% endfor %}", "not a valid template"),
    ],
)
def test_faults_of_wording_are_told(text: str, what: str) -> None:
    """Syntax, unknown names, escapes from the sandbox, empty texts, foreign links; each with file and variant."""
    (fault, *_) = wording_problems(_worded(text))
    assert what in fault.what and "thank_you.one.text" in fault.where and fault.do


def test_a_short_form_is_checked_too() -> None:
    """The text nobody looks at is the one that goes out."""
    (fault,) = wording_problems(_worded("fine", short="{{ nope }}"))
    assert fault.where.endswith("one.short")


def test_a_kind_without_plain_wording_is_a_fault() -> None:
    """Variants that all have `when` may leave nothing to say."""
    told = policy(wording={**policy().wording, "support": (Variant("a", "x", when=("problem",)),), "answer": ()})
    assert [fault.where for fault in wording_problems(told)] == ["replies.toml support", "replies.toml answer"]


def test_a_fact_that_links_elsewhere_is_a_fault() -> None:
    """The fact sheet goes out as well."""
    fact = replace(policy().facts[0], link="https://elsewhere.example.org/x")
    assert "elsewhere.example.org" in wording_problems(policy(facts=(fact,)))[0].what


def test_the_same_mention_always_gets_the_same_text() -> None:
    """Variants are rotated by the mention's id, each followed by its short form."""
    told, spread = policy(), set()
    for number in range(60):
        read = facts("simply the best", id=str(number))
        texts = candidates("thank_you", read, told)
        assert texts == candidates("thank_you", read, policy())
        assert texts[0].variant == texts[1].variant and len(texts[1].text) < len(texts[0].text)
        spread.add(texts[0].variant)
    assert len(spread) >= 5


def test_variants_not_used_today_come_first() -> None:
    """Platforms hunt for repetition; those with `when` still come before those without."""
    read = facts("simply the best", id="7")
    usual = [text.variant for text in candidates("thank_you", read, policy())]
    used = replace(read, history=History(variants_today=(f"thank_you/{usual[0]}", f"support/{usual[2]}")))
    order = [text.variant for text in candidates("thank_you", used, policy())]
    assert order[-4:] == usual[:2] + usual[-2:] and sorted(order) == sorted(usual)
    every = replace(read, history=History(variants_today=tuple(f"thank_you/{name}" for name in usual)))
    assert [text.variant for text in candidates("thank_you", every, policy())] == usual


def test_variants_with_when_come_first_and_only_then() -> None:
    """Thanks for help are for who thanks us."""
    texts = candidates("thank_you", facts("simply the best"), policy())
    assert not any(text.variant.startswith("welcome") for text in texts)
    assert candidates("thank_you", facts("thanks!"), policy())[0].variant.startswith("welcome")


def test_a_text_of_parts_varies_in_every_part() -> None:
    """What follows a used text shares none of its parts while there are others; then the least used come first."""
    used: list[str] = []
    for _ in range(12):
        read = replace(facts("my parcel never arrived"), history=History(variants_today=tuple(used)))
        used.append(f"support/{_draft_of(read)}")
    assert len(set(used)) == 12
    openings, steps = (Counter(name.split(":")[place] for name in used) for place in (1, 2))
    assert set(openings.values()) == {3} and set(steps.values()) == {4}
    assert all(a.split(":")[1] != b.split(":")[1] for a, b in pairwise(used))


def _draft_of(read: MentionSignals) -> str:
    draft = decide(read, policy(), responders()).draft
    assert draft is not None
    return draft.texts[0].variant


def test_the_first_that_fits_is_taken() -> None:
    """None fits: None."""
    draft = Draft(
        (CandidateText("a", "x" * 300), CandidateText("a", "x" * 20), CandidateText("b", "y")), "thank_you", ""
    )
    chosen = first_fitting(draft, preview)
    assert chosen and chosen[0].text == "x" * 20 and chosen[1].length == 20
    assert first_fitting(Draft((CandidateText("a", "x" * 300),), "thank_you", ""), preview) is None


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("see https://help.fernhill.example/a?b=c.", ()),
        ("see example.com and www.example.com/x", ()),
        ("see http://evil.net/https://example.com", ("evil.net",)),
        ("see example.com.evil.net", ("example.com.evil.net",)),
        ("see notexample.com", ("notexample.com",)),
        ("write to a@evil.net or ask @bob.example.net", ()),
        ("at 5 p.m. e.g. today. Then", ()),
        ("HTTPS://EVIL.NET", ("evil.net",)),
        ("no link", ()),
        ("https://evil.net evil.net", ("evil.net",)),
        ("https://bücher.example.net/x", ("bücher.example.net",)),
    ],
)
def test_hosts_that_are_not_allowed(text: str, hosts: tuple[str, ...]) -> None:
    """2014, US Airways: a bare host counts, a trick with the allowed name does not pass."""
    assert disallowed_hosts(text, policy()) == hosts


def test_nothing_a_stranger_typed_is_ever_printed() -> None:
    """Handles, names and words of a mention appear in no draft."""
    read = facts("thank you XYZZY {{ brand }}", author_handle="PLUGH", author_name="{{ contact }} FROTZ")
    said = " ".join(text.text for text in candidates("thank_you", read, policy()))
    assert not any(word in said for word in ("XYZZY", "PLUGH", "FROTZ", "{{"))


def test_a_fact_that_repeats_an_error_is_refused() -> None:
    """2022, Air Canada: what is said as a fact is held against the house."""
    told = (replace(policy().facts[0], statement="Sadly we don't ship to Canada."), *policy().facts[1:])
    (fault,) = wording_problems(policy(facts=told))
    assert fault.where == "factsheet.toml ships-to-canada.statement" and "'dont ship to canada'" in fault.what


SAVED = (
    SavedReply("hello", "{{ agent }} of {{ brand }} here.", ("support",)),
    SavedReply("help", "See {{ help_url }}"),
)


def test_saved_texts_are_filled_in_and_offered_by_kind() -> None:
    """Variables, the brand, and who edits; without kinds for all of them."""
    told = policy(saved_replies=SAVED)
    assert render_saved_replies(told, "support", "dana") == (
        CandidateText("hello", "dana of Fernhill here."),
        CandidateText("help", "See https://help.fernhill.example"),
    )
    assert [one.variant for one in render_saved_replies(told, "answer", "dana")] == ["help"]
    assert len(render_saved_replies(told, None, "dana")) == 2 and saved_reply_problems(told) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("hello {{ handle }}", "unknown variable handle"),
        ("{{ statement }}", "unknown variable statement"),
        ("{{ broken", "not a valid template"),
        ("see https://evil.example.net", "links to evil.example.net"),
    ],
)
def test_a_saved_text_that_may_not_go_out_is_a_fault(text: str, what: str) -> None:
    """Found by `check`, before anybody inserts it."""
    (fault,) = saved_reply_problems(policy(saved_replies=(SavedReply("one", text),)))
    assert what in str(fault) and fault.where == "replies.toml saved.one"


def test_a_kind_whose_texts_all_ask_for_a_direct_message_is_noted() -> None:
    """Its private mentions would all go to a person; the starter set has another word for them."""
    assert private_wording_notes(policy()) == []
    told = policy(wording={**policy().wording, "support": (Variant("one", "Send us {{ contact }}."),)})
    assert private_wording_notes(told) == []
    (note,) = private_wording_notes(replace(told, private_variables={}, wording={"support": told.wording["support"]}))
    assert note.startswith("replies.toml support: every text asks for a direct message")


def test_no_shipped_text_asks_a_private_mention_for_a_direct_message() -> None:
    """Of no kind, in no form; in public most of support's do."""
    for is_private in (True, False):
        read = facts("my parcel is late", is_private=is_private)
        texts = [text.text for text in candidates("support", read, policy())]
        assert texts and any(map(asks_for_private_message, texts)) is not is_private
    assert not asks_for_private_message("We are here until 5 pm.") and asks_for_private_message("Send us a DM!")


def test_a_reply_names_what_it_is_about() -> None:
    """As the lists name it, never as the author wrote it."""
    first = candidates("support", facts("my SCREEEN is broken"), policy(), rank=lambda when: 0 if when else None)[0]
    assert "{" not in first.text and "\ufffc" not in first.text
    draft = decided("@fernhill my wi-fi is broken, so disappointed").draft
    assert draft is not None and "trouble with your wifi" in draft.texts[0].text


def test_a_text_without_a_noun_waits_behind_those_with_one() -> None:
    """And is there for who names nothing."""
    named, unnamed = (decided(f"@fernhill {text}").draft for text in ("my parcel never arrived", "it never arrived"))
    assert named is not None and "your parcel" in named.texts[0].text and "your parcel" not in named.texts[-1].text
    assert unnamed is not None and not any("with your parcel" in text.text for text in unnamed.texts)


@pytest.mark.parametrize("text", ["order 4711 never arrived", "where is order number 82 of mine? It never arrived"])
def test_who_gives_the_number_is_not_asked_for_it(text: str) -> None:
    """It stands in the mention."""
    draft = decided(f"@fernhill {text}").draft
    assert draft is not None and "order number" not in draft.texts[0].text


def test_a_kind_that_states_facts_knows_no_nouns() -> None:
    """A correction is about its fact."""
    wording = {**policy().wording, "correction": (Variant("about", "About {{ topic }}: {{ statement }}"),)}
    assert "unknown variable topic" in {fault.what for fault in wording_problems(policy(wording=wording))}


def test_a_kind_needs_a_text_without_a_noun() -> None:
    """Most mentions name none."""
    wording = {**policy().wording, "thank_you": (Variant("about", "So glad about {{ praised }}!"),)}
    (fault,) = wording_problems(policy(wording=wording))
    assert fault.what == "has no text without `when`"
