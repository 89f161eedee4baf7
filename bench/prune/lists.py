"""The shipped lists as they are written: each phrase with its file and line, faults among them, and rewriting."""

import re
import textwrap
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from listener import lexicon
from listener.intake.senses import MEANT

FOLDER = Path(lexicon.__file__).parent
WIDTH = 120
_LIST = re.compile(r'^"?(\w+(?: : [^"]+)?)"? = \[([^]]*)\]', re.MULTILINE)
_PHRASE = re.compile(r'"([^"]*)"')
_BLANK = "\u00a0"  # stands for a blank inside a phrase, where no line may end


@dataclass(frozen=True, slots=True)
class WrittenPhrase:
    """A phrase as it stands in a list, with its groups, and where. listed: the list's name, with its conditions."""

    file: str
    line: int
    listed: str
    phrase: str

    @property
    def cue(self) -> str:
        """Return the cue of which it is a phrase."""
        return self.listed.partition(MEANT)[0]

    @property
    def variants(self) -> tuple[str, ...]:
        """Return what it stands for, without groups and conditions."""
        return lexicon.expand(self.phrase.partition(MEANT)[0])

    @property
    def entries(self) -> tuple[str, ...]:
        """Return what the policy has for it: its variants, each with the conditions."""
        meant = self.listed.partition(MEANT)[1:]
        return tuple("".join((entry, *meant)) for entry in lexicon.expand(self.phrase))

    def __str__(self) -> str:
        return f'{self.file}:{self.line}: {self.listed} "{self.phrase}"'


def read_phrases(path: Path) -> Iterator[WrittenPhrase]:
    """Return every phrase of a file, in order."""
    text = path.read_text(encoding="utf-8")
    for written in _LIST.finditer(text):
        for phrase in _PHRASE.finditer(text, *written.span(2)):
            yield WrittenPhrase(path.name, text.count("\n", 0, phrase.start()) + 1, written[1], phrase[1])


def find_faults(path: Path) -> Iterator[str]:
    """Return a line for each phrase that is no valid one: file, line, cue, phrase, and what is wrong."""
    for written in read_phrases(path):
        find = lexicon.need_fault if written.listed.startswith("need_") else lexicon.fault
        if fault := next(filter(None, map(find, (written.phrase, *written.entries))), None):
            yield f"{written}: {fault}"


def rewrite(text: str, dropped: Collection[tuple[str, str]]) -> str:
    """Return a file's text without these pairs of list and phrase; lists that lose nothing stay as they are."""

    def without(written: re.Match[str]) -> str:
        listed, phrases = written[1], _PHRASE.findall(written[2])
        kept = [phrase for phrase in phrases if (listed, phrase) not in dropped]
        return written[0] if kept == phrases else format_list(listed, kept)

    return _LIST.sub(without, text)


def format_list(listed: str, phrases: Collection[str]) -> str:
    """Return a list as the files write it: on a line of its own where it fits, else filled up to WIDTH."""
    items = ", ".join(f'"{phrase}"' for phrase in phrases)
    name = f'"{listed}"' if MEANT in listed else listed
    if len(line := f"{name} = [{items}]") <= WIDTH:
        return line
    whole = re.sub(r'"[^"]*"', lambda item: item[0].replace(" ", _BLANK), items) + ","
    body = textwrap.fill(
        whole, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False, break_long_words=False
    )
    return f"{name} = [\n{body.replace(_BLANK, ' ')}\n]"
