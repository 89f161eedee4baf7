"""Notify programs of what happens: one signed request for each event, in the order of the event table.

That table is the outbox: each webhook has a cursor in it, which moves on when an event was taken. So deciding and
sending write nothing for it, nothing is lost while a receiver is down, and after a kill the last few events come again,
with the same ids.
"""

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from listener.alert_rules import Webhook, signing_keys
from listener.alerts.webhook_message import build_body, sign
from listener.faultpoints import fault_point
from listener.pauses import growing_pause
from listener.platforms.kit.breaker import with_jitter
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.response import CallFailed, HttpResponse, seconds_or_date
from listener.protocols import Secrets
from listener.store import events, notices, webhooks
from listener.store.engine import Store
from listener.store.notices import EVERYWHERE
from listener.store.webhooks import NOTICE, Occurrence, WebhookState

log = logging.getLogger(__name__)

BATCH = 20  # events between two notes of the cursor: after a kill so many come again at most
LASTS_S = 1.0  # seconds of a round for each webhook: others wait meanwhile, and after a burst deciding has its share
DEADLINE_S = 15.0  # for one request
CAP = 64 * 1024  # bytes of an answer
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
LONGEST_ASKED = timedelta(days=1)  # pause that a receiver may ask for by Retry-After
KEEP = timedelta(days=3)  # what could not be delivered for so long is skipped
NOTICE_AFTER = 3  # failed tries
GONE = 410
REFUSED = (400, 413, 422)  # answers that concern this event alone
TRIES_OF_REFUSED = 5
LAG = 500  # events that are no business of a webhook before its cursor passes over them


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an event was not taken. retry_after: when the receiver asks to be tried again; None: it does not say."""

    why: str
    status: int = 0
    retry_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Everything that notifying programs needs."""

    store: Store
    hooks: Sequence[Webhook]
    secrets: Secrets
    clock: Callable[[], datetime]
    http: HttpClient = field(default_factory=lambda: HttpClient(seconds=DEADLINE_S, cap=CAP))
    rng: random.Random = field(default_factory=random.Random)

    def run(self) -> int:
        """Deliver what waits; a receiver that fails raises nothing. Returns how many events were taken."""
        with self.store.read() as connection:
            states = {state.name: state for state in webhooks.list_states(connection)}
        return sum(self._serve(hook, states[hook.name]) for hook in self.hooks if hook.name in states)

    def _serve(self, hook: Webhook, state: WebhookState) -> int:
        """Deliver batch by batch, until nothing waits, the receiver fails, or the round is over."""
        ends, taken = time.monotonic() + LASTS_S, 0
        while _is_ready(state, self.clock()):
            with self.store.read() as connection:
                newest = events.read_newest_id(connection)
                waiting = webhooks.list_occurrences(connection, state.cursor, hook.events, BATCH)
            if not waiting:
                self._pass_over(state, newest)
                break
            before, state = state, self._deliver(hook, state, waiting)
            taken += state.sent - before.sent
            if state.attempts or time.monotonic() > ends:
                break
        return taken

    def _pass_over(self, state: WebhookState, newest: int) -> None:
        """Move the cursor past events of other types; not for a few, since each note is a write."""
        if newest - state.cursor > LAG:
            self._record(state, Progress(newest, state.sent, state.skipped))

    def _deliver(self, hook: Webhook, state: WebhookState, waiting: Sequence[Occurrence]) -> WebhookState:
        """Deliver a batch up to the first event that is not taken, and note how far that went."""
        progress, failure = Progress(state.cursor, state.sent, state.skipped), None
        for happened in waiting:
            if state.attempts and self.clock() - happened.at > KEEP:
                progress.skip(happened)
                continue
            failure = self._post(hook, state, happened)
            if failure is not None:
                break
            progress.take(happened)
        fault_point("W2")
        if failure is not None:
            return self._note_failure(hook, state, progress, failure, happened)
        has_taken = progress.sent > state.sent
        over = {"attempts": 0, "error": None, "not_before": None} if has_taken else {}
        return self._record(state, progress, **over)

    def _post(self, hook: Webhook, state: WebhookState, happened: Occurrence) -> Failure | None:
        """Send one event. Returns why it was not taken; None when it was."""
        secret = self.secrets.get(hook.secret)
        try:
            keys = signing_keys(secret or "")
        except ValueError as error:
            return Failure(f"{hook.secret} is not set" if secret is None else f"{hook.secret} cannot sign: {error}")
        body, now = build_body(happened, hook.words), self.clock()
        headers = sign(keys, message_id(state, happened), now, body)
        fault_point("W1")
        try:
            answer = self.http.post_again(hook.url, body, headers)
        except CallFailed as error:
            return Failure(error.message)
        return None if 200 <= answer.status < 300 else _failure(answer, now)

    def _note_failure(
        self, hook: Webhook, state: WebhookState, progress: "Progress", failure: Failure, happened: Occurrence
    ) -> WebhookState:
        """Keep the event for a later try; skip one that the receiver keeps refusing, and stop at 410."""
        now, tries = self.clock(), 1 if progress.sent > state.sent else state.attempts + 1
        fields = {"event": "webhook_not_taken", "webhook": hook.name, "id": happened.id, "why": failure.why}
        log.warning("the webhook %(webhook)s did not take event %(id)d: %(why)s", fields)
        if failure.status in REFUSED and tries >= TRIES_OF_REFUSED and state.error == failure.why:
            progress.skip(happened)
            return self._record(state, progress, attempts=0, error=failure.why, not_before=None)
        pause = with_jitter(growing_pause(tries, FIRST_PAUSE, LONGEST_PAUSE), self.rng)
        asked = None if failure.retry_after is None else min(failure.retry_after, now + LONGEST_ASKED)
        waits = {"attempts": tries, "error": failure.why, "not_before": max(asked or now, now + pause)}
        waits |= {"stopped_at": now} if failure.status == GONE else {}
        return self._record(state, progress, **waits)

    def _record(self, state: WebhookState, progress: "Progress", **changes: Any) -> WebhookState:
        """Note how a webhook stands; its notice is open until an event is taken: one that was skipped ends nothing."""
        now, moved = self.clock(), {**asdict(progress), **changes}
        after = replace(state, changed_at=now, **moved)
        with self.store.write() as connection:
            webhooks.record(connection, state.name, now, **moved)
            if after.stopped_at is not None or after.attempts >= NOTICE_AFTER:
                notices.open_notice(connection, "webhook", EVERYWHERE, *describe(after), now, subject=state.name)
            elif after.error is None:
                notices.clear(connection, NOTICE, EVERYWHERE, now, subject=state.name)
        return after


@dataclass(slots=True)
class Progress:
    """How far a webhook has come: the last event that needs nothing more, how many were taken, how many skipped."""

    cursor: int
    sent: int
    skipped: int

    def take(self, happened: Occurrence) -> None:
        """Note that an event was taken."""
        self.cursor, self.sent = happened.id, self.sent + 1

    def skip(self, happened: Occurrence) -> None:
        """Note that an event is not tried again."""
        self.cursor, self.skipped = happened.id, self.skipped + 1


def message_id(state: WebhookState, happened: Occurrence) -> str:
    """Return what names an event to a receiver: with its time, since a restored backup gives its number once more."""
    return f"msg_{state.token}_{happened.id}_{happened.at.timestamp() * 1000:.0f}"


def describe(state: WebhookState) -> tuple[str, str]:
    """Return what is wrong with a webhook that fails, and what to do."""
    if state.stopped_at is not None:
        do = "remove it from earshot.toml, or give it the receiver's new url"
        return f"the webhook {state.name} has ended: its receiver asked for no more events (status 410)", do
    skipped = f"; {state.skipped} events were skipped so far" if state.skipped else ""
    what = f"the webhook {state.name} does not take its events: {state.error}{skipped}"
    return what, "check the receiver and its log; events wait for three days, older ones are skipped"


def _failure(answer: HttpResponse, now: datetime) -> Failure:
    """Read an answer that is none of success; its body may repeat people's words and is left out."""
    headers = answer.headers
    asked = seconds_or_date(now, headers["retry-after"], headers.get("date")) if "retry-after" in headers else None
    return Failure(f"it answered with status {answer.status}", answer.status, asked)


def _is_ready(state: WebhookState, now: datetime) -> bool:
    """Return whether a webhook may be called; a time set by a clock that was ahead means nothing."""
    waits = state.not_before is not None and state.changed_at <= now < state.not_before
    return state.stopped_at is None and not waits
