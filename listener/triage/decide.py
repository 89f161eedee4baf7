"""Facts in, a decision out: guards first, then the responders in the policy's order, then what is left. Pure."""

import inspect
from collections.abc import Callable, Mapping

from listener.model import Decision, Draft, Escalate, MentionSignals, Pass, Responder, RuleResult
from listener.policy import Policy
from listener.triage import guards
from listener.triage.guards import GuardHit

Guard = Callable[[MentionSignals, Policy], GuardHit | None]

LOW = -0.3  # a compound score at or under it is not left without an answer
WORTH_READING = 10  # words that nobody hears unless a person reads them
_DOUBTS = ("negation", "contrast", "condition", "sarcasm", "ironic_praise", "duration", "competitor_praise", "swearing")


def _guards() -> tuple[tuple[str, Guard, RuleResult], ...]:
    found = [
        (name, one)
        for name, one in vars(guards).items()
        if inspect.isfunction(one) and one.__module__ == guards.__name__ and not name.startswith("_")
    ]
    return tuple((name, one, RuleResult(name, False, (one.__doc__ or name).split("\n")[0])) for name, one in found)


GUARDS = _guards()
MISSES = tuple(miss for _, _, miss in GUARDS)


def decide(facts: MentionSignals, policy: Policy, responders: Mapping[str, Responder]) -> Decision:
    """Return what becomes of a mention, with the whole trail. responders: kind -> its module."""
    for at, (name, guard, _) in enumerate(GUARDS):
        if (stop := guard(facts, policy)) is not None:
            return _stopped(name, stop, facts, [*MISSES[:at], RuleResult(name, True, stop.message, stop.words)])
    return _ask(facts, policy, responders, [*MISSES])


def _stopped(name: str, stop: GuardHit, facts: MentionSignals, trail: list[RuleResult]) -> Decision:
    """A wish to be left alone is honoured whichever guard comes first."""
    silent = stop.opt_out or "opt_out" in facts.cues
    return Decision(stop.action, name, tuple(trail), None, None, stop.urgency, stop.assign_to, silent)


def _ask(
    facts: MentionSignals, policy: Policy, responders: Mapping[str, Responder], trail: list[RuleResult]
) -> Decision:
    if denied := _only_denied(facts):  # before any responder: the words of a denial ("a lie") sound like a complaint
        trail.append(RuleResult("denied", True, "sets an error about us right: needs nothing", denied))
        return Decision("ignore", "denied", tuple(trail))
    for responding in policy.responders:
        answer = responders[responding.kind].respond(facts, policy)
        if isinstance(answer, Pass):
            trail.append(RuleResult(responding.kind, False, answer.message, answer.words))
            continue
        trail.append(RuleResult(answer.rule, True, answer.message, answer.words))
        if isinstance(answer, Draft):
            return Decision("draft", answer.rule, tuple(trail), responding.kind, answer, answer.urgency)
        return _escalated(answer, trail)
    return _fallback(facts, trail)


def _escalated(answer: Escalate, trail: list[RuleResult]) -> Decision:
    return Decision("escalate", answer.rule, tuple(trail), urgency=answer.urgency)


def _fallback(facts: MentionSignals, trail: list[RuleResult]) -> Decision:
    """Nobody took it: what should not be left goes to a person, the rest needs nothing."""
    for rule, message, words in (
        ("unanswered_question", "a question nobody has an answer to", facts.cues.get("question")),
        ("unanswered_request", "a request nobody answers", facts.cues.get("request") or facts.cues.get("wish")),
        ("unanswered_problem", "a problem, or mixed feelings", _trouble(facts)),
        ("negative", f"clearly negative ({facts.compound:+.2f})", () if facts.compound <= LOW else None),
        ("informs", "tells something that somebody here may wait for", _informs(facts)),
        ("mixed", "kind words and doubts about them", _mixed(facts)),
        ("sarcasm", "words that may well not be meant", facts.cues.get("sarcasm")),
        ("long_praise", "kind words in a longer story", _story(facts)),
        ("unclear", "may well mean something that no rule understands", _unclear(facts)),
    ):
        if words is not None:
            trail.append(RuleResult(rule, True, message, words))
            return Decision("escalate", rule, tuple(trail))
    trail.append(RuleResult("no_action_needed", True, "asks nothing, complains of nothing, and is no clear praise"))
    return Decision("ignore", "no_action_needed", tuple(trail))


def _only_denied(facts: MentionSignals) -> tuple[str, ...]:
    """Claims of the fact sheet that are denied, in a text that asks nothing and complains of nothing."""
    plain = not any(name in facts.cues for name in ("question", "request", "problem", "complaint", "threat_to_leave"))
    denied = plain and facts.claims and all(claim.stance == "denied" for claim in facts.claims)
    return tuple(claim.words for claim in facts.claims) if denied else ()


def _trouble(facts: MentionSignals) -> tuple[str, ...] | None:
    names = ("complaint", "problem", "resolved_trouble", "threat_to_leave")
    return tuple(word for name in names for word in facts.cues.get(name, ())) or None


def _informs(facts: MentionSignals) -> tuple[str, ...] | None:
    """A number or a code, or a part of a longer message."""
    return facts.cues.get("reference") or facts.cues.get("part")


def _doubt(facts: MentionSignals) -> tuple[str, ...]:
    return next((facts.cues[name] for name in _DOUBTS if name in facts.cues), ())


def _mixed(facts: MentionSignals) -> tuple[str, ...] | None:
    """Praise or thanks beside what makes them doubtful."""
    kind, doubt = facts.cues.get("praise") or facts.cues.get("thanks"), _doubt(facts)
    return kind + doubt if kind and doubt and len(facts.text.split()) > 2 else None


def _story(facts: MentionSignals) -> tuple[str, ...] | None:
    """Thanks or praise that no rule dares to answer, and more than a greeting: nobody ignores it."""
    kind = facts.cues.get("thanks") or facts.cues.get("praise")
    return kind if len(facts.text.split()) >= WORTH_READING and "link" not in facts.cues else None


def _unclear(facts: MentionSignals) -> tuple[str, ...] | None:
    """Not kind, and with a word that turns its sense, or too long to be nothing (unless it passes on a link)."""
    cues, length, no = facts.cues, len(facts.text.split()), "negation" in facts.cues
    if "praise" in cues or "thanks" in cues or (facts.compound > 0 and length < WORTH_READING and not no):
        return None
    if (doubt := _doubt(facts)) and length >= 3:
        return doubt
    return () if length >= WORTH_READING and ("link" not in cues or facts.compound < 0) else None


def hits(decision: Decision) -> tuple[RuleResult, ...]:
    """What is stored of the trail: the hits. Misses are made anew when shown, since decide is pure."""
    return tuple(hit for hit in decision.trail if hit.hit)
