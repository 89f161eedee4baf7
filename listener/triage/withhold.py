"""Withhold what would be wrong if a suspected fact is meant: an apology for something untrue, "we'd
rather check" where the answer stands in the fact sheet, silence, the auto band.

A suspicion never makes a reply; it shows staff the fact, and leaves every draft to them. Pure.
"""

from dataclasses import replace

from listener.model import Decision, MentionSignals, RuleResult
from listener.policy import Policy

RULE = "suspected_fact"
WITHHELD = ("support", "holding")  # kinds that are not drafted beside a suspicion: an apology, "we'd rather check"
SILENCE = "no_action_needed"


def withhold(decision: Decision, signals: MentionSignals, policy: Policy) -> Decision:
    """Return the decision of the responders as the suspected fact leaves it, with a line in the trail."""
    config = policy.responder_config(decision.kind) if decision.kind else None
    if config is not None and config.uses_facts:
        return _require_person(decision) if "misspelled" in signals.cues else decision
    suspected = signals.suspected
    if suspected is None or decision.rule == "denied":
        return decision
    message = f"may be about the fact {suspected.fact}"
    if decision.kind in WITHHELD or decision.rule == SILENCE:
        line = RuleResult(RULE, True, f"{message}: staff decide", suspected.words)
        missed = replace(decision.trail[-1], hit=False)
        return Decision("escalate", RULE, (*decision.trail[:-1], missed, line), urgency=decision.urgency)
    *before, last = decision.trail
    line = RuleResult(RULE, True, message, suspected.words)
    return replace(_require_person(decision), trail=(*before, line, last))


def _require_person(decision: Decision) -> Decision:
    """Return the decision with its draft, if any, outside the auto band."""
    return replace(decision, draft=replace(decision.draft, auto=False)) if decision.draft else decision
