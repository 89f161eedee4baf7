"""What a channel must be sent, from what people should know and what it was sent before. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from listener.alert_rules import SEVERITIES, AlertChannel
from listener.alerts.causes import Cause
from listener.calendar import opens_at
from listener.policy import Policy
from listener.store.alerts import Alert, CauseKey, NewAlert
from listener.store.notices import EVERYWHERE

ENDED = "ended"
CHANNEL_FAILS = "alerts"  # the kind of the notice about a channel that does not take messages
GRACE = timedelta(minutes=1)  # what ends within it is not sent, unless it is urgent
CALM = timedelta(minutes=5)  # an end is sent after it: a cause that comes back meanwhile has not ended
BETWEEN = timedelta(minutes=5)  # messages of one channel; meanwhile causes gather into one message
BETWEEN_URGENT = timedelta(minutes=1)
SHOWN = 10  # causes written out in one message


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be added to a channel's outbox, and the ids of messages that need not go out any more."""

    new: tuple[NewAlert, ...]
    dropped: tuple[int, ...]


def plan(
    channel: AlertChannel,
    causes: Sequence[Cause],
    last: Mapping[CauseKey, Alert],
    remind_after: timedelta | None,
    now: datetime,
) -> Plan:
    """Compare what people should know with what a channel was sent. last: cause -> the last message about it."""
    wanted = {cause.key: cause for cause in causes if _concerns(channel, cause)}
    new = [_message(channel, cause, "opened") for key, cause in wanted.items() if key not in last]
    new += [
        _message(channel, wanted[key], "reminder")
        for key, message in last.items()
        if key in wanted and _needs_reminder(message, remind_after, now)
    ]
    over = [message for key, message in last.items() if key not in wanted and message.event != ENDED]
    back = [message for key, message in last.items() if key in wanted and message.event == ENDED]
    new += [_ended(message) for message in over if _is_known(message)]
    idle = [message for message in over if message.sent_at is None and not message.attempts]
    return Plan(tuple(new), tuple(message.id for message in (*idle, *back)))


def _concerns(channel: AlertChannel, cause: Cause) -> bool:
    """Return whether a channel is notified of a cause; not of its own failing, of which the others are."""
    is_own = cause.kind == CHANNEL_FAILS and cause.subject == channel.name
    return not is_own and channel.takes(cause.kind, cause.severity)


def _message(channel: AlertChannel, cause: Cause, event: str) -> NewAlert:
    return NewAlert(channel.name, *cause.key, event, cause.severity, cause.what, cause.do)


def _ended(message: Alert) -> NewAlert:
    return NewAlert(message.channel, *message.key, ENDED, message.severity, message.what, "")


def _is_known(message: Alert) -> bool:
    """Return whether people know of the cause, or will: what a channel did not take is sent when it does."""
    return message.sent_at is not None or message.attempts > 0 or message.event == "reminder"


def _needs_reminder(message: Alert, remind_after: timedelta | None, now: datetime) -> bool:
    if message.event == ENDED:
        return False
    return remind_after is not None and message.sent_at is not None and now - message.sent_at >= remind_after


def due(
    channel: AlertChannel, unsent: Sequence[Alert], last_sent_at: datetime | None, policy: Policy, now: datetime
) -> list[Alert]:
    """Return the messages that go out now, as one: urgent ones at any time, the others in the channel's hours."""
    ready = [message for message in unsent if _is_ready(message, now)]
    urgent = [message for message in ready if message.severity == "urgent"]
    since = None if last_sent_at is None or last_sent_at > now else now - last_sent_at
    if since is not None and since < (BETWEEN_URGENT if urgent else BETWEEN):
        return []
    is_open = not channel.hours or opens_at(policy, channel.hours, now) <= now
    return ready if is_open else urgent


def _is_ready(message: Alert, now: datetime) -> bool:
    """Return whether a message's time has come; a time that lies ahead of a clock set back means nothing."""
    if message.not_before is not None and message.created_at <= now < message.not_before:
        return False
    if message.event == ENDED:
        return not timedelta(0) <= now - message.created_at < CALM
    is_settled = message.severity == "urgent" or message.event != "opened"
    return is_settled or not timedelta(0) <= now - message.created_at < GRACE


def compose(brand: str, messages: Sequence[Alert]) -> tuple[str, str]:
    """Return title and text of the one message about all these."""
    name = f"Earshot {brand}".strip()
    first = messages[0]
    is_urgent = any(message.severity == "urgent" and message.event != ENDED for message in messages)
    urgent = "URGENT: " if is_urgent else ""
    if len(messages) == 1:
        return f"{urgent}{name}: {_headline(first)}", "\n".join(_lines(first))
    blocks = ["\n".join(_lines(message)) for message in _by_weight(messages)[:SHOWN]]
    more = len(messages) - SHOWN
    rest = [f"and {more} more: see `earshot status` and `earshot queue`"] if more > 0 else []
    return f"{urgent}{name}: {len(messages)} messages", "\n\n".join([*blocks, *rest])


def _by_weight(messages: Sequence[Alert]) -> list[Alert]:
    weights: dict[str, int] = {severity: weight for weight, severity in enumerate(SEVERITIES)}
    return sorted(messages, key=lambda message: (message.event == ENDED, -weights[message.severity], message.id))


def _headline(message: Alert) -> str:
    kind = message.kind.replace("_", " ")
    place = "" if message.platform == EVERYWHERE else f" ({message.platform})"
    return {ENDED: f"over: {kind}{place}", "reminder": f"still: {kind}{place}"}.get(message.event, f"{kind}{place}")


def _lines(message: Alert) -> Iterator[str]:
    begins = {ENDED: "Over: ", "reminder": "Still: "}.get(message.event, "")
    yield begins + message.what
    if message.do:
        yield f"What to do: {message.do}"
