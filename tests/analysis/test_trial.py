"""`earshot try` in the contract's shape."""

import json

from listener.analysis.trial import trial
from listener.model import Mention, Preview
from tests.factories import NOW, policy, preview, responders

KEYS = {"compound", "lang", "cues", "decision", "kind", "rule", "text", "auto", "trail"}


def _shown(text: str, mention: Mention) -> Preview:
    return preview(f"@{mention.author_handle} {text}" if mention.author_handle else text)


def _nothing_fits(text: str, mention: Mention) -> Preview:
    return preview(text, 5)


def test_the_shape_of_a_trial() -> None:
    """JSON, with the text that would stand there."""
    told = trial("thank you so much, great pens", policy(), responders(), _shown, lang="en", now=NOW)
    assert set(told) == KEYS and json.loads(json.dumps(told)) == told
    assert (told["decision"], told["kind"], told["auto"]) == ("draft", "thank_you", True)
    assert told["text"] and set(told["trail"][0]) == {"rule", "hit", "words", "message"}


def test_a_wording_that_fits_nowhere_calls_a_person() -> None:
    """As route would."""
    told = trial("great pens", policy(), responders(), _nothing_fits, lang="en", now=NOW)
    assert (told["decision"], told["kind"], told["text"], told["auto"], told["rule"]) == (
        "escalate", None, None, False, "no_variant_fits",
    )  # fmt: skip


def test_an_authors_handle_is_screened() -> None:
    """`--author` is a handle."""
    told = trial("great pens", policy(), responders(), _shown, lang="en", author="@fuck_you", now=NOW)
    assert told["rule"] == "profane_name"
