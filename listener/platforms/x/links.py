"""Where X sees a link: with a scheme or bare (`example.com`). Each counts 23 and may cost more. One pass, linear time.

X's own list of top-level domains is not published by version, so a host is `sure` (a well-known ending) or `perhaps`:
the counter then takes the greater of 23 and the host's own length, and the price counts it as a link.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*", re.ASCII)
_WIDE_HOST = re.compile(r"[^\s!-/:-@\[-`{-~][^\s!-,./:-@\[-^`{-~]*(?:\.[^\s!-,./:-@\[-^`{-~]+)*")  # any script
_TAIL = re.compile(r"(?::[0-9]{1,5})?(?:[/?#][A-Za-z0-9\u00c0-\u024f\u0400-\u04ff!*';:=+,.$/%#\[\]\-\u2013_~@|&?()]*)?")
_LAST = re.compile(r"[A-Za-z0-9\u00c0-\u024f\u0400-\u04ff=_#/+\-&)]")
_TCO = re.compile(r"https?://t\.co/[A-Za-z0-9]+", re.IGNORECASE)
_NOT_BEFORE = frozenset("@＠$#＃-_./")  # a bare host after one of these is a handle, a tag, or part of a path

_COUNTRY_WORDS = """
ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz ca cc cd
cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ge
gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki
km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my
mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se
sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz
va vc ve vg vi vn vu wf ws ye yt za zm zw
"""
_COMMON_WORDS = """
com net org info biz edu gov mil int name pro aero coop museum jobs mobi travel cat tel asia post app dev shop store
online site xyz blog news live tech cloud page link help support team work world life today email agency digital
media studio design art club love fun top win vip group company global network systems solutions services center
zone space website web host wiki chat social community foundation school academy university bank money finance
insure health care clinic doctor dental fitness food restaurant cafe coffee pizza bar pub wine beer hotel flights
airline taxi tours holiday auto cars bike house homes estate land city london paris berlin tokyo nyc
"""
_COUNTRIES, _COMMON = frozenset(_COUNTRY_WORDS.split()), frozenset(_COMMON_WORDS.split())
_LINKED_SHORT = frozenset(("co", "tv"))  # the country endings that X links as a bare name without a path


@dataclass(frozen=True, slots=True)
class Link:
    """A link's place in the text; sure: X links it for certain."""

    start: int
    end: int
    sure: bool


def links(text: str) -> Iterator[Link]:
    """Yield the links of a text from left to right; they do not overlap."""
    at = 0
    while host := _HOST.search(text, at):
        found = _with_scheme(text, host) or _bare(text, host)
        if found:
            yield found
        at = found.end if found else host.end()


def _with_scheme(text: str, word: re.Match[str]) -> Link | None:
    """`word` is the first run of host characters, so a scheme is such a run and `://` after it."""
    lower = word[0].lower()
    start = word.end() - (5 if lower.endswith("https") else 4)
    scheme = _SCHEME.match(text, start) if lower.endswith(("http", "https")) else None
    host = scheme and _WIDE_HOST.match(text, scheme.end())
    if not scheme or not host or "." not in host[0]:
        return None
    short = _TCO.match(text, start)
    return Link(start, short.end() if short else _tail(text, host.end()), _rank(host[0], path=True) == "sure")


def _bare(text: str, host: re.Match[str]) -> Link | None:
    name = host[0].strip("-_")
    start = host.start() + host[0].find(name)
    after = text[host.end() : host.end() + 1]
    if "." not in name or after == "@" or (start and text[start - 1] in _NOT_BEFORE):
        return None
    end = _tail(text, start + len(name))
    rank = _rank(name, path=end > start + len(name))
    return Link(start, end, rank == "sure") if rank else None


def _rank(host: str, *, path: bool) -> str:
    """ "sure", "perhaps" or "": whether X links this host. A numeric or one-letter ending never is."""
    *labels, ending = host.lower().split(".")
    if ending in _COMMON or ending.startswith("xn--"):
        return "sure"
    if ending in _COUNTRIES:
        return "sure" if path or len(labels) > 1 or ending in _LINKED_SHORT else "perhaps"
    return "perhaps" if len(ending) > 2 and ending.isalpha() else ""


def _tail(text: str, at: int) -> int:
    """The end of port, path, query and fragment: punctuation at the end, and a bracket never opened, stay outside."""
    match = _TAIL.match(text, at)
    end = match.end() if match else at
    opened = text.count("(", at, end) - text.count(")", at, end)
    while end > at and (not _LAST.match(text[end - 1]) or (text[end - 1] == ")" and opened < 0)):
        opened += (text[end - 1] == ")") - (text[end - 1] == "(")
        end -= 1
    return end
