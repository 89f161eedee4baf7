"""Extract the signals of a mention: all that guards and responders may know. MentionSignals are made only here."""

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import astuple, replace
from datetime import datetime
from typing import Any

from listener.handles import fold_handle
from listener.intake import audience
from listener.intake.cues import Cues, CueScan
from listener.intake.irony import is_praised, quotes_us
from listener.intake.language import language
from listener.intake.names import bot_marker
from listener.intake.phrases import ENDS, tokenize
from listener.intake.sentiment import Idioms, Scorer
from listener.intake.text import Cleaner, has_link, has_picture, plain, split_sentences
from listener.model import Claim, History, Json, Mention, MentionSignals, Reading, SuspectedFact
from listener.policy import Policy
from listener.reader.score import SecondReader, Weights, shipped, shipped_subjects
from listener.triage.dated_sheet import DatedSheet, SheetOfDay
from listener.triage.suspicion import FactFinder

NO_WORDS = (
    "lookalike_letters",
    "profane_stem",
    "profane_innocent",
    "impersonation_words",
)  # lists that hold no English words
HEARD_IN_MEDIA = (  # dangers, and what must not be answered by a text of ours; not moods: a quote is somebody else's
    *("self_harm", "death", "safety", "assault", "discrimination", "minors", "legal", "press", "personal_data"),
    *("profanity", "young_age"),
)
_YOU = frozenset(("you", "your", "yours", "you're", "youre", "u", "ur", "yall", "y'all", "guys", "team", "staff"))
_I = frozenset(("i", "i'm", "im", "i've", "ive", "my", "me", "we", "our", "us"))
CAPTION_WORDS = 4  # so few words beside a picture are its caption: "nice game.", which may be a sneer
_LETTER = re.compile(r"[^\W\d_]")


class SignalExtractor:
    """Matchers and lexicon of a policy. Build it once in each process."""

    def __init__(self, policy: Policy, finder: FactFinder | None = None) -> None:
        """finder: what suspects facts, where it is not the fact sheet's words (SheetFacts)."""
        self._scorer = Scorer(policy.lexicon)
        self._idioms = Idioms(policy.cues.get("idiom", ()), policy.cues.get("classes", ()))
        brand = policy.brand
        self._cues = Cues(policy.cues, self._scorer.valences, (brand.name, *brand.terms, *brand.handles))
        self._handles = frozenset(map(fold_handle, brand.handles))
        lists = (phrases for name, phrases in policy.cues.items() if name not in NO_WORDS)
        known = {word for phrases in lists for phrase in phrases for word in tokenize(phrase)}
        self.english = frozenset(known | self._scorer.words)  # words that nobody needs a detector for
        self._clean = Cleaner(policy.brand, self.english)
        self._sheets = DatedSheet(policy.facts, policy.cues.get("synonyms", ()), self.english, finder)
        self._reader = SecondReader(shipped(), None, shipped_subjects()) if policy.reader.enabled else None

    @property
    def has_reader(self) -> bool:
        """Whether the policy lets the second reader read."""
        return self._reader is not None

    def reading_by(self, changes: Weights) -> "SignalExtractor":
        """Return an extractor that reads by the shipped weights with these changes; itself where it does not read."""
        if self._reader is None:
            return self
        other = copy(self)
        other._reader = SecondReader(shipped(), changes, shipped_subjects())
        return other

    def extract(self, mention: Mention, history: History, now: datetime) -> MentionSignals:
        """Read a mention: clean it, score it, find cues, claims and questions. Pure and bounded whatever the text."""
        raw = plain(mention.text, mention.is_html)
        text = self._clean(raw, mention.extra_brand_term)
        scan = self._cues.read(text)
        self._add_context(scan, text, raw, mention)
        self._hear_media(scan, mention)
        cues = scan.cues
        scored = self._idioms(text) if "idiom" in cues else text
        compound = self._scorer.compound(scored)
        scores = self._score_sentences(scored, compound) if "thanks" in cues or "praise" in cues else (compound,)
        facts = self._sheets.at(now.date())
        claims, topics = facts.sheet.read(scan, text) if facts.sheet.facts else ((), {})
        lang = language(text, mention.lang, self.english)
        reading = self._reader.read(scan.words, cues, compound, min(scores)) if self._reader else None
        suspected = _suspect(facts, scan, claims)
        return MentionSignals(
            mention, now, text, compound, scores, lang, cues, claims, topics, history, reading, suspected
        )

    def _hear_media(self, scan: CueScan, mention: Mention) -> None:
        """Let guards hear what pictures, polls and quotes say; score, language and replies know only the author's."""
        if mention.attachments:
            heard = self._cues.read(self._clean("\n".join(mention.attachments))).cues
            for name in HEARD_IN_MEDIA:
                if name in heard:
                    scan.cues.setdefault(name, heard[name])

    def _score_sentences(self, text: str, compound: float) -> tuple[float, ...]:
        """Score each sentence of a text with praise: only there can one sentence take back another."""
        parts = split_sentences(text)
        return (compound,) if len(parts) < 2 else tuple(map(self._scorer.compound, parts))

    def _add_context(self, scan: CueScan, text: str, raw: str, mention: Mention) -> None:
        """Add cues for what cleaning removed, and for the author's names."""
        is_alone = raw[:1] == "@" and raw.find("@", 1) < 0  # nobody but the one it begins with
        if not is_alone and "@" in raw and (others := self._clean.find_other_handles(raw, mention.extra_brand_term)):
            scan.cues["other_handles"] = tuple(dict.fromkeys(others))
        if to_whom := self._find_audience(raw, mention):
            scan.cues["overheard"] = (to_whom,)
        audience.welcome(scan.cues, raw, self._clean.own_handles(mention.extra_brand_term))
        is_to_others = to_whom == audience.ANOTHER_FIRST
        is_beside_others = is_to_others or "other_handles" in scan.cues
        if is_beside_others and self._praises_others(raw, mention.extra_brand_term, is_to_others):
            scan.cues["others_praised"] = scan.cues.get("other_handles", (audience.ANOTHER_FIRST,))
        if quoted := self._clean.find_quotes(raw):
            scan.cues["quote"] = (quoted[:80],)
        if has_link(raw):
            scan.cues["link"] = ("link",)
        if "praise" in scan.cues or "thanks" in scan.cues:
            self._add_praised(scan, raw, mention)
        if not _LETTER.search(text) and (pictures := "".join(word for word in scan.words if word[0] not in ENDS)):
            scan.cues["no_letters"] = (pictures[:20],)
        is_stranger = fold_handle(mention.author_handle or "") not in self._handles
        if mention.author_handle is None and (ours := self._own_handle(mention.author_name)):
            scan.cues["own_author"] = (ours,)
        for name in (mention.author_handle, mention.author_name):
            if name:
                self._add_author(scan, name, is_stranger)

    def _find_audience(self, raw: str, mention: Mention) -> str | None:
        """Return why the text is talk with others; a reply without a handle is to us, since we were given it."""
        if mention.is_private or (mention.in_reply_to is not None and "@" not in raw):
            return None
        return audience.find_audience(raw, self._clean.own_handles(mention.extra_brand_term))

    def _praises_others(self, raw: str, brand: str | None, is_to_others: bool) -> bool:
        """True if another handle is praised or spoken to, and none of ours is praised."""
        others, ours = self._clean.find_around(raw, brand)
        if any(is_praised(*around, self._cues.find) for around in ours):
            return False
        return is_to_others or any(is_praised(*around, self._cues.find) for around in others)

    def _add_praised(self, scan: CueScan, raw: str, mention: Mention) -> None:
        """Add cues for whom or what a text with praise is about, beside or instead of us."""
        brand, cues, is_to_handle = mention.extra_brand_term, scan.cues, audience.starts_with_handle(raw)
        if is_to_handle and cues.get("overheard", (audience.ANOTHER_FIRST,)) != (audience.ANOTHER_FIRST,):
            cues["others_praised"] = cues["overheard"]
        if "overheard" in cues and audience.credits_others(raw, self._clean.own_handles(brand)):
            cues["others_praised"] = cues["thanks"] if "thanks" in cues else cues["praise"]
        is_own = "via" not in scan.words and ("thanks" in cues or "warm" in cues or not _I.isdisjoint(scan.words))
        is_said_to_us = is_to_handle and not audience.speaks_of_handle(raw)
        is_shown = "link" in cues or "via @" in raw or (len(scan.words) <= CAPTION_WORDS and has_picture(raw))
        if is_shown and ("@" in raw or "overheard" in cues) and not (is_said_to_us or is_own):
            cues["linked_praise"] = (cues.get("praise") or cues["thanks"])[:1]
        if ('"' in raw or "“" in raw) and (quoted := quotes_us(raw)):
            scan.cues["quotes_us"] = (quoted[:80],)
        is_to_us = "thanks" in scan.cues or mention.in_reply_to is not None or not _YOU.isdisjoint(scan.words)
        if not is_to_us and not self._clean.names_us(raw, brand):
            scan.cues["names_nobody"] = scan.cues["praise"][:1]

    def _own_handle(self, name: str | None) -> str | None:
        """Return our handle if a feed gives it as the author's name, also as forums write it: /u/FernhillHelp."""
        handle = (name or "").strip().removeprefix("/").removeprefix("u/").removeprefix("@").casefold()
        return handle if handle in self._handles else None

    def _add_author(self, scan: CueScan, name: str, is_stranger: bool) -> None:
        """Add what a handle or display name reveals; is_stranger: the handle is not ours."""
        names = self._cues.names
        if stem := names.find_profanity(name):
            scan.cues["profane_name"] = (stem,)
        if is_stranger and names.is_like_ours(name):
            scan.cues["impersonation"] = (name[:40],)
        if self_styled := bot_marker(name):
            scan.cues["bot_author"] = (self_styled.strip("_-. "),)


def _suspect(facts: SheetOfDay, scan: CueScan, claims: Sequence[Claim]) -> SuspectedFact | None:
    """Return the fact that the text may be about: that of a doubtful claim; none beside what is denied."""
    stances = {claim.stance: claim for claim in claims}
    if "denied" in stances or not facts.sheet.facts:
        return None
    if (hedged := stances.get("hedged")) is not None:
        return SuspectedFact(hedged.fact, (hedged.words,))
    return facts.finder.find(scan)


def pack(signals: MentionSignals) -> Json:
    """Return what is stored with a decision: plain JSON, with the text as it was read then."""
    history = signals.history
    return {
        "read": signals.mention.text,
        "now": signals.now.isoformat(),
        "text": signals.text,
        "compound": signals.compound,
        "sentences": signals.sentences,
        "lang": signals.lang,
        "cues": signals.cues,
        "claims": [(claim.fact, claim.words, claim.stance) for claim in signals.claims],
        "topics": signals.topics,
        "history": _pack_history(history),
        "reading": signals.reading and _pack_reading(signals.reading),
        "suspected": signals.suspected and astuple(signals.suspected),
    }


def _pack_history(history: History) -> tuple[Any, ...]:
    known = (history.exchanges, history.answered, history.answered_by, history.opted_out)
    return (*known, history.variants_today) if history.variants_today else known


def _pack_reading(reading: Reading) -> tuple[Any, ...]:
    chances = (reading.praise, reading.complaint, reading.balance)
    return (*chances, reading.kind_words, reading.harsh_words, reading.shipped, reading.subject)


def unpack(packed: Json, mention: Mention) -> MentionSignals:
    """Return the signals that `pack` stored, of this mention as it was read then."""
    return MentionSignals(
        mention=mention if mention.text == packed["read"] else replace(mention, text=packed["read"]),
        now=datetime.fromisoformat(packed["now"]),
        text=packed["text"],
        compound=packed["compound"],
        sentences=tuple(packed["sentences"]),
        lang=packed["lang"],
        cues=_tuples(packed["cues"]),
        claims=tuple(Claim(*claim) for claim in packed["claims"]),
        topics=_tuples(packed["topics"]),
        history=History(*packed["history"][:4], *map(tuple, packed["history"][4:])),
        reading=_unpack_reading(packed["reading"]) if packed.get("reading") else None,
        suspected=_unpack_suspected(packed["suspected"]) if packed.get("suspected") else None,
    )


def _unpack_reading(packed: Sequence[Any]) -> Reading:
    praise, complaint, balance, kind, harsh, *later = packed  # an older version stored only five
    reading = Reading(praise, complaint, balance, tuple(kind), tuple(harsh))
    if not later:
        return reading
    shipped_chances, subject = later
    return replace(reading, shipped=shipped_chances and tuple(shipped_chances), subject=subject)


def _unpack_suspected(packed: Sequence[Any]) -> SuspectedFact:
    fact, words = packed
    return SuspectedFact(fact, tuple(words))


def _tuples(lists: dict[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in lists.items()}
