"""Texts from replies.toml: render variants with their variables, choose the first that fits, and list faults. Pure.

Templates see data only: the policy's variables, the brand's name, and the text of a fact of the fact sheet. A mention's
text, handle or display name never reaches one, so nothing a stranger typed can be echoed or run.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING
from zlib import crc32

from listener.model import CandidateText, Draft, MentionSignals, Preview
from listener.particulars import PLACEHOLDERS, Texts, Wordings, find_given, find_used, sort_variants
from listener.policy import PART, Fact, Policy, Variant

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment


Rank = Callable[[frozenset[str]], int | None]


_Rendered = tuple[Wordings, ...]
_CACHE: dict[tuple[int, str, str | None, bool], tuple[Policy, _Rendered]] = {}
_CACHE_SIZE = 500  # kinds and facts whose rendered texts are remembered

SAMPLE = Fact("", "fact", "source", "", date.min, date.max, link="link")  # for texts that state a fact
_LINK = re.compile(
    r"(?:https?://|www\.)([\w.-]+\w)|(?<![@\w.-])((?:[a-z0-9-]+\.)+[a-z]{2,18})(?![\w.-]*@)\b", re.IGNORECASE
)
_PRIVATE_MESSAGE = re.compile(
    r"\b(?i:(?:direct|private)\s+messages?|message\s+us\s+(?:directly|privately))\b|\bDMs?\b|\bPM us\b"
)
_SPACES = re.compile(r"[ \t]{2,}")
_NO_HOSTS = frozenset({"e.g", "i.e", "a.m", "p.m", "vs", "u.s"})


@cache
def environment() -> "ImmutableSandboxedEnvironment":
    """Build it when the first text is rendered: a command that renders none does not pay for the import."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)  # plain text


@lru_cache(maxsize=2048)  # more than a policy has texts: `check` reads each several times, one after the other
def template(source: str) -> "Template":
    return environment().from_string(source)


@lru_cache(maxsize=2048)
def _render(source: str, variables: tuple[tuple[str, str], ...]) -> str:
    return _SPACES.sub(" ", template(source).render(dict(variables))).strip()


def template_variables(policy: Policy, fact: Fact | None = None, *, is_private: bool = False) -> dict[str, str]:
    """Return what a template may use: variables (is_private: of [private]), brand, statement, source and link."""
    of_fact = {"statement": fact.statement, "source": fact.source, "link": fact.link or ""} if fact else {}
    private = policy.private_variables if is_private else {}
    return {**policy.variables, **private, "brand": policy.brand.name, **of_fact}


def asks_for_private_message(text: str) -> bool:
    """Return True when a text asks for a direct message: no answer to who has just written one."""
    return _PRIVATE_MESSAGE.search(text) is not None


def candidates(
    kind: str, signals: MentionSignals, policy: Policy, fact: Fact | None = None, rank: Rank | None = None
) -> tuple[CandidateText, ...]:
    """Return the wordings of a kind that suit a mention, in the order to try, each followed by its short form.

    rank: from the cues of a `when`, what comes first (the least), or None for what does not suit; without it, a variant
    with `when` comes only when one of those cues hit, and then before those without. Within a rank, texts that ask for
    what the mention gives come last, and those that name what it is about first. Then what was least used today comes
    first, since platforms hunt for repetition; else the order is rotated by the mention's id, so that the same mention
    gets the same text. A private mention gets no wording that asks for a direct message. Raises nothing for a sound
    config.
    """
    cues, given = signals.cues, find_given(signals.cues, signals.mention.attachments)
    ranked: dict[tuple[int, bool, bool], list[Texts]] = {}
    for group in render_kind(kind, policy, fact, signals.mention.is_private):
        place = rank(group.when) if rank else 1 if not group.when else None if group.when.isdisjoint(cues) else 0
        if place is None:
            continue
        for part in group.by_asks if given else group.parts:
            order = (place, not given.isdisjoint(part.asks), not part.nouns)
            ranked.setdefault(order, []).extend(part.print_nouns(cues) if part.nouns else part.texts)
    mention = signals.mention.id
    used = _find_used_today(kind, signals.history.variants_today)
    groups = (_put_in_order(ranked[place], mention, used) for place in sorted(ranked))
    return tuple(chain.from_iterable(chain.from_iterable(groups)))


@lru_cache(maxsize=256)
def _find_used_today(kind: str, variants_today: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.partition("/")[2] for name in variants_today if name.startswith(f"{kind}/"))


def render_kind(kind: str, policy: Policy, fact: Fact | None, is_private: bool) -> _Rendered:
    """Render the variants of a kind, or take them from the cache (a policy has dicts, so its identity is the key)."""
    key = (id(policy), kind, fact.id if fact else None, is_private)
    cached = _CACHE.get(key)
    if cached is None or cached[0] is not policy:
        if len(_CACHE) > _CACHE_SIZE:
            _CACHE.clear()
        values = tuple({**template_variables(policy, fact, is_private=is_private), **PLACEHOLDERS}.items())
        groups: dict[frozenset[str], list[tuple[Texts, frozenset[str]]]] = {}
        for variant in policy.wording.get(kind, ()):
            if texts := _keep_suitable(_render_variant(variant, values), is_private):
                groups.setdefault(frozenset(variant.when), []).append((texts, find_used(variant.text)))
        rendered = tuple(sort_variants(when, group) for when, group in groups.items())
        _CACHE[key] = cached = (policy, rendered)
    return cached[1]


def _keep_suitable(texts: Texts, is_private: bool) -> Texts:
    """Leave out the texts that ask for a direct message, where the mention is one."""
    return tuple(text for text in texts if not is_private or not asks_for_private_message(text.text))


def rotate(variants: Sequence[Texts], mention: str) -> list[Texts]:
    """Return the variants from the one on that a mention's id selects: the same mention gets the same."""
    first = crc32(mention.encode("utf-8", "replace")) % len(variants) if variants else 0
    return [*variants[first:], *variants[:first]]


def _put_in_order(variants: list[Texts], mention: str, used: frozenset[str]) -> list[Texts]:
    """Rotate the variants, those least used before: as a whole, then by how often their parts were."""
    rotated = rotate(variants, mention)
    if not used:
        return rotated
    uses = _count_uses(used)
    return sorted(rotated, key=lambda texts: uses[texts[0].variant])


class _Uses(dict[str, tuple[bool, int]]):
    """Whether a variant was used today, and how often its parts were, counted when it is first asked for."""

    def __init__(self, used: frozenset[str]) -> None:
        self._used = used
        self._parts = Counter(part for name in used for part in split_parts(name))

    def __missing__(self, name: str) -> tuple[bool, int]:
        count = self[name] = (name in self._used, sum(self._parts[part] for part in split_parts(name)))
        return count


_count_uses = lru_cache(maxsize=16)(_Uses)


@lru_cache(maxsize=2048)
def split_parts(variant: str) -> tuple[tuple[str, int, str], ...]:
    """Return the parts of a variant's text: "status:0:2" has the first of its first parts and the third of its second.

    Each with the variant and its place; empty for a text in one piece.
    """
    base, *numbers = variant.split(PART)
    return tuple((base, place, number) for place, number in enumerate(numbers))


def _render_variant(variant: Variant, values: tuple[tuple[str, str], ...]) -> Texts:
    sources = (variant.text,) if variant.short is None else (variant.text, variant.short)
    return tuple(CandidateText(variant.id, _render(source, values)) for source in sources)


def first_fitting(draft: Draft, preview: Callable[[str], Preview]) -> tuple[CandidateText, Preview] | None:
    """Return the first candidate whose preview fits the platform, with that preview; None without one."""
    pairs = ((candidate, preview(candidate.text)) for candidate in draft.texts)
    return next((pair for pair in pairs if pair[1].fits), None)


def disallowed_hosts(text: str, policy: Policy) -> tuple[str, ...]:
    """Return the hosts in a text that the policy's allow-list does not name; a bare example.com counts as a link."""
    return tuple(host for host in linked_hosts(text) if not _is_allowed(host, policy.link_hosts))


def linked_hosts(text: str) -> tuple[str, ...]:
    """Return the hosts that a text links to, without duplicates."""
    unique = dict.fromkeys((full or bare).lower() for full, bare in _LINK.findall(text))
    return tuple(host for host in unique if host not in _NO_HOSTS)


def _is_allowed(host: str, allowed: tuple[str, ...]) -> bool:
    host = host.removeprefix("www.")
    names = (name.lower().removeprefix("www.") for name in allowed)
    return any(host == name or host.endswith("." + name) for name in names)


AGENT = "agent"  # in a saved reply: the name of who inserts it


def render_saved_replies(
    policy: Policy, kind: str | None, agent: str, *, is_private: bool = False
) -> tuple[CandidateText, ...]:
    """Return the saved replies for a kind, with their variables filled in; all of them without a kind."""
    values = tuple({**template_variables(policy, is_private=is_private), AGENT: agent}.items())
    replies = (reply for reply in policy.saved_replies if kind is None or not reply.kinds or kind in reply.kinds)
    return tuple(CandidateText(reply.id, _render(reply.text, values)) for reply in replies)
