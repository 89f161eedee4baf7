"""The shipped lists as they are written: each phrase with its file and line, faults among them, and rewriting."""

import re
import textwrap
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from listener import lexicon

FOLDER = Path(lexicon.__file__).parent
WIDTH = 120
_LIST = re.compile(r"^(\w+) = \[([^]]*)\]", re.MULTILINE)
_PHRASE = re.compile(r'"([^"]*)"')
_BLANK = "\u00a0"  # stands for a blank inside a phrase, where no line may end


@dataclass(frozen=True, slots=True)
class WrittenPhrase:
    """A phrase as it stands in a list, with its groups, and where."""

    file: str
    line: int
    cue: str
    phrase: str

    @property
    def variants(self) -> tuple[str, ...]:
        """Return what it stands for, without groups."""
        return lexicon.expand(self.phrase)

    def __str__(self) -> str:
        return f'{self.file}:{self.line}: {self.cue} "{self.phrase}"'


def read_phrases(path: Path) -> Iterator[WrittenPhrase]:
    """Return every phrase of a file, in order."""
    text = path.read_text(encoding="utf-8")
    for written in _LIST.finditer(text):
        for phrase in _PHRASE.finditer(text, *written.span(2)):
            yield WrittenPhrase(path.name, text.count("\n", 0, phrase.start()) + 1, written[1], phrase[1])


def find_faults(path: Path) -> Iterator[str]:
    """Return a line for each phrase that is no valid one: file, line, cue, phrase, and what is wrong."""
    for written in read_phrases(path):
        if fault := lexicon.fault(written.phrase):
            yield f"{written}: {fault}"


def rewrite(text: str, dropped: Collection[tuple[str, str]]) -> str:
    """Return a file's text without these pairs of cue and phrase; lists that lose nothing stay as they are."""

    def without(written: re.Match[str]) -> str:
        cue, phrases = written[1], _PHRASE.findall(written[2])
        kept = [phrase for phrase in phrases if (cue, phrase) not in dropped]
        return written[0] if kept == phrases else format_list(cue, kept)

    return _LIST.sub(without, text)


def format_list(cue: str, phrases: Collection[str]) -> str:
    """Return a list as the files write it: on a line of its own where it fits, else filled up to WIDTH."""
    items = ", ".join(f'"{phrase}"' for phrase in phrases)
    if len(line := f"{cue} = [{items}]") <= WIDTH:
        return line
    whole = re.sub(r'"[^"]*"', lambda item: item[0].replace(" ", _BLANK), items) + ","
    body = textwrap.fill(whole, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    return f"{cue} = [\n{body.replace(_BLANK, ' ')}\n]"
