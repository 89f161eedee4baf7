"""Thank-yous: thank for clear praise, by a margin and without any mixed signal. A score alone never suffices.

A draft needs a score of at least `min_score`, a word of praise or thanks, no sentence below zero, and none of the cues
that stand for something else than praise. In the auto band the words must be warm, and nothing may distract.
"""

from dataclasses import dataclass

from listener.intake.praised import is_mere_picture, is_warmly_said, rank_thanks
from listener.model import Draft, Escalate, MentionSignals, Pass
from listener.policy import Policy
from listener.wording import candidates

KIND = "thank_you"
PRAISE_CUES = ("praise", "thanks", "warm")

# each of these makes praise doubtful
DOUBTS = (
    "question", "negation", "condition", "complaint", "sarcasm", "problem", "swearing", "profanity", "threat_to_leave",
    "competitor_praise", "automated", "opt_out", "part", "turned_praise", "others_praised", "linked_praise",
    "quotes_us", "closing_thanks",
)  # fmt: skip
CRIES = frozenset(("wow", "oh wow", "just wow", "omg", "whoa"))  # alone they praise nothing
# each of these too, unless the praise is firm; the last only beside thanks
MILD = ("contrast", "wish", "ironic_praise", "duration", "request")
# and these keep it from being sent without a person
DISTRACTIONS = (*MILD, "resolved_trouble", "hedge", "other_handles", "quote", "link", "informs", "reference")

MAX_MILD = 2  # mild doubts that may stand beside firm praise
MIN_SENTENCE_SCORE_RESOLVED = -0.4  # of a sentence about trouble that is over
MAX_SIGN_OFF_WORDS = 4  # with more words, thanks beside other sentences are mere politeness
MAX_CAPTION_WORDS = 7  # that an emoji may speak for
POLITE_BELOW = 0.6  # a lower score is no more than politeness
PASSING_BELOW = 0.5  # a lower score is praise in passing
MIN_UNRELATED_WORDS = 3  # beside so many, a single word of praise may be meant otherwise
SURELY_PRAISED = 0.85  # chance of praise, by the second reader, that bears such a word out
AUTO_MAX_UNRELATED_WORDS = 4
MAX_BARE_THANKS_WORDS = 4  # words of a message that is thanks and nothing else


@dataclass(frozen=True, slots=True)
class Options:
    """Compound scores: min_score of a draft, min_score_warm of one with a warm phrase, and outweigh_doubt_score, from
    which on such a phrase outweighs a mild doubt.

    The auto band needs auto_min_score and has at most auto_max_words.
    """

    min_score: float = 0.3
    min_score_warm: float = 0.0
    outweigh_doubt_score: float = 0.6
    auto_min_score: float = 0.5
    auto_max_words: int = 22


def respond(signals: MentionSignals, policy: Policy, options: Options) -> Draft | Escalate | Pass:
    """Thank for clear praise; pass on anything less, with the reason."""
    cues = signals.cues
    praise = tuple(dict.fromkeys(word for name in PRAISE_CUES for word in cues.get(name, ())))
    if not praise:
        return Pass("no praise or thanks")
    if doubt := _find_doubt(signals, options):
        return doubt
    if too_weak := _find_low_score(signals, options, praise) or _find_aside(signals, praise):
        return too_weak
    is_lone = len(praise) == 1 and "thanks" not in cues and "idiom" not in cues
    if is_lone and len(cues.get("unrelated_words", ())) >= MIN_UNRELATED_WORDS and not _is_surely_praise(signals):
        return Escalate(KIND, "a single word of praise among other words: staff decide", praise)
    texts = candidates(KIND, signals, policy, rank=rank_thanks(signals.cues))
    if not texts:
        return Escalate(KIND, "no wording for a thank-you", praise)
    message = f"clear praise ({signals.compound:+.2f})"
    return Draft(texts, KIND, message, praise, not is_lone and _is_auto(signals, options))


def _is_surely_praise(signals: MentionSignals) -> bool:
    """True if the second reader bears a single word of praise out."""
    return signals.reading is not None and signals.reading.praise >= SURELY_PRAISED


def _find_doubt(signals: MentionSignals, options: Options) -> Pass | None:
    """Pass on praise beside a cue that makes it doubtful."""
    cues = signals.cues
    if doubt := next((name for name in DOUBTS if name in cues), None):
        return Pass(f"praise, but also {_readable(doubt)}", cues[doubt])
    if (mild := [name for name in MILD if name in cues]) and not _is_firm(signals, options, mild):
        doubts = " and ".join(map(_readable, mild))
        return Pass(f"praise, but also {doubts}, and the praise is not strong enough", cues[mild[0]])
    return None


def _find_low_score(signals: MentionSignals, options: Options, praise: tuple[str, ...]) -> Pass | None:
    """Pass on a text, or a sentence of it, that scores too low."""
    is_warm = "warm" in signals.cues
    threshold = min(options.min_score, options.min_score_warm) if is_warm else options.min_score
    if signals.compound < threshold:
        return Pass(f"praise, but the score {signals.compound:+.2f} is below {threshold:+.2f}", praise)
    lowest = min(signals.sentences)
    if lowest < (MIN_SENTENCE_SCORE_RESOLVED if "resolved_trouble" in signals.cues else 0):
        return Pass(f"praise, but one sentence is negative ({lowest:+.2f})", praise)
    return None


def _find_aside(signals: MentionSignals, praise: tuple[str, ...]) -> Pass | None:
    """Pass on praise that is not what the text is about."""
    if is_mere_picture(signals.text, signals.cues, praise, MAX_CAPTION_WORDS):
        return Pass("only an emoji is positive", praise)
    if CRIES.issuperset(praise):
        return Pass("only an exclamation is positive", praise)
    if sign_off := _find_sign_off(signals):
        return Pass("thanks only as a sign-off", sign_off)
    if signals.compound < PASSING_BELOW and _is_passing_praise(signals):
        return Pass("praise only in passing", signals.cues["unrelated_words"])
    return None


def _readable(cue: str) -> str:
    return cue.replace("_", " ")


def _is_firm(signals: MentionSignals, options: Options, mild: list[str]) -> bool:
    """True if warm words and a high score outweigh a mild doubt or two: a request only beside thanks, irony alone."""
    if "ironic_praise" in mild and (len(mild) > 1 or "hedge" in signals.cues):
        return False  # irony beside any other doubt
    is_plain_request = "request" in mild and "thanks" not in signals.cues
    is_warm = is_warmly_said(signals.cues) if "duration" in mild else "warm" in signals.cues  # "much appreciated"
    is_strong = is_warm and signals.compound >= options.outweigh_doubt_score
    return is_strong and len(mild) <= MAX_MILD and not is_plain_request


def _is_passing_praise(signals: MentionSignals) -> bool:
    """True for thanks alone, or praise alone that is not warm, in a text that says much else."""
    cues = signals.cues
    return "warm" not in cues and not ("thanks" in cues and "praise" in cues) and _has_much_else(signals)


def _has_much_else(signals: MentionSignals) -> bool:
    """True if more than one word, and more than one in four, belongs to something else."""
    unrelated = len(signals.cues.get("unrelated_words", ()))
    return unrelated > 1 and unrelated * 4 > len(signals.text.split())


def _find_sign_off(signals: MentionSignals) -> tuple[str, ...]:
    """Return the words that make thanks mere politeness at the end of a message."""
    cues = signals.cues
    if "praise" in cues or "warm" in cues:
        return ()
    if news := cues.get("informs") or cues.get("reference"):
        return news
    is_polite = signals.compound < POLITE_BELOW and any(score == 0 for score in signals.sentences)
    return cues.get("thanks", ()) if is_polite and len(signals.text.split()) > MAX_SIGN_OFF_WORDS else ()


def _is_auto(signals: MentionSignals, options: Options) -> bool:
    """True if nothing distracts, little else is said, and the words are warm, thanks and praise, or thanks alone."""
    cues, length = signals.cues, len(signals.text.split())
    if length > options.auto_max_words or any(name in cues for name in DISTRACTIONS):
        return False
    if _has_much_else(signals) or len(cues.get("unrelated_words", ())) > AUTO_MAX_UNRELATED_WORDS:
        return False
    if "thanks" in cues and (length <= MAX_BARE_THANKS_WORDS or "unrelated_words" not in cues):
        return True
    return signals.compound >= options.auto_min_score and ("warm" in cues or ("thanks" in cues and "praise" in cues))
