"""Texts from replies.toml: render variants with their variables, choose the first that fits, and list faults. Pure.

Templates see data only: the policy's variables, the brand's name, and the text of a fact of the fact sheet. A mention's
text, handle or display name never reaches one, so nothing a stranger typed can be echoed or run.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING
from zlib import crc32

from listener.errors import Problem
from listener.intake.cues import Cues
from listener.model import CandidateText, Draft, MentionSignals, Preview
from listener.policy import Fact, Policy, ResponderConfig, Variant
from listener.triage.factsheet import FactSheet

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment

FACT_VARIABLES = ("statement", "source", "link")
FILE = "replies.toml"
_ALLOW = "add it to [links] allow, or remove it"

Texts = tuple[CandidateText, ...]  # of one variant: full, and short
_Rendered = tuple[tuple[frozenset[str], Texts], ...]  # of each variant: when, and its texts
_CACHE: dict[tuple[int, str, str | None, bool], tuple[Policy, _Rendered]] = {}
_CACHE_SIZE = 500  # kinds and facts whose rendered texts are remembered

_SAMPLE = Fact("", "fact", "source", "", date.min, date.max, link="link")  # for texts that state a fact
_LINK = re.compile(
    r"(?:https?://|www\.)([\w.-]+\w)|(?<![@\w.-])((?:[a-z0-9-]+\.)+[a-z]{2,18})(?![\w.-]*@)\b", re.IGNORECASE
)
_PRIVATE_MESSAGE = re.compile(
    r"\b(?i:(?:direct|private)\s+messages?|message\s+us\s+(?:directly|privately))\b|\bDMs?\b|\bPM us\b"
)
_SPACES = re.compile(r"[ \t]{2,}")
_NO_HOSTS = frozenset({"e.g", "i.e", "a.m", "p.m", "vs", "u.s"})


@cache
def _environment() -> "ImmutableSandboxedEnvironment":
    """Build it when the first text is rendered: a command that renders none does not pay for the import."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)  # plain text


@lru_cache(maxsize=512)
def _template(source: str) -> "Template":
    return _environment().from_string(source)


@lru_cache(maxsize=2048)
def _render(source: str, variables: tuple[tuple[str, str], ...]) -> str:
    return _SPACES.sub(" ", _template(source).render(dict(variables))).strip()


def template_variables(policy: Policy, fact: Fact | None = None, *, is_private: bool = False) -> dict[str, str]:
    """Return what a template may use: variables (is_private: of [private]), brand, statement, source and link."""
    of_fact = {"statement": fact.statement, "source": fact.source, "link": fact.link or ""} if fact else {}
    private = policy.private_variables if is_private else {}
    return {**policy.variables, **private, "brand": policy.brand.name, **of_fact}


def asks_for_private_message(text: str) -> bool:
    """Return True when a text asks for a direct message: no answer to who has just written one."""
    return _PRIVATE_MESSAGE.search(text) is not None


def candidates(
    kind: str, signals: MentionSignals, policy: Policy, fact: Fact | None = None, about: str | None = None
) -> tuple[CandidateText, ...]:
    """Return the wordings of a kind that suit a mention, in the order to try, each followed by its short form.

    A variant with `when` comes only when one of those cues hit, and then before those without; first of all come those
    whose `when` names `about`. Within, variants not used today come first, since platforms hunt for repetition; else
    the order is rotated by the mention's id, so that the same mention gets the same text. A private mention gets no
    wording that asks for a direct message. Raises nothing for a sound config.
    """
    topical: list[Texts] = []
    cued: list[Texts] = []
    plain: list[Texts] = []
    for when, texts in _render_kind(kind, policy, fact, signals.mention.is_private):
        if not when:
            plain.append(texts)
        elif about in when:
            topical.append(texts)
        elif not when.isdisjoint(signals.cues):
            cued.append(texts)
    turn = crc32(signals.mention.id.encode("utf-8", "replace"))
    used = {name.partition("/")[2] for name in signals.history.variants_today if name.startswith(f"{kind}/")}
    groups = (_put_in_order(group, turn, used) for group in (topical, cued, plain))
    return tuple(chain.from_iterable(chain.from_iterable(groups)))


def _render_kind(kind: str, policy: Policy, fact: Fact | None, is_private: bool) -> _Rendered:
    """Render the variants of a kind, or take them from the cache (a policy has dicts, so its identity is the key)."""
    key = (id(policy), kind, fact.id if fact else None, is_private)
    cached = _CACHE.get(key)
    if cached is None or cached[0] is not policy:
        if len(_CACHE) > _CACHE_SIZE:
            _CACHE.clear()
        values = tuple(template_variables(policy, fact, is_private=is_private).items())
        variants = policy.wording.get(kind, ())
        all_texts = ((frozenset(variant.when), _render_variant(variant, values)) for variant in variants)
        rendered = tuple(_keep_suitable(all_texts) if is_private else all_texts)
        _CACHE[key] = cached = (policy, rendered)
    return cached[1]


def _keep_suitable(rendered: Iterable[tuple[frozenset[str], Texts]]) -> Iterator[tuple[frozenset[str], Texts]]:
    """Leave out the texts that ask for a direct message."""
    for when, texts in rendered:
        if kept := tuple(text for text in texts if not asks_for_private_message(text.text)):
            yield when, kept


def _put_in_order(variants: list[Texts], turn: int, used: Collection[str]) -> list[Texts]:
    first = turn % len(variants) if variants else 0
    return sorted(variants[first:] + variants[:first], key=lambda texts: texts[0].variant in used)


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


def wording_problems(policy: Policy) -> list[Problem]:
    """Return every fault in the wording, for `earshot check`: syntax, variables, links, empty or missing texts."""
    configs = policy.responders  # the starter's wording of a kind that this policy does not name is never used
    faults = [
        fault
        for config in configs
        for variant in policy.wording.get(config.kind, ())
        for fault in _variant_problems(config, variant, policy)
    ]
    for kind in (config.kind for config in configs):
        if all(variant.when for variant in policy.wording.get(kind, ())):
            what, do = "has no text without `when`", f"add a [[{kind}]] with id and text"
            faults.append(Problem(f"{FILE} {kind}", what, do))
    if any(config.uses_facts for config in configs):
        faults += [fault for fact in policy.facts for fault in _fact_problems(fact, policy)]
    return faults + _repeated_errors(policy)


def private_wording_notes(policy: Policy) -> list[str]:
    """Return the kinds that cannot answer a private mention, for `earshot check`: all their texts ask for a message."""
    kinds = [config.kind for config in policy.responders if config.kind in policy.wording]
    return [
        f"replies.toml {kind}: every text asks for a direct message, so private mentions go to a person; give its "
        "variable another value in [private]"
        for kind in kinds
        if not any(texts and not when for when, texts in _render_kind(kind, policy, _SAMPLE, is_private=True))
    ]


def _variant_problems(config: ResponderConfig, variant: Variant, policy: Policy) -> list[Problem]:
    known = template_variables(policy) | ({name: name for name in FACT_VARIABLES} if config.uses_facts else {})
    sources = {"text": variant.text} | ({} if variant.short is None else {"short": variant.short})
    return [
        Problem(f"{FILE} {config.kind}.{variant.id}.{key}", *fault)
        for key, source in sources.items()
        for fault in _template_faults(source, known, policy)
    ]


def _fact_problems(fact: Fact, policy: Policy) -> list[Problem]:
    linked = disallowed_hosts(f"{fact.statement} {fact.source} {fact.link or ''}", policy)
    return [Problem(f"factsheet.toml {fact.id}", f"links to {host}", _ALLOW) for host in linked]


def _repeated_errors(policy: Policy) -> list[Problem]:
    """Return the facts whose statement itself contains an error that the fact sheet corrects: it is never repeated."""
    sheet, cues = FactSheet(policy.facts), Cues(policy.cues, {})
    return [
        Problem(
            f"factsheet.toml {fact.id}.statement",
            f"repeats the error {claim.words!r} (of {claim.fact})",
            "write what is true without the words of the claim",
        )
        for fact in policy.facts
        for claim in sheet.read(cues.read(fact.statement), fact.statement)[0]
        if claim.stance in ("stated", "hedged")  # "we don't …" names the author, who is us here
    ]


def _template_faults(source: str, known: Mapping[str, str], policy: Policy) -> list[tuple[str, str]]:
    """Return (what is wrong, what to do) of a template. known: its variables, each with a value."""
    from jinja2 import TemplateError
    from jinja2.meta import find_undeclared_variables

    try:
        used = find_undeclared_variables(_environment().parse(source))
        if unknown := sorted(used - set(known)):
            return [(f"unknown variable {', '.join(unknown)}", f"known here: {', '.join(sorted(known))}")]
        text = _template(source).render(dict(known)).strip()
    except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        return [(f"not a valid template ({error})", "correct the {{ }} in it")]
    faults = [] if text else [("the text is empty", "write one")]
    return faults + [(f"links to {host}", _ALLOW) for host in disallowed_hosts(text, policy)]


AGENT = "agent"  # in a saved reply: the name of who inserts it


def render_saved_replies(
    policy: Policy, kind: str | None, agent: str, *, is_private: bool = False
) -> tuple[CandidateText, ...]:
    """Return the saved replies for a kind, with their variables filled in; all of them without a kind."""
    values = tuple({**template_variables(policy, is_private=is_private), AGENT: agent}.items())
    replies = (reply for reply in policy.saved_replies if kind is None or not reply.kinds or kind in reply.kinds)
    return tuple(CandidateText(reply.id, _render(reply.text, values)) for reply in replies)


def saved_reply_problems(policy: Policy) -> list[Problem]:
    """Return every fault in the saved replies, for `earshot check`; they know no fact."""
    known = {**template_variables(policy), AGENT: AGENT}
    return [
        Problem(f"{FILE} saved.{reply.id}", *fault)
        for reply in policy.saved_replies
        for fault in _template_faults(reply.text, known, policy)
    ]
