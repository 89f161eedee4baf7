"""What is wrong with the wording, for `earshot check`: syntax, variables, links, empty or missing texts. Pure."""

from collections.abc import Mapping

from listener.errors import Problem
from listener.intake.cues import Cues
from listener.particulars import PRINTED, find_used
from listener.policy import PART, Fact, Policy, ResponderConfig, Variant
from listener.triage.factsheet import FactSheet
from listener.wording import (
    AGENT,
    SAMPLE,
    disallowed_hosts,
    environment,
    render_kind,
    template,
    template_variables,
)

FACT_VARIABLES = ("statement", "source", "link")
FILE = "replies.toml"
_ALLOW = "add it to [links] allow, or remove it"


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
        if not any(map(_is_for_any, policy.wording.get(kind, ()))):
            what, do = "has no text without `when`", f"add a [[{kind}]] with id and text"
            faults.append(Problem(f"{FILE} {kind}", what, do))
    if any(config.uses_facts for config in configs):
        faults += [fault for fact in policy.facts for fault in _fact_problems(fact, policy)]
    return list(dict.fromkeys(faults + _repeated_errors(policy)))  # texts made of the same parts have the same faults


def _is_for_any(variant: Variant) -> bool:
    """True for a text that any mention may get: it names no cue, and no noun of the mention."""
    return not variant.when and not find_used(variant.text) & PRINTED


def private_wording_notes(policy: Policy) -> list[str]:
    """Return the kinds that cannot answer a private mention, for `earshot check`: all their texts ask for a message."""
    kinds = [config.kind for config in policy.responders if config.kind in policy.wording]
    return [
        f"replies.toml {kind}: every text asks for a direct message, so private mentions go to a person; give its "
        "variable another value in [private]"
        for kind in kinds
        if not any(group.texts and not group.when for group in render_kind(kind, policy, SAMPLE, is_private=True))
    ]


def _variant_problems(config: ResponderConfig, variant: Variant, policy: Policy) -> list[Problem]:
    known = template_variables(policy) | {name: name for name in (FACT_VARIABLES if config.uses_facts else PRINTED)}
    sources = {"text": variant.text} | ({} if variant.short is None else {"short": variant.short})
    return [
        Problem(f"{FILE} {config.kind}.{variant.id.partition(PART)[0]}.{key}", *fault)
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
        used = find_undeclared_variables(environment().parse(source))
        if unknown := sorted(used - set(known)):
            return [(f"unknown variable {', '.join(unknown)}", f"known here: {', '.join(sorted(known))}")]
        text = template(source).render(dict(known)).strip()
    except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        return [(f"not a valid template ({error})", "correct the {{ }} in it")]
    faults = [] if text else [("the text is empty", "write one")]
    return faults + [(f"links to {host}", _ALLOW) for host in disallowed_hosts(text, policy)]


def saved_reply_problems(policy: Policy) -> list[Problem]:
    """Return every fault in the saved replies, for `earshot check`; they know no fact."""
    known = {**template_variables(policy), AGENT: AGENT}
    return [
        Problem(f"{FILE} saved.{reply.id}", *fault)
        for reply in policy.saved_replies
        for fault in _template_faults(reply.text, known, policy)
    ]
