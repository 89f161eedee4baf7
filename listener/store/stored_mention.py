"""A mention that is stored already, compared with what a platform lists of it now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from listener.model import Mention


@dataclass(frozen=True, slots=True)
class StoredMention:
    """A mention that is already stored."""

    key: int
    interaction_id: str
    conversation_id: str
    text: str
    attachments: tuple[str, ...]
    labels: tuple[str, ...]
    is_private: bool
    version_id: str  # the id of the newest edit seen
    version_at: datetime
    stage: str
    is_addressed: bool
    can_reply: bool
    deleted_at: datetime | None

    def is_better_known_in(self, other: Mention) -> bool:
        """Return True when another feed shows that the same words are addressed to us, or that we may answer."""
        better = (other.is_addressed and not self.is_addressed) or (other.can_reply and not self.can_reply)
        return better and self.says_the_same(other)

    def says_the_same(self, other: Mention) -> bool:
        """Return True when words, attachments and labels are equal, in any order.

        Quotes do not count: no edit changes them, and one feed shows less of them than another.
        """
        same_media = _without_quotes(self.attachments) == _without_quotes(other.attachments)
        return same_media and self._has_the_words_of(other)

    def is_other_than(self, other: Mention) -> bool:
        """Return True when the other bears the same id and says something else; erased words say nothing."""
        return self.stage != "forgotten" and other.id == self.version_id and other.text != self.text

    def is_older_than(self, other: Mention) -> bool:
        """Return True when the other is an edit of it: it says something else, as the same version or a later.

        Some servers give a post another id without any edit: then the time stays.
        """
        if self.says_the_same(other) or self._shows_more_than(other):
            return False
        return other.id == self.version_id or other.created_at >= self.version_at

    def _shows_more_than(self, other: Mention) -> bool:
        """Return True when the other is the same version, and a description that the platform gave before is missing.

        X leaves out media that it cannot find just now.
        """
        is_same_version = (other.id, other.created_at) == (self.version_id, self.version_at)
        shown, known = _without_quotes(other.attachments), _without_quotes(self.attachments)
        return is_same_version and self._has_the_words_of(other) and _is_abridged(shown, known)

    def _has_the_words_of(self, other: Mention) -> bool:
        return self.text == other.text and set(self.labels) == set(other.labels)


def _is_abridged(lines: Sequence[str], known: Sequence[str]) -> bool:
    """Return True when each line is one of the known ones, or its first word: "picture" of "picture: a torn seam"."""
    left = list(known)
    for line in sorted(lines, key=lambda line: ": " not in line):  # the full ones first
        match = next((item for item in left if line in (item, item.partition(": ")[0])), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _without_quotes(attachments: Sequence[str]) -> list[str]:
    return sorted(line for line in attachments if not line.startswith("quote: "))
