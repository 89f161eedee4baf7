"""What the outbox sends: a reply or an act with its mention, or a posting with its words. All have the same names."""

from dataclasses import dataclass

from listener.store.records import Act, Exchange, Posting, Reply


@dataclass(frozen=True, slots=True)
class QueuedReply(Exchange):
    """An exchange that was read by its reply, and so surely has one."""

    reply: Reply

    @property
    def outbound(self) -> Reply:
        """What the outbox moves."""
        return self.reply

    @property
    def platform(self) -> str:
        """Where it is sent."""
        return self.mention.platform

    @property
    def subject(self) -> str:
        """What names it in notices."""
        return str(self.reply.id)

    @property
    def label(self) -> str:
        """What names it to people."""
        return f"reply {self.reply.id} to {self.mention.platform}:{self.mention.id}"

    @property
    def show_command(self) -> str:
        """The command that shows it."""
        return f"earshot show {self.reply.id}"

    @property
    def resolve_command(self) -> str:
        """The command that settles it when it is unconfirmed."""
        return f"earshot resolve {self.reply.id}"

    @property
    def resolve_options(self) -> str:
        """How that command goes on: it is there, or it is not."""
        return "--sent REMOTE_ID` or `--not-sent`"

    @property
    def undo_command(self) -> str:
        """The command that takes an approval back."""
        return f"earshot undo {self.reply.id}"


@dataclass(frozen=True, slots=True)
class QueuedPosting:
    """A posting with what it says."""

    posting: Posting
    text: str

    @property
    def outbound(self) -> Posting:
        """What the outbox moves."""
        return self.posting

    @property
    def platform(self) -> str:
        """Where it is posted."""
        return self.posting.platform

    @property
    def subject(self) -> str:
        """What names it in notices."""
        return f"announcement {self.posting.announcement_id}"

    @property
    def label(self) -> str:
        """What names it to people."""
        return f"announcement {self.posting.announcement_id} on {self.posting.platform}"

    @property
    def show_command(self) -> str:
        """The command that shows it."""
        return f"earshot announce show {self.posting.announcement_id}"

    @property
    def resolve_command(self) -> str:
        """The command that settles it when it is unconfirmed."""
        return f"earshot announce resolve {self.posting.announcement_id} --platform {self.posting.platform}"

    @property
    def resolve_options(self) -> str:
        """How that command goes on: it is there, or it is not."""
        return "--sent REMOTE_ID` or `--not-sent`"

    @property
    def undo_command(self) -> str:
        """The command that takes an approval back."""
        return f"earshot announce cancel {self.posting.announcement_id}"


@dataclass(frozen=True, slots=True)
class QueuedAct(Exchange):
    """An act of applause with the mention that it applauds."""

    act: Act

    @property
    def outbound(self) -> Act:
        """What the outbox moves."""
        return self.act

    @property
    def platform(self) -> str:
        """Where it is done."""
        return self.mention.platform

    @property
    def post(self) -> str:
        """What names the mention in commands."""
        return f"{self.mention.platform}:{self.mention.id}"

    @property
    def subject(self) -> str:
        """What names it in notices."""
        return f"{self.act.what} {self.act.id}"

    @property
    def label(self) -> str:
        """What names it to people."""
        return f"the {self.act.what} of {self.post}"

    @property
    def show_command(self) -> str:
        """The command that shows it."""
        return f"earshot show {self.post}"

    @property
    def resolve_command(self) -> str:
        """The command that settles it when it is unconfirmed."""
        return f"earshot applaud {self.post} --{self.act.what}"

    @property
    def resolve_options(self) -> str:
        """How that command goes on: it is there, or it is not."""
        return "--by-hand` if it is there, or the same without `--by-hand`"

    @property
    def undo_command(self) -> str:
        """The command that takes it back."""
        return f"earshot applaud {self.post} --withdraw"


Queued = QueuedReply | QueuedPosting | QueuedAct
"""What the outbox sends."""
