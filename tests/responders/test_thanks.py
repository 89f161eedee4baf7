"""Thank-yous fit how something was said."""

import pytest

from listener.intake.praised import rank_thanks
from listener.wording import candidates
from tests.factories import facts, policy


@pytest.mark.parametrize(
    ("text", "variant"),
    [
        ("thanks!", "welcome"),
        ("thank you so much", "welcome"),  # warm thanks are thanks
        ("love this so much, you are the best, thanks", "warm|team|kind|happy|glad"),
        ("nice work", "glad"),  # nobody gushes at two words
        ("your crew was so lovely, thanks", "praised"),
        ("thank you so much for the lovely surprise on my bill", "warm|team|kind|happy|glad|welcome"),
    ],
)
def test_thanks_fit_how_it_was_said(text: str, variant: str) -> None:
    """The first text is that of the warmest cue that was meant."""
    first = candidates("thank_you", facts(text), policy(), rank=rank_thanks(facts(text).cues))[0]
    assert first.variant.split(":")[0] in variant.split("|")
