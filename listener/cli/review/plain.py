"""`review --plain`: the same acts as question and answer, line by line, for a screen reader or a script."""

import sys
from collections.abc import Callable, Sequence

from listener.cli import editor, person_screen, render
from listener.cli.review import actions, announcing, draw
from listener.cli.review.key_info import APPROVE, EDIT, KeyInfo
from listener.cli.review.presenter import Presenter
from listener.cli.review.question import Question
from listener.cli.review.speaking import End, ask, prompt_user, say, sentence
from listener.cli.review.undo import Undone, summary
from listener.desk.views import ReplyDetail
from listener.errors import EarshotError

KEYS = (
    APPROVE,
    EDIT,
    KeyInfo("E", "editor", "another text in $EDITOR"),
    KeyInfo("i", "insert", "use a saved reply instead"),
    KeyInfo("s", "skip", "the next one"),
    KeyInfo("k", "back", "the previous one"),
    actions.UNDO,
    KeyInfo("/", "search", "only what contains these words"),
    KeyInfo("f", "filter", "only a part of the queue"),
    KeyInfo("p", "person", "all exchanges with this person"),
    announcing.ANNOUNCE,
    KeyInfo("w", "why", "every rule, matched or not"),
    KeyInfo("?", "help", "this list"),
    KeyInfo("q", "quit", "quit and release your claim; the end of the input does it too"),
    *actions.ACTIONS,
)
WORDS = {info.word: info.key for info in KEYS}  # in full, they count too


class Reader:
    """The conversation: what was read out, and what is done with it."""

    def __init__(self, presenter: Presenter) -> None:
        self.presenter = presenter
        self.notices: tuple[str, ...] = ()  # read out once
        self.keys: dict[str, Callable[[ReplyDetail], bool]] = {
            "a": self._approve, "e": self._edit, "E": self._edit_outside, "i": self._insert,
            "s": lambda reply: self._move(1), "k": lambda reply: self._move(-1),
            "p": self._person, "w": self._why, "?": self._help,
        }  # fmt: skip
        self.anywhere: dict[str, Callable[[], None]] = {
            "u": lambda: self._report(presenter.undo()),
            "U": lambda: self._report(presenter.undo(all_approvals=True)),
            "/": self._search, "f": self._filter, "P": self._announce, "q": self._quit,
        }  # fmt: skip

    def run(self) -> None:
        """Read out one reply after the other and do what is answered, until q or the input's end."""
        if hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(errors="replace")  # bytes that are not text are no reason to stop
        say("Answer with a letter and Enter; ? lists the letters.")
        try:
            self.presenter.reload()
            while True:
                self._read_out()
        except End:
            say("Done.")

    def _read_out(self) -> None:
        """Open one reply, read it out, and take answers until it is settled or left."""
        presenter = self.presenter
        presenter.forget_doubts()
        presenter.open()
        if presenter.selected is None:
            self._offer_more()
            return
        reply = presenter.selected
        try:
            if other := presenter.claim.take(reply):
                sentence(other)
        except EarshotError as error:
            sentence(str(error))
        say(f"{presenter.at + 1} of {presenter.total()}.")
        for notice in presenter.notices if presenter.notices != self.notices else ():
            sentence(f"Warning for several replies: {notice}")
        self.notices = presenter.notices
        for line in draw.spoken(presenter.personal(reply), presenter.desk.clock()):
            say(line)
        presenter.changed = ""  # the text of now was read out
        while self._answer(reply):
            pass

    def _offer_more(self) -> None:
        presenter = self.presenter
        say("No match." if presenter.is_part() else render.nothing(presenter.totals, presenter.desk.clock()))
        key = self._prompt("f: filter, /: search, u: undo, Enter: check again, q: quit: ")
        try:
            if key in self.anywhere:
                self.anywhere[key]()
        except EarshotError as error:
            sentence(str(error))
        presenter.reload()

    def _prompt(self, prompt: str) -> str:
        key = prompt_user(prompt).strip()
        return WORDS.get(key.lower(), key)

    def _answer(self, reply: ReplyDetail) -> bool:
        """Do what is answered. Returns False when a reply is to be opened and read out again."""
        key = self._prompt("a, e, v, r, x, g, z, s, ? or another: ")
        if key != "a":
            self.presenter.forget_doubts()
        try:
            self.presenter.claim.renew()
            return self._do(key, reply)
        except EarshotError as error:
            sentence(str(error))
            self.presenter.reload()
            now = draw.approvable(self.presenter.show(reply.reply_id))
            return now == draw.approvable(reply) and reply.id in [line.id for line in self.presenter.lines]

    def _do(self, key: str, reply: ReplyDetail) -> bool:
        if (action := next((action for action in actions.ACTIONS if action.key == key), None)) is not None:
            self.presenter.require_free(reply, action)
            answer = "" if action.ask is None else ask(action.ask(self.presenter, reply))
            sentence("Unchanged" if answer is None else action.run(self.presenter, reply, answer))
            self._go_on(reply, action.advances and answer is not None)
            return answer is None
        if key in self.anywhere:
            self.anywhere[key]()
            return False
        if key not in self.keys:
            say("? lists the letters.")
            return True
        return self.keys[key](reply)

    def _go_on(self, reply: ReplyDetail, advance: bool = False) -> None:
        """Read the queue again; advance: go on to the next, else stay on this one where it is still there."""
        self.presenter.reload()
        ids = [line.id for line in self.presenter.lines]
        if reply.id in ids:
            self.presenter.at = ids.index(reply.id)
            self._move(advance)

    def _move(self, by: int) -> bool:
        """Go on; after the last comes the first, which is read from the queue of now."""
        self.presenter.at += by
        if self.presenter.at >= len(self.presenter.lines):
            self.presenter.reload()
            self.presenter.at = 0
        return False

    def _report(self, undone: Sequence[Undone]) -> None:
        """Report what was undone, and go back to the first of it."""
        for message in summary(undone):
            sentence(message)
        self.presenter.refresh()
        self.presenter.go_to([result.reply_id for result in undone if result.reply_id is not None])

    def _approve(self, reply: ReplyDetail) -> bool:
        if doubts := self.presenter.new_doubts(self.presenter.show(reply.reply_id)):  # of now
            sentence(doubts)
            return True
        sentence(self.presenter.approve(reply))
        self._go_on(reply, True)
        return False

    def _edit(self, reply: ReplyDetail) -> bool:
        kind, (text, _) = self._kind_of(reply), self.presenter.text_of(reply.reply_id)
        say(f"The text is: {text}" if text else "There is no text yet.")
        return self._write(reply, ask(Question("Write the new text on one line.")), kind)

    def _edit_outside(self, reply: ReplyDetail) -> bool:
        kind, (text, _) = self._kind_of(reply), self.presenter.text_of(reply.reply_id)
        return self._write(reply, editor.ask(text, self.presenter.claim.renew, offer=reply.offered_text), kind)

    def _kind_of(self, reply: ReplyDetail) -> str | None:
        return reply.known_kind or ask(actions.ask_kind(self.presenter))

    def _insert(self, reply: ReplyDetail) -> bool:
        kind = self._kind_of(reply)
        saved = tuple(text for _, text in self.presenter.saved_replies(kind or reply.kind, is_private=reply.private))
        if not saved:
            say("No saved replies in replies.toml.")
            return False
        return self._write(reply, ask(Question("Which text?", saved, takes_text=False)), kind)

    def _write(self, reply: ReplyDetail, words: str | None, kind: str | None) -> bool:
        with editor.kept(words):
            sentence("Unchanged" if words is None else self.presenter.write(reply, words, kind))
        self._go_on(reply)
        return False

    def _search(self) -> None:
        self.presenter.search(ask(Question("Search for what? Enter shows all.", may_be_empty=True)) or "")

    def _filter(self) -> None:
        if (name := ask(actions.ask_filter(self.presenter))) is not None:
            self.presenter.apply_filter(name)

    def _announce(self) -> None:
        page = announcing.next_page(self.presenter)
        answer = ask(announcing.ask_decision(self.presenter, page))
        sentence("Unchanged" if answer is None else announcing.decide(self.presenter, page, answer))

    def _person(self, reply: ReplyDetail) -> bool:
        render.show(*person_screen.person(self.presenter.person(reply)))
        return True

    def _why(self, reply: ReplyDetail) -> bool:
        for rule in reply.trail:
            words = f" ({', '.join(rule.words)})" if rule.words else ""
            sentence(f"{'Matched' if rule.hit else 'Not matched'}: {rule.rule}: {rule.message.rstrip('.')}{words}")
        return True

    def _help(self, reply: ReplyDetail) -> bool:
        for info in KEYS:
            sentence(f"{info.key}: {info.word}: {info.message}")
        return True

    def _quit(self) -> None:
        raise End
