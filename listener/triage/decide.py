"""Turn signals into a decision: guards first, then the responders in the policy's order, then fallback rules. Pure."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace

from listener.model import Decision, Draft, Escalate, MentionSignals, Pass, RuleResult
from listener.policy import Policy
from listener.protocols import Responder
from listener.reader.opinion import keep_automatic, read_by_shipped, second_opinion
from listener.triage import guards
from listener.triage.guards import GuardHit
from listener.triage.withhold import withhold

Guard = Callable[[MentionSignals, Policy], GuardHit | None]

LOW = -0.3  # a compound score at or under it is not left without an answer
WORTH_READING = 10  # words from which on a person should read a text that no rule takes
_DOUBTS = ("negation", "contrast", "condition", "sarcasm", "ironic_praise", "duration", "competitor_praise", "swearing")


def _list_guards() -> tuple[tuple[str, Guard, RuleResult], ...]:
    functions = [
        (name, guard)
        for name, guard in vars(guards).items()
        if inspect.isfunction(guard) and guard.__module__ == guards.__name__ and not name.startswith("_")
    ]
    return tuple((name, guard, RuleResult(name, False, _first_line(guard))) for name, guard in functions)


def _first_line(guard: Guard) -> str:
    return (guard.__doc__ or "").partition("\n")[0].removesuffix(".")


GUARDS = _list_guards()
MISSES = tuple(miss for _, _, miss in GUARDS)


def decide(signals: MentionSignals, policy: Policy, responders: Mapping[str, Responder]) -> Decision:
    """Return what happens with a mention, with the whole trail. responders: kind -> its module."""
    decision, reading = _decide(signals, policy, responders), signals.reading
    if decision.draft is None or not decision.draft.auto or reading is None or reading.shipped is None:
        return decision
    shipped = _decide(replace(signals, reading=read_by_shipped(reading)), policy, responders)
    return keep_automatic(decision, shipped)


def _decide(signals: MentionSignals, policy: Policy, responders: Mapping[str, Responder]) -> Decision:
    for place, (name, guard, _) in enumerate(GUARDS):
        if (hit := guard(signals, policy)) is not None:
            trail = (*MISSES[:place], RuleResult(name, True, hit.message, hit.words))
            return _stop(name, hit, signals, trail)
    decision = withhold(_ask_responders(signals, policy, responders, [*MISSES]), signals, policy)
    return second_opinion(decision, signals, policy)


def _stop(name: str, hit: GuardHit, signals: MentionSignals, trail: tuple[RuleResult, ...]) -> Decision:
    """End with a guard; a wish to be left alone is recorded whichever guard comes first."""
    is_opt_out = hit.opt_out or "opt_out" in signals.cues
    return Decision(hit.action, name, trail, None, None, hit.urgency, hit.assign_to, is_opt_out)


def _ask_responders(
    signals: MentionSignals, policy: Policy, responders: Mapping[str, Responder], trail: list[RuleResult]
) -> Decision:
    if denied := _only_denied(signals):  # before any responder: words of a denial ("a lie") sound like a complaint
        trail.append(RuleResult("denied", True, "denies a false claim: no reply needed", denied))
        return Decision("ignore", "denied", tuple(trail))
    for config in policy.responders:
        answer = responders[config.kind].respond(signals, policy, config.options)
        if isinstance(answer, Pass):
            trail.append(RuleResult(config.kind, False, answer.message, answer.words))
            continue
        if not isinstance(answer, Draft | Escalate):  # a module of the operator's own may return anything
            raise TypeError(f"{config.kind}: respond returned {answer!r}, not a Draft, an Escalate or a Pass")
        trail.append(RuleResult(answer.rule, True, answer.message, answer.words))
        if isinstance(answer, Draft):
            if signals.mention.attachments:  # a picture can turn what is said: a person looks at it
                answer = replace(answer, auto=False)
            return Decision("draft", answer.rule, tuple(trail), config.kind, answer, answer.urgency)
        return Decision("escalate", answer.rule, tuple(trail), urgency=answer.urgency)
    return _fall_back(signals, trail)


def _fall_back(signals: MentionSignals, trail: list[RuleResult]) -> Decision:
    """Escalate what should not be left alone, ignore the rest."""
    cues = signals.cues
    for rule, message, words in (
        ("unanswered_question", "question not covered by the fact sheet", cues.get("question")),
        ("unanswered_request", "request that no kind of reply covers", cues.get("request") or cues.get("wish")),
        ("unanswered_problem", "problem or complaint that no kind of reply covers", _trouble_words(signals)),
        ("negative", f"clearly negative (score {signals.compound:+.2f})", () if signals.compound <= LOW else None),
        ("informs", "holds a number staff may need", cues.get("reference")),
        ("informs", "part of a longer message", cues.get("part")),
        ("mixed", "praise, with something that casts doubt on it", _mixed_words(signals)),
        ("sarcasm", "possible sarcasm", cues.get("sarcasm")),
        ("long_praise", "praise in a longer text", _long_praise_words(signals)),
        ("unclear", "unclear; a person should read it", _unclear_words(signals)),
    ):
        if words is not None:
            trail.append(RuleResult(rule, True, message, words))
            return Decision("escalate", rule, tuple(trail))
    trail.append(RuleResult("no_action_needed", True, "no question, complaint or clear praise"))
    return Decision("ignore", "no_action_needed", tuple(trail))


def _only_denied(signals: MentionSignals) -> tuple[str, ...]:
    """Return the claims of the fact sheet that are denied, in a text that asks nothing and complains of nothing."""
    needs = ("question", "request", "problem", "complaint", "threat_to_leave")
    if not signals.claims or any(name in signals.cues for name in needs):
        return ()
    is_denied = all(claim.stance == "denied" for claim in signals.claims)
    return tuple(claim.words for claim in signals.claims) if is_denied else ()


def _trouble_words(signals: MentionSignals) -> tuple[str, ...] | None:
    names = ("complaint", "problem", "resolved_trouble", "threat_to_leave")
    return tuple(word for name in names for word in signals.cues.get(name, ())) or None


def _doubt_words(signals: MentionSignals) -> tuple[str, ...]:
    return next((signals.cues[name] for name in _DOUBTS if name in signals.cues), ())


def _mixed_words(signals: MentionSignals) -> tuple[str, ...] | None:
    """Return praise or thanks and what makes them doubtful, if the text has both."""
    praise, doubt = signals.cues.get("praise") or signals.cues.get("thanks"), _doubt_words(signals)
    return praise + doubt if praise and doubt and len(signals.text.split()) > 2 else None


def _long_praise_words(signals: MentionSignals) -> tuple[str, ...] | None:
    """Return thanks or praise of a text that no responder took and that says more than a greeting."""
    praise = signals.cues.get("thanks") or signals.cues.get("praise")
    return praise if len(signals.text.split()) >= WORTH_READING and "link" not in signals.cues else None


def _unclear_words(signals: MentionSignals) -> tuple[str, ...] | None:
    """Return the doubt in a text without praise, nothing of a long one, None if it may be ignored (as a bare link)."""
    cues, length, is_negated = signals.cues, len(signals.text.split()), "negation" in signals.cues
    if "praise" in cues or "thanks" in cues or (signals.compound > 0 and length < WORTH_READING and not is_negated):
        return None
    if (doubt := _doubt_words(signals)) and length >= 3:
        return doubt
    return () if length >= WORTH_READING and ("link" not in cues or signals.compound < 0) else None


def hits(decision: Decision) -> tuple[RuleResult, ...]:
    """Return the hits of the trail, which are stored; misses are computed again when shown, since decide is pure."""
    return tuple(result for result in decision.trail if result.hit)
