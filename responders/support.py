"""Support: answer a problem, a complaint or a request by the kind of need it shows, with a next step and a way to us.

Only who does not praise us gets an apology: clear praise that merely names a problem is left to a person.
"""

from dataclasses import dataclass

from listener.intake.phrases import tokenize
from listener.model import Draft, Escalate, MentionSignals, Pass
from listener.policy import Policy
from listener.triage.form import FURIOUS
from listener.triage.needs import (
    CALM,
    NEEDS,
    PLEASE,
    UNTROUBLED,
    Needs,
    choose_need,
    find_misfit,
    find_needs,
    is_aside,
    is_asked,
    is_hearsay,
    need_cue,
    rank_calm,
    rank_sorry,
    readable,
)
from listener.triage.trouble import (
    TROUBLE,
    has_second_sign,
    is_barely_heard,
    is_clearly_wry,
    is_faintly_heard,
    is_heard_all_the_same,
    is_heard_alone,
    is_heard_and_named,
    is_heard_in_need,
    is_only_asked,
    is_praise,
    reads_as_praise,
    sounds_angry,
)
from listener.wording import candidates

KIND = "support"


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
    cues, highest = signals.cues, options.no_apology_above
    trouble = tuple(dict.fromkeys(word for name in TROUBLE for word in cues.get(name, ())))
    wanted = cues.get("request", ()) + cues.get("wish", ())
    is_angry = sounds_angry(signals, options.complaint_below) or is_heard_alone(signals, highest)
    is_named = is_heard_and_named(signals)
    if not trouble and not wanted and not is_angry and not is_named:
        return Pass("no problem, complaint or request")
    is_happy = is_praise(signals, highest) and not is_clearly_wry(signals)
    if is_happy and not is_named and not is_heard_all_the_same(signals):
        return Pass("mostly positive; an apology would not fit", cues.get("praise", ()) + cues.get("thanks", ()))
    if not trouble and not is_angry and not is_named and "question" in cues and not _asks_for_deed(signals):
        return Pass("a question, not a problem", cues["question"])
    is_calm = is_happy or _is_plain_change(signals, trouble) or _is_plain_idea(signals)
    is_calm = is_calm or _is_polite_request(signals, options) or is_only_asked(signals)
    is_trouble = not is_calm and (
        (bool(trouble or is_angry) and has_second_sign(signals, highest, trouble)) or is_heard_in_need(signals, highest)
    )
    is_heard = is_named or ("question" not in cues and is_faintly_heard(signals, highest))
    words = trouble if is_trouble else wanted or (trouble if is_happy or is_heard else ())
    if passed := _pass_on(signals, trouble, words, is_trouble):
        return passed
    return _help(signals, policy, options, words or cues.get("question", ()), is_trouble)


def _pass_on(
    signals: MentionSignals, trouble: tuple[str, ...], words: tuple[str, ...], is_trouble: bool
) -> Pass | None:
    """Pass on what reads as praise, on a weak sign of trouble alone, and on a request that is none to us."""
    if reads_as_praise(signals, is_trouble):
        return Pass("the second reader hears praise; support would not fit", trouble or words)
    if is_hearsay(signals):
        return Pass("speaks of us, not to us", trouble or words)
    if is_trouble:
        return None
    if rivals := signals.cues.get("competitor_praise"):
        return Pass("praises somebody else", rivals)
    if is_heard_and_named(signals):
        return None
    if not words:
        return Pass("a single weak sign of trouble; an apology might not fit", trouble)
    return None if is_asked(signals) else Pass("asks for something, but not us", words)


def _help(
    signals: MentionSignals, policy: Policy, options: Options, words: tuple[str, ...], is_trouble: bool
) -> Draft | Escalate | Pass:
    cues, needs = signals.cues, find_needs(signals, options.needs or NEEDS, is_trouble)
    is_certain = choose_need(needs) is not None
    if misfit := find_misfit(signals, is_certain=is_certain):
        return misfit
    if not is_certain and is_aside(signals):
        return Pass("speaks of us among others", words)
    if not needs and is_barely_heard(signals):
        return Pass("says too little of what it is about", words)
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


def _is_polite_request(signals: MentionSignals, options: Options) -> bool:
    """True for "please send it again, the link is broken": who asks for a certain deed wants no apology."""
    cues = signals.cues
    is_asked = need_cue("request") in cues and not PLEASE.isdisjoint(tokenize(signals.text))
    return is_asked and "complaint" not in cues and signals.compound > options.complaint_below


def _is_plain_idea(signals: MentionSignals) -> bool:
    """True for an idea without a complaint and without another need: there is nothing to be sorry for."""
    cues = signals.cues
    if need_cue("idea") not in cues or "complaint" in cues or "threat_to_leave" in cues:
        return False
    return not any(need_cue(need) in cues for need in NEEDS if need not in UNTROUBLED)


def _asks_for_deed(signals: MentionSignals) -> bool:
    """True if a question asks us to do something, rather than to know something."""
    known, wanted = signals.cues.get("request_to_know", ()), signals.cues.get("request", ())
    return not set(wanted) <= set(known) or any(need_cue(need) in signals.cues for need in CALM if need != "status")


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
