"""Load the word lists: cues, valences for VADER, profanity, look-alike letters. Only settings calls this.

A phrase is words separated by blanks; `*` at a word's end stands for any letters, alone for any one word (never the
first), `<good>` for each word of that class (classes.toml), so that a rule is about language and not about examples;
`(very) good` and `i('m| am) late` for each of their variants (groups.py). No regular expressions: what an operator
writes is matched literally and in bounded time.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from listener.lexicon.groups import expand as expand
from listener.lexicon.groups import find_fault

OF_CUES = ("cues.toml", "guards.toml", "needs.toml", "topics.toml")  # whose lists are cues
LISTS = (*OF_CUES, "classes.toml", "synonyms.toml")  # lists of phrases and nothing else
# cues whose lists are in profanity.toml, because not everybody wants to read them
_PROFANITY = {"profanity": "words", "swearing": "mild", "profane_stem": "stems", "profane_innocent": "innocent"}
# cues without phrases that a wording may name: they are read from the text itself
FORMS = (
    "brief", "feedback", "plain_question", "topic", "asked", "matter", "event", "praised",
    "asks_how", "asks_when", "asks_where", "asks_who", "asks_price", "asks_why", "asks_events", "asks_done",
    "asks_deed", "asks_fact",
)  # fmt: skip
LETTERS = "lookalike_letters"  # the list that has no phrases
MEANT = " : "  # between phrases and what must stand around them; a list's name may carry it for all its phrases
_LIST = re.compile(r'^"?(\w+)(?: : ([^"]+))?"? = \[([^]]*)\]', re.MULTILINE)
_CONDITION = re.compile(r"(?:not )?(?:then|after|by|with) [^\s*]+\*?(?: or [^\s*]+\*?)*")
_NOT_HERE = "only phrases of `need_*` may carry conditions (` : `)"
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
        phrases = expand_all(_PHRASE.findall(body))
        lists.setdefault(key, []).extend([f"{phrase}{MEANT}{meant}" for phrase in phrases] if meant else phrases)
    return lists


def expand_all(phrases: Iterable[str]) -> list[str]:
    """Return the phrases with the variants of each in its place."""
    return [variant for phrase in phrases for variant in (expand(phrase) if "(" in phrase else (phrase,))]


@cache
def _cues() -> dict[str, tuple[str, ...]]:
    shipped = {cue: tuple(phrases) for name in OF_CUES for cue, phrases in _table(name).items()}
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


def cues_with(added: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Return the cues with phrases of the operator's behind the shipped ones; a letter may look like a bracket."""
    expanded = {name: phrases if name == LETTERS else expand_all(phrases) for name, phrases in added.items()}
    return {name: (*shipped, *expanded.get(name, ())) for name, shipped in _cues().items()}


def valence() -> dict[str, float]:
    """Return word -> VADER valence (-4..4), in a new dict; 0.0 removes the word from the score."""
    return {word: float(value) for word, value in _table("valence.toml")["valence"].items()}


def fault(phrase: str) -> str | None:
    """Return what is wrong with an operator's phrase and its groups; None if it is valid."""
    return _NOT_HERE if MEANT in phrase else _fault_of_groups(phrase)


def need_fault(phrase: str) -> str | None:
    """Return what is wrong with a phrase of a need, its groups and its conditions; None if it is valid."""
    words, colon, conditions = phrase.partition(MEANT)
    wrong = next((text for text in conditions.split("; ") if colon and not _CONDITION.fullmatch(text)), None)
    if wrong is not None:
        return f"{wrong!r} is not a condition such as `then you or <n>`"
    return _fault_of_groups(words) or _find_strange(conditions.split())


def _fault_of_groups(phrase: str) -> str | None:
    return find_fault(phrase) or next(filter(None, map(_fault_of_words, expand(phrase))), None)


def plain_fault(phrase: str) -> str | None:
    """Return what is wrong with a phrase that has no groups; a bracket in it is no letter, and means nothing."""
    if "|" in phrase:
        return "groups such as (a|b) are for [cues] alone"
    return _NOT_HERE if MEANT in phrase else _fault_of_words(phrase)


def _fault_of_words(phrase: str) -> str | None:
    words = phrase.split()
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
