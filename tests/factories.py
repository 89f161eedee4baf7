"""Values for tests: a policy like the starter's, mentions and facts, each with what a test changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from listener.model import Decision, History, Mention, MentionSignals, Preview
from listener.platforms import memory
from listener.policy import Policy
from listener.protocols import ItemAuthor, Responder
from listener.settings import read_policy
from listener.settings.policy import POLICY_FILES
from listener.triage.decide import decide
from listener.triage.signals import SignalExtractor

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CONFIG = Path(__file__).parent.parent / "config"
DATA = Path(__file__).parent.parent.parent / "shared" / "data"


@cache
def _starter() -> Policy:
    return read_policy({name: (CONFIG / name).read_text(encoding="utf-8") for name in POLICY_FILES})


def policy(**changes: Any) -> Policy:
    """The starter's policy, as settings reads it, with changes."""
    return replace(_starter(), **changes)


def responders(told: Policy | None = None) -> dict[str, Responder]:
    """The modules of a policy's responders, by kind."""
    return {one.kind: import_module(f"responders.{one.kind}") for one in (told or policy()).responders}


def mention(text: str, **changes: Any) -> Mention:
    """A fresh mention of the brand in English."""
    base: dict[str, Any] = {"platform": "memory", "id": "1", "author_id": "u1", "created_at": NOW, "age_start_at": NOW}
    base |= {"interaction_id": "1", "conversation_id": "c1", "author_handle": "ada", "lang": "en"}
    return Mention(text=text, **base | changes)


def old(days: float) -> datetime:
    """The time so many days before NOW."""
    return NOW - timedelta(days=days)


@cache
def ears() -> SignalExtractor:
    """The ears of the starter's policy; building them costs 50 ms."""
    return SignalExtractor(policy())


def facts(text: str, history: History | None = None, **changes: Any) -> MentionSignals:
    """The facts of a mention, under the starter's policy."""
    return ears().extract(mention(text, **changes), history or History(), NOW)


def decided(text: str, history: History | None = None, **changes: Any) -> Decision:
    """What the starter's policy decides on a mention."""
    return decide(facts(text, history, **changes), policy(), responders())


def apologizes(text: str) -> bool:
    """True for a reply that is sorry for something."""
    return any(word in text.lower() for word in ("sorry", "apolog"))


def preview(text: str, limit: int = 280) -> Preview:
    """A platform that counts characters."""
    return Preview(text, len(text), limit)


def author_of(platform: str, raw: str) -> ItemAuthor | None:
    """The author of a quarantined item by the memory platform's rule, whatever the platform."""
    return memory.Section.item_author(raw)
