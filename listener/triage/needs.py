"""Kinds of need that somebody shows who writes to support, and which wording answers which. Pure.

The words that show them are data (lexicon/needs.toml): each need has a cue need_NAME; its wordings name it in `when`.
"""

from collections.abc import Callable, Mapping
from typing import Literal, get_args

from listener.intake.audience import begins_with_handle, is_spoken_to, speaks_of_handle
from listener.intake.phrases import tokenize
from listener.model import MentionSignals, Pass
from listener.triage.form import FORMS, OWN, find_forms
from listener.triage.over import says_over

APOLOGY = frozenset(("complaint", "problem"))  # named in the `when` of a wording that apologizes
Need = Literal[
    "message_sent", "cannot_message", "in_private", "rudeness", "account", "billing", "outage", "unreachable", "refund",
    "request", "left_behind", "missing", "leaving", "change", "quality", "broken", "terms", "late", "status", "reach",
    "service", "idea",
]  # fmt: skip
Needs = tuple[Need, ...]
NEEDS: Needs = get_args(Need)  # in the order in which they are answered, unless the policy has another
# needs that a request without trouble may show; the others would bring an apology
CALM: Needs = (
    "message_sent", "cannot_message", "in_private", "left_behind", "missing", "change", "status", "reach", "idea",
    "request",
)  # fmt: skip
UNTROUBLED: Needs = ("idea", "request", "in_private")  # needs whose wording fits no trouble
# needs whose wording is about a single matter: beside another need than these it is uncertain which is meant
NARROW: Mapping[Need, frozenset[Need]] = {
    "rudeness": frozenset(("service", "request", "quality", "leaving", "unreachable")),
    "account": frozenset(("outage", "service", "request")),
    "billing": frozenset(("refund", "terms", "service", "request")),
    "outage": frozenset(("broken", "account", "service", "request")),
    "quality": frozenset(("broken", "service", "request")),
    "broken": frozenset(("service", "request")),
    "late": frozenset(NEEDS) - {"account", "billing", "outage", "quality", "broken"},
}
AWAITED: Needs = ("missing", "late", "status")  # needs that are over when it has arrived
GENERAL = APOLOGY | FORMS  # in `when` of a wording for trouble of no certain kind
# beside one of these cues no ready text fits, and a person answers
UNFIT = {
    "overheard": "speaks of us to others",
    "quote": "goes on from what it quotes",
    "blames_reply": "finds fault with what we answered",
}
# nor beside these, where it is not certain what the text is about
UNFIT_UNSURE = {"begging": "asks for a present", "as_business": "speaks of us as a business"}
CONTINUES = "goes on with a talk that is not known here"  # beside this cue no general text fits
# the words that address us
US = frozenset(("you", "your", "yours", "you're", "youre", "u", "ur", "yall", "y'all", "guys"))
PLEASE = frozenset(("please", "pls", "plz"))
# without one of these nobody asks for anything: "what to consider before you buy", read in the news
PERSONAL = US | PLEASE | OWN
SURELY_HEARD = 0.8  # chance of a complaint, by the second reader, that is no headline's
MAX_CRY_WORDS = 3  # so short a text is a cry ("#fail"), not news


def find_misfit(signals: MentionSignals, *, is_certain: bool = False) -> Pass | None:
    """Return why no ready text fits, None where it may. is_certain: it is known what the text is about."""
    cues = signals.cues
    unfit = UNFIT if is_certain else UNFIT | UNFIT_UNSURE
    if name := next((name for name in unfit if name in cues), None):
        return Pass(unfit[name], cues[name])
    if "continues" in cues and not is_certain and "concerns" not in cues:
        return Pass(CONTINUES, cues["continues"])
    if not is_certain and (over := says_over(signals)):
        return Pass("says that it is over", over)
    return Pass("shares what others wrote", cues["link"]) if _is_share(signals, is_certain) else None


def _is_share(signals: MentionSignals, is_certain: bool) -> bool:
    """True for a link with words that neither speak of their author nor to us, as headlines do, not pictures.

    What is said to us comes with a picture, unless our handle stands for a name: "@fernhill has opened a shop".
    """
    cues, text = signals.cues, signals.mention.text
    if "link" not in cues or not _find_personal(signals).isdisjoint(tokenize(signals.text)):
        return False
    is_heard = signals.reading is not None and signals.reading.complaint >= SURELY_HEARD
    if not is_spoken_to(text):
        is_sure = ("complaint" in cues and "shares" not in cues) or (is_certain and is_heard)
        return ("@" in text or "#" in text) and not is_sure
    is_news = speaks_of_handle(text) and not is_heard and not any(name in cues for name in ("complaint", "problem"))
    return not is_certain and ("shares" in cues or "other_handles" in cues or is_news)


def _find_personal(signals: MentionSignals) -> frozenset[str]:
    """Return the words by which somebody speaks of themselves or to us; in a poll, "you" may be anybody."""
    is_to_many = is_among_others(signals) and not {"other_handles", "shares"}.isdisjoint(signals.cues)
    return OWN | PLEASE if is_to_many else PERSONAL


def is_among_others(signals: MentionSignals) -> bool:
    """True for a post with tags or handles that does not begin with a handle, at most after a greeting."""
    text = signals.mention.text
    return not begins_with_handle(text) and ("@" in text or "#" in text)


def is_asked(signals: MentionSignals) -> bool:
    """True if we may be asked for something: by "please" among others, else also by "you" or "I"."""
    words = PLEASE if is_among_others(signals) else PERSONAL
    return not words.isdisjoint(tokenize(signals.text))


def is_hearsay(signals: MentionSignals) -> bool:
    """True for a post among others that speaks neither to us nor of its author; "you" may be somebody it names."""
    if not is_among_others(signals):
        return False
    words, personal = tokenize(signals.text), OWN if "other_handles" in signals.cues else PERSONAL
    return len(words) > MAX_CRY_WORDS and personal.isdisjoint(words)


def is_aside(signals: MentionSignals) -> bool:
    """True for a post among others that does not speak to us, and of nothing that is its author's own."""
    words = tokenize(signals.text)
    is_own = any("your " in noun for noun in signals.cues.get("concerns", ()))
    return is_among_others(signals) and not is_own and (US | PLEASE).isdisjoint(words) and len(words) > MAX_CRY_WORDS


def find_needs(signals: MentionSignals, order: Needs, is_trouble: bool) -> Needs:
    """Return the kinds of need that a text shows, in the policy's order, but first the one whose wording fits.

    Without trouble, whatever asks us for something and shows no other need is a request.
    """
    cues = signals.cues
    fitting = (need for need in order if (need not in UNTROUBLED if is_trouble else need in CALM))
    needs = tuple(need for need in fitting if _is_shown(need, cues))
    if not needs and not is_trouble and "request" in cues and "request" in order:
        return ("request",)
    chosen = choose_need(needs)
    return (chosen, *(need for need in needs if need != chosen)) if chosen else needs


def _is_shown(need: Need, cues: Mapping[str, tuple[str, ...]]) -> bool:
    if need in AWAITED and "arrived" in cues and "negation" not in cues:
        return False
    return need_cue(need) in cues


def choose_need(needs: Needs) -> Need | None:
    """Return the need whose wording fits: the first that passes over no other; None where it is uncertain."""
    return next((need for need in needs if need not in NARROW or NARROW[need].issuperset({*needs} - {need})), None)


def need_cue(need: str) -> str:
    """Return the cue that shows a need, which its wordings name in `when`."""
    return f"need_{need}"


def readable(needs: Needs) -> str:
    """Return such as "late and leaving": the need that is answered, and the next."""
    return " and ".join(need.replace("_", " ") for need in needs[:2])


def rank_sorry(signals: MentionSignals, needs: Needs) -> Callable[[frozenset[str]], int | None]:
    """Rank wordings for trouble: those of its need, apologies first, then general apologies, then what else fits.

    Of the general apologies, those for the form of the text come first.
    """
    need, forms, cues = choose_need(needs), find_forms(signals), signals.cues
    cue = need_cue(need) if need else ""

    def rank(when: frozenset[str]) -> int | None:
        if cue in when:
            return int(when.isdisjoint(APOLOGY))
        if when and when <= GENERAL:
            form = when & FORMS
            if when == form:
                return None
            return 3 if not form else 2 if form <= forms else None
        return 5 if not when else None if when.isdisjoint(cues) or (when - GENERAL).isdisjoint(cues) else 4

    return rank


def rank_calm(signals: MentionSignals, needs: Needs) -> Callable[[frozenset[str]], int | None]:
    """Rank wordings for a request: none that apologizes; those of its need first."""
    cue = need_cue(needs[0]) if needs else ""
    allowed, forms = {need_cue(need) for need in CALM}, find_forms(signals)

    def rank(when: frozenset[str]) -> int | None:
        if not when:
            return 2
        if when <= FORMS:
            return 1 if when <= forms else None
        if not when <= allowed:
            return None
        return 0 if cue in when else None if when.isdisjoint(signals.cues) else 1

    return rank
