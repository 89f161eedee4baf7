"""Everything that notifies somebody outside: alerts to people, the heartbeat to a service that calls them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from listener.alerts.causes import Watch
from listener.alerts.channels import AppriseChannels
from listener.alerts.dispatch import Alerts
from listener.alerts.heartbeat import Heartbeat
from listener.protocols import Secrets
from listener.store.engine import Store


@dataclass(frozen=True, slots=True)
class Notifier:
    """The alerts and the heartbeat of one configuration."""

    alerts: Alerts
    heartbeat: Heartbeat

    def notify(self) -> int:
        """Give the sign of life that is due, and notify people of what is due. Returns how many messages went out."""
        self.heartbeat.beat()
        return self.alerts.run()

    def notify_once(self) -> int:
        """Notify people of what is due, without a sign of life: who runs `once` lets the scheduler give it."""
        return self.alerts.run()

    def tidy(self) -> int:
        """Delete old messages. Returns how many."""
        return self.alerts.tidy()


def bind(store: Store, watch: Watch, secrets: Secrets, clock: Callable[[], datetime]) -> Notifier:
    """Bind what is watched to the store and the secrets."""
    alerts = Alerts(store, watch, AppriseChannels(secrets), clock)
    return Notifier(alerts, Heartbeat(store, secrets, clock))
