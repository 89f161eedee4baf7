"""The compose files against the program: names, secrets, folders, times. Nothing here starts a container."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from listener.cli import commands
from listener.place import parse_server
from listener.shutdown import FORCE_EXIT_AFTER_S

ROOT = Path(__file__).parents[1]
FILES = ("compose.yaml", "compose.postgres.yaml")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
NAME = re.compile(r"\bEARSHOT_[A-Z0-9_]+\b")


@dataclass(frozen=True)
class Compose:
    """A compose file: its text, with what stands in comments, and what compose reads."""

    text: str

    @property
    def services(self) -> dict[str, dict[str, object]]:
        """The services by their names."""
        services: dict[str, dict[str, object]] = yaml.safe_load(self.text)["services"]
        return services

    @property
    def ours(self) -> list[dict[str, object]]:
        """Those that run Earshot."""
        return [service for service in self.services.values() if "build" in service]


@pytest.fixture(params=FILES)
def compose(request: pytest.FixtureRequest) -> Compose:
    """Each of the files."""
    return Compose((ROOT / str(request.param)).read_text(encoding="utf-8"))


@pytest.fixture
def scaled() -> Compose:
    """The one with PostgreSQL."""
    return Compose((ROOT / "compose.postgres.yaml").read_text(encoding="utf-8"))


def known_names() -> set[str]:
    """The variables that the program reads, and those of secrets' files."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "listener").rglob("*.py")]
    names = {name for source in sources for name in NAME.findall(source)}
    return names | {f"{name}_FILE" for name in names}


def test_every_variable_is_one_that_the_program_reads(compose: Compose) -> None:
    """Also those in comments, which somebody will uncomment."""
    names = set(NAME.findall(compose.text))
    assert names and names <= known_names()


def test_every_secret_that_is_named_is_mounted_and_defined(compose: Compose) -> None:
    """A file that is not mounted is a daemon that does not start."""
    defined = yaml.safe_load(compose.text).get("secrets", {})
    for service in compose.services.values():
        wanted = set(re.findall(r"/run/secrets/(\w+)", str(service.get("environment"))))
        assert wanted <= set(defined) and wanted == set(map(str, service.get("secrets") or ()))  # type: ignore[call-overload]


def test_whoever_is_stopped_has_the_time_that_it_needs(compose: Compose) -> None:
    """Docker kills after its grace: a call under way would be unconfirmed for no reason."""
    assert compose.ours
    for service in compose.ours:
        assert float(str(service["stop_grace_period"]).removesuffix("s")) > FORCE_EXIT_AFTER_S


def test_what_is_mounted_is_where_the_program_looks(compose: Compose) -> None:
    """The root is read-only: a data folder beside the volume could not be written."""
    volumes = yaml.safe_load(compose.text)["volumes"]
    for service in compose.ours:
        config, data = map(str, service["volumes"])  # type: ignore[call-overload]
        assert config == "./config:/config:ro" and "'EARSHOT_CONFIG': '/config'" in str(service["environment"])
        name, _, place = data.partition(":")
        assert name in volumes and f"EARSHOT_DATA={place} " in DOCKERFILE


def test_the_daemons_share_nothing_but_the_database(scaled: Compose) -> None:
    """Two of them in one data folder would write each other's session files."""
    folders = [str(service["volumes"]).split(",")[1] for service in scaled.ours]
    assert len(folders) == len(set(folders)) == 2


def test_the_address_in_the_comment_is_that_of_the_database(scaled: Compose) -> None:
    """Its host is the service, its user and database those that are made."""
    (url,) = re.findall(r"\((postgresql://\S+?),", scaled.text)
    made = str(scaled.services["database"]["environment"])
    assert str(parse_server(url)) == "postgresql://earshot@database/earshot" and "database" in scaled.services
    assert "'POSTGRES_DB': 'earshot'" in made and "'POSTGRES_USER': 'earshot'" in made


def test_the_commands_in_comments_are_commands(scaled: Compose) -> None:
    """`run --rm SERVICE COMMAND`."""
    ((service, command),) = re.findall(r"run --rm (\w+) (\w+)", scaled.text)
    names = {info.name or getattr(info.callback, "__name__", "") for info in commands.app.registered_commands}
    assert service in scaled.services and command in names


def test_the_image_is_built_with_the_driver(scaled: Compose) -> None:
    """Without it the first command says that PostgreSQL needs a driver."""
    for service in scaled.ours:
        ((name, lock),) = dict(service["build"]["args"]).items()  # type: ignore[index]
        assert f"ARG {name}=" in DOCKERFILE and "psycopg" in (ROOT / lock).read_text(encoding="utf-8")
