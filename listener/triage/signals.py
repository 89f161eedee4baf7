"""The only maker of Facts: what a mention says, in the words that guards and responders look at."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from listener.intake.cues import Cues, CueScan
from listener.intake.language import language
from listener.intake.names import bot_marker
from listener.intake.phrases import ENDS, tokens
from listener.intake.sentiment import Idioms, Scorer
from listener.intake.text import Cleaner, plain, sentences
from listener.model import Claim, History, Json, Mention, MentionSignals
from listener.policy import Policy
from listener.triage.factsheet import FactSheet

NO_WORDS = (
    "lookalike_letters",
    "profane_stem",
    "profane_innocent",
    "impersonation_words",
)  # lists that hold no English words
_LETTER = re.compile(r"[^\W\d_]")


class SignalExtractor:
    """Everything built once from a policy: matchers and lexicon. Build one in each process."""

    def __init__(self, policy: Policy) -> None:
        self._scorer = Scorer(policy.lexicon)
        self._idioms = Idioms(policy.cues.get("idiom", ()))
        brand = policy.brand
        self._cues = Cues(policy.cues, self._scorer.valences, (brand.name, *brand.terms, *brand.handles))
        self._handles = frozenset(handle.lower() for handle in brand.handles)
        lists = (phrases for name, phrases in policy.cues.items() if name not in NO_WORDS)
        known = {word for phrases in lists for one in phrases for word in tokens(one)}
        self.english = frozenset(known | self._scorer.words)  # words that nobody needs a detector for
        self._clean = Cleaner(policy.brand, self.english)
        self._sheet = FactSheet(policy.facts)

    def facts(self, mention: Mention, history: History, now: datetime) -> MentionSignals:
        """Read one mention: clean, score, cues, claims and questions. Pure and bounded whatever the text."""
        raw = plain(mention.text, mention.is_html)
        text = self._clean(raw, mention.extra_brand_term)
        read = self._cues.read(text)
        self._around(read, text, raw, mention)
        said = self._idioms(text) if "idiom" in read.cues else text
        compound = self._scorer.compound(said)
        scores = self._sentences(said, compound) if "thanks" in read.cues or "praise" in read.cues else (compound,)
        claims, topics = self._sheet.read(read, text) if self._sheet.facts else ((), {})
        lang = language(text, mention.lang, self.english)
        return MentionSignals(mention, now, text, compound, scores, lang, read.cues, claims, topics, history)

    def _sentences(self, text: str, compound: float) -> tuple[float, ...]:
        """Sentence by sentence, where kind words stand: only there can one take back what another says."""
        parts = sentences(text)
        return (compound,) if len(parts) < 2 else tuple(map(self._scorer.compound, parts))

    def _around(self, read: CueScan, text: str, raw: str, mention: Mention) -> None:
        """What the cleaning took away and the author's names, as cues of their own."""
        alone = raw[:1] == "@" and raw.find("@", 1) < 0  # nobody but the one it begins with
        if not alone and "@" in raw and (others := self._clean.others(raw, mention.extra_brand_term)):
            read.cues["other_handles"] = tuple(dict.fromkeys(others))
        if ("RT" in raw or '"' in raw or "“" in raw) and (quoted := self._clean.quoted(raw)):
            read.cues["quote"] = (quoted[:80],)
        if "://" in raw or "www." in raw:
            read.cues["link"] = ("link",)
        if not _LETTER.search(text) and (pictures := "".join(word for word in read.words if word[0] not in ENDS)):
            read.cues["no_letters"] = (pictures[:20],)
        stranger = (mention.author_handle or "").lower() not in self._handles
        for name in (mention.author_handle, mention.author_name):
            if name:
                self._of_author(read, name, stranger)

    def _of_author(self, read: CueScan, name: str, stranger: bool) -> None:
        """What a handle or display name says of who writes; stranger: the handle is none of ours."""
        names = self._cues.names
        if stem := names.profane(name):
            read.cues["profane_name"] = (stem,)
        if stranger and names.like_ours(name):
            read.cues["impersonation"] = (name[:40],)
        if self_styled := bot_marker(name):
            read.cues["bot_author"] = (self_styled.strip("_-. "),)


def pack(facts: MentionSignals) -> Json:
    """What is stored with a decision: plain JSON, the text as it was read then included."""
    history = facts.history
    return {
        "read": facts.mention.text,
        "now": facts.now.isoformat(),
        "text": facts.text,
        "compound": facts.compound,
        "sentences": facts.sentences,
        "lang": facts.lang,
        "cues": facts.cues,
        "claims": [(claim.fact, claim.words, claim.stance) for claim in facts.claims],
        "topics": facts.topics,
        "history": (history.exchanges, history.answered, history.answered_by, history.opted_out),
    }


def unpack(packed: Json, mention: Mention) -> MentionSignals:
    """The Facts that `pack` took, of this mention as it was read then."""
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
        history=History(*packed["history"]),
    )


def _tuples(lists: dict[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in lists.items()}
