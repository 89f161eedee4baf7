"""The platform's tag, unless the script contradicts it; else a detector of few languages."""

import csv
import time

import pytest

from listener.intake.language import language, tagged
from tests.factories import DATA


@pytest.mark.parametrize(
    ("tag", "code"),
    [("en", "en"), ("pt-BR", "pt"), ("zh_CN", "zh"), ("in", "id"), ("iw", "he"), ("EN", "en"), (None, None), ("", None)]
    + [(none, None) for none in ("und", "qme", "qst", "qht", "zxx", "art", "x1")],
)
def test_tags_of_platforms(tag: str | None, code: str | None) -> None:
    """Regions go, old codes are renewed, and X's tags for no language name none."""
    assert tagged(tag) == code


@pytest.mark.parametrize(
    ("text", "tag", "code"),
    [
        ("thanks!", None, "en"),
        ("the driver was late again and nobody answers the phone", None, "en"),
        ("muchas gracias por la ayuda con mi pedido", None, "es"),
        ("die Lieferung war leider nicht da und ich bin sauer", None, "de"),
        ("la consegna non è mai arrivata, che vergogna", None, "it"),
        ("merci beaucoup pour votre aide, c'est super", None, "fr"),
        ("obrigado pela ajuda com o meu pedido, vocês são ótimos", None, "pt"),
        ("شكرا جزيلا على المساعدة", "en", "ar"),
        ("спасибо большое за помощь", "en", "ru"),
        ("ありがとうございます", None, "ja"),
        ("감사합니다", "en", "ko"),
        ("yeh bahut accha hai bhai", "hi", "hi"),
        ("gracias por todo", "es", "es"),
        ("😀😀", None, "und"),
        ("😀😀", "ar", "ar"),
        ("12345", None, "und"),
        ("", None, "und"),
        ("hm", "qst", "und"),
        ("café was nice, thank you", "en", "en"),
    ],
)
def test_language_of(text: str, tag: str | None, code: str) -> None:
    """The tag stands where the script allows it; without one, the words tell."""
    assert language(text, tag) == code


@pytest.mark.parametrize(("code", "least"), [("en", 0.97), ("fr", 0.97), ("es", 0.97), ("it", 0.9), ("pt", 0.9)])
def test_real_texts_without_a_tag(code: str, least: float) -> None:
    """Short posts, handles and all, are mostly told right."""
    path = DATA / "languages_dev.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not here: it may not be shipped")
    with path.open(encoding="utf-8", newline="") as file:
        texts = [row["text"].replace("@user", "") for row in csv.DictReader(file) if row["lang"] == code]
    start = time.perf_counter()
    right = sum(language(text) == code for text in texts)
    assert right / len(texts) >= least
    assert (time.perf_counter() - start) / len(texts) < 0.002
