"""feedparser in a process of its own: its regular expressions take minutes on an author of 100,000 letters, and hold
up every thread of a process meanwhile. Imports nothing of ours, so that it starts in a fifth of a second.

As a program: a JSON list of documents on stdin, their address as argument; on stdout a line of JSON for each. The
kernel ends it at the first document that takes too long, so the caller knows which it is.
"""

import io
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

SECONDS, MEMORY = 2, 1 << 30  # of the processor for a document, and in bytes
ALL_SECONDS = 60  # of the processor for all documents

Answer = dict[str, Any]
"""{lang, entries: [{id, link, author, author_uri, title, content, published, updated}]}, or {error}.

raised: the parser raised it, rather than that this is no feed.
"""


def parse_documents(documents: Sequence[str], url: str, seconds: float) -> list[Answer]:
    """Return an answer for each document up to the first that cannot be parsed in time, which has none.

    seconds: by the clock on the wall.
    """
    command = [sys.executable, "-I", __file__, url]
    # no secret goes along
    bare = {name: value for name, value in os.environ.items() if not name.startswith("EARSHOT_")}
    body = json.dumps(documents).encode()
    try:
        done = subprocess.run(command, input=body, env=bare, capture_output=True, timeout=seconds, check=False)  # noqa: S603
        output = done.stdout
    except subprocess.TimeoutExpired as error:
        output = error.stdout or b""
    return [json.loads(line) for line in output.split(b"\n")[:-1]]


def main() -> None:
    """Parse stdin. Nothing is resolved or cleaned: intake takes the markup off."""
    import feedparser

    resource.setrlimit(resource.RLIMIT_CPU, (ALL_SECONDS, ALL_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": sys.argv[1]}
    for document in json.load(sys.stdin):
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        body = io.BytesIO(document.encode("utf-8", "replace"))
        try:
            feed = feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
            answer = _answer(feed)
        except Exception as error:  # noqa: BLE001 - a parser may raise anything, and it is one item's fault
            answer = {"error": f"it breaks the parser ({type(error).__name__})", "raised": True}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _answer(feed: Any) -> Answer:
    if not feed.version and not feed.entries:
        return {"error": "it is neither RSS nor Atom"}
    return {"lang": feed.feed.get("language"), "entries": [_entry(entry) for entry in feed.entries]}


def _entry(entry: Any) -> Answer:
    details = [*(entry.get("content") or ()), entry.get("summary_detail") or {}]
    content: Any = next((detail for detail in details if detail.get("value")), {})
    return {
        "id": entry.get("id"),
        "link": entry.get("link"),
        "author": entry.get("author"),
        "author_uri": (entry.get("author_detail") or {}).get("href"),
        "title": entry.get("title_detail") or {},
        "content": content,
        "published": _time(entry, "published"),
        "updated": _time(entry, "updated"),
    }


def _time(entry: Any, name: str) -> tuple[Any, str] | None:
    """A time as it is written, and as feedparser reads it: in UTC, unless it does not know the zone's name."""
    written = entry.get(name) if name in entry else None
    read = entry.get(f"{name}_parsed") if written else None
    return (written, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*read[:6])) if read else None


if __name__ == "__main__":
    main()
