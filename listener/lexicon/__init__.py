"""Load the word lists: cues, valences for VADER, profanity, look-alike letters. Only settings calls this.

A phrase is words separated by blanks; `*` at a word's end stands for any letters, alone for any one word (never the
first), `<good>` for each word of that class (classes.toml), so that a rule is about language and not about examples.
No regular expressions: what an operator writes is matched literally and in bounded time.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LISTS = ("cues.toml", "needs.toml", "topics.toml", "classes.toml", "synonyms.toml")  # lists of phrases and nothing else
# cues whose lists are in profanity.toml, because not everybody wants to read them
_PROFANITY = {"profanity": "words", "swearing": "mild", "profane_stem": "stems", "profane_innocent": "innocent"}
# cues without phrases that a wording may name: they are read from the text itself
FORMS = ("brief", "plain_question", "topic", "matter", "event", "praised")
MEANT = " : "  # between phrases and what must stand around them; a list's name may carry it for all its phrases
_LIST = re.compile(r'^"?(\w+)(?: : ([^"]+))?"? = \[([^]]*)\]', re.MULTILINE)
_CONDITION = re.compile(r"(?:not )?(?:then|after|by|with) [^\s*]+\*?(?: or [^\s*]+\*?)*")
_PHRASE = re.compile(r'"([^"]*)"')


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


@cache
def _table(name: str) -> dict[str, Any]:
    """Read a file of tables, or of lists of phrases alone (tomllib would take 15 ms of each command's start)."""
    if name not in LISTS:
        return tomllib.loads(_read(name))
    lists: dict[str, list[str]] = {}
    for key, meant, body in _LIST.findall(_read(name)):
        phrases = _PHRASE.findall(body)
        lists.setdefault(key, []).extend(f"{phrase}{MEANT}{meant}" if meant else phrase for phrase in phrases)
    return lists


@cache
def _cues() -> dict[str, tuple[str, ...]]:
    shipped = {
        name: tuple(phrases)
        for name, phrases in (_table("cues.toml") | _table("needs.toml") | _table("topics.toml")).items()
    }
    profane = _table("profanity.toml")
    shipped |= {cue: tuple(profane[key]) for cue, key in _PROFANITY.items()}
    shipped["english"] = tuple(_read("english.txt").split())
    for lists in ("classes", "synonyms"):
        shipped[lists] = tuple(f"{name} {word}" for name, words in _table(f"{lists}.toml").items() for word in words)
    return shipped | {
        "lookalike_letters": tuple(f"{seen} {letter}" for seen, letter in profane["lookalike_letters"].items())
    }


def cues() -> dict[str, tuple[str, ...]]:
    """Return name of the cue -> its phrases, in a new dict."""
    return dict(_cues())


def valence() -> dict[str, float]:
    """Return word -> VADER valence (-4..4), in a new dict; 0.0 removes the word from the score."""
    return {word: float(value) for word, value in _table("valence.toml")["valence"].items()}


def fault(phrase: str) -> str | None:
    """Return what is wrong with a phrase of the operator's; None if it is valid."""
    if MEANT in phrase:
        return "only phrases of `need_*` may carry conditions (` : `)"
    return _find_fault(phrase.split())


def need_fault(phrase: str) -> str | None:
    """Return what is wrong with a phrase of a need, which may carry conditions; None if it is valid."""
    words, colon, conditions = phrase.partition(MEANT)
    if not colon:
        return fault(phrase)
    wrong = next((text for text in conditions.split("; ") if not _CONDITION.fullmatch(text)), None)
    if wrong is not None:
        return f"{wrong!r} is not a condition such as `then you or <n>`"
    return _find_fault(words.split()) or _find_strange(conditions.split())


def _find_fault(words: list[str]) -> str | None:
    if not words:
        return "the phrase is empty"
    if words[0] == "*":
        return "the first word is a bare `*`"
    if any("*" in word[:-1] for word in words):
        return "`*` is allowed only at a word's end"
    return _find_strange(words)


def _find_strange(words: list[str]) -> str | None:
    classes = _table("classes.toml")
    strange = (word for word in words if word[0] + word[-1] == "<>" and word[1:-1] not in classes)
    return next((f"there is no class {word}" for word in strange), None)
