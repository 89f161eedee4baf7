"""Values for tests: a policy like the starter's, mentions and facts, each with what a test changes."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from listener import lexicon
from listener.model import Decision, Facts, History, Mention, Preview, Responder
from listener.policy import Brand, Fact, Policy, Responding, Variant
from listener.triage.decide import decide
from listener.triage.facts import Ears

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CONFIG = Path(__file__).parent.parent / "config"
DATA = Path(__file__).parent.parent.parent / "shared" / "data"


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((CONFIG / f"{name}.toml").read_text(encoding="utf-8"))


def _fact(entry: dict[str, Any]) -> Fact:
    return Fact(**entry | {key: tuple(entry.get(key, ())) for key in ("claims", "questions")})


def _variant(entry: dict[str, Any]) -> Variant:
    return Variant(**entry | {"when": tuple(entry.get("when", ()))})


def _responding(kind: str, table: dict[str, Any]) -> Responding:
    options = {key: value for key, value in table.items() if key not in ("auto", "due")}
    return Responding(kind, options=import_module(f"responders.{kind}").Options(**options))


@cache
def _starter() -> Policy:
    told, replies = _toml("policy"), _toml("replies")
    own = told.get("cues", {})
    return Policy(
        brand=Brand(told["brand"]["name"], tuple(told["brand"]["terms"]), tuple(told["brand"]["handles"])),
        languages=tuple(told["languages"]),
        responders=tuple(_responding(kind, table) for kind, table in told["responders"].items()),
        facts=tuple(_fact(entry) for entry in _toml("factsheet")["fact"]),
        wording={kind: tuple(map(_variant, texts)) for kind, texts in replies.items() if kind != "variables"},
        variables=replies["variables"],
        links=tuple(told["links"]["allow"]),
        lexicon=lexicon.valence() | told.get("lexicon", {}),
        cues={cue: (*words, *own.get(cue, ())) for cue, words in lexicon.cues().items()},
    )


def policy(**changes: Any) -> Policy:
    """The starter's policy, read plainly from config/, with changes."""
    return replace(_starter(), **changes)


def responders(told: Policy | None = None) -> dict[str, Responder]:
    """The modules of a policy's responders, by kind."""
    return {one.kind: import_module(f"responders.{one.kind}") for one in (told or policy()).responders}


def mention(text: str, **changes: Any) -> Mention:
    """A fresh mention of the brand in English."""
    base: dict[str, Any] = {"platform": "memory", "id": "1", "author_id": "u1", "created_at": NOW, "aged_from": NOW}
    base |= {"interaction_id": "1", "conversation_id": "c1", "author_handle": "ada", "lang": "en"}
    return Mention(text=text, **base | changes)


def old(days: float) -> datetime:
    """The time so many days before NOW."""
    return NOW - timedelta(days=days)


@cache
def ears() -> Ears:
    """The ears of the starter's policy; building them costs 50 ms."""
    return Ears(policy())


def facts(text: str, history: History | None = None, **changes: Any) -> Facts:
    """The facts of a mention, under the starter's policy."""
    return ears().facts(mention(text, **changes), history or History(), NOW)


def decided(text: str, history: History | None = None, **changes: Any) -> Decision:
    """What the starter's policy decides on a mention."""
    return decide(facts(text, history, **changes), policy(), responders())


def preview(text: str, limit: int = 280) -> Preview:
    """A platform that counts characters."""
    return Preview(text, len(text), limit)
