"""Numbers in a text that are a person's: of a phone, a payment card, a bank account. Pure."""

import re
from collections.abc import Iterator

_DIGITS = re.compile(r"(?<![\w/#.])\+?\(?\d(?:[ ().-]{0,2}\d){8,18}(?!\w)")
_TOLL_FREE = re.compile(r"^(?:\+?1)?8(?:00|33|44|55|66|77|88)")
_DATE = re.compile(r"(?<![\w-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")


def find_personal_numbers(text: str) -> Iterator[str]:
    """Find numbers that nobody should have written in public; those that cost nothing to call are a company's.

    A day with its hour is none: "2026-11-30 15:20".
    """
    for digits in _DIGITS.findall(_DATE.sub(";", text))[:5]:
        bare = "".join(filter(str.isdigit, digits))
        if not _TOLL_FREE.match(bare) and (len(bare) in (10, 11, 12) or _is_card_number(bare)):
            yield digits
    if (account := _IBAN.search(text)) and _is_iban(account[0].replace(" ", "")):
        yield account[0]


def _is_card_number(digits: str) -> bool:
    """Check a payment card's number: the Luhn check (ISO/IEC 7812), 13 to 19 digits."""
    if not 13 <= len(digits) <= 19:
        return False
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def _is_iban(account: str) -> bool:
    """Check the check digits of a bank account's international number (ISO 13616)."""
    return int("".join(str(int(char, 36)) for char in account[4:] + account[:4])) % 97 == 1
