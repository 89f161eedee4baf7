"""Import every module of commands, which adds its commands to the one application."""

from listener.cli import (  # noqa: F401
    announce,
    applause,
    check,
    coupons,
    database,
    demo,
    desk,
    digest,
    forget,
    learn,
    log,
    members,
    moves,
    once,
    people,
    replay,
    report,
    review,
    run,
    status,
    testimonials,
    trial,
)
from listener.cli.app import app

__all__ = ["app"]
