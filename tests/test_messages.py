"""Messages that people read: no secret, no query of an address, no text of Python's libraries."""

import ast
from pathlib import Path

import pytest

from listener.errors import EarshotError, NotSent
from listener.messages import clean, redact, remember_secret

ROOT = Path(__file__).parent.parent
TOKEN = 'tok/"en" 17+4'


def test_a_secret_is_redacted_however_it_is_written() -> None:
    """As it is, as JSON writes it, as an address does."""
    remember_secret(TOKEN)
    for written in (TOKEN, 'tok/\\"en\\" 17+4', "tok%2F%22en%22%2017%2B4"):
        assert redact(f"denied: {written}!") == "denied: [secret]!"


def test_a_value_that_is_too_short_would_redact_ordinary_words() -> None:
    """Five letters stay."""
    remember_secret("reply")
    assert redact("reply 7") == "reply 7"


def test_every_error_of_ours_is_clean_when_it_is_made() -> None:
    """Whoever keeps or prints it later needs not to think of it."""
    remember_secret("swordfish")
    error = NotSent("401: swordfish is wrong, see https://x.test/a?token=1#top", "renew swordfish")
    assert (error.message, error.do) == ("401: [secret] is wrong, see https://x.test/a", "renew [secret]")
    assert str(EarshotError("swordfish", "swordfish")) == "[secret]; [secret]"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("HTTPConnection(host='127.0.0.1', port=1): Failed to connect", "Failed to connect"),
        ("<urllib3.connection.HTTPSConnection object at 0x7f3a>: Failed to resolve", "Failed to resolve"),
        (
            "HTTPSConnectionPool(host='x.test', port=443): Max retries exceeded with url: /2/me?a=b "
            "(Caused by ConnectTimeoutError(<urllib3.connection.HTTPSConnection object at 0x7f>, 'timed out'))",
            "'timed out'",
        ),
        ("KeyError: 'created_at'", "the field 'created_at' is missing"),
        ("ValueError: the id is no number", "the id is no number"),
        ("[Errno 111] Connection refused", "Connection refused"),
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1010)",
            "certificate verify failed: self-signed certificate",
        ),
        (
            "new-line character seen in unquoted field - do you need to open the file in universal-newline mode?",
            "new-line character seen in unquoted field",
        ),
        ("no <class 'str'> but <class 'builtins.int'>", "no str but int"),
    ],
)
def test_what_libraries_print_of_themselves_is_left_out(raw: str, shown: str) -> None:
    """The reason stays, the object goes."""
    assert clean(raw).strip("), (") == shown.strip("), (")


FOREIGN = {"OSError", "Exception", "BaseException", "PermissionError", "csv.Error", "sqlite3.Error"}
FOREIGN |= {"httpx.HTTPError", "requests.RequestException", "sqlite3.OperationalError", "sqlite3.DatabaseError"}
MADE_CLEAN = {  # their text passes messages.clean, or is for whoever wrote a module
    "listener/cli/__main__.py",  # an internal error, to be reported
    "listener/settings/platforms.py",  # a module of the operator's own that cannot be imported
    "listener/settings/responders.py",
    "listener/settings/files.py",  # an OSError by its reason; the other is ours
    "listener/cli/health.py",  # sqlite3's own words; it imports nothing else
    "listener/store/sqlite_file.py",  # SQLite's words in brackets, for a search
    "listener/platforms/kit/items.py",  # kept with a quarantined item, whose column is cleaned
    "listener/platforms/memory/records.py",
    "listener/analysis/evaluate.py",  # InputError is clean
    "listener/platforms/x/sender.py",  # NotSent is clean
    "listener/triage/route.py",
    "listener/outbox/send.py",  # for the log, which hides secrets
}


def _spoken(handler: ast.ExceptHandler) -> list[int]:
    """Lines of a handler that put the bare exception into a text."""
    name = handler.name
    bare = [
        node.value.lineno
        for node in ast.walk(handler)
        if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Name) and node.value.id == name
    ]
    as_text = [
        node.lineno
        for node in ast.walk(handler)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("str", "repr")
        and any(isinstance(given, ast.Name) and given.id == name for given in node.args)
    ]
    return bare + as_text


def _foreign_texts(tree: ast.AST) -> list[int]:
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.name and node.type:
            types = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if {ast.unparse(kind) for kind in types} & FOREIGN:
                lines += _spoken(node)
    return lines


def test_no_message_is_made_of_a_foreign_exception() -> None:
    """`access.why`, `errors.describe` or `kit.one_line` say what happened in words."""
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for folder in ("listener", "responders")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if str(path.relative_to(ROOT)) not in MADE_CLEAN
        for line in _foreign_texts(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert not found


def test_the_scan_itself_can_fail() -> None:
    """A text made of an OSError is seen, one of its reason is not."""
    bad = "try: pass\nexcept OSError as error:\n    raise X(f'cannot: {error}')\n"
    good = "try: pass\nexcept OSError as error:\n    raise X(f'cannot: {error.strerror}')\n"
    assert _foreign_texts(ast.parse(bad)) == [3] and _foreign_texts(ast.parse(good)) == []
