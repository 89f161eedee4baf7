"""`review --plain`: the same moves as question and answer, line by line, for a screen reader or a script."""

import sys
from collections.abc import Callable, Mapping
from typing import cast

from listener.cli import detail as pages
from listener.cli import editor, render
from listener.cli.review import draw
from listener.cli.review.actions import ACTS, Question, filters, pick
from listener.cli.review.session import Session
from listener.cli.review.voice import End, ask, prompt_user, say, sentence
from listener.desk import people
from listener.desk.views import ReplyDetail as Json
from listener.errors import EarshotError

OWN = (
    ("a", "approve", "exactly the text read out goes out"),
    ("e", "edit", "asks for another text, one line"),
    ("E", "editor", "another text in $EDITOR"),
    ("i", "insert", "puts a saved text in its place"),
    ("s", "skip", "the next one"),
    ("k", "back", "the one before"),
    ("u", "undo", "takes the last approval back; U all that have not gone out"),
    ("/", "search", "only what holds these words"),
    ("f", "filter", "only a part of the queue"),
    ("p", "person", "all exchanges with this person"),
    ("w", "why", "the whole trail, with what was asked and did not hit"),
    ("?", "help", "this list"),
    ("q", "quit", "gives your lease back; the end of the input does it too"),
)
WORDS = {word: key for key, word, _ in OWN} | {act.word: act.key for act in ACTS}  # said in full, they count too
ANYWHERE = ("f", "/", "u", "U", "q")  # need no reply


def run(session: Session) -> None:
    """Read out one reply after the other and do what is answered, until q or the input's end."""
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")  # what is no text is no reason to stop
    Reader(session).run()


class Reader:
    """Where the reading stands."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.at, self.lines = 0, [one["id"] for one in session.lines()[0]]
        self.known: frozenset[str] = frozenset()  # doubts the last answer was told of: the next `a` means it
        self.own: dict[str, Callable[[Json], None]] = {
            "a": self._approve, "e": self._edit, "E": self._edit_outside, "i": self._insert,
            "s": lambda one: self._go(1), "k": lambda one: self._go(-1), "u": self._undo, "U": self._undo_all,
            "/": self._search, "f": self._filter, "p": self._person, "w": self._why, "?": self._help, "q": self._quit,
        }  # fmt: skip

    def run(self) -> None:
        """Until somebody quits."""
        say("Line by line: answer with a letter and Enter; ? lists the letters.")
        try:
            while True:
                self._one()
        except End:
            say("Done.")

    def _one(self) -> None:
        """Open one, read it out, and take answers until it is settled or left."""
        if not self.lines:
            return self._nothing()
        self.at = max(0, min(self.at, len(self.lines) - 1))
        number, self.known = self.lines[self.at], frozenset()
        one = self._open(number)
        say(f"{self.at + 1} of {len(self.lines)}.")
        for each in draw.spoken(one, self.session.by, self.session.desk.clock()):
            say(each)
        while self._answer(one):
            pass
        return None

    def _open(self, number: int) -> Json:
        one = self.session.show(number)
        try:
            if other := self.session.take(one):
                sentence(other)
        except EarshotError as error:
            sentence(str(error))
        return one

    def _nothing(self) -> None:
        self.session.leave()
        _, totals = self.session.lines()
        part = self.session.filter or self.session.page.words
        say("Nothing in this part of the queue." if part else render.nothing(totals, self.session.desk.clock()))
        key = prompt_user("f shows another part, / searches, u takes back, Enter looks again, q quits: ").strip()
        key = WORDS.get(key.lower(), key)
        try:
            if key in ANYWHERE:
                self.own[key](cast(Json, {}))
        except EarshotError as error:
            sentence(str(error))
        self._reload()

    def _answer(self, one: Json) -> bool:
        """Do what is answered. Returns False when the reply is to be opened and read out again."""
        key = prompt_user("a, e, v, r, x, g, z, s, ? or another: ").strip()
        key = WORDS.get(key.lower(), key)
        if key != "a":
            self.known = frozenset()
        act = next((each for each in ACTS if each.key == key), None)
        try:
            self.session.keep()
            if act is not None:
                answer = "" if act.ask is None else ask(act.ask(self.session, one))
                sentence("Left as it was" if answer is None else act.do(self.session, one, answer))
                self._go_on(one, act.advances and answer is not None)
                return answer is None
            if key in self.own:
                self.own[key](one)
                return key in ("p", "w", "?") or bool(self.known)
            say("? lists the letters.")
        except EarshotError as error:
            sentence(str(error))
            self._reload()
            return one["id"] in self.lines and self.session.show(one["id"])["revision"] == one["revision"]
        return True

    def _go_on(self, one: Json, further: bool) -> None:
        """Read the queue again; further: on to the next, else stay on this one where it is still there."""
        self._reload()
        if one["id"] in self.lines:
            self.at = self.lines.index(one["id"]) + further
            self._wrap()

    def _reload(self) -> None:
        self.lines = [each["id"] for each in self.session.lines()[0]]

    def _go(self, by: int) -> None:
        self.at += by
        self._wrap()

    def _wrap(self) -> None:
        """After the last comes the first, which is read from the queue of now."""
        if self.at >= len(self.lines):
            self._reload()
            self.at = 0

    def _undo(self, one: Json) -> None:
        self._tell(self.session.undo())

    def _undo_all(self, one: Json) -> None:
        self._tell(self.session.undo(all_of_them=True))

    def _tell(self, undone: Mapping[int, str]) -> None:
        """Tell it, and go back to the first of them."""
        for each in self.session.undo_summary(undone):
            sentence(each)
        self._reload()
        self.at = next((self.lines.index(one) for one in undone if one in self.lines), self.at)

    def _approve(self, one: Json) -> None:
        doubts = self.session.doubts(self.session.show(one["id"]))  # of now, not of when it was read out
        if not self.known.issuperset(doubts):
            self.known = frozenset(doubts)
            say(f"Look again: {', '.join(doubts)}. a once more approves it.")
            return
        self.known = frozenset()
        sentence(self.session.approve(one))
        self._go_on(one, True)

    def _kind(self, one: Json) -> str | None:
        kinds = tuple(each.kind for each in self.session.desk.policy.responders)
        return None if one["kind"] else ask(Question("A reply of which kind?", kinds, own=False))

    def _edit(self, one: Json) -> None:
        kind = self._kind(one)
        text, _ = self.session.text_of(one["id"])
        say(f"The text is: {text}" if text else "There is no text yet.")
        words = ask(Question("Write the new text on one line."))
        sentence("Left as it was" if words is None else self.session.write(one, words, kind))
        self._go_on(one, False)

    def _edit_outside(self, one: Json) -> None:
        kind = self._kind(one)
        text, _ = self.session.text_of(one["id"])
        words = editor.ask(text, self.session.keep)
        with editor.kept(words):
            sentence("Left as it was" if words is None else self.session.write(one, words, kind))
        self._go_on(one, False)

    def _insert(self, one: Json) -> None:
        kind = self._kind(one)
        saved = self.session.saved(kind or one["kind"])
        if not saved:
            say("There are no saved texts: [[saved]] in replies.toml keeps them.")
            return
        chosen = ask(Question("Which text?", tuple(text for _, text in saved), own=False))
        if chosen is not None:
            sentence(self.session.write(one, chosen, kind))
        self._go_on(one, False)

    def _search(self, one: Json) -> None:
        self.session.look_for(ask(Question("Search for what? Nothing shows all.", may_be_empty=True)) or "")
        self.at = 0
        self._reload()

    def _filter(self, one: Json) -> None:
        name = ask(Question("Show what?", tuple(filters(self.session)), own=False))
        if name is not None:
            chosen, changes = pick(self.session, name)
            self.session.narrow(chosen, **changes)
            self.at = 0
            self._reload()

    def _person(self, one: Json) -> None:
        render.show(*pages.person(people.person(self.session.store, self.session.person(one))))

    def _why(self, one: Json) -> None:
        for each in one.trail:
            words = f" ({', '.join(each.words)})" if each.words else ""
            sentence(f"{'Hit' if each.hit else 'Missed'}: {each.rule}: {each.message.rstrip('.')}{words}")

    def _help(self, one: Json) -> None:
        for key, word, message in (*OWN, *((act.key, act.word, act.message) for act in ACTS)):
            sentence(f"{key}: {word}: {message}")

    def _quit(self, one: Json) -> None:
        raise End
