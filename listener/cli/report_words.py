"""Numbers of a report in words, for the terminal and for the page."""


def percent(share: float | None, *, sign: bool = False) -> str:
    """62 %; of nothing a dash."""
    return "-" if share is None else f"{round(share * 100):{'+' if sign and share else ''}d} %"


def span(seconds: float | None) -> str:
    """A length of time in its two largest units; of nothing a dash."""
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


def usd(amount: float) -> str:
    """12.34 USD; less than a dollar to a tenth of a cent."""
    return f"{amount:.2f} USD" if amount >= 1 else f"{amount:.3f} USD"
