"""Signs of life: start, success after each round in which every platform was read, fail when one was not for long."""

from listener.alerts.heartbeat import Heartbeat
from listener.settings import EnvSecrets
from listener.store import platforms
from tests.alerts.conftest import Bell


def beating(bell: Bell) -> Heartbeat:
    """A heartbeat to the web hook."""
    return Heartbeat(bell.line.store, EnvSecrets({"EARSHOT_HEARTBEAT_URL": f"{bell.hook.url}/ping/7"}), bell.line.clock)


def read(bell: Bell, *names: str) -> None:
    """Note that these platforms were read just now."""
    with bell.line.store.write() as connection:
        for name in names:
            platforms.record(connection, name, ok_at=bell.line.now)


def test_success_needs_every_platform(bell: Bell) -> None:
    """One that is silent turns success into a failure after five minutes, with its name."""
    with bell.line.store.write() as connection:
        platforms.enable(connection, {"memory": 60.0, "x": 60.0}, bell.line.now)
    heartbeat = beating(bell)
    signs = [heartbeat.beat()]
    for names in (("memory", "x"), ("memory",), ("memory",)):
        bell.line.wait(minutes=2)
        read(bell, *names)
        signs.append(heartbeat.beat())
    bell.line.wait(minutes=2)
    signs.append(heartbeat.beat())
    assert signs == ["start", "success", None, None, "fail"]
    assert bell.hook.paths == ["/ping/7/start", "/ping/7", "/ping/7/fail"]
    assert bell.hook.bodies == [{"reason": "not read for long: x"}]


def test_signs_are_a_minute_apart(bell: Bell) -> None:
    """However often the platforms are read."""
    heartbeat = beating(bell)
    heartbeat.beat()
    for _ in range(6):
        bell.line.wait(seconds=20)
        read(bell, "memory")
        heartbeat.beat()
    assert bell.hook.paths == ["/ping/7/start", "/ping/7", "/ping/7"]


def test_a_service_that_fails_stops_nothing(bell: Bell) -> None:
    """Nothing is raised; the next sign is tried as usual. Without the secret nothing is called."""
    heartbeat = beating(bell)
    heartbeat.beat()
    bell.hook.status = 500
    bell.line.wait(minutes=2)
    read(bell, "memory")
    assert heartbeat.beat() is None
    bell.hook.status = 200
    bell.line.wait(minutes=2)
    read(bell, "memory")
    assert heartbeat.beat() == "success"
    assert Heartbeat(bell.line.store, EnvSecrets({}), bell.line.clock).beat() is None
