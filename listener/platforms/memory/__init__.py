"""A platform of two files: mentions are read from one, replies are appended to another. For demo, tests, dry runs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from listener import protocols
from listener.capabilities import OutgoingAct, is_act
from listener.errors import ReadFailed
from listener.feed_page import FeedPage
from listener.model import Announcement, Json, Mention, Outgoing, PostStatus, Prepared, Preview, Receipt
from listener.platforms.kit.authors import item_author, names_under, raw_object
from listener.platforms.memory import posts
from listener.platforms.memory.mentions import SUFFIXES, Mentions
from listener.protocols import Account, Meter, Secrets

LIMIT = 500  # characters of a reply, counted as code points


@dataclass(frozen=True, kw_only=True)
class Section(protocols.Section):
    """[platforms.memory]: the file of mentions, the file of posts (relative to the data folder), and replay.

    replay: whatever reckons with age takes the time of reading, so that old mentions are answered as if fresh.
    """

    acts = ("like", "repost")
    can_whisper = True

    mentions: Path
    posts: str = "posts.jsonl"
    replay: bool = False

    @staticmethod
    def item_author(raw: str) -> protocols.ItemAuthor | None:
        """Return the author of a JSON row; a row of CSV shows none."""
        row = raw_object(raw)
        return item_author(names_under(row, "author_id"), names_under(row, "author"))

    def post_files(self, folder: Path) -> tuple[Path, ...]:
        """Return the file of posts."""
        return (folder / self.posts,)

    def problems(self) -> list[tuple[str, str, str]]:
        """Return the problems of the two file names."""
        problems = []
        if not self.mentions.is_file():
            problems.append(("mentions", f"is not a file: {self.mentions}", "name a .jsonl or .csv file"))
        elif self.mentions.suffix.lower() not in SUFFIXES:
            problems.append(("mentions", f"ends in neither .jsonl nor .csv: {self.mentions}", "rename the file"))
        if not Path(self.posts).name:
            problems.append(("posts", "is not a file name", 'write a file name such as "posts.jsonl"'))
        return problems

    def notes(self) -> list[str]:
        """Return a note on the rows that a first run skips."""
        skips = self.start == "now"
        return [f'rows already in {self.mentions.name} are skipped; start = "all" reads them too'] if skips else []


def preview(text: str, mention: Mention, section: protocols.Section) -> Preview:
    """Return the text as it is: nothing is put before it, nothing is billed."""
    return Preview(text, len(text), LIMIT)


def preview_announcement(text: str, section: protocols.Section) -> Preview:
    """Return the text as it is."""
    return Preview(text, len(text), LIMIT)


def connect(section: Section, secrets: Secrets, folder: Path, meter: Meter) -> "Memory":
    """Return the platform on its files. folder: the data folder. Raises InputError if the mentions cannot be used."""
    return Memory(Mentions(section.mentions, section.start, section.replay), folder / section.posts)


class Memory:
    """listener.model.Platform on two files."""

    name = "memory"
    settle_after = timedelta(0)

    def __init__(self, mentions: Mentions, path: Path) -> None:
        self._mentions, self._posts = mentions, path

    def fetch(self, cursor: Json | None, now: datetime) -> FeedPage:
        """Return the next rows of the file. Raises ReadFailed; InputError when a first read finds no UTF-8 text."""
        try:
            return self._mentions.page(cursor, now)
        except OSError as error:
            message = f"cannot read {self._mentions.path}: {error.strerror}"
            raise ReadFailed(message, "put the file back, or correct [platforms.memory] mentions") from error

    def prepare(self, reply: Outgoing, now: datetime) -> Prepared:
        """Return the line to append; the key is the same for the same revision of the same reply."""
        digest = sha256(f"{reply.mention.id}\0{reply.text}".encode("utf-8", "surrogatepass")).hexdigest()
        key = f"{reply.reply_id}-{reply.revision}-{digest[:12]}"
        private = {"private": True} if reply.is_private else {}
        request = {"in_reply_to": reply.mention.id, "text": reply.text, **private}
        return Prepared(key, request, is_private=reply.is_private)

    def prepare_announcement(self, announcement: Announcement, now: datetime) -> Prepared:
        """Return the line to append, which answers nothing."""
        words = f"{announcement.created_at.isoformat()}\0{announcement.text}"
        digest = sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
        key = f"announcement-{announcement.posting_id}-{announcement.revision}-{digest[:12]}"
        return Prepared(key, {"text": announcement.text})

    def prepare_act(self, act: OutgoingAct, now: datetime) -> Prepared:
        """Return the line to append; the key is the mention's, so that it stands there once."""
        digest = sha256(act.mention.id.encode("utf-8", "surrogatepass")).hexdigest()
        return Prepared(f"{act.what}-{digest[:12]}", {"act": act.what, "of": act.mention.id})

    def post(self, prepared: Prepared) -> Receipt:
        """Append the line and sync it; an act only once.

        Raises NotSent if nothing was written, OSError if a part may have been.
        """
        if is_act(prepared) and (done := posts.find_post(self._posts, prepared.key)):
            return Receipt(done)
        return Receipt(posts.append(self._posts, prepared.request, prepared.key))

    def find_reply(self, prepared: Prepared) -> Receipt | None:
        """Return the first whole line with this key. Raises ReadFailed."""
        try:
            post_id = posts.find_post(self._posts, prepared.key)
        except OSError as error:
            raise ReadFailed(f"cannot read {self._posts}: {error.strerror}", "make it readable") from error
        return Receipt(post_id) if post_id else None

    def check_post(self, mention: Mention) -> PostStatus:
        """A row is not looked at again: nobody edits or deletes a mention in a file."""
        return PostStatus(is_present=True)

    def whoami(self) -> Account:
        """The files have no account; any name does."""
        return Account("memory", "memory")
