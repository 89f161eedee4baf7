"""Thank-yous fit how something was said."""

import pytest

from listener.intake.praised import rank_thanks
from listener.wording import candidates
from tests.factories import decided, facts, policy


@pytest.mark.parametrize(
    ("text", "variant"),
    [
        ("thanks!", "welcome"),
        ("thank you so much", "welcome"),  # warm thanks are thanks
        ("great, thanks!", "welcome"),  # nothing is praised
        ("thank you 😊", "welcome"),
        ("great paper, thanks!", "praised|glad"),
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


@pytest.mark.parametrize(
    ("text", "is_thanked"),
    [
        ("thank you for your hard work", True),
        ("thank you for all your hard work on ruining my day", False),
        ("love you ❤", True),
        ("my new lamp ❤", True),
        ("😊😊😊", True),
        ("model 7 plus 😊", False),
        ("order 123 arrived 😊", True),
        ("thanks, 1899 it is", False),  # what we asked for
        ("thank you, much appreciated. We wait at the till for 90 minutes now", False),
        ("once again great service in town, thank you", True),
        ("the new pen is better than I expected, lovely", True),
        ("lovely people at the genius bar, thanks", True),
    ],
)
def test_what_is_praise_and_what_is_not(text: str, is_thanked: bool) -> None:
    """Of smiles only a heart speaks for the words beside it; work may be hard without irony; a number is no praise."""
    assert (decided(f"@fernhill {text}").kind == "thank_you") is is_thanked


@pytest.mark.parametrize(
    ("text", "is_thanked"),
    [
        ("100% natural beautiful gem of a pen by the best maker, only 9 pounds via @fernhill", False),
        ("beautiful pen via @fernhill thank you", False),  # thanks to whoever wrote it
        ("@fernhill the card says beautiful things, thank you", True),  # said to us
    ],
)
def test_what_is_passed_on_is_no_praise(text: str, is_thanked: bool) -> None:
    """A listing or a headline praises what it shows, with a link or without."""
    assert (decided(text).kind == "thank_you") is is_thanked
