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
FORMS = (
    "brief", "plain_question", "topic", "asked", "matter", "event", "praised",
    "asks_how", "asks_when", "asks_where", "asks_who", "asks_price", "asks_why", "asks_events", "asks_done",
    "asks_deed", "asks_fact",
)  # fmt: skip
_LIST = re.compile(r"^(\w+) = \[([^]]*)\]", re.MULTILINE)
_PHRASE = re.compile(r'"([^"]*)"')


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


@cache
def _table(name: str) -> dict[str, Any]:
    """Read a file of tables, or of lists of phrases alone (tomllib would take 15 ms of each command's start)."""
    if name not in LISTS:
        return tomllib.loads(_read(name))
    return {key: _PHRASE.findall(body) for key, body in _LIST.findall(_read(name))}


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
    words = phrase.split()
    if not words:
        return "the phrase is empty"
    if words[0] == "*":
        return "the first word is a bare `*`"
    if any("*" in word[:-1] for word in words):
        return "`*` is allowed only at a word's end"
    if strange := [word for word in words if word[0] + word[-1] == "<>" and word[1:-1] not in _table("classes.toml")]:
        return f"there is no class {strange[0]}"
    return None
