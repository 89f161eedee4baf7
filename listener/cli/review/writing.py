"""Save a text in place of what was on the screen. It draws nothing."""

from listener.cli.review.meanwhile import essence
from listener.cli.review.presenter import Presenter
from listener.desk.views import ReplyDetail
from listener.errors import DeskError

SHOWN = 120  # characters of a colleague's text in a message


class Writing:
    """One text on its way to one reply. A colleague's change refuses it once: then it is known, and may be replaced."""

    def __init__(self, presenter: Presenter, reply: ReplyDetail, kind: str | None) -> None:
        self._presenter, self._seen, self._kind = presenter, reply, kind

    def save(self, words: str) -> str:
        """Save the text; return the report. Raises EarshotError, with what stands there now where that has changed."""
        try:
            return self._presenter.write(self._seen, words, self._kind)
        except DeskError as error:
            before, self._seen = self._seen, self._presenter.show(self._seen.reply_id)
            if essence(before) == essence(self._seen):
                raise
            present = f"its text now: {self._seen.text[:SHOWN]!r}" if self._seen.text else "it has no text now"
            raise DeskError(error.what, f"{present}; Ctrl+S again saves yours") from error
