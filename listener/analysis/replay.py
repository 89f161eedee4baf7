"""`earshot replay`: which past decisions another policy would change. Reads, never writes.

This program decides every stored mention twice, by the policy of its decision and by the other one, with the time and
the history of that decision: any difference is due to the policies. What this version of the program decides otherwise
than an older one did, by the same policy, is counted apart and is not a change.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict

from listener.errors import EarshotError
from listener.model import Json, Mention, MentionSignals, Preview
from listener.policy import Policy
from listener.protocols import Responder
from listener.reader.in_use import read_weights
from listener.reader.score import Weights
from listener.store import decisions, policies
from listener.store.engine import Store
from listener.store.records import StoredDecision
from listener.triage.decide import decide
from listener.triage.signals import SignalExtractor, unpack
from listener.wording import first_fitting

PreviewFor = Callable[[str, Mention], Preview]
MakeRunner = Callable[[Mapping[str, str]], "PolicyRunner"]
PAGE = 500  # decisions read at once


class Outcome(TypedDict):
    """What a policy does with a mention; text as it would be posted, None without a draft."""

    decision: str
    kind: str | None
    rule: str
    auto: bool
    text: str | None


class PolicyRunner:
    """A policy with all that decides by it."""

    def __init__(self, policy: Policy, responders: Mapping[str, Responder], preview: PreviewFor) -> None:
        self._policy, self._responders, self._preview = policy, responders, preview
        self._extractor = self._changed = SignalExtractor(policy)
        self._changes: Weights | None = None

    def __call__(self, past: MentionSignals, changes: Weights | None = None) -> Outcome:
        """Decide a mention again, at the time, with the history and by the learned weights of its decision."""
        signals = self._reading_by(changes).extract(past.mention, past.history, past.now)
        decision = decide(signals, self._policy, self._responders)
        draft, text = decision.draft, None
        if draft is not None:
            fitting = first_fitting(draft, lambda text: self._preview(text, past.mention))
            if fitting is None:
                return {"decision": "escalate", "kind": None, "rule": "no_variant_fits", "auto": False, "text": None}
            text = fitting[1].text
        is_auto = draft is not None and draft.auto
        return {
            "decision": decision.action, "kind": decision.kind, "rule": decision.rule, "auto": is_auto, "text": text
        }  # fmt: skip

    def _reading_by(self, changes: Weights | None) -> SignalExtractor:
        """Return the extractor that reads by these weights; the last one is remembered."""
        if changes is not self._changes:
            self._changes = changes
            self._changed = self._extractor if changes is None else self._extractor.reading_by(changes)
        return self._changed


@dataclass(slots=True)
class Replayed:
    """The result of a replay. rows: the changed decisions as `replay --json` prints them, up to the limit.

    read: decisions replayed; changes: kind of change -> how many; by_program: decided otherwise by this version of the
    program alone; unreadable: whose signals or policy this version cannot read; erased: whose words were erased.
    """

    rows: list[Json] = field(default_factory=list)
    read: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    by_program: int = 0
    unreadable: int = 0
    erased: int = 0


def replay(
    store: Store,
    run_policy: MakeRunner,
    other: PolicyRunner,
    since: datetime | None,
    limit: int | None,
    advance: Callable[[], None] = lambda: None,
) -> Replayed:
    """Decide the past again, oldest first. run_policy: texts of a policy -> its runner; may raise ConfigError.

    advance is called once a decision, to show progress.
    """
    result, runners, weights = Replayed(), _PastRunners(store, run_policy), _PastWeights(store)
    for mention, stored in _read_decisions(store, since):
        result.read += 1
        advance()
        if not stored.signals:
            result.erased += 1
            continue
        runner, signals = runners.get(stored.policy_hash), _unpack(stored, mention)
        if runner is None or signals is None:
            result.unreadable += 1
            continue
        changes = weights.get(stored.weights_id)
        before, after = runner(signals, changes), other(signals, changes)
        result.by_program += _name(before) != (stored.kind or stored.action)
        if change := changed(before, after):
            result.changes[change] += 1
            if limit is None or len(result.rows) < limit:
                result.rows.append(_row(mention, stored, signals, change, before, after))
    return result


def _unpack(stored: StoredDecision, mention: Mention) -> MentionSignals | None:
    """Return the signals of a decision; None when another version of the program stored them in another form."""
    try:
        return unpack(stored.signals, mention)
    except (LookupError, TypeError, ValueError):
        return None


class _PastRunners:
    """The runners of the policies that decided, each built once; None for a policy that cannot be read any more."""

    def __init__(self, store: Store, run_policy: MakeRunner) -> None:
        self._store, self._run_policy = store, run_policy
        self._runners: dict[str, PolicyRunner | None] = {}

    def get(self, policy_hash: str) -> PolicyRunner | None:
        if policy_hash not in self._runners:
            self._runners[policy_hash] = self._build(policy_hash)
        return self._runners[policy_hash]

    def _build(self, policy_hash: str) -> PolicyRunner | None:
        with self._store.read() as connection:
            texts = policies.texts(connection, policy_hash)
        try:
            return None if texts is None else self._run_policy(texts)
        except EarshotError:
            return None


class _PastWeights:
    """The learned weights that decisions were made with, each read once; None for the shipped ones.

    Where weights are not kept any more, or fit the shipped ones of another version, both policies read by the shipped
    ones; a difference from the decision then counts as the program's.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._weights: dict[int, Weights | None] = {}

    def get(self, weights_id: int | None) -> Weights | None:
        if weights_id is None:
            return None
        if weights_id not in self._weights:
            with self._store.read() as connection:
                self._weights[weights_id] = read_weights(connection, weights_id)
        return self._weights[weights_id]


def _read_decisions(store: Store, since: datetime | None) -> Iterator[tuple[Mention, StoredDecision]]:
    """Yield the last decision on each mention, page by page: one long transaction would hold up the WAL."""
    last = 0
    while True:
        with store.read() as connection:
            page = decisions.list_latest(connection, since, last, PAGE)
        yield from ((mention, stored) for _, mention, stored in page)
        if len(page) < PAGE:
            return
        last = page[-1][0]


def _name(outcome: Outcome) -> str:
    return outcome["kind"] or outcome["decision"]


def changed(before: Outcome, after: Outcome) -> str | None:
    """Name the change: "support -> answer", "into the auto band", "wording" or "rule"; None without a change."""
    if _name(before) != _name(after):
        return f"{_name(before)} -> {_name(after)}"
    if before["auto"] != after["auto"]:
        return "into the auto band" if after["auto"] else "out of the auto band"
    if before["text"] != after["text"]:
        return "wording"
    return "rule" if before["rule"] != after["rule"] else None


def _row(
    mention: Mention, stored: StoredDecision, signals: MentionSignals, change: str, before: Outcome, after: Outcome
) -> Json:
    return {
        "platform": mention.platform,
        "mention_id": mention.id,
        "author": mention.author_handle or mention.author_id,
        "mention_text": signals.mention.text,
        "at": stored.at,
        "change": change,
        "before": before,
        "after": after,
        "version": stored.version,
    }
