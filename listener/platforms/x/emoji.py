"""Where an emoji ends: X counts every emoji sequence (skin tone, flag, keycap, family) as one of weight 2.

The shapes are Unicode's (UTS #51): base, optional variation selector or skin tone, optional tags, joined by U+200D
to parts of a closed set. A join that no emoji has is counted part by part, so nothing is ever counted too short.
"""

_VS16, _ZWJ, _KEYCAP, _CANCEL = "\ufe0f", "\u200d", "\u20e3", "\U000e007f"
_KEYS = frozenset("0123456789#*")
_NEEDS_SELECTOR = frozenset("©®")  # text unless U+FE0F follows; all other bases weigh 2 anyhow

_BASES = (
    (0x203C, 0x203C), (0x2049, 0x2049), (0x2122, 0x2122), (0x2139, 0x2139), (0x2194, 0x21AA), (0x231A, 0x23FF),
    (0x24C2, 0x24C2), (0x25AA, 0x25FE), (0x2600, 0x27BF), (0x2934, 0x2935), (0x2B05, 0x2B55), (0x3030, 0x3030),
    (0x303D, 0x303D), (0x3297, 0x3299), (0x1F000, 0x1F1E5), (0x1F200, 0x1F3FA), (0x1F400, 0x1FAFF),
)  # fmt: skip
_TAKES_TONE = (
    (0x261D, 0x261D), (0x26F9, 0x26F9), (0x270A, 0x270D), (0x1F385, 0x1F385), (0x1F3C2, 0x1F3C4), (0x1F3C7, 0x1F3C7),
    (0x1F3CA, 0x1F3CC), (0x1F442, 0x1F443), (0x1F446, 0x1F450), (0x1F466, 0x1F478), (0x1F47C, 0x1F47C),
    (0x1F481, 0x1F483), (0x1F485, 0x1F487), (0x1F48F, 0x1F48F), (0x1F491, 0x1F491), (0x1F4AA, 0x1F4AA),
    (0x1F574, 0x1F575), (0x1F57A, 0x1F57A), (0x1F590, 0x1F590), (0x1F595, 0x1F596), (0x1F645, 0x1F647),
    (0x1F64B, 0x1F64F), (0x1F6A3, 0x1F6A3), (0x1F6B4, 0x1F6B6), (0x1F6C0, 0x1F6C0), (0x1F6CC, 0x1F6CC),
    (0x1F90C, 0x1F90C), (0x1F90F, 0x1F90F), (0x1F918, 0x1F91F), (0x1F926, 0x1F926), (0x1F930, 0x1F939),
    (0x1F93C, 0x1F93E), (0x1F977, 0x1F977), (0x1F9B5, 0x1F9B6), (0x1F9B8, 0x1F9B9), (0x1F9BB, 0x1F9BB),
    (0x1F9CD, 0x1F9CF), (0x1F9D1, 0x1F9DD), (0x1FAC3, 0x1FAC5), (0x1FAF0, 0x1FAF8),
)  # fmt: skip
_JOINED = frozenset(
    "♀♂⚕⚖✈❤➡↔↕⚧☠⬛❄"  # signs
    "👨👩🧑👦👧👶🧒💋🤝🫲"  # people
    "🎓🏫🏭🍳🌾🔧🔬💼💻🎤🎨🚀🚒🍼🎄🦯🦼🦽🩰🦰🦱🦲🦳"  # what they do, their hair
    "🌈🦺🔥🟩🟫💥🗨🩹💨💫🌫"
)


def sequence(text: str, start: int) -> int:
    """The end of the emoji sequence that begins at `start`, or `start` when none does. Work is linear in its length."""
    end = _keycap(text, start) or _flag(text, start)
    if end:
        return end
    end = _part(text, start)
    while end > start and text[end : end + 1] == _ZWJ and text[end + 1 : end + 2] in _JOINED:
        end = _part(text, end + 1)
    return end


def _part(text: str, start: int) -> int:
    char, after = text[start : start + 1], start + 1
    if not char or not (_is_base(char) or (char in _NEEDS_SELECTOR and text[after : after + 1] == _VS16)):
        return start
    if _within(char, _TAKES_TONE) and "\U0001f3fb" <= text[after : after + 1] <= "\U0001f3ff":
        return after + 1
    if text[after : after + 1] == _VS16:
        return after + 1
    return _tags(text, after)


def _tags(text: str, start: int) -> int:
    """The end of a tag sequence (the flags of England, Scotland, Wales); at most seven tags, as Unicode has them."""
    end = start
    while end - start < 7 and "\U000e0020" <= text[end : end + 1] <= "\U000e007e":
        end += 1
    return end + 1 if end > start and text[end : end + 1] == _CANCEL else start


def _keycap(text: str, start: int) -> int:
    if text[start : start + 1] not in _KEYS:
        return 0
    end = start + 1 + (text[start + 1 : start + 2] == _VS16)
    return end + 1 if text[end : end + 1] == _KEYCAP else 0


def _flag(text: str, start: int) -> int:
    pair = text[start : start + 2]
    return start + 2 if len(pair) == 2 and all("\U0001f1e6" <= char <= "\U0001f1ff" for char in pair) else 0


def _is_base(char: str) -> bool:
    return char >= "\u203c" and (_within(char, _BASES) or "\U0001f3fb" <= char <= "\U0001f3ff")


def _within(char: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    code = ord(char)
    return any(low <= code <= high for low, high in ranges)
