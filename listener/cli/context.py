"""Give every command what it needs: settings, the store, who acts, and how a text will read on its platform.

Heavy modules are imported inside the functions, so that a command pays only for what it uses.
"""

import getpass
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from listener.errors import ConfigError, DeskError, InputError, Problem, StoreError

if TYPE_CHECKING:
    from listener.capabilities import AnnouncerModule
    from listener.desk.approve import DeskContext
    from listener.desk.showing import RenderContext
    from listener.model import CandidateText, Decision, Mention, Preview, RuleResult
    from listener.policy import Policy
    from listener.protocols import Section
    from listener.reader.score import Weights
    from listener.settings import Settings
    from listener.store.engine import Store
    from listener.store.records import Exchange, StoredDecision
    from listener.triage.route import Triage


def now() -> datetime:
    """Return the time, aware and in UTC: the one clock of the program, passed on as an argument."""
    return datetime.now(UTC)


def settings() -> "Settings":
    """Load the configuration that the environment points to. Raises ConfigError."""
    from listener import settings as rules

    loaded = rules.load(rules.find_folder(os.environ))
    if problems := _find_second_approval_problems(loaded.policy):
        raise ConfigError(problems)
    return loaded


def _find_second_approval_problems(policy: "Policy") -> list[Problem]:
    """List misspelt words of `[staff] needs_second_approval`: one would let everything pass with one approval."""
    if not policy.needs_second_approval:
        return []
    from listener.settings.schema import suggest
    from listener.triage.decide import GUARDS

    known = (
        {"announcement"}
        | {config.kind for config in policy.responders}
        | {name for name, _, _ in GUARDS}
        | set(policy.cues)
    )
    where, message = "policy.toml [staff] needs_second_approval", "is neither a kind of reply, a guard nor a cue"
    return [
        Problem(where, f"{name} {message}", suggest(name, known))
        for name in policy.needs_second_approval
        if name not in known
    ]


@contextmanager
def store(*, wait: float = 10.0) -> Iterator["Store"]:
    """Open the database that the environment points to, which must be there and current. Raises StoreError."""
    from listener.settings.environment import database_place
    from listener.store.engine import open_store

    opened = open_store(database_place(os.environ), wait=wait)
    try:
        yield opened
    finally:
        opened.close()


def learned() -> "Weights | None":
    """Return what the second reader has learned and uses; None without a database, or with nothing learned."""
    from listener.reader.in_use import read_current

    try:
        with store(wait=1.0) as opened, opened.read() as connection:
            return read_current(connection)
    except StoreError:  # no database yet, or an older one: the policy can be tried all the same
        return None


def staff(name: str | None) -> str:
    """Return who acts at the desk: --as NAME, else EARSHOT_STAFF, else the OS user. Raises InputError."""
    chosen = (name or os.environ.get("EARSHOT_STAFF") or _find_user()).strip()
    if not chosen or chosen == "policy" or not chosen.isprintable():
        raise InputError(f"{chosen!r} cannot act at the desk", "name a person with --as NAME")
    return chosen


def _find_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a passwd entry
        return f"uid-{os.getuid()}"


def previews(config: "Settings") -> Callable[[str, "Mention"], "Preview"]:
    """Return how a text will read on a mention's platform; one that is no longer configured shows it as it is."""
    from listener.model import Preview
    from listener.settings import load_platform

    known = {source.name: (load_platform(source.module).preview, source.section) for source in config.platforms}

    def preview(text: str, mention: "Mention") -> "Preview":
        if mention.platform not in known:
            return Preview(text, len(text), max(len(text), 1), link=mention.url)
        make, section = known[mention.platform]
        shown: Preview = make(text, mention, section)
        return shown

    return preview


def announcement_previews(config: "Settings") -> Callable[[str, str], "Preview"]:
    """Return how an announcement will read on a platform; it raises DeskError where none can be made."""
    from listener.capabilities import AnnouncerModule
    from listener.settings import load_platform

    able: dict[str, Callable[[str], Preview]] = {}
    for source in config.platforms:
        module: object = load_platform(source.module)
        if isinstance(module, AnnouncerModule):
            able[source.name] = partial(_preview_announcement, module, source.section)

    def preview(text: str, platform: str) -> "Preview":
        if platform not in able:
            names = ", ".join(able) or "none that is configured"
            raise DeskError(f"{platform} takes no announcements from Earshot", f"platforms that do: {names}")
        return able[platform](text)

    return preview


def _preview_announcement(module: "AnnouncerModule", section: "Section", text: str) -> "Preview":
    return module.preview_announcement(text, section)


def desk(config: "Settings", name: str | None) -> "DeskContext":
    """Return who acts, and by which policy."""
    from listener.desk.approve import DeskContext

    sections = {source.name: source.section for source in config.platforms}

    def can_whisper(mention: "Mention") -> bool:
        return mention.is_private or (mention.platform in sections and sections[mention.platform].can_whisper)

    def acts_of(platform: str) -> tuple[str, ...]:
        return sections[platform].acts if platform in sections else ()

    return DeskContext(staff(name), config.policy, previews(config), now, can_whisper, acts_of)


def view(config: "Settings", opened: "Store", name: str | None = None) -> "RenderContext":
    """Return what showing replies needs; a draft is shown as it will read when this person approves it."""
    from listener.desk.approve import needs_second_approval
    from listener.desk.showing import RenderContext

    policy, preview = config.policy, previews(config)
    signed = desk(config, name).signed if policy.signatures else str

    def explain(decided: "StoredDecision", mention: "Mention") -> Sequence["RuleResult"]:
        return trail(config, opened, decided, mention)

    def needs_second(item: "Exchange") -> bool:
        return needs_second_approval(policy, item)

    return RenderContext(preview, explain, now(), policy.holds, signed, needs_second, policy.facts, policy.club)


def trail(config: "Settings", opened: "Store", decided: "StoredDecision", mention: "Mention") -> Sequence["RuleResult"]:
    """Return the whole trail of a stored decision: decide is pure, so its misses follow from signals and policy.

    Where another version of the program decides otherwise, or the policy cannot be read any more, the stored hits.
    """
    from listener.model import RuleResult

    hits = [RuleResult(hit["rule"], hit["hit"], hit["message"], tuple(hit["words"])) for hit in decided.hits]
    try:
        again = _decide_again(_load_policy(config, opened, decided.policy_hash), decided, mention)
    except (ConfigError, LookupError, TypeError, ValueError):
        return hits
    return again.trail if again.rule == decided.rule else hits


def wordings(config: "Settings", decided: "StoredDecision", mention: "Mention") -> "Sequence[CandidateText]":
    """Return the texts that today's policy has for a stored decision, in the order to try; none if it drafts none."""
    try:
        draft = _decide_again(config.policy, decided, mention).draft
    except (LookupError, TypeError, ValueError):  # signals of another version of the program
        return ()
    return draft.texts if draft else ()


def _decide_again(policy: "Policy", decided: "StoredDecision", mention: "Mention") -> "Decision":
    """Decide once more from the stored signals."""
    from listener.settings import load_responders
    from listener.triage.decide import decide
    from listener.triage.signals import unpack

    return decide(unpack(decided.signals, mention), policy, load_responders(policy))


def _load_policy(config: "Settings", opened: "Store", policy_hash: str) -> "Policy":
    from listener.settings import read_policy
    from listener.store import policies

    if config.policy.hash == policy_hash:
        return config.policy
    with opened.read() as connection:
        texts = policies.texts(connection, policy_hash)
    if texts is None:
        raise LookupError(policy_hash)
    return read_policy(texts)


def version() -> str:
    """Return the program's version."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("earshot")
    except PackageNotFoundError:
        return "unknown"


def triage(config: "Settings") -> "Triage":
    """Return what decides: the policy, its responders and the previews."""
    from listener.settings import load_responders
    from listener.triage.route import Triage

    return Triage(config.policy, load_responders(config.policy), previews(config), version())
