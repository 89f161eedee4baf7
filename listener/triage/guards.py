"""Reasons to stay silent or to call a person, whatever a responder would say.

Each public function here is a guard: (facts, policy) -> Stop or None. Its first docstring line is what a miss says, its
place in the file its precedence: danger to people comes before a wish not to be answered, for a person reads it. A new
safety rule is one more function; there is nothing else to edit.
"""

from dataclasses import dataclass

from listener.model import Action, MentionSignals
from listener.policy import Policy

_NEEDS = ("problem", "complaint", "question", "request", "wish", "threat_to_leave")


@dataclass(frozen=True, slots=True)
class GuardHit:
    """A guard that hit: what becomes of the mention, why in words, and the words that made it."""

    action: Action
    message: str
    words: tuple[str, ...] = ()
    urgency: int = 0
    assign_to: str | None = None
    opt_out: bool = False


def self_harm(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """No word of self-harm."""
    return _person(facts, "self_harm", "speaks of self-harm: a person, at once", 2)


def death(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """No word of death or disaster."""
    return _person(facts, "death", "speaks of death or disaster: a person", 2)


def safety(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """No word of injury or danger."""
    return _person(facts, "safety", "speaks of injury or danger: a person, at once", 2)


def assault(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """No word of assault or harassment."""
    return _person(facts, "assault", "speaks of assault or harassment: a person, at once", 2)


def discrimination(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """No word of discrimination or disability."""
    return _person(facts, "discrimination", "speaks of discrimination or disability: a person", 2)


def minors(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """No child is at risk and no minor writes."""
    return _person(facts, "minors", "a minor writes, or a child may be at risk: a person", 2)


def opted_out_earlier(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """The author has not asked us to stop."""
    if facts.history.opted_out:
        return GuardHit("ignore", "the author asked us to stop; never answered")
    return None


def legal(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """No word of law, police or regulators."""
    return _person(facts, "legal", "speaks of law, police or regulators: a person", 1)


def press(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """No word of the press."""
    return _person(facts, "press", "speaks of or for the press: a person", 1)


def personal_data(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """No personal data stand in public."""
    return _person(facts, "personal_data", "personal data stand in public: a person asks to take them down", 1)


def opt_out(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """The author does not ask us to stop."""
    words = facts.cues.get("opt_out")
    if not words:
        return None
    if _first(facts, "problem", "complaint", "threat_to_leave"):
        return GuardHit(
            "escalate", "asks us to stop (honoured now) and complains: a person reads it", words, 1, opt_out=True
        )
    return GuardHit("ignore", "asks us to stop: honoured now", words, opt_out=True)


def profanity(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """No profanity or slur in the text."""
    return _person(facts, "profanity", "profanity or a slur in the text: a person", 0)


def profane_name(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """No profanity or slur in the author's handle or name."""
    return _person(facts, "profane_name", "profanity or a slur in the author's handle or name: a person", 0)


def impersonation(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """The author's handle and name are not dressed up as ours."""
    return _person(facts, "impersonation", "an account that calls itself like us: a person looks who it is", 1)


def bot_author(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """The author does not call itself a bot."""
    words = facts.cues.get("bot_author")
    if not words:
        return None
    if _first(facts, "problem", "complaint", "question"):
        return GuardHit("escalate", "calls itself a bot, and complains or asks: a person decides", words)
    return GuardHit("ignore", "calls itself a bot: two machines need not talk", words)


def empty(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """Something is left of the text without handles, links and the brand's name."""
    if facts.text and (facts.cues.get("no_letters") or any(char.isalnum() for char in facts.text)):
        return None
    if facts.cues.get("question"):
        return None
    if facts.cues.get("link") or facts.cues.get("quote"):
        return GuardHit("ignore", "only a link or somebody else's words")
    return GuardHit("ignore", "nothing but handles or the brand's name")


def language(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """The language is one the policy answers in."""
    if facts.lang in policy.languages:
        return None
    brief = len(facts.text) < 25 and facts.text.isascii() and not _first(facts, "praise", "thanks")
    if facts.lang == "und" and ("no_letters" in facts.cues or brief):
        return None
    message = "nobody can say in which language it is" if facts.lang == "und" else f"written in {facts.lang!r}"
    return GuardHit("escalate", f"{message}, the policy answers in {', '.join(policy.languages)}: a person")


def too_old(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """Young enough to be answered."""
    if facts.now - facts.mention.age_start_at <= policy.limits.max_age:
        return None
    if words := _first(facts, "problem", "complaint", "question", "request"):
        return GuardHit(
            "escalate", "older than the policy answers by itself, and it asks or complains: a person", words
        )
    return GuardHit("ignore", "older than the policy answers")


def not_addressed(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """Addressed to us: a mention, a reply or a quote."""
    if facts.mention.is_addressed:
        return None
    if words := _first(facts, "problem", "complaint", "question"):
        return GuardHit(
            "escalate", "not addressed to us, but it complains or asks: a person decides whether to step in", words
        )
    return GuardHit("ignore", "not addressed to us")


def follow_up(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """We have not answered this author in this conversation."""
    history = facts.history
    if not history.answered:
        return None
    thanks = facts.cues.get("thanks") or facts.cues.get("acknowledgement") or facts.cues.get("no_letters")
    if thanks and facts.compound >= 0 and not _first(facts, *_NEEDS, "sarcasm"):
        return GuardHit("ignore", "only thanks after our answer", thanks)
    return GuardHit("escalate", "goes on after our answer: whoever answered goes on", assign_to=history.answered_by)


def repost(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """The words are the author's own."""
    quoted = facts.cues.get("quote")
    if not quoted or not quoted[0].startswith("RT ") or facts.mention.text.lstrip()[:3] != "RT ":
        return None
    if words := _first(facts, "problem", "complaint", "question"):
        return GuardHit("escalate", "passes on somebody else's complaint or question: a person decides", words)
    return GuardHit("ignore", "a repost of somebody else's words", quoted)


def advertising(facts: MentionSignals, policy: Policy) -> GuardHit | None:
    """No advertising or automated post."""
    words = facts.cues.get("automated")
    if words and not _first(facts, "complaint", "question", "problem", "sarcasm"):
        return GuardHit("ignore", "reads like advertising or an automated post", words)
    return None


def _person(facts: MentionSignals, cue: str, message: str, urgency: int) -> GuardHit | None:
    words = facts.cues.get(cue)
    return GuardHit("escalate", message, words, urgency) if words else None


def _first(facts: MentionSignals, *cues: str) -> tuple[str, ...]:
    """The words of the first of these cues that hit."""
    return next((facts.cues[cue] for cue in cues if cue in facts.cues), ())
