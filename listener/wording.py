"""Texts from replies.toml: variants, variables, what fits, and what is wrong with them.

Templates see data only: the policy's variables, the brand's name, and what a fact of the fact sheet says. A mention's
text, handle or display name never reaches one, so nothing a stranger typed can be echoed or run.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING
from zlib import crc32

from listener.errors import Problem
from listener.intake.cues import Cues
from listener.model import CandidateText, Draft, MentionSignals, Preview
from listener.policy import Fact, Policy, Variant
from listener.triage.factsheet import FactSheet

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment

FACT = ("statement", "source", "link")  # what a template may ask of a fact
FILE = "replies.toml"
_ALLOW = "add it to [links] allow, or leave it out"

_Shelf = tuple[tuple[frozenset[str], tuple[CandidateText, ...]], ...]  # of each variant: when, and its texts
_SHELVES: dict[tuple[int, str, str | None], tuple[Policy, _Shelf]] = {}
_POLICIES = 500  # rendered kinds and facts remembered

_LINK = re.compile(
    r"(?:https?://|www\.)([\w.-]+\w)|(?<![@\w.-])((?:[a-z0-9-]+\.)+[a-z]{2,18})(?![\w.-]*@)\b", re.IGNORECASE
)
_SPACES = re.compile(r"[ \t]{2,}")
_NO_HOSTS = frozenset({"e.g", "i.e", "a.m", "p.m", "vs", "u.s"})


@cache
def _environment() -> "ImmutableSandboxedEnvironment":
    """Made when the first text is rendered: a command that renders none does not pay for the import."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)  # plain text


@lru_cache(maxsize=512)
def _template(source: str) -> "Template":
    return _environment().from_string(source)


@lru_cache(maxsize=2048)
def _rendered(source: str, variables: tuple[tuple[str, str], ...]) -> str:
    return _SPACES.sub(" ", _template(source).render(dict(variables))).strip()


def variables(policy: Policy, fact: Fact | None = None) -> dict[str, str]:
    """Return what a template may use: the policy variables, brand, and a fact's statement, source and link."""
    known = {**policy.variables, "brand": policy.brand.name}
    if fact is not None:
        known |= {"statement": fact.statement, "source": fact.source, "link": fact.link or ""}
    return known


def candidates(
    kind: str, facts: MentionSignals, policy: Policy, fact: Fact | None = None, about: str | None = None
) -> tuple[CandidateText, ...]:
    """Return the wordings of a kind that suit these facts, in the order to try, each followed by its short form.

    A variant with `when` comes only when one of those cues hit, and then before those without; first of all come those
    whose `when` names `about`. Within, the order is rotated by the mention's id, so that the same mention always gets
    the same text. Raises nothing for a sound config.
    """
    topical: list[tuple[CandidateText, ...]] = []
    fitting: list[tuple[CandidateText, ...]] = []
    plain: list[tuple[CandidateText, ...]] = []
    for when, texts in _shelf(kind, policy, fact):
        if not when:
            plain.append(texts)
        elif about in when:
            topical.append(texts)
        elif not when.isdisjoint(facts.cues):
            fitting.append(texts)
    turn = crc32(facts.mention.id.encode("utf-8", "replace"))
    return tuple(chain.from_iterable((*_rotated(topical, turn), *_rotated(fitting, turn), *_rotated(plain, turn))))


def _shelf(kind: str, policy: Policy, fact: Fact | None) -> _Shelf:
    """The rendered variants of a kind, remembered for the policies at hand (a dict cannot be hashed; identity can)."""
    key = (id(policy), kind, fact.id if fact else None)
    held = _SHELVES.get(key)
    if held is None or held[0] is not policy:
        if len(_SHELVES) > _POLICIES:
            _SHELVES.clear()
        said = tuple(variables(policy, fact).items())
        shelf = tuple((frozenset(one.when), _texts(one, said)) for one in policy.wording.get(kind, ()))
        _SHELVES[key] = held = (policy, shelf)
    return held[1]


def _rotated(variants: list[tuple[CandidateText, ...]], turn: int) -> list[tuple[CandidateText, ...]]:
    first = turn % len(variants) if variants else 0
    return variants[first:] + variants[:first]


def _texts(variant: Variant, said: tuple[tuple[str, str], ...]) -> tuple[CandidateText, ...]:
    full = CandidateText(variant.id, _rendered(variant.text, said))
    return (full,) if variant.short is None else (full, CandidateText(variant.id, _rendered(variant.short, said)))


def first_fitting(draft: Draft, preview: Callable[[str], Preview]) -> tuple[CandidateText, Preview] | None:
    """Return the first candidate whose preview fits the platform, with that preview; None when none does."""
    for text in draft.texts:
        shown = preview(text.text)
        if shown.fits:
            return text, shown
    return None


def disallowed_hosts(text: str, policy: Policy) -> tuple[str, ...]:
    """Return the hosts in a text that the policy's allow-list does not name; a bare example.com counts as a link."""
    return tuple(host for host in hosts(text) if not _allowed(host, policy.links))


def hosts(text: str) -> tuple[str, ...]:
    """Return the hosts that a text links to, each once."""
    found = dict.fromkeys((full or bare).lower() for full, bare in _LINK.findall(text))
    return tuple(host for host in found if host not in _NO_HOSTS)


def _allowed(host: str, allow: tuple[str, ...]) -> bool:
    host = host.removeprefix("www.")
    return any(host == one or host.endswith("." + one) for one in (name.lower().removeprefix("www.") for name in allow))


def problems(policy: Policy) -> list[Problem]:
    """Every fault in the wording, for `earshot check`: syntax, unknown variables, foreign links, empty or no texts."""
    found = [
        fault
        for kind, variants in policy.wording.items()
        if policy.responder_config(kind)  # the starter's wording of a kind that this policy does not use is never said
        for one in variants
        for fault in _faults(kind, one, policy)
    ]
    for responding in policy.responders:
        if not any(not one.when for one in policy.wording.get(responding.kind, ())):
            what, do = "no wording without `when` for this kind", f"add a [[{responding.kind}]] with id and text"
            found.append(Problem(f"{FILE} {responding.kind}", what, do))
    for fact in policy.facts if any(config.uses_facts for config in policy.responders) else ():
        hosts = disallowed_hosts(f"{fact.statement} {fact.source} {fact.link or ''}", policy)
        found += [Problem(f"factsheet.toml {fact.id}", f"links to {host}", _ALLOW) for host in hosts]
    return found + _echoes(policy)


def _echoes(policy: Policy) -> list[Problem]:
    """Facts whose `message` itself states an error that the fact sheet corrects: what is never repeated."""
    sheet, cues = FactSheet(policy.facts), Cues(policy.cues, {})
    told = [(fact, sheet.read(cues.read(fact.statement), fact.statement)[0]) for fact in policy.facts]
    return [
        Problem(
            f"factsheet.toml {fact.id}.statement",
            f"repeats the error {claim.words!r} (of {claim.fact})",
            "say what is true without the words of the claim",
        )
        for fact, claims in told
        for claim in claims
        if claim.stance in ("stated", "hedged")  # "we don't …" names the author, who is us here
    ]


def _faults(kind: str, variant: Variant, policy: Policy) -> list[Problem]:
    texts = [("text", variant.text)] + ([("short", variant.short)] if variant.short is not None else [])
    return [
        Problem(f"{FILE} {kind}.{variant.id}.{key}", *fault)
        for key, source in texts
        for fault in _template_faults(kind, source, policy)
    ]


def _template_faults(kind: str, source: str, policy: Policy) -> list[tuple[str, str]]:
    config = policy.responder_config(kind)
    known = variables(policy) | ({name: name for name in FACT} if config and config.uses_facts else {})
    return _source_faults(source, known, policy)


def _source_faults(source: str, known: Mapping[str, str], policy: Policy) -> list[tuple[str, str]]:
    from jinja2 import TemplateError
    from jinja2.meta import find_undeclared_variables

    try:
        asked = find_undeclared_variables(_environment().parse(source))
    except TemplateError as error:
        return [(f"the template cannot be read ({error})", "mend the {{ }} in it")]
    if unknown := sorted(asked - set(known)):
        return [(f"unknown variable {', '.join(unknown)}", f"known here: {', '.join(sorted(known))}")]
    return _render_faults(source, known, policy)


def _render_faults(source: str, known: Mapping[str, str], policy: Policy) -> list[tuple[str, str]]:
    from jinja2 import TemplateError

    try:
        text = _template(source).render(dict(known)).strip()
    except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        return [(f"the template cannot be rendered ({error})", "mend it")]
    faults = [] if text else [("the text is empty", "write one")]
    hosts = disallowed_hosts(text, policy)
    return faults + [(f"links to {host}", _ALLOW) for host in hosts]


AGENT = "agent"  # in a saved text: the name of who inserts it


def saved(policy: Policy, kind: str | None, agent: str) -> tuple[CandidateText, ...]:
    """Return the saved texts for a kind of reply, with their variables filled in; all of them without a kind."""
    known = tuple({**variables(policy), AGENT: agent}.items())
    fitting = [one for one in policy.saved if kind is None or not one.kinds or kind in one.kinds]
    return tuple(CandidateText(one.id, _rendered(one.text, known)) for one in fitting)


def saved_problems(policy: Policy) -> list[Problem]:
    """Every fault in the saved texts, for `earshot check`; they know no fact."""
    known = {**variables(policy), AGENT: AGENT}
    found = [(one.id, fault) for one in policy.saved for fault in _source_faults(one.text, known, policy)]
    return [Problem(f"{FILE} saved.{name}", *fault) for name, fault in found]
