"""The form of a text file: its encoding, the end of its lines, and the delimiter of its cells."""

from dataclasses import dataclass
from typing import BinaryIO

_HEAD = 1 << 16  # bytes by which a form is recognized
_MARKS = (  # the first bytes of a file -> its encoding, and how many of them are a mark
    (b"\xef\xbb\xbf", "utf-8", 3),
    (b"\xff\xfe", "utf-16-le", 2),
    (b"\xfe\xff", "utf-16-be", 2),
)
NAMES = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}


@dataclass(frozen=True, slots=True)
class Form:
    """end: the bytes that end a line; start: where the text begins, after a byte order mark."""

    encoding: str = "utf-8"
    end: bytes = b"\n"
    start: int = 0
    delimiter: str = ","

    @property
    def name(self) -> str:
        """The encoding as people write it."""
        return NAMES[self.encoding]

    def aligned(self, offset: int) -> int:
        """Return the last place at or before this one where a character may begin."""
        return offset - (offset - self.start) % len(self.end)


def find_form(file: BinaryIO) -> Form:
    """Return the form of a file by its beginning. A file without any line end is taken for one with usual ones."""
    file.seek(0)
    head = file.read(_HEAD)
    encoding, start = _encoding(head)
    line_feed, carriage_return = "\n".encode(encoding), "\r".encode(encoding)
    at = _find(head, carriage_return, start)
    follows = head[at + len(carriage_return) :][: len(line_feed)] if at >= 0 else b""
    is_old_mac = len(follows) == len(line_feed) and follows != line_feed and _find(head, line_feed, start) < 0
    return Form(encoding, carriage_return if is_old_mac else line_feed, start)


def read_until(file: BinaryIO, end: bytes, most: int) -> bytes:
    """Return the bytes up to and with the next `end`, at most so many, or what there is to the end of the file."""
    if end == b"\n":
        return file.readline(most)
    start, read = file.tell(), bytearray()
    while len(read) < most and (block := file.read(min(4_096, most - len(read)))):
        seen = len(read) - len(read) % len(end)
        read += block
        if (at := _find(read, end, seen)) >= 0:
            file.seek(start + at + len(end))
            return bytes(read[: at + len(end)])
    return bytes(read)


def _encoding(head: bytes) -> tuple[str, int]:
    """Return the encoding and where the text begins; UTF-16 without a mark shows by the zeros in its first letters."""
    for mark, name, length in _MARKS:
        if head.startswith(mark):
            return name, length
    if head[1:2] == head[3:4] == b"\0":
        return "utf-16-le", 0
    return ("utf-16-be", 0) if head[0:1] == head[2:3] == b"\0" else ("utf-8", 0)


def _find(text: bytes | bytearray, end: bytes, start: int) -> int:
    """Return where a line end stands, -1 for nowhere: between two characters, not in the middle of them."""
    at = text.find(end, start)
    while at >= 0 and (at - start) % len(end):
        at = text.find(end, at + 1)
    return at
