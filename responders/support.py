"""Support: a problem, a complaint or a request gets empathy, a next step and a way to reach us in private.

An apology goes only to who is not praising us: clear praise that merely names a problem goes to a person.
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
FURIOUS = -0.75  # a score at or under it is anger

TURNED = (
    "negation",
    "duration",
    "swearing",
    "sarcasm",
    "resolved_trouble",
)  # a question with one of these is about trouble


@dataclass(frozen=True, slots=True)
class Options:
    """happy: praise at or above this score gets no apology; negative: at or under it a text complains without a cue.

    followers: from here on an author's trouble is urgent; repeat: so many earlier exchanges make it so too;
    urgent: what trouble about these (of ABOUT) is too.
    """

    no_apology_above: float = 0.3
    complaint_below: float = -0.25
    followers: int = 10_000
    repeat: int = 2
    urgent: tuple[str, ...] = ("account", "billing", "outage")


def respond(facts: MentionSignals, policy: Policy) -> Draft | Escalate | Pass:
    """Offer help for trouble or a request; pass on what holds neither."""
    options = _options(policy)
    cues = facts.cues
    trouble = tuple(dict.fromkeys(word for name in TROUBLE for word in cues.get(name, ())))
    wanted = cues.get("request", ()) + cues.get("wish", ())
    angry = (facts.compound <= _least(facts, options) and "warm" not in cues) or _troubled_question(facts)
    if not trouble and not wanted and not angry:
        return Pass("names no problem, no complaint and no request")
    if _praises(facts, options):
        return Pass(
            "kind words on the whole: an apology would be out of tone", cues.get("praise", ()) + cues.get("thanks", ())
        )
    if not trouble and not angry and "question" in cues and not wanted:
        return Pass("a question, no problem", cues["question"])
    about = _about(facts) if trouble or angry else None
    texts = _texts(facts, policy, about, bool(trouble or angry))
    if not texts:
        return Escalate(KIND, "no wording for support", trouble)
    reasons = _reasons(facts, options, about)
    what = f"a problem or complaint{f' about {about}' if about else ''}" if trouble or angry else "a request"
    message = f"{what} ({facts.compound:+.2f}){f', urgent: {reasons[0]}' if reasons else ''}"
    words = trouble or wanted or cues.get("question", ())
    return Draft(texts, KIND, message, words, False, int(bool(reasons)))


def _options(policy: Policy) -> Options:
    responding = policy.responder_config(KIND)
    return responding.options if responding and isinstance(responding.options, Options) else Options()


def _least(facts: MentionSignals, options: Options) -> float:
    """A question that the fact sheet knows is a complaint only in anger: "is there no ..." scores low by its "no"."""
    known = "question" in facts.cues and (facts.topics or facts.claims)
    return FURIOUS if known else options.complaint_below


def _troubled_question(facts: MentionSignals) -> bool:
    """A question that turns on something amiss: who has waited gets no cheerful answer of the fact sheet."""
    if "question" not in facts.cues:
        return False
    if "waiting" in facts.cues:
        return True
    known = facts.topics or facts.claims
    return not known and any(name in facts.cues for name in TURNED)


def _praises(facts: MentionSignals, options: Options) -> bool:
    """Kind on the whole: by the score, or by thanks that no sentence and no complaint takes back."""
    cues = facts.cues
    if "complaint" in cues and "thanks" not in cues:
        return False
    kind = "praise" in cues or "thanks" in cues or not any(name in cues for name in TROUBLE)
    if facts.compound >= options.no_apology_above:
        return kind
    return "thanks" in cues and "complaint" not in cues and facts.compound > 0 and "question" not in cues


def _about(facts: MentionSignals) -> str | None:
    """What the trouble is about: what most words speak of; None when no word tells."""
    told = [(len(facts.cues[cue]), -at, name) for at, (name, cue) in enumerate(_CUES) if cue in facts.cues]
    return max(told)[2] if told else None


def _texts(facts: MentionSignals, policy: Policy, about: str | None, trouble: bool) -> tuple[CandidateText, ...]:
    """Wording for what the trouble is about; a mere request gets none that says sorry for anything."""
    if trouble:
        return candidates(KIND, facts, policy, about=f"about_{about}" if about else None)
    calm = {name: words for name, words in facts.cues.items() if not name.startswith("about_")}
    return candidates(KIND, replace(facts, cues=calm), policy)


def _reasons(facts: MentionSignals, options: Options, about: str | None) -> tuple[str, ...]:
    """Anger, a wish to leave, reach, repeated contact and what it is about bring it forward."""
    found = (
        (facts.compound <= FURIOUS, "anger"),
        ("threat_to_leave" in facts.cues, "wants to leave"),
        ((facts.mention.author_followers or 0) >= options.followers, "many followers"),
        (facts.history.exchanges >= options.repeat, "was here before"),
        (about in options.urgent, f"about {about}"),
    )
    return tuple(why for true, why in found if true)
