"""Reasons to stay silent or to call a person, whatever a responder would draft.

Each public function here is a guard: (signals, policy) -> GuardHit or None. The first line of its docstring is what
staff read when it does not match; its place in the file is its precedence: danger to people comes before a wish not to
be answered, because a person reads it. A new safety rule is one more function; there is nothing else to edit.
"""

from dataclasses import dataclass
from datetime import timedelta

from listener.model import Action, MentionSignals
from listener.policy import Policy

_DAY = timedelta(days=1)
_HARMLESS_LABELS = ("!no-unauthenticated",)  # Bluesky's: show it only to who is signed in
_NEEDS = ("problem", "complaint", "question", "request", "wish", "threat_to_leave")


@dataclass(frozen=True, slots=True)
class GuardHit:
    """A guard that matched: what happens with the mention, the reason for staff, and the words that matched."""

    action: Action
    message: str
    words: tuple[str, ...] = ()
    urgency: int = 0
    assign_to: str | None = None
    opt_out: bool = False


def self_harm(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """No sign of self-harm."""
    return _escalate(signals, "self_harm", "Possible self-harm: respond immediately", 2)


def death(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """No sign of death or disaster."""
    return _escalate(signals, "death", "Death or disaster: respond immediately", 2)


def safety(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """No sign of injury or danger."""
    return _escalate(signals, "safety", "Injury or danger: respond immediately", 2)


def assault(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """No sign of assault or harassment."""
    return _escalate(signals, "assault", "Assault or harassment: respond immediately", 2)


def discrimination(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """No sign of discrimination or disability."""
    return _escalate(signals, "discrimination", "Discrimination or disability: respond immediately", 2)


def minors(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """No minor involved."""
    return _escalate(signals, "minors", "Minor involved: respond immediately", 2)


def own_post(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """Not written by us."""
    words = signals.cues.get("own_author")
    return GuardHit("ignore", "Written by our own account", words) if words else None


def opted_out_earlier(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """Author has not opted out earlier."""
    return GuardHit("ignore", "Author opted out earlier: never reply") if signals.history.opted_out else None


def legal(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """No lawyers, police or regulators."""
    return _escalate(signals, "legal", "Lawyers, police or regulators: staff only", 1)


def accusation(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """Nobody accused of theft, fraud or lying."""
    is_grateful = "thanks" in signals.cues and not _find_words(signals, "complaint", "sarcasm", "ironic_praise")
    if is_grateful or (signals.claims and all(claim.stance == "denied" for claim in signals.claims)):
        return None  # "that's a lie" of a false claim about us
    return _escalate(signals, "accusation", "Accusation of theft, fraud or lying: staff only", 1)


def press(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """No media inquiry."""
    return _escalate(signals, "press", "Media inquiry: staff only", 1)


def personal_data(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """No personal data in public."""
    return _escalate(signals, "personal_data", "Personal data in public: ask to remove it", 1)


def opt_out(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """Does not ask us to stop."""
    words = signals.cues.get("opt_out")
    if not words:
        return None
    message = "Asks us to stop: opted out now"
    if _find_words(signals, "problem", "complaint", "threat_to_leave"):
        return GuardHit("escalate", f"{message}; staff decide", words, 1, opt_out=True)
    return GuardHit("ignore", message, words, opt_out=True)


def profanity(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """No profanity or slur."""
    return _escalate(signals, "profanity", "Profanity or slur: staff only", 0)


def profane_name(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """Handle and display name are not offensive."""
    return _escalate(signals, "profane_name", "Offensive handle or display name: staff only", 0)


def impersonation(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """Handle and display name do not look like ours."""
    return _escalate(signals, "impersonation", "Possible impersonation: check the account", 1)


def label(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """No content label such as porn, graphic or sensitive."""
    words = tuple(name for name in signals.mention.labels if name not in _HARMLESS_LABELS)
    if not words or not signals.mention.is_addressed:
        return None
    return GuardHit("escalate", f"Labelled {', '.join(words)}: staff only", words)


def bot_author(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """Author does not call itself a bot."""
    words = signals.cues.get("bot_author")
    if not words:
        return None
    if _find_words(signals, "problem", "complaint", "question"):
        return GuardHit("escalate", "Author is a bot: no draft; staff decide", words)
    return GuardHit("ignore", "Author is a bot: no reply", words)


def media(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """Has words of its own besides pictures or other media."""
    attached = signals.mention.attachments
    is_wordless = not any(char.isalnum() for char in signals.text) and not signals.cues.get("no_letters")
    if not attached or not is_wordless or not signals.mention.is_addressed:
        return None
    return GuardHit("escalate", "Only pictures or other media: staff look at them", attached)


def empty(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """Has text besides handles and links."""
    cues = signals.cues
    if signals.text and (cues.get("no_letters") or any(char.isalnum() for char in signals.text)):
        return None
    return None if cues.get("question") else GuardHit("ignore", "No text besides handles or links")


def language(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """Language supported."""
    if signals.lang in policy.languages:
        return None
    is_unknown = signals.lang == "und"
    is_brief = len(signals.text) < 25 and signals.text.isascii() and not _find_words(signals, "praise", "thanks")
    if is_unknown and ("no_letters" in signals.cues or is_brief):
        return None
    return GuardHit("escalate", f"Language not supported: {'unknown' if is_unknown else signals.lang}")


def too_old(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """Recent enough to be answered."""
    max_age = policy.limits.max_age
    if signals.now - signals.mention.age_start_at <= max_age:
        return None
    message = f"Older than {_write_duration(max_age)}: not answered"
    return _escalate_needs(signals, message, "problem", "complaint", "question", "request") or GuardHit(
        "ignore", message
    )


def not_addressed(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """Addressed to us."""
    if signals.mention.is_addressed:
        return None
    message = "Not addressed to us"
    return _escalate_needs(signals, message, "problem", "complaint", "question", "bad_news") or GuardHit(
        "ignore", message
    )


def follow_up(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """Not a follow-up to our reply."""
    history, cues = signals.history, signals.cues
    if not history.answered:
        return None
    thanks = cues.get("thanks") or cues.get("acknowledgement") or cues.get("no_letters")
    if thanks and signals.compound >= 0 and not _find_words(signals, *_NEEDS, "sarcasm"):
        return GuardHit("ignore", "Only thanks for our reply", thanks)
    message = f"Follow-up to our reply: back to {history.answered_by or 'staff'}"
    return GuardHit("escalate", message, assign_to=history.answered_by)


def repost(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """The author's own words."""
    quoted = signals.cues.get("quote")
    if not quoted or not quoted[0].startswith("RT ") or signals.mention.text.lstrip()[:3] != "RT ":
        return None
    message = "Reposts someone else's words"
    return _escalate_needs(signals, message, "problem", "complaint", "question") or GuardHit("ignore", message, quoted)


def advertising(signals: MentionSignals, policy: Policy) -> GuardHit | None:
    """Not advertising or an automated post."""
    words = signals.cues.get("automated")
    if words and not _find_words(signals, "complaint", "question", "problem", "sarcasm"):
        return GuardHit("ignore", "Advertising or automated post", words)
    return None


def _escalate(signals: MentionSignals, cue: str, message: str, urgency: int) -> GuardHit | None:
    """Call a person if the cue hit."""
    words = signals.cues.get(cue)
    return GuardHit("escalate", message, words, urgency) if words else None


def _escalate_needs(signals: MentionSignals, message: str, *cues: str) -> GuardHit | None:
    """Call a person if the author needs something: if one of these cues hit."""
    words = _find_words(signals, *cues)
    return GuardHit("escalate", f"{message}; staff decide", words) if words else None


def _find_words(signals: MentionSignals, *cues: str) -> tuple[str, ...]:
    """Return the words of the first of these cues that hit."""
    return next((signals.cues[cue] for cue in cues if cue in signals.cues), ())


def _write_duration(duration: timedelta) -> str:
    """Return such as "3 days" or "36 hours"."""
    days, hours = duration / _DAY, duration / timedelta(hours=1)
    number, unit = (days, "day") if days >= 1 and days == int(days) else (hours, "hour")
    return f"{number:g} {unit}" if number == 1 else f"{number:g} {unit}s"
