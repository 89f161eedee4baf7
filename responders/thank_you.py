"""Thank-yous: clear praise, by a margin and without any mixed signal. A score alone never suffices.

The gate: a compound of at least `compound`, a word of praise or thanks, no sentence below zero, and none of the cues
that stand for something else than praise. Inside the auto band the words must be warm, and nothing may distract.
"""

from dataclasses import dataclass

from listener.model import Draft, Escalate, MentionSignals, Pass
from listener.policy import Policy
from listener.wording import candidates

KIND = "thank_you"
PRAISE_CUES = ("praise", "thanks", "warm")

# each of these makes praise doubtful
DOUBTS = (
    "question", "negation", "condition", "complaint", "sarcasm", "problem", "swearing", "profanity", "threat_to_leave",
    "competitor_praise", "automated", "opt_out", "part",
)  # fmt: skip
# each of these too, unless the praise is firm; the last only beside thanks
MILD = ("contrast", "wish", "ironic_praise", "duration", "request")
# and these keep it from going out without a person
DISTRACTIONS = (*MILD, "resolved_trouble", "hedge", "other_handles", "quote", "link", "informs", "reference")

OUTWEIGHED = 2  # so many sorts of mild doubt may stand beside firm praise
OVERCOME = -0.4  # a sentence may score so low when it tells of trouble that is over
CLOSING = 4  # words from which on thanks beside other sentences are mere politeness
CAPTION = 7  # words that a kind picture may speak for
BRIGHT = 0.6  # a score from which on it is more than politeness
THIN = 0.5  # a score from which on a kind word is more than said in passing
AMONG = 3  # stray words from which on a single word of praise may be meant otherwise
STRAY = 4  # stray words that the auto band bears
BARE = 4  # words of a message that is thanks and nothing else


@dataclass(frozen=True, slots=True)
class Options:
    """compound: least score of a draft, warm: beside a warm phrase; firm: from here on such a phrase outweighs a doubt.

    auto_compound: least score of the auto band; auto_words: the most words there.
    """

    min_score: float = 0.3
    min_score_warm: float = 0.0
    outweigh_doubt_score: float = 0.6
    auto_min_score: float = 0.5
    auto_max_words: int = 22


def respond(facts: MentionSignals, policy: Policy) -> Draft | Escalate | Pass:
    """Thank for clear praise; pass on anything less, with the reason."""
    cues = facts.cues
    kind_words = tuple(dict.fromkeys(word for name in PRAISE_CUES for word in cues.get(name, ())))
    if not kind_words:
        return Pass("no word of praise or thanks")
    if doubt := next((name for name in DOUBTS if name in cues), None):
        return Pass(f"kind words, but also a cue of {doubt}", cues[doubt])
    options = _options(policy)
    if (mild := [name for name in MILD if name in cues]) and not _firm(facts, options, mild):
        return Pass(f"kind words, but not firm enough beside a cue of {' and '.join(mild)}", cues[mild[0]])
    least = min(options.min_score, options.min_score_warm) if "warm" in cues else options.min_score
    if facts.compound < least:
        return Pass(f"kind words, but the score {facts.compound:+.2f} is below {least:+.2f}", kind_words)
    if min(facts.sentences) < (OVERCOME if "resolved_trouble" in cues else 0):
        return Pass(f"kind words, but a sentence scores {min(facts.sentences):+.2f}", kind_words)
    if not any(char.isalpha() for word in kind_words for char in word) and len(facts.text.split()) > CAPTION:
        return Pass("only a picture is kind, and the text may be anything", kind_words)
    if closing := _sign_off(facts):
        return Pass("thanks only to close a message that says something else", closing)
    if facts.compound < THIN and _is_passing_praise(facts):
        return Pass("a kind word in passing, and much else is said", cues["unrelated_words"])
    lone = len(kind_words) == 1 and "thanks" not in cues and "idiom" not in cues
    if lone and len(cues.get("unrelated_words", ())) >= AMONG:
        return Escalate(KIND, "one word of praise among much else: a person sees how it is meant", kind_words)
    texts = candidates(KIND, facts, policy)
    if not texts:
        return Escalate(KIND, "no wording for a thank-you", kind_words)
    message = f"clear praise ({facts.compound:+.2f})"
    return Draft(texts, KIND, message, kind_words, not lone and _auto(facts, options))


def _options(policy: Policy) -> Options:
    responding = policy.responder_config(KIND)
    return responding.options if responding and isinstance(responding.options, Options) else Options()


def _firm(facts: MentionSignals, options: Options, mild: list[str]) -> bool:
    """Warm words and a high score outweigh a mild doubt or two; a request only beside thanks."""
    heavy = "request" in mild and "thanks" not in facts.cues
    return (
        "warm" in facts.cues
        and facts.compound >= options.outweigh_doubt_score
        and len(mild) <= OUTWEIGHED
        and not heavy
    )


def _is_passing_praise(facts: MentionSignals) -> bool:
    """Thanks alone, or praise alone that is not warm, in a text that says much else."""
    return "warm" not in facts.cues and not ("thanks" in facts.cues and "praise" in facts.cues) and _strays(facts)


def _strays(facts: MentionSignals) -> bool:
    """More than a word, and more than one in four, is neither kind nor little."""
    stray = len(facts.cues.get("unrelated_words", ()))
    return stray > 1 and stray * 4 > len(facts.text.split())


def _sign_off(facts: MentionSignals) -> tuple[str, ...]:
    """Thanks beside sentences that praise nothing: politeness at the end of a message."""
    if "praise" in facts.cues or "warm" in facts.cues:
        return ()
    if told := facts.cues.get("informs") or facts.cues.get("reference"):
        return told
    silent = facts.compound < BRIGHT and any(score == 0 for score in facts.sentences)
    return facts.cues.get("thanks", ()) if silent and len(facts.text.split()) > CLOSING else ()


def _auto(facts: MentionSignals, options: Options) -> bool:
    """Nothing distracts, little else is said, and the words are warm, or thanks and praise, or thanks alone."""
    cues, length = facts.cues, len(facts.text.split())
    if length > options.auto_max_words or any(name in cues for name in DISTRACTIONS):
        return False
    if _strays(facts) or len(cues.get("unrelated_words", ())) > STRAY:
        return False
    if "thanks" in cues and (length <= BARE or "unrelated_words" not in cues):
        return True
    return facts.compound >= options.auto_min_score and ("warm" in cues or ("thanks" in cues and "praise" in cues))
