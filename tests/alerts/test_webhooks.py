"""Events for other programs: signed, in order, kept while the receiver is down, and never a private word unasked."""

import base64
import hashlib
import hmac
import json
import re
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from listener.alert_rules import WEBHOOK_EVENTS, Webhook, WebhookEvent, Words, signing_keys
from listener.alerts.webhook_message import sign
from listener.alerts.webhooks import Webhooks
from listener.desk import forget, transitions
from listener.settings import EnvSecrets
from listener.store import webhooks
from listener.store.tables import event
from tests.alerts.test_daemon import free_port
from tests.announcing import SALE, announce
from tests.applauding import liked, turn_on
from tests.factories import author_of
from tests.fakes.loopback import Call, Loopback, Reply
from tests.line import COMPLAINT, PRAISE, Line
from tests.pages import ROOT, blocks
from tests.process import Home, until

KEY = b"k" * 32
SECRET = "whsec_" + base64.b64encode(KEY).decode()
PAGE = ROOT / "docs" / "webhooks.md"


def verify(call: Call, key: bytes, now: datetime) -> Any:
    """Verify a call as a receiver does, by the specification alone; return its JSON."""
    message_id, timestamp = call.headers["webhook-id"], call.headers["webhook-timestamp"]
    assert abs(now.timestamp() - int(timestamp)) < 300, "too old or too new"
    content = b".".join((message_id.encode(), timestamp.encode(), call.body))
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    given = [part.partition(",") for part in call.headers["webhook-signature"].split(" ")]
    assert any(version == "v1" and hmac.compare_digest(value, expected) for version, _, value in given), "not signed"
    return json.loads(call.body)


class Receiver(Loopback):
    """A program that takes events. statuses: what it answers next, then 200; taken: the calls answered with 200."""

    def __init__(self) -> None:
        super().__init__()
        self.statuses: list[int] = []
        self.taken: list[Call] = []

    def route(self, call: Call) -> tuple[str, Callable[[], Reply]]:
        """Every path is the same endpoint."""
        return "hook", lambda: (self.statuses.pop(0) if self.statuses else 200, "{}")

    def served(self, endpoint: str, call: Call, status: int) -> None:
        """Note a call, apart where it was taken."""
        super().served(endpoint, call, status)
        self.taken += [call] * (status == 200)


@dataclass
class Wire:
    """A line, a receiver, and the webhook between them."""

    line: Line
    receiver: Receiver
    hook: Webhook
    env: dict[str, str] = field(default_factory=lambda: {"EARSHOT_WEBHOOK_CRM_SECRET": SECRET})

    def keep(self) -> None:
        """Begin or change the webhook, as a start does."""
        with self.line.store.write() as connection:
            webhooks.keep(connection, {self.hook.name: self.hook.url}, self.line.now)

    def deliver(self, **span: float) -> list[Any]:
        """Move time on, run the stage, and return what the receiver took and verified."""
        self.line.now += timedelta(**span)
        before = len(self.receiver.taken)
        Webhooks(self.line.store, (self.hook,), EnvSecrets(self.env), self.line.clock).run()
        return [verify(call, KEY, self.line.now) for call in self.receiver.taken[before:]]

    def state(self) -> webhooks.WebhookState:
        """How the webhook stands."""
        with self.line.store.read() as connection:
            (state,) = webhooks.list_states(connection)
        return state

    def ids(self) -> list[str]:
        """The ids of all that the receiver took."""
        return [call.headers["webhook-id"] for call in self.receiver.taken]


@pytest.fixture
def wire(line: Line) -> Iterator[Wire]:
    """A webhook that takes all events from now on."""
    receiver = Receiver().start()
    wire = Wire(line, receiver, Webhook("crm", receiver.url + "/earshot"))
    wire.keep()
    yield wire
    receiver.stop()


def kinds(messages: list[Any]) -> list[tuple[str, str]]:
    """Type and event of messages."""
    return [(message["type"], message["data"]["what"]) for message in messages]


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the specification's own libraries."""
    keys = signing_keys("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    now, body = datetime.fromisoformat("2021-02-25T15:02:10+00:00"), b'{"test": 2432232314}'
    headers = sign(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", now, body)
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_mention_is_followed_from_its_arrival_to_the_reply(wire: Wire) -> None:
    """Stored, decided, drafted, approved, sending, sent: in order, each once, by the schema of the page."""
    wire.line.approved(PRAISE)
    wire.line.send()
    messages = wire.deliver()
    assert kinds(messages) == [
        ("mention.stored", "seen"),
        ("mention.decided", "decided"),
        ("reply.changed", "drafted"),
        ("reply.changed", "approved"),
        ("reply.changed", "sending"),
        ("reply.sent", "sent"),
    ]
    sent = messages[-1]["data"]
    assert sent["mention"]["text"] == PRAISE and sent["reply"]["state"] == "sent"
    assert sent["reply"]["remote_id"] and sent["decision"]["kind"] == "thank_you"
    assert wire.deliver(hours=1) == []
    assert len(set(wire.ids())) == 6


def test_the_page_has_the_schema(wire: Wire) -> None:
    """The example of the page has the very fields that are sent, all the way down, and the version."""
    wire.line.approved(PRAISE)
    wire.line.send()
    examples = [json.loads(block) for block in blocks(PAGE, "json")]
    assert shape(examples[0]) == shape(wire.deliver()[-1])
    announce(wire.line)
    wire.line.send()
    assert shape(examples[1]) == shape(wire.deliver()[-1])
    liked(turn_on(wire.line))
    wire.line.send()
    assert shape(examples[2]) == shape(wire.deliver()[-1]) and len(examples) == 3
    listed = set(
        re.findall(
            r"^\| `((?:mention|reply|announcement|applause)\.\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE
        )
    )
    assert listed == set(WEBHOOK_EVENTS)


@pytest.mark.parametrize(("words", "expected"), [("public", SALE), ("none", None)])
def test_an_announcement_is_followed_to_its_platform(wire: Wire, words: Words, expected: str | None) -> None:
    """Drafted, approved, sending, sent: in order, with nothing of any mention."""
    wire.hook = replace(wire.hook, words=words)
    announce(wire.line)
    wire.line.send()
    messages = wire.deliver()
    changed = [("announcement.changed", what) for what in ("drafted", "approved", "sending")]
    assert kinds(messages) == [*changed, ("announcement.sent", "sent")]
    sent = messages[-1]["data"]
    assert (sent["mention"], sent["reply"], sent["announcement"]["text"]) == (None, None, expected)
    assert sent["announcement"]["state"] == "sent" and sent["announcement"]["remote_id"] == "post-1"


def test_an_act_of_applause_is_followed_with_its_mention(wire: Wire) -> None:
    """Chosen, being done, done: in order, with its kind."""
    wire.hook = replace(wire.hook, events=("applause.sent", "applause.changed"))
    liked(turn_on(wire.line), "like", "repost")
    wire.line.send()
    messages = wire.deliver()
    changed = ("applause.changed", "applause_sending"), ("applause.sent", "applause_sent")
    assert kinds(messages) == [("applause.changed", "applause_approved")] * 2 + [*changed] * 2
    data = messages[-1]["data"]
    assert (data["applause"]["what"], data["applause"]["state"], data["reply"]) == ("repost", "sent", None)
    assert data["mention"]["id"] == "m1" and data["applause"]["approved_by"] == "ann"


def test_an_act_whose_author_was_erased_is_still_one(wire: Wire) -> None:
    """Its kind stood in the event's detail; it is no `reply.changed`."""
    liked(turn_on(wire.line))
    wire.line.send()
    forget.forget(wire.line.store, wire.line.desk(), "h1", author_of)
    messages = [message for message in wire.deliver() if message["data"]["what"].startswith("applause_")]
    assert {message["type"] for message in messages} == {"applause.changed", "applause.sent"}
    assert [message["data"]["applause"] for message in messages] == [None] * 3


def test_announcements_alone_can_be_asked_for(wire: Wire) -> None:
    """And a webhook for replies gets none of them."""
    wire.hook = replace(wire.hook, events=("announcement.sent",))
    wire.line.approved(PRAISE)
    announce(wire.line)
    wire.line.send()
    assert kinds(wire.deliver()) == [("announcement.sent", "sent")]


def shape(value: Any) -> Any:
    """The names of all fields."""
    return {name: shape(part) for name, part in value.items()} if isinstance(value, dict) else None


def test_only_the_events_that_were_asked_for(wire: Wire) -> None:
    """And marks at the desk (a claim) change no state."""
    wire.hook = replace(wire.hook, events=("reply.sent",))
    reply = wire.line.approved(PRAISE)
    assert wire.deliver() == []
    wire.line.send()
    assert kinds(wire.deliver()) == [("reply.sent", "sent")]
    assert reply.state == "approved"


@pytest.mark.parametrize(
    ("words", "private", "expected"),
    [("public", True, None), ("public", False, COMPLAINT), ("all", True, COMPLAINT), ("none", False, None)],
)
def test_private_words_are_left_out_unless_asked_for(
    wire: Wire, words: Any, private: bool, expected: str | None
) -> None:
    """Neither the author nor the address of a private mention is sent."""
    wire.hook = replace(wire.hook, words=words)
    said = wire.line.say(COMPLAINT, is_private=private, url="https://x.example/1")
    wire.line.listen()
    reply = wire.line.reply_to(said.id)
    transitions.edit(wire.line.store, wire.line.desk(), reply.id, "We are looking for it.")
    messages = wire.deliver()
    last = messages[-1]["data"]
    assert {message["data"]["mention"]["text"] for message in messages} == {expected}
    assert last["reply"]["text"] == ("We are looking for it." if expected else None)
    is_named = words == "all" or not private
    assert (last["mention"]["author"] is not None, last["mention"]["url"] is not None) == (is_named, is_named)


def test_erased_words_are_not_sent_late(wire: Wire) -> None:
    """The receiver was down; meanwhile the author asked to be forgotten."""
    wire.receiver.statuses = [503]
    wire.line.say("My quokka notebook is two weeks late", author_handle="quokka")
    wire.line.listen()
    assert wire.deliver() == []
    forget.forget(wire.line.store, wire.line.desk(), "memory:quokka", author_of)
    messages = wire.deliver(minutes=1)
    assert messages and "quokka" not in json.dumps(messages)


def test_what_a_receiver_did_not_take_comes_later_in_order(wire: Wire) -> None:
    """Down for two hours: pauses grow, a notice opens and ends, nothing is lost, and only the timestamp is new."""
    wire.line.say(PRAISE)
    wire.line.listen()
    wire.receiver.statuses = [500, 502, 301, 503]
    assert [wire.deliver(minutes=10) for _ in range(4)] == [[], [], [], []]
    assert wire.line.notices() == ["webhook"]
    calls = len(wire.receiver.calls)
    assert wire.deliver(seconds=1) == []
    assert len(wire.receiver.calls) == calls  # it waits
    assert [type_ for type_, _ in kinds(wire.deliver(hours=2))] == [
        "mention.stored",
        "mention.decided",
        "reply.changed",
    ]
    assert wire.line.notices() == []
    first = {call.headers["webhook-id"] for _, call in wire.receiver.calls[:4]}
    assert first == {wire.ids()[0]}


def test_a_kept_connection_that_the_receiver_closes_costs_nothing(wire: Wire) -> None:
    """Many servers close an idle connection without a word: the call is made once more at once."""
    wire.receiver.forgets = True
    wire.line.say(PRAISE)
    wire.line.listen()
    assert len(wire.deliver()) == 3
    assert wire.state().attempts == 0


def test_retry_after_is_kept(wire: Wire) -> None:
    """The receiver asks for ten minutes."""
    wire.receiver.headers["Retry-After"] = "600"
    wire.receiver.statuses = [429]
    wire.line.say(PRAISE)
    wire.line.listen()
    assert [len(wire.deliver(minutes=minutes)) for minutes in (0, 5, 6)] == [0, 0, 3]


def test_gone_stops_a_webhook_until_its_address_changes(wire: Wire) -> None:
    """410: no call any more, a notice that says what to do; a new address begins where the old one stopped."""
    wire.line.say(PRAISE)
    wire.line.listen()
    wire.receiver.statuses = [410]
    wire.deliver()
    calls = len(wire.receiver.calls)
    wire.keep()
    assert wire.deliver(days=9) == []
    assert (len(wire.receiver.calls), wire.line.notices()) == (calls, ["webhook"])
    wire.hook = replace(wire.hook, url=wire.receiver.url + "/new")
    wire.keep()
    assert wire.line.notices() == []
    assert len(wire.deliver()) == 3


def test_an_event_that_the_receiver_refuses_again_and_again_stops_no_other(wire: Wire) -> None:
    """422 five times: it is skipped and counted, the others come."""
    wire.line.say(PRAISE)
    wire.line.listen()
    wire.receiver.statuses = [422] * 5
    taken = [kinds(wire.deliver(hours=1)) for _ in range(6)]
    assert taken == [[], [], [], [], [("mention.decided", "decided"), ("reply.changed", "drafted")], []]
    assert (wire.state().skipped, wire.state().sent, wire.line.notices()) == (1, 2, [])


def test_a_receiver_that_refuses_every_event_is_told_until_it_takes_one(wire: Wire) -> None:
    """422 to all: each event is skipped, and that is no end of the trouble."""
    wire.line.say(PRAISE)
    wire.line.listen()
    wire.receiver.statuses = [422] * 15
    for _ in range(20):
        wire.deliver(hours=1)
    assert (wire.state().skipped, wire.state().sent, wire.line.notices()) == (3, 0, ["webhook"])
    wire.line.say(PRAISE)
    wire.line.listen()
    assert (len(wire.deliver()), wire.line.notices()) == (3, [])


def test_after_a_restore_an_event_with_a_known_number_is_no_known_event(wire: Wire) -> None:
    """The copy is older than what was sent: numbers come once more, and receivers drop the ids that they have seen."""
    wire.line.say(PRAISE)
    wire.line.listen()
    wire.deliver()
    before = wire.ids()
    with wire.line.store.write() as connection:
        connection.execute(update(event).where(event.c.id == 3).values(at=wire.line.now + timedelta(hours=1)))
        webhooks.record(connection, "crm", wire.line.now, cursor=0)
    wire.deliver(hours=2)
    again = wire.ids()[len(before) :]
    assert len(before) == len(again) == 3
    assert [one in before for one in again].count(False) == 1


def test_after_three_days_a_receiver_that_is_down_loses_the_oldest_events(wire: Wire) -> None:
    """The outbox has a bound; what is newer comes."""
    wire.line.say(PRAISE)
    wire.line.listen()
    wire.receiver.statuses = [500] * 100
    for _ in range(80):
        wire.deliver(hours=1)
    wire.line.say(COMPLAINT)
    wire.line.listen()
    wire.receiver.statuses = []
    messages = wire.deliver(hours=1)
    assert {message["data"]["mention"]["text"] for message in messages} == {COMPLAINT}
    assert wire.state().skipped == 3


def test_a_day_off_loses_nothing(wire: Wire) -> None:
    """What could not be tried because Earshot was off is not too old."""
    wire.line.say(PRAISE)
    wire.line.listen()
    assert len(wire.deliver(days=5)) == 3


def test_a_new_webhook_begins_with_the_next_event(wire: Wire) -> None:
    """No history is poured out; one that is removed and comes back begins anew, with ids of its own."""
    wire.line.say(PRAISE)
    wire.line.listen()
    with wire.line.store.write() as connection:
        webhooks.keep(connection, {}, wire.line.now)
    wire.keep()
    assert wire.deliver() == []
    wire.line.say(PRAISE)
    wire.line.listen()
    assert len(wire.deliver()) == 3


def test_the_cursor_passes_over_what_is_no_business_of_the_webhook(wire: Wire) -> None:
    """Else each round of a quiet webhook would read all events since its last one."""
    wire.hook = replace(wire.hook, events=("reply.sent",))
    for _ in range(170):
        wire.line.say(PRAISE)
    while wire.line.platform.pages:
        wire.line.listen()
    before = wire.state().cursor
    wire.deliver()
    assert wire.state().cursor > before + 500


@pytest.mark.parametrize(("secret", "why"), [(None, "is not set"), ("swordfish-9", "does not begin with whsec_")])
def test_without_a_key_nothing_is_sent(wire: Wire, secret: str | None, why: str) -> None:
    """Nothing unsigned leaves; the reason is kept without the secret."""
    wire.env = {} if secret is None else {"EARSHOT_WEBHOOK_CRM_SECRET": secret}
    wire.line.say(PRAISE)
    wire.line.listen()
    assert wire.deliver() == []
    assert wire.receiver.calls == []
    assert why in str(wire.state().error) and "swordfish" not in str(wire.state().error)


def test_a_key_is_replaced_without_a_break(wire: Wire) -> None:
    """Old and new key sign both while the secret has both."""
    wire.env["EARSHOT_WEBHOOK_CRM_SECRET"] = f"whsec_{base64.b64encode(b'n' * 24).decode()}\n{SECRET}"
    wire.line.say(PRAISE)
    wire.line.listen()
    assert len(wire.deliver()) == 3  # verified with the old key
    for call in wire.receiver.taken:
        verify(call, b"n" * 24, wire.line.now)


def configured(folder: Path, receiver: Receiver, events: tuple[WebhookEvent, ...] = WEBHOOK_EVENTS) -> Home:
    """A home whose webhook calls the receiver."""
    home = Home(folder)
    home.configure(
        f'[daemon]\nroute_seconds = 0.1\nwebhook_seconds = 0.1\n[metrics]\naddress = "127.0.0.1:{free_port()}"\n'
        f'[[webhooks]]\nname = "crm"\nurl = "{receiver.url}/hook"\nevents = {json.dumps(events)}\n'
        '[platforms.memory]\nmentions = "mentions.jsonl"\nreplay = true\nstart = "all"\npoll_seconds = 0.2\n'
    )
    home.env["EARSHOT_WEBHOOK_CRM_SECRET"] = SECRET
    return home


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver, which the test ends."""
    served = Receiver().start()
    yield served
    served.stop()


@pytest.mark.parametrize("point", ["W1:KILL:4", "W2:KILL"])
def test_killed_between_two_events_none_is_lost(tmp_path: Path, receiver: Receiver, point: str) -> None:
    """kill -9 before a call, or after calls and before the cursor is noted; what comes again has the same id."""
    home = configured(tmp_path, receiver)
    assert home.run("once").code == 0
    home.say(PRAISE, COMPLAINT, PRAISE)
    dying = home.start("run", EARSHOT_FAULT=point)
    dying.communicate(timeout=60)
    assert dying.returncode == -signal.SIGKILL
    with home.start("run") as daemon:
        until(lambda: len({call.headers["webhook-id"] for call in receiver.taken}) == 9, "all events came")
        daemon.terminate()
    ids = [int(call.headers["webhook-id"].rpartition("_")[2]) for call in receiver.taken]
    assert list(dict.fromkeys(ids)) == sorted(set(ids))  # in order, but for what came again


def test_a_receiver_that_hangs_delays_no_decision_and_no_stop(tmp_path: Path, receiver: Receiver) -> None:
    """It takes the request and never answers."""
    stall = receiver.fail_next("hook", "stall", times=9)
    home = configured(tmp_path, receiver)
    assert home.run("once").code == 0
    home.say(COMPLAINT)
    with home.start("run") as daemon:
        until(lambda: stall.left < 9, "the receiver was called")
        home.say(PRAISE, start=2)
        until(lambda: len(home.queue()) == 2, "the second mention is decided")
        daemon.terminate()
        daemon.communicate()
    assert daemon.returncode == 0


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('url = "http://crm.example/x"', "http:// is only for this machine"),
        ('url = "https://crm.example/x?token=1"', "must have neither a user, a query nor a fragment"),
        ('url = "https://crm.example/x"\nevents = ["reply.seen"]', 'expected "mention.stored" or'),
        ('url = "https://crm.example/x"\n[[webhooks]]\nname = "crm"\nurl = "https://b.example"', "have the secret"),
        ('url = "https://crm.example/x"', "EARSHOT_WEBHOOK_CRM_SECRET: cannot sign: it has 3 bytes, not 24 to 64"),
    ],
)
def test_check_names_what_is_wrong_with_a_webhook(tmp_path: Path, toml: str, message: str) -> None:
    """One clear line each."""
    home = Home(tmp_path, env={"EARSHOT_WEBHOOK_CRM_SECRET": "whsec_YWJj"})
    home.configure(f'[platforms.memory]\nmentions = "mentions.jsonl"\n[[webhooks]]\nname = "crm"\n{toml}\n')
    done = home.run("check")
    assert done.code == 1
    assert message in done.err
