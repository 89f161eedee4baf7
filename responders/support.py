"""Support: answer a problem, a complaint or a request by the kind of need it shows, with a next step and a way to us.

Only who does not praise us gets an apology: clear praise that merely names a problem is left to a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from listener.intake.phrases import tokenize
from listener.model import Draft, Escalate, MentionSignals, Pass
from listener.policy import Policy
from listener.triage.needs import (
    CALM,
    NEEDS,
    OWN,
    PERSONAL,
    US,
    Needs,
    choose_need,
    find_misfit,
    find_needs,
    is_among_others,
    is_asked,
    need_cue,
    rank_calm,
    rank_sorry,
    readable,
)
from listener.wording import candidates

KIND = "support"

TROUBLE = ("complaint", "problem", "threat_to_leave")
HEARD = 0.35  # chance of a complaint, by the second reader, below which nothing gets an apology
FAINTLY_HEARD = 0.67  # chance from which a weak sign of trouble gets help, without an apology
CLEARLY_HEARD = 0.7  # chance from which it stands in for the second sign of trouble, or for every word of it
NEWS_CLEARLY_HEARD = 0.8  # the same for a question about a delay and no other trouble
WRY_CLEARLY_HEARD = 0.85  # the same beside kind words that are often not meant
QUESTION_CLEARLY_HEARD = 0.7  # the same for a question without a word of trouble
PRAISED = 0.2  # chance of praise from which nothing gets an apology
PRAISED_REQUEST = 0.1  # the same for a request: happy people say "please" too
MAX_CRY_WORDS = 3  # so short a text is a cry ("#fail"), not news
FURIOUS = -0.75  # a score at or under it is anger
WRY = ("thanks", "sarcasm", "ironic_praise", "hedge")  # beside one of these kind words may be no kindness
BUT = ("contrast", "negation", "duration", "waiting", "request", "complaint", "threat_to_leave")  # what turns praise
# needs whose words show trouble in a question, too; "do you expect delays?" is just a question
TELLING: Needs = ("unreachable", "refund", "billing", "rudeness", "account", "outage")
# a question with one of these is about trouble
SOUR = ("waiting", "duration", "swearing", "sarcasm")
TURNED = ("negation", "duration", "swearing", "sarcasm", "resolved_trouble")


@dataclass(frozen=True, slots=True)
class Options:
    """no_apology_above: praise from this score on gets none; complaint_below: a text up to this score complains.

    needs: in which order they are answered where a text shows several; those left out are not recognized. None: all.
    followers, repeat: an author with so many, or with so many earlier exchanges, is urgent; urgent: so are these needs.
    """

    no_apology_above: float = 0.3
    complaint_below: float = -0.25
    needs: Needs = ()
    followers: int = 10_000
    repeat: int = 2
    urgent: Needs = ("account", "billing", "outage")


def respond(signals: MentionSignals, policy: Policy, options: Options) -> Draft | Escalate | Pass:
    """Offer help for trouble or a request; pass on anything else."""
    cues = signals.cues
    trouble = tuple(dict.fromkeys(word for name in TROUBLE for word in cues.get(name, ())))
    wanted = cues.get("request", ()) + cues.get("wish", ())
    is_angry = _sounds_angry(signals, options) or _is_heard_alone(signals, options)
    if not trouble and not wanted and not is_angry:
        return Pass("no problem, complaint or request")
    is_happy = _is_praise(signals, options) and not _is_clearly_wry(signals)
    if is_happy and not _is_heard_all_the_same(signals):
        return Pass("mostly positive; an apology would not fit", cues.get("praise", ()) + cues.get("thanks", ()))
    if not trouble and not is_angry and "question" in cues and not _asks_for_deed(signals):
        return Pass("a question, not a problem", cues["question"])
    is_calm = is_happy or _is_plain_change(signals, trouble)
    is_trouble = not is_calm and bool(trouble or is_angry) and _has_second_sign(signals, options, trouble)
    is_heard = "question" not in cues and _is_faintly_heard(signals, options)
    words = trouble if is_trouble else wanted or (trouble if is_happy or is_heard else ())
    if passed := _pass_on(signals, trouble, words, is_trouble):
        return passed
    return _help(signals, policy, options, words or cues.get("question", ()), is_trouble)


def _pass_on(
    signals: MentionSignals, trouble: tuple[str, ...], words: tuple[str, ...], is_trouble: bool
) -> Pass | None:
    """Pass on what reads as praise, on a weak sign of trouble alone, and on a request that is none to us."""
    if _reads_as_praise(signals, is_trouble):
        return Pass("the second reader hears praise; support would not fit", trouble or words)
    if _is_hearsay(signals):
        return Pass("speaks of us, not to us", trouble or words)
    if is_trouble:
        return None
    if not words:
        return Pass("a single weak sign of trouble; an apology might not fit", trouble)
    return None if is_asked(signals) else Pass("asks for something, but not us", words)


def _is_hearsay(signals: MentionSignals) -> bool:
    """True for a post among others that speaks neither to us nor of its author; "you" may be somebody it names."""
    words = tokenize(signals.text)
    personal = OWN if "other_handles" in signals.cues else PERSONAL
    return is_among_others(signals) and len(words) > MAX_CRY_WORDS and personal.isdisjoint(words)


def _help(
    signals: MentionSignals, policy: Policy, options: Options, words: tuple[str, ...], is_trouble: bool
) -> Draft | Escalate | Pass:
    cues, needs = signals.cues, find_needs(signals, options.needs or NEEDS, is_trouble)
    if misfit := find_misfit(signals, is_certain=choose_need(needs) is not None):
        return misfit
    rank = rank_sorry(signals, needs) if is_trouble else rank_calm(signals, needs)
    texts = candidates(KIND, signals, policy, rank=rank)
    if not texts:
        return Escalate(KIND, "no wording for support", words if is_trouble else ())
    heard = signals.reading.harsh_words if signals.reading and not words else ()
    shown = tuple(dict.fromkeys((*(word for need in needs for word in cues.get(need_cue(need), ())), *words, *heard)))
    reasons = _urgent_reasons(signals, options, needs if is_trouble else ())
    named = f": {readable(needs)}" if needs not in ((), ("request",)) else ""
    message = f"{'problem or complaint' if is_trouble else 'request'}{named}"
    source = "" if words else "the second reader hears it; score " if heard else "score "
    message += f" ({source}{signals.compound:+.2f}){f', urgent: {reasons[0]}' if reasons else ''}"
    return Draft(texts, KIND, message, shown, False, int(bool(reasons)), needs)


def _is_plain_change(signals: MentionSignals, trouble: tuple[str, ...]) -> bool:
    """True for a wish to cancel or change something in which no other word is trouble."""
    change = {word for phrase in signals.cues.get("need_change", ()) for word in phrase.split()}
    return bool(change) and "request" in signals.cues and change.issuperset(" ".join(trouble).split())


def _asks_for_deed(signals: MentionSignals) -> bool:
    """True if a question asks us to do something, rather than to know something."""
    known, wanted = signals.cues.get("request_to_know", ()), signals.cues.get("request", ())
    return not set(wanted) <= set(known) or any(need_cue(need) in signals.cues for need in CALM if need != "status")


def _sounds_angry(signals: MentionSignals, options: Options) -> bool:
    """True for a low score without warm words; a question that the fact sheet covers scores low by its "no" alone."""
    is_known = "question" in signals.cues and (signals.topics or signals.claims)
    threshold = FURIOUS if is_known else options.complaint_below
    return (signals.compound <= threshold and "warm" not in signals.cues) or _is_troubled_question(signals)


def _is_heard_alone(signals: MentionSignals, options: Options) -> bool:
    """True for what reads as a clear complaint though no word of it is known as one."""
    bound = QUESTION_CLEARLY_HEARD if "question" in signals.cues else CLEARLY_HEARD
    is_heard = signals.reading is not None and signals.reading.complaint >= bound
    return is_heard and signals.compound < options.no_apology_above


def _is_faintly_heard(signals: MentionSignals, options: Options) -> bool:
    """True if the second reader is the second sign of a weak word, though not of one that makes an apology fit."""
    is_heard = signals.reading is not None and signals.reading.complaint >= FAINTLY_HEARD
    return is_heard and signals.compound < options.no_apology_above


def _is_heard_all_the_same(signals: MentionSignals) -> bool:
    """True for a complaint in kind words: help without an apology fits, unless the words may be meant wryly."""
    cues = signals.cues
    if signals.reading is None or signals.reading.complaint < CLEARLY_HEARD or any(name in cues for name in WRY):
        return False
    return "praise" not in cues or any(name in cues for name in BUT)


def _is_clearly_wry(signals: MentionSignals) -> bool:
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


def _has_second_sign(signals: MentionSignals, options: Options, trouble: tuple[str, ...]) -> bool:
    """True if an apology fits: for one strong sign of trouble, or for two; the second reader may be the second.

    A weak word is no strong sign whatever else it stands for: "cheap and cheerful", "switched to you".
    """
    cues = signals.cues
    weak = set(cues.get("weak_trouble", ()))
    strong = (*cues.get("complaint", ()), *cues.get("threat_to_leave", ()))
    if not weak.issuperset(strong) or (strong and "need_leaving" in cues):
        return True
    if signals.compound >= options.no_apology_above:
        return _is_clearly_wry(signals)
    heard = signals.reading.complaint if signals.reading else CLEARLY_HEARD
    is_question = "question" in cues
    if is_question and trouble and set(cues.get("need_late", ())).issuperset(trouble):
        return heard >= NEWS_CLEARLY_HEARD  # "is our flight cancelled?" asks for news
    bound = QUESTION_CLEARLY_HEARD if is_question and not trouble else CLEARLY_HEARD
    if heard >= bound or heard < HEARD:
        return heard >= bound
    if is_question:
        is_sour = any(name in cues for name in SOUR) and not trouble
        is_known = bool(signals.topics or signals.claims)  # the fact sheet would answer it, past the trouble
        return is_sour or ((is_known or len(trouble) > 1 or _shows_trouble(cues, TELLING)) and not weak.issuperset(trouble))
    return not weak.issuperset(trouble) if trouble else not US.isdisjoint(tokenize(signals.text))


def _reads_as_praise(signals: MentionSignals, is_trouble: bool) -> bool:
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


def _is_praise(signals: MentionSignals, options: Options) -> bool:
    """True for a text that is positive on the whole: by its score, or by thanks that no complaint takes back."""
    cues = signals.cues
    if "complaint" in cues and "thanks" not in cues:
        return False
    if signals.compound >= options.no_apology_above:
        return "praise" in cues or "thanks" in cues or not any(name in cues for name in TROUBLE)
    return "thanks" in cues and "complaint" not in cues and signals.compound > 0 and "question" not in cues


def _urgent_reasons(signals: MentionSignals, options: Options, needs: Needs) -> tuple[str, ...]:
    """Return what brings it forward: anger, a wish to leave, reach, repeated contact, what it is about."""
    about = tuple(need for need in needs if need in options.urgent)[:1]
    reasons = (
        (signals.compound <= FURIOUS, "anger"),
        ("threat_to_leave" in signals.cues, "wants to leave"),
        ((signals.mention.author_followers or 0) >= options.followers, "many followers"),
        (signals.history.exchanges >= options.repeat, "repeat contact"),
        (bool(about), readable(about)),
    )
    return tuple(reason for applies, reason in reasons if applies)
