"""`make audit` fails for a vulnerability and for a package that was not looked up, and never says `none` unchecked."""

import json

from tests.audit import judge, read

SOUND = {"name": "httpx", "version": "0.28.1", "vulns": []}
BAD = {"name": "jinja2", "version": "3.1.2", "vulns": [{"id": "CVE-2024-22195", "fix_versions": ["3.1.3"]}]}
UNKNOWN = {"name": "rich", "skip_reason": "Dependency not found"}


def outcome(*packages: object) -> tuple[int, str]:
    """Judge a report of these packages."""
    code, lines = judge(read(json.dumps({"dependencies": packages, "fixes": []})))
    return code, "\n".join(lines)


def test_a_vulnerability_fails_with_the_version_that_mends_it() -> None:
    """The line says what to install."""
    assert outcome(SOUND, BAD) == (1, "jinja2 3.1.2: CVE-2024-22195, mended in 3.1.3")


def test_nothing_looked_up_is_no_all_clear() -> None:
    """Offline, pip-audit itself says that nothing was found."""
    code, text = outcome(UNKNOWN)
    assert code == 0 and text.startswith("skipped: ") and "Dependency not found" in text
    assert outcome()[1].startswith("skipped: ")


def test_a_package_that_was_left_out_fails() -> None:
    """Between others that were looked up it is named."""
    assert outcome(SOUND, UNKNOWN) == (1, "rich was not checked: Dependency not found")


def test_all_looked_up_and_sound() -> None:
    """The number of packages shows that something was checked."""
    assert outcome(SOUND, SOUND) == (0, "2 packages have no known vulnerability")
