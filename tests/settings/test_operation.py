"""[alerts]: channels with names, severities, hours; their addresses are secrets. [metrics]: an address."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from listener import settings
from listener.alert_rules import WEBHOOK_EVENTS
from listener.messages import redact
from listener.policy import WeekTime
from listener.settings import EnvSecrets
from tests.settings.folders import MEMORY, faults, one_fault

WEBHOOK = '[[webhooks]]\nname = "crm"\nurl = "https://crm.example/earshot"\n'
CHANNEL = '[[alerts.channels]]\nname = "ops"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[alerts.channels]]\nname = "Ops!"\n', "is not a name: 'Ops!'"),
        (CHANNEL + CHANNEL, "two channels have the secret EARSHOT_ALERT_OPS_URL"),
        (CHANNEL + "notices = []\n", "notices: is empty"),
        (CHANNEL + 'notices = ["gap", "acount"]\n', "notices: names no kind of notice or alert: 'acount'"),
        (CHANNEL + 'notices = ["gab*"]\n', "notices: names no kind of notice or alert: 'gab*'"),
        (CHANNEL + 'digest = ["8"]\n', "digest: is not a time: '8'"),
        (CHANNEL + 'digest = ["24:00"]\n', "digest: is not a time: '24:00'"),
        (CHANNEL + 'digest = ["someday 08:00"]\n', "digest: is not a time"),
        (WEBHOOK.replace("crm", "C"), "is not a name: 'C'"),
        (WEBHOOK + 'words = "some"\n', "words"),
        (WEBHOOK + WEBHOOK, "two webhooks have the secret EARSHOT_WEBHOOK_CRM_SECRET"),
        ("[webhooks]\nname = 1\n", "webhooks: expected a list"),
        ("[alerts]\ndisk_free_mb = -5\n", "disk_free_mb: is negative"),
        (CHANNEL + 'severity = "loud"\n', "severity: expected"),
        (CHANNEL + 'hours = ["8 to 5"]\n', "is not a time window"),
        (CHANNEL + 'url = "mailto://a:b@c"\n', "url: is an unknown key"),
        ("[alerts]\nremind_hours = -1\n", "remind_hours: is out of bounds"),
        ("[alerts]\nbudget_share = 80\n", "budget_share: is not a share: 80"),
        ("alerts = 1\n", "expected a table"),
        ('[metrics]\naddress = "9464"\n', "is not an address: '9464'"),
        ('[metrics]\naddress = "localhost:99999"\n', "is not an address"),
    ],
)
def test_wrong_values_are_one_fault(folder: Path, text: str, message: str) -> None:
    """Each with its key and what is right."""
    assert message in one_fault(folder, earshot=(text + MEMORY if text.startswith("alerts") else MEMORY + text))


def test_a_channel_needs_its_secret(folder: Path) -> None:
    """Its name follows from the channel's."""
    assert faults(folder, earshot=MEMORY + CHANNEL + 'notices = ["gap"]\nhours = ["mon-fri 08:00-18:00"]\n') == []
    loaded = settings.load(folder)
    (channel,) = loaded.alerts.channels
    assert (channel.secret, channel.kinds, len(channel.hours)) == ("EARSHOT_ALERT_OPS_URL", ("gap",), 1)
    assert loaded.alerts.remind_after == timedelta(hours=24)
    (problem,) = settings.secret_problems(loaded, EnvSecrets({}))
    assert "EARSHOT_ALERT_OPS_URL" in str(problem)


def test_a_channel_may_get_nothing_but_a_digest(folder: Path) -> None:
    """On weekdays at half past seven, with quotes."""
    text = MEMORY + CHANNEL + 'notices = []\ndigest = ["mon-fri 07:30"]\ndigest_quotes = true\n'
    assert faults(folder, earshot=text) == []
    (channel,) = settings.load(folder).alerts.channels
    assert channel.digest == (WeekTime(time(7, 30), frozenset(range(5))),)
    assert channel.digest_quotes and not channel.takes("gap", "urgent")


def test_a_webhook_needs_a_secret_that_can_sign(folder: Path) -> None:
    """Without events it gets all; a missing secret and one that is too short are problems."""
    assert faults(folder, earshot=MEMORY + WEBHOOK) == []
    loaded = settings.load(folder)
    (webhook,) = loaded.webhooks
    assert (webhook.events, webhook.words) == (WEBHOOK_EVENTS, "public")
    for secret, why in (("", "is not set"), ("whsec_!", "not base64"), ("whsec_YQ==", "1 bytes"), ("abc", "whsec_")):
        (problem,) = settings.secret_problems(loaded, EnvSecrets({webhook.secret: secret}))
        assert why in str(problem)


def test_the_addresses_are_redacted_in_logs() -> None:
    """They hold passwords; the heartbeat's address is one itself."""
    env = {"EARSHOT_ALERT_OPS_URL": "mailto://u:secret-1@a.example", "EARSHOT_HEARTBEAT_URL": "https://hc.example/uuid"}
    EnvSecrets(env).remember_all()
    assert [redact(f"to {value}.") for value in env.values()] == ["to [secret].", "to [secret]."]


def test_figures_are_served_where_the_file_says(folder: Path) -> None:
    """Nowhere by default; IPv6 in brackets."""
    assert faults(folder, earshot=MEMORY) == []
    assert settings.load(folder).metrics is None
    assert faults(folder, earshot=MEMORY + '[metrics]\naddress = "[::1]:9464"\n') == []
    assert settings.load(folder).metrics == ("::1", 9464)
