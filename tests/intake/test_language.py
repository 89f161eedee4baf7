"""The platform's tag, unless the script contradicts it; else a detector of few languages."""

import csv
import time

import pytest

from listener.intake.language import language, tagged
from tests.factories import DATA, decided, ears


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
    assert language(text, tag, ears().english) == code


@pytest.mark.parametrize(("code", "least"), [("en", 0.97), ("fr", 0.97), ("es", 0.97), ("it", 0.9), ("pt", 0.9)])
def test_real_texts_without_a_tag(code: str, least: float) -> None:
    """Short posts, handles and all, are mostly told right."""
    path = DATA / "languages_dev.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not here: it may not be shipped")
    with path.open(encoding="utf-8", newline="") as file:
        texts = [row["text"].replace("@user", "") for row in csv.DictReader(file) if row["lang"] == code]
    language("la consegna", None, ears().english)  # the detector is loaded once
    start = time.perf_counter()
    right = sum(language(text, None, ears().english) == code for text in texts)
    assert right / len(texts) >= least
    assert (time.perf_counter() - start) / len(texts) < 0.002


@pytest.mark.parametrize(
    "text",
    [
        "bahut accha service hai thank you", "bhai delivery abhi tak nahi aayi", "aap log best ho yaar, love you",
        "mast product hai, maza aa gaya", "super service anna, romba nandri", "chala bagundi service, thanks andi",
        "khub bhalo service, dhonnobad", "kiddan paaji, vadiya kam kita tusi", "shukran jazilan, el service kan helw",
        "spasibo bolshoe za pomosch, vse super", "efxaristo poli, eiste telioi", "arigatou gozaimasu, best desu",
        "dank jullie wel voor de snelle hulp, top", "tesekkurler cok guzel olmus", "obrigada 😍😍", "gracias!",
        "terima kasih banyak, pelayanan mantap", "salamat po sa mabilis na delivery, ang galing", "terima kasih 😍",
        "dziekuje bardzo za pomoc, super obsluga", "tack for hjalpen, ni ar bast", "kiitos paljon, loistava palvelu",
        "koszonom szepen, nagyon szuper", "multumesc mult, foarte bun serviciu", "asante sana kwa huduma nzuri",
        "cam on rat nhieu, dich vu rat tot", "diolch yn fawr, gwych", "baie dankie, julle is great",
        "top service merci", "super, danke!", "love from pakistan bohat acha product hai",
    ],
)  # fmt: skip
def test_praise_in_another_language_without_a_tag_reaches_a_person(text: str) -> None:
    """Also in letters that are not its own, and with an English word or a heart among it."""
    assert (decided(text, lang=None).action, decided(text, lang=None).rule) == ("escalate", "language")


@pytest.mark.parametrize("name", ["airline_dev", "sarcasm_dev"])
def test_english_without_a_tag_stays_english(name: str) -> None:
    """Names of places and people, slang and misspelling are no other language."""
    path = DATA / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not here: it may not be shipped")
    with path.open(encoding="utf-8", newline="") as file:
        texts = [row["text"].partition(" ")[2] for row in csv.DictReader(file)][::5]
    assert sum(language(text, None, ears().english) == "en" for text in texts) / len(texts) > 0.97
