"""Make a message fit to be kept and shown: without secrets, queries of addresses, and the texts of Python's libraries.

Every error of ours passes here when it is made, and every column that holds a message when it is written. So a server
that echoes our token, and a library that prints its objects, reach no screen, no notice, no log and no database.
"""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote

REDACTED = "[secret]"
SHORTEST = 6  # characters: a shorter secret would redact ordinary words

_secrets: set[str] = set()
_QUERY = re.compile(r"(https?://[^\s?#'\"<>]*)[?#][^\s'\"<>]*", re.IGNORECASE)
_PYTHON = re.compile(
    r"<?\b(?:[\w.]+\.)?HTTPS?Connection(?:Pool)?\([^()]*\)(?: object at 0x[0-9a-f]+>)?(?:: )?"  # urllib3's pools
    r"|<[\w.]+ object at 0x[0-9a-f]+>(?:: )?"
    r"| - do you need to open the file [^?]*\?"  # csv
    r"|\[Errno -?\d+\] "
    r"|\[SSL: \w+\] "
    r"| ?\(_ssl\.c:\d+\)",
    re.IGNORECASE,
)
_CLASS = re.compile(r"<class '(?:[\w.]+\.)?(\w+)'>")
_MISSING = re.compile(r"\bKeyError: ('[^']*'|\S+)")
_VALUE = re.compile(r"^ValueError: ")  # the words behind it are ours
_CAUSED_BY = re.compile(r"(?:Max retries exceeded with url: \S+ )?\(Caused by (\w+)\((.*)\)\)", re.DOTALL)


def remember_secret(value: str) -> None:
    """Redact this value from now on, also as JSON and addresses write it; one that is too short is left alone."""
    if len(value) >= SHORTEST:
        _secrets.update(written_forms(value))


def written_forms(secret: str) -> set[str]:
    """Return a secret as texts, JSON and addresses write it."""
    return {secret, json.dumps(secret)[1:-1], quote(secret, safe="")}


def replace_secrets(text: str, forms: Iterable[str]) -> str:
    """Replace these forms of secrets in a text, the longest first: one may be a part of another."""
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, REDACTED)
    return text


def forget_secrets() -> None:
    """Redact nothing that was remembered before; for tests, which share a process."""
    _secrets.clear()


def hide_secrets(text: str) -> str:
    """Replace every known secret in a text, and change nothing else."""
    return replace_secrets(text, _secrets)


def redact(text: str) -> str:
    """Replace every known secret in a text, and cut the queries of addresses."""
    return _QUERY.sub(r"\1", hide_secrets(text))


def clean(text: str) -> str:
    """Return a message without secrets, queries of addresses, and what only a programmer reads."""
    text = _CLASS.sub(r"\1", _PYTHON.sub("", _CAUSED_BY.sub(r"\2", text)))
    return redact(_MISSING.sub(r"the field \1 is missing", _VALUE.sub("", text)))
