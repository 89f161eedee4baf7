"""Word lists as data: cues, what words are worth to VADER, profanity, look-alike letters. Only settings calls this.

A phrase is words separated by blanks; `*` at a word's end stands for any letters, alone for any one word (never the
first), `<good>` for each word of that class (classes.toml), so that a rule is about language and not about examples.
No regular expressions: what an operator writes is matched literally and in bounded time.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LISTS = ("cues.toml", "classes.toml")  # lists of phrases and nothing else
# cues whose lists lie in profanity.toml, because they are not for everybody's eyes
_PROFANITY = {"profanity": "words", "swearing": "mild", "profane_stem": "stems", "profane_innocent": "innocent"}
_LIST = re.compile(r"^(\w+) = \[([^]]*)\]", re.MULTILINE)
_PHRASE = re.compile(r'"([^"]*)"')


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


@cache
def _table(name: str) -> dict[str, Any]:
    """A file of tables; or of lists of phrases alone, which tomllib would read for 15 ms of each command's start."""
    if name not in LISTS:
        return tomllib.loads(_read(name))
    return {key: _PHRASE.findall(body) for key, body in _LIST.findall(_read(name))}


@cache
def _cues() -> dict[str, tuple[str, ...]]:
    shipped = {name: tuple(phrases) for name, phrases in _table("cues.toml").items()}
    profane = _table("profanity.toml")
    shipped |= {cue: tuple(profane[key]) for cue, key in _PROFANITY.items()}
    shipped["english"] = tuple(_read("english.txt").split())
    shipped["classes"] = tuple(f"{name} {word}" for name, words in _table("classes.toml").items() for word in words)
    return shipped | {
        "lookalike_letters": tuple(f"{seen} {letter}" for seen, letter in profane["lookalike_letters"].items())
    }


def cues() -> dict[str, tuple[str, ...]]:
    """Name of the cue -> its phrases. A new dict at each call."""
    return dict(_cues())


def valence() -> dict[str, float]:
    """Word -> VADER valence (-4..4); 0.0 takes the word out of the score. A new dict at each call."""
    return {word: float(value) for word, value in _table("valence.toml")["valence"].items()}


def fault(phrase: str) -> str | None:
    """What is wrong with a phrase of the operator's, in words; None when nothing is."""
    words = phrase.split()
    if not words:
        return "the phrase is empty"
    if words[0] == "*":
        return "the first word is a bare `*`"
    if any("*" in word[:-1] for word in words):
        return "`*` stands only at a word's end"
    if strange := [word for word in words if word[0] + word[-1] == "<>" and word[1:-1] not in _table("classes.toml")]:
        return f"there is no class {strange[0]}"
    return None
