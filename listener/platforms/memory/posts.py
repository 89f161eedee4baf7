"""The file of posts: one JSON line a reply, appended and synced."""

import json
import os
import re
import uuid
from pathlib import Path

from listener import send_permit
from listener.errors import NotSent
from listener.model import Json

LINE_ENDS = re.compile("[\x85\u2028\u2029]")  # JSON lets them stand, but some readers split lines there


def append(path: Path, request: Json, key: str) -> str:
    """Append one reply and return its new id. It does not look for the key: a double would be seen.

    Raises NotSent when surely nothing was written, OSError when a part may have been.
    """
    new = uuid.uuid4().hex
    file = _open(path)
    try:
        send_permit.current()()
        _write(file, _line({"id": new, **request, "key": key}), path)
        os.fsync(file)
    finally:
        os.close(file)
    return new


def find_post(path: Path, key: str) -> str | None:
    """The id of the first whole line with this key. Raises OSError."""
    if not path.exists():
        return None
    needle = json.dumps(key).encode()
    with path.open("rb") as file:
        return next((post_id for line in file if needle in line and (post_id := _id_of(line, key))), None)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _not_sent(path, error) from error


def _write(file: int, line: bytes, path: Path) -> None:
    try:
        size = os.fstat(file).st_size
        if size and os.pread(file, 1, size - 1) != b"\n":
            line = b"\n" + line  # a crash left half a line: it must not swallow this one
        written = os.write(file, line)
    except OSError as error:
        raise _not_sent(path, error) from error
    while written < len(line):
        written += os.write(file, line[written:])


def _not_sent(path: Path, error: OSError) -> NotSent:
    return NotSent(f"cannot write {path}: {error.strerror}", "make room, and let the user Earshot runs as write there")


def _line(post: Json) -> bytes:
    text = LINE_ENDS.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(post, ensure_ascii=False))
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _id_of(line: bytes, key: str) -> str | None:
    try:
        post = json.loads(line)
    except ValueError:  # half a line is no post
        return None
    return str(post["id"]) if isinstance(post, dict) and post.get("key") == key and "id" in post else None
