"""In which form a text complains: as a question, in too few words, or as an opinion. Pure.

A general wording may be for one of these forms, which its `when` names beside `complaint` or `problem`.
"""

from listener.intake.phrases import tokenize
from listener.model import ABOUT, MentionSignals

# a question; one that is no reproach; a text that says too little; an opinion of us without a case of one's own
FORMS = frozenset(("question", "plain_question", "brief", "feedback"))
OWN = frozenset(("i", "i'm", "im", "i'd", "i've", "ive", "my", "me", "mine", "we", "we're", "our", "us"))
# beside one of these there is a case; so is whatever has a category
CASE = ("concerns", "request", "reference", "given_reference", "duration", "waiting", "threat_to_leave", "deed")
HELD_UP = frozenset(("cant", "cannot", "couldnt", "wont", "wouldnt", "unable"))  # what makes one of words about oneself
FURIOUS = -0.75  # a score at or under it is anger, and so no mere opinion


def find_forms(signals: MentionSignals) -> frozenset[str]:
    """Return the forms of a text for which there may be a wording.

    A bare "?" asks nothing: "(or shall I say morning?)".
    """
    cues, question = signals.cues, signals.cues.get("question", ())
    if "?" in question and (len(question) > 1 or signals.text.endswith("?")):
        return frozenset(("question", "plain_question") if "plain_question" in cues else ("question",))
    if "brief" in cues and not question and not _is_told(signals):
        return frozenset(("brief",))
    return frozenset() if has_case(signals) else frozenset(("feedback",))


def has_case(signals: MentionSignals) -> bool:
    """True for a text that tells of a case of its author's, which somebody can look into; else it is an opinion.

    A case is a matter that is named or lasts, a deed, fury, and what somebody complains of in words about themselves.
    """
    cues, words = signals.cues, tokenize(signals.text)
    if any(name in CASE or name.startswith(ABOUT) for name in cues):
        return True
    if signals.compound <= FURIOUS:
        return True
    if OWN.isdisjoint(words):
        return "problem" in cues and "negation" in cues
    return "problem" in cues or "complaint" in cues or not HELD_UP.isdisjoint(words)


def _is_told(signals: MentionSignals) -> bool:
    """True for few words that tell all the same: "the lift is down", "fix your servers"; a curse tells nothing."""
    cues = signals.cues
    return "concerns" in cues or ("problem" in cues and "complaint" not in cues and "swearing" not in cues)
