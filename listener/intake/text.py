"""Clean a text for scoring: turn HTML into text, and remove handles, links and brand words."""

import html as entities
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from itertools import islice

from listener.intake.hashtags import HashtagSplitter
from listener.policy import Brand

TEXT_LIMIT = 30_000  # characters kept of a mention; X's longest posts have 25,000
HTML_LIMIT = 20_000  # characters of markup that are parsed
SCORED = 5_000  # characters of a text that are scored and searched
AROUND = 60  # characters around a handle that may be about it
MAX_AROUND = 20  # handles whose surroundings are read; a text with more is hostile
SENTENCES = 30  # sentences that are scored separately; the rest counts as a single sentence

_SURROGATE = re.compile("[\ud800-\udfff\x00]")
PICTURE = r"pic\.(?:twitter|x)\.com/\w+"  # as copies of posts show what X attaches, often joined to the word before
_PICTURE = re.compile(PICTURE, re.IGNORECASE)
# no other name without a scheme: "gone.Lawyer/police" is none
_LINK = re.compile(rf"(?:https?://|www\.)\S+|\b(?:t\.co|bit\.ly)/\S+|{PICTURE}", re.IGNORECASE)
_HANDLE = re.compile(r"@(?<![\w@/]@)[\w.-]*\w(?:@[\w.-]+\w)?")  # the @ first: so the search leaps to it
_ADDRESSEES = re.compile(r"^(?:\s*\.?@[\w.@-]+[,:]?)+")
_HASHTAG = re.compile(r"#(\w+)")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|\n+")
_REPEAT = re.compile(r"([\u2600-\u27bf\u2b50\U0001F000-\U0001FAFF])(?:[\ufe0f\u200d]?\1)+")
_QUOTED = re.compile(
    r"^'@\w+[:\s].*|(?:^|\s)[\"“]\s?@\w+[:\s][^\"”]*(?:[\"”]|$)|^\s*RT\s@?\w+:?.*|\sRT\s@\w+:?.*", re.DOTALL
)
_STRAY = re.compile(r"<(?![a-zA-Z/!?][^<>]*>)")  # opens no tag; the parser would look for its end again and again
_SECTION = re.compile(r"<!\[")  # the parser raises for one that it does not know; "<! [" is a comment to it
_ZEROS = re.compile(r"(&#[xX]?)0+(?=[0-9a-fA-F])")  # a character may be numbered with any number of zeros
_NO_CHARACTER = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")  # int() refuses more than 4,300 digits
_TAGS = re.compile(r"(<[^<>]*>)(?:\s*<[^<>]*>)*\s*(<[^<>]*>)")  # tags side by side, without words between
_BLANKS = re.compile(r"[ \t\r\f\v]+")
_BLOCKS = frozenset({"p", "br", "div", "li", "blockquote", "h1", "h2", "h3", "ul", "ol", "pre"})


def sanitize(text: str, limit: int) -> str:
    """Make a text fit for every database: lone surrogates and NUL replaced by U+FFFD, at most limit characters."""
    text = text[:limit]
    return text if text.isascii() and "\0" not in text else _SURROGATE.sub("\ufffd", text)


def storable_text(text: str, html: bool) -> str:
    """Return the text of a mention as it is stored and shown to staff: without markup, fit for every database."""
    return sanitize(plain(text, html) if html else text, TEXT_LIMIT)


class _Plain(HTMLParser):
    """Collects the text of markup, with a line break for each block and without scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= bool(self._hidden) and tag in ("script", "style")
        if tag == "p":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def plain(text: str, html: bool) -> str:
    """Return the words a reader sees: without markup (html), entities decoded. At most HTML_LIMIT of markup."""
    if not html:
        return entities.unescape(_decodable(text)) if "&" in text else text
    parser = _Plain()
    parser.feed(_STRAY.sub("&lt;", _SECTION.sub("<! [", _shortened(_decodable(text)))))
    parser.close()
    lines = (_BLANKS.sub(" ", line).strip() for line in "".join(parser.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _decodable(text: str) -> str:
    """Replace numbered characters that no decoder takes by U+FFFD, as a browser shows them."""
    return _NO_CHARACTER.sub("\ufffd", _ZEROS.sub(r"\1", text)) if "&#" in text else text


def _shortened(markup: str) -> str:
    """Return at most HTML_LIMIT of markup; of tags without words between them only the first and the last count."""
    if len(markup) > HTML_LIMIT:
        markup = _TAGS.sub(r"\1<br>\2", _BLANKS.sub(" ", markup))
    return markup[:HTML_LIMIT]


def split_sentences(text: str) -> tuple[str, ...]:
    """Split at the ends of sentences and at line breaks; at most SENTENCES, the last one holding the rest."""
    parts = [part for part in _SENTENCE.split(text, maxsplit=SENTENCES - 1) if part.strip()]
    return tuple(parts) or (text,)


def has_link(text: str) -> bool:
    """True for a text with a link; a picture is none."""
    return "://" in text or "www." in text


def has_picture(text: str) -> bool:
    """True for a text with the link by which copies of posts show a picture."""
    return "/" in text and _PICTURE.search(text) is not None


def find_hashtags(text: str) -> list[str]:
    """Return the hashtags of a text, without the #, lower case."""
    return [tag.lower() for tag in _HASHTAG.findall(text)] if "#" in text else []


def find_handles(text: str) -> list[str]:
    """Return the @handles of a text, without the @, lower case."""
    return [handle.lstrip("@").lower() for handle in _HANDLE.findall(text)] if "@" in text else []


class Cleaner:
    """Removes what does not express the author's feeling. Build it once from the brand and the known words."""

    def __init__(self, brand: Brand, known: Iterable[str] = ()) -> None:
        self._hashtags = HashtagSplitter(known)
        self._own = frozenset(name.lower().lstrip("@") for name in (*brand.handles, *brand.terms, brand.name) if name)
        self._brand = self._pattern(self._own)
        self._rows: dict[str, re.Pattern[str] | None] = {}

    @staticmethod
    def _pattern(terms: Iterable[str]) -> re.Pattern[str] | None:
        longest = sorted((term for term in terms if term.strip()), key=lambda term: (-len(term), term))
        if not longest:
            return None
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?:'s|’s)?(?!\w)", re.IGNORECASE)

    def _brand_pattern(self, brand: str) -> re.Pattern[str] | None:
        if brand not in self._rows:
            if len(self._rows) > 1_000:
                self._rows.clear()
            self._rows[brand] = self._pattern({brand, brand.replace(" ", "")})
        return self._rows[brand]

    def find_other_handles(self, text: str, brand: str | None) -> list[str]:
        """Return the handles in a text, beyond those it begins with, that are not the brand's own."""
        body = _ADDRESSEES.sub("", text) if "@" in text else ""
        own = self.own_handles(brand)
        return [name for name in find_handles(body) if name not in own]

    def find_around(self, text: str, brand: str | None) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Return the words before and behind each handle of others, and each of ours, but those it begins with."""
        others: list[tuple[str, str]] = []
        ours: list[tuple[str, str]] = []
        own, first = self.own_handles(brand), len(text) - len(_ADDRESSEES.sub("", text))
        for handle in islice(_HANDLE.finditer(text, first), MAX_AROUND):
            around = text[max(0, handle.start() - AROUND) : handle.start()], text[handle.end() : handle.end() + AROUND]
            (ours if handle[0].lstrip("@").lower() in own else others).append(around)
        return others, ours

    def own_handles(self, brand: str | None) -> frozenset[str]:
        """Return our handles and names, lower case, with the brand of a row."""
        return self._own | ({brand.lower().replace(" ", "")} if brand else set())

    def names_us(self, text: str, brand: str | None) -> bool:
        """True if a text has our name, one of our handles, or the brand of its row."""
        lower = text.lower()
        names = self.own_handles(brand) | ({brand.lower()} if brand else set())
        return any(name in lower for name in names)

    def find_quotes(self, text: str) -> str:
        """Return what the text quotes of others (a repost, or “@somebody: ...”); empty when it quotes nothing."""
        if "RT" not in text and '"' not in text and "“" not in text:
            return ""
        return " ".join(quote.strip() for quote in _QUOTED.findall(text))

    def __call__(self, text: str, brand: str | None = None) -> str:
        """Remove quotes of others (unless nothing else is there), links, handles and brand words; split hashtags.

        Return at most SCORED characters.
        """
        text = self._unquoted(text[:SCORED])
        if "/" in text or "www." in text:
            text = _LINK.sub(" ", text)
        if "@" in text:
            text = _HANDLE.sub(" ", text)
        if "#" in text:
            text = _HASHTAG.sub(lambda tag: self._hashtags.split(tag[1]), text)
        lower = text.lower()
        if self._brand and any(term in lower for term in self._own):
            text = self._brand.sub(" ", text)
        if (
            brand
            and (brand.lower() in lower or brand.lower().replace(" ", "") in lower)
            and (row := self._brand_pattern(brand))
        ):
            text = row.sub(" ", text)
        text = text if text.isascii() else _REPEAT.sub(r"\1", text).replace("’", "'").replace("\ufe0f", "")
        return (text if text.isprintable() and "  " not in text else _BLANKS.sub(" ", text)).strip(" ,:-–—")

    def _unquoted(self, text: str) -> str:
        if not self.find_quotes(text):
            return text
        own = _QUOTED.sub(" ", text)
        return own if any(map(str.isalnum, _HANDLE.sub(" ", _LINK.sub(" ", own)))) else text
