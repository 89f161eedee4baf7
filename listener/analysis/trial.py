"""`earshot try`: decide a text by the policy, with the reasons. Stores nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime

from listener.model import Decision, History, Json, Mention, MentionSignals, Preview, RuleResult
from listener.policy import Policy
from listener.protocols import Responder
from listener.reader.score import Weights
from listener.triage.decide import decide
from listener.triage.signals import SignalExtractor
from listener.wording import first_fitting

TRIAL = "try"  # the id of a mention that exists nowhere


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
    changes: Weights | None = None,
) -> Json:
    """Return `{compound, lang, cues, decision, kind, rule, text, auto, trail}` as `earshot try --json` prints it.

    changes: what the second reader has learned. preview is the platform's; text is what would be posted, None when
    nothing is drafted or no wording fits.
    """
    mention = _mention(text, lang, platform, author, now)
    extractor = SignalExtractor(policy)
    signals = (extractor.reading_by(changes) if changes else extractor).extract(mention, History(), now)
    decision = decide(signals, policy, responders)
    fitting = first_fitting(decision.draft, lambda draft: preview(draft, mention)) if decision.draft else None
    return _result(signals, decision, fitting[1].text if fitting else None)


def _mention(text: str, lang: str | None, platform: str, author: str | None, now: datetime) -> Mention:
    handle = author.lstrip("@") if author else None
    return Mention(platform, TRIAL, text, handle or TRIAL, now, now, TRIAL, TRIAL, author_handle=handle, lang=lang)


def _result(signals: MentionSignals, decision: Decision, text: str | None) -> Json:
    is_unfit = decision.draft is not None and text is None
    unfit = RuleResult("no_variant_fits", True, "no wording fits the platform's limit: staff decide")
    trail = (*decision.trail, unfit) if is_unfit else decision.trail
    return {
        "compound": signals.compound,
        "lang": signals.lang,
        "cues": {name: list(words) for name, words in signals.cues.items()},
        "decision": "escalate" if is_unfit else decision.action,
        "kind": None if is_unfit else decision.kind,
        "rule": "no_variant_fits" if is_unfit else decision.rule,
        "text": text,
        "auto": bool(decision.draft and decision.draft.auto and not is_unfit),
        "trail": [
            {"rule": line.rule, "hit": line.hit, "words": list(line.words), "message": line.message} for line in trail
        ],
    }
