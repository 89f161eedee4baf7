"""Each kind of reply: what it takes, what it leaves, its tone and its auto band."""

import pytest

from listener.model import Draft, Escalate, History, Pass
from responders import answer, correction, support, thank_you
from tests.factories import decided, facts, policy

SORRY = ("sorry", "apolog", "frustrat")


def _draft(text: str, **changes: object) -> Draft:
    draft = decided(text, **changes).draft  # type: ignore[arg-type]  # changes of a mention
    assert draft is not None, text
    return draft


@pytest.mark.parametrize(
    "text",
    ["Best pizza ever!", "thanks!", "great crew today", "I love my new pen", "thank you so much for the help", "😍😍"],
)
def test_praise_is_thanked_and_never_apologised_to(text: str) -> None:
    """2013, Domino's: "So sorry about that!" to "Best pizza ever!"."""
    assert decided(text).kind == "thank_you"
    assert not any(word in one.text.lower() for one in _draft(text).texts for word in SORRY)


@pytest.mark.parametrize(
    "text",
    [
        "worst shop ever",
        "my pen broke",
        "still waiting for my refund",
        "you ruined my day",
        "never again",
        "@fernhill your app keeps crashing",
        "no answer for three weeks",
        "😡😡",
    ],
)
def test_a_complaint_is_never_thanked(text: str) -> None:
    """Support, and no word of thanks for the praise."""
    assert decided(text).kind == "support"
    assert not any(one.text.lower().startswith(("thank", "you're welcome")) for one in _draft(text).texts[:1])


def test_a_complaint_by_score_alone_says_that_it_is_the_score() -> None:
    """Where no word was recognised, staff see what else spoke for it; where one was, the words explain it."""
    draft = _draft("what a miserable pen you sell")
    assert draft.message == "problem or complaint (the second reader hears it; score -0.49)" and draft.words
    assert _draft("you ruined my day").message == "problem or complaint (-0.48)"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("great pens?", "question"),
        ("great pens but pricey", "contrast"),
        ("great, three hours of my life", "duration"),
        ("thanks for losing my order", "sarcasm"),
        ("love how this works", "sarcasm"),
        ("not great", "negation"),
        ("nice", "score"),
        ("lovely shop. I hate the pens", "complaint"),
        ("thanks, it is AB12CD34", "sign-off"),
        ("I sent the form today. Thanks", "sign-off"),
        ("done, thanks", "sign-off"),
        ("damn great", "swearing"),
        ("they walked off laughing, just wow", "exclamation"),
    ],
)
def test_thanks_that_are_doubtful_pass(text: str, why: str) -> None:
    """Each doubt alone is enough, and the trail names it."""
    said = thank_you.respond(facts(text), policy(), thank_you.Options())
    if why == "score":
        assert isinstance(said, Draft | Pass)
        return
    assert isinstance(said, Pass) and why in said.message


@pytest.mark.parametrize(
    ("text", "auto"),
    [
        ("thank you so much for the help, you guys are great", True),
        ("thank you!", True),
        ("great pens", False),
        ("I think you are great, thank you so much", False),
        ("thank you so much, you are great, as @inkworks said", False),
        ("thank you so much, you are great https://example.com", False),
    ],
)
def test_the_auto_band_is_narrower(text: str, auto: bool) -> None:
    """A person looks whenever anything distracts."""
    said = thank_you.respond(facts(text), policy(), thank_you.Options())
    assert isinstance(said, Draft) and said.auto is auto


def test_a_correction_says_what_is_true_and_not_what_is_false() -> None:
    """With its source; no blame, no repetition."""
    draft = _draft("you don't ship to Canada, shame on you")
    assert draft.rule == "correction" and draft.words
    for one in draft.texts:
        assert "We do ship to Canada" in one.text and "help.fernhill.example/shipping" in one.text
        assert "don't" not in one.text and "wrong" not in one.text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("you don't ship to Canada", Draft),
        ("you don't ship to Canada?", Pass),
        ("I heard you don't ship to Canada", Escalate),
        ("it's a myth that they don't ship to Canada", Pass),
        ("hello", Pass),
        ("you don't ship to Canada and your glue is made from animals", Escalate),
    ],
)
def test_only_a_claim_stated_as_true_is_corrected(text: str, kind: type) -> None:
    """Asked, denied, hedged and several at once are other people's work."""
    assert isinstance(correction.respond(facts(text), policy(), correction.Options()), kind)


def test_a_question_is_answered_from_the_fact_sheet() -> None:
    """By a margin; without one a person."""
    said = answer.respond(facts("do you ship to Canada?"), policy(), answer.Options())
    assert isinstance(said, Draft) and "We do ship" in said.texts[0].text
    assert isinstance(answer.respond(facts("when does the moon rise?"), policy(), answer.Options()), Pass)
    both = answer.respond(facts("can I use gift cards and is there a student discount?"), policy(), answer.Options())
    assert isinstance(both, Escalate | Draft)


def test_a_claim_that_is_asked_about_is_answered_not_corrected() -> None:
    """The same fact, the other kind."""
    assert decided("is it true that you don't ship to Canada?").kind == "answer"


@pytest.mark.parametrize(
    ("text", "history", "followers", "urgency"),
    [
        ("my pen broke", History(), None, 0),
        ("never again, taking my business elsewhere", History(), None, 1),
        ("my pen broke", History(exchanges=3), None, 1),
        ("my pen broke", History(), 50_000, 1),
        ("worst horrible awful terrible disgusting shop, I hate it", History(), None, 1),
    ],
)
def test_what_makes_trouble_urgent(text: str, history: History, followers: int | None, urgency: int) -> None:
    """Anger, reach and repeated contact."""
    said = support.respond(facts(text, history, author_followers=followers), policy(), support.Options())
    assert isinstance(said, Draft) and said.urgency == urgency


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("my card was charged twice", "billing"),
        ("I'm locked out of my account", "account"),
        ("the website is down", "outage"),
        ("taking my business elsewhere, slow and rude", "wants to leave"),
        ("my pen broke", None),
    ],
)
def test_the_trail_says_why_trouble_is_urgent(text: str, why: str | None) -> None:
    """What an operator names in `urgent` is due in half the time, and staff can read why."""
    draft = _draft(text)
    assert (draft.urgency, draft.message.partition("urgent: ")[2]) == (int(why is not None), why or "")


def test_what_is_urgent_is_the_operators_choice() -> None:
    """With nothing in `urgent` an outage waits like the rest."""
    said = support.respond(facts("the website is down"), policy(), support.Options(urgent=()))
    assert isinstance(said, Draft) and said.urgency == 0


@pytest.mark.parametrize("text", ["please deliver to the back door", "could you send me the invoice", "please call me"])
def test_a_mere_request_is_told_no_sorrow(text: str) -> None:
    """Nothing went wrong, so nobody is sorry, though it is about delivery or billing."""
    draft = _draft(text)
    assert not any(word in one.text.lower() for one in draft.texts[:2] for word in SORRY)
    assert "request" in draft.message


def test_no_wording_asks_for_a_persons_data_in_public() -> None:
    """Order numbers, photos and names belong into the private channel, card details and passwords nowhere."""
    asked = ("order number", "details", "password", "photo", "name on")
    for variant in policy().wording["support"]:
        for text in (variant.text, variant.short or ""):
            assert "{{ contact }}" in text or not any(word in text for word in asked), text


def test_support_is_never_automatic() -> None:
    """A complaint is for people."""
    assert not _draft("my pen broke").auto


def test_mixed_feelings_get_a_person_and_no_apology() -> None:
    """Praise that names a problem is no complaint."""
    assert isinstance(
        support.respond(facts("thank you for fixing my broken pen, you are great"), policy(), support.Options()), Pass
    )


@pytest.mark.parametrize(
    "text",
    [
        "My nan loved your pens, we buried her with one, thank you",
        "Best pen to stab someone with, love it",
        "Love the new dents on my desk, great job",
    ],
)
def test_praise_beside_a_grave_a_knife_or_damage_is_not_thanked(text: str) -> None:
    """Each was in the auto band."""
    assert decided(f"@fernhill {text}").action == "escalate"
