"""Whether a text is trouble, how sure that is, and whether it is praise all the same. Pure.

Rules and the second reader look at the same text: an apology needs two signs, or a strong one.
"""

from collections.abc import Mapping

from listener.intake.phrases import tokenize
from listener.model import MentionSignals
from listener.triage.form import FURIOUS
from listener.triage.needs import CALM, NEEDS, US, Needs, need_cue

TROUBLE = ("complaint", "problem", "threat_to_leave")
HEARD = 0.35  # chance of a complaint, by the second reader, below which nothing gets an apology
FAINTLY_HEARD = 0.66  # chance from which a weak sign of trouble gets help, without an apology
NAMED_HEARD = 0.5  # the same where it is known what the trouble is about, and nothing kind is said
UNNAMED_HEARD = 0.55  # the same where nothing is known but that it is trouble
CLEARLY_HEARD = 0.7  # chance from which it stands in for the second sign of trouble, or for every word of it
NEWS_CLEARLY_HEARD = 0.8  # the same for a question about a delay and no other trouble
WRY_CLEARLY_HEARD = 0.9  # the same beside kind words that are often not meant
FACT_CLEARLY_HEARD = 0.9  # the same for a question that may be about the fact sheet
PRAISED = 0.2  # chance of praise from which nothing gets an apology
PRAISED_REQUEST = 0.1  # the same for a request: happy people say "please" too
ASKED_HEARD = 0.9  # chance of a complaint from which even a text that only asks gets an apology
WRY = ("thanks", "sarcasm", "ironic_praise", "hedge")  # beside one of these kind words may be no kindness
KIND = ("praise", "thanks", "warm", "resolved_trouble")
TELLS = ("concerns", "request", "question", "complaint", "threat_to_leave")  # beside one of these a text says enough
BUT = ("contrast", "negation", "duration", "waiting", "request", "complaint", "threat_to_leave")  # what turns praise
# needs whose words show trouble in a question, too; "do you expect delays?" is just a question
TELLING: Needs = ("unreachable", "refund", "billing", "rudeness", "account", "outage")
# who asks so wants to know something, whatever the score: "what time do you stop serving"
PLAIN = ("what time", "how late", "how often", "what day", "what date")
# a question with one of these is about trouble
SOUR = ("waiting", "duration", "swearing", "sarcasm")
UNASKED = ("complaint", "threat_to_leave", "waiting")  # with one of these a question does more than ask
TURNED = ("negation", "duration", "swearing", "sarcasm", "resolved_trouble")


def sounds_angry(signals: MentionSignals, complaint_below: float) -> bool:
    """True for a low score without warm words; a question that the fact sheet covers scores low by its "no" alone."""
    is_known = _asks_plainly(signals) or ("question" in signals.cues and (signals.topics or signals.claims))
    threshold = FURIOUS if is_known else complaint_below
    return (signals.compound <= threshold and "warm" not in signals.cues) or _is_troubled_question(signals)


def is_heard_alone(signals: MentionSignals, no_apology_above: float) -> bool:
    """True for what reads as a clear complaint though no word of it is known as one."""
    is_heard = signals.reading is not None and signals.reading.complaint >= _find_bound(signals)
    return is_heard and signals.compound < no_apology_above


def _find_bound(signals: MentionSignals) -> float:
    """Return the chance of a complaint from which the second reader stands in for any word of trouble."""
    is_calm = "question" in signals.cues and "heated" not in signals.cues
    is_known = is_calm and (signals.topics or signals.claims or signals.suspected)
    return FACT_CLEARLY_HEARD if is_known or _asks_plainly(signals) else CLEARLY_HEARD


def _asks_plainly(signals: MentionSignals) -> bool:
    return any(words.startswith(PLAIN) for words in signals.cues.get("question", ()))


def is_faintly_heard(signals: MentionSignals, no_apology_above: float) -> bool:
    """True if the second reader is the second sign of a weak word, though not of one that makes an apology fit."""
    is_heard = signals.reading is not None and signals.reading.complaint >= FAINTLY_HEARD
    return is_heard and signals.compound < no_apology_above


def is_heard_and_named(signals: MentionSignals) -> bool:
    """True if the second reader is the only sign of trouble, or its second, and the text names what gives it."""
    reading, cues = signals.reading, signals.cues
    if reading is None or "concerns" not in cues or any(name in cues for name in KIND):
        return False
    bound = NEWS_CLEARLY_HEARD if "question" in cues else FAINTLY_HEARD if "weak_trouble" in cues else NAMED_HEARD
    return reading.complaint >= bound and reading.praise < PRAISED_REQUEST


def is_barely_heard(signals: MentionSignals) -> bool:
    """True for trouble that names and asks nothing, of which neither the second reader is sure nor a word.

    It may be a joke, or goes on with a talk. Of few words a problem is one: "it broke".
    """
    cues = signals.cues
    if signals.reading is None or any(name in cues for name in TELLS):
        return False
    is_told = "problem" in cues and "brief" in cues
    return not is_told and signals.reading.complaint < UNNAMED_HEARD


def is_heard_in_need(signals: MentionSignals, no_apology_above: float) -> bool:
    """True for a need that only trouble brings, beside a request or a noun: "please explain, I am stranded"."""
    is_named = "request" in signals.cues or is_heard_and_named(signals)
    return is_named and is_faintly_heard(signals, no_apology_above) and _shows_trouble(signals.cues)


def is_only_asked(signals: MentionSignals) -> bool:
    """True for a question or a request that states no failure, and in which the second reader hears no reproach.

    A plain question may use a word of trouble: "can we have this instead of that?".
    """
    cues, heard = signals.cues, signals.reading.complaint if signals.reading else 0.0
    if "asks_only" in cues:
        return heard < ASKED_HEARD
    is_plain = "plain_question" in cues and not any(name in cues for name in UNASKED)
    return is_plain and heard < CLEARLY_HEARD and not _shows_trouble(cues)


def is_heard_all_the_same(signals: MentionSignals) -> bool:
    """True for a complaint in kind words: help without an apology fits, unless the words may be meant wryly."""
    cues = signals.cues
    if signals.reading is None or signals.reading.complaint < CLEARLY_HEARD or any(name in cues for name in WRY):
        return False
    return "praise" not in cues or any(name in cues for name in BUT)


def is_clearly_wry(signals: MentionSignals) -> bool:
    """True for a complaint in spite of a high score: the second reader hears it, and a second sign agrees.

    That sign is kind words that are often meant wryly, or a kind of trouble that is known.
    """
    reading, cues = signals.reading, signals.cues
    if reading is None or reading.complaint < WRY_CLEARLY_HEARD or reading.praise >= PRAISED:
        return False
    return any(name in cues for name in WRY) or ("praise" not in cues and _shows_trouble(cues))


def _shows_trouble(cues: Mapping[str, tuple[str, ...]], needs: Needs = NEEDS) -> bool:
    """True if one of these kinds of need is shown, and only trouble brings it."""
    return any(need_cue(need) in cues for need in needs if need not in CALM)


def has_second_sign(signals: MentionSignals, no_apology_above: float, trouble: tuple[str, ...]) -> bool:
    """True if an apology fits: for one strong sign of trouble, or for two; the second reader may be the second.

    A weak word is no strong sign whatever else it stands for: "cheap and cheerful", "switched to you".
    """
    cues = signals.cues
    weak = set(cues.get("weak_trouble", ()))
    strong = (*cues.get("complaint", ()), *cues.get("threat_to_leave", ()))
    if not weak.issuperset(strong) or (strong and "need_leaving" in cues):
        return True
    if signals.compound >= no_apology_above:
        return is_clearly_wry(signals)
    heard = signals.reading.complaint if signals.reading else CLEARLY_HEARD
    is_question = "question" in cues
    if is_question and trouble and set(cues.get("need_late", ())).issuperset(trouble):
        return heard >= NEWS_CLEARLY_HEARD  # "is our flight cancelled?" asks for news
    bound = CLEARLY_HEARD if trouble else _find_bound(signals)
    if heard >= bound or heard < HEARD:
        return heard >= bound
    if is_question:
        return _is_question_of_trouble(signals, trouble, weak)
    return not weak.issuperset(trouble) if trouble else not US.isdisjoint(tokenize(signals.text))


def _is_question_of_trouble(signals: MentionSignals, trouble: tuple[str, ...], weak: set[str]) -> bool:
    """True for a sour question without a word of trouble, and for strong words that do not stand alone."""
    if not trouble:
        return any(name in signals.cues for name in SOUR)
    is_known = bool(signals.topics or signals.claims)  # the fact sheet would answer it, past the trouble
    return not weak.issuperset(trouble) and (is_known or len(trouble) > 1 or _shows_trouble(signals.cues, TELLING))


def reads_as_praise(signals: MentionSignals, is_trouble: bool) -> bool:
    """True if the second reader hears praise where the rules found trouble or a request; not in "nice, but I leave"."""
    if signals.reading is None or {"need_leaving", "contrast"} <= signals.cues.keys():
        return False
    return signals.reading.praise >= (PRAISED if is_trouble else PRAISED_REQUEST)


def _is_troubled_question(signals: MentionSignals) -> bool:
    """True for a question about something amiss: who has waited gets no cheerful answer of the fact sheet."""
    if "question" not in signals.cues:
        return False
    if "waiting" in signals.cues:
        return True
    return not (signals.topics or signals.claims) and any(name in signals.cues for name in TURNED)


def is_praise(signals: MentionSignals, no_apology_above: float) -> bool:
    """True for a text that is positive on the whole: by its score, or by thanks that no complaint takes back."""
    cues = signals.cues
    if "complaint" in cues and "thanks" not in cues:
        return False
    if signals.compound >= no_apology_above:
        return "praise" in cues or "thanks" in cues or not any(name in cues for name in TROUBLE)
    return "thanks" in cues and "complaint" not in cues and signals.compound > 0 and "question" not in cues
