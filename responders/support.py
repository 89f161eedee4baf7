"""Support: offer empathy, a next step and a private way to reach us for a problem, a complaint or a request.

Only who does not praise us gets an apology: clear praise that merely names a problem is left to a person.
"""

from dataclasses import dataclass, replace

from listener.model import CandidateText, Draft, Escalate, MentionSignals, Pass
from listener.policy import Policy
from listener.wording import candidates

KIND = "support"

TROUBLE = ("complaint", "problem", "threat_to_leave")
# what trouble is about: the cues about_*, the graver first where a text speaks of several as often
ABOUT = ("damage", "refund", "billing", "account", "outage", "staff", "delivery", "quality")
_CUES = tuple((name, f"about_{name}") for name in ABOUT)
# the words that address us
US = frozenset(("you", "your", "yours", "you're", "youre", "u", "ur", "yall", "y'all", "guys"))
HEARD = 0.35  # chance of a complaint, by the second reader, below which nothing gets an apology
CLEARLY_HEARD = 0.7  # chance from which it stands in for the second sign of trouble
FURIOUS = -0.75  # a score at or under it is anger
# a question with one of these is about trouble
TURNED = ("negation", "duration", "swearing", "sarcasm", "resolved_trouble")


@dataclass(frozen=True, slots=True)
class Options:
    """no_apology_above: praise from this score on gets none; complaint_below: a text up to this score complains.

    followers, repeat: an author with so many, or with so many earlier exchanges, is urgent; urgent: so is trouble about
    these (of ABOUT).
    """

    no_apology_above: float = 0.3
    complaint_below: float = -0.25
    followers: int = 10_000
    repeat: int = 2
    urgent: tuple[str, ...] = ("account", "billing", "outage")


def respond(signals: MentionSignals, policy: Policy, options: Options) -> Draft | Escalate | Pass:
    """Offer help for trouble or a request; pass on anything else."""
    cues = signals.cues
    trouble = tuple(dict.fromkeys(word for name in TROUBLE for word in cues.get(name, ())))
    wanted = cues.get("request", ()) + cues.get("wish", ())
    is_angry = _sounds_angry(signals, options)
    if not trouble and not wanted and not is_angry:
        return Pass("no problem, complaint or request")
    if _is_praise(signals, options):
        return Pass("mostly positive; an apology would not fit", cues.get("praise", ()) + cues.get("thanks", ()))
    if not trouble and not is_angry and "question" in cues and not wanted:
        return Pass("a question, not a problem", cues["question"])
    is_trouble = bool(trouble or is_angry) and _has_second_sign(signals, options, trouble)
    if not is_trouble and not wanted:
        return Pass("a single weak sign of trouble; an apology might not fit", trouble)
    return _help(signals, policy, options, (trouble if is_trouble else wanted) or cues.get("question", ()), is_trouble)


def _help(
    signals: MentionSignals, policy: Policy, options: Options, words: tuple[str, ...], is_trouble: bool
) -> Draft | Escalate:
    about = _find_subject(signals) if is_trouble else None
    texts = _texts(signals, policy, about, is_trouble)
    if not texts:
        return Escalate(KIND, "no wording for support", words if is_trouble else ())
    reasons = _urgent_reasons(signals, options, about)
    message = f"problem or complaint{f' about {about}' if about else ''}" if is_trouble else "request"
    message += f" ({'' if words else 'score '}{signals.compound:+.2f}){f', urgent: {reasons[0]}' if reasons else ''}"
    return Draft(texts, KIND, message, words, False, int(bool(reasons)))


def _sounds_angry(signals: MentionSignals, options: Options) -> bool:
    """True for a low score without warm words; a question that the fact sheet covers scores low by its "no" alone."""
    is_known = "question" in signals.cues and (signals.topics or signals.claims)
    threshold = FURIOUS if is_known else options.complaint_below
    return (signals.compound <= threshold and "warm" not in signals.cues) or _is_troubled_question(signals)


def _has_second_sign(signals: MentionSignals, options: Options, trouble: tuple[str, ...]) -> bool:
    """True if an apology fits: for one strong sign of trouble, or for two; the second reader may be the second."""
    cues = signals.cues
    if "complaint" in cues or "threat_to_leave" in cues:
        return True
    if signals.compound >= options.no_apology_above:
        return False
    heard = signals.reading.complaint if signals.reading else CLEARLY_HEARD
    if heard >= CLEARLY_HEARD or heard < HEARD:
        return heard >= CLEARLY_HEARD
    if not trouble:
        return "question" in cues or not US.isdisjoint(signals.text.lower().split())
    return not set(trouble) <= set(cues.get("weak_trouble", ()))


def _is_troubled_question(signals: MentionSignals) -> bool:
    """True for a question about something amiss: who has waited gets no cheerful answer of the fact sheet."""
    if "question" not in signals.cues:
        return False
    if "waiting" in signals.cues:
        return True
    return not (signals.topics or signals.claims) and any(name in signals.cues for name in TURNED)


def _is_praise(signals: MentionSignals, options: Options) -> bool:
    """True for a text that is positive on the whole: by its score, or by thanks that no complaint takes back."""
    cues = signals.cues
    if "complaint" in cues and "thanks" not in cues:
        return False
    if signals.compound >= options.no_apology_above:
        return "praise" in cues or "thanks" in cues or not any(name in cues for name in TROUBLE)
    return "thanks" in cues and "complaint" not in cues and signals.compound > 0 and "question" not in cues


def _find_subject(signals: MentionSignals) -> str | None:
    """Return what the trouble is about, by the most words; None when no word names it."""
    subjects = [
        (len(signals.cues[cue]), -place, name) for place, (name, cue) in enumerate(_CUES) if cue in signals.cues
    ]
    return max(subjects)[2] if subjects else None


def _texts(signals: MentionSignals, policy: Policy, about: str | None, is_trouble: bool) -> tuple[CandidateText, ...]:
    """Return the wording for what the trouble is about; a mere request gets none that apologizes."""
    if is_trouble:
        return candidates(KIND, signals, policy, about=f"about_{about}" if about else None)
    calm = {name: words for name, words in signals.cues.items() if not name.startswith("about_")}
    return candidates(KIND, replace(signals, cues=calm), policy)


def _urgent_reasons(signals: MentionSignals, options: Options, about: str | None) -> tuple[str, ...]:
    """Return what brings it forward: anger, a wish to leave, reach, repeated contact, what it is about."""
    reasons = (
        (signals.compound <= FURIOUS, "anger"),
        ("threat_to_leave" in signals.cues, "wants to leave"),
        ((signals.mention.author_followers or 0) >= options.followers, "many followers"),
        (signals.history.exchanges >= options.repeat, "repeat contact"),
        (about in options.urgent, f"about {about}"),
    )
    return tuple(reason for applies, reason in reasons if applies)
