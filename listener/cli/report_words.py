"""Numbers of a report in words, for the terminal and for the page."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from listener.analysis.report.club import ClubFigures
    from listener.analysis.report.learning import Learning
    from listener.analysis.report.opinions import Complaints
    from listener.store.coupons import Stock


def percent(share: float | None, *, sign: bool = False) -> str:
    """Format a share as 62 %; a dash without one."""
    return "-" if share is None else f"{round(share * 100):{'+' if sign and share else ''}d} %"


def span(seconds: float | None) -> str:
    """Format a length of time in its two largest units; a dash without one."""
    if seconds is None:
        return "-"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes:02} min"
    return f"{hours // 24} d {hours % 24} h"


def is_outside_hours(business: float | None, wall: float | None) -> bool:
    """Tell whether time passed, but no business hour: then the time around the clock says more than 0 s."""
    return business == 0 and bool(wall)


def clocked(business: float | None, wall: float | None) -> str:
    """Format a time in business hours, or around the clock where no business hour passed."""
    return span(wall if is_outside_hours(business, wall) else business)


def describe_subjects(complaints: "Complaints") -> str:
    """Return the heading of the subjects of complaints; where their numbers add up to more, why."""
    number = complaints.of
    heading = f"Subjects of {number} complaint{'' if number == 1 else 's'}"
    counted = sum(category.number for category in complaints.categories)
    return f"{heading} (counted under each subject that it names)" if counted > number else heading


def usd(amount: float) -> str:
    """Format 12.34 USD; less than a dollar to a tenth of a cent."""
    return f"{amount:.2f} USD" if amount >= 1 else f"{amount:.3f} USD"


def describe_stock(stock: "Stock") -> str:
    """Return such as "ten: 500 imported: 436 free, 0 reserved, 0 in doubt, 62 given (620.00), 2 void; 31 used"."""
    parts = (f"{getattr(stock, name)} {name.replace('_', ' ')}" for name in ("free", "reserved", "in_doubt", "given"))
    worth = f" ({stock.given_cents / 100:.2f})" if stock.given else ""
    return f"{stock.pool}: {stock.imported} imported: {', '.join(parts)}{worth}, {stock.void} void; {stock.used} used"


def describe_learning(learned: "Learning") -> str:
    """Return such as "weights 3 adopted 2026-11-22 after 812 decisions, loss 0.360 to 0.301: none changes"."""
    numbers = f"weights {learned.weights} {learned.state} {learned.at:%Y-%m-%d} after {learned.decisions} decisions"
    if learned.loss_before is not None and learned.loss_after is not None:
        numbers += f", loss {learned.loss_before:.3f} to {learned.loss_after:.3f}"
    return f"{numbers}: {'; '.join(learned.faults) or describe_changes(learned.changes)}"


def describe_changes(changes: Mapping[str, int]) -> str:
    """Return such as "12 change (ignore -> escalate 9, support -> escalate 3)"."""
    named = ", ".join(f"{change} {number}" for change, number in changes.items())
    return f"{sum(changes.values())} change ({named})" if changes else "none changes"


def describe_praise(club: "ClubFigures") -> list[str]:
    """Return such as "3 likes, 1 repost done" and "testimonials: 4 asked for, 2 confirmed, 0 withdrawn"; [] if none."""
    done = [f"{number} {what}{'' if number == 1 else 's'}" for what, number in club.applause.items()]
    counts = club.testimonials
    asked = f"testimonials: {counts.asked} asked for, {counts.confirmed} confirmed, {counts.withdrawn} withdrawn"
    has_any = counts.asked or counts.confirmed or counts.withdrawn
    return [f"{', '.join(done)} done"] * bool(done) + [asked] * bool(has_any)
