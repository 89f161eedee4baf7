"""Everything that notifies somebody outside: alerts and digests to people, events to programs, the heartbeat."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from listener.alert_rules import AlertRules, Webhook
from listener.alerts.causes import Watch
from listener.alerts.channels import AppriseChannels, NoteMessage, ignore_message
from listener.alerts.digests import Digests, Write
from listener.alerts.dispatch import Alerts
from listener.alerts.heartbeat import Heartbeat
from listener.alerts.last_resort import LastResort
from listener.alerts.webhooks import Webhooks
from listener.errors import DatabaseBusy, StoreError
from listener.policy import Policy
from listener.protocols import Budget, Secrets
from listener.store.engine import Store


@dataclass(frozen=True, slots=True)
class Notifier:
    """The alerts, the digests, the webhooks and the heartbeat of one configuration."""

    alerts: Alerts
    digests: Digests
    webhooks: Webhooks
    heartbeat: Heartbeat
    last_resort: LastResort

    def notify(self, unwritten: StoreError | None = None) -> int:
        """Give the sign of life that is due, and notify people of what is due. Returns how many messages went out.

        unwritten: why no stage can write to the database: here nothing may need to be written. Raises StoreError when
        the database cannot be used; people are told of that, too.
        """
        self.heartbeat.beat()
        try:
            sent = self.alerts.run()
        except DatabaseBusy:
            raise
        except StoreError as error:
            self.last_resort.report(error)
            raise
        if unwritten is None:
            self.last_resort.clear()
        else:
            self.last_resort.report(unwritten)
        return sent

    def notify_once(self) -> int:
        """Notify people of what is due, without a sign of life: who runs `once` lets the scheduler give it."""
        return self.alerts.run()

    def send_digests(self) -> int:
        """Send the digests that are due. Returns how many went out."""
        return self.digests.run()

    def deliver(self) -> int:
        """Notify programs of what happened. Returns how many events were taken."""
        return self.webhooks.run()

    def tidy(self) -> int:
        """Delete old messages. Returns how many."""
        return self.alerts.tidy() + self.digests.tidy()


def bind(
    store: Store,
    rules: AlertRules,
    hooks: Sequence[Webhook],
    policy: Policy,
    budgets: Mapping[str, Budget],
    folder: Path,
    secrets: Secrets,
    write_digest: Write,
    clock: Callable[[], datetime],
    note_message: NoteMessage = ignore_message,
) -> Notifier:
    """Bind the rules of a configuration to the store and the secrets. folder: whose disk must not fill up."""
    channels = AppriseChannels(secrets)
    alerts = Alerts(store, Watch(rules, policy, budgets, folder), channels, clock, note_message)
    digests = Digests(store, rules.channels, policy, channels, write_digest, clock, note_message)
    last_resort = LastResort(channels, rules.channels, policy.brand.name, clock)
    webhooks, heartbeat = Webhooks(store, hooks, secrets, clock), Heartbeat(store, secrets, clock)
    return Notifier(alerts, digests, webhooks, heartbeat, last_resort)
