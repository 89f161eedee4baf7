"""`make audit`: are there known vulnerabilities in what the lock installs?

Exits 1 and names each one, with the version that mends it, and each package that could not be looked up. Where no
package at all could be looked up, nothing was checked: that is said, with the reason, and the exit code is 0.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Finding:
    """What pip-audit found: lines about vulnerabilities, and the reason for each package that was not looked up."""

    checked: int
    vulnerable: list[str]
    skipped: dict[str, str]


def read(report: str) -> Finding:
    """Read pip-audit's JSON. Raises ValueError when it is none."""
    packages = json.loads(report)["dependencies"]
    skipped = {package["name"]: package["skip_reason"] for package in packages if "skip_reason" in package}
    vulnerable = [
        f"{package['name']} {package['version']}: {known['id']}, "
        f"mended in {', '.join(known['fix_versions']) or 'no version yet'}"
        for package in packages
        for known in package.get("vulns", ())
    ]
    return Finding(len(packages) - len(skipped), vulnerable, skipped)


def judge(finding: Finding) -> tuple[int, list[str]]:
    """Return the exit code and what to print."""
    if not finding.checked:
        reason = next(iter(finding.skipped.values()), "pip-audit named no package")
        return 0, [f"skipped: the list of vulnerabilities cannot be reached ({reason})"]
    missing = [f"{name} was not checked: {reason}" for name, reason in finding.skipped.items()]
    lines = [*finding.vulnerable, *missing]
    return (1, lines) if lines else (0, [f"{finding.checked} packages have no known vulnerability"])


def main(lock: Path) -> int:
    """Run pip-audit on a lock; return the exit code."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--format=json"]
    ran = subprocess.run([*command, "--progress-spinner=off", f"--requirement={lock}"], capture_output=True, text=True)
    try:
        code, lines = judge(read(ran.stdout))
    except ValueError:
        last = ran.stderr.strip().splitlines()[-1:] or [f"pip-audit ended with {ran.returncode} and said nothing"]
        code, lines = 0, [f"skipped: the list of vulnerabilities cannot be reached ({last[0]})"]
    sys.stdout.write("\n".join(lines) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "requirements.txt"))
