"""`earshot replay`: which past decisions another policy would change. Reads, never writes.

Every stored mention is read and decided twice by this program, with the policy of then and with the other one, at the
time and with the history of then: what differs is the policies' doing. What this program decides otherwise than its
older self did, by the same policy, is counted apart and is no change.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from listener.errors import EarshotError
from listener.model import Json, Mention, MentionSignals, Preview, Responder
from listener.policy import Policy
from listener.store import items, policies
from listener.store.engine import Store
from listener.store.records import StoredDecision
from listener.triage.decide import decide
from listener.triage.signals import SignalExtractor, unpack
from responders.wording import first_fitting

Show = Callable[[str, Mention], Preview]
PAGE = 500  # decisions read at once


class PolicyRunner:
    """One policy with all that decides by it."""

    def __init__(self, policy: Policy, responders: Mapping[str, Responder], preview: Show) -> None:
        self._policy, self._responders, self._preview, self._ears = policy, responders, preview, SignalExtractor(policy)

    def __call__(self, then: MentionSignals) -> Json:
        """`{decision, kind, rule, auto, text}` of a mention as it stood then; text as it would have been posted."""
        facts = self._ears.facts(then.mention, then.history, then.now)
        made = decide(facts, self._policy, self._responders)
        shown = first_fitting(made.draft, lambda text: self._preview(text, then.mention)) if made.draft else None
        if made.draft and shown is None:
            return {"decision": "escalate", "kind": None, "rule": "no_variant_fits", "auto": False, "text": None}
        auto = bool(made.draft and made.draft.auto)
        text = shown[1].text if shown else None
        return {"decision": made.action, "kind": made.kind, "rule": made.rule, "auto": auto, "text": text}


@dataclass(slots=True)
class Replayed:
    """What a replay found. rows: the changed decisions as CONTRACT.md's array has them, at most as many as asked for.

    read: decisions looked at; changes: kind of change -> how many; by_program: decided otherwise by this version of the
    program alone; unreadable: whose facts or policy this version cannot read; erased: whose words were erased.
    """

    rows: list[Json] = field(default_factory=list)
    read: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    by_program: int = 0
    unreadable: int = 0
    erased: int = 0


def replay(
    store: Store,
    judge: Callable[[Mapping[str, str]], PolicyRunner],
    other: PolicyRunner,
    since: datetime | None,
    limit: int | None,
    advance: Callable[[], None] = lambda: None,
) -> Replayed:
    """Decide the past again, oldest first. judge: the judge of a policy's texts, which may raise ConfigError.

    advance is called once a decision, to show progress.
    """
    done, judges = Replayed(), _Judges(store, judge)
    for mention, decided in _past(store, since):
        done.read += 1
        advance()
        if not decided.signals:
            done.erased += 1
            continue
        mine = judges.of(decided.policy_hash)
        try:
            then = unpack(decided.signals, mention)
        except (LookupError, TypeError, ValueError):
            mine = None
        if mine is None:
            done.unreadable += 1
            continue
        before, after = mine(then), other(then)
        done.by_program += _outcome(before) != (decided.kind or decided.action)
        if change := changed(before, after):
            done.changes[change] += 1
            if limit is None or len(done.rows) < limit:
                done.rows.append(_row(mention, decided, then, change, before, after))
    return done


class _Judges:
    """The judges of the policies of then, each made once; None where a policy cannot be read any more."""

    def __init__(self, store: Store, judge: Callable[[Mapping[str, str]], PolicyRunner]) -> None:
        self._store, self._judge = store, judge
        self._known: dict[str, PolicyRunner | None] = {}

    def of(self, policy_hash: str) -> PolicyRunner | None:
        if policy_hash not in self._known:
            self._known[policy_hash] = self._made(policy_hash)
        return self._known[policy_hash]

    def _made(self, policy_hash: str) -> PolicyRunner | None:
        with self._store.read() as connection:
            texts = policies.texts(connection, policy_hash)
        try:
            return None if texts is None else self._judge(texts)
        except EarshotError:
            return None


def _past(store: Store, since: datetime | None) -> Iterator[tuple[Mention, StoredDecision]]:
    """The last decision on each mention, page by page: one long transaction would hold up the WAL."""
    last = 0
    while True:
        with store.read() as connection:
            page = items.decisions(connection, since, last, PAGE)
        yield from ((mention, decided) for _, mention, decided in page)
        if len(page) < PAGE:
            return
        last = page[-1][0]


def _outcome(made: Json) -> str:
    return str(made["kind"] or made["decision"])


def changed(before: Json, after: Json) -> str | None:
    """The kind of change in words: "support -> answer", "into the auto band", "wording", "rule"; None for none."""
    if _outcome(before) != _outcome(after):
        return f"{_outcome(before)} -> {_outcome(after)}"
    if before["auto"] != after["auto"]:
        return "into the auto band" if after["auto"] else "out of the auto band"
    if before["text"] != after["text"]:
        return "wording"
    return "rule" if before["rule"] != after["rule"] else None


def _row(
    mention: Mention, decided: StoredDecision, then: MentionSignals, change: str, before: Json, after: Json
) -> Json:
    return {
        "platform": mention.platform,
        "mention_id": mention.id,
        "author": mention.author_handle or mention.author_id,
        "mention_text": then.mention.text,
        "at": decided.at,
        "change": change,
        "before": before,
        "after": after,
        "version": decided.version,
    }
