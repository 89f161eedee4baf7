"""policy.toml, factsheet.toml and replies.toml: what they become, and how their faults are told."""

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from listener import lexicon, settings
from listener.errors import ConfigError
from tests.settings.folders import FACT, POLICY, faults, one_fault


def test_policy_becomes_frozen_values(folder: Path) -> None:
    """Words, durations, hours and days arrive as the types of listener.policy."""
    text = (
        'timezone = "Europe/Oslo"\nlanguages = ["en", "nb"]\nundo_seconds = 0.5\n'
        '[brand]\nname = "Corner"\nterms = ["corner*"]\nhandles = ["@corner"]\n'
        '[staff]\nnames = ["ada"]\n[responders.thank_you]\nauto = "always"\ndue = "90m"\n'
        '[limits]\nmax_age = "36h"\nescalation_due = "none"\nauto_per_hour = 3\n'
        '[hours]\nquiet = ["21:00-08:00", "sat-sun 00:00-24:00", "fri-mon,wed 12:00-13:00"]\n'
        'business = ["mon-fri 09:00-17:30"]\nholidays = [2026-12-25, "2026-12-26"]\n'
        '[links]\nallow = ["Help.Example.com"]\n[cues]\nthanks = ["ta (ever so) muchly"]\n[lexicon]\n"Mega" = 2\n'
    )
    assert faults(folder, policy=text) == []
    policy = settings.load(folder).policy
    assert (policy.timezone, policy.languages, policy.undo_delay) == (
        "Europe/Oslo",
        ("en", "nb"),
        timedelta(seconds=0.5),
    )
    assert (policy.brand.terms, policy.brand.handles) == (("corner*",), ("corner",))
    assert (policy.responders[0].auto, policy.responders[0].due) == ("always", timedelta(minutes=90))
    assert (policy.limits.max_age, policy.limits.escalation_due) == (timedelta(hours=36), None)
    assert [(one.start, one.end) for one in policy.quiet_hours[:2]] == [(time(21), time(8)), (time(0), time.max)]
    assert [sorted(one.days) for one in policy.quiet_hours] == [list(range(7)), [5, 6], [0, 2, 4, 5, 6]]
    assert [(one.end, len(one.days)) for one in policy.business_hours] == [(time(17, 30), 5)]
    assert policy.holidays == {date(2026, 12, 25), date(2026, 12, 26)}
    assert policy.link_hosts == ("help.example.com",)
    assert policy.cues["thanks"] == (*lexicon.cues()["thanks"], "ta ever so muchly", "ta muchly")
    assert policy.cues["question"] == lexicon.cues()["question"]
    assert policy.lexicon == lexicon.valence() | {"mega": 2.0}
    assert any("sent automatically, unearned" in note for note in settings.notes(settings.load(folder)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('timezone = "Europe/Olso"\n' + POLICY, "policy.toml timezone: no such time zone: Europe/Olso; did you mean"),
        ('timezone = "Europe"\n' + POLICY, "policy.toml timezone: no such time zone"),
        ('timezone = "/etc/passwd"\n' + POLICY, "policy.toml timezone: no such time zone"),
        ('languages = ["english"]\n' + POLICY, "policy.toml languages: is not a language code"),
        ("undo_seconds = -1\n" + POLICY, "policy.toml undo_seconds: is negative"),
        ('[brand]\nname = " "\n', "policy.toml [brand]: contains an empty text"),
        (POLICY + 'terms = ["*"]\n', "policy.toml [brand] terms: the first word is a bare `*`"),
        (POLICY + '[cues]\nthanks = [" "]\n', "policy.toml [cues] thanks: the phrase is empty"),
        (POLICY + '[cues]\nthanks = ["t(y|u"]\n', "policy.toml [cues] thanks: a group that opens with `(` has no end"),
        (
            POLICY + '[cues]\nsynonyms = ["common"]\n',
            "policy.toml [cues] synonyms: has no word behind the group: 'common'",
        ),
        (
            POLICY + '[cues]\nclasses = ["good so nice"]\n',
            "policy.toml [cues] classes: is not two words: 'good so nice'",
        ),
        (POLICY + '[cues]\nclasses = ["(so )good"]\n', "policy.toml [cues] classes: is not two words: 'good'"),
        (
            POLICY + '[cues]\nclasses = ["((a b)"]\n',
            "policy.toml [cues] classes: a group that opens with `(` has no end",
        ),
        (
            POLICY + '[cues]\nsynonyms = ["a (b)"]\n',
            "policy.toml [cues] synonyms: has no word behind the group: 'a (b)'",
        ),
        (
            POLICY + '[cues]\nneed_late = ["late : to you"]\n',
            "policy.toml [cues] need_late: 'to you' is not a condition such as `then you or <n>`: 'late : to you'",
        ),
        (
            POLICY + '[cues]\nthanks = ["ta : by me"]\n',
            "policy.toml [cues] thanks: only phrases of `need_*` may carry conditions (` : `): 'ta : by me'",
        ),
        (POLICY + '[cues]\nthanks = ["(a+)*b"]\n', "policy.toml [cues] thanks: `*` is allowed only at a word's end"),
        (POLICY + '[lexicon]\n"two words" = 1\n', "policy.toml [lexicon] two words: is not a single word"),
        (POLICY + "[lexicon]\nwow = 99\n", "policy.toml [lexicon] wow: is out of bounds"),
        (POLICY + "[lexicon]\nwow = nan\n", "policy.toml [lexicon] wow: is not a usable number"),
        (POLICY + '[hours]\nquiet = ["9-17"]\n', "policy.toml [hours] quiet[1]: is not a time window: '9-17'"),
        (POLICY + '[hours]\nquiet = ["25:00-08:00"]\n', "policy.toml [hours] quiet[1]: is not a time window"),
        (POLICY + '[hours]\nquiet = ["08:00-08:00"]\n', "policy.toml [hours] quiet[1]: is empty"),
        (POLICY + '[hours]\nquiet = ["mon-frid 08:00-09:00"]\n', "policy.toml [hours] quiet[1]: is not a time window"),
        (
            POLICY + '[hours]\nbusiness = ["9 to 5"]\n',
            "policy.toml [hours] business[1]: is not a time window",
        ),
        (POLICY + "[hours]\nholidays = [25]\n", "policy.toml [hours] holidays[1]: expected a date such as 2026-01-31"),
        (POLICY + '[limits]\nretain_text = "for ever"\n', "policy.toml [limits] retain_text: expected"),
        (POLICY + '[links]\nallow = ["https://a.b/c"]\n', "policy.toml [links] allow: is not a host name"),
        (POLICY + '[limits]\nmax_age = "9999999d"\n', "policy.toml [limits] max_age: is out of bounds"),
        (POLICY + '[limits]\nmax_age = "0s"\n', "policy.toml [limits] max_age: is out of bounds"),
        (POLICY + "[limits]\nauto_per_day = -1\n", "policy.toml [limits] auto_per_day: is negative"),
        (
            POLICY + '[staff]\nnames = ["a"]\nneeds_second_approval = ["legal"]\n',
            "policy.toml [staff] needs_second_approval: needs at least two staff names",
        ),
        (
            POLICY + '[staff]\nneeds_second_approval = ["legal"]\n',
            "policy.toml [staff] needs_second_approval: needs at least two staff names",
        ),
        (POLICY + '[staff]\nnames = ["ann", "Ann"]\n', "policy.toml [staff] names: contains 'ann' twice"),
        (POLICY + '[staff]\nnames = ["ann", "bo "]\n', "policy.toml [staff] names: has blanks around 'bo '"),
        (POLICY + '[staff]\nsignatures = { ann = "Ann" }\n', "policy.toml [staff.signatures] ann: is not a signature"),
        ("undo_seconds = 1e300\n" + POLICY, "policy.toml undo_seconds: is out of bounds"),
        (
            POLICY
            + '[staff]\nnames = ["a", "b"]\nneeds_second_approval = ["thank_you"]\n'
            + '[responders.thank_you]\nauto = "always"\n',
            "policy.toml [staff] needs_second_approval: thank_you is sent automatically, but needs a second approval",
        ),
        (
            POLICY + '[staff]\nnames = ["a", "b"]\nneeds_second_approval = ["support"]\n[responders]\nsupport = 1\n',
            "policy.toml [responders.support]: ",
        ),
        (
            POLICY + '[staff]\nnames = ["ann", "bo"]\nsignatures = { anne = "^A" }\n',
            "policy.toml [staff.signatures] anne: is an unknown key; did you mean ann?",
        ),
        (POLICY + '[staff]\nsignatures = { ann = " " }\n', "policy.toml [staff.signatures] ann: is not a signature"),
        (
            POLICY + '[staff]\nsignatures = { ann = "a\\u0007" }\n',
            "policy.toml [staff.signatures] ann: is not a signature",
        ),
        (POLICY + "[limits]\nauto_per_day = 1.5\n", "policy.toml [limits] auto_per_day: expected a whole number"),
        (POLICY + "[responders.wording]\n", "policy.toml [responders.wording]: no kind of reply has this name"),
        (POLICY + '[responders.thank_you]\nauto = "allways"\n', "policy.toml [responders.thank_you] auto: expected"),
        (POLICY + "[responders.thank_you]\nzzz = 1\n", "policy.toml [responders.thank_you] zzz: is an unknown key"),
        (POLICY + "[responders]\nthank_you = 3\n", "policy.toml [responders.thank_you]: expected a table, found 3"),
        (POLICY + 'terms = "corner"\n', "policy.toml [brand] terms: expected a list of text in quotes"),
        (POLICY + 'terms = ["a", 3]\n', "policy.toml [brand] terms[2]: expected text in quotes, found 3"),
        ("brand = 3\n", "policy.toml brand: expected a table, found 3"),
    ],
)
def test_wrong_value_of_the_policy_is_one_fault(folder: Path, text: str, message: str) -> None:
    """Each is told with its table and key."""
    assert one_fault(folder, policy=text).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (FACT + 'claims = ["c"]\n' + FACT + 'claims = ["c"]\n', "factsheet.toml [[fact]] a id: is used twice"),
        (FACT, "factsheet.toml [[fact]] a: has neither claims nor questions"),
        (FACT.replace("2026-06", "2025-06") + 'claims = ["c"]\n', "factsheet.toml [[fact]] a expires: is before"),
        (FACT + 'questions = ["*"]\n', "factsheet.toml [[fact]] a questions: the first word is a bare `*`"),
        (
            FACT.replace("2026-06-01", '"soon"') + 'claims = ["c"]\n',
            "factsheet.toml [[fact]] a expires: expected a date",
        ),
        ("[fact]\n", "factsheet.toml fact: is not a list of tables"),
        ("[[fct]]\n", "factsheet.toml fct: is an unknown key; did you mean fact?"),
        ("fact = [3]\n", "factsheet.toml [[fact]] 1: expected a table, found 3"),
    ],
)
def test_wrong_fact_is_one_fault(folder: Path, text: str, message: str) -> None:
    """Entries are told by their id, or by their number when they have none."""
    assert one_fault(folder, factsheet=text).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[thank_you]]\nid = "a"\ntext = "x"\n' * 2, "replies.toml [[thank_you]] a id: is used twice"),
        ('[[thank_you]]\nid = "a"\ntext = " "\n', "replies.toml [[thank_you]] a text: contains an empty text"),
        (
            '[[thank_you]]\nid = "a"\ntext = "x"\nwhen = ["prase"]\n',
            "replies.toml [[thank_you]] a when: names an unknown cue: 'prase'; did you mean praise?",
        ),
        ('[[thank_yu]]\nid = "a"\ntext = "x"\n', "replies.toml thank_yu: is an unknown key; did you mean thank_you?"),
        ("[variables]\nsign = 3\n", "replies.toml [variables] sign: expected text in quotes, found 3"),
        ('[[saved]]\nid = "a"\ntext = "x"\n' * 2, "replies.toml [[saved]] a id: is used twice"),
        ('[[saved]]\nid = "a"\ntext = " "\n', "replies.toml [[saved]] a text: contains an empty text"),
        (
            '[[saved]]\nid = "a"\ntext = "x"\nkinds = ["thank_yu"]\n',
            "replies.toml [[saved]] a kinds thank_yu: is an unknown key; did you mean thank_you?",
        ),
    ],
)
def test_wrong_wording_is_one_fault(folder: Path, text: str, message: str) -> None:
    """Kinds, ids, cues and variables are checked."""
    assert one_fault(folder, replies=text).startswith(message)


def test_own_policy_may_leave_out_kinds_that_the_starter_words(folder: Path) -> None:
    """Who writes policy.toml alone is not blamed for the starter's replies.toml."""
    assert faults(folder, policy=POLICY + "[responders.thank_you]\n") == []
    assert any("replies.toml: not in" in note for note in settings.notes(settings.load(folder)))


def test_policy_is_rebuilt_from_its_stored_texts(folder: Path) -> None:
    """Replay reads a stored policy back, the same to the hash; another text has another hash."""
    policy = settings.load(settings.starter()).policy
    again = settings.read_policy(policy.texts)
    assert again == policy
    assert set(policy.texts) == {"policy.toml", "factsheet.toml", "replies.toml", "club.toml"}
    assert len(policy.hash) == 64
    assert (
        settings.read_policy({**policy.texts, "replies.toml": policy.texts["replies.toml"] + "\n"}).hash != policy.hash
    )
    with pytest.raises(ConfigError, match=r"replies.toml: is missing"):
        settings.read_policy({"policy.toml": POLICY, "factsheet.toml": ""})
    with pytest.raises(ConfigError, match=r"policy.toml line 1"):
        settings.read_policy({"policy.toml": "][", "factsheet.toml": "", "replies.toml": ""})


def test_phrases_of_the_operator_may_have_groups(folder: Path) -> None:
    """Each variant is a phrase; a bracket among the letters that look like others is a letter."""
    cues = (
        '[cues]\nthanks = ["ta (muchly|lots)"]\nneed_late = ["(very) tardy : then you"]\nlookalike_letters = ["( c"]\n'
    )
    assert faults(folder, policy=POLICY + cues) == []
    policy = settings.load(folder).policy
    assert policy.cues["thanks"][-2:] == ("ta muchly", "ta lots")
    assert policy.cues["need_late"][-2:] == ("very tardy : then you", "tardy : then you")
    assert policy.cues["lookalike_letters"][-1] == "( c"
