"""Where the database is: read from a URL, and shown without the password, whatever the message."""

import pytest

from listener.place import parse_server


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://db/earshot", "postgresql://db/earshot"),
        ("postgres://ear:hunter2@db.example:5433/earshot", "postgresql://ear@db.example:5433/earshot"),
        ("postgresql://ear:p%40ss%3Aword@db/earshot?sslmode=require", "postgresql://ear@db/earshot"),
        ("postgresql://ear@db/earshot?password=hunter2", "postgresql://ear@db/earshot"),
        ("postgresql://ear:hunter2@db/earshot?schema=fernhill", "postgresql://ear@db/earshot?schema=fernhill"),
        ("postgresql:///earshot?host=/run/postgresql", "postgresql:///earshot"),
    ],
)
def test_no_form_of_a_server_shows_its_password(url: str, shown: str) -> None:
    """Neither as a text nor as a value in a traceback."""
    server = parse_server(url)
    assert str(server) == shown
    assert "hunter2" not in repr(server) and "p%40ss" not in repr(server)


def test_the_password_is_known_to_whoever_hides_it() -> None:
    """As it is typed, also where the URL escapes it."""
    assert parse_server("postgresql://ear:p%40ss%3Aword@db/earshot").password == "p@ss:word"
    assert parse_server("postgresql://ear@db/earshot?password=hunter2").password == "hunter2"
    assert parse_server("postgresql://ear@db/earshot").password == ""


def test_the_schema_is_ours_and_the_rest_is_the_drivers() -> None:
    """libpq would refuse an option that it does not know."""
    server = parse_server("postgresql://db/earshot?schema=fernhill&sslmode=require")
    assert (server.schema, server.url) == ("fernhill", "postgresql://db/earshot?sslmode=require")
    assert parse_server("postgresql://db/earshot").schema == "earshot"


@pytest.mark.parametrize(
    "url",
    [
        *("postgresql://db", "postgresql://db/", "postgresql://db:port/x", "postgresql://db/x?schema=A-B"),
        *(
            "postgresql://db/x?schema=pg_catalog",
            "postgresql://db/x?options=-c",
            f"postgresql://db/x?schema={'a' * 56}",
            "postgresql://db/x?novalue",
        ),
        *("postgresql://ear:2024/secret@db.example/earshot", "postgresql://ear:/secret@db/earshot"),
        *("postgresql://ear:20/2?a=4@db/earshot", "postgresql://ear:20/2#4@db/earshot"),
    ],
)
def test_what_cannot_be_a_server_is_refused(url: str) -> None:
    """Before anything is opened."""
    with pytest.raises(ValueError, match=r"^(names|sets|is not|has) "):
        parse_server(url)
