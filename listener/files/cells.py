"""Cells of CSV files that Earshot writes."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: str) -> str:
    """Return a cell that no spreadsheet reads as a formula (a leading = + - @, tab or CR is quoted)."""
    return f"'{value}" if value.startswith(_FORMULA) else value
