"""Earshot's own command line with its clock put ahead, so that a pause of an hour costs a run nothing.

`python -m tests.faults.child ARGS`; FAULTS_AHEAD is by how many seconds, FAULTS_STAGE a stage that fails whenever it
runs, FAULTS_LEASE for how many seconds a lease lasts: what follows from that is as much shorter.
"""

import os
from datetime import UTC, datetime, timedelta, tzinfo


def put_ahead(span: timedelta) -> None:
    """Move the clocks that the program hands on as arguments: the command line's, and those platforms start with."""
    from listener.cli import context, health
    from listener.platforms.bluesky.api import Bluesky
    from listener.platforms.facebook.api import Facebook
    from listener.platforms.instagram.api import Instagram
    from listener.platforms.mastodon.api import Mastodon
    from listener.platforms.x.api import XPlatform

    def later() -> datetime:
        return datetime.now(UTC) + span

    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + span

    vars(context)["now"], vars(health)["datetime"] = later, Later
    for platform in (Bluesky, Facebook, Instagram, Mastodon, XPlatform):
        (platform.__init__.__kwdefaults__ or {})["clock"] = later


def break_stage(name: str) -> None:
    """Let a stage raise what a full disk makes it raise."""
    from listener import stages
    from listener.errors import StoreError

    def fail(*args: object) -> None:
        raise StoreError("no space left for the database", "free some disk space; nothing was lost")

    vars(stages)[{"upkeep": "expire"}.get(name, name)] = fail


def shorten_leases(span: float) -> None:
    """Let leases last for so many seconds, and not sixty."""
    from listener.outbox import permit, settle
    from listener.store.leases import timing

    usual = timing.TIMING
    share = span / usual.span
    vars(timing)["TIMING"] = timing.Timing(span, usual.beat * share, usual.grace * share, usual.turn * share)
    vars(permit)["MARGIN_S"], vars(permit)["CLAIM_LASTS_S"] = permit.MARGIN_S * share, permit.CLAIM_LASTS_S * share
    vars(permit)["RETRY_AFTER"] = permit.RETRY_AFTER * share
    vars(settle)["CALL_LASTS_S"] = settle.CALL_LASTS_S * share


def main() -> None:
    """Run the command line; the arguments are sys.argv's."""
    put_ahead(timedelta(seconds=float(os.environ.pop("FAULTS_AHEAD", "0"))))
    if span := os.environ.pop("FAULTS_LEASE", ""):
        shorten_leases(float(span))
    if stage := os.environ.pop("FAULTS_STAGE", ""):
        break_stage(stage)
    from listener.cli.__main__ import main as earshot

    earshot()


if __name__ == "__main__":
    main()
