"""Holding replies: a question that nothing else answers gets a calm way to a person, without a fact or a promise.

It is tried last, wherever the policy names it, and never sent without a person. Whatever is more than a question is
left to staff.
"""

from dataclasses import dataclass

from listener.intake.asked import FORMS
from listener.intake.language import UNKNOWN
from listener.intake.phrases import tokenize
from listener.model import Draft, Escalate, MentionSignals, Pass
from listener.policy import Policy
from listener.triage.form import OWN
from listener.triage.needs import PERSONAL, PLEASE, US, find_misfit, is_among_others
from listener.wording import Rank, candidates

KIND = "holding"
IS_FALLBACK = True  # it takes any question, so all other kinds come first

# beside one of these a calm word would be wrong
UNCALM = (
    "complaint", "threat_to_leave", "sarcasm", "swearing", "profanity", "competitor_praise", "waiting", "part",
    "automated", "warm", "ironic_praise",
)  # fmt: skip
UNPRAISED = ("asks_deed", "asks_why")  # forms of a question that praise only leads to, or takes back
KIND_SCORE = 0.5  # from this score on a bare "?" inside a text may be a figure of speech: "sold out? No wonder!"
# beside one of these a question is for us only if it says "I" or "you", or asks beside a link alone
PUBLIC = ("other_handles", "link")
# without a question mark, one of these must show that we are asked
ASKING = ("request", "request_to_know")
ASK_US = ("can you", "can u", "could you", "could u")  # or it asks us for a deed, and says "I" somewhere
WE_ASK = ("how", "can", "could", "should", "where", "what", "wondering")  # or the question begins so, and has "I"


@dataclass(frozen=True, slots=True)
class Options:
    """min_score: the lowest score; max_complaint: the highest chance of a complaint, by the second reader (0..1)."""

    min_score: float = -0.6
    max_complaint: float = 0.9


def respond(signals: MentionSignals, policy: Policy, options: Options) -> Draft | Escalate | Pass:
    """Draft a way to a person for a question that nobody's kind of reply has taken."""
    cues = signals.cues
    question = cues.get("question", ())
    if not question or signals.lang != "en":
        return Pass("no question in English")
    if misfit := find_misfit(signals):
        return misfit
    if uncalm := _find_uncalm(signals):
        return Pass(f"a question, but also {uncalm.replace('_', ' ')}", cues[uncalm])
    if signals.compound < options.min_score:
        return Pass(f"a question, but the score {signals.compound:+.2f} is below {options.min_score:+.2f}", question)
    if idle := cues.get("idle_question"):
        return Pass(f"a question that wants no answer: {idle[0]}", question)
    if doubt := _find_doubt(signals, question):
        return Pass("a question, but it may be meant for nobody", doubt)
    if signals.reading is not None and signals.reading.complaint > options.max_complaint:
        return Pass("a question, but the second reader hears a complaint", signals.reading.harsh_words)
    if signals.claims or signals.suspected:
        return Pass("a question about a fact of the fact sheet: staff decide", question)
    texts = candidates(KIND, signals, policy, rank=_rank(signals))
    if not texts:
        return Escalate(KIND, "no wording for a holding reply", question)
    return Draft(texts, KIND, "question that nothing else answers", question)


def _find_uncalm(signals: MentionSignals) -> str | None:
    """Return the cue beside which a calm word would be wrong; who praises may still ask to know something."""
    cues = signals.cues
    asks = "?" in cues["question"] and any(name in cues for name in FORMS if name not in UNPRAISED)
    return next((name for name in UNCALM if name in cues and not (asks and name == "warm")), None)


def _find_doubt(signals: MentionSignals, question: tuple[str, ...]) -> tuple[str, ...]:
    """Return what makes it doubtful that we are asked: talk with others, a mere tag to praise, no sign of asking.

    Nor is a question understood of which nothing but the mark is known, in a language that cannot be told.
    """
    cues = signals.cues
    if others := _find_others(signals, question):
        return others
    is_figure = signals.compound >= KIND_SCORE and not signals.text.rstrip().endswith("?")
    is_bare = question == ("?",) and not any(name in cues for name in FORMS)
    if is_bare and ("praise" in cues or is_figure or signals.lang == UNKNOWN):
        return cues.get("praise", question)
    return () if "?" in question or _asks_without_mark(signals, question) else question


def _find_others(signals: MentionSignals, question: tuple[str, ...]) -> tuple[str, ...]:
    """Return what shows that others may be asked, and not we."""
    words, is_marked = tokenize(signals.text), "?" in question
    is_to_us = signals.text.rstrip().endswith("?") and not US.isdisjoint(words)
    if is_among_others(signals) and not (is_marked and (is_to_us or not PLEASE.isdisjoint(words))):
        return question
    public = next((name for name in PUBLIC if name in signals.cues), None)
    is_ours = not PERSONAL.isdisjoint(words) or (public == "link" and any(name in signals.cues for name in FORMS))
    return signals.cues[public] if public and not (is_marked and is_ours) else ()


def _asks_without_mark(signals: MentionSignals, question: tuple[str, ...]) -> bool:
    """True for a question without its mark that opens the text, is the author's own, or comes with a request."""
    if " ".join(tokenize(signals.text)).startswith(question) and not question[0].startswith("is "):
        return True
    has_own = not OWN.isdisjoint(tokenize(signals.text))
    is_own = any(words.startswith(WE_ASK) and {"i", "we", "wondering"} & {*words.split()} for words in question)
    is_own = is_own or (has_own and any(words.startswith(ASK_US) for words in question))
    is_own = is_own or (has_own and any(form in signals.cues for form in FORMS))
    return is_own or any(name in signals.cues for name in ASKING)


def _rank(signals: MentionSignals) -> Rank:
    """Rank wordings: for a kind of need, for what the question names, for what it asks for, for a plain one, the rest.

    What is not the author's own comes before the need: "any news of when you open" waits for no order.
    """
    cues = signals.cues
    is_own = cues.get("asked", ("your ",))[0].startswith("your ")
    first, second = ("need_", "asked") if is_own else ("asked", "need_")
    order = ("asks_price", first, second, "asks_")

    def rank(when: frozenset[str]) -> int | None:
        places = [_find_place(cue, order) for cue in when if cue in cues]
        return min(places, default=None) if when else len(order) + 1

    return rank


def _find_place(cue: str, order: tuple[str, ...]) -> int:
    return next((place for place, start in enumerate(order) if cue.startswith(start)), len(order))
