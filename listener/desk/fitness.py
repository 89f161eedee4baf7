"""What makes a text unfit to be sent."""

import re

from listener.handles import find_others
from listener.model import Mention, Preview
from listener.policy import Policy
from listener.wording import disallowed_hosts

# Nobody types these on purpose: control characters, lone surrogates, and what turns the direction of the text around.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

# Of a template: never meant to be sent.
_VARIABLE = re.compile(r"\{\{.{0,40}|.{0,40}\}\}|\{%.{0,40}|\{(?:coupon|terms)\}")


def text_problem(policy: Policy, mention: Mention, text: str, preview: Preview) -> tuple[str, str] | None:
    """Return why a text must not be sent, and what to do: a template variable, its length, a character or a link.

    To a private mention also: an @handle of somebody else, who could read along then.
    """
    if problem := words_problem(policy, mention.platform, text, preview):
        return problem
    if mention.is_private and (others := find_others(text, mention)):
        return f"the mention is private, and @{', @'.join(others)} could read the reply", "write the name without @"
    return None


def words_problem(policy: Policy, platform: str, text: str, preview: Preview) -> tuple[str, str] | None:
    """Return why words must not be posted on a platform at all, and what to do."""
    if variable := _VARIABLE.search(text):
        return f"the text still contains {variable[0]}", "fill it in"
    if unfit := _UNFIT.search(text):
        return f"the text contains a character that cannot be shown (U+{ord(unfit[0]):04X})", "remove it"
    if not preview.fits:
        return f"the text is too long for {platform}: {preview.length} of {preview.limit}", "shorten it"
    if bad := disallowed_hosts(text, policy):
        return f"the text links to {', '.join(bad)}", "use only hosts of `[links] allow` in policy.toml"
    return None
