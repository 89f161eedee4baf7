"""Testimonials at the desk: ask by a reply, keep the author's consent, withdraw it."""

from sqlalchemy import Connection

from listener import praising
from listener.club.consent import find_doubt
from listener.club_rules import Club, Testimonials
from listener.desk.acting import CLEAR_APPROVAL, move_on
from listener.desk.approve import DeskContext, require_sendable, require_staff, require_unclaimed
from listener.desk.praise_views import TestimonialView
from listener.desk.proof import require_mention_of
from listener.desk.state_words import describe
from listener.desk.transitions import queue_mention
from listener.errors import DeskError
from listener.model import Mention
from listener.store import events, items, mentions, replies, testimonials
from listener.store.engine import Store
from listener.store.records import Exchange, Reply, ReplyChanges
from listener.store.states import OVER
from listener.store.testimonials import Testimonial

ASKABLE = ("drafted", "escalated")
MentionRef = tuple[str, str]  # platform, id


def ask(store: Store, desk: DeskContext, post: MentionRef, below: MentionRef | None = None) -> int:
    """Put the question into the draft that answers a mention. Returns the reply's id. Raises DeskError.

    below: another mention of the same author, whose draft asks.
    """
    rules = _require_on(desk)
    with store.write() as connection:
        require_staff(desk)
        item = _require_mention(connection, post)
        _require_showable(connection, desk, item)
        _require_unasked(connection, item)
        who = (item.mention.platform, item.mention.author_id)
        target = item if below is None else require_mention_of(connection, who, *below)
        reply = _require_draft(connection, desk, target)
        _put_in(connection, desk, target, reply, rules.ask)
        testimonials.ask(connection, item.key, reply.id, item.mention.text, desk.by, desk.clock())
    return reply.id


def _require_on(desk: DeskContext) -> Testimonials:
    if desk.policy.club.testimonials is None:
        raise DeskError("testimonials are off", "write how you ask: `[testimonials]` in club.toml")
    return desk.policy.club.testimonials


def _require_mention(connection: Connection, post: MentionRef) -> Exchange:
    key = mentions.locate(connection, *post)
    if key is None:
        raise DeskError(f"there is no mention {':'.join(post)}", "`earshot log` lists them")
    return items.item(connection, key=key)


def _require_showable(connection: Connection, desk: DeskContext, item: Exchange) -> None:
    if flaw := praising.find_flaw(connection, desk.policy.club, item, desk.clock()):
        raise DeskError(f"{name_of(item)} cannot be a testimonial: {flaw}", "nothing was changed")


def _require_unasked(connection: Connection, item: Exchange) -> None:
    """Raise DeskError while a question is on its way, or after a plain yes; one without it may be asked once more."""
    kept = testimonials.find(connection, item.key)
    if kept is None:
        return
    if kept.withdrawn_at is not None or kept.confirmed_at is not None:
        done = "withdrawn" if kept.withdrawn_at else "confirmed"
        raise DeskError(f"the testimonial of {name_of(item)} is {done} already", "nothing was changed")
    if (asking := replies.get(connection, kept.reply_id)).state not in OVER:
        do = f"`earshot show {asking.id}` shows it"
        raise DeskError(f"{name_of(item)} is asked about by reply {asking.id}, which {describe(asking)}", do)


def _require_draft(connection: Connection, desk: DeskContext, target: Exchange) -> Reply:
    """Return the reply that can ask, a new one where there is none. Raises DeskError."""
    reply = target.reply
    if reply is None or reply.state == "closed":
        return queue_mention(connection, desk, target.key, name_of(target))
    if reply.state not in ASKABLE:
        do = "ask by the answer to another mention of theirs: `--below PLATFORM:MENTION_ID`"
        raise DeskError(f"reply {reply.id} {describe(reply)}", do)
    require_unclaimed(reply, desk.by, desk.clock())
    return reply


def _put_in(connection: Connection, desk: DeskContext, target: Exchange, reply: Reply, question: str) -> None:
    """Put the question behind what the draft says."""
    text = f"{reply.text} {question}" if reply.text else question
    require_sendable(desk, target.mention, desk.signed(text))
    changes: ReplyChanges = {**CLEAR_APPROVAL, "text": text, "kind": reply.kind or "support", "auto": False}
    changes["revision"] = reply.revision + 1
    detail, what = {"before": reply.text, "text": text, "revision": changes["revision"]}, "testimonial_asked"
    if not move_on(connection, desk, reply, "drafted", what, changes, detail):
        raise DeskError(f"someone else changed reply {reply.id}", "try again")


def confirm(store: Store, desk: DeskContext, post: MentionRef, consent: MentionRef) -> None:
    """Keep that the author agreed, by a mention of theirs. Raises DeskError."""
    rules = _require_on(desk)
    with store.write() as connection:
        require_staff(desk)
        item = _require_mention(connection, post)
        kept = _require_asked(connection, item)
        who = (item.mention.platform, item.mention.author_id)
        answer = require_mention_of(connection, who, *consent)
        _require_consent(connection, kept, answer, rules)
        _require_showable(connection, desk, item)
        if item.mention.text != kept.words:
            raise DeskError(f"{name_of(item)} was edited since the question", "ask for the new words, with `--below`")
        given = {"consent_key": answer.key, "consent": answer.mention.text}
        testimonials.change(connection, item.key, **given, confirmed_by=desk.by, confirmed_at=desk.clock())
        _log(connection, desk, item, "testimonial_confirmed", f"by mention {name_of(answer)}")


def _require_asked(connection: Connection, item: Exchange) -> Testimonial:
    kept = testimonials.find(connection, item.key)
    if kept is None:
        raise DeskError(f"nobody asked about {name_of(item)}", f"`earshot testimonials ask {name_of(item)}`")
    if kept.withdrawn_at is not None or kept.confirmed_at is not None:
        done = "withdrawn" if kept.withdrawn_at else "confirmed"
        raise DeskError(f"the testimonial of {name_of(item)} is {done} already", "nothing was changed")
    return kept


def _require_consent(connection: Connection, kept: Testimonial, answer: Exchange, rules: Testimonials) -> None:
    """Raise DeskError unless a mention answers the question, after it was posted, with a plain yes."""
    posted_from = testimonials.read_posted_from(connection, kept.reply_id)
    if posted_from is None:
        do = f"`earshot show {kept.reply_id}` shows where it stands"
        raise DeskError(f"the question in reply {kept.reply_id} is not posted", do)
    if rules.ask not in (replies.get(connection, kept.reply_id).text or ""):
        do = "ask once more, `earshot testimonials ask` with `--below`"
        raise DeskError(f"reply {kept.reply_id} was posted without the question of club.toml", do)
    if answer.mention.created_at <= posted_from:
        raise DeskError(f"{name_of(answer)} was written before the question was posted", "name the answer to it")
    if doubt := _find_doubt(answer, rules):
        do = "ask once more, `earshot testimonials ask` with `--below`; their own words are the evidence"
        raise DeskError(f"{name_of(answer)} does not consent: {doubt}", do)


def _find_doubt(answer: Exchange, rules: Testimonials) -> str | None:
    cues = answer.decided.signals.get("cues", {}) if answer.decided else {}
    return find_doubt(answer.mention.text, cues, rules.consent)


def withdraw(store: Store, desk: DeskContext, post: MentionRef) -> None:
    """End a testimonial at once, for good. Raises DeskError."""
    with store.write() as connection:
        require_staff(desk)
        item = _require_mention(connection, post)
        kept = testimonials.find(connection, item.key)
        if kept is None or kept.withdrawn_at is not None:
            what = "is withdrawn already" if kept else "was never asked for"
            raise DeskError(f"the testimonial of {name_of(item)} {what}", "nothing was changed")
        testimonials.change(connection, item.key, withdrawn_by=desk.by, withdrawn_at=desk.clock())
        _log(connection, desk, item, "testimonial_withdrawn", "")


def list_views(store: Store, club: Club) -> list[TestimonialView]:
    """List all testimonials, the first asked first."""
    with store.read() as connection:
        return [_view(connection, club.testimonials, kept) for kept in testimonials.list_all(connection)]


def _view(connection: Connection, rules: Testimonials | None, kept: Testimonial) -> TestimonialView:
    mention = items.item(connection, key=kept.mention_key).mention
    return TestimonialView(
        platform=mention.platform,
        mention_id=mention.id,
        author=mention.author_handle or mention.author_name or mention.author_id,
        state=_find_state(connection, kept),
        words=kept.words,
        reply_id=kept.reply_id,
        asked_by=kept.asked_by,
        answer=_find_answer(connection, rules, kept, mention) if rules and kept.confirmed_at is None else None,
        consent=name_consent(connection, kept),
        consent_words=kept.consent,
        confirmed_by=kept.confirmed_by,
        confirmed_at=kept.confirmed_at,
        withdrawn_at=kept.withdrawn_at,
    )


def name_consent(connection: Connection, kept: Testimonial) -> str | None:
    """Return the mention by which an author agreed, PLATFORM:ID."""
    return None if kept.consent_key is None else name_of(items.item(connection, key=kept.consent_key))


def _find_answer(connection: Connection, rules: Testimonials, kept: Testimonial, mention: Mention) -> str | None:
    """Return the last mention in which the author seems to agree to what they were asked."""
    posted_from = testimonials.read_posted_from(connection, kept.reply_id)
    for later in reversed(items.list_of_person(connection, mention.platform, mention.author_id)):
        if posted_from is not None and later.mention.created_at > posted_from and _find_doubt(later, rules) is None:
            return name_of(later)
    return None


def _find_state(connection: Connection, kept: Testimonial) -> str:
    if kept.withdrawn_at is not None or kept.confirmed_at is not None:
        return "withdrawn" if kept.withdrawn_at else "confirmed"
    state = replies.get(connection, kept.reply_id).state
    return {"sent": "asked", "closed": "not asked"}.get(state, "to ask")


def name_of(item: Exchange) -> str:
    """Return what names a mention in commands."""
    return f"{item.mention.platform}:{item.mention.id}"


def _log(connection: Connection, desk: DeskContext, item: Exchange, what: str, message: str) -> None:
    detail = {"message": message} if message else None
    events.add(connection, what, desk.by, desk.clock(), mention_key=item.key, detail=detail)
