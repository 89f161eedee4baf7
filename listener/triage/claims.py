"""Reserve the coupons of new claims, in the transaction that keeps their drafts; where it cannot be, call a person."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from listener import rewarding
from listener.club.offers import find_claimed
from listener.club_rules import Club
from listener.codes import CODE
from listener.errors import BookError, DeskError
from listener.store import moves, replies, reward_book
from listener.store.draft_reviews import MACHINE
from listener.store.records import Reply, ReplyChanges
from listener.triage.result import TriageResult

KIND = "claim"
REFUSED: ReplyChanges = {"text": None, "kind": None, "variant": None, "auto": False}


def reserve_claims(connection: Connection, club: Club, results: Mapping[int, TriageResult], now: datetime) -> None:
    """Reserve a coupon for each draft of a claim."""
    claims = [key for key, result in results.items() if result.decision.kind == KIND and result.state == "drafted"]
    for key, live in replies.list_live(connection, claims).items():
        if live.state == "drafted" and CODE in (live.text or ""):
            _reserve(connection, club, results[key], live, now)


def _reserve(connection: Connection, club: Club, result: TriageResult, live: Reply, now: datetime) -> None:
    claimed = find_claimed(result.signals.text, club, result.signals.now.date())
    try:
        if claimed is None:
            raise DeskError("the offer is over", "staff decide")
        mention = result.signals.mention
        kept = rewarding.reserve(connection, club, claimed[0], live, mention, MACHINE, f"asked: {claimed[1]}", now)
    except DeskError as refusal:
        _escalate(connection, live, refusal.what, now)
    except BookError as trouble:
        reward_book.open_notice(connection, trouble, now)
        _escalate(connection, live, trouble.what, now)
    else:
        rewarding.put_in(connection, live, live.text or "", kept, KIND, MACHINE, now)


def _escalate(connection: Connection, live: Reply, why: str, now: datetime) -> None:
    changes: ReplyChanges = {**REFUSED, "revision": live.revision + 1, "error": why}
    detail = {"message": why, "before": live.text}
    moves.transition(connection, live, "escalated", by=MACHINE, now=now, what="offer_refused", detail=detail, **changes)
