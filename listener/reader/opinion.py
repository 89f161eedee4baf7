"""The second opinion on what the rules decided: doubt a thank-you, propose one, hear a complaint. Pure.

It never overrules a guard, and never makes anything go out by itself: in the auto band it only takes away.
"""

from dataclasses import replace

from listener.intake.praised import is_mere_picture, rank_thanks
from listener.model import Decision, Draft, MentionSignals, Reading, RuleResult
from listener.policy import Policy
from listener.wording import candidates

KIND = "thank_you"
RULE = "reader"  # its line in the trail where it changes nothing
KIND_CUES = ("praise", "thanks", "warm")
# beside one of these no thank-you is proposed
UNKIND = (
    "question", "sarcasm", "ironic_praise", "complaint", "threat_to_leave", "swearing", "competitor_praise", "hedge",
    "negation", "contrast", "request", "part", "turned_praise", "others_praised", "linked_praise", "quotes_us",
    "names_nobody", "greeting", "closing_thanks",
)  # fmt: skip
# beside one of these only if the text says thanks: "the starter was great, the main was raw"
UNTHANKED = ("problem", "wish", "condition", "duration", "resolved_trouble")
MIN_UNRELATED_WORDS = 3  # beside so many, thanks without praise are mere politeness
MAX_CAPTION_WORDS = 10  # that an emoji alone may make praise
MIN_SCORE = 0.3  # of praise that is not warm
# rules that leave a mention to nobody, or to a person for want of a draft
OPEN = (
    KIND, "unanswered_request", "unanswered_problem", "negative", "informs", "mixed", "long_praise", "unclear",
    "no_action_needed",
)  # fmt: skip


def second_opinion(decision: Decision, signals: MentionSignals, policy: Policy) -> Decision:
    """Return the decision as the second reader leaves it, with its line in the trail; as it is where it is off."""
    reading, bounds = signals.reading, policy.reader
    if reading is None or not bounds.enabled:  # a replay may turn off what had read the mention
        return decision
    if decision.kind == KIND and decision.draft is not None:
        if reading.balance < bounds.doubt_below:
            return _escalate(decision, "reader_doubt", "second reader doubts the praise", reading, reading.harsh_words)
        return _keep(decision, decision.draft, reading, bounds.auto_from)
    if draft := _propose(decision, signals, policy, reading):
        line = RuleResult(draft.rule, True, draft.message, draft.words)
        return Decision("draft", draft.rule, (*decision.trail[:-1], _missed(decision), line), KIND, draft)
    if decision.rule == "no_action_needed" and reading.complaint >= bounds.hear_from:
        return _escalate(decision, "reader_complaint", "second reader hears a complaint", reading, reading.harsh_words)
    return _add_line(decision, f"second reader agrees: {_describe(reading)}")


def read_by_shipped(reading: Reading) -> Reading:
    """Return how the shipped weights alone read the text."""
    return reading if reading.shipped is None else Reading(*reading.shipped)


def keep_automatic(decision: Decision, shipped: Decision) -> Decision:
    """Keep a draft in the auto band only if the shipped weights alone leave the same kind there: learning adds none."""
    if decision.draft is None or (shipped.kind == decision.kind and shipped.draft is not None and shipped.draft.auto):
        return decision
    careful = replace(decision, draft=replace(decision.draft, auto=False))
    return _add_line(careful, "by the shipped weights alone it would not be sent automatically: staff approve it")


def find_kind_words(decision: Decision, signals: MentionSignals) -> tuple[str, ...]:
    """Return the kind words of a mention that the rules left open; none where no thank-you may be proposed."""
    cues, has_praise = signals.cues, "praise" in signals.cues or "warm" in signals.cues
    if decision.rule not in OPEN or decision.draft is not None or any(name in cues for name in UNKIND):
        return ()
    if "thanks" not in cues and (any(name in cues for name in UNTHANKED) or {"overheard", "link"} <= cues.keys()):
        return ()
    if not has_praise and (len(cues.get("unrelated_words", ())) >= MIN_UNRELATED_WORDS or "reference" in cues):
        return ()
    if "warm" not in cues and signals.compound < MIN_SCORE:
        return ()
    words = tuple(dict.fromkeys(word for name in KIND_CUES for word in cues.get(name, ())))
    return () if is_mere_picture(signals.text, cues, words, MAX_CAPTION_WORDS) else words


def _propose(decision: Decision, signals: MentionSignals, policy: Policy, reading: Reading) -> Draft | None:
    """Return a thank-you for what the rules left open, if the text reads as praise and has kind words."""
    if reading.balance < policy.reader.propose_from or policy.responder_config(KIND) is None:
        return None
    kind = find_kind_words(decision, signals)
    texts = candidates(KIND, signals, policy, rank=rank_thanks(signals.cues)) if kind else ()
    return Draft(texts, "reader_praise", f"second reader hears praise: {_describe(reading)}", kind) if texts else None


def _keep(decision: Decision, draft: Draft, reading: Reading, auto_from: float) -> Decision:
    """Keep a thank-you; one that reads less than surely as praise is not sent without a person."""
    if not draft.auto or reading.balance >= auto_from:
        return _add_line(decision, f"second reader agrees: {_describe(reading)}")
    careful = replace(decision, draft=replace(draft, auto=False))
    return _add_line(careful, f"second reader is not sure enough to send it automatically: {_describe(reading)}")


def _escalate(decision: Decision, rule: str, message: str, reading: Reading, words: tuple[str, ...]) -> Decision:
    line = RuleResult(rule, True, f"{message}: {_describe(reading)}", words)
    return Decision("escalate", rule, (*decision.trail[:-1], _missed(decision), line))


def _missed(decision: Decision) -> RuleResult:
    """Return the last line of the rules as one that did not end the decision."""
    return replace(decision.trail[-1], hit=False)


def _add_line(decision: Decision, message: str) -> Decision:
    """Add a line that ends nothing, before the one that ended the decision."""
    *before, last = decision.trail
    return replace(decision, trail=(*before, RuleResult(RULE, False, message), last))


def _describe(reading: Reading) -> str:
    """Return such as "praise 91 %, complaint 4 %; for it: so helpful, thanks; against it: hour"."""
    chances = f"praise {reading.praise:.0%}, complaint {reading.complaint:.0%}".replace("%", " %")
    words = (("for it", reading.kind_words), ("against it", reading.harsh_words))
    return "; ".join((chances, *(f"{side}: {', '.join(named)}" for side, named in words if named)))
