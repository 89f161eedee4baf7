"""The key `o`: an offer is given by the open reply, with a reason, and its code is not shown before it has to be."""

from io import StringIO
from pathlib import Path

import pytest

from listener.cli.review.plain import Reader
from listener.cli.review.presenter import Presenter
from listener.errors import DeskError
from tests.cli.review.club import open_club
from tests.cli.review.conftest import Sitting
from tests.cli.review.test_presenter import opened, press, undone

TROUBLE = "my parcel never arrived, it is broken"
CODE, SHOWN = "TEN-00001", "*******01"


@pytest.fixture
def shop(sitting: Sitting, home: Path) -> Sitting:
    """A review of a shop with offers."""
    return open_club(sitting, home / "config")


def test_an_offer_is_picked_and_given_with_a_reason(shop: Sitting) -> None:
    """Two questions; the footer offers the key where there is something to give."""
    (number,) = shop.world.said(TROUBLE)
    shown = shop.play()
    assert "offers that fit: sorry; o gives one" in shown and "o offer" in shown and "u undo" in shown
    shown = shop.play("o")
    assert f"Give which offer by reply {number}?" in shown and "1 sorry: 10.00 EUR, 3 left" in shown
    assert "thanks" not in shown
    shop.play("o", "1", *"third late parcel", "enter")
    assert shop.message[-1] == f"Offer sorry given by reply {number}; approve it to send"
    text = shop.world.reply(number).text or ""
    assert SHOWN in text and CODE not in text
    shown = shop.play("pagedown")
    assert CODE not in shown and "o offer" in shown


def test_the_page_names_the_coupon_and_why(shop: Sitting) -> None:
    """By whom, what it is worth, and its code masked."""
    shop.world.said(TROUBLE)
    shown = shop.play("o", "1", "1", "enter", size=(100, 50))
    assert f"coupon {SHOWN} of offer sorry, 10.00 EUR, by dana: late or lost parcel" in shown


def test_a_coupon_is_taken_out_and_left(shop: Sitting) -> None:
    """The same key asks what is to become of it."""
    (number,) = shop.world.said(TROUBLE)
    before = shop.world.reply(number).text
    shop.play("o", "1", "1", "enter", "o", "2")
    assert shop.message[-1] == f"Reply {number} unchanged" and SHOWN in (shop.world.reply(number).text or "")
    shop.play("o", "1")
    assert shop.message[-1] == f"Coupon of reply {number} taken out" and shop.world.reply(number).text == before


def test_it_is_undone_as_any_act(shop: Sitting) -> None:
    """The coupon is free again; taking it out is not undone."""
    (number,) = shop.world.said(TROUBLE)
    before, presenter = shop.world.reply(number).text, opened(shop)
    press(presenter, "o", "sorry\nour mistake")
    assert undone(presenter) == f"Reply {number}: coupon taken out"
    assert shop.world.reply(number).text == before
    press(presenter, "o", "sorry\nour mistake")
    press(presenter, "o", "take it out")
    assert "its coupon was taken out; o gives another one" in undone(presenter)


def test_a_draft_without_text_gets_the_offer_alone(shop: Sitting) -> None:
    """An escalation too; undone, it is one again."""
    (number,) = shop.world.said("you will hear from my lawyer")
    presenter = opened(shop)
    press(presenter, "o", "sorry\nour mistake")
    assert (shop.world.reply(number).text or "").startswith("As an apology, *******01")
    undone(presenter)
    assert shop.world.reply(number).state == "escalated"


def ask(presenter: Presenter) -> str:
    """Press o and be refused."""
    with pytest.raises(DeskError) as refusal:
        press(presenter, "o", "")
    return str(refusal.value)


def test_who_had_the_offer_is_refused_with_the_reason(shop: Sitting) -> None:
    """Nothing is offered in the footer."""
    first, second = shop.world.said(TROUBLE, TROUBLE, author_id="ada", author_handle="ada")
    presenter = opened(shop)
    press(presenter, "o", "sorry\nour mistake")
    presenter.at = 1
    presenter.open()
    assert presenter.selected is not None and presenter.selected.id == second and presenter.fitting_keys() == ()
    assert f"sorry: the author has it already, by reply {first}; thanks: offer thanks is for members" in ask(presenter)


def test_without_offers_the_key_does_nothing(sitting: Sitting) -> None:
    """The footer stays as it was."""
    sitting.world.said(TROUBLE)
    shown = sitting.play("o")
    assert "no offer can be given by reply 1; `earshot offer list` shows the offers" in sitting.message[-1]
    assert "  o offer" not in shown and "z snooze" in shown and "? all keys" in shown


def test_a_text_to_post_by_hand_has_the_code(shop: Sitting) -> None:
    """Only there, and it is logged who looked."""
    (number,) = shop.world.said(TROUBLE, can_reply=False, url="https://social.example/7")
    shown = shop.play("o", "1", "1", "enter", "a", "b", size=(100, 40))
    assert CODE in shown
    assert [event.by for event in shop.world.events(number) if event.what == "code_shown"] == ["dana"]
    shown = shop.play("escape", size=(100, 50))
    assert CODE not in shown


def test_an_answer_that_is_no_choice_changes_nothing(shop: Sitting) -> None:
    """Typed where a digit was asked for."""
    (number,) = shop.world.said(TROUBLE)
    before = shop.world.reply(number)
    with pytest.raises(DeskError, match="is not one of the choices"):
        press(opened(shop), "o", "nothing of these")
    assert shop.world.reply(number) == before


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_footer_keeps_to_its_width(shop: Sitting, width: int) -> None:
    """What is needed rarely gives way, undo and help stay."""
    shop.world.said(TROUBLE)
    (foot,) = shop.play(size=(width, 24)).splitlines()[-1:]
    assert len(foot) <= width and foot.endswith("? all keys") and "o offer" in foot and foot.startswith("a approve")


def test_plain_gives_an_offer_line_by_line(
    shop: Sitting, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same questions, read out; the code is not."""
    (number,) = shop.world.said(TROUBLE)
    monkeypatch.setattr("sys.stdin", StringIO("o\n1\nthird late parcel\no\n2\nq\n"))
    with shop.presenter() as presenter:
        Reader(presenter).run()
    said = capsys.readouterr().out
    assert "offers that fit: sorry; o gives one." in said and f"Give which offer by reply {number}?" in said
    assert "Why give sorry? Praise does not count" in said
    assert f"Offer sorry given by reply {number}; approve it to send." in said
    assert f"coupon {SHOWN} of offer sorry, 10.00 EUR, by dana: third late parcel." in said and CODE not in said
    assert f"Reply {number} unchanged." in said
