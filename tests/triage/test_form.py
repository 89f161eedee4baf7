"""The form of a complaint decides between an apology for what happened and a word on an opinion."""

import pytest

from listener.triage.form import FORMS, find_forms, has_case
from tests.factories import apologizes, decided, facts, policy


@pytest.mark.parametrize(
    "text",
    [
        "the new logo with the owl in the middle of it is a disgrace",
        "you are the worst stationer in the whole country and everybody knows it",
        "why do you make the lids so ugly",
        "so a bundle of three is ten pounds and a single one is nine, cruel",
        "wooden lids, no wonder you look like every other stationer these days, pathetic really",
    ],
)
def test_an_opinion_of_us_gets_no_apology_for_what_did_not_happen(text: str) -> None:
    """Nobody can look into it with its author; it is heard and passed on, and the way to us is open."""
    draft = decided(f"@fernhill {text}").draft
    assert draft is not None and draft.texts[0].variant.split(":")[0] == "feedback"
    assert not apologizes(draft.texts[0].text)


@pytest.mark.parametrize(
    "text",
    [
        "my lid came off in my bag, pathetic",  # one's own
        "the lid came off after two days, pathetic",  # it lasts
        "the website is a disgrace",  # a category
        "nothing works in your shop, a disgrace",  # it keeps from something
        "i cant open the lid, and that's pathetic of you",
        "order AB12345 is a disgrace",
        "paid for express and got nothing. Absolute joke of a company",  # its author leaves themselves out
        "Awful. Told to come at 9, then at 12, then at 5",
        "absolutely livid. Disgraceful, shameful, appalling company with no decency",  # fury is owed an apology
        "please do something about these awful lids",
    ],
)
def test_what_somebody_can_look_into_is_a_case(text: str) -> None:
    """Beside a matter, a span of time, a number, a request, or words about oneself."""
    signals = facts(f"@fernhill {text}")
    assert has_case(signals) and "feedback" not in find_forms(signals)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("WTF", "brief"),
        ("you are useless", "brief"),
        ("the lid is broken", ""),  # few words that tell all the same
        ("why is my lid broken?", "question"),
        ("fix your website, damn it", ""),
        ("why are the lids so ugly?", "question"),
    ],
)
def test_few_words_ask_for_more_only_where_they_tell_nothing(text: str, form: str) -> None:
    """A curse tells nothing; what is broken is told."""
    forms = find_forms(facts(f"@fernhill {text}"))
    assert form in forms if form else not forms


def test_each_form_has_a_wording() -> None:
    """A form without a wording would be found for nothing."""
    named = {cue for variant in policy().wording["support"] for cue in variant.when}
    assert named >= FORMS
