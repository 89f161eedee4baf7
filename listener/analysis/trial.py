"""`earshot try`: what the policy would do with a text, and why. Stores nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from listener.model import Decision, History, Json, Mention, MentionSignals, Preview, Responder
from listener.policy import Policy
from listener.triage.decide import decide
from listener.triage.signals import SignalExtractor
from listener.wording import first_fitting

TRIAL = "try"  # the id of a mention that nobody made


def trial(
    text: str,
    policy: Policy,
    responders: Mapping[str, Responder],
    preview: Callable[[str, Mention], Preview],
    *,
    lang: str | None = None,
    platform: str = "memory",
    author: str | None = None,
    now: datetime,
) -> Json:
    """Return `{compound, lang, cues, decision, kind, rule, text, auto, trail}` as `earshot try --json` prints it.

    preview is the platform's; text is what would be posted, None when nothing is drafted or no wording fits.
    """
    mention = _mention(text, lang, platform, author, now)
    facts = SignalExtractor(policy).facts(mention, History(), now)
    decision = decide(facts, policy, responders)
    shown = first_fitting(decision.draft, lambda said: preview(said, mention)) if decision.draft else None
    return _told(facts, decision, shown[1].text if shown else None)


def _mention(text: str, lang: str | None, platform: str, author: str | None, now: datetime) -> Mention:
    handle = author.lstrip("@") if author else None
    return Mention(
        platform,
        TRIAL,
        text,
        handle or TRIAL,
        now,
        now,
        TRIAL,
        TRIAL,
        author_handle=handle,
        author_name=None,
        lang=lang,
    )


def _told(facts: MentionSignals, decision: Decision, text: str | None) -> dict[str, Any]:
    unfit = decision.draft is not None and text is None
    trail = [
        {"rule": hit.rule, "hit": hit.hit, "words": list(hit.words), "message": hit.message} for hit in decision.trail
    ]
    if unfit:
        trail.append(
            {"rule": "no_variant_fits", "hit": True, "words": [], "message": "no wording fits the platform: a person"}
        )
    return {
        "compound": facts.compound,
        "lang": facts.lang,
        "cues": {name: list(words) for name, words in facts.cues.items()},
        "decision": "escalate" if unfit else decision.action,
        "kind": None if unfit else decision.kind,
        "rule": "no_variant_fits" if unfit else decision.rule,
        "text": text,
        "auto": bool(decision.draft and decision.draft.auto and not unfit),
        "trail": trail,
    }
