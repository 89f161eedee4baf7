"""Another text: written in place or in $EDITOR. What the desk refuses goes on in place, with the reason."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from listener.cli import editor
from listener.cli.review.actions import Question
from listener.cli.review.frame import ReviewFrame
from listener.cli.review.write import EditDialog
from listener.desk.views import ReplyDetail as Json
from listener.errors import EarshotError
from listener.model import Mention


class EditingKeys(ReviewFrame):
    """The two keys that open a text."""

    def action_edit(self) -> None:
        """Write another text in place; of an escalation, the kind is asked first."""
        self._in_kind(self._write)

    def action_edit_outside(self) -> None:
        """Write it in $VISUAL or $EDITOR."""
        self._in_kind(self._write_outside)

    def _in_kind(self, then: Callable[[Json, str | None], None]) -> None:
        one = self.open
        if one is None:
            return
        if one["kind"] is None:
            kinds = tuple(each.kind for each in self.session.desk.policy.responders)
            none = f"there is no such kind: {', '.join(kinds)}"
            self._ask(
                Question("A reply of which kind?", kinds, own=False),
                lambda kind: then(one, kind) if kind in kinds else self._say(none),
            )
        else:
            then(one, None)

    def _write(self, one: Json, kind: str | None) -> None:
        with self._told():
            self._open_editor(one, kind, *self.session.text_of(one["id"]))

    def _write_outside(self, one: Json, kind: str | None) -> None:
        with self._told():
            text, mention = self.session.text_of(one["id"])
            words = self._outside(text)
            if words is None:
                self._say(f"{one['id']} is as it was")
                return
            try:
                said = self.session.write(one, words, kind)
            except EarshotError as error:  # the words are not lost: they go on in place
                self._open_editor(one, kind, text, mention, (words, str(error)))
            else:
                self._do(lambda: [said], writes=True)

    def _outside(self, text: str) -> str | None:
        """What comes back from $EDITOR. What it raises must not pass `suspend`, which would leave a dead terminal."""
        editor.command()
        refused: EarshotError | None = None
        with self.suspend():
            try:
                words = editor.ask(text, self.session.keep)
            except EarshotError as error:
                refused = error
        self._unseen()
        if refused is not None:
            raise refused
        return words

    def _open_editor(
        self, one: Json, kind: str | None, text: str, mention: Mention, refused: tuple[str, str] = ("", "")
    ) -> None:
        told: list[str] = []

        def keep(words: str) -> None:
            if words.strip() != text.strip():
                told.append(self.session.write(one, words, kind))

        title, saved = f"Reply {one['id']} to {one.mention.author.label}", self.session.saved(kind or one["kind"])
        page = EditDialog(
            title, text, lambda words: self._measure(words, mention), saved, one["mention"]["text"], keep, refused
        )
        self.push_screen(page, lambda _: self._written(one, told))

    def _written(self, one: Json, told: Sequence[str]) -> None:
        self._do(lambda: told or [f"{one['id']} is as it was"], writes=bool(told))

    def _measure(self, words: str, mention: Mention) -> tuple[str, str]:
        """How the text stands. A database that somebody else holds is told, and takes nothing from who writes."""
        with suppress(EarshotError):
            self.session.keep()
        length, wrong = self.session.measure(words, mention)
        return f"{length}   {self.session.trouble}".rstrip(), wrong
