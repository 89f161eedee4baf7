"""Numbers of a report in words, for the terminal and for the page."""


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


def usd(amount: float) -> str:
    """Format 12.34 USD; less than a dollar to a tenth of a cent."""
    return f"{amount:.2f} USD" if amount >= 1 else f"{amount:.3f} USD"
